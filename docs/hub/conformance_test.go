package hub

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/chubls/chubls/docs"
)

// The content that every kind of source holds in these tests: one entry in two
// languages, one of them with a reference file, and an entry of another author.
const (
	billingPython = "---\nname: billing\ndescription: Invoices\nmetadata:\n  languages: python\n  versions: \"1.10,1.9\"\n  updated-on: \"2026-03-12\"\n  source: maintainer\n  tags: \"invoices,acme\"\n---\n# Billing\n\nSend one.\n"
	billingJS     = "---\nname: billing\ndescription: Invoices\nmetadata:\n  languages: js\n  versions: 2.0.0\n  source: maintainer\n---\n# Billing\n"
	reference     = "# Errors\n"
	mailAny       = "---\nname: mail\ndescription: Mail\nlanguages: [python, javascript]\nversions: [3]\n---\n# Mail\n"
)

var tree = map[string]string{
	"acme/docs/billing/python/DOC.md":            billingPython,
	"acme/docs/billing/python/references/err.md": reference,
	"acme/docs/billing/javascript/DOC.md":        billingJS,
	"zeta/docs/mail/DOC.md":                      mailAny,
}

const registry = `{"version": "1.0.0", "docs": [
  {"id": "acme/billing", "name": "billing", "description": "Invoices", "source": "maintainer", "tags": ["invoices", "acme"], "languages": [
    {"language": "js", "recommendedVersion": "2.0.0", "versions": [
      {"version": "2.0.0", "path": "acme/docs/billing/javascript", "files": ["DOC.md"], "size": 100}]},
    {"language": "python", "recommendedVersion": "1.10", "versions": [
      {"version": "1.10", "path": "acme/docs/billing/python", "files": ["DOC.md", "references/err.md"], "lastUpdated": "2026-03-12"},
      {"version": "1.9", "path": "acme/docs/billing/python", "files": ["DOC.md", "references/err.md"]}]}]},
  {"id": "zeta/mail", "name": "mail", "description": "Mail", "languages": [
    {"language": "python", "recommendedVersion": "3", "versions": [{"version": "3", "path": "zeta/docs/mail", "files": ["DOC.md"]}]},
    {"language": "javascript", "versions": [{"version": 3, "path": "zeta/docs/mail", "files": ["DOC.md"]}]}]}
]}`

// write puts files below dir.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func with(files map[string]string, name, content string) map[string]string {
	all := map[string]string{name: content}
	for n, c := range files {
		all[n] = c
	}
	return all
}

func mapFS(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	return fsys
}

// TestSources runs the conformance suite over every kind of source.
func TestSources(t *testing.T) {
	kinds := map[string]func(t *testing.T) docs.Source{
		"built folder": func(t *testing.T) docs.Source {
			dir := t.TempDir()
			write(t, dir, with(tree, "registry.json", registry))
			return Folder("test", dir, nil)
		},
		"content tree": func(t *testing.T) docs.Source {
			dir := t.TempDir()
			write(t, dir, tree)
			return Folder("test", dir, nil)
		},
		"content tree in memory": func(t *testing.T) docs.Source { return Tree("test", mapFS(tree)) },
		"built folder in memory": func(t *testing.T) docs.Source {
			return Tree("test", mapFS(with(tree, "registry.json", registry)))
		},
		"chub's cache": func(t *testing.T) docs.Source {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "sources", "test"), map[string]string{"registry.json": strings.ReplaceAll(registry, `"size": 100`, `"size": 0`)})
			write(t, filepath.Join(dir, "sources", "test", "data"), tree)
			return start(t, Config{Dir: dir, Offline: true, Sources: []SourceConfig{{Name: "test", URL: "https://hub.example/v1"}}}).Sources()[0]
		},
		"remote": func(t *testing.T) docs.Source {
			cdn := newCDN(t, with(tree, "registry.json", registry))
			return start(t, cdn.config(t.TempDir())).Sources()[0]
		},
		"remote, fetched before, server gone": func(t *testing.T) docs.Source {
			cdn := newCDN(t, with(tree, "registry.json", registry))
			cfg := cdn.config(t.TempDir())
			h := start(t, cfg)
			if err := h.Update(t.Context(), UpdateOptions{All: true}); err != nil {
				t.Fatal(err)
			}
			h.Close()
			cdn.Close()
			return start(t, cfg).Sources()[0]
		},
		"remote, from the bundle": func(t *testing.T) docs.Source {
			cdn := newCDN(t, map[string]string{"registry.json": registry, "bundle.tar.gz": bundle(t, with(tree, "registry.json", registry))})
			h := start(t, cdn.config(t.TempDir()))
			if err := h.Update(t.Context(), UpdateOptions{Full: true}); err != nil {
				t.Fatal(err)
			}
			return h.Sources()[0]
		},
		"remote, disk is read-only": func(t *testing.T) docs.Source {
			cdn := newCDN(t, with(tree, "registry.json", registry))
			cfg := cdn.config(filepath.Join(t.TempDir(), "file", "no-folder"))
			write(t, filepath.Dir(filepath.Dir(cfg.Dir)), map[string]string{"file": "in the way"})
			return start(t, cfg).Sources()[0]
		},
		"workspace": func(t *testing.T) docs.Source {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "guides"), tree)
			write(t, dir, map[string]string{".chub/config.yaml": "sources: [{name: test, path: guides}]"})
			w, err := LoadWorkspace(dir)
			if err != nil {
				t.Fatal(err)
			}
			return start(t, Config{Dir: t.TempDir()}.WithWorkspaces(w)).Sources()[0]
		},
	}
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance(t, open(t))
		})
	}
}

