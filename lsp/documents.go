package lsp

import (
	"hash/maphash"
	"strconv"
	"sync"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/lsp/text"
)

// maxText is the largest document, in bytes, that is read. Source that people
// write is far below it; bundles are above.
const maxText = 8 << 20

// snapshot is one version of an open document. It is immutable, but for the
// count of its leases.
type snapshot struct {
	// uri is the document's name as the editor wrote it. Answers must use it:
	// the canonical form differs in case and escapes, and some editors compare
	// names as strings.
	uri        uri.URI
	languageID string
	version    *int32 // nil if the editor gave none
	// mapper is nil for a document that is too large, or whose language chubls
	// does not read; so is file.
	mapper *text.Mapper
	file   *analyzer.File
	hash   func() string // of the text
}

// newSnapshot makes the first version of a document.
func newSnapshot(name uri.URI, languageID string, version *int32, content string, encoding text.Encoding) *snapshot {
	s := &snapshot{uri: name, languageID: languageID, version: version}
	if language := s.language(); language != nil && len(content) <= maxText {
		s.mapper = text.NewMapper([]byte(content), encoding)
		s.file = analyzer.New(language, s.mapper.Text())
		if key := keyOf(string(name)); key.IsFile() {
			s.file.At(key.FsPath())
		}
	}
	s.hash = hashOf(s.mapper)
	return s
}

// language returns the language of the document, nil if chubls does not read it.
func (s *snapshot) language() *analyzer.Language {
	return analyzer.LanguageFor(s.languageID, keyOf(string(s.uri)).Path())
}

// next makes the version after s from an editor's changes, each of which is in
// terms of what the one before it left. A change that names places outside the
// text is moved inside, never refused: refusing it would only make the rest of
// the session wrong.
func (s *snapshot) next(version *int32, changes []contentChange, encoding text.Encoding) *snapshot {
	for i := len(changes) - 1; i >= 0; i-- {
		// A whole text makes those before it moot. It is also the way back for a
		// document that was too large.
		if changes[i].Range == nil && (i > 0 || s.mapper == nil) {
			whole := newSnapshot(s.uri, s.languageID, version, changes[i].Text, encoding)
			if whole.mapper == nil || i == len(changes)-1 {
				return whole
			}
			defer whole.release()
			return whole.next(version, changes[i+1:], encoding)
		}
	}
	t := &snapshot{uri: s.uri, languageID: s.languageID, version: version}
	t.hash = hashOf(nil)
	if s.mapper == nil {
		return t
	}
	draft := s.mapper.Draft()
	edits := make([]analyzer.Edit, 0, len(changes))
	for _, c := range changes {
		start, end := 0, draft.Len()
		if c.Range != nil {
			start, end = draft.RangeOffsets(c.Range.text())
		}
		if draft.Len()-(end-start)+len(c.Text) > maxText {
			return t
		}
		draft.Replace(start, end, c.Text)
		edits = append(edits, analyzer.Edit{Span: analyzer.Span{Start: start, End: end}, New: c.Text})
	}
	t.mapper = draft.Mapper()
	t.file = s.file.Next(t.mapper.Text(), edits)
	t.hash = hashOf(t.mapper)
	return t
}

// hashSeed is this process': hashes come back from the editor, and go nowhere else.
var hashSeed = maphash.MakeSeed()

// hashOf returns a function that hashes the mapper's text, once.
func hashOf(m *text.Mapper) func() string {
	return sync.OnceValue(func() string {
		if m == nil {
			return ""
		}
		return strconv.FormatUint(maphash.Bytes(hashSeed, m.Text()), 16)
	})
}

// lease keeps the snapshot's file alive until release.
func (s *snapshot) lease() *snapshot {
	if s.file != nil {
		s.file.Retain()
	}
	return s
}

// release ends one lease.
func (s *snapshot) release() {
	if s.file != nil {
		s.file.Close()
	}
}

// rangeOf returns the protocol's range of a span.
func (s *snapshot) rangeOf(span analyzer.Span) protocol.Range {
	r := s.mapper.OffsetsRange(span.Start, span.End)
	return protocol.Range{
		Start: protocol.Position{Line: r.Start.Line, Character: r.Start.Character},
		End:   protocol.Position{Line: r.End.Line, Character: r.End.Character},
	}
}

// spanOf returns the span of the protocol's range.
func (s *snapshot) spanOf(r protocol.Range) analyzer.Span {
	start, end := s.mapper.RangeOffsets(text.Range{Start: position(r.Start), End: position(r.End)})
	return analyzer.Span{Start: start, End: end}
}

func position(p protocol.Position) text.Position {
	return text.Position{Line: p.Line, Character: p.Character}
}

// keyOf returns the canonical form of a document's name, under which it is
// kept: an editor may write one name in two ways.
func keyOf(name string) uri.URI {
	if u, err := uri.Parse(name); err == nil {
		return u
	}
	return uri.URI(name)
}

// documents holds the newest snapshot of each open document.
type documents struct {
	mu   sync.Mutex
	open map[uri.URI]*snapshot
}

// set makes s the newest snapshot of its document, and takes over its lease.
func (d *documents) set(key uri.URI, s *snapshot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		d.open = make(map[uri.URI]*snapshot)
	}
	if old := d.open[key]; old != nil {
		old.release()
	}
	d.open[key] = s
}

// remove forgets a document, and reports whether there was one.
func (d *documents) remove(key uri.URI) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.open[key]
	if old == nil {
		return false
	}
	old.release()
	delete(d.open, key)
	return true
}

// lease returns the newest snapshot of a document, nil if it is not open or
// cannot be asked about. The caller releases it.
func (d *documents) lease(key uri.URI) *snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.open[key]; s != nil && s.file != nil {
		return s.lease()
	}
	return nil
}

// file returns the newest version of the file at a path, nil if it is not open.
// The caller closes it.
func (d *documents) file(path string) *analyzer.File {
	if s := d.lease(uri.File(path)); s != nil {
		return s.file
	}
	return nil
}

// peek returns the newest snapshot without a lease, for the read loop, which
// is the one that replaces it.
func (d *documents) peek(key uri.URI) *snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open[key]
}

// closeAll forgets all documents.
func (d *documents) closeAll() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, s := range d.open {
		s.release()
		delete(d.open, key)
	}
}
