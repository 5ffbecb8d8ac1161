// Package hub finds and reads documents: the registries that the user's
// configuration names, and the files behind them.
//
// It lives beside chub, the command line client of Context Hub, and shares its
// folder ($CHUB_DIR, else ~/.chub): chub's config.yaml is the configuration,
// and what chub has fetched is served from its cache. See [LoadConfig].
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
//   - A remote hub, of which only chub's cache is read for now:
//     sources/<name>/registry.json and sources/<name>/data/<path>/DOC.md below
//     chub's folder.
//   - Any fs.FS, such as the registry inside the binary: [Tree].
//
// # Safety
//
// A registry may come from anywhere, so its paths are checked when it is parsed
// (docs.CleanPath) and folders are opened as an os.Root: neither ".." nor a
// symbolic link leads out of them. Every read is bounded in size, and what is
// not a plain file is refused before it is opened.
//
// # What is absent
//
// No writing and no network yet. Everything here may block on a disk: call it
// in the background.
package hub

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/chubls/chubls/docs"
)

// MaxRegistry is the largest registry.json that is read, in bytes. That of the
// public hub has 1.3 MB.
const MaxRegistry = 32 << 20

// ErrRemote is matched by the problem that [Open] reports for a source with a
// url.
var ErrRemote = errors.New("remote sources are not supported yet")

// Open returns the sources that the configuration names, in its order. What
// cannot be opened is left out and told in problems.
//
// A source with a url is remote: it is a problem, and if chub has cached it, a
// source as well. The implicit source of a configuration without sources is
// remote too, but no problem when it is cached. Registries hold only entries
// that the trust policy lets pass.
//
// Open looks at files only to find out whether a remote source is cached.
func Open(cfg Config) (sources []docs.Source, problems []error) {
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
		source, err := open(cfg, s)
		if err != nil {
			problems = append(problems, fmt.Errorf("source %q: %w", s.Name, err))
		}
		if source != nil {
			sources = append(sources, source)
		}
	}
	return sources, problems
}

func open(cfg Config, s SourceConfig) (docs.Source, error) {
	if s.Path != "" {
		return folder(s.Name, cfg.resolve(s.Path), "", cfg.Trust), nil
	}
	name, err := docs.CleanPath(s.Name)
	if err != nil || name != s.Name || strings.Contains(name, "/") {
		return nil, fmt.Errorf(`the name of a remote source is the name of its cache folder: use letters, digits and "-" only`)
	}
	dir := filepath.Join(cfg.Dir, "sources", name)
	if info, err := os.Stat(filepath.Join(dir, registryFile)); err == nil && info.Mode().IsRegular() {
		cached := folder(s.Name, dir, "data", cfg.Trust)
		if s.implicit {
			return cached, nil
		}
		return cached, fmt.Errorf("%w: only what chub has cached of it is shown; `chub update` renews that", ErrRemote)
	}
	return nil, fmt.Errorf("%w, and chub has not cached it: run `chub update`, or add a local source with \"path:\" to %s", ErrRemote, filepath.Join(cfg.Dir, configFile))
}

// Folder returns a folder on disk as a source: a built registry if it holds a
// registry.json, else a content tree. trust is as in [Config]; nil lets all
// entries pass.
func Folder(name, dir string, trust []string) docs.Source {
	return folder(name, dir, "", trust)
}

// Tree returns a file system as a source, by the same rules as [Folder]. It
// does not limit where symbolic links of the file system lead: an os.DirFS
// belongs into [Folder].
func Tree(name string, fsys fs.FS) docs.Source {
	return &source{name: name, open: func(use func(fs.FS) error) error { return use(fsys) }}
}

const registryFile = "registry.json"

// source is every kind of source: a way to a file system, and where in it the
// documents lie.
type source struct {
	name  string
	data  string   // folder that variants' paths are relative to, "" for the top
	trust []string // see Config.Trust
	// open calls use with the file system. The folder is opened for each call
	// and closed after it, so a folder that was replaced is seen, and nothing
	// has to be closed at the end.
	open func(use func(fs.FS) error) error
}

func folder(name, dir, data string, trust []string) docs.Source {
	return &source{name: name, data: data, trust: trust, open: func(use func(fs.FS) error) error {
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
		if errors.Is(err, fs.ErrNotExist) && s.data == "" {
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

func (s *source) Read(v *docs.Variant, file string) ([]byte, error) {
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
		data, err = readFile(fsys, path.Join(s.data, dir, file), docs.MaxDocument)
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
