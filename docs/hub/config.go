package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Config is what config.yaml in chub's folder says, as far as it matters here.
// chub's own keys keep their meaning; those for chubls stand below "chubls",
// which chub ignores:
//
//	sources:
//	  - name: internal
//	    path: ~/work/guides
//	source: official,maintainer
//	chubls:
//	  offline: true
//	  modules:
//	    acme_billing: acme/billing
//	    helpers: null
type Config struct {
	// Dir is chub's folder. Relative paths of sources start there.
	Dir string

	// Sources in the order of the file. Without any there is one remote source
	// named "default", as in chub.
	Sources []SourceConfig

	// Trust lists the values of an entry's source that pass. Upper and lower
	// case are the same; an entry without a source passes. Empty lets all pass.
	Trust []string

	// Offline asks for no network at all.
	Offline bool

	// Modules maps a module as it is imported to the id of its entry, and wins
	// over everything that was found out. nil says that the module has none.
	Modules map[string]*string
}

// SourceConfig names one source. It has a Path or a URL; a Path wins.
type SourceConfig struct {
	Name string
	Path string // folder on disk; "~/" is the home folder
	URL  string // base address of a remote hub; empty for chub's own default

	implicit bool // not in the file: the default source of chub
}

const configFile = "config.yaml"

// maxConfig is the largest config.yaml that is read, in bytes.
const maxConfig = 1 << 20

// Dir is chub's folder: $CHUB_DIR, else .chub in the home folder. It need not
// exist.
func Dir() string {
	if dir := os.Getenv("CHUB_DIR"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ".chub" // no home: as good as any, and usually not there
	}
	return filepath.Join(home, ".chub")
}

// LoadConfig reads config.yaml in chub's folder. Where there is none, the
// defaults hold and there is no error.
//
// The Config is usable even with an error. A key with a wrong value keeps its
// default and the others hold; each such key is one error, joined by
// [errors.Join], that names the file and the line and says what to write.
func LoadConfig(dir string) (Config, error) {
	cfg := defaults(dir)
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return cfg, nil
	}
	if err != nil {
		return cfg, fmt.Errorf("open the folder of the configuration: %w; set CHUB_DIR to a folder", err)
	}
	defer root.Close()
	data, err := readFile(root.FS(), configFile, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return cfg, nil
	}
	if err != nil {
		return cfg, fmt.Errorf("configuration in %s: %w", dir, err)
	}
	return parseConfig(cfg, filepath.Join(dir, configFile), data)
}

func defaults(dir string) Config {
	return Config{
		Dir:     dir,
		Sources: []SourceConfig{{Name: "default", URL: os.Getenv("CHUB_BUNDLE_URL"), implicit: true}},
		Trust:   []string{"official", "maintainer", "community"},
	}
}

