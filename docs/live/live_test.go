package live

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const guide = `---
name: api
description: Bills for everybody
metadata:
  languages: "python"
  versions: "1.2.0"
  updated-on: "2026-01-02"
  source: official
---
# Zenbill

` + "```bash\npip install zenbill\n```\n\n## Send a bill\n\n```python\nimport zenbill\n\nzenbill.Client().bills.send(1)\n```\n"

const registry = `{"version": "1", "docs": [{"id": "zenbill/api", "name": "api", "description": "Bills", "source": "official",
	"languages": [{"language": "python", "recommendedVersion": "1.2.0", "versions": [
		{"version": "1.2.0", "path": "zenbill/docs/api", "files": ["DOC.md"], "lastUpdated": "2026-01-02"}]}]}]}`

// cdn serves a hub with one entry, and counts the requests.
func cdn(t *testing.T) (url string, requests *atomic.Int32) {
	requests = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		switch r.URL.Path {
		case "/v1/registry.json":
			fmt.Fprint(w, registry)
		case "/v1/zenbill/docs/api/DOC.md":
			fmt.Fprint(w, guide)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1", requests
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start opens a desk over a fresh folder with a config.yaml.
func start(t *testing.T, config string) (*Desk, *[]string) {
	t.Helper()
	var wrong []string
	dir := filepath.Join(t.TempDir(), "home")
	write(t, filepath.Join(dir, "config.yaml"), config)
	d := New(Options{Dir: dir, Watch: true, Wrong: func(err error) { wrong = append(wrong, err.Error()) }, Observer: docs.Observer{Problem: func(err error) { t.Log(err) }}})
	t.Cleanup(d.Close)
	return d, &wrong
}

// hover is what is shown on bills.send, "" for nothing.
func hover(t *testing.T, d *Desk, wait time.Duration) string {
	t.Helper()
	const source = "import zenbill\nclient = zenbill.Client()\nclient.bills.send(7)\n"
	f := analyzer.New(analyzer.ByLanguageID("python"), []byte(source))
	defer f.Close()
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	h, err := d.Hover(ctx, f, strings.Index(source, "send"))
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	if h == nil {
		return ""
	}
	return h.Markdown()
}

// eventually waits for a hover that begins like want.
func eventually(t *testing.T, d *Desk, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if got = hover(t, d, time.Second); strings.HasPrefix(got, want) && (want != "" || got == "") {
			return
		}
	}
	t.Errorf("the hover is %q, want %q", got, want)
}

const sent = "### Send a bill\nzenbill/api · python 1.2.0 · official · 2026-01-02"

func TestNetworkWaitsForSettings(t *testing.T) {
	for _, offline := range []bool{false, true} {
		url, requests := cdn(t)
		d, _ := start(t, "sources: [{name: default, url: "+url+"}]\n")
		d.Configure(Session{Waiting: true})
		if got := hover(t, d, 300*time.Millisecond); got != "" || requests.Load() != 0 {
			t.Errorf("before the settings: %d requests, %q", requests.Load(), got)
		}
		d.Configure(Session{Settings: [][]byte{fmt.Appendf(nil, `{"offline": %t}`, offline)}})
		if offline {
			if got := hover(t, d, 300*time.Millisecond); got != "" || requests.Load() != 0 {
				t.Errorf("offline: %d requests, %q", requests.Load(), got)
			}
			continue
		}
		eventually(t, d, sent)
		if n := requests.Load(); n != 3 {
			t.Errorf("%d requests for a registry, its table and a document", n)
		}
		// What is there is shown, whatever the network.
		d.Configure(Session{Settings: [][]byte{[]byte(`{"offline": true}`)}})
		eventually(t, d, sent)
		d.Configure(Session{Settings: [][]byte{[]byte(`{"modules": {"zenbill": null}}`)}})
		eventually(t, d, "")
		d.Configure(Session{Settings: [][]byte{[]byte(`{"hover": {"limit": 100}}`)}})
		eventually(t, d, sent)
	}
}

// A hub that ships its table tells of modules that no document names.
func TestShippedTable(t *testing.T) {
	const table = "# made by chubls index\npython\tzenbill\tzenbill/api\n"
	silent := strings.ReplaceAll(guide, "pip install zenbill", "pip install something-else")
	t.Run("remote", func(t *testing.T) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text, ok := map[string]string{
				"/v1/registry.json": strings.ReplaceAll(registry, "zenbill/api", "quite/other"), "/v1/modules.tsv": strings.ReplaceAll(table, "zenbill/api", "quite/other"),
				"/v1/zenbill/docs/api/DOC.md": guide,
			}[r.URL.Path]
			if !ok {
				http.NotFound(w, r)
			}
			fmt.Fprint(w, text)
		}))
		defer server.Close()
		d, _ := start(t, "sources: [{name: default, url: "+server.URL+"/v1}]\n")
		d.Configure(Session{})
		eventually(t, d, "### Send a bill\nquite/other · ")
	})
	t.Run("folder", func(t *testing.T) {
		folder := t.TempDir()
		write(t, filepath.Join(folder, "guides/zenbill/docs/api/DOC.md"), silent)
		d, _ := start(t, "sources: [{name: here, path: "+filepath.Join(folder, "guides")+"}]\nchubls: {modules: {}}\n")
		d.Configure(Session{})
		eventually(t, d, sent)
		// Wrong rows are told, and the documents are read.
		write(t, filepath.Join(folder, "guides/modules.tsv"), "python\tzenbill\n")
		eventually(t, d, sent)
		write(t, filepath.Join(folder, "guides/modules.tsv"), strings.ReplaceAll(table, "zenbill\t", "zen_other\t"))
		eventually(t, d, "")
		write(t, filepath.Join(folder, "guides/modules.tsv"), table)
		eventually(t, d, sent)
	})
}

