package workspace

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// configNames are the files that govern the specifiers of a folder.
var configNames = []string{"tsconfig.json", "jsconfig.json"}

// maxExtends bounds how far a configuration refers to others, and maxConfigs how
// many are read for one question.
const (
	maxExtends = 8
	maxConfigs = 200
)

// options is a tsconfig.json, as far as it says what specifiers mean.
type options struct {
	Extends  any `json:"extends"` // a string, or a list of them
	Compiler struct {
		BaseURL *string             `json:"baseUrl"`
		Paths   map[string][]string `json:"paths"`
	} `json:"compilerOptions"`
	References []struct {
		Path string `json:"path"`
	} `json:"references"`
}

// aliases is what a configuration says once those that it extends are read.
type aliases struct {
	paths map[string][]string
	from  string // the folder that paths are relative to, if there is no base
	base  string // baseUrl, "" for none
}

// aliased finds the file that an alias or a baseUrl of the folder's configuration,
// or of one further up, gives a specifier; "" for none.
func (q *question) aliased(dir, specifier string) string {
	for up := dir; ; up = path.Dir(up) {
		for _, name := range configNames {
			if target := q.configured(path.Join(up, name), specifier, 0); target != "" {
				return target
			}
		}
		if up == "." {
			return ""
		}
	}
}

// configured is aliased for one configuration and those that it refers to.
func (q *question) configured(name, specifier string, depth int) string {
	if depth > 2 || q.kind(name) != regular {
		return ""
	}
	if target := q.mapped(q.aliases(name, 0), specifier); target != "" {
		return target
	}
	o := q.options(name)
	if o == nil {
		return ""
	}
	for i, r := range o.References {
		if i == 8 {
			break
		}
		other := path.Join(path.Dir(name), r.Path)
		if q.kind(other) == folderKind {
			other = path.Join(other, configNames[0])
		}
		if other != name {
			// That it refers to a project does not put this folder into it.
			if !within(path.Dir(name), path.Dir(other)) {
				continue
			}
			if target := q.configured(other, specifier, depth+1); target != "" {
				return target
			}
		}
	}
	return ""
}

// within reports whether a folder is another, or lies below it.
func within(dir, other string) bool {
	return dir == other || other == "." || strings.HasPrefix(dir, other+"/")
}