// resolve makes a source's path absolute. chub takes a relative path from the
// working directory; a language server's is wherever the editor happened to be,
// so here it starts at the configuration.
func (c Config) resolve(path string) string {
	if path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`) {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, path[1:])
		}
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Dir, path)
}

// parseConfig reads through YAML's nodes, for their line numbers, and because
// one wrong key must not cost the others.
func parseConfig(cfg Config, file string, data []byte) (Config, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return cfg, yamlError(file, err)
	}
	if doc.Kind == 0 || len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return cfg, nil // empty, or comments only
	}
	p := configParser{file: file}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		p.wrong(top, "the file must hold keys, as in %q", "offline: true")
		return cfg, errors.Join(p.errs...)
	}
	p.keys(top, func(key string, value *yaml.Node) {
		switch key {
		case "sources":
			if sources, ok := p.sources(value); ok {
				cfg.Sources = sources
			}
		case "cdn_url":
			if s, ok := p.text(key, value); ok && os.Getenv("CHUB_BUNDLE_URL") == "" && len(cfg.Sources) > 0 && cfg.Sources[0].implicit {
				cfg.Sources[0].URL = s
			}
		case "source":
			if list, ok := p.list(key, value); ok && len(list) > 0 {
				cfg.Trust = list
			}
		case "chubls":
			if value.Kind != yaml.MappingNode {
				p.wrong(value, `"chubls" must hold keys: write "chubls: {offline: true}"`)
				return
			}
			p.keys(value, func(key string, value *yaml.Node) {
				switch key {
				case "offline":
					var b bool
					if value.Decode(&b) != nil {
						p.wrong(value, `"offline" must be true or false: write "offline: true"`)
						return
					}
					cfg.Offline = b
				case "modules":
					cfg.Modules = p.modules(value)
				default:
					p.wrong(value, `"chubls" has no key %q: use offline or modules`, key)
				}
			})
		}
	})
	return cfg, errors.Join(p.errs...)
}

type configParser struct {
	file string
	errs []error
}

func (p *configParser) wrong(n *yaml.Node, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("%s:%d: %s", p.file, n.Line, fmt.Sprintf(format, args...)))
}

// keys calls f for each key that has a value.
func (p *configParser) keys(m *yaml.Node, f func(key string, value *yaml.Node)) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if value := resolveAlias(m.Content[i+1]); value.Tag != "!!null" {
			f(m.Content[i].Value, value)
		}
	}
}

func resolveAlias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func (p *configParser) text(key string, n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		p.wrong(n, `%q must be a text: write "%s: …"`, key, key)
		return "", false
	}
	return strings.TrimSpace(n.Value), true
}

// list reads "a, b" or a YAML list.
func (p *configParser) list(key string, n *yaml.Node) ([]string, bool) {
	var items []string
	switch n.Kind {
	case yaml.ScalarNode:
		items = strings.Split(n.Value, ",")
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item = resolveAlias(item); item.Kind == yaml.ScalarNode {
				items = append(items, item.Value)
			}
		}
	default:
		p.wrong(n, `%q must be a text with commas: write "%s: official,maintainer"`, key, key)
		return nil, false
	}
	var list []string
	for _, item := range items {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list, true
}

func (p *configParser) sources(n *yaml.Node) ([]SourceConfig, bool) {
	if n.Kind != yaml.SequenceNode {
		p.wrong(n, `"sources" must be a list: write "sources: [{name: internal, path: /path/to/folder}]"`)
		return nil, false
	}
	list := []SourceConfig{}
	for _, item := range n.Content {
		item = resolveAlias(item)
		if item.Kind != yaml.MappingNode {
			p.wrong(item, `a source must have a name and a path or url: write "- {name: internal, path: /path/to/folder}"`)
			continue
		}
		var s SourceConfig
		ok := true
		p.keys(item, func(key string, value *yaml.Node) {
			var good bool
			switch key {
			case "name":
				s.Name, good = p.text(key, value)
			case "path":
				s.Path, good = p.text(key, value)
			case "url":
				s.URL, good = p.text(key, value)
			default:
				good = true
			}
			ok = ok && good
		})
		switch {
		case !ok:
		case s.Name == "":
			p.wrong(item, `a source has no name: write "- {name: internal, path: /path/to/folder}"`)
		case s.Path == "" && s.URL == "":
			p.wrong(item, `the source %q has neither a path nor a url: write "path: /path/to/folder"`, s.Name)
		default:
			list = append(list, s)
		}
	}
	return list, true
}

func (p *configParser) modules(n *yaml.Node) map[string]*string {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, `"modules" must map modules to entries: write "modules: {stripe: stripe/payments}"`)
		return nil
	}
	modules := map[string]*string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		module, value := n.Content[i].Value, resolveAlias(n.Content[i+1])
		switch {
		case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
			modules[module] = nil
		case value.Kind == yaml.ScalarNode && value.Tag == "!!str" && strings.TrimSpace(value.Value) != "":
			id := strings.TrimSpace(value.Value)
			modules[module] = &id
		default:
			p.wrong(value, `the module %q must name an entry or be null: write "%s: stripe/payments"`, module, module)
		}
	}
	return modules
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// yamlError puts the library's line number where an editor finds it.
func yamlError(file string, err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatchIndex(message); m != nil {
		line, _ = strconv.Atoi(message[m[2]:m[3]])
		message = message[:m[0]] + message[m[1]:]
	}
	return fmt.Errorf("%s:%d: not YAML: %s; indent with spaces, and quote a value that holds \": \"", file, line, message)
}
