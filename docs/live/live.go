// Package live keeps a desk in step with its configuration: the user's own file,
// what repositories add to it, and what an editor has in its settings. Each may
// change while the server runs, and takes effect then.
package live

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
)

// Session is what an editor, or a command, has said so far.
type Session struct {
	// Folders are the workspace's folders, as absolute paths.
	Folders []string
	// Settings are JSON objects with the keys that stand below "chubls" in
	// config.yaml; a later one wins. See [hub.Config.WithSettings].
	Settings [][]byte
	// Waiting says that more settings are about to come. They may say offline, so
	// the network waits for them.
	Waiting bool
}

// Options say how a desk is kept. Each function may be nil; each may be called
// from any goroutine, and must return soon.
type Options struct {
	// Dir is chub's folder: see [hub.Dir].
	Dir string
	// Watch follows what changes on disk, which is of no use to a command that
	// answers once.
	Watch bool

	docs.Observer
	// Wrong is called with what is wrong in a configuration, once for each fault.
	Wrong func(error)
	// Hint takes what is as it is on every new machine.
	Hint func(string)
}

// Desk is an [answer.Desk] that follows its configuration. Questions wait for
// the first Configure.
//
// All methods may be called from any goroutine.
type Desk struct {
	Options

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup
	wake   chan struct{}

	workspaces workspaces
	followers  followers
	works      works

	mu      sync.Mutex
	session Session

	ready chan struct{} // closed when there is a desk for the first time
	now   atomic.Pointer[state]
	told  map[string]bool // by the goroutine that follows
}

// state is a desk with what it was made of.
type state struct {
	*answer.Desk
	hub *hub.Hub
	cfg hub.Config
}

