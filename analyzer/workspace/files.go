package workspace

import (
	"bytes"
	"crypto/sha256"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/chubls/chubls/analyzer"
)

// Files follows names through the files of one workspace: from an import of one
// of its own modules to the file, from there to what that exports, and on, until
// a package is reached.
//
// Only files on the way are looked at, through FS, and what was seen of them is
// kept, also that they are not there. [Files.Known] answers from that alone.
// [Files.Follow] reads, so it belongs into the background. [Files.Recheck] finds
// out what has changed since.
//
// The names of files are below the root of FS, with slashes. All methods may be
// called from any goroutine.
type Files struct {
	// FS is the workspace. It must not lead out of it: see [os.Root.FS].
	FS fs.FS
	// Open gives the version of a file that an editor has open, nil for none: it
	// counts instead of the one on disk. Whoever gets it closes it. It may be nil.
	Open func(name string) *analyzer.File
	// Index gives what is known of the whole workspace, nil for nothing. It may be
	// nil, and must not wait.
	Index func() *Index
	// Documented reports whether there is a guide for a module. That is what one wants
	// to read where the workspace makes the very package, or has a folder of examples
	// with its name. With wait set it may take its time; known is false where it
	// cannot tell yet. It may be nil.
	Documented func(ecosystem, module string, wait bool) (yes, known bool)

	work sync.Mutex // held by whoever reads

	mu      sync.Mutex
	seen    map[string]*seen
	open    map[string]*offered // of the files that an editor has open
	held    int                 // bytes of text in seen
	checked time.Time

	modules map[string]located // by what asks and what it asks for
	index   *Index             // that modules were found with
}

// located is where a module lies.
type located struct {
	names []string
	ours  bool
}

// Outcome says where following a reference has led.
type Outcome int

const (
	// Foreign is a module that is none of the workspace's files.
	Foreign Outcome = iota
	// Found is a reference that leads through the workspace to a package.
	Found
	// Lost is one that leads into the workspace and not out of it again.
	Lost
)

// Bounds on what is read and kept.
const (
	maxSource  = 1 << 20  // bytes of one file
	maxHeld    = 32 << 20 // bytes of all that are kept
	maxSeen    = 20_000   // files that are remembered, also those that are not there
	maxReads   = 128      // files that one question reads
	maxStats   = 3000     // and looks for
	maxFollows = 256      // hops of one question
)

// seen is what is known of one path.
type seen struct {
	kind    fileKind
	size    int64
	changed time.Time
	looked  time.Time

	read bool
	hash [sha256.Size]byte
	offered
	parsed any // by config and manifest
}

// fileKind is what lies at a path.
type fileKind uint8

const (
	nothing fileKind = iota
	regular
	folderKind
)

// offered is a text and what it was found to offer.
type offered struct {
	text   []byte
	offers map[string]analyzer.Offer
}

// Known is Follow where all that it takes is known. It touches no disk, parses
// nothing, and waits for nobody.
func (x *Files) Known(file string, ref analyzer.Reference) (to analyzer.Reference, o Outcome, known bool) {
	q := question{x: x}
	to, o = q.follow(file, ref)
	return to, o, !q.missed
}

// Follow leads a reference of a file on. Found is given with the reference as the
// last file on the way has it, its Language, Span and Kind those of ref.
func (x *Files) Follow(file string, ref analyzer.Reference) (analyzer.Reference, Outcome) {
	x.work.Lock()
	defer x.work.Unlock()
	x.mu.Lock()
	if x.checked.IsZero() {
		x.checked = time.Now()
	}
	x.mu.Unlock()
	q := question{x: x, reads: maxReads, stats: maxStats, reading: true}
	return q.follow(file, ref)
}

// Age is how long ago the files were last compared with the disk, 0 where nothing
// has been read.
func (x *Files) Age() time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.checked.IsZero() {
		return 0
	}
	return time.Since(x.checked)
}

// Touch says that other files may be open now than before, or with other texts.
func (x *Files) Touch() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.modules, x.open = nil, nil
}

// racy is how young a file is that may change again without its time telling.
const racy = 2 * time.Second

