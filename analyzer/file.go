package analyzer

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	sitter "github.com/smacker/go-tree-sitter"
)

// Span is a half-open range of byte offsets [Start, End) in a file's text.
type Span struct{ Start, End int }

// Contains reports whether offset lies in the span; its end counts too, since
// a cursor at the end of a name is still on it.
func (s Span) Contains(offset int) bool { return s.Start <= offset && offset <= s.End }

// Covers reports whether the whole of other lies in the span.
func (s Span) Covers(other Span) bool { return s.Start <= other.Start && other.End <= s.End }

// Edit is one replacement: the bytes of Span, in the text before the edit, by
// New.
type Edit struct {
	Span Span
	New  string
}

// maxEdits is how many edits a version without a tree carries along: after
// more than that, parsing the text afresh is as quick.
const maxEdits = 1000

// maxDescribed bounds the bytes that are read to describe edits: a parse
// afresh takes no longer.
const maxDescribed = 64 << 20

// lateFor is how long a file is let be whose text could not be parsed in time.
const lateFor = 30 * time.Second

// File is one immutable version of a source file. Its text is given; its tree
// is made by the first question that needs it, from an earlier version's tree
// where there is one. All methods may be called from any goroutine.
//
// A File holds memory outside the Go heap: it is counted, starts with one
// reference, and wants one Close for each.
type File struct {
	language *Language
	text     []byte
	refs     atomic.Int32
	outer    Outer
	where    string

	mu     sync.Mutex // guards what follows, and every read of the tree
	tree   *tree
	parsed bool               // tree is as good as it gets; it may still be nil
	base   *File              // the latest earlier version that had a tree
	edits  []sitter.EditInput // from base's text to this one
	// approximate is set where an incremental parse met syntax errors: such a
	// tree may differ from a full parse, and is replaced by one when there is time.
	approximate bool
	bound       map[bindingKey]bindingsWithin // of this tree
	answers     map[int]answered              // by offset
	followed    map[Span]followed             // by the name that is bound
	asked       bool                          // ReferenceAt has been asked, and has made ready what it needs
	hasty       bool                          // Known is asking: nothing that takes long is done
	gaveUp      bool                          // something was left undone for that
	path        []*sitter.Node                // the last that ancestors found
	top         []topNode                     // the children of the root
	late        time.Time                     // when no tree could be had in time
	known       []Import
	imported    bool
	// good holds the imports of the last version known to parse without errors:
	// they hold on while an error is being typed.
	good []Import
}

// Outer resolves a name that a file uses and does not bind, such as one that a
// guide's earlier code block binds.
type Outer func(name string) (Reference, bool)

// New makes a file of its first version. It does not parse.
func New(l *Language, text []byte) *File {
	f := &File{language: l, text: text}
	f.refs.Store(1)
	return f
}

// At says where the file lies, as an absolute path of this machine, and returns the
// file. Later versions lie there too. It must be said before the first question.
func (f *File) At(path string) *File {
	f.where = path
	return f
}

// Where is the file's absolute path, "" where it is not known.
func (f *File) Where() string { return f.where }

// NewWithin makes a file whose free names are resolved by outer.
func NewWithin(l *Language, text []byte, outer Outer) *File {
	f := New(l, text)
	f.outer = outer
	return f
}

// Next makes the next version: text is what f's text becomes by the edits, each
// applied to what the one before it left. It does not parse. Edits that do not
// fit the text make the next version forget the tree, never fail.
func (f *File) Next(text []byte, edits []Edit) *File {
	next := New(f.language, text)
	next.outer, next.where = f.outer, f.where
	inputs, ok := describe(f.text, text, edits)
	if !f.mu.TryLock() {
		// The file is being parsed or read. An editor's next edit does not wait for
		// that: it builds on what will be there.
		if ok {
			next.base, next.edits = f.Retain(), inputs
		}
		return next
	}
	defer f.mu.Unlock()
	next.good, next.late = f.good, f.late
	if f.imported && f.tree != nil && !f.tree.RootNode().HasError() {
		next.good = f.known
	}
	switch {
	case !ok:
	case f.tree != nil:
		next.base, next.edits = f.Retain(), inputs
	case f.base != nil && len(f.edits)+len(inputs) <= maxEdits:
		next.base, next.edits = f.base.Retain(), append(slices.Clip(f.edits), inputs...)
	}
	return next
}

