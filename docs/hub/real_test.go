package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chubls/chubls/docs"
)

// TestRealHub serves a copy of the public hub on loopback.
func TestRealHub(t *testing.T) {
	dir := needHub(t)
	var requests atomic.Int32
	edited := atomic.Bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(r.URL.Path, "/v1/"))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		if edited.Load() {
			switch {
			case strings.HasSuffix(r.URL.Path, "/registry.json"):
				data = []byte(strings.ReplaceAll(string(data), `"lastUpdated": "2`, `"lastUpdated": "3`))
			case strings.HasSuffix(r.URL.Path, ".md"):
				data = append(data, "\nEdited.\n"...)
			}
		}
		_, _ = w.Write(data)
	}))
	defer server.Close()
	cfg := Config{Dir: t.TempDir(), RefreshInterval: time.Hour, Sources: []SourceConfig{{Name: "default", URL: server.URL + "/v1"}}}
	find := func(s docs.Source, id string) *docs.Variant {
		reg, err := s.Registry()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range reg.Entries {
			if e.ID == id {
				return e.Variants[0]
			}
		}
		t.Fatalf("no %s among %d entries", id, len(reg.Entries))
		return nil
	}
	h := startWith(t, cfg, docs.Observer{}, defaultPace)
	s := h.Sources()[0]
	began := time.Now()
	first := read(t, s, find(s, "stripe/payments"))
	t.Logf("fresh home: first document after %v, %d requests", time.Since(began), requests.Load())
	if requests.Load() != 3 { // the registry, its table, the document
		t.Errorf("%d requests for one document", requests.Load())
	}

	edited.Store(true)
	if err := s.(*Remote).update(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	waitChange(t, h)
	if got := read(t, s, find(s, "stripe/payments")); got != first+"\nEdited.\n" {
		t.Error("a document that was updated on the CDN is the old one")
	}
	edited.Store(false)
	requests.Store(0)
	began = time.Now()
	if err := h.Update(t.Context(), UpdateOptions{All: true}); err != nil {
		t.Fatal(err)
	}
	status := h.Status(t.Context(), false)[0]
	t.Logf("all of it: %d files, %d bytes after %v, %d requests", status.Documents, status.Bytes, time.Since(began), requests.Load())
	h.Close()

	server.Close()
	h = startWith(t, cfg, docs.Observer{}, quick)
	s = h.Sources()[0]
	began = time.Now()
	if got := read(t, s, find(s, "stripe/payments")); got != first {
		t.Error("with the server gone it is another document")
	}
	t.Logf("second start, server gone: first document after %v", time.Since(began))
	reg, _ := s.Registry()
	began = time.Now()
	count := 0
	for _, e := range reg.Entries {
		for _, v := range e.Variants {
			if _, err := s.Read(t.Context(), v, docs.DocFile); err != nil {
				t.Error(err)
			}
			count++
		}
	}
	t.Logf("%d documents from the cache in %v", count, time.Since(began))
}

// chub is the real client, installed from npm.
type chub struct {
	t    testing.TB
	bin  string
	home string
	dir  string
}

