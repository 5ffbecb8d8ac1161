package hub

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chubls/chubls/docs"
)

func TestWatchTree(t *testing.T) {
	for _, mode := range []string{"events", "poll"} {
		t.Run(mode, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tree)
			h := start(t, Config{Dir: t.TempDir(), Sources: []SourceConfig{{Name: "test", Path: dir}}})
			if mode == "events" {
				h.Watch()
				time.Sleep(50 * time.Millisecond)
			}
			look := func() {
				t.Helper()
				if mode == "poll" {
					h.Poll()
				}
				waitChange(t, h)
			}
			s := h.Sources()[0]
			reg, err := s.Registry()
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := s.Registry(); again != reg {
				t.Error("what has not changed is another value")
			}
			write(t, dir, map[string]string{billingDoc: billingPython + "\nMore.\n"})
			look()
			again, err := s.Registry()
			if err != nil || again == reg {
				t.Errorf("a document has changed, the registry has not: %v", err)
			}
			if got := read(t, s, billing(t, s)); !strings.HasSuffix(got, "More.\n") {
				t.Errorf("DOC.md = %q", got)
			}
			write(t, dir, map[string]string{"new/docs/thing/go/DOC.md": "---\nname: thing\nversions: 1\n---\n# T\n"})
			look()
			if diff := cmp.Diff([]string{"acme/billing", "new/thing", "zeta/mail"}, ids(t, s)); diff != "" {
				t.Error(diff)
			}
			time.Sleep(2 * settle) // the folders of the new author are watched too
			write(t, dir, map[string]string{"new/docs/thing/go/DOC.md": "---\nname: other\nversions: 1\n---\n# T\n"})
			look()
			if got := strings.Join(ids(t, s), " "); !strings.Contains(got, "new/other") {
				t.Error(got)
			}
			write(t, dir, map[string]string{".git/index": "x", "acme/DOC.md~": "x"})
			if mode == "poll" {
				h.Poll()
			}
			noChange(t, h)
		})
	}
}

// TestWatchRegistry has chub, or another chubls, renew the registry.
func TestWatchRegistry(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	cfg := c.config(t.TempDir())
	write(t, filepath.Join(cfg.Dir, "sources", "test"), map[string]string{"keep": ""})
	h := start(t, cfg)
	h.Watch()
	if got := len(ids(t, h.Sources()[0])); got != 2 {
		t.Fatal(got)
	}
	noChange(t, h) // the first answer is no change
	write(t, filepath.Join(cfg.Dir, "sources", "test"), map[string]string{"registry.json": `{"docs": [{"id": "a/b", "languages": [{"language": "go", "versions": [{"path": "a"}]}]}]}`})
	waitChange(t, h)
	if got := ids(t, h.Sources()[0]); len(got) != 1 || got[0] != "a/b" {
		t.Error(got)
	}
}

