package hub

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Setting is one of chubls' own settings: it stands below "chubls" in config.yaml,
// and under the same name in an editor's settings. This table is read by the parser
// of both, and the documentation and the schema of VS Code are made of it:
// `go test ./internal/editors -update`.
type Setting struct {
	// Name has a dot where it stands below another key: "hover.limit".
	Name string
	// Type is that of JSON Schema, and Default what holds where nobody says
	// anything, in JSON.
	Type, Default string
	// Least is the smallest number that is taken.
	Least int
	// Text says what it does, in Markdown: the first sentence is for a table.
	Text string
	// Workspace says that a repository may set it, too.
	Workspace bool

	read key
}

// Settings is the table of chubls' own settings.
var Settings = []Setting{
	{
		Name: "offline", Type: "boolean", Default: "false",
		Text: "Use no network at all: what was fetched is shown, and nothing else. Wherever it is `true`, it holds.",
		read: func(p *configParser, name string, n *yaml.Node) { p.flag(name, n, &p.cfg.Offline) },
	},
	{
		Name: "prefetch", Type: "boolean", Default: "true",
		Text: "Fetch a guide as soon as a file imports its package, not when it is asked for.",
		read: func(p *configParser, name string, n *yaml.Node) { p.flag(name, n, &p.cfg.Prefetch) },
	},
	{
		Name: "completion", Type: "boolean", Default: "true",
		Text: "Offer snippets while a package's name is typed.",
		read: func(p *configParser, name string, n *yaml.Node) { p.flag(name, n, &p.cfg.Completion) },
	},
	{
		Name: "hover.limit", Type: "integer", Default: "4000", Least: minHover,
		Text: "How many characters of a section a hover shows.",
		read: func(p *configParser, name string, n *yaml.Node) {
			limit, err := strconv.Atoi(n.Value)
			if n.Kind != yaml.ScalarNode || err != nil || limit < minHover || limit > 1<<20 {
				p.wrong(n, `%q must be a number of characters from %d on: write "hover: {%s: 4000}"`, name, minHover, name)
				return
			}
			p.cfg.HoverLimit = limit
		},
	},
	{
		Name: "modules", Type: "object", Default: "{}", Workspace: true,
		Text: "Which entry documents a module, as in `{\"@acme/sdk\": \"acme/sdk\"}`; `null` is none. This wins over what chubls finds out.",
		read: func(p *configParser, _ string, n *yaml.Node) { p.modules(n) },
	},
}

// minHover is the smallest hover that can be asked for, in characters.
const minHover = 100

// keysBelow are the readers of those settings that stand directly below a key, by
// the rest of their names; "" is the top.
func keysBelow(parent string) map[string]key {
	keys := map[string]key{}
	for _, s := range Settings {
		name := s.Name
		if parent != "" {
			var ok bool
			if name, ok = strings.CutPrefix(name, parent+"."); !ok {
				continue
			}
		}
		if !strings.Contains(name, ".") {
			keys[name] = s.read
		}
	}
	return keys
}
