package hub

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chubls/chubls/docs"
)

const billingDoc = "acme/docs/billing/python/DOC.md"

// billing is the variant of a source for Python that is recommended.
func billing(t testing.TB, s docs.Source) *docs.Variant {
	t.Helper()
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range reg.Entries[0].Variants {
		if v.Language == "python" && v.Recommended {
			return v
		}
	}
	t.Fatal("no variant")
	return nil
}

func read(t testing.TB, s docs.Source, v *docs.Variant) string {
	t.Helper()
	data, err := s.Read(t.Context(), v, docs.DocFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func slurp(t testing.TB, parts ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// waitChange waits for the hub's signal.
func waitChange(t testing.TB, h *Hub) {
	t.Helper()
	select {
	case <-h.Changed():
	case <-time.After(10 * time.Second):
		t.Fatal("no change was announced")
	}
}

func noChange(t testing.TB, h *Hub) {
	t.Helper()
	select {
	case <-h.Changed():
		t.Error("a change was announced")
	case <-time.After(250 * time.Millisecond):
	}
}

// grow makes the cached registry look old.
func grow(t testing.TB, dir string) {
	t.Helper()
	file := filepath.Join(dir, "sources", "test", "meta.json")
	m := map[string]any{}
	if err := json.Unmarshal([]byte(slurp(t, file)), &m); err != nil {
		t.Fatal(err)
	}
	m["lastUpdated"] = 1000
	if err := os.WriteFile(file, encode(m), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFirstFetchSecondStart(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	cfg := c.config(t.TempDir())
	h := start(t, cfg)
	s := h.Sources()[0]
	if got := read(t, s, billing(t, s)); got != billingPython {
		t.Errorf("DOC.md = %q", got)
	}
	read(t, s, billing(t, s))
	// One document was asked for, so one is fetched, and only once.
	if diff := cmp.Diff([]string{billingDoc, "registry.json"}, c.requests()); diff != "" {
		t.Error(diff)
	}
	h.Close()
	c.Close()

	// The layout is chub's, byte for byte.
	dir := filepath.Join(cfg.Dir, "sources", "test")
	if slurp(t, dir, "registry.json") != registry || slurp(t, dir, "data", billingDoc) != billingPython {
		t.Error("the cache holds other bytes than the hub")
	}
	if m := slurp(t, dir, "meta.json"); !strings.HasPrefix(m, "{\n  \"lastUpdated\": 1") || strings.HasSuffix(m, "\n") {
		t.Errorf("meta.json = %q", m)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, f := range list {
		have = append(have, f.Name())
	}
	if diff := cmp.Diff([]string{"chubls-fetch.lock", "chubls-registry.gz", "chubls.json", "chubls.lock", "data", "meta.json", "registry.json"}, have); diff != "" {
		t.Error(diff)
	}

	var notices []string
	again := startWith(t, cfg, docs.Observer{Notice: func(s string) { notices = append(notices, s) }}, quick)
	s = again.Sources()[0]
	if got := read(t, s, billing(t, s)); got != billingPython {
		t.Errorf("with the server gone: %q", got)
	}
	if len(notices) != 0 {
		t.Errorf("what is fresh needs no server: %q", notices)
	}
}

func TestStaleWhileRevalidate(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	cfg := c.config(t.TempDir())
	h := start(t, cfg)
	read(t, h.Sources()[0], billing(t, h.Sources()[0]))
	h.Close()
	write(t, filepath.Join(cfg.Dir, "sources", "test"), map[string]string{"meta.json": `{"lastUpdated": 1000, "future": {"key": [1.50]}}`})
	c.requests()

	h = start(t, cfg)
	s := h.Sources()[0]
	block := make(chan struct{})
	c.fail(func(http.ResponseWriter, *http.Request) bool { <-block; return false })
	began := time.Now()
	reg, err := s.Registry()
	if err != nil || time.Since(began) > 10*time.Second {
		t.Fatalf("an old registry is answered at once: %v after %v", err, time.Since(began))
	}
	close(block)
	noChange(t, h) // 304
	if diff := cmp.Diff([]string{"registry.json"}, c.requests()); diff != "" {
		t.Error(diff)
	}
	if again, _ := s.Registry(); again != reg {
		t.Error("what has not changed is another value")
	}
	if m := slurp(t, cfg.Dir, "sources", "test", "meta.json"); !strings.Contains(m, "1.50") || strings.Contains(m, " 1000") {
		t.Errorf("meta.json = %s", m)
	}
	h.Close()

	// The document is updated on the CDN, its registry says so.
	grow(t, cfg.Dir)
	updated := strings.Replace(billingPython, "Send one.", "Send two.", 1)
	c.put(billingDoc, updated)
	c.put("registry.json", strings.Replace(registry, "2026-03-12", "2026-04-01", 1))
	h = start(t, cfg)
	s = h.Sources()[0]
	if got := billing(t, s).Updated; got != "2026-03-12" {
		t.Errorf("at first: %s", got)
	}
	waitChange(t, h)
	v := billing(t, s)
	if v.Updated != "2026-04-01" {
		t.Errorf("after the change: %s", v.Updated)
	}
	c.requests()
	if got := read(t, s, v); got != updated {
		t.Errorf("the document is the old one: %q", got)
	}
	read(t, s, v)
	if diff := cmp.Diff([]string{billingDoc}, c.requests()); diff != "" {
		t.Error(diff)
	}
}

// TestVariantsShareAFolder is a trap: two versions of one folder have different
// dates, and must not be fetched in turns.
func TestVariantsShareAFolder(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	s := start(t, c.config(t.TempDir())).Sources()[0]
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for _, v := range reg.Entries[0].Variants {
			read(t, s, v)
		}
	}
	if got := c.requests(); len(got) != 3 {
		t.Errorf("requests: %v", got)
	}
}

func TestJudge(t *testing.T) {
	day := func(s string) time.Time { d, _ := parseDate(s); return d.Add(time.Hour) }
	data := []byte("text")
	ours := copied{Size: 4, Sum: sum(data), Updated: "2026-03-12", Listed: 9}
	for _, tt := range []struct {
		name    string
		data    string
		written time.Time
		l       listed
		known   copied
		since   int64
		want    state
	}{
		{"ours", "text", day("2020-01-01"), listed{"2026-03-12", 9, 1}, ours, 0, current},
		{"ours, updated since", "text", day("2030-01-01"), listed{"2026-03-13", 9, 1}, ours, 0, stale},
		{"ours, another size since", "text", day("2030-01-01"), listed{"2026-03-12", 10, 1}, ours, 0, stale},
		{"chub's", "text", day("2026-03-12"), listed{"2026-03-12", 4, 1}, copied{}, 0, current},
		{"chub's, size unknown", "text", day("2026-03-12"), listed{"2026-03-12", 0, 1}, copied{}, 0, current},
		{"chub's, several files", "text", day("2026-03-12"), listed{"2026-03-12", 900, 2}, copied{}, 0, current},
		{"chub's, no date", "text", day("2026-03-12"), listed{"", 4, 1}, copied{}, 0, current},
		{"chub's, odd date", "text", day("2026-03-12"), listed{"yesterday", 4, 1}, copied{}, 0, current},
		{"chub's, old", "text", day("2026-03-11"), listed{"2026-03-12", 900, 1}, copied{}, 0, stale},
		{"chub's, over ours", "more", day("2026-03-12"), listed{"2026-03-12", 4, 1}, ours, 0, current},
		{"half written", "te", day("2026-03-12"), listed{"2026-03-12", 4, 1}, copied{}, 0, absent},
		{"half written over ours", "te", day("2026-03-12"), listed{"2026-03-12", 4, 1}, ours, 0, absent},
		{"cut in a letter", "te\xc3", day("2020-03-12"), listed{"2026-03-12", 0, 1}, copied{}, 0, absent},
		{"empty", "", day("2020-03-12"), listed{"", 0, 1}, copied{}, 0, absent},
		{"of another address", "text", day("2026-03-12"), listed{"2026-03-12", 4, 1}, copied{}, day("2026-03-13").UnixMilli(), stale},
	} {
		if got := judge([]byte(tt.data), tt.written, tt.l, tt.known, tt.since); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestChubWritesHalf has chub's files torn while chubls reads them.
func TestChubWritesHalf(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", strings.Replace(registry, `"size": 100`, `"size": `+itoa(len(billingJS)), 1)))
	cfg := c.config(t.TempDir())
	h := start(t, cfg)
	s := h.Sources()[0]
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cfg.Dir, "sources", "test")
	good := slurp(t, dir, "registry.json")
	for _, half := range []string{"", good[:1], good[:len(good)/2], good[:len(good)-1]} {
		write(t, dir, map[string]string{"registry.json": half})
		if again, err := s.Registry(); err != nil || again != reg {
			t.Fatalf("the last good registry is gone: %v", err)
		}
	}
	h.Close()

	// And at the next start, when chub was killed and the server is away.
	write(t, dir, map[string]string{"registry.json": good[:len(good)/2]})
	c.fail(func(w http.ResponseWriter, r *http.Request) bool { w.WriteHeader(500); return true })
	h = start(t, cfg)
	s = h.Sources()[0]
	if _, err := s.Registry(); err != nil {
		t.Errorf("the spare registry: %v", err)
	}
	h.Close()
	// With the server back, the torn file is mended although it looks fresh.
	c.fail(nil)
	h = start(t, cfg)
	s = h.Sources()[0]
	_, _ = s.Registry()
	for deadline := time.Now().Add(5 * time.Second); slurp(t, dir, "registry.json") != good; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the torn registry stays")
		}
	}
	js := reg.Entries[0].Variants[0]
	write(t, dir, map[string]string{"data/" + js.Path + "/DOC.md": billingJS[:20]})
	if got := read(t, s, js); got != billingJS {
		t.Errorf("half a document is shown: %q", got)
	}
	if got := slurp(t, dir, "data", js.Path, "DOC.md"); got != billingJS {
		t.Errorf("half a document stays: %q", got)
	}
	// No sidecar, or a broken one: what chub has fetched is taken as it is.
	c.requests()
	h.Close()
	write(t, dir, map[string]string{"chubls.json": `{"documents": {"a`})
	h = start(t, cfg)
	if got := read(t, h.Sources()[0], js); got != billingJS || len(c.requests()) > 1 {
		t.Errorf("with a broken sidecar: %q", got)
	}
}

func itoa(n int) string { data, _ := json.Marshal(n); return string(data) }

func TestAddressChanges(t *testing.T) {
	first := newCDN(t, with(tree, "registry.json", registry))
	second := newCDN(t, with(tree, "registry.json", registry))
	second.put(billingDoc, "# Another hub\n")
	cfg := first.config(t.TempDir())
	h := start(t, cfg)
	read(t, h.Sources()[0], billing(t, h.Sources()[0]))
	h.Close()
	cfg.Sources = second.config("").Sources
	h = start(t, cfg)
	s := h.Sources()[0]
	if got := read(t, s, billing(t, s)); got != "# Another hub\n" {
		t.Errorf("the document is the other hub's: %q", got)
	}
	h.Close()
	second.requests()
	h = start(t, cfg)
	read(t, h.Sources()[0], billing(t, h.Sources()[0]))
	h.Close()
	if got := second.requests(); len(got) > 1 {
		t.Errorf("fetched again: %v", got)
	}
}

func TestSharedAndCancelled(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	h := start(t, c.config(t.TempDir()))
	r := h.Sources()[0].(*Remote)
	v := billing(t, r)
	c.requests()
	arrived, gone := make(chan struct{}, 100), make(chan struct{}, 100)
	release := make(chan struct{})
	c.fail(func(_ http.ResponseWriter, req *http.Request) bool {
		arrived <- struct{}{}
		select {
		case <-release:
			return false
		case <-req.Context().Done():
			gone <- struct{}{}
			return true
		}
	})

	// Two wait for the same document; one leaves, the other still gets it.
	ctx, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := r.Read(ctx, v, docs.DocFile); !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
	})
	<-arrived
	wg.Go(func() {
		if got := read(t, r, v); got != billingPython {
			t.Errorf("who stayed got %q", got)
		}
	})
	time.Sleep(50 * time.Millisecond)
	leave()
	time.Sleep(50 * time.Millisecond)
	close(release)
	wg.Wait()
	if got := c.requests(); len(got) != 1 {
		t.Errorf("requests: %v", got)
	}

	// Everybody leaves: the request ends.
	release = make(chan struct{})
	ctx, leave = context.WithCancel(t.Context())
	wg.Go(func() { _, _ = r.Read(ctx, v, "references/err.md") })
	<-arrived
	leave()
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Error("the request goes on with nobody waiting")
	}
	wg.Wait()
}

func TestAFewAtATime(t *testing.T) {
	files := map[string]string{}
	var entries []string
	for i := range 40 {
		id := "a/p" + itoa(i)
		files[id+"/DOC.md"] = "# P\n"
		entries = append(entries, `{"id": "`+id+`", "languages": [{"language": "go", "versions": [{"version": "1", "path": "`+id+`"}]}]}`)
	}
	files["registry.json"] = `{"docs": [` + strings.Join(entries, ",") + `]}`
	c := newCDN(t, files)
	c.fail(func(http.ResponseWriter, *http.Request) bool { time.Sleep(2 * time.Millisecond); return false })
	cfg := c.config(t.TempDir())
	cfg.Sources = append(cfg.Sources, SourceConfig{Name: "second", URL: cfg.Sources[0].URL})
	h := start(t, cfg)
	var wg sync.WaitGroup
	for _, s := range h.Sources() {
		reg, err := s.Registry()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range reg.Entries {
			wg.Go(func() { read(t, s, e.Variants[0]) })
		}
	}
	wg.Wait()
	if most := c.most.Load(); most > perHost {
		t.Errorf("%d requests at a time", most)
	}
	if got := len(c.requests()); got != 82 {
		t.Errorf("%d requests, want 82", got)
	}
}

func TestWritesFail(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	home := t.TempDir()
	write(t, home, map[string]string{"chub": "a file stands where the folder should be"})
	var mu sync.Mutex
	var problems []error
	h := startWith(t, c.config(filepath.Join(home, "chub")), docs.Observer{Problem: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, err)
	}}, quick)
	s := h.Sources()[0]
	for range 3 {
		reg, err := s.Registry()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range reg.Entries {
			for _, v := range e.Variants {
				read(t, s, v)
			}
		}
	}
	if got := c.requests(); len(got) != 4 {
		t.Errorf("what is in memory is fetched again: %v", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "stays in memory") {
		t.Errorf("problems: %v", problems)
	}
	if _, err := h.Annotations().Write("a/b", "note"); err == nil {
		t.Error("a note that cannot be kept must not seem to be")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"x": ""})
	d := newDisk(filepath.Join(dir, "x"), func(error) {})
	big := make([]byte, 1<<20)
	for i := range 100 {
		d.write("f"+itoa(i), big)
	}
	if d.held > maxHeld || len(d.memory) > 32 {
		t.Errorf("%d bytes in %d files are held", d.held, len(d.memory))
	}
	if _, _, err := d.read("f99", 2<<20); err != nil {
		t.Error("the latest is gone:", err)
	}
}

func TestCacheLinksLeadNowhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // making a link needs a privilege there
	}
	c := newCDN(t, with(tree, "registry.json", registry))
	cfg := c.config(t.TempDir())
	outside := t.TempDir()
	write(t, filepath.Join(cfg.Dir, "sources", "test"), map[string]string{"keep": ""})
	if err := os.Symlink(outside, filepath.Join(cfg.Dir, "sources", "test", "data")); err != nil {
		t.Fatal(err)
	}
	h := start(t, cfg)
	s := h.Sources()[0]
	if got := read(t, s, billing(t, s)); got != billingPython {
		t.Errorf("DOC.md = %q", got)
	}
	list, err := os.ReadDir(outside)
	if err != nil || len(list) != 0 {
		t.Errorf("written outside the cache: %v, %v", list, err)
	}
}

func TestHostileRegistry(t *testing.T) {
	long := strings.Repeat("x", 300)
	variant := func(path, file string) string {
		data, _ := json.Marshal([]string{file})
		p, _ := json.Marshal(path)
		return `{"id": "a/b` + itoa(len(path)*7+len(file)) + `", "languages": [{"language": "go", "versions": [{"version": "1", "path": ` + string(p) + `, "files": ` + string(data) + `}]}]}`
	}
	c := newCDN(t, map[string]string{"registry.json": `{"docs": [` + strings.Join([]string{
		variant("../../x", "DOC.md"), variant("/etc", "DOC.md"), variant("C:/x", "DOC.md"), variant("a", "../../../escape.md"),
		variant("nul", "DOC.md"), variant(long, "DOC.md"), variant("ok%2e%2e", "DOC.md"),
	}, ",") + `]}`, long + "/DOC.md": "# Long\n", "ok%2e%2e/DOC.md": "# Percent\n"})
	home := t.TempDir()
	cfg := c.config(filepath.Join(home, "chub"))
	h, _ := newHub(cfg, docs.Observer{}, quick)
	defer h.Close()
	s := h.Sources()[0]
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	if len(reg.Entries) != 2 || len(reg.Problems) != 10 {
		t.Fatalf("%d entries, problems %v", len(reg.Entries), reg.Problems)
	}
	if got := read(t, s, reg.Entries[0].Variants[0]); got != "# Long\n" { // the disk takes no such name: memory does
		t.Errorf("over-long: %q", got)
	}
	if got := read(t, s, reg.Entries[1].Variants[0]); got != "# Percent\n" {
		t.Errorf("a percent sign: %q", got)
	}
	_ = filepath.WalkDir(home, func(name string, e fs.DirEntry, _ error) error {
		if strings.Contains(name, "escape") {
			t.Errorf("%s was written", name)
		}
		return nil
	})
}

