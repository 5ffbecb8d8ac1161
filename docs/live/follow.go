package live

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/analyzer/workspace"
	"github.com/chubls/chubls/docs"
)

const (
	// recheck is how old what is known of files may get before they are compared
	// with the disk when somebody asks: many editors do not tell of changes.
	recheck = 3 * time.Second
	// tellAfter is how long what an editor tells of changes is collected.
	tellAfter = 50 * time.Millisecond
	// maxRoots is how many repositories without an open folder are remembered.
	maxRoots = 32
)

// followers lead references through the files of workspaces. Whoever asks waits
// for a goroutine that reads, until its context ends.
type followers struct {
	workspaces *workspaces
	wg         sync.WaitGroup

	// library is the one that holds, nil before there is one.
	library func() *docs.Library

	mu      sync.Mutex
	buffers func(path string) *analyzer.File
	roots   map[string]*root  // by folder
	above   map[string]string // folder of a file in no open folder -> the top of its repository
	running map[string]chan struct{}
	results map[string]followed // of those who wait
	closed  bool
}

// root is a folder whose files are followed through, and that nobody leaves.
type root struct {
	dir   string
	files *workspace.Files

	mu      sync.Mutex
	busy    bool
	pending bool
}

// followed is the end of one way.
type followed struct {
	ref     analyzer.Reference
	outcome workspace.Outcome
}

// follow is [answer.Follow].
func (w *followers) follow(ctx context.Context, file string, ref analyzer.Reference) (analyzer.Reference, workspace.Outcome, error) {
	// What the index says decides what is the workspace's own: it is waited for.
	if _, _, err := w.workspaces.indexOf(ctx, file); err != nil {
		return ref, workspace.Lost, err
	}
	r, known := w.rootOf(file)
	if known && r == nil {
		return ref, workspace.Foreign, nil
	}
	if known {
		if to, outcome, ok := r.files.Known(r.rel(file), ref); ok {
			if r.files.Age() > recheck {
				w.recheck(r, 0)
			}
			return r.absolute(to, len(ref.Steps)), outcome, nil
		}
	}
	if ctx.Err() != nil {
		return ref, workspace.Lost, docs.ErrLoading
	}
	return w.read(ctx, file, ref)
}

// read has a way read in the background, once for all who ask for it, and waits.
func (w *followers) read(ctx context.Context, file string, ref analyzer.Reference) (analyzer.Reference, workspace.Outcome, error) {
	key := fmt.Sprintf("%q %q %q %v %t %t %t", file, ref.Language, ref.Module, []analyzer.Segment(ref.Path), ref.Default, ref.Called, ref.Star)
	w.mu.Lock()
	done := w.running[key]
	if done == nil {
		if w.closed {
			w.mu.Unlock()
			return ref, workspace.Lost, docs.ErrLoading
		}
		done = make(chan struct{})
		if w.running == nil {
			w.running, w.results = map[string]chan struct{}{}, map[string]followed{}
		}
		w.running[key] = done
		w.wg.Go(func() {
			end := followed{ref, workspace.Foreign}
			if r := w.findRoot(file); r != nil {
				end.ref, end.outcome = r.files.Follow(r.rel(file), ref)
				end.ref = r.absolute(end.ref, len(ref.Steps))
			}
			w.mu.Lock()
			delete(w.running, key)
			if len(w.results) > 1000 {
				clear(w.results)
			}
			w.results[key] = end
			w.mu.Unlock()
			close(done)
		})
	}
	w.mu.Unlock()
	select {
	case <-done:
	case <-ctx.Done():
		return ref, workspace.Lost, docs.ErrLoading
	}
	// Whoever asked first may have had other arguments in its calls.
	if r, known := w.rootOf(file); known && r != nil {
		if to, outcome, ok := r.files.Known(r.rel(file), ref); ok {
			return r.absolute(to, len(ref.Steps)), outcome, nil
		}
	}
	w.mu.Lock()
	end, ok := w.results[key]
	w.mu.Unlock()
	if !ok {
		return ref, workspace.Lost, docs.ErrLoading
	}
	return workspace.Led(ref, end.ref), end.outcome, nil
}