// Recheck compares all that is known with the disk. What has changed is read
// again when it is asked for.
func (x *Files) Recheck() {
	x.work.Lock()
	defer x.work.Unlock()
	x.mu.Lock()
	names := make([]string, 0, len(x.seen))
	for name := range x.seen {
		names = append(names, name)
	}
	x.mu.Unlock()
	for _, name := range names {
		x.mu.Lock()
		old := x.seen[name]
		x.mu.Unlock()
		if old == nil {
			continue
		}
		now := x.look(name)
		same := now.kind == old.kind && now.size == old.size && now.changed.Equal(old.changed)
		young := old.kind == regular && old.looked.Sub(old.changed) < racy
		if same && !young {
			continue
		}
		if old.read && now.kind == regular {
			x.load(name, now)
			if now.read && now.hash == old.hash {
				now.offered, now.parsed = old.offered, old.parsed
			}
		}
		x.keep(name, now)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.checked = time.Now()
}

// look asks the disk for a path.
func (x *Files) look(name string) *seen {
	s := &seen{looked: time.Now()}
	info, err := fs.Stat(x.FS, name)
	if err != nil {
		return s
	}
	s.size, s.changed = info.Size(), info.ModTime()
	switch {
	case info.IsDir():
		s.kind, s.size, s.changed = folderKind, 0, time.Time{}
	case info.Mode().IsRegular():
		s.kind = regular
	}
	return s
}

// load reads a file. One that is too large is taken for an empty one.
func (x *Files) load(name string, s *seen) {
	s.read = true
	if s.kind != regular || s.size > maxSource {
		return
	}
	f, err := x.FS.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil || len(text) > maxSource {
		return
	}
	s.text, s.hash = text, sha256.Sum256(text)
}

// keep remembers a path.
func (x *Files) keep(name string, s *seen) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.seen[name]; old != nil {
		x.held -= len(old.text)
	}
	if x.seen == nil || len(x.seen) >= maxSeen || x.held+len(s.text) > maxHeld {
		x.seen, x.held = map[string]*seen{}, 0
	}
	x.seen[name] = s
	x.held += len(s.text)
	x.modules = nil
}

// located finds where a module lies, or remembers it: where all was known, it is
// the same until something changes.
func (q *question) located(file, module string, find func(from, module string) ([]string, bool)) ([]string, bool) {
	key := file + "\x00" + module
	index := q.index()
	q.x.mu.Lock()
	if q.x.index != index || len(q.x.modules) > 10_000 {
		q.x.index, q.x.modules = index, nil
	}
	was, ok := q.x.modules[key]
	q.x.mu.Unlock()
	if ok {
		return was.names, was.ours
	}
	missed := q.missed
	q.missed = false
	names, ours := find(file, module)
	if !q.missed {
		q.x.mu.Lock()
		if q.x.modules == nil {
			q.x.modules = map[string]located{}
		}
		q.x.modules[key] = located{names, ours}
		q.x.mu.Unlock()
	}
	q.missed = q.missed || missed
	return names, ours
}

// question is one reference being followed.
type question struct {
	x       *Files
	reading bool // what is not known is read; else it is missed
	missed  bool

	reads, stats, follows, configs int
	been                           map[string]bool // against cycles
}

// at is what is known of a path, read if need be. It is nil where that is not known.
func (q *question) at(name string) *seen {
	if !fs.ValidPath(name) {
		return nil
	}
	q.x.mu.Lock()
	s := q.x.seen[name]
	q.x.mu.Unlock()
	if s != nil {
		return s
	}
	if q.stats--; !q.reading || q.stats < 0 {
		q.missed = true
		return nil
	}
	s = q.x.look(name)
	q.x.keep(name, s)
	return s
}

// kind is what lies at a path; an open buffer is a file.
func (q *question) kind(name string) fileKind {
	if !fs.ValidPath(name) {
		return nothing
	}
	if path.Ext(name) != "" {
		if f := q.buffer(name); f != nil {
			f.Close()
			return regular
		}
	}
	if s := q.at(name); s != nil {
		return s.kind
	}
	return nothing
}