func (c chub) run(args ...string) (string, error) {
	cmd := exec.CommandContext(c.t.Context(), "node", append([]string{c.bin}, args...)...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "CHUB_DIR=" + c.dir,
		"CHUB_TELEMETRY=0", "CHUB_FEEDBACK=0", "CHUB_TELEMETRY_URL=http://127.0.0.1:9", "CHUB_HELP_URL=http://127.0.0.1:9/help.json",
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestInterop has the real client on the same folder. Nothing but loopback is
// asked once it is installed.
func TestInterop(t *testing.T) {
	if os.Getenv("CHUBLS_INTEROP") == "" {
		t.Skip("missing: CHUBLS_INTEROP=1, which installs @aisuite/chub from npm")
	}
	rounds := 200
	if n, err := strconv.Atoi(os.Getenv("CHUBLS_ROUNDS")); err == nil {
		rounds = n
	}
	for _, version := range []string{"0.1.4", "0.1.1"} {
		t.Run(version, func(t *testing.T) {
			where := t.TempDir()
			install := exec.CommandContext(t.Context(), "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", where, "@aisuite/chub@"+version)
			if out, err := install.CombinedOutput(); err != nil {
				t.Fatalf("npm install: %v\n%s", err, out)
			}
			interop(t, filepath.Join(where, "node_modules", "@aisuite", "chub", "bin", "chub"), rounds)
		})
	}
}

func interop(t *testing.T, bin string, rounds int) {
	const older, newer = billingPython, billingPython + "\nOne more line.\n"
	list := func(n int, day string) string {
		return fmt.Sprintf(`{"version": "1.0.0", "docs": [{"id": "acme/billing", "name": "billing", "description": "Invoices", "source": "maintainer", "tags": [], "languages": [{"language": "python", "recommendedVersion": "1.10", "versions": [{"version": "1.10", "path": "acme/docs/billing/python", "files": ["DOC.md"], "size": %d, "lastUpdated": "%s"}]}]}], "skills": []}`, n, day)
	}
	home := func(c *cdn) (chub, Config) {
		base := t.TempDir()
		dir := filepath.Join(base, ".chub")
		write(t, dir, map[string]string{"config.yaml": "cdn_url: " + c.URL + "/v1\n"})
		cfg, err := LoadConfig(dir)
		if err != nil {
			t.Fatal(err)
		}
		return chub{t, bin, base, dir}, cfg
	}
	must := func(out string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return out
	}
	files := map[string]string{billingDoc: older, "registry.json": list(len(older), "2026-03-12"), "search-index.json": `{"version":"1"}`}

	t.Run("notes", func(t *testing.T) {
		client, cfg := home(newCDN(t, files))
		h := start(t, cfg)
		must(client.run("annotate", "acme/billing", "from chub: <b> \"é\" 🎉"))
		if n, ok := h.Annotations().Read("acme/billing"); !ok || n.Note != "from chub: <b> \"é\" 🎉" || time.Since(n.Updated) > time.Minute {
			t.Errorf("chub's note: %+v, %v", n, ok)
		}
		file := filepath.Join(cfg.Dir, "annotations", "acme--billing.json")
		theirs := slurp(t, file)
		ours, err := h.Annotations().Write("acme/billing", "from chub: <b> \"é\" 🎉")
		if err != nil {
			t.Fatal(err)
		}
		var s stored
		if err := json.Unmarshal([]byte(theirs), &s); err != nil {
			t.Fatal(err)
		}
		if got := strings.Replace(slurp(t, file), ours.Updated.Format(isoTime), s.UpdatedAt, 1); got != theirs {
			t.Errorf("ours is\n%s\nchub's is\n%s", got, theirs)
		}
		if _, err := h.Annotations().Write("acme/billing", "from chubls"); err != nil {
			t.Fatal(err)
		}
		if out := must(client.run("annotate", "acme/billing")); !strings.Contains(out, "from chubls") {
			t.Errorf("chub says %q", out)
		}
		must(client.run("annotate", "acme/billing", "--clear"))
		if _, ok := h.Annotations().Read("acme/billing"); ok {
			t.Error("cleared by chub, and still there")
		}
	})

	t.Run("chub reads our cache", func(t *testing.T) {
		c := newCDN(t, files)
		client, cfg := home(c)
		h := start(t, cfg)
		read(t, h.Sources()[0], billing(t, h.Sources()[0]))
		if _, err := h.Annotations().Write("acme/billing", "mind the rounding"); err != nil {
			t.Fatal(err)
		}
		h.Close()
		c.Close()
		out := must(client.run("get", "acme/billing", "--lang", "python"))
		if !strings.HasPrefix(out, older) || !strings.Contains(out, "mind the rounding") {
			t.Errorf("chub says %q", out)
		}
		if out := must(client.run("cache", "status")); !strings.Contains(out, "default") {
			t.Errorf("chub says %q", out)
		}
	})

	t.Run("we read chub's cache", func(t *testing.T) {
		c := newCDN(t, files)
		client, cfg := home(c)
		must(client.run("update"))
		must(client.run("get", "acme/billing", "--lang", "python"))
		c.requests()
		h := start(t, cfg)
		if got := read(t, h.Sources()[0], billing(t, h.Sources()[0])); got != older {
			t.Errorf("DOC.md = %q", got)
		}
		if got := c.requests(); len(got) > 0 {
			t.Errorf("what chub has fetched is fetched again: %v", got)
		}
		h.Close()
		// Updated on the CDN: chub never fetches it again; we do, for chub as well.
		c.put(billingDoc, newer)
		c.put("registry.json", list(len(newer), time.Now().AddDate(0, 0, 1).Format(time.DateOnly)))
		must(client.run("update"))
		h = start(t, cfg)
		if got := read(t, h.Sources()[0], billing(t, h.Sources()[0])); got != newer {
			t.Errorf("DOC.md = %q", got)
		}
		h.Close()
		c.Close()
		if out := must(client.run("get", "acme/billing", "--lang", "python")); !strings.HasPrefix(out, newer) {
			t.Errorf("chub says %q", out)
		}
	})

	t.Run("both at once", func(t *testing.T) {
		c := newCDN(t, files)
		client, cfg := home(c)
		h := startWith(t, cfg, docs.Observer{}, quick)
		r := h.Sources()[0].(*Remote)
		if _, err := r.Registry(); err != nil {
			t.Fatal(err)
		}
		h.Watch()
		stop := make(chan struct{})
		var wg sync.WaitGroup
		var reads, writes atomic.Int64
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				_ = r.update(t.Context(), true)
				data, err := r.Read(t.Context(), billing(t, r), docs.DocFile)
				if text := string(data); err != nil || text != older && text != newer {
					t.Errorf("torn: %.40q, %v", text, err)
				}
				reads.Add(1)
				if _, err := h.Annotations().Write("note/ours", strconv.Itoa(i)); err != nil {
					t.Error(err)
				}
				if n, ok := h.Annotations().Read("note/ours"); !ok || n.Note != strconv.Itoa(i) {
					t.Errorf("a note is lost: %+v", n)
				}
				writes.Add(1)
			}
		})
		dir := filepath.Join(cfg.Dir, "sources", "default")
		var refused atomic.Int64
		for i := range rounds {
			if i%2 == 0 {
				c.put(billingDoc, newer)
				c.put("registry.json", list(len(newer), "2026-05-01"))
			} else {
				c.put(billingDoc, older)
				c.put("registry.json", list(len(older), "2026-03-12"))
			}
			var each sync.WaitGroup
			for _, args := range [][]string{{"update"}, {"get", "acme/billing", "--lang", "python"}, {"annotate", "note/chub", strconv.Itoa(i)}} {
				each.Go(func() {
					// chub itself may trip over the half-written registry of another
					// chub; that is its own.
					if out, err := client.run(args...); err != nil && !strings.Contains(out, "JSON") {
						t.Errorf("chub %v: %v\n%s", args, err, out)
					} else if err != nil {
						refused.Add(1)
					}
				})
				if args[0] == "update" && i%4 == 0 {
					_ = os.Remove(filepath.Join(dir, "data", billingDoc)) // so that both fetch it
				}
			}
			each.Wait()
			for _, name := range []string{"registry.json", "meta.json", "chubls.json"} {
				if data := slurp(t, dir, name); !json.Valid([]byte(data)) {
					t.Errorf("round %d: %s is torn: %.60q", i, name, data)
				}
			}
			if data, err := os.ReadFile(filepath.Join(dir, "data", billingDoc)); err == nil && string(data) != older && string(data) != newer {
				t.Errorf("round %d: the document is torn: %.60q", i, data)
			} else if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
			if n, ok := OpenAnnotations(cfg.Dir).Read("note/chub"); !ok || n.Note != strconv.Itoa(i) {
				t.Errorf("round %d: chub's note is %+v", i, n)
			}
		}
		close(stop)
		wg.Wait()
		t.Logf("%d rounds of three chub commands, %d reads and %d notes of ours beside them, chub tripped over itself %d times", rounds, reads.Load(), writes.Load(), refused.Load())
	})
}
