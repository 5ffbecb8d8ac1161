// Package workspace knows what of a workspace is its own: the Python modules, the
// packages of a monorepo, and the aliases that a tsconfig.json gives to folders.
// An import of one of these is no import of a third party's package, whatever its
// name is.
//
// It also follows names through the files of a workspace to the package behind
// them: see [Files].
//
// All is read through an fs.FS, in the background, and asked in memory.
package workspace

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Index is what was found in one folder of a workspace. It is immutable.
type Index struct {
	folders  map[string]*folder           // by their path below the root, "." for the root
	packages map[string]string            // names in package.json files below the top -> their folder
	projects map[string]bool              // Python distributions that are made here, folded
	declared map[string]string            // Python distributions that are depended on, folded -> the version
	depends  map[string]map[string]string // folder of a package.json -> package -> the version
	common   map[string]bool              // folder of a package.json -> it says that its scripts are CommonJS
	configs  []config
}

// folder is one folder with Python files in it, or below it.
type folder struct {
	init    bool            // it has an __init__.py
	python  bool            // it has any file of Python
	modules map[string]bool // its own files, without their extension
}

// Limits on what is read of a workspace.
const (
	maxFiles = 50_000
	maxDepth = 16
	maxFile  = 1 << 20
)

// Scan looks through a folder. What cannot be read is not there.
func Scan(fsys fs.FS) *Index {
	x := &Index{folders: map[string]*folder{}, packages: map[string]string{}, projects: map[string]bool{}, declared: map[string]string{}, depends: map[string]map[string]string{}, common: map[string]bool{}}
	seen := 0
	_ = fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if seen++; seen > maxFiles {
			return fs.SkipAll
		}
		if err != nil {
			return nil //nolint:nilerr // it is not there
		}
		if e.IsDir() {
			if name != "." && foreign(fsys, name, e.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if e.Type().IsRegular() {
			x.file(fsys, name)
		}
		return nil
	})
	slices.SortFunc(x.configs, func(a, b config) int { return strings.Compare(a.dir, b.dir) })
	return x
}

// foreign reports whether a folder holds what others wrote, or what tools made.
func foreign(fsys fs.FS, name, base string) bool {
	switch base {
	case "node_modules", "site-packages", "__pycache__", "__pypackages__", "bower_components", "jspm_packages":
		return true
	}
	if strings.HasPrefix(base, ".") || strings.Count(name, "/") >= maxDepth {
		return true
	}
	_, err := fs.Stat(fsys, path.Join(name, "pyvenv.cfg"))
	return err == nil
}

// readers are the files that say something by what is in them.
var readers = map[string]func(x *Index, dir string, data []byte){
	"package.json":     (*Index).packageJSON,
	"requirements.txt": (*Index).requirements,
	"pyproject.toml":   (*Index).pyproject,
	"Pipfile":          (*Index).pipfile,
	"setup.py":         (*Index).setup,
	"setup.cfg":        (*Index).setup,
}

func (x *Index) file(fsys fs.FS, name string) {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if module, ok := cutExtension(base); ok && base != "setup.py" {
		f := x.folder(dir)
		f.python = true
		f.modules[module] = true
		f.init = f.init || module == "__init__"
		return
	}
	read := readers[base]
	switch {
	case read != nil:
	case strings.HasPrefix(base, "tsconfig") && strings.HasSuffix(base, ".json"), base == "jsconfig.json":
		read = (*Index).tsconfig
	case strings.HasPrefix(base, "requirements") && strings.HasSuffix(base, ".txt"):
		read = (*Index).requirements
	default:
		return
	}
	if info, err := fs.Stat(fsys, name); err != nil || info.Size() > maxFile {
		return
	}
	if data, err := fs.ReadFile(fsys, name); err == nil {
		read(x, dir, data)
	}
}

func cutExtension(base string) (module string, ok bool) {
	for _, extension := range []string{".py", ".pyi", ".pyx"} {
		if module, ok := strings.CutSuffix(base, extension); ok {
			return module, true
		}
	}
	return "", false
}

func (x *Index) folder(dir string) *folder {
	f := x.folders[dir]
	if f == nil {
		f = &folder{modules: map[string]bool{}}
		x.folders[dir] = f
	}
	return f
}

// Owns reports whether a module that a file imports is the workspace's own, and not
// what the world knows by its name: where the workspace is the project that makes
// the package of that name, it is the very package. file
// is the file's path below the folder that was scanned, with slashes; ecosystem is
// python or javascript.
func (x *Index) Owns(file, ecosystem, module string) bool {
	switch {
	case x == nil || module == "":
		return false
	case ecosystem == "python":
		head, _, _ := strings.Cut(module, ".")
		return !x.projects[fold(head)] && x.python(path.Clean(file), head)
	}
	_, made := x.packages[npmName(module)]
	return made || x.aliased(path.Dir(path.Clean(file)), module)
}

// npmName is the package that a specifier lies in.
func npmName(specifier string) string {
	parts := strings.SplitN(specifier, "/", 3)
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// python looks for a module where Python looks: beside the script, and in the
// folders that a project puts on its path, which are those above the package that
// the file lies in, and src below them.
//
// A file of that name beside the script, below the top of the workspace, is not
// taken for the module if the project depends on a distribution of that name:
// llm/openai.py is mostly a part of llm, and imports the real one.
func (x *Index) python(file, module string) bool {
	own := path.Dir(file)
	for dir := own; ; dir = path.Dir(dir) {
		if f := x.folders[dir]; f == nil || !f.init {
			for _, root := range []string{dir, path.Join(dir, "src")} {
				if x.has(root, module, file) && (root != own || own == "." || !x.dependsOn(module)) {
					return true
				}
			}
		}
		if dir == "." {
			return false
		}
	}
}

// has reports whether a folder on Python's path has a module. A folder without an
// __init__.py counts only for those outside, and loses to an installed package.
func (x *Index) has(root, module, file string) bool {
	if f := x.folders[root]; f != nil && f.modules[module] && !strings.HasPrefix(file, path.Join(root, module)+".") {
		return true
	}
	inner := path.Join(root, module)
	f := x.folders[inner]
	switch {
	case f == nil || !f.python:
		return false
	case f.init:
		return true
	}
	return !strings.HasPrefix(file, inner+"/") && !x.dependsOn(module)
}

// dependsOn reports whether the workspace depends on a Python distribution.
func (x *Index) dependsOn(name string) bool {
	_, ok := x.declared[fold(name)]
	return ok
}

// Version is the version of a package that the workspace asks for where a file
// lies, as it is written there: "14.1", from "^14.1" or ">=14.1,<15". It is "" where
// none is asked for. name is a Python distribution, or an npm package.
func (x *Index) Version(file, ecosystem, name string) string {
	if x == nil {
		return ""
	}
	if ecosystem == "python" {
		return x.declared[fold(name)]
	}
	for dir := path.Dir(path.Clean(file)); ; dir = path.Dir(dir) {
		if version, ok := x.depends[dir][name]; ok || dir == "." || dir == "/" {
			return version
		}
	}
}

// CommonJS reports whether the package that a script lies in says that its scripts are
// CommonJS: "type": "commonjs", as npm init writes it. One that says nothing may be
// anything: bundlers take it for modules.
func (x *Index) CommonJS(file string) bool {
	if x == nil {
		return false
	}
	for dir := path.Dir(path.Clean(file)); ; dir = path.Dir(dir) {
		if common, ok := x.common[dir]; ok || dir == "." || dir == "/" {
			return common
		}
	}
}

// fold makes the names of distributions comparable, as PEP 503 does.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}
