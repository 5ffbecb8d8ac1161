package docs

import (
	"bytes"
	"container/list"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chubls/chubls/analyzer"
)

// hubModules is the map of the public hub, so that its documents need not be
// read to know what they are about. Made by `go generate` from a copy of it.
//
//go:generate go run ../cmd/chubls index $HUB --output modules.tsv
//go:embed modules.tsv
var hubModules []byte

// ErrLoading is returned while what was asked for is still on its way.
var ErrLoading = errors.New("loading")

// maxGuides is how many guides a library keeps ready. One takes some 100 KB.
const maxGuides = 48

// Library is the guides of several sources, in the order in which they are
// asked. It reads in the background: a question waits for an answer that is on
// its way until the context ends, and is told ErrLoading then.
//
// All methods may be called from any goroutine.
type Library struct {
	// Modules is the user's own map from modules to entry ids; it wins over all
	// that was found out, and nil says that a module has none. An id may have its
	// source before it. Set it before the first question.
	Modules map[string]*string

	// Lazy asks for no document to find out what it is about.
	Lazy atomic.Bool

	shelves   []*shelf
	starter   *shelf // asked where no other has the module; may be nil
	table     *Modules
	observer  Observer
	reloading sync.Mutex

	mu     sync.Mutex
	guides map[*Variant]*list.Element // of *loading, the latest used first
	recent list.List

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
}

// shelf is one source and what is known of it.
type shelf struct {
	Source
	ready chan struct{} // closed when there is a catalog for the first time
	now   atomic.Pointer[catalog]
}

// catalog is a source's registry with the map of its modules. It is immutable.
type catalog struct {
	registry *Registry
	shipped  []byte // the source's own modules.tsv
	modules  *Modules
	entries  map[string]*Entry
	evidence map[string][]string // ecosystem, module and id -> evidence, where documents were read
	unread   *unread             // of a distant source; else nil
}

// catalog is what is known by now; it is empty before the registry was read.
func (s *shelf) catalog() *catalog {
	if c := s.now.Load(); c != nil {
		return c
	}
	return &catalog{}
}

// workspace reports whether a repository has brought the source.
func (s *shelf) workspace() bool {
	w, ok := s.Source.(interface{ Workspace() bool })
	return ok && w.Workspace()
}

// loading is a guide on its way, or there.
type loading struct {
	owner Owner
	done  chan struct{}
	guide *Guide
	err   error
	until time.Time // of an error: it is tried again after that

	needs  int // those that still want it; under the library's lock
	cancel context.CancelFunc
}

const (
	// linger is how long a document that somebody has asked for goes on loading
	// after they have stopped to wait: a hover waits for a moment, and comes back.
	linger = time.Minute
	// retry is how long a document that could not be read is not tried again.
	retry = 5 * time.Second
)