func (q *question) buffer(name string) *analyzer.File {
	if q.x.Open == nil {
		return nil
	}
	return q.x.Open(name)
}

// contents is a file of the disk with its text; nil where there is none, or it is not known.
func (q *question) contents(name string) *seen {
	s := q.at(name)
	if s == nil || s.kind != regular || s.read {
		return s
	}
	if q.reads--; !q.reading || q.reads < 0 {
		q.missed = true
		return nil
	}
	now := &seen{kind: s.kind, size: s.size, changed: s.changed, looked: s.looked}
	q.x.load(name, now)
	q.x.keep(name, now)
	return now
}

// offer asks a file for a path. ok is false where that is not known.
func (q *question) offer(name string, p analyzer.Path, star bool) (o analyzer.Offer, ok bool) {
	language := analyzer.ByPath(name)
	if language == nil {
		return o, true
	}
	if f := q.buffer(name); f != nil {
		defer f.Close()
		text := f.Text()
		q.x.mu.Lock()
		was := q.x.open[name]
		if was == nil || !sameText(was.text, text) {
			was = &offered{text: text}
			if q.x.open == nil || len(q.x.open) > 1000 {
				q.x.open = map[string]*offered{}
			}
			q.x.open[name] = was
		}
		q.x.mu.Unlock()
		return q.from(was, p, star, func() *analyzer.File { return f.Retain() })
	}
	s := q.contents(name)
	if s == nil {
		return o, false
	}
	if s.text == nil {
		return analyzer.Offer{Found: true}, true // it is there and cannot be read
	}
	return q.from(&s.offered, p, star, func() *analyzer.File { return analyzer.New(language, s.text) })
}

func sameText(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || bytes.Equal(a, b))
}

// maxOffers bounds what is remembered of one file.
const maxOffers = 2000

// from answers from what is remembered of a text, or asks the file that make makes.
func (q *question) from(s *offered, p analyzer.Path, star bool, make func() *analyzer.File) (analyzer.Offer, bool) {
	q.x.mu.Lock()
	o, ok := s.remembered(p, star)
	q.x.mu.Unlock()
	if ok {
		return o, true
	}
	if !q.reading {
		q.missed = true
		return o, false
	}
	f := make()
	o = f.Offers(p, star)
	f.Close()
	for i := range o.Refs {
		for j := range o.Refs[i].Steps {
			step := &o.Refs[i].Steps[j]
			step.Line = 1 + bytes.Count(s.text[:min(step.Span.Start, len(s.text))], []byte{'\n'})
		}
	}
	q.x.mu.Lock()
	defer q.x.mu.Unlock()
	s.remember(p, star, o)
	return o, true
}

// offerKey is a path that was asked for, or the beginning of one.
func offerKey(p analyzer.Path, star bool) string {
	var b strings.Builder
	b.WriteString(strconv.FormatBool(star))
	for _, s := range p {
		b.WriteString("\x00" + s.Name)
		if s.Called {
			b.WriteString("(" + s.Arg)
		}
	}
	return b.String()
}

// nameKey is for what holds for any path that begins with a name.
func nameKey(p analyzer.Path, star bool) string {
	return strconv.FormatBool(star) + "\x00=" + p[0].Name
}

// remember keeps an offer under the part of the path that led to it.
func (s *offered) remember(p analyzer.Path, star bool, o analyzer.Offer) {
	if s.offers == nil || len(s.offers) > maxOffers {
		s.offers = map[string]analyzer.Offer{}
	}
	key := offerKey(p, star)
	switch {
	case len(p) == 0 || p[0].Name == analyzer.DefaultName && o.Used == 0:
	case o.Used == 0:
		key = nameKey(p, star)
	case len(o.Refs) > 0:
		key = offerKey(p[:o.Used], star)
	}
	rest := len(p) - o.Used
	short := analyzer.Offer{Found: o.Found, Used: o.Used}
	for _, ref := range o.Refs {
		ref.Path = ref.Path[:max(0, len(ref.Path)-rest)]
		short.Refs = append(short.Refs, ref)
	}
	s.offers[key] = short
}

