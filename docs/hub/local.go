package hub

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chubls/chubls/docs"
)

// local is a folder as a source that is read again when its files change: an
// author sees the hover change on save. Until then it returns the same registry.
type local struct {
	*source
	dir       string // to be watched
	workspace bool

	reading  sync.Mutex
	mu       sync.Mutex
	registry *docs.Registry
	print    uint64 // of the files, before the registry was read
	asked    bool
}

func newLocal(cfg Config, s SourceConfig) *local {
	if s.Workspace != "" {
		dir := filepath.Join(s.Workspace, filepath.FromSlash(s.Path))
		return &local{source: inside(s.Name, s.Workspace, s.Path, cfg.Trust), dir: dir, workspace: true}
	}
	dir := cfg.resolve(s.Path)
	return &local{source: folder(s.Name, dir, cfg.Trust), dir: dir}
}

// Workspace reports whether a repository has brought the source: nobody has
// vouched for it, whatever its documents say of themselves.
func (l *local) Workspace() bool { return l.workspace }

// Locate implements [docs.Located].
func (l *local) Locate(v *docs.Variant, file string) (string, bool) {
	name, err := member(v, file)
	if err != nil {
		return "", false
	}
	return located(l.dir, name)
}

// located returns the absolute path of a plain file below a folder, if it is one.
func located(dir, name string) (string, bool) {
	full, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return "", false
	}
	// Not through a link: it might lead anywhere.
	real, err := filepath.EvalSymlinks(filepath.Dir(full))
	if err != nil {
		return "", false
	}
	top, err := filepath.EvalSymlinks(dir)
	if err != nil || real != top && !strings.HasPrefix(real, top+string(filepath.Separator)) {
		return "", false
	}
	info, err := os.Lstat(full)
	return full, err == nil && info.Mode().IsRegular()
}

// inside is a folder below another one, which no link leaves.
func inside(name, dir, path string, trust []string) *source {
	return &source{name: name, trust: trust, open: func(use func(fs.FS) error) error {
		top, err := os.OpenRoot(dir)
		if err != nil {
			return fmt.Errorf("open the workspace: %w", err)
		}
		defer top.Close()
		root, err := top.OpenRoot(path)
		if err != nil {
			return fmt.Errorf("open the folder of the source: %w; it must lie inside the workspace: check .chub/%s", err, configFile)
		}
		defer root.Close()
		return use(root.FS())
	}}
}

func (l *local) Registry() (*docs.Registry, error) {
	l.reading.Lock()
	defer l.reading.Unlock()
	l.mu.Lock()
	have := l.registry
	l.asked = true
	l.mu.Unlock()
	if have != nil {
		return have, nil
	}
	seen := l.fingerprint()
	reg, err := l.source.Registry()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.registry, l.print = reg, seen
	return reg, err
}

// look drops the registry if a file has changed since it was read.
func (l *local) look() bool {
	l.reading.Lock()
	defer l.reading.Unlock()
	l.mu.Lock()
	before, asked := l.print, l.asked
	l.mu.Unlock()
	if !asked || l.fingerprint() == before {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.registry = nil
	return true
}

func (l *local) watch() (string, bool) { return l.dir, true }

var seed = maphash.MakeSeed()

// fingerprint tells two states of the folder's files apart; 0 is no folder.
func (l *local) fingerprint() uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	seen := 0
	err := l.open(func(fsys fs.FS) error {
		return fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
			if seen++; seen > maxScan {
				return fs.SkipAll
			}
			if err != nil {
				return nil //nolint:nilerr // what cannot be read is not there
			}
			if skipped(e) {
				if e.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			_, _ = h.WriteString(name)
			if info, err := e.Info(); err == nil && !e.IsDir() {
				fmt.Fprint(&h, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	})
	if err != nil {
		return 0
	}
	return h.Sum64()
}

// skipped are the files that tools leave in a folder.
func skipped(e fs.DirEntry) bool {
	name := e.Name()
	return name != "." && (strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || name == "node_modules")
}

// kind says what the folder is.
func (l *local) kind() string {
	kind := "content tree"
	_ = l.open(func(fsys fs.FS) error {
		if _, err := fs.Stat(fsys, registryFile); !errors.Is(err, fs.ErrNotExist) {
			kind = "built folder"
		}
		return nil
	})
	return kind
}