// NewLibrary opens a library over the sources and starts to read their
// registries. starter, which may be nil, is asked last and only for modules
// that no other source has.
func NewLibrary(sources []Source, starter Source, o Observer) *Library {
	l := &Library{observer: o, guides: map[*Variant]*list.Element{}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	table, err := ParseModules(hubModules)
	if err != nil {
		o.Tell(fmt.Errorf("the shipped module table: %w", err))
	}
	l.table = table
	open := func(s Source) *shelf {
		shelf := &shelf{Source: s, ready: make(chan struct{})}
		go func() {
			defer close(shelf.ready)
			l.read(shelf)
		}()
		return shelf
	}
	for _, s := range sources {
		l.shelves = append(l.shelves, open(s))
	}
	if starter != nil {
		l.starter = open(starter)
	}
	return l
}

// Close ends what is being read. What is ready goes on serving.
func (l *Library) Close() { l.cancel() }

// Reload takes over what has changed in the sources: their registries, and the
// documents of the guides that are ready. What was there serves until then. It
// reads, and so may take a while.
func (l *Library) Reload() {
	l.reloading.Lock()
	defer l.reloading.Unlock()
	for _, s := range l.shelves {
		<-s.ready
		l.read(s)
	}
	l.refresh()
}

// read makes a shelf's catalog, unless its registry is the one that it was
// made from.
func (l *Library) read(s *shelf) {
	registry, err := s.Registry()
	if err != nil {
		l.observer.Tell(err)
		return
	}
	var shipped []byte
	if mapped, ok := s.Source.(Mapped); ok {
		if shipped, err = mapped.Modules(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.observer.Tell(err)
		}
	}
	if registry == s.catalog().registry && bytes.Equal(shipped, s.catalog().shipped) {
		return
	}
	for _, p := range registry.Problems {
		l.observer.Tell(p)
	}
	c := &catalog{registry: registry, shipped: shipped, entries: make(map[string]*Entry, len(registry.Entries)), evidence: map[string][]string{}}
	for _, e := range registry.Entries {
		c.entries[e.ID] = e
	}
	c.modules = l.tableOf(s, shipped, c.entries)
	if _, far := s.Source.(Distant); far {
		c.unread = newUnread(registry, c.modules.entries())
		s.now.Store(c)
		return
	}
	for _, claim := range Claims(factsOf(l.ctx, s.Source, registry, c.modules.entries(), l.observer)) {
		c.modules.add(claim.Ecosystem, claim.Module, claim.ID)
		c.evidence[claim.Ecosystem+"\t"+claim.Module+"\t"+claim.ID] = claim.Evidence
	}
	s.now.Store(c)
}

// tableOf is what is known without any document: the source's own table, and for
// the entries that it does not name the one inside the binary.
func (l *Library) tableOf(s *shelf, shipped []byte, entries map[string]*Entry) *Modules {
	known := l.table.only(entries)
	if len(shipped) == 0 {
		return known
	}
	own, err := ParseModules(shipped)
	if err != nil {
		l.observer.Tell(fmt.Errorf("source %q: %w; 'chubls index' writes it anew", s.Name(), err))
		return known
	}
	return own.only(entries).over(known)
}

// refresh drops the guides whose documents have changed, or that no registry
// has any more.
func (l *Library) refresh() {
	l.mu.Lock()
	var ready []*loading
	for e := l.recent.Front(); e != nil; e = e.Next() {
		ready = append(ready, e.Value.(*loading))
	}
	l.mu.Unlock()
	for _, g := range ready {
		if !g.ended() {
			continue // it is being read just now
		}
		if g.guide != nil {
			if data, err := g.owner.shelf.Read(l.ctx, g.owner.Variant, DocFile); err == nil && bytes.Equal(data, g.guide.Text) {
				continue
			}
		}
		l.mu.Lock()
		l.forget(g)
		l.mu.Unlock()
	}
}

// factsOf reads the documents of the entries that are not known yet.
func factsOf(ctx context.Context, s Source, registry *Registry, known map[string]bool, o Observer) []*Facts {
	var facts []*Facts
	work := o.Begin(Slow, "Reading the guides of "+s.Name())
	defer work.End()
	for i, e := range registry.Entries {
		work.Step(int64(i), int64(len(registry.Entries)))
		for _, v := range e.latest() {
			if eco := Ecosystem(v.Language); analyzer.ByLanguageID(eco) == nil || known[eco+"\t"+e.ID] {
				continue
			}
			d, err := document(ctx, s, v)
			if err != nil {
				o.Tell(err)
				continue
			}
			facts = append(facts, FactsOf(v, d))
		}
	}
	return facts
}

// Index reads all documents of a source and returns its modules.tsv.
func Index(ctx context.Context, s Source, o Observer) ([]byte, error) {
	registry, err := s.Registry()
	if err != nil {
		return nil, err
	}
	for _, p := range registry.Problems {
		o.Tell(p)
	}
	facts := factsOf(ctx, s, registry, nil, o)
	return Format(Claims(facts), facts), nil
}

func document(ctx context.Context, s Source, v *Variant) (*Document, error) {
	data, err := s.Read(ctx, v, DocFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.Entry.ID, err)
	}
	d, err := ParseDocument(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.Entry.ID, err)
	}
	return d, nil
}

// latest are the variants of an entry that are shown: for each language the
// recommended version.
func (e *Entry) latest() []*Variant {
	var found []*Variant
	for _, v := range e.Variants {
		if v.Recommended {
			found = append(found, v)
		}
	}
	return found
}