// remembered is what is known of a path.
func (s *offered) remembered(p analyzer.Path, star bool) (analyzer.Offer, bool) {
	o, ok := s.offers[offerKey(p, star)]
	if !ok && len(p) > 0 {
		o, ok = s.offers[nameKey(p, star)]
	}
	for i := 1; i < len(p) && !ok; i++ {
		o, ok = s.offers[offerKey(p[:i], star)]
		ok = ok && len(o.Refs) > 0 && o.Used == i
	}
	if !ok {
		return o, false
	}
	full := analyzer.Offer{Found: o.Found, Used: o.Used}
	for _, ref := range o.Refs {
		ref.Path = append(ref.Path[:len(ref.Path):len(ref.Path)], p[min(o.Used, len(p)):]...)
		full.Refs = append(full.Refs, ref)
	}
	return full, true
}

// follow leads a reference on, and keeps of it what belongs to the place that was asked.
func (q *question) follow(file string, ref analyzer.Reference) (analyzer.Reference, Outcome) {
	file = path.Clean(file)
	language := analyzer.ByPath(file)
	q.been = map[string]bool{}
	python := ref.Language == "python" || language != nil && language.Name == "python"
	to, o := q.lead(file, ref, python)
	if o == absent {
		o = Lost
	}
	if o != Found || q.missed && !q.reading {
		return ref, o
	}
	return Led(ref, to), Found
}

// Led is a reference with the end of its way in place of its beginning: what the
// code around it tells is kept.
func Led(ref, end analyzer.Reference) analyzer.Reference {
	ref.Module, ref.Path, ref.Called, ref.Default, ref.Star = end.Module, end.Path, end.Called, end.Default, end.Star
	ref.File, ref.Steps = end.File, end.Steps
	return ref
}

// lead follows a reference that stands in a file.
func (q *question) lead(file string, ref analyzer.Reference, python bool) (analyzer.Reference, Outcome) {
	if q.follows++; q.follows > maxFollows {
		return ref, Lost
	}
	p := ref.Path
	if ref.Default || ref.Called {
		p = append(analyzer.Path{{Name: analyzer.DefaultName, Called: ref.Called}}, p...)
	}
	if python {
		bases, ours := q.located(file, ref.Module, q.python)
		if !ours {
			return ref, Foreign
		}
		for _, base := range bases {
			if to, o := q.inPython(base, p, ref); o != absent {
				return to, o
			}
		}
		return ref, absent
	}
	targets, ours := q.located(file, ref.Module, q.script)
	switch {
	case !ours:
		return ref, Foreign
	case len(targets) == 0:
		return ref, absent
	}
	return q.inFile(targets[0], p, ref, false)
}

// absent is the outcome where there is no such file, or it lacks the name.
const absent Outcome = -1

// inPython follows a path from a module that may be a file, a package, or a folder.
func (q *question) inPython(base string, p analyzer.Path, ref analyzer.Reference) (analyzer.Reference, Outcome) {
	file, isPackage := q.pythonFile(base)
	if file != "" {
		to, o := q.inFile(file, p, ref, true)
		if o == Found || o == Lost {
			return to, o
		}
	}
	if isPackage && len(p) > 0 && !p[0].Called {
		inner := path.Join(base, p[0].Name)
		if f, dir := q.pythonFile(inner); f != "" || dir {
			return q.inPython(inner, p[1:], ref)
		}
	}
	return ref, absent
}

// inFile follows a path from the exports of a file.
func (q *question) inFile(file string, p analyzer.Path, ref analyzer.Reference, python bool) (analyzer.Reference, Outcome) {
	key := file + "\x00" + offerKey(p, ref.Star)
	if q.been[key] {
		return ref, absent
	}
	q.been[key] = true
	offer, ok := q.offer(file, p, ref.Star)
	if !ok {
		return ref, Lost
	}
	if offer.Found && len(offer.Refs) == 0 {
		return ref, Lost
	}
	var guess analyzer.Reference
	guesses := 0
	for _, next := range offer.Refs {
		for i := range next.Steps {
			if i == 0 {
				next.Steps = append([]analyzer.Step(nil), next.Steps...)
			}
			next.Steps[i].File = file
		}
		steps := append(ref.Steps[:len(ref.Steps):len(ref.Steps)], next.Steps...)
		next.Steps, next.File = steps, file
		to, o := q.lead(file, next, python)
		switch {
		case o == Foreign && next.Star:
			guesses++
			guess = to // what the workspace has itself comes first
		case o == Foreign:
			return to, Found
		case o == Found:
			return to, Found
		case o == Lost || !next.Star:
			return ref, Lost
		}
	}
	if guesses == 1 && len(p) > 0 {
		return guess, Found
	}
	return ref, absent
}

