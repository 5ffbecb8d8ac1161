package hub

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// key reads the value of one key into the configuration.
type key func(p *configParser, name string, value *yaml.Node)

// The keys of each kind of file. What is not in a table is chub's, or an
// editor's, and passed over, unless the file says otherwise.
var (
	userKeys = map[string]key{
		"sources": func(p *configParser, name string, n *yaml.Node) {
			if list, ok := p.sources(n, sourceKeys); ok {
				p.cfg.Sources = list
			}
		},
		"cdn_url": func(p *configParser, name string, n *yaml.Node) {
			text, ok := p.text(name, n)
			if own := p.cfg.Sources; ok && os.Getenv("CHUB_BUNDLE_URL") == "" && len(own) > 0 && own[0].implicit && p.address(name, text, n) {
				own[0].URL = text
			}
		},
		"refresh_interval": func(p *configParser, name string, n *yaml.Node) {
			seconds, err := strconv.ParseFloat(n.Value, 64)
			if n.Kind != yaml.ScalarNode || err != nil || seconds < 0 || seconds > 1e9 {
				p.wrong(n, `%q must be a number of seconds: write "%s: 21600"`, name, name)
				return
			}
			p.cfg.RefreshInterval = time.Duration(seconds * float64(time.Second))
		},
		"source": func(p *configParser, name string, n *yaml.Node) {
			if list, ok := p.list(name, n); ok && len(list) > 0 {
				p.cfg.Trust = list
			}
		},
		"chubls": func(p *configParser, name string, n *yaml.Node) {
			p.mapping(name, n, "{offline: true}", ownKeys, func(key string, value *yaml.Node) {
				p.wrong(value, `"chubls" has no key %q: use %s`, key, names(ownKeys))
			})
		},
	}

	// ownKeys stand below "chubls": see Settings.
	ownKeys = func() map[string]key {
		keys := keysBelow("")
		keys["hover"] = func(p *configParser, name string, n *yaml.Node) {
			p.mapping(name, n, "{limit: 4000}", hoverKeys, func(key string, value *yaml.Node) {
				p.wrong(value, `"hover" has no key %q: use %s`, key, names(hoverKeys))
			})
		}
		return keys
	}()

	hoverKeys = keysBelow("hover")

	// settingsKeys are those of an editor's settings.
	settingsKeys = map[string]key{
		"prefetch": ownKeys["prefetch"], "completion": ownKeys["completion"],
		"modules": ownKeys["modules"],
		"hover":   ownKeys["hover"],
		"offline": func(p *configParser, name string, n *yaml.Node) {
			on := false
			p.flag(name, n, &on)
			p.cfg.Offline = p.cfg.Offline || on
		},
		"sources": shut, "source": shut, "cdn_url": shut, "url": shut, "headers": shut,
		"command": shut, "ca": shut, "netrc": shut, "trust": shut, "refresh_interval": shut,
	}

	// workspaceKeys are those of a repository's own configuration.
	workspaceKeys = map[string]key{
		"sources": func(p *configParser, name string, n *yaml.Node) {
			if list, ok := p.sources(n, workspaceSourceKeys); ok {
				p.cfg.Sources = list
			}
		},
		"chubls": func(p *configParser, name string, n *yaml.Node) {
			p.mapping(name, n, "{modules: {stripe: stripe/payments}}", map[string]key{"modules": ownKeys["modules"]}, p.refuse)
		},
	}
)

// sourceKey reads one key of a source, and reports whether it could.
type sourceKey func(p *configParser, s *SourceConfig, name string, n *yaml.Node) (ok bool)

var (
	sourceKeys = map[string]sourceKey{
		"name": textKey(func(s *SourceConfig) *string { return &s.Name }),
		"path": textKey(func(s *SourceConfig) *string { return &s.Path }),
		"ca":   textKey(func(s *SourceConfig) *string { return &s.CA }),
		"url": func(p *configParser, s *SourceConfig, name string, n *yaml.Node) bool {
			var ok bool
			s.URL, ok = p.text(name, n)
			return ok && p.address(name, s.URL, n)
		},
		"headers": func(p *configParser, s *SourceConfig, name string, n *yaml.Node) bool {
			var ok bool
			s.Headers, ok = p.headers(n)
			return ok
		},
	}
	workspaceSourceKeys = map[string]sourceKey{
		"name": sourceKeys["name"],
		"path": sourceKeys["path"],
		"url":  refused, "headers": refused, "ca": refused,
	}
)

func textKey(field func(*SourceConfig) *string) sourceKey {
	return func(p *configParser, s *SourceConfig, name string, n *yaml.Node) bool {
		var ok bool
		*field(s), ok = p.text(name, n)
		return ok
	}
}

func refused(p *configParser, _ *SourceConfig, name string, n *yaml.Node) bool {
	p.refuse(name, n)
	return false
}

// shut refuses a key in an editor's settings.
func shut(p *configParser, name string, n *yaml.Node) {
	p.wrong(n, "%q cannot come from an editor's settings, which a repository may fill: write it to %s in chub's folder", name, configFile)
}

// configParser reads through YAML's nodes, for their line numbers, and because
// one wrong key must not cost the others.
type configParser struct {
	file string
	cfg  *Config
	keys map[string]key
	// unknown is called for a key that is not in keys; nil passes it over.
	unknown func(name string, value *yaml.Node)
	errs    []error
}