// rootOf is the folder that bounds a file's ways, nil for none. known is false
// where that is yet to be looked for.
func (w *followers) rootOf(file string) (r *root, known bool) {
	dir := ""
	if s, _ := w.workspaces.of(file); s != nil {
		dir = s.dir
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if dir == "" {
		if dir, known = w.above[filepath.Dir(file)]; !known {
			return nil, false
		}
		if dir == "" {
			return nil, true
		}
	}
	r = w.roots[dir]
	return r, r != nil
}

// findRoot is rootOf for the background: it looks at the disk.
func (w *followers) findRoot(file string) *root {
	dir := ""
	if s, _ := w.workspaces.of(file); s != nil {
		dir = s.dir
	} else {
		dir = topOf(file)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.above == nil || len(w.above) > 1000 {
		w.above = map[string]string{}
	}
	w.above[filepath.Dir(file)] = dir
	if dir == "" {
		return nil
	}
	r := w.roots[dir]
	if r == nil {
		if w.roots == nil || len(w.roots) >= maxRoots {
			w.roots = map[string]*root{}
		}
		r = &root{dir: dir}
		r.files = &workspace.Files{
			FS:         confined(dir),
			Open:       func(name string) *analyzer.File { return w.buffer(filepath.Join(dir, filepath.FromSlash(name))) },
			Index:      func() *workspace.Index { return w.workspaces.known(dir) },
			Documented: w.documented,
		}
		w.roots[dir] = r
	}
	return r
}

// documentedWithin is how long a registry is waited for to know what it documents.
const documentedWithin = 5 * time.Second

func (w *followers) documented(ecosystem, module string, wait bool) (yes, known bool) {
	library := w.library()
	if library == nil {
		return false, false
	}
	ctx, cancel := context.WithCancel(context.Background())
	if wait {
		ctx, cancel = context.WithTimeout(context.Background(), documentedWithin)
	} else {
		cancel()
	}
	defer cancel()
	owners, err := library.Owners(ctx, ecosystem, module)
	return len(owners) > 0, err == nil
}

// topOf is the top of the repository that a file lies in, "" for none.
func topOf(file string) string {
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

func (w *followers) buffer(path string) *analyzer.File {
	w.mu.Lock()
	buffers := w.buffers
	w.mu.Unlock()
	if buffers == nil {
		return nil
	}
	return buffers(path)
}

func (r *root) rel(file string) string {
	return filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(file, r.dir), string(filepath.Separator)))
}

// absolute turns the names of files below the root into paths: those of the steps
// from a number on.
func (r *root) absolute(ref analyzer.Reference, from int) analyzer.Reference {
	if ref.File != "" {
		ref.File = filepath.Join(r.dir, filepath.FromSlash(ref.File))
	}
	steps := ref.Steps
	ref.Steps = append([]analyzer.Step(nil), steps...)
	for i := min(from, len(steps)); i < len(steps); i++ {
		if steps[i].File != "" {
			ref.Steps[i].File = filepath.Join(r.dir, filepath.FromSlash(steps[i].File))
		}
	}
	return ref
}

// changed has all that is known of files compared with the disk soon.
func (w *followers) changed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	for _, r := range w.roots {
		r.files.Touch()
		w.wg.Go(func() { w.recheck(r, tellAfter) })
	}
}

// recheck compares what is known of a folder's files with the disk, in the
// background.
func (w *followers) recheck(r *root, after time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy {
		r.pending = r.pending || after > 0 // what was told of came later
		return
	}
	w.mu.Lock()
	closed := w.closed
	if !closed {
		r.busy = true
		w.wg.Add(1)
	}
	w.mu.Unlock()
	if closed {
		return
	}
	go func() {
		defer w.wg.Done()
		for {
			time.Sleep(after)
			r.files.Recheck()
			r.mu.Lock()
			again := r.pending
			r.busy, r.pending = again, false
			r.mu.Unlock()
			if !again {
				return
			}
		}
	}()
}

func (w *followers) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.wg.Wait()
}

// known is the index of a folder if there is one. It does not wait.
func (w *workspaces) known(dir string) *workspace.Index {
	w.mu.Lock()
	s := w.folders[dir]
	w.mu.Unlock()
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index
}

// confined is a folder that no link leads out of. It is opened for each question,
// since it may be another one by then.
type confined string

// Open implements fs.FS.
func (c confined) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(c))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.FS().Open(name)
}

// Stat implements fs.StatFS.
func (c confined) Stat(name string) (fs.FileInfo, error) {
	root, err := os.OpenRoot(string(c))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(filepath.FromSlash(name))
}
