package hub

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/chubls/chubls/docs"
)

// Workspace is what a repository says in its own .chub/config.yaml: sources
// that lie inside it, and which entry a module belongs to. Nothing else can
// come from there, since whoever opens a repository has not read it yet.
type Workspace struct {
	Dir     string
	Sources []SourceConfig // each with Workspace set to Dir
	Modules map[string]*string
}

// LoadWorkspace reads .chub/config.yaml in a workspace's folder. Where there is
// none, the result is empty.
//
// As with [LoadConfig], the result is usable even with an error: what is
// refused or wrong is left out, each with a joined error that names the file
// and the line.
func LoadWorkspace(dir string) (Workspace, error) {
	w := Workspace{Dir: dir}
	file := filepath.Join(".chub", configFile)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return w, fmt.Errorf("open the workspace: %w", err)
	}
	defer root.Close()
	data, err := readConfig(root.FS(), filepath.ToSlash(file))
	if err != nil {
		return w, fmt.Errorf("configuration of the workspace %s: %w", dir, err)
	}
	var cfg Config
	p := configParser{file: filepath.Join(dir, file), cfg: &cfg, keys: workspaceKeys}
	p.unknown = p.refuse
	p.parse(data)
	for _, s := range cfg.Sources {
		// The folder is opened below the workspace's later, so that a link does
		// not lead out either.
		path := filepath.ToSlash(s.Path)
		if path != "." {
			clean, err := docs.CleanPath(path)
			if err != nil {
				p.errs = append(p.errs, fmt.Errorf(`%s: the source %q must lie inside the workspace: %w; write "path: docs/guides"`, p.file, s.Name, err))
				continue
			}
			path = clean
		}
		s.Path, s.Workspace = path, dir
		w.Sources = append(w.Sources, s)
	}
	w.Modules = cfg.Modules
	return w, errors.Join(p.errs...)
}

// WorkspacesOf finds the workspace that a file belongs to: the nearest folder
// above it that has a .chub/config.yaml, or is the top of a repository. There is
// at most one.
func WorkspacesOf(file string) []string {
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		for _, mark := range []string{filepath.Join(".chub", configFile), ".git"} {
			if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
				return []string{dir}
			}
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// WithWorkspaces returns the configuration with the workspaces' sources ranked
// below the user's, and their modules below the user's. A source whose name is
// taken gets a number after it.
func (c Config) WithWorkspaces(workspaces ...Workspace) Config {
	taken := map[string]bool{}
	for _, s := range c.Sources {
		taken[s.Name] = true
	}
	sources := append([]SourceConfig(nil), c.Sources...)
	modules := map[string]*string{}
	c.Workspaces = nil
	for _, w := range workspaces {
		c.Workspaces = append(c.Workspaces, filepath.Join(w.Dir, ".chub"))
		for _, s := range w.Sources {
			for name, i := s.Name, 2; taken[s.Name]; i++ {
				s.Name = fmt.Sprintf("%s-%d", name, i)
			}
			taken[s.Name] = true
			sources = append(sources, s)
		}
		for module, id := range w.Modules {
			if _, ok := modules[module]; !ok {
				modules[module] = id
			}
		}
	}
	maps.Copy(modules, c.Modules)
	c.Sources, c.Modules = sources, modules
	return c
}
