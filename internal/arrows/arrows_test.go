package arrows

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/chubls/chubls/"

// arrows says which of our packages each package may import. What is not in
// the table may import nothing of ours. The commands in internal are tools
// beside the house and may import what they measure.
var arrows = map[string][]string{
	"cmd/chubls":         {"lsp", "lsp/text", "docs", "docs/answer", "docs/hub", "docs/live", "analyzer", "analyzer/workspace"},
	"lsp":                {"docs/answer", "analyzer", "analyzer/workspace", "docs", "lsp/text"},
	"lsp/text":           {},
	"lsp/lsptest":        {"lsp/text"},
	"docs/answer":        {"docs", "docs/fit", "analyzer", "analyzer/workspace"},
	"docs/fit":           {"analyzer"},
	"docs":               {"analyzer"},
	"docs/hub":           {"docs"},
	"docs/live":          {"docs", "docs/answer", "docs/hub", "docs/starter", "analyzer", "analyzer/workspace"},
	"docs/starter":       {},
	"analyzer":           {},
	"analyzer/workspace": {"analyzer"},
}

// only says who may import what. A path that ends in "/" stands for all below it.
var only = []struct {
	what string
	by   []string
	why  string
}{
	{
		"github.com/smacker/go-tree-sitter/", []string{"analyzer"},
		"package analyzer hides the parser: ask analyzer.File, or add the question there",
	},
	{
		"go.lsp.dev/", []string{"lsp", "internal/bench/floor"},
		"protocol types stop at package lsp: take plain values and byte offsets, and let lsp convert",
	},
	{
		"net/", []string{"docs/hub", "internal/"},
		"only docs/hub reaches the network: put the request there, behind docs.Source",
	},
}

// never says what a package may not import, though others may.
var never = []struct {
	who, what, why string
}{
	{"docs", "os", "docs is pure: bytes come in through docs.Source, which docs/hub implements"},
	{"docs/answer", "os", "answers are made of what the library has: reading belongs to docs/hub"},
	{"docs/fit", "os", "a snippet is fitted to bytes that are given"},
	{"docs/starter", "os", "the starter is part of the binary"},
	{"analyzer", "os", "analyzer is pure: bytes in, plain values out"},
	{"analyzer/workspace", "os", "the workspace is read through the fs.FS that is given, open buffers first"},
	{"lsp/text", "os", "positions are arithmetic"},
}

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath, Dir string
	Standard        bool
	GoFiles         []string
	CgoFiles        []string
	Imports         []string
}

func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, module) }

// house lists our packages with what they import, tests left out.
func house(t *testing.T) []pkg {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,CgoFiles,Imports", module+"...")
	var failed bytes.Buffer
	command.Stderr = &failed
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, failed.String())
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < len(arrows)-1 { // a room or two may not be built yet
		t.Fatalf("go list found %d packages: is this the module's folder?", len(all))
	}
	return all
}

func tool(name string) bool { return strings.HasPrefix(name, "internal/") }

// under reports whether a path is rule, or below it where rule ends in "/".
func under(path, rule string) bool {
	return path == strings.TrimSuffix(rule, "/") || strings.HasSuffix(rule, "/") && strings.HasPrefix(path, rule)
}

func TestArrows(t *testing.T) {
	for _, p := range house(t) {
		allowed, known := arrows[p.name()]
		if !known && !tool(p.name()) {
			t.Errorf("%s is a new package: give it a row in the table arrows of this test, and a line in ARCHITECTURE.md", p.name())
		}
		for _, i := range p.Imports {
			target, ours := strings.CutPrefix(i, module)
			switch {
			case !ours || tool(p.name()):
			case tool(target):
				t.Errorf("%s imports %s: internal holds tools and tests, which nothing is built on", p.name(), target)
			case !slices.Contains(allowed, target):
				t.Errorf("%s imports %s, which is no arrow of the house: it may import %s. Move the code to where the arrow points, or pass it as a value or a small interface", p.name(), target, list(allowed))
			}
		}
	}
}