// describe turns edits into tree-sitter's terms; ok is false where they do not
// lead from the old text to the new one's length.
func describe(old, text []byte, edits []Edit) (inputs []sitter.EditInput, ok bool) {
	if len(edits) > maxEdits || len(edits)*len(old) > maxDescribed {
		return nil, false
	}
	if len(edits) > 1 {
		old = slices.Clone(old)
	}
	for i, e := range edits {
		if e.Span.Start < 0 || e.Span.Start > e.Span.End || e.Span.End > len(old) {
			return nil, false
		}
		inputs = append(inputs, sitterEdit(old, e))
		if i < len(edits)-1 {
			old = slices.Replace(old, e.Span.Start, e.Span.End, []byte(e.New)...)
		} else if len(old)-(e.Span.End-e.Span.Start)+len(e.New) != len(text) {
			return nil, false
		}
	}
	return inputs, true
}

// Retain adds a reference and returns f.
func (f *File) Retain() *File {
	f.refs.Add(1)
	return f
}

// Close takes a reference away; the last one frees the tree.
func (f *File) Close() {
	if f.refs.Add(-1) != 0 {
		return
	}
	f.mu.Lock()
	f.tree.close()
	base := f.base
	f.tree, f.base, f.bound, f.followed, f.path, f.top, f.parsed = nil, nil, nil, nil, nil, nil, true
	f.mu.Unlock()
	if base != nil {
		base.Close()
	}
}

// Text returns the file's bytes, which must not be changed.
func (f *File) Text() []byte { return f.text }

// Language returns the row of the table of languages that the file is read with.
func (f *File) Language() *Language { return f.language }

// root returns the root of the tree, parsing if need be, nil where the text
// cannot be parsed. f.mu must be held, for this and for all that is read below it.
func (f *File) root() *sitter.Node {
	if !f.parsed {
		f.parsed = true
		// Text that took too long will do so after each key that is typed.
		if time.Since(f.late) > lateFor {
			if f.tree = f.parse(); f.tree == nil {
				f.late = time.Now()
			}
		}
	}
	if f.tree == nil {
		return nil
	}
	return f.tree.RootNode()
}

// ready reports whether there is a tree to ask, and makes ready what questions about
// names need. f.mu must be held.
func (f *File) ready() bool {
	if f.root() == nil {
		return false
	}
	f.language.queries()
	return true
}

func (f *File) parse() *tree {
	base := f.base
	f.base = nil
	if base == nil {
		return f.language.parse(nil, f.text)
	}
	defer base.Close()
	base.mu.Lock()
	var old *tree
	if base.root() != nil {
		old = base.tree.copy()
		if f.good == nil {
			f.good = base.good
		}
	}
	base.mu.Unlock()
	if old == nil {
		return f.language.parse(nil, f.text)
	}
	defer old.close()
	for _, e := range f.edits {
		old.Edit(e)
	}
	f.edits = nil
	t := f.language.parse(old, f.text)
	f.approximate = t != nil && t.RootNode().HasError()
	return t
}

// snapshot returns a copy of the tree, for a pass that is too long to hold the
// lock for; nil where there is no tree. An approximate tree is replaced first.
func (f *File) snapshot() *tree {
	f.mu.Lock()
	root, approximate := f.root(), f.approximate
	f.mu.Unlock()
	if root == nil {
		return nil
	}
	if approximate {
		if full := f.language.parse(nil, f.text); full != nil {
			f.mu.Lock()
			if f.approximate && f.tree != nil {
				f.tree, full, f.approximate = full, f.tree, false
				f.bound, f.answers, f.followed, f.path, f.top = nil, nil, nil, nil, nil
			}
			f.mu.Unlock()
			full.close()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.tree == nil {
		return nil
	}
	return f.tree.copy()
}

// pointAt gives tree-sitter's point of a byte offset: rows count line feeds,
// columns bytes.
func pointAt(text []byte, offset int) sitter.Point {
	before := text[:offset]
	return sitter.Point{
		Row:    uint32(bytes.Count(before, []byte{'\n'})),
		Column: uint32(offset - (bytes.LastIndexByte(before, '\n') + 1)),
	}
}