// mapped finds the file that aliases give a specifier.
func (q *question) mapped(a aliases, specifier string) string {
	if a.base != "" {
		a.from = a.base
	}
	best, wild := "", ""
	for _, pattern := range sortedKeys(a.paths) {
		before, after, star := strings.Cut(pattern, "*")
		switch {
		case !star && pattern == specifier:
			return q.firstOf(a.from, a.paths[pattern], "")
		case star && len(specifier) >= len(before)+len(after) && strings.HasPrefix(specifier, before) && strings.HasSuffix(specifier, after):
			if best == "" || len(before) > len(strings.SplitN(best, "*", 2)[0]) {
				best, wild = pattern, specifier[len(before):len(specifier)-len(after)]
			}
		}
	}
	if best != "" {
		if target := q.firstOf(a.from, a.paths[best], wild); target != "" {
			return target
		}
	}
	if a.base != "" {
		return q.module(path.Join(a.base, specifier), 0)
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// firstOf finds the first of an alias' targets that is a file of the workspace.
func (q *question) firstOf(from string, targets []string, wild string) string {
	for i, t := range targets {
		if i == 16 {
			break
		}
		t = strings.Replace(strings.TrimPrefix(t, "${configDir}/"), "*", wild, 1)
		name := path.Join(from, t)
		if path.IsAbs(t) || outside([]string{name}) {
			continue
		}
		if target := q.module(name, 0); target != "" {
			return target
		}
	}
	return ""
}

// aliases reads a configuration and those that it extends: what a later one says
// counts.
func (q *question) aliases(name string, depth int) (a aliases) {
	o := q.options(name)
	if q.configs++; o == nil || depth > maxExtends || q.configs > maxConfigs {
		return a
	}
	dir := path.Dir(name)
	for _, other := range texts(o.Extends) {
		base := q.extended(dir, other)
		if base == "" || base == name {
			continue
		}
		b := q.aliases(base, depth+1)
		if b.paths != nil {
			a.paths, a.from = b.paths, b.from
		}
		if b.base != "" {
			a.base = b.base
		}
	}
	if o.Compiler.BaseURL != nil {
		if base := path.Join(dir, strings.TrimPrefix(*o.Compiler.BaseURL, "${configDir}/")); fs.ValidPath(base) {
			a.base = base
		}
	}
	if o.Compiler.Paths != nil {
		a.paths, a.from = o.Compiler.Paths, dir
	}
	return a
}

// texts are the strings of a value that may be one, or a list.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, e := range v {
			if s, ok := e.(string); ok && len(all) < 16 {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// extended finds the configuration that another extends, "" where it is none of
// the workspace's.
func (q *question) extended(dir, specifier string) string {
	base := path.Join(dir, specifier)
	if !strings.HasPrefix(specifier, ".") {
		index := q.index()
		if index == nil {
			return ""
		}
		home, ok := index.packages[npmName(specifier)]
		if !ok {
			return ""
		}
		base = path.Join(home, strings.TrimPrefix(specifier, npmName(specifier)))
	}
	for _, name := range []string{base, base + ".json", path.Join(base, configNames[0])} {
		if q.kind(name) == regular {
			return name
		}
	}
	return ""
}

// options parses a configuration, once.
func (q *question) options(name string) *options {
	return parsedAs[options](q, name)
}

// manifest is a package.json, as far as it says where its modules lie.
type manifest struct {
	Main    string `json:"main"`
	Module  string `json:"module"`
	Source  any    `json:"source"`
	Types   string `json:"types"`
	Exports any    `json:"exports"`
	Imports any    `json:"imports"`
}

// parsedAs parses a file of JSON with comments, once; nil for none.
func parsedAs[T any](q *question, name string) *T {
	if q.kind(name) != regular {
		return nil
	}
	s := q.contents(name)
	if s == nil {
		return nil
	}
	q.x.mu.Lock()
	parsed := s.parsed
	q.x.mu.Unlock()
	if parsed == nil {
		v := new(T)
		if plain, err := hujson.Standardize(slices.Clone(s.text)); err == nil {
			_ = json.Unmarshal(plain, v) // a field of the wrong type says nothing, and the others count
		}
		parsed = v
		q.x.mu.Lock()
		s.parsed = v
		q.x.mu.Unlock()
	}
	v, _ := parsed.(*T)
	return v
}

// privately finds the file of a specifier that the nearest package keeps to
// itself: "imports" in package.json.
func (q *question) privately(dir, specifier string) string {
	for up := dir; ; up = path.Dir(up) {
		if m := parsedAs[manifest](q, path.Join(up, "package.json")); m != nil {
			table, _ := m.Imports.(map[string]any)
			return q.conditional(up, table, specifier)
		}
		if up == "." {
			return ""
		}
	}
}

// packaged finds the file of a subpath of a package of the workspace: "." for the
// package itself, "./x" for what lies in it. What is built is mostly not there, so
// the source that it is made of is looked for.
func (q *question) packaged(home, subpath string) string {
	m := parsedAs[manifest](q, path.Join(home, "package.json"))
	if m == nil {
		m = &manifest{}
	}
	table, _ := m.Exports.(map[string]any)
	for key := range table {
		if !strings.HasPrefix(key, ".") {
			table = nil // conditions for the package itself
		}
		break
	}
	if table != nil {
		if target := q.conditional(home, table, subpath); target != "" {
			return target
		}
	} else if m.Exports != nil && subpath == "." {
		if target := q.anyOf(home, targets(m.Exports, 0), ""); target != "" {
			return target
		}
	}
	if subpath == "." {
		return q.anyOf(home, append(texts(m.Source), m.Module, m.Main, m.Types, "src/index", "index"), "")
	}
	return q.anyOf(home, []string{subpath, path.Join("src", subpath)}, "")
}

// conditional looks a name up in a table of "exports" or "imports".
func (q *question) conditional(home string, table map[string]any, name string) string {
	if value, ok := table[name]; ok {
		return q.anyOf(home, targets(value, 0), "")
	}
	best, wild := "", ""
	for _, pattern := range sortedKeys(table) {
		before, after, star := strings.Cut(pattern, "*")
		if star && len(name) >= len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) && len(pattern) > len(best) {
			best, wild = pattern, name[len(before):len(name)-len(after)]
		}
	}
	if best == "" {
		return ""
	}
	return q.anyOf(home, targets(table[best], 0), wild)
}

// conditions are those of a target, in the order in which they are taken here: what
// leads to the source comes first.
var conditions = []string{"source", "development", "import", "module", "node", "default", "require", "browser", "types"}

// targets lists the files that the value of "exports" may stand for.
func targets(value any, depth int) []string {
	if depth > 6 {
		return nil
	}
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for i, e := range v {
			if i < 16 {
				all = append(all, targets(e, depth+1)...)
			}
		}
		return all
	case map[string]any:
		var all []string
		for _, c := range conditions {
			all = append(all, targets(v[c], depth+1)...)
		}
		for _, c := range sortedKeys(v) {
			if !slices.Contains(conditions, c) && len(all) < 64 {
				all = append(all, targets(v[c], depth+1)...)
			}
		}
		return all
	}
	return nil
}

// built are folders that a package's tools write to.
var built = map[string]bool{"dist": true, "build": true, "lib": true, "out": true, "esm": true, "cjs": true, "es": true, "types": true, "output": true}

// anyOf finds the first of some files of a package that is there, or its source.
func (q *question) anyOf(home string, names []string, wild string) string {
	for i, name := range names {
		if name == "" || i == 64 {
			continue
		}
		name = path.Clean(strings.ReplaceAll(name, "*", wild))
		if strings.HasPrefix(name, "..") || path.IsAbs(name) || outside([]string{name}) {
			continue
		}
		parts := strings.Split(name, "/")
		n := 0
		for n < len(parts)-1 && built[parts[n]] {
			n++
		}
		if n > 0 {
			inner := path.Join(parts[n:]...)
			for _, e := range []string{".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs"} {
				if cut, ok := strings.CutSuffix(inner, e); ok {
					inner = cut
					break
				}
			}
			for _, source := range []string{path.Join(home, "src", inner), path.Join(home, inner)} {
				if target := q.module(source, 1); target != "" {
					return target
				}
			}
		}
		if target := q.module(path.Join(home, name), 1); target != "" {
			return target
		}
	}
	return ""
}

// python finds the paths that a Python module may lie at, the likeliest first and
// without an extension. ours is false where it is none of the workspace's.
func (q *question) python(from, module string) (bases []string, ours bool) {
	own := path.Dir(from)
	if rest := strings.TrimLeft(module, "."); rest != module {
		dir := own
		for range len(module) - len(rest) - 1 {
			if dir == "." {
				return nil, true
			}
			dir = path.Dir(dir)
		}
		return []string{path.Join(dir, strings.ReplaceAll(rest, ".", "/"))}, true
	}
	index := q.index()
	owned := index.Owns(from, "python", module)
	if module == "" || !owned && q.documented("python", module) {
		return nil, false
	}
	below := strings.ReplaceAll(module, ".", "/")
	for dir := own; ; dir = path.Dir(dir) {
		if q.kind(path.Join(dir, "__init__.py")) != regular {
			for _, root := range []string{dir, path.Join(dir, "src")} {
				base := path.Join(root, below)
				if file, isPackage := q.pythonFile(base); (file != "" && file != from) || isPackage {
					bases = append(bases, base)
				}
			}
		}
		if dir == "." {
			break
		}
	}
	if len(bases) == 0 {
		// A script that lies in a package is run where it lies.
		base := path.Join(own, below)
		if file, _ := q.pythonFile(base); file != "" && file != from {
			bases = append(bases, base)
		}
	}
	return bases, owned || len(bases) > 0
}

// documented asks whether a guide is about a module.
func (q *question) documented(ecosystem, module string) bool {
	if q.x.Documented == nil {
		return false
	}
	yes, known := q.x.Documented(ecosystem, module, q.reading)
	q.missed = q.missed || !known
	return yes
}

// pythonFile finds the file of a module, and whether it is a package: then other
// modules lie in it. A folder without __init__.py has no file.
func (q *question) pythonFile(base string) (file string, isPackage bool) {
	if !fs.ValidPath(base) {
		return "", false
	}
	if q.kind(base) == folderKind {
		for _, e := range []string{".py", ".pyi"} {
			if name := path.Join(base, "__init__"+e); q.kind(name) == regular {
				return name, true
			}
		}
		isPackage = true
	}
	for _, e := range []string{".py", ".pyi"} {
		if base != "." && q.kind(base+e) == regular {
			return base + e, false
		}
	}
	return "", isPackage
}
