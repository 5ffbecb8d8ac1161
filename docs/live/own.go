package live

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chubls/chubls/analyzer/workspace"
	"github.com/chubls/chubls/docs"
)

// rescan is how old what is known of a workspace may get before it is looked
// through again. Nobody waits for that.
const rescan = 30 * time.Second

// workspaces is what is known of the folders that are open.
type workspaces struct {
	wg sync.WaitGroup

	mu      sync.Mutex
	folders map[string]*scanned // by their path
	closed  bool
}

// scanned is a folder that is looked through.
type scanned struct {
	dir   string
	first chan struct{} // closed when there is an index

	mu      sync.Mutex
	index   *workspace.Index
	at      time.Time
	running bool
}

// open looks through those folders that are new, and forgets those that are gone.
func (w *workspaces) open(dirs []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.folders
	w.folders = map[string]*scanned{}
	for _, dir := range dirs {
		dir = filepath.Clean(dir)
		s := before[dir]
		if s == nil {
			s = &scanned{dir: dir, first: make(chan struct{})}
		}
		w.folders[dir] = s
		w.scan(s)
	}
}

// refresh looks through the folders again whose index is old.
func (w *workspaces) refresh() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.folders {
		w.scan(s)
	}
}

// scan looks through a folder in the background; w.mu is held.
func (w *workspaces) scan(s *scanned) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.closed || s.running || time.Since(s.at) < rescan {
		return
	}
	s.running = true
	w.wg.Go(func() {
		index := workspace.Scan(os.DirFS(s.dir))
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.index == nil {
			close(s.first)
		}
		s.index, s.at, s.running = index, time.Now(), false
	})
}

func (w *workspaces) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.wg.Wait()
}

// own is [answer.Desk.Own].
func (w *workspaces) own(ctx context.Context, file, ecosystem, module string) (bool, error) {
	index, rel, err := w.indexOf(ctx, file)
	return index.Owns(rel, ecosystem, module), err
}

// version is [answer.Desk.Version]. In Python the distribution has the name of the
// module, or that with "-" for ".".
func (w *workspaces) version(ctx context.Context, file, ecosystem, module string) (string, error) {
	index, rel, err := w.indexOf(ctx, file)
	return index.Version(rel, ecosystem, module), err
}

// commonJS is [answer.Desk.CommonJS].
func (w *workspaces) commonJS(ctx context.Context, file string) bool {
	index, rel, err := w.indexOf(ctx, file)
	return err == nil && index.CommonJS(rel)
}

// indexOf is what is known of the folder that a file lies in, nil for none.
func (w *workspaces) indexOf(ctx context.Context, file string) (index *workspace.Index, rel string, err error) {
	s, rel := w.of(file)
	if s == nil {
		return nil, "", nil
	}
	select {
	case <-s.first:
	default:
		select {
		case <-s.first:
		case <-ctx.Done():
			return nil, "", docs.ErrLoading
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index, rel, nil
}

// of finds the innermost folder that a file lies in, and its path below it.
func (w *workspaces) of(file string) (best *scanned, rel string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for dir, s := range w.folders {
		below, ok := strings.CutPrefix(file, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
		if ok && (best == nil || len(dir) > len(best.dir)) {
			best, rel = s, filepath.ToSlash(below)
		}
	}
	return best, rel
}
