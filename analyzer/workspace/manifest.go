package workspace

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"
)

func (x *Index) packageJSON(dir string, data []byte) {
	var manifest struct {
		Name         string            `json:"name"`
		Type         string            `json:"type"`
		Dependencies map[string]string `json:"dependencies"`
		Dev          map[string]string `json:"devDependencies"`
		Peer         map[string]string `json:"peerDependencies"`
	}
	if json.Unmarshal(data, &manifest) != nil {
		return
	}
	if manifest.Name != "" && dir != "." { // the project itself may be the package that the hub documents
		if _, taken := x.packages[manifest.Name]; !taken { // the walk comes to the outer ones first
			x.packages[manifest.Name] = dir
		}
	}
	versions := map[string]string{}
	for _, table := range []map[string]string{manifest.Peer, manifest.Dev, manifest.Dependencies} {
		for name, wanted := range table {
			versions[name] = lowest(wanted)
		}
	}
	x.depends[dir], x.common[dir] = versions, manifest.Type == "commonjs"
}

// bound is one bound of a range of versions.
var bound = regexp.MustCompile(`(!=|<=?|>=?|[=^~]*)\s*v?(\d+(?:\.\d+)*)`)

// lowest is the lowest version that a range admits, "" where it names none.
func lowest(wanted string) string {
	for _, m := range bound.FindAllStringSubmatch(wanted, -1) {
		if m[1] != "!=" && m[1] != "<" && m[1] != "<=" {
			return m[2]
		}
	}
	return ""
}

// requirement is a line of requirements.txt: a name, extras, and what follows.
var requirement = regexp.MustCompile(`^\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?([^;#@]*)`)

func (x *Index) requires(line string) {
	if m := requirement.FindStringSubmatch(line); m != nil {
		x.declared[fold(m[1])] = lowest(m[2])
	}
}

// wants notes a dependency of a TOML table: a range, or a table with one.
func (x *Index) wants(name string, value any) {
	if table, ok := value.(map[string]any); ok {
		value = table["version"]
	}
	wanted, _ := value.(string)
	x.declared[fold(name)] = lowest(wanted)
}

// makes notes a distribution that the workspace makes itself.
func (x *Index) makes(name string) {
	if name != "" {
		x.projects[fold(name)] = true
	}
}

// projectName is how setup.py and setup.cfg name what they make.
var projectName = regexp.MustCompile(`(?m)^\s*(?:name|.*\bname)\s*=\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)`)

func (x *Index) setup(_ string, data []byte) {
	if m := projectName.FindSubmatch(data); m != nil {
		x.makes(string(m[1]))
	}
}

func (x *Index) requirements(_ string, data []byte) {
	for line := range strings.Lines(string(data)) {
		x.requires(line)
	}
}

func (x *Index) pyproject(_ string, data []byte) {
	var manifest struct {
		Project struct {
			Name         string              `toml:"name"`
			Dependencies []string            `toml:"dependencies"`
			Optional     map[string][]string `toml:"optional-dependencies"`
		} `toml:"project"`
		Groups map[string][]any `toml:"dependency-groups"`
		Tool   struct {
			Poetry struct {
				Name         string         `toml:"name"`
				Dependencies map[string]any `toml:"dependencies"`
				Dev          map[string]any `toml:"dev-dependencies"`
				Group        map[string]struct {
					Dependencies map[string]any `toml:"dependencies"`
				} `toml:"group"`
			} `toml:"poetry"`
		} `toml:"tool"`
	}
	if toml.Unmarshal(data, &manifest) != nil {
		return
	}
	x.makes(manifest.Project.Name)
	x.makes(manifest.Tool.Poetry.Name)
	for _, line := range manifest.Project.Dependencies {
		x.requires(line)
	}
	for _, lines := range manifest.Project.Optional {
		for _, line := range lines {
			x.requires(line)
		}
	}
	for _, lines := range manifest.Groups {
		for _, line := range lines {
			if text, ok := line.(string); ok {
				x.requires(text)
			}
		}
	}
	poetry := manifest.Tool.Poetry
	tables := []map[string]any{poetry.Dependencies, poetry.Dev}
	for _, group := range poetry.Group {
		tables = append(tables, group.Dependencies)
	}
	for _, table := range tables {
		for name, value := range table {
			x.wants(name, value)
		}
	}
}

func (x *Index) pipfile(_ string, data []byte) {
	var manifest map[string]any
	if toml.Unmarshal(data, &manifest) != nil {
		return
	}
	for _, table := range []string{"packages", "dev-packages"} {
		names, _ := manifest[table].(map[string]any)
		for name, value := range names {
			x.wants(name, value)
		}
	}
}

// config is what a tsconfig.json or jsconfig.json says of specifiers.
type config struct {
	dir     string   // it governs the files below
	aliases []string // keys of paths; one "*" stands for anything
}

func (x *Index) tsconfig(dir string, data []byte) {
	plain, err := hujson.Standardize(data)
	if err != nil {
		return
	}
	var file struct {
		Options struct {
			Paths map[string][]string `json:"paths"`
		} `json:"compilerOptions"`
	}
	if json.Unmarshal(plain, &file) != nil {
		return
	}
	c := config{dir: dir}
	for alias, targets := range file.Options.Paths {
		if alias == "*" || len(targets) == 0 || outside(targets) {
			continue // anything, or what others wrote
		}
		c.aliases = append(c.aliases, alias)
	}
	if len(c.aliases) > 0 {
		x.configs = append(x.configs, c)
	}
}

// outside reports whether an alias leads to installed packages.
func outside(targets []string) bool {
	for _, t := range targets {
		for part := range strings.SplitSeq(path.Clean(t), "/") {
			if part == "node_modules" {
				return true
			}
		}
	}
	return false
}

// aliased reports whether a specifier is an alias for the files of a folder.
func (x *Index) aliased(dir, specifier string) bool {
	for _, c := range x.configs {
		if c.dir != "." && dir != c.dir && !strings.HasPrefix(dir, c.dir+"/") {
			continue
		}
		for _, alias := range c.aliases {
			before, after, wild := strings.Cut(alias, "*")
			if specifier == alias || wild && len(specifier) >= len(before)+len(after) && strings.HasPrefix(specifier, before) && strings.HasSuffix(specifier, after) {
				return true
			}
		}
	}
	return false
}