func list(packages []string) string {
	if len(packages) == 0 {
		return "no package of ours"
	}
	return strings.Join(packages, ", ")
}

func TestOnlyImporters(t *testing.T) {
	for _, p := range house(t) {
		for _, i := range p.Imports {
			for _, rule := range only {
				if under(i, rule.what) && !slices.ContainsFunc(rule.by, func(by string) bool { return under(p.name(), by) }) && !pureNet(i) {
					t.Errorf("%s imports %s: %s", p.name(), i, rule.why)
				}
			}
		}
	}
}

// pureNet reports whether a package below net reaches no network.
func pureNet(path string) bool { return path == "net/url" || path == "net/netip" }

func TestPurePackages(t *testing.T) {
	for _, p := range house(t) {
		for _, rule := range never {
			for _, i := range p.Imports {
				if p.name() == rule.who && under(i, rule.what+"/") {
					t.Errorf("%s imports %s: %s", p.name(), i, rule.why)
				}
			}
		}
		if p.name() != "lsp/text" {
			continue
		}
		for _, i := range p.Imports {
			if first, _, _ := strings.Cut(i, "/"); strings.Contains(first, ".") {
				t.Errorf("lsp/text imports %s: it is arithmetic on bytes, and the standard library is enough for it", i)
			}
		}
	}
}

// writers are the functions of os that change a disk.
var writers = strings.Fields(`WriteFile Create CreateTemp OpenFile Mkdir MkdirAll MkdirTemp Rename Remove RemoveAll
	Link Symlink Truncate Chmod Chown Chtimes CopyFS`)

// TestWhoMayWriteAndExit looks for calls by name, so a method value or an alias
// of os gets past it. Nobody means to.
func TestWhoMayWriteAndExit(t *testing.T) {
	for _, p := range house(t) {
		if tool(p.name()) || p.name() == "lsp/lsptest" {
			continue
		}
		for _, file := range append(slices.Clone(p.GoFiles), p.CgoFiles...) {
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, ok := selector.X.(*ast.Ident)
				if !ok || x.Name != "os" {
					return true
				}
				line := set.Position(selector.Pos()).Line
				switch name := selector.Sel.Name; {
				case name == "Exit" && p.name() != "cmd/chubls":
					t.Errorf("%s/%s:%d: os.Exit: only main ends the process; return an error, or an exit code as lsp.Server.Serve does", p.name(), file, line)
				case slices.Contains(writers, name) && p.name() != "docs/hub" && p.name() != "cmd/chubls":
					t.Errorf("%s/%s:%d: os.%s: only docs/hub writes to disk (and cmd/chubls what its user names, as in index --output)", p.name(), file, line, name)
				}
				return true
			})
		}
	}
}

// TestRulesBite checks the checker: a rule that matches nothing would pass.
func TestRulesBite(t *testing.T) {
	for _, test := range []struct {
		path, rule string
		want       bool
	}{
		{"net/http", "net/", true},
		{"net", "net/", true},
		{"netip", "net/", false},
		{"os/exec", "os/", true},
		{"github.com/smacker/go-tree-sitter", "github.com/smacker/go-tree-sitter/", true},
		{"github.com/smacker/go-tree-sitter/python", "github.com/smacker/go-tree-sitter/", true},
		{"lsp/text", "lsp", false},
		{"internal/bench/floor", "internal/", true},
	} {
		if got := under(test.path, test.rule); got != test.want {
			t.Errorf("under(%q, %q) = %v", test.path, test.rule, got)
		}
	}
	for _, rule := range only {
		used := false
		for _, p := range house(t) {
			for _, i := range p.Imports {
				used = used || under(i, rule.what)
			}
		}
		if !used && rule.what != "net/" { // docs/hub may still be without one
			t.Errorf("nothing imports %s: was it renamed?", rule.what)
		}
	}
}