func TestSettingsOpenNoDoor(t *testing.T) {
	url, requests := cdn(t)
	d, wrong := start(t, "")
	settings := fmt.Appendf(nil, `{"sources": [{"name": "evil", "url": %q}], "cdn_url": %q}`, url, url)
	for range 3 {
		d.Configure(Session{Settings: [][]byte{settings}})
		if got := hover(t, d, 200*time.Millisecond); got != "" || requests.Load() != 0 {
			t.Errorf("%d requests, %q", requests.Load(), got)
		}
	}
	d.Close()
	if len(*wrong) != 2 {
		t.Errorf("want two faults, each once: %q", *wrong)
	}
}

func TestWorkspace(t *testing.T) {
	d, wrong := start(t, "")
	folder := t.TempDir()
	write(t, filepath.Join(folder, "guides/zenbill/docs/api/DOC.md"), guide)
	d.Configure(Session{Folders: []string{folder}})
	eventually(t, d, "")
	const config = ".chub/config.yaml"
	write(t, filepath.Join(folder, config), "sources: [{name: ours, path: guides}]\n")
	const ours = "### Send a bill\nzenbill/api · python 1.2.0 · workspace · 2026-01-02"
	eventually(t, d, ours)
	// The author sees the hover change on save.
	write(t, filepath.Join(folder, "guides/zenbill/docs/api/DOC.md"), strings.ReplaceAll(guide, "Send a bill", "Send an invoice"))
	eventually(t, d, "### Send an invoice\n")
	write(t, filepath.Join(folder, config), "sources: [{name: ours, path: guides}]\nchubls: {modules: {zenbill: null}}\n")
	eventually(t, d, "")
	write(t, filepath.Join(folder, config), "sources: [{name: ours, path: guides}, {name: out, path: ../..}]\n")
	eventually(t, d, "### Send an invoice\n")
	d.Configure(Session{})
	eventually(t, d, "")
	d.Close()
	if len(*wrong) != 1 || !strings.Contains((*wrong)[0], `"out" must lie inside the workspace`) {
		t.Errorf("faults: %q", *wrong)
	}
}