func TestStatusAndClear(t *testing.T) {
	t.Setenv("HUB_TOKEN", "hunter2")
	c := newCDN(t, with(tree, "registry.json", registry))
	cfg := c.config(t.TempDir())
	cfg.Sources[0].URL = strings.Replace(cfg.Sources[0].URL, "http://", "http://user:hunter2@", 1)
	cfg.Sources[0].Headers = []Header{{Name: "X-Token", Value: "${HUB_TOKEN}"}}
	write(t, cfg.Dir, tree2("guides"))
	cfg.Sources = append(cfg.Sources, SourceConfig{Name: "own", Path: "guides"}, SourceConfig{Name: "lost", Path: "lost"})
	h := start(t, cfg)
	if _, err := h.Annotations().Write("acme/billing", "keep me"); err != nil {
		t.Fatal(err)
	}
	write(t, cfg.Dir, map[string]string{"config.yaml": "# mine\n"})
	s := h.Sources()[0]
	read(t, s, billing(t, s))
	all := h.Status(t.Context(), true)
	if len(all) != 3 {
		t.Fatalf("status: %+v", all)
	}
	far := all[0]
	if far.Kind != "remote" || !far.Reachable || far.Entries != 2 || far.Documents != 1 || far.Bytes != int64(len(billingPython)) || far.Age < 0 || far.Age > time.Minute || far.Problem != nil {
		t.Errorf("remote: %+v", far)
	}
	if !slices.Equal(far.Credentials, []string{"X-Token: from $HUB_TOKEN", "Authorization: from its address"}) || strings.Contains(far.Where, "hunter2") {
		t.Errorf("credentials: %v at %s", far.Credentials, far.Where)
	}
	if own := all[1]; own.Kind != "content tree" || own.Entries != 2 || own.Problem != nil {
		t.Errorf("own: %+v", own)
	}
	if all[2].Problem == nil {
		t.Error("a folder that is not there is a problem")
	}
	files, size, err := h.Clear()
	if err != nil || files < 5 || size < int64(len(registry)) {
		t.Errorf("Clear: %d files, %d bytes, %v", files, size, err)
	}
	if _, ok := h.Annotations().Read("acme/billing"); !ok || slurp(t, cfg.Dir, "config.yaml") != "# mine\n" {
		t.Error("Clear has removed more than the cache")
	}
	if got := read(t, s, billing(t, s)); got != billingPython {
		t.Errorf("after Clear: %q", got)
	}
}

func tree2(below string) map[string]string {
	m := map[string]string{}
	for name, content := range tree {
		m[below+"/"+name] = content
	}
	return m
}