// customs are beginnings of specifiers that mean a folder of the workspace by
// custom, where no configuration says which.
var customs = []struct {
	prefix  string
	folders []string
}{
	{"@/", []string{"src", ".", "app"}},
	{"~/", []string{"src", ".", "app"}},
	{"$lib/", []string{"src/lib"}},
}

// script finds the file of a JavaScript specifier, none where it is not there. ours
// is false where it is none of the workspace's.
func (q *question) script(from, specifier string) (targets []string, ours bool) {
	target, ours := q.scriptFile(from, specifier)
	if target != "" {
		targets = []string{target}
	}
	return targets, ours
}

func (q *question) scriptFile(from, specifier string) (target string, ours bool) {
	specifier, _, _ = strings.Cut(specifier, "?")
	dir := path.Dir(from)
	switch {
	case specifier == "":
		return "", false
	case specifier == "." || specifier == ".." || strings.HasPrefix(specifier, "./") || strings.HasPrefix(specifier, "../"):
		return q.module(path.Join(dir, specifier), 0), true
	case strings.HasPrefix(specifier, "/"):
		return q.module(path.Clean(strings.TrimLeft(specifier, "/")), 0), true
	}
	if target := q.aliased(dir, specifier); target != "" {
		return target, true
	}
	if strings.HasPrefix(specifier, "#") {
		return q.privately(dir, specifier), true
	}
	if index := q.index(); index != nil {
		name := npmName(specifier)
		if home, ok := index.packages[name]; ok {
			return q.packaged(home, "."+strings.TrimPrefix(specifier, name)), true
		}
	}
	for _, c := range customs {
		rest, ok := strings.CutPrefix(specifier, c.prefix)
		if !ok {
			continue
		}
		for up := dir; ; up = path.Dir(up) {
			if q.kind(path.Join(up, "package.json")) == regular || up == "." {
				for _, folder := range c.folders {
					if target := q.module(path.Join(up, folder, rest), 0); target != "" {
						return target, true
					}
				}
			}
			if up == "." {
				return "", true
			}
		}
	}
	return "", false
}

func (q *question) index() *Index {
	if q.x.Index == nil {
		return nil
	}
	return q.x.Index()
}

// extensions are tried in this order for a specifier without one.
var extensions = []string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts"}

// written are the files that a specifier with an extension of JavaScript may mean.
var written = map[string][]string{
	".js": {".js", ".ts", ".tsx", ".jsx", ".d.ts"}, ".jsx": {".jsx", ".tsx"},
	".mjs": {".mjs", ".mts", ".d.mts"}, ".cjs": {".cjs", ".cts", ".d.cts"},
}

// module finds the file that a path without its extension, or a folder, stands for;
// "" for none.
func (q *question) module(base string, depth int) string {
	if !fs.ValidPath(base) || depth > 4 {
		return ""
	}
	extension := path.Ext(base)
	if swaps := written[extension]; swaps != nil {
		for _, e := range swaps {
			if name := strings.TrimSuffix(base, extension) + e; q.kind(name) == regular {
				return name
			}
		}
	}
	kind := q.kind(base)
	if kind == regular {
		if l := analyzer.ByPath(base); l == nil || l.Name == "python" {
			return ""
		}
		return base
	}
	for _, e := range extensions {
		if q.kind(base+e) == regular {
			return base + e
		}
	}
	if kind != folderKind {
		return ""
	}
	if depth > 0 || q.kind(path.Join(base, "package.json")) != regular {
		return q.module(path.Join(base, "index"), depth+1)
	}
	return q.packaged(base, ".")
}
