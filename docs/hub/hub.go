// Package hub finds, fetches and reads documents: the registries that the user's
// configuration names, and the files behind them.
//
// It lives beside chub, the command line client of Context Hub, on the same
// folder ($CHUB_DIR, else ~/.chub): chub's config.yaml is the configuration,
// what one has fetched the other reads, and a note that one leaves on an entry
// the other shows. See [LoadConfig], [New] and [Annotations].
//
// # Kinds of source
//
// All of them are a [docs.Source] and differ in where their files lie:
//
//   - A built registry: a folder with a registry.json, as `chub build` writes
//     it. A document lies at <path>/DOC.md below the folder.
//   - A content tree: a folder without a registry.json at its top, as authors
//     write it, <author>/docs/<name>/<language>/DOC.md. The registry is
//     gathered from front matter, by the rules of `chub build`, so that private
//     guides need no build step.
//   - A remote hub: [Remote]. It serves from its cache,
//     sources/<name>/registry.json and sources/<name>/data/<path>/DOC.md below
//     chub's folder, and renews that in the background.
//   - Any fs.FS, such as the registry inside the binary: [Tree].
//
// # The cache
//
// chub writes its files in place and takes no lock. So a file of chub's may be
// half written, now or for good: one that does not parse, is cut inside a
// letter, or has another size than the registry says, counts as absent, and the
// last good copy stays in use. What chubls writes itself is written beside and
// renamed, and the file chubls.json records against which date of the registry
// each document was fetched: a document is fetched again when that has changed.
// Locks order chubls processes among themselves. A disk that takes nothing makes
// the cache live in memory.
//
// # Safety
//
// A registry may come from anywhere, so its paths are checked when it is parsed
// (docs.CleanPath) and folders are opened as an os.Root: neither ".." nor a
// symbolic link leads out of them. Every read and every transfer is bounded in
// size and time. Headers and passwords go to the host that they are configured
// for and to no other, and stand in no message. A repository's own configuration
// can add folders inside itself ([LoadWorkspace]), and an editor's settings can
// open no door ([Config.WithSettings]).
//
// # What is absent
//
// Nothing is sent but requests for files: no telemetry. Nothing that blocks is
// hidden: a Source may wait for a disk or a network, so it is called in the
// background. Nothing is dialled when the configuration says offline.
package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chubls/chubls/docs"
)

// MaxRegistry is the largest registry.json that is read, in bytes. That of the
// public hub has 1.3 MB for 1,553 entries.
const MaxRegistry = 128 << 20

// Hub is all that a configuration names, at work: its sources and the notes.
type Hub struct {
	cfg       Config
	observer  docs.Observer
	net       *network
	sources   []docs.Source // in the order of the configuration
	configs   []SourceConfig
	remotes   []*Remote
	watched   []watched
	notes     *Annotations
	changes   chan struct{}
	rewritten chan struct{}

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	watching bool
}

// New opens what the configuration names. What cannot be opened is left out and
// told in problems. Nothing is fetched and no registry read yet: that begins with
// the first question, or with [Hub.Watch]. Close ends it.
//
// Registries hold only entries that the trust policy lets pass.
func New(cfg Config, o docs.Observer) (h *Hub, problems []error) {
	return newHub(cfg, o, defaultPace)
}

func newHub(cfg Config, o docs.Observer, p pace) (h *Hub, problems []error) {
	h = &Hub{
		cfg: cfg, observer: o, net: newNetwork(p),
		notes: OpenAnnotations(cfg.Dir), changes: make(chan struct{}, 1), rewritten: make(chan struct{}, 1),
	}
	if !cfg.Undecided || cfg.Offline {
		h.net.decide(cfg.Offline)
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.notes.changed = h.signal
	for _, dir := range append([]string{cfg.Dir}, cfg.Workspaces...) {
		h.watched = append(h.watched, watchConfig(dir, func() { notify(h.rewritten) }))
	}
	h.watched = append(h.watched, h.notes)
	seen := map[string]bool{}
	for i, s := range cfg.Sources {
		if s.Name == "" {
			s.Name = fmt.Sprintf("source-%d", i+1)
		}
		if seen[s.Name] {
			problems = append(problems, fmt.Errorf("source %q is named twice: only the first is used; give each source its own name", s.Name))
			continue
		}
		seen[s.Name] = true
		if !s.Remote() {
			l := newLocal(cfg, s)
			h.watched = append(h.watched, l)
			h.sources = append(h.sources, l)
			h.configs = append(h.configs, s)
			continue
		}
		r, err := newRemote(cfg, s, h.net, o, h.signal)
		if err != nil {
			problems = append(problems, fmt.Errorf("source %q: %w", s.Name, err))
			continue
		}
		h.watched = append(h.watched, r)
		h.remotes = append(h.remotes, r)
		h.sources = append(h.sources, r)
		h.configs = append(h.configs, s)
	}
	return h, problems
}

// Sources are the sources in the order of the configuration. A source returns
// the same registry until it has changed.
func (h *Hub) Sources() []docs.Source { return h.sources }

// Decide says whether the network may be used, where the configuration has left
// that open; only the first word counts.
func (h *Hub) Decide(offline bool) {
	h.net.decide(offline)
	for _, r := range h.remotes {
		if r.wanted() {
			r.refreshSoon()
		}
	}
}

// Annotations are the notes on entries.
func (h *Hub) Annotations() *Annotations { return h.notes }

// Changed receives when a registry, a document on disk or a note has changed.
// Several changes may come as one.
func (h *Hub) Changed() <-chan struct{} { return h.changes }

// Reconfigured receives when a file of the configuration has changed: the user's
// or a workspace's. Whoever has made the Hub of it may want to make another.
func (h *Hub) Reconfigured() <-chan struct{} { return h.rewritten }

func (h *Hub) signal() { notify(h.changes) }

func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // one is on its way
	}
}