func TestAnnotations(t *testing.T) {
	dir := t.TempDir()
	h := start(t, Config{Dir: dir})
	a := h.Annotations()
	if _, ok := a.Read("stripe/payments"); ok || len(a.List()) != 0 {
		t.Error("notes where there are none")
	}
	wrote, err := a.Write("acme:stripe/payments", "Use <idempotency> keys & \"quotes\" 🎉\nalways")
	if err != nil {
		t.Fatal(err)
	}
	waitChange(t, h)
	file := slurp(t, dir, "annotations", "stripe--payments.json")
	want := "{\n  \"id\": \"stripe/payments\",\n  \"note\": \"Use <idempotency> keys & \\\"quotes\\\" 🎉\\nalways\",\n  \"updatedAt\": \"" + wrote.Updated.Format(isoTime) + "\"\n}"
	if file != want {
		t.Errorf("the file is\n%s\nwant\n%s", file, want)
	}
	if got, ok := a.Read("stripe/payments"); !ok || got != wrote {
		t.Errorf("Read = %+v", got)
	}
	if got, ok := a.Read("other:stripe/payments"); !ok || got != wrote {
		t.Errorf("with a source before it: %+v", got)
	}
	// Of two ids with one file, only the one that was written has the note.
	if _, ok := a.Read("stripe--payments"); ok {
		t.Error("the note is another entry's")
	}

	h.Watch()
	time.Sleep(50 * time.Millisecond)
	write(t, dir, map[string]string{"annotations/stytch--auth.json": `{"id":"stytch/auth","note":"from chub","updatedAt":"2026-01-02T03:04:05.678Z"}`})
	waitChange(t, h)
	if got, ok := a.Read("stytch/auth"); !ok || got.Note != "from chub" || got.Updated.UnixMilli() != 1767323045678 {
		t.Errorf("chub's note: %+v, %v", got, ok)
	}
	// Half of it, while chub writes: the note from before stays.
	write(t, dir, map[string]string{"annotations/stytch--auth.json": `{"id":"stytch/auth","no`, "annotations/odd.json": "[]", "annotations/x.txt": "{}"})
	time.Sleep(5 * settle)
	if got, ok := a.Read("stytch/auth"); !ok || got.Note != "from chub" {
		t.Errorf("half written: %+v, %v", got, ok)
	}
	if list := a.List(); len(list) != 2 || list[0].ID != "stripe/payments" {
		t.Errorf("List = %+v", list)
	}
	for range 2 {
		ok, err := a.Clear("stytch/auth")
		if err != nil {
			t.Error(err)
		}
		if _, still := a.Read("stytch/auth"); still {
			t.Error("cleared, and still there")
		}
		if !ok {
			break
		}
	}
	for _, id := range []string{"", "../x", "a/../b", `a\b`, "a\x00b", strings.Repeat("x", 300), "nul", "src:"} {
		if strings.Contains(id, "..") && !strings.HasPrefix(id, "..") {
			continue // "a--..--b" is a plain name
		}
		if _, err := a.Write(id, "x"); err == nil && id != "../x" {
			t.Errorf("Write(%q) is no error", id)
		}
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 {
		t.Errorf("written outside the folder of notes: %v, %v", list, err)
	}
}

// TestLargeRegistry compares 100,000 entries with those of the public hub.
func TestLargeRegistry(t *testing.T) {
	if testing.Short() || os.Getenv("CHUBLS_LARGE") == "" {
		t.Skip("missing: CHUBLS_LARGE=1, it takes some seconds")
	}
	type figures struct {
		bytes int
		load  time.Duration
		heap  uint64
		read  time.Duration
	}
	measure := func(n int) figures {
		type version struct {
			Version     string   `json:"version"`
			Path        string   `json:"path"`
			Files       []string `json:"files"`
			Size        int      `json:"size"`
			LastUpdated string   `json:"lastUpdated"`
		}
		type language struct {
			Language string    `json:"language"`
			Versions []version `json:"versions"`
		}
		type entry struct {
			ID          string     `json:"id"`
			Name        string     `json:"name"`
			Description string     `json:"description"`
			Source      string     `json:"source"`
			Tags        []string   `json:"tags"`
			Languages   []language `json:"languages"`
		}
		var list struct {
			Docs []entry `json:"docs"`
		}
		for i := range n {
			id := "author" + itoa(i) + "/package"
			list.Docs = append(list.Docs, entry{id, "package", "A package that does a thing, number " + itoa(i), "maintainer", []string{"thing", "go"},
				[]language{{"go", []version{{"1.0.0", "author" + itoa(i) + "/docs/package/go", []string{"DOC.md"}, 8, "2026-03-12"}}}}})
		}
		data, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, "sources", "test"), map[string]string{"registry.json": string(data), "meta.json": `{"lastUpdated": ` + itoa(int(time.Now().UnixMilli())) + `}`})
		last := list.Docs[n-1].Languages[0].Versions[0].Path
		write(t, filepath.Join(dir, "sources", "test", "data"), map[string]string{last + "/DOC.md": "# Thing\n"})
		f := figures{bytes: len(data)}
		data, list.Docs = nil, nil
		h := start(t, Config{Dir: dir, RefreshInterval: time.Hour, Sources: []SourceConfig{{Name: "test", URL: "http://127.0.0.1:1"}}})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began := time.Now()
		reg, err := h.Sources()[0].Registry()
		if err != nil {
			t.Fatal(err)
		}
		f.load = time.Since(began)
		runtime.GC()
		runtime.ReadMemStats(&after)
		f.heap = after.HeapAlloc - before.HeapAlloc
		v := reg.Entries[n-1].Variants[0]
		began = time.Now()
		for range 100 {
			if _, err := h.Sources()[0].Read(t.Context(), v, docs.DocFile); err != nil {
				t.Fatal(err)
			}
		}
		f.read = time.Since(began) / 100
		runtime.KeepAlive(reg)
		return f
	}
	small, large := measure(1553), measure(100_000)
	t.Logf("1,553 entries: %+v", small)
	t.Logf("100,000 entries: %+v", large)
	t.Logf("ratios: entries 64.4, load %.1f, heap %.1f, read %.2f", float64(large.load)/float64(small.load), float64(large.heap)/float64(small.heap), float64(large.read)/float64(small.read))
}

// TestWatchWhatIsNotThereYet has chub make its folders after the start.
func TestWatchWhatIsNotThereYet(t *testing.T) {
	dir := t.TempDir()
	h := start(t, Config{Dir: dir, Sources: []SourceConfig{{Name: "own", Path: "own"}}})
	h.Watch()
	time.Sleep(50 * time.Millisecond)
	if _, ok := h.Annotations().Read("a/b"); ok {
		t.Error("a note where there is none")
	}
	if _, err := h.Sources()[0].Registry(); err == nil {
		t.Error("a folder where there is none")
	}
	write(t, dir, map[string]string{"annotations/a--b.json": `{"id":"a/b","note":"x","updatedAt":""}`})
	waitChange(t, h)
	if n, ok := h.Annotations().Read("a/b"); !ok || n.Note != "x" || !n.Updated.IsZero() {
		t.Errorf("the note is %+v", n)
	}
	write(t, dir, tree2("own"))
	waitChange(t, h)
	if got := ids(t, h.Sources()[0]); len(got) == 0 {
		t.Error("the folder has come into being, and nobody looks")
	}
}