// New makes a desk. It wants a Close.
func New(o Options) *Desk {
	d := &Desk{Options: o, wake: make(chan struct{}, 1), ready: make(chan struct{}), told: map[string]bool{}}
	d.followers.workspaces = &d.workspaces
	d.followers.library = func() *docs.Library {
		if s := d.now.Load(); s != nil {
			return s.Library
		}
		return nil
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.wg.Go(d.follow)
	return d
}

// Close ends what goes on in the background.
func (d *Desk) Close() {
	d.cancel()
	d.wg.Wait()
	if s := d.now.Load(); s != nil {
		s.close()
	}
	d.followers.close()
	d.workspaces.close()
}

// Changed says that files may have changed on disk, or which of them an editor has
// open. It returns at once.
func (d *Desk) Changed() { d.followers.changed() }

// Buffers says how to find the version of a file, by its path, that an editor has
// open: nil for none, and whoever gets it closes it. It is called from any
// goroutine, also on the way of a request, and must not wait.
func (d *Desk) Buffers(open func(path string) *analyzer.File) {
	d.followers.mu.Lock()
	defer d.followers.mu.Unlock()
	d.followers.buffers = open
}

// Configure takes over what an editor has said. It returns at once.
func (d *Desk) Configure(s Session) {
	d.mu.Lock()
	d.session = s
	d.mu.Unlock()
	d.nudge()
}

// nudge has the configuration read anew.
func (d *Desk) nudge() {
	select {
	case d.wake <- struct{}{}:
	default: // it will be seen
	}
}

// follow opens the desk, and opens it again when the configuration is another.
func (d *Desk) follow() {
	var changed, reconfigured <-chan struct{}
	for {
		select {
		case <-d.ctx.Done():
			return
		case <-changed:
			d.now.Load().Library.Reload()
			continue
		case <-d.wake:
		case <-reconfigured:
		}
		d.mu.Lock()
		session := d.session
		d.mu.Unlock()
		d.workspaces.open(session.Folders)
		s := d.apply(d.load(session))
		changed, reconfigured = s.hub.Changed(), s.hub.Reconfigured()
	}
}

// load reads the configuration anew.
func (d *Desk) load(session Session) hub.Config {
	cfg, err := hub.LoadConfig(d.Dir)
	d.wrong(err)
	for _, settings := range session.Settings {
		cfg, err = cfg.WithSettings(settings)
		d.wrong(err)
	}
	var workspaces []hub.Workspace
	for _, folder := range session.Folders {
		if same(filepath.Join(folder, ".chub"), d.Dir) {
			continue // the home folder is open: what lies there is the user's own
		}
		w, err := hub.LoadWorkspace(folder)
		d.wrong(err)
		workspaces = append(workspaces, w)
	}
	if cfg.Unconfigured() {
		// chub would go to its own hub now. What nobody configured, nobody asked to
		// be told about: what chub has fetched is used, and nothing is dialled.
		cfg.Offline = true
	}
	cfg.Undecided = session.Waiting && !cfg.Offline
	return cfg.WithWorkspaces(workspaces...)
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// wrong tells each fault of a configuration once: it is read again and again.
func (d *Desk) wrong(err error) {
	for _, err := range each(err) {
		if d.Wrong != nil && !d.told[err.Error()] {
			d.told[err.Error()] = true
			d.Wrong(err)
		}
	}
}

// each parts what errors.Join has joined, so that every error is told as one.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// apply makes a configuration the one that holds, with as little effort as it
// takes.
func (d *Desk) apply(cfg hub.Config) *state {
	was := d.now.Load()
	if was == nil {
		return d.set(d.open(cfg))
	}
	if was.cfg.Undecided && !cfg.Undecided {
		was.hub.Decide(cfg.Offline)
		decided := *was
		decided.cfg.Undecided, decided.cfg.Offline = false, cfg.Offline
		was = d.set(&decided)
	}
	same := cfg
	same.HoverLimit, same.Prefetch, same.Undecided = was.cfg.HoverLimit, was.cfg.Prefetch, was.cfg.Undecided
	if reflect.DeepEqual(was.cfg, same) {
		s := &state{hub: was.hub, cfg: same, Desk: d.desk(was.Library, was.hub, cfg)}
		s.cfg.HoverLimit, s.cfg.Prefetch = cfg.HoverLimit, cfg.Prefetch
		return d.set(s)
	}
	s := d.set(d.open(cfg))
	was.close()
	return s
}

func (d *Desk) set(s *state) *state {
	first := d.now.Swap(s) == nil
	if first {
		close(d.ready)
	}
	return s
}

// open opens all that a configuration names.
func (d *Desk) open(cfg hub.Config) *state {
	report := d.Problem
	if report == nil {
		report = func(error) {}
	}
	quiet := report
	if cfg.Unconfigured() {
		quiet = func(err error) {
			if !errors.Is(err, hub.ErrOffline) && !errors.Is(err, fs.ErrNotExist) {
				report(err)
			} else if d.Hint != nil {
				d.Hint(err.Error())
			}
		}
	}
	observer := d.Observer
	observer.Problem = quiet
	observer.Work = d.works.noting(observer.Work)
	sources, problems := hub.New(cfg, observer)
	for _, p := range problems {
		quiet(p)
	}
	if d.Watch {
		sources.Watch()
	}
	library := docs.NewLibrary(sources.Sources(), hub.Tree("starter", starter.FS()), observer)
	library.Modules = cfg.Modules
	return &state{hub: sources, cfg: cfg, Desk: d.desk(library, sources, cfg)}
}

func (d *Desk) desk(library *docs.Library, sources *hub.Hub, cfg hub.Config) *answer.Desk {
	library.Lazy.Store(!cfg.Prefetch)
	return &answer.Desk{
		Library: library,
		Limit:   cfg.HoverLimit,
		Lazy:    !cfg.Prefetch,

		NoCompletion: !cfg.Completion,

		Own:     d.workspaces.own,
		Version: d.workspaces.version,

		CommonJS: d.workspaces.commonJS,

		Follow: d.followers.follow,
		Choose: d.choose,
		Note: func(id string) (answer.Note, bool) {
			a, ok := sources.Annotations().Read(id)
			return answer.Note{Text: a.Note, Updated: a.Updated}, ok
		},
	}
}

// choose writes a decision into the configuration of the file's workspace. That it
// has changed is noticed as if the user had written it.
func (d *Desk) choose(file string, c answer.Choice) error {
	s, _ := d.workspaces.of(file)
	if s == nil {
		return errors.New("the file lies in no folder that is open: open its folder, or write the setting to config.yaml")
	}
	id := &c.Entry
	if c.Entry == "" {
		id = nil
	}
	if err := hub.Choose(s.dir, c.Module, id); err != nil {
		return err
	}
	d.nudge() // not all file systems bring events
	return nil
}

func (s *state) close() {
	s.Library.Close()
	s.hub.Close()
}

// current is the desk as it is configured now. It waits for the first
// configuration, until ctx ends.
func (d *Desk) current(ctx context.Context) (*answer.Desk, error) {
	if s := d.now.Load(); s != nil {
		return s.Desk, nil
	}
	select {
	case <-d.ready:
		return d.now.Load().Desk, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Hover is that of [answer.Desk].
func (d *Desk) Hover(ctx context.Context, f *analyzer.File, offset int) (*answer.Hover, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Hover(ctx, f, offset)
}

// HoverNow is that of [answer.Desk].
func (d *Desk) HoverNow(f *analyzer.File, offset int) (h *answer.Hover, ok bool) {
	s := d.now.Load()
	if s == nil {
		return nil, false
	}
	return s.HoverNow(f, offset)
}

// Actions is that of [answer.Desk].
func (d *Desk) Actions(ctx context.Context, f *analyzer.File, span analyzer.Span, o answer.Offer) ([]answer.Action, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Actions(ctx, f, span, o)
}

// ActionsNow is that of [answer.Desk].
func (d *Desk) ActionsNow(f *analyzer.File, span analyzer.Span, o answer.Offer) (actions []answer.Action, ok bool) {
	s := d.now.Load()
	if s == nil {
		return nil, false
	}
	return s.ActionsNow(f, span, o)
}

// Picks is that of [answer.Desk].
func (d *Desk) Picks(ctx context.Context, f *analyzer.File, span analyzer.Span, entry string) ([]answer.Pick, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Picks(ctx, f, span, entry)
}

// Edits is that of [answer.Desk].
func (d *Desk) Edits(ctx context.Context, f *analyzer.File, span analyzer.Span, key string) ([]answer.Edit, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Edits(ctx, f, span, key)
}

// Completions is that of [answer.Desk].
func (d *Desk) Completions(ctx context.Context, f *analyzer.File, offset int) ([]answer.Completion, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Completions(ctx, f, offset)
}

// Documentation is that of [answer.Desk].
func (d *Desk) Documentation(ctx context.Context, f *analyzer.File, key string) (string, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return "", err
	}
	return desk.Documentation(ctx, f, key)
}

// Prefetch is that of [answer.Desk].
func (d *Desk) Prefetch(ctx context.Context, f *analyzer.File) {
	if desk, err := d.current(ctx); err == nil {
		d.workspaces.refresh()
		desk.Prefetch(ctx, f)
	}
}

// Decide is that of [answer.Desk].
func (d *Desk) Decide(ctx context.Context, f *analyzer.File, c answer.Choice) error {
	desk, err := d.current(ctx)
	if err != nil {
		return err
	}
	return desk.Decide(ctx, f, c)
}

// Imports is that of [answer.Desk].
func (d *Desk) Imports(ctx context.Context, f *analyzer.File) ([]answer.Import, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Imports(ctx, f)
}

// Explain is that of [answer.Desk].
func (d *Desk) Explain(ctx context.Context, f *analyzer.File, offset int) (*answer.Explanation, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Explain(ctx, f, offset)
}
