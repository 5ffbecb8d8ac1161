package editors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
)

var update = flag.Bool("update", false, "write the files anew")

const root = "../.."

// languages are those that the server reads, as LSP calls them.
func languages() []string {
	var ids []string
	for _, l := range analyzer.Languages {
		ids = append(ids, l.IDs...)
	}
	return ids
}

// check compares a file with what it should be, or writes it.
func check(t *testing.T, name string, want []byte) {
	t.Helper()
	file := filepath.Join(root, name)
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is stale: go test ./internal/editors -update", name)
	}
	if err := os.WriteFile(file, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

// own are the settings of VS Code that no other editor needs.
var own = []struct {
	hub.Setting
	scope string
}{
	{hub.Setting{
		Name: "path", Type: "string", Default: `""`,
		Text: "The `chubls` program, as an absolute path. If it is empty, the one inside the extension is used, or the one on `PATH` where it has none.",
	}, "machine"},
}

// property is a setting in the schema of VS Code.
type property struct {
	Type                any            `json:"type"`
	Default             any            `json:"default"`
	Scope               string         `json:"scope,omitempty"`
	Minimum             int            `json:"minimum,omitempty"`
	AdditionalProperies map[string]any `json:"additionalProperties,omitempty"`
	Description         string         `json:"markdownDescription"`
}

// propertyOf writes a setting for VS Code. Where nobody has set it there, the user's
// config.yaml holds, so its default is no value.
func propertyOf(s hub.Setting) property {
	p := property{Type: []string{s.Type, "null"}, Minimum: s.Least, Description: s.Text + fmt.Sprintf(" If this is `null`, `config.yaml` says so; where that says nothing, it is `%s`.", s.Default)}
	if s.Type == "object" {
		p = property{Type: s.Type, Default: map[string]any{}, Description: s.Text, AdditionalProperies: map[string]any{"type": []string{"string", "null"}}}
	}
	return p
}

// TestPackageOfVSCode holds package.json to the tables: its settings, and the
// languages that wake the extension.
func TestPackageOfVSCode(t *testing.T) {
	const name = "editors/vscode/package.json"
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	// The settings, in the order of the table.
	var properties bytes.Buffer
	put := func(name string, p property) {
		if properties.Len() > 0 {
			properties.WriteString(",\n")
		}
		value, err := marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&properties, "        %q: %s", "chubls."+name, strings.ReplaceAll(value, "\n", "\n        "))
	}
	for _, s := range own {
		var empty any
		if err := json.Unmarshal([]byte(s.Default), &empty); err != nil {
			t.Fatal(err)
		}
		put(s.Name, property{Type: s.Type, Default: empty, Scope: s.scope, Description: s.Text})
	}
	for _, s := range hub.Settings {
		put(s.Name, propertyOf(s))
	}
	var events []string
	for _, id := range languages() {
		events = append(events, fmt.Sprintf("    %q", "onLanguage:"+id))
	}
	want := between(t, string(data), "\"properties\": {\n", "\n      }\n    },\n    \"commands\"", properties.String())
	want = between(t, want, "\"activationEvents\": [\n", "\n  ],", strings.Join(events, ",\n"))
	var valid any
	if err := json.Unmarshal([]byte(want), &valid); err != nil {
		t.Fatal(err)
	}
	check(t, name, []byte(want))
}

// marshal writes JSON as people do.
func marshal(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}

// between replaces what stands between two marks.
func between(t *testing.T, text, start, end, with string) string {
	t.Helper()
	i := strings.Index(text, start)
	if i < 0 {
		t.Fatalf("there is no %q", start)
	}
	i += len(start)
	n := strings.Index(text[i:], end)
	if n < 0 {
		t.Fatalf("there is no %q after %q", end, start)
	}
	return text[:i] + with + text[i+n:]
}

// TestSettingsTables holds the tables of settings in the READMEs to the table.
func TestSettingsTables(t *testing.T) {
	const begin, end = "<!-- settings: go test ./internal/editors -update -->\n", "<!-- end of settings -->"
	row := func(b *strings.Builder, cells ...string) {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	var all, code strings.Builder
	row(&all, "setting", "default", "who may set it", "what it does")
	row(&all, "---", "---", "---", "---")
	row(&code, "setting", "default", "what it does")
	row(&code, "---", "---", "---")
	for _, s := range own {
		row(&code, "`chubls."+s.Name+"`", "empty", s.Text+" Only your user and machine settings can set it, never a folder's.")
	}
	for _, s := range hub.Settings {
		who := "you, your editor"
		if s.Workspace {
			who += ", a repository"
		}
		row(&all, "`"+s.Name+"`", "`"+s.Default+"`", who, s.Text)
		row(&code, "`chubls."+s.Name+"`", "`"+s.Default+"`", s.Text)
	}
	for name, table := range map[string]string{"README.md": all.String(), "editors/vscode/README.md": code.String()} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		check(t, name, []byte(between(t, string(data), begin, end, table)))
	}
}

// TestLanguagesOfEditors holds the settings of each editor to the languages that the
// server reads: every name of the editor's own for one of them, and no other.
func TestLanguagesOfEditors(t *testing.T) {
	quoted := regexp.MustCompile(`["']((?:python|javascript|typescript|java|go|ruby|php|rust|csharp|c|cpp)(?:react)?)["']`)
	for _, name := range []string{
		"editors/neovim/lsp/chubls.lua", "editors/emacs/chubls-lsp-mode.el", "editors/vim/chubls-vim-lsp.vim", "editors/vim/coc-settings.json",
	} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range quoted.FindAllSubmatch(data, -1) {
			if id := string(m[1]); !slices.Contains(got, id) {
				got = append(got, id)
			}
		}
		want := languages()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s is for %v, and the server reads %v", name, got, want)
		}
	}
}

// TestDefaults holds the defaults that the table tells to those that hold.
func TestDefaults(t *testing.T) {
	cfg, err := hub.LoadConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"offline": fmt.Sprint(cfg.Offline), "prefetch": fmt.Sprint(cfg.Prefetch), "completion": fmt.Sprint(cfg.Completion),
		"hover.limit": fmt.Sprint(cmp.Or(cfg.HoverLimit, answer.DefaultLimit)), "modules": "{}",
	}
	for _, s := range hub.Settings {
		if s.Default != want[s.Name] {
			t.Errorf("%s is %s where nobody says anything, and the table tells %s", s.Name, want[s.Name], s.Default)
		}
	}
}

// TestVersions holds the versions that stand in several files to one.
func TestVersions(t *testing.T) {
	var pkg struct{ Version string }
	data, err := os.ReadFile(filepath.Join(root, "editors/vscode/package.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &pkg); err != nil || pkg.Version == "" {
		t.Fatal("package.json has no version", err)
	}
	for name, form := range map[string]string{
		"editors/zed/extension.toml": "version = %q", "editors/zed/Cargo.toml": "version = %q", "editors/vscode/CHANGELOG.md": "## %s", "VERSION": "%s\n",
	} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(form, pkg.Version); !strings.Contains(string(data), want) {
			t.Errorf("%s lacks %q: the extension's version is the program's", name, want)
		}
	}
}