// conformance checks what every source named "test" must do, given the content
// above.
func conformance(t *testing.T, s docs.Source) {
	if s.Name() != "test" {
		t.Errorf("Name() = %q", s.Name())
	}
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range reg.Problems {
		t.Errorf("problem: %v", p)
	}
	var have []string
	for _, e := range reg.Entries {
		for _, v := range e.Variants {
			line := e.ID + " " + v.Language + " " + v.Version + " " + v.Path
			if v.Recommended {
				line += " *"
			}
			have = append(have, line)
			if v.Entry != e {
				t.Errorf("%s does not lead back to its entry", line)
			}
		}
	}
	slices.Sort(have)
	want := []string{
		"acme/billing javascript 2.0.0 acme/docs/billing/javascript *",
		"acme/billing python 1.10 acme/docs/billing/python *",
		"acme/billing python 1.9 acme/docs/billing/python",
		"zeta/mail javascript 3 zeta/docs/mail *",
		"zeta/mail python 3 zeta/docs/mail *",
	}
	if !slices.Equal(have, want) {
		t.Fatalf("variants:\n%s\nwant:\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
	var python *docs.Variant
	for _, v := range reg.Entries[0].Variants {
		if v.Language == "python" && v.Recommended {
			python = v
		}
	}
	if python.Updated != "2026-03-12" || !slices.Equal(python.Files, []string{"DOC.md", "references/err.md"}) ||
		reg.Entries[0].Source != "maintainer" || !slices.Equal(reg.Entries[0].Tags, []string{"invoices", "acme"}) {
		t.Errorf("not all is read: %+v of %+v", python, reg.Entries[0])
	}

	read := func(file string) string {
		t.Helper()
		data, err := s.Read(t.Context(), python, file)
		if err != nil {
			t.Error(err)
		}
		return string(data)
	}
	if got := read("DOC.md"); got != billingPython {
		t.Errorf("DOC.md = %q", got)
	}
	if got := read("references/err.md"); got != reference {
		t.Errorf("references/err.md = %q", got)
	}
	if located, ok := s.(docs.Located); ok {
		where, ok := located.Locate(python, "references/err.md")
		switch data, err := os.ReadFile(where); {
		case strings.Contains(t.Name(), "read-only"):
			if ok {
				t.Errorf("it lies at %q, where nothing can be written", where)
			}
		case !ok || err != nil || string(data) != reference:
			t.Errorf("it lies at %q: %q, %v", where, data, err)
		}
		for _, file := range []string{"none.md", "references", "../DOC.md", "/etc/passwd"} {
			if where, ok := located.Locate(python, file); ok {
				t.Errorf("%s lies at %q", file, where)
			}
		}
	}
	if _, err := s.Read(t.Context(), python, "none.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := s.Read(t.Context(), python, "references"); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	for _, file := range []string{"", ".", "..", "../DOC.md", "/etc/hostname", "references/../../DOC.md", `..\DOC.md`, "C:x", "a\x00b", "nul"} {
		if _, err := s.Read(t.Context(), python, file); !errors.Is(err, docs.ErrUnsafePath) {
			t.Errorf("Read(%q): %v", file, err)
		}
	}
	if _, err := s.Read(t.Context(), &docs.Variant{Path: "../.."}, "DOC.md"); !errors.Is(err, docs.ErrUnsafePath) {
		t.Errorf("a variant outside: %v", err)
	}

	var wg sync.WaitGroup // both methods from many goroutines, for -race
	for range 8 {
		wg.Go(func() {
			if _, err := s.Registry(); err != nil {
				t.Error(err)
			}
			if _, err := s.Read(t.Context(), python, "DOC.md"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