func (p *configParser) parse(data []byte) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		p.errs = append(p.errs, yamlError(p.file, err))
		return
	}
	if doc.Kind == 0 || len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return // empty, or comments only
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		p.wrong(top, "the file must hold keys, as in %q", "offline: true")
		return
	}
	p.each(top, func(name string, value *yaml.Node) {
		if read := p.keys[name]; read != nil {
			read(p, name, value)
		} else if p.unknown != nil {
			p.unknown(name, value)
		}
	})
}

func (p *configParser) wrong(n *yaml.Node, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("%s:%d: %s", p.file, n.Line, fmt.Sprintf(format, args...)))
}

// refuse says that a repository may not set a key.
func (p *configParser) refuse(name string, n *yaml.Node) {
	p.wrong(n, "%q is refused: a workspace may only add sources with a path inside itself, and chubls: {modules: …}; write it to %s in chub's folder", name, configFile)
}

// each calls f for each key that has a value.
func (p *configParser) each(m *yaml.Node, f func(name string, value *yaml.Node)) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if value := resolveAlias(m.Content[i+1]); value.Tag != "!!null" {
			f(m.Content[i].Value, value)
		}
	}
}

// mapping reads the keys below a key.
func (p *configParser) mapping(name string, n *yaml.Node, example string, keys map[string]key, unknown func(string, *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, `%q must hold keys: write "%s: %s"`, name, name, example)
		return
	}
	p.each(n, func(name string, value *yaml.Node) {
		if read := keys[name]; read != nil {
			read(p, name, value)
		} else {
			unknown(name, value)
		}
	})
}

func names[T any](keys map[string]T) string {
	list := slices.Sorted(maps.Keys(keys))
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

func resolveAlias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func (p *configParser) text(name string, n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		p.wrong(n, `%q must be a text: write "%s: …"`, name, name)
		return "", false
	}
	return strings.TrimSpace(n.Value), true
}

func (p *configParser) flag(name string, n *yaml.Node, to *bool) {
	if n.Decode(to) != nil {
		p.wrong(n, `%q must be true or false: write "%s: true"`, name, name)
	}
}

// address checks the base address of a hub. The message does not repeat it: it
// may hold a password.
func (p *configParser) address(name, text string, n *yaml.Node) bool {
	if u, err := url.Parse(text); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		p.wrong(n, `%q must be the address of a hub: write "%s: https://hub.example/v1"`, name, name)
		return false
	}
	return true
}

// list reads "a, b" or a YAML list.
func (p *configParser) list(name string, n *yaml.Node) ([]string, bool) {
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
		p.wrong(n, `%q must be a text with commas: write "%s: official,maintainer"`, name, name)
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

func (p *configParser) sources(n *yaml.Node, keys map[string]sourceKey) ([]SourceConfig, bool) {
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
		p.each(item, func(name string, value *yaml.Node) {
			if read := keys[name]; read != nil && !read(p, &s, name, value) {
				ok = false
			}
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

// headerName is a token of RFC 9110.
var headerName = regexp.MustCompile("^[-!#$%&'*+.^_`|~0-9A-Za-z]+$")

// hopHeaders belong to the connection and not to the configuration.
var hopHeaders = []string{"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "range", "if-none-match", "if-modified-since"}

func (p *configParser) headers(n *yaml.Node) ([]Header, bool) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, `"headers" must map names to values: write "headers: {Authorization: 'Bearer ${TOKEN}'}"`)
		return nil, false
	}
	var list []Header
	ok := true
	bad := func(n *yaml.Node, format string, args ...any) {
		p.wrong(n, format, args...)
		ok = false
	}
	p.each(n, func(name string, value *yaml.Node) {
		h := Header{Name: name}
		switch {
		case !headerName.MatchString(name) || slices.Contains(hopHeaders, strings.ToLower(name)):
			bad(value, `%q is no header that can be set: write "Authorization: …"`, name)
			return
		case value.Kind == yaml.ScalarNode:
			h.Value = value.Value
		case value.Kind == yaml.MappingNode:
			p.each(value, func(key string, v *yaml.Node) {
				switch {
				case key == "prefix" && v.Kind == yaml.ScalarNode:
					h.Value = v.Value
				case key == "command" && v.Kind == yaml.ScalarNode:
					h.Command = shell(v.Value)
				case key == "command" && v.Kind == yaml.SequenceNode && len(v.Content) > 0:
					for _, arg := range v.Content {
						h.Command = append(h.Command, arg.Value)
					}
				default:
					bad(v, `the header %q has no %q: use command and prefix`, name, key)
				}
			})
			if len(h.Command) == 0 {
				bad(value, `the header %q lacks a command: write "%s: {command: pass show hub}"`, name, name)
			}
		default:
			bad(value, `the header %q must be a text: write "%s: ${TOKEN}", or "%s: {command: pass show hub}"`, name, name, name)
		}
		list = append(list, h)
	})
	return list, ok
}

func (p *configParser) modules(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, `"modules" must map modules to entries: write "modules: {stripe: stripe/payments}"`)
		return
	}
	modules := maps.Clone(p.cfg.Modules) // those of another file may be shared
	if modules == nil {
		modules = map[string]*string{}
	}
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
	p.cfg.Modules = modules
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