// variant picks what serves a language: its own variant, or for JavaScript and
// TypeScript the other's.
func (e *Entry) variant(language string) *Variant {
	var other *Variant
	for _, v := range e.latest() {
		if v.Language == language {
			return v
		}
		if other == nil && Ecosystem(v.Language) == Ecosystem(language) {
			other = v
		}
	}
	return other
}

// Owner is an entry that documents a module.
type Owner struct {
	Variant *Variant
	Source  string
	// ID is the entry's id; with the source before it where two configured
	// sources have entries of that id.
	ID string
	// Module is the part of the asked module that the entry owns.
	Module   string
	Evidence []string // why, where a document was read for it; else the shipped table
	// Workspace says that a repository has brought the source: nobody has vouched
	// for it, whatever its documents say of themselves.
	Workspace bool

	shelf *shelf
}

// Owners finds the entries that document a module for a language, the
// preferred one first: those of the longest part of the module that has any, in
// the order of the sources. It waits for registries until ctx ends.
func (l *Library) Owners(ctx context.Context, language, module string) ([]Owner, error) {
	if id, prefix, chosen := l.chosen(language, module); chosen {
		return l.byID(ctx, language, id, prefix)
	}
	var owners []Owner
	var waiting error
	ask := func(s *shelf) {
		found, err := l.ownersIn(ctx, s, language, module)
		if err != nil {
			waiting = err
		}
		owners = append(owners, found...)
	}
	for _, s := range l.shelves {
		ask(s)
	}
	if len(owners) == 0 && waiting == nil && l.starter != nil {
		ask(l.starter)
	}
	if len(owners) == 0 {
		return nil, waiting
	}
	longest := slices.MaxFunc(owners, func(a, b Owner) int { return len(a.Module) - len(b.Module) }).Module
	owners = slices.DeleteFunc(owners, func(o Owner) bool { return o.Module != longest })
	for i := range owners {
		owners[i].ID = l.display(owners[i])
	}
	return owners, nil
}

// Chosen reports whether the user's own map says what documents a module.
func (l *Library) Chosen(language, module string) bool {
	_, _, ok := l.chosen(language, module)
	return ok
}

// chosen looks a module up in the user's own map: the longest part of it that
// stands there. An empty id says that it has no entry.
func (l *Library) chosen(language, module string) (id, prefix string, ok bool) {
	if len(l.Modules) == 0 {
		return "", "", false
	}
	ecosystem := Ecosystem(language)
	candidates := prefixesOf(ecosystem, module)
	if ecosystem != "python" {
		candidates = []string{Package(module), module}
	}
	for _, prefix := range slices.Backward(candidates) {
		if chosen, ok := l.Modules[prefix]; ok {
			if chosen == nil {
				return "", prefix, true
			}
			return *chosen, prefix, true
		}
	}
	return "", "", false
}

// byID finds an entry by its id, in the first source that has it.
func (l *Library) byID(ctx context.Context, language, id, module string) ([]Owner, error) {
	if id == "" {
		return nil, nil
	}
	source, bare, named := strings.Cut(id, ":")
	if !named {
		bare = id
	}
	for _, s := range append(slices.Clip(l.shelves), l.starter) {
		if s == nil || named && s.Name() != source {
			continue
		}
		if err := s.wait(ctx); err != nil {
			return nil, err
		}
		if e := s.catalog().entries[bare]; e != nil {
			if v := e.variant(language); v != nil {
				o := Owner{Variant: v, Source: s.Name(), Module: module, Evidence: []string{"the user's own setting"}, Workspace: s.workspace(), shelf: s}
				o.ID = l.display(o)
				return []Owner{o}, nil
			}
		}
	}
	return nil, nil
}

// display names an entry: by its id, and by its source too where another
// configured source has the same id.
func (l *Library) display(o Owner) string {
	for _, s := range l.shelves {
		if s != o.shelf && o.shelf != l.starter && s.catalog().entries[o.Variant.Entry.ID] != nil {
			return o.Source + ":" + o.Variant.Entry.ID
		}
	}
	return o.Variant.Entry.ID
}

// wait waits until the registry has been read, or ctx ends.
func (s *shelf) wait(ctx context.Context) error {
	return await(ctx, s.ready)
}

// await waits until done is closed, or ctx ends. What has happened counts even
// if ctx has ended.
func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ErrLoading
	}
}