// Close ends all that goes on in the background, and waits for that. The
// sources go on serving what they have.
func (h *Hub) Close() {
	h.mu.Lock()
	h.cancel()
	h.mu.Unlock()
	for _, r := range h.remotes {
		r.close()
	}
	h.wg.Wait()
	h.net.close()
}

// cacheDir is where a remote source keeps its files.
func (c Config) cacheDir(name string) string { return filepath.Join(c.Dir, "sources", name) }

// Folder returns a folder on disk as a source: a built registry if it holds a
// registry.json, else a content tree. trust is as in [Config]; nil lets all
// entries pass.
func Folder(name, dir string, trust []string) docs.Source {
	return folder(name, dir, trust)
}

// Tree returns a file system as a source, by the same rules as [Folder]. It
// does not limit where symbolic links of the file system lead: an os.DirFS
// belongs into [Folder].
func Tree(name string, fsys fs.FS) docs.Source {
	return &source{name: name, open: func(use func(fs.FS) error) error { return use(fsys) }}
}

const registryFile = "registry.json"

// source is every kind of source that lies on a disk: a way to a file system.
type source struct {
	name  string
	trust []string // see Config.Trust
	// open calls use with the file system. The folder is opened for each call
	// and closed after it, so a folder that was replaced is seen, and nothing
	// has to be closed at the end.
	open func(use func(fs.FS) error) error
}

func folder(name, dir string, trust []string) *source {
	return &source{name: name, trust: trust, open: func(use func(fs.FS) error) error {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return fmt.Errorf("open the folder of the source: %w; check its path in %s", err, configFile)
		}
		defer root.Close()
		return use(root.FS())
	}}
}

func (s *source) Name() string { return s.name }

func (s *source) Registry() (*docs.Registry, error) {
	var reg *docs.Registry
	err := s.open(func(fsys fs.FS) error {
		data, err := readFile(fsys, registryFile, MaxRegistry)
		if errors.Is(err, fs.ErrNotExist) {
			reg, err = scan(fsys)
			return err
		}
		if err != nil {
			return err
		}
		reg, err = docs.ParseRegistry(data)
		if err != nil {
			return fmt.Errorf("%s: %w", registryFile, err)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", s.name, err)
	}
	return trusted(reg, s.trust), nil
}

func (s *source) Read(_ context.Context, v *docs.Variant, file string) ([]byte, error) {
	// A variant that somebody built by hand has not been checked by anyone.
	dir, err := docs.CleanPath(v.Path)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", s.name, err)
	}
	file, err = docs.CleanPath(file)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", s.name, err)
	}
	var data []byte
	err = s.open(func(fsys fs.FS) error {
		data, err = readFile(fsys, path.Join(dir, file), docs.MaxDocument)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", s.name, err)
	}
	return data, nil
}

// trusted leaves out the entries that the policy does not name.
func trusted(reg *docs.Registry, trust []string) *docs.Registry {
	if len(trust) == 0 {
		return reg
	}
	kept := reg.Entries[:0:0]
	for _, e := range reg.Entries {
		if e.Source == "" || containsFold(trust, strings.TrimSpace(e.Source)) {
			kept = append(kept, e)
		}
	}
	return &docs.Registry{Entries: kept, Problems: reg.Problems}
}

func containsFold(list []string, s string) bool {
	for _, item := range list {
		if strings.EqualFold(item, s) {
			return true
		}
	}
	return false
}

// readFile reads a plain file of at most max bytes.
func readFile(fsys fs.FS, name string, max int64) ([]byte, error) {
	// Asked before it is opened: opening a named pipe would wait for a writer.
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if !info.Mode().IsRegular() {
		what := "a special file"
		if info.IsDir() {
			what = "a folder"
		}
		return nil, fmt.Errorf("read %s: it is %s: a plain file must stand there", name, what)
	}
	if info.Size() > max {
		return nil, tooLarge(name, info.Size(), max)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, max+1)) // it may have grown since
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(data)) > max {
		return nil, tooLarge(name, int64(len(data)), max)
	}
	return data, nil
}

func tooLarge(name string, size, max int64) error {
	return fmt.Errorf("read %s of %d bytes: %w: at most %d bytes are read", name, size, docs.ErrTooLarge, max)
}