// What lies in the workspace is no package, whatever its name; unless the user says so.
func TestOwnModules(t *testing.T) {
	url, requests := cdn(t)
	d, _ := start(t, "sources: [{name: default, url: "+url+"}]\n")
	folder := t.TempDir()
	write(t, filepath.Join(folder, "zenbill.py"), "class Client: ...\n")
	d.Configure(Session{Folders: []string{folder}})
	const source = "import zenbill\nclient = zenbill.Client()\nclient.bills.send(7)\n"
	look := func(where string) string {
		f := analyzer.New(analyzer.ByLanguageID("python"), []byte(source)).At(where)
		defer f.Close()
		d.Prefetch(t.Context(), f)
		h, err := d.Hover(t.Context(), f, strings.Index(source, "send"))
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			return ""
		}
		return h.Entry
	}
	if got := look(filepath.Join(folder, "app.py")); got != "" || requests.Load() > 2 {
		t.Errorf("%q, %d requests", got, requests.Load())
	}
	if got := look(filepath.Join(t.TempDir(), "elsewhere.py")); got != "zenbill/api" {
		t.Errorf("elsewhere: %q", got)
	}
	d.Configure(Session{Folders: []string{folder}, Settings: [][]byte{[]byte(`{"modules": {"zenbill": "zenbill/api"}}`)}})
	for end := time.Now().Add(10 * time.Second); look(filepath.Join(folder, "app.py")) != "zenbill/api"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the user's own word does not count")
		}
	}
}

// The user decides, in the editor, and the workspace remembers.
func TestChoose(t *testing.T) {
	url, _ := cdn(t)
	d, _ := start(t, "sources: [{name: default, url: "+url+"}]\n")
	folder := t.TempDir()
	d.Configure(Session{Folders: []string{folder}})
	const source = "import zenbill_next\nzenbill_next.Client().bills.send(7)\nimport os\n"
	f := analyzer.New(analyzer.ByLanguageID("python"), []byte(source)).At(filepath.Join(folder, "app.py"))
	defer f.Close()
	titles := func(at int) []answer.Action {
		t.Helper()
		actions, err := d.Actions(t.Context(), f, analyzer.Span{Start: at, End: at}, answer.Offer{})
		if err != nil {
			t.Fatal(err)
		}
		var choices []answer.Action
		for _, a := range actions {
			if a.Choice != nil {
				choices = append(choices, a)
			}
		}
		return choices
	}
	offered := titles(3)
	if len(offered) != 1 || offered[0].Title != `Show the guide zenbill/api for "zenbill_next" in this workspace` {
		t.Fatalf("%+v", offered)
	}
	for _, at := range []int{strings.Index(source, "send"), strings.Index(source, "import os")} {
		if got := titles(at); len(got) > 0 {
			t.Errorf("at %d: %+v", at, got)
		}
	}
	entry := func() string {
		h, err := d.Hover(t.Context(), f, strings.Index(source, "send"))
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			return ""
		}
		return h.Entry
	}
	await := func(want string) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); entry() != want; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the entry is %q, want %q", entry(), want)
			}
		}
	}
	if err := d.Decide(t.Context(), f, *offered[0].Choice); err != nil {
		t.Fatal(err)
	}
	await("zenbill/api")
	offered = titles(3)
	if len(offered) != 1 || offered[0].Choice.Entry != "" {
		t.Fatalf("%+v", offered)
	}
	if err := d.Decide(t.Context(), f, *offered[0].Choice); err != nil {
		t.Fatal(err)
	}
	await("")
	elsewhere := analyzer.New(analyzer.ByLanguageID("python"), []byte(source)).At(filepath.Join(t.TempDir(), "app.py"))
	defer elsewhere.Close()
	if err := d.Decide(t.Context(), elsewhere, *offered[0].Choice); err == nil {
		t.Error("written outside all folders that are open")
	}
}

// A script that shows nothing is what its package says.
func TestPackageType(t *testing.T) {
	d, _ := start(t, "")
	for kind, want := range map[string]string{"commonjs": `require("openai")`, "module": `from "openai"`} {
		folder := t.TempDir()
		write(t, filepath.Join(folder, "package.json"), `{"type": "`+kind+`"}`)
		d.Configure(Session{Folders: []string{folder}})
		f := analyzer.New(analyzer.ByLanguageID("javascript"), []byte("openai\n")).At(filepath.Join(folder, "app.js"))
		defer f.Close()
		found, err := d.Completions(t.Context(), f, len("openai"))
		if err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		all := found[0].Body.New
		for _, e := range found[0].Others {
			all += e.New
		}
		if !strings.Contains(all, want) {
			t.Errorf("%s: %s", kind, all)
		}
	}
}