func (l *Library) ownersIn(ctx context.Context, s *shelf, language, module string) ([]Owner, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	var owners []Owner
	ecosystem := Ecosystem(language)
	c := s.catalog()
	ids, prefix := c.modules.Owners(ecosystem, module)
	if (len(ids) == 0 || ecosystem == "python" && prefix != module) && !l.Lazy.Load() {
		if len(ids) == 0 {
			prefix = ""
		}
		if err := l.discover(ctx, s, ecosystem, module, prefix); err != nil {
			return nil, err
		}
		c = s.catalog()
		ids, prefix = c.modules.Owners(ecosystem, module)
	}
	for _, id := range ids {
		e := c.entries[id]
		if e == nil {
			continue
		}
		if v := e.variant(language); v != nil {
			owners = append(owners, Owner{
				Variant: v, Source: s.Name(), Module: prefix, shelf: s,
				Evidence: c.evidence[ecosystem+"\t"+prefix+"\t"+id], Workspace: s.workspace(),
			})
		}
	}
	return owners, nil
}

// Guide returns an owner's document, ready for questions. It waits until ctx
// ends and returns ErrLoading then; the document goes on loading for a while.
func (l *Library) Guide(ctx context.Context, o Owner) (*Guide, error) {
	g := l.ask(o)
	if err := await(ctx, g.done); err != nil {
		return nil, err
	}
	return g.guide, g.err
}

// Ask starts to load an owner's document, for a question that is about to come.
func (l *Library) Ask(o Owner) { l.ask(o) }

func (l *Library) ask(o Owner) *loading {
	g := l.load(o)
	if !g.ended() {
		ctx, cancel := context.WithTimeout(l.ctx, linger)
		go func() { <-g.done; cancel() }()
		l.need(ctx, g)
	}
	return g
}

// Prefetch starts to load an owner's document. When ctx has ended, it is not
// needed any more.
func (l *Library) Prefetch(ctx context.Context, o Owner) {
	if g := l.load(o); !g.ended() {
		l.need(ctx, g)
	}
}

// need keeps a document loading until ctx ends. It is given up when nobody needs
// it any more.
func (l *Library) need(ctx context.Context, g *loading) {
	l.mu.Lock()
	g.needs++
	l.mu.Unlock()
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if g.needs--; g.needs == 0 && !g.ended() {
			l.forget(g)
			g.cancel()
		}
	})
}

// load finds a guide or starts to load it. A failed one is tried again when it
// is asked for some time later.
func (l *Library) load(o Owner) *loading {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.guides[o.Variant]; ok {
		g := e.Value.(*loading)
		if !g.ended() || g.err == nil || time.Now().Before(g.until) {
			l.recent.MoveToFront(e)
			return g
		}
		l.forget(g)
	}
	g := &loading{owner: o, done: make(chan struct{})}
	l.guides[o.Variant] = l.recent.PushFront(g)
	for l.recent.Len() > maxGuides {
		l.forget(l.recent.Back().Value.(*loading))
	}
	ctx, cancel := context.WithCancel(l.ctx)
	g.cancel = cancel
	go func() {
		defer close(g.done)
		defer cancel()
		d, err := document(ctx, o.shelf, o.Variant)
		if err != nil {
			g.err, g.until = err, time.Now().Add(retry)
			if ctx.Err() == nil {
				l.observer.Tell(err)
			}
			return
		}
		g.guide = NewGuide(o.Variant, o.Source, d)
		g.guide.Paths = pathsOf(o.shelf.Source, o.Variant)
	}()
	return g
}

// pathsOf finds the files of a variant that lie on this machine.
func pathsOf(s Source, v *Variant) map[string]string {
	located, ok := s.(Located)
	if !ok {
		return nil
	}
	paths := map[string]string{}
	for _, file := range append([]string{DocFile}, v.Files...) {
		if path, ok := located.Locate(v, file); ok {
			paths[file] = path
		}
	}
	return paths
}

// forget makes the next question load the document anew; l.mu is held.
func (l *Library) forget(g *loading) {
	if e, ok := l.guides[g.owner.Variant]; ok && e.Value == g {
		delete(l.guides, g.owner.Variant)
		l.recent.Remove(e)
	}
}

// ended reports whether the guide is there, or will not come.
func (g *loading) ended() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}
