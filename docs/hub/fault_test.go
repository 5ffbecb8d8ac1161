package hub

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chubls/chubls/docs"
)

// TestFaults has the hub fail in every way while a document is on its way, and
// while the registry is, with and without an older copy at hand.
func TestFaults(t *testing.T) {
	bomb := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(make([]byte, 1<<20))
		_ = z.Close()
		return bytes.Repeat(b.Bytes(), 200) // streams in a row are one
	}()
	status := func(code int, header ...string) func(*cdn, http.ResponseWriter, *http.Request) bool {
		return func(_ *cdn, w http.ResponseWriter, _ *http.Request) bool {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			return true
		}
	}
	body := func(text string, header ...string) func(*cdn, http.ResponseWriter, *http.Request) bool {
		return func(_ *cdn, w http.ResponseWriter, _ *http.Request) bool {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			_, _ = w.Write([]byte(text))
			return true
		}
	}
	raw := func(head, text string) func(*cdn, http.ResponseWriter, *http.Request) bool {
		return func(_ *cdn, w http.ResponseWriter, _ *http.Request) bool {
			conn, buf, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return false
			}
			_, _ = buf.WriteString(head + "\r\n\r\n" + text)
			_ = buf.Flush()
			_ = conn.Close()
			return true
		}
	}
	for _, tt := range []struct {
		name     string
		fault    func(*cdn, http.ResponseWriter, *http.Request) bool
		doc      error // what a document's error matches
		registry error // and the registry's; nil is the same
		tries    int   // requests; 0 is not checked
		works    bool  // it is a delay only
	}{
		{name: "404", fault: status(404), doc: fs.ErrNotExist, tries: 1},
		{name: "410", fault: status(410), doc: fs.ErrNotExist, tries: 1},
		{name: "403", fault: status(403), doc: errRefused, tries: 1},
		{name: "500", fault: status(500), doc: errUnreachable, tries: 3},
		{name: "502", fault: status(502), doc: errUnreachable, tries: 3},
		{name: "429, come back never", fault: status(429, "Retry-After", "86400"), doc: errUnreachable, tries: 1},
		{name: "503 with a date", fault: status(503, "Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), doc: errUnreachable, tries: 1},
		{name: "429 without a time", fault: status(429), doc: errUnreachable, tries: 3},
		{name: "204", fault: status(204), doc: nil, tries: 1},
		{name: "304 that was not asked for", fault: status(304), doc: nil, tries: 1},
		{name: "slow headers", fault: func(_ *cdn, _ http.ResponseWriter, r *http.Request) bool {
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
			return true
		}, doc: errUnreachable},
		{name: "slow body", fault: func(_ *cdn, w http.ResponseWriter, r *http.Request) bool {
			for range 500 {
				if _, err := w.Write([]byte("# x\n")); err != nil || r.Context().Err() != nil {
					break
				}
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
			return true
		}, doc: errUnreachable},
		{name: "cut, with a length", fault: raw("HTTP/1.1 200 OK\r\nContent-Length: 1000", "# Billing"), doc: errUnreachable, tries: 3},
		{name: "cut, in chunks", fault: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", "40\r\n# Billing"), doc: errUnreachable, tries: 3},
		{name: "cut, without a length", fault: raw("HTTP/1.0 200 OK", "# Bi"), doc: errUnreachable, registry: docs.ErrNotRegistry},
		{name: "cut at once", fault: raw("", ""), doc: errUnreachable},
		{name: "no HTTP", fault: raw("SSH-2.0-OpenSSH", ""), doc: errUnreachable},
		{name: "empty", fault: body(""), doc: errUnreachable, tries: 3},
		{name: "100 MB with a length", fault: func(_ *cdn, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Length", "104857600")
			w.WriteHeader(200)
			return true
		}, doc: docs.ErrTooLarge, tries: 1},
		{name: "100 MB without a length", fault: func(_ *cdn, w http.ResponseWriter, _ *http.Request) bool {
			mega := bytes.Repeat([]byte("x"), 1<<20)
			for range 100 { // more than a registry may have, too
				if _, err := w.Write(mega); err != nil {
					break
				}
			}
			return true
		}, doc: docs.ErrTooLarge, tries: 1},
		{name: "gzip bomb", fault: body(string(bomb), "Content-Encoding", "gzip"), doc: docs.ErrTooLarge, tries: 1},
		{name: "gzip, cut", fault: body(string(bomb[:500]), "Content-Encoding", "gzip"), doc: errUnreachable},
		{name: "no gzip", fault: body("# Billing", "Content-Encoding", "gzip"), doc: errUnreachable},
		{name: "an encoding nobody asked for", fault: body("xx", "Content-Encoding", "br"), doc: nil, tries: 1},
		{name: "a login page", fault: body("\n<!DOCTYPE html><title>Log in</title>"), doc: errUnreachable, registry: docs.ErrNotRegistry, tries: 1},
		{name: "redirect loop", fault: func(c *cdn, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
			return true
		}, doc: nil, tries: maxRedirects + 1},
		{name: "redirect to another scheme", fault: func(c *cdn, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", "file:///etc/hostname")
			w.WriteHeader(302)
			return true
		}, doc: errUnreachable},
		{name: "429, then well", fault: onceIn(2, status(429, "Retry-After", "0")), works: true},
		{name: "500, then well", fault: onceIn(2, status(500)), works: true},
		{name: "cut, then well", fault: onceIn(2, raw("HTTP/1.1 200 OK\r\nContent-Length: 1000", "# Billing")), works: true},
		{name: "redirect within the host", fault: func(_ *cdn, w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.RawQuery, "there") {
				return false
			}
			http.Redirect(w, r, r.URL.Path+"?there", http.StatusTemporaryRedirect)
			return true
		}, works: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, phase := range []string{"registry", "document", "document, with an older copy"} {
				c := newCDN(t, with(tree, "registry.json", strings.Replace(registry, `"size": 100`, `"size": `+itoa(len(billingJS)), 1)))
				cfg := c.config(t.TempDir())
				p := quick
				p.try = 10 * time.Second // under -race, on a machine that is busy
				p.total = 15 * time.Second
				if strings.HasPrefix(tt.name, "slow") {
					p.try = 200 * time.Millisecond
				}
				h := startWith(t, cfg, docs.Observer{}, p)
				s := h.Sources()[0]
				fault := func(w http.ResponseWriter, r *http.Request) bool { return tt.fault(c, w, r) }
				began := time.Now()
				if phase == "registry" {
					c.fail(fault)
					_, err := s.Registry()
					want := tt.doc
					if tt.registry != nil {
						want = tt.registry
					}
					check(t, phase, err, want, tt.works || strings.Contains(tt.name, "100 MB with"))
					if tt.tries > 0 && len(c.requests()) != tt.tries {
						t.Errorf("%s: not %d requests", phase, tt.tries)
					}
					h.Close()
					continue
				}
				reg, err := s.Registry()
				if err != nil {
					t.Fatal(err)
				}
				js := reg.Entries[0].Variants[0]
				if strings.HasSuffix(phase, "copy") {
					read(t, s, js)
					c.put("registry.json", strings.Replace(c.files["registry.json"], `"version": "2.0.0", "path"`, `"version": "2.0.0", "lastUpdated": "2030-01-01", "path"`, 1))
					if err := s.(*Remote).update(t.Context(), true); err != nil {
						t.Fatal(err)
					}
					reg, _ = s.Registry()
					js = reg.Entries[0].Variants[0]
				}
				c.requests()
				c.fail(fault)
				data, err := s.Read(t.Context(), js, docs.DocFile)
				if strings.HasSuffix(phase, "copy") {
					if err != nil || string(data) != billingJS {
						t.Errorf("%s: %q, %v", phase, data, err)
					}
				} else {
					check(t, phase, err, tt.doc, tt.works)
				}
				if got := c.requests(); tt.tries > 0 && len(got) != tt.tries {
					t.Errorf("%s: %d requests, want %d", phase, len(got), tt.tries)
				}
				// What has failed is not asked for again at once.
				if !tt.works {
					_, _ = s.Read(t.Context(), js, docs.DocFile)
					if got := c.requests(); errors.Is(err, fs.ErrNotExist) && len(got) > 0 {
						t.Errorf("%s: asked again: %v", phase, got)
					}
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("%s: it took %v", phase, took)
				}
				h.Close()
				file := filepath.Join(cfg.Dir, "sources", "test", "data", js.Path, "DOC.md")
				if data, err := os.ReadFile(file); err == nil && string(data) != billingJS {
					t.Errorf("%s: the cache holds %.40q", phase, data)
				}
			}
		})
	}
}

func check(t *testing.T, phase string, err, want error, works bool) {
	t.Helper()
	switch {
	case works && err != nil && want == nil:
		t.Errorf("%s: %v", phase, err)
	case works:
	case err == nil:
		t.Errorf("%s: no error", phase)
	case want != nil && !errors.Is(err, want):
		t.Errorf("%s: %v, want %v", phase, err, want)
	}
}

// onceIn lets every n-th request through.
func onceIn(n int32, fault func(*cdn, http.ResponseWriter, *http.Request) bool) func(*cdn, http.ResponseWriter, *http.Request) bool {
	var count atomic.Int32
	return func(c *cdn, w http.ResponseWriter, r *http.Request) bool {
		return count.Add(1)%n != 0 && fault(c, w, r)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	var first atomic.Int64
	c.fail(func(w http.ResponseWriter, _ *http.Request) bool {
		if first.CompareAndSwap(0, time.Now().UnixNano()) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
			return true
		}
		if wait := time.Since(time.Unix(0, first.Load())); wait < 900*time.Millisecond {
			t.Errorf("came back after %v", wait)
		}
		return false
	})
	if _, err := start(t, c.config(t.TempDir())).Sources()[0].Registry(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]time.Duration{"7": 7 * time.Second, "99999999": time.Hour, "": -1, "-3": -1, "soon": -1, "1.5": -1} {
		if got, ok := retryAfter(text, time.Now()); got != want || ok != (want >= 0) {
			t.Errorf("retryAfter(%q) = %v, %v", text, got, ok)
		}
	}
}

// TestOneNotice is about a hub that goes away and comes back.
func TestOneNotice(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	cfg := c.config(t.TempDir())
	var mu sync.Mutex
	var notices []string
	h := startWith(t, cfg, docs.Observer{Notice: func(s string) { mu.Lock(); notices = append(notices, s); mu.Unlock() }}, quick)
	r := h.Sources()[0].(*Remote)
	if _, err := r.Registry(); err != nil {
		t.Fatal(err)
	}
	for round := 1; round <= 2; round++ {
		c.fail(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(500); return true })
		for range 3 {
			_ = r.update(t.Context(), true)
			time.Sleep(quick.down)
		}
		mu.Lock()
		if len(notices) != round || !strings.Contains(notices[round-1], `The hub "test"`) || !strings.Contains(notices[round-1], "What is shown is a minute old") {
			t.Errorf("round %d: %q", round, notices)
		}
		mu.Unlock()
		c.fail(nil)
		if err := r.update(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProgress(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	c.fail(func(_ http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "javascript/DOC.md") {
			time.Sleep(3 * quick.slow)
		}
		return false
	})
	var mu sync.Mutex
	var log []string
	h := startWith(t, c.config(t.TempDir()), docs.Observer{Work: func(title string) (func(int64, int64), func()) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, title)
		return nil, func() { mu.Lock(); log = append(log, "end "+title); mu.Unlock() }
	}}, quick)
	s := h.Sources()[0]
	read(t, s, billing(t, s))
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(log, ", "); got != "Fetching the list of test, end Fetching the list of test, Fetching acme/billing, end Fetching acme/billing" {
		t.Error(got)
	}
}

// secretHub answers only who brings all credentials.
func secretHub(t *testing.T, c *cdn) {
	c.fail(func(w http.ResponseWriter, r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		if r.Header.Get("X-Token") == "hunter2" || user == "me" && password == "hunter2" {
			return false
		}
		w.WriteHeader(401)
		return true
	})
}

func TestCredentials(t *testing.T) {
	t.Setenv("HUB_TOKEN", "hunter2")
	t.Setenv("HUB_EMPTY", "")
	t.Setenv("NETRC", filepath.Join(t.TempDir(), "netrc"))
	login := "machine elsewhere login x password wrong\nmacdef init\n machine 127.0.0.1 password macro\n\n# machine 127.0.0.1 password comment\nmachine 127.0.0.1\n\tlogin me password hunter2\ndefault login anyone password wrong\n"
	if err := os.WriteFile(os.Getenv("NETRC"), []byte(login), 0o600); err != nil {
		t.Fatal(err)
	}
	counter := filepath.Join(t.TempDir(), "count")
	for _, tt := range []struct {
		name string
		set  func(*SourceConfig)
		want string // "" is success
	}{
		{"variable", func(s *SourceConfig) { s.Headers = []Header{{Name: "X-Token", Value: "${HUB_TOKEN}"}} }, ""},
		{"command", func(s *SourceConfig) {
			s.Headers = []Header{{Name: "X-Token", Command: shell("echo run >> " + counter + "; echo hunter2")}}
		}, ""},
		{"prefix", func(s *SourceConfig) {
			s.Headers = []Header{{Name: "Authorization", Value: "Basic ", Command: shell("echo " + base64.StdEncoding.EncodeToString([]byte("me:hunter2")))}}
		}, ""},
		{"address", func(s *SourceConfig) { s.URL = strings.Replace(s.URL, "://", "://me:hunter2@", 1) }, ""},
		{"netrc", func(*SourceConfig) {}, ""},
		{"variable not set", func(s *SourceConfig) { s.Headers = []Header{{Name: "Authorization", Value: "Bearer ${HUB_EMPTY}"}} }, "HUB_EMPTY is not set"},
		{"command fails", func(s *SourceConfig) {
			s.Headers = []Header{{Name: "Authorization", Command: shell("echo hunter2; echo hunter2 >&2; exit 3")}}
		}, "its command failed (exit status 3)"},
		{"command is not there", func(s *SourceConfig) {
			s.Headers = []Header{{Name: "Authorization", Command: []string{"no-such-command-hunter2"}}}
		}, "cannot be started"},
		{"command prints lines", func(s *SourceConfig) {
			s.Headers = []Header{{Name: "Authorization", Command: shell("printf 'hunter2\\nX-Evil: 1'")}}
		}, "more than one line"},
		{"wrong token", func(s *SourceConfig) {
			s.Headers = []Header{{Name: "Authorization", Value: "Bearer hunter2-is-wrong"}}
		}, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.Contains(tt.name, "command") {
				return
			}
			c := newCDN(t, with(tree, "registry.json", registry))
			secretHub(t, c)
			cfg := c.config(t.TempDir())
			tt.set(&cfg.Sources[0])
			var told strings.Builder
			h := startWith(t, cfg, docs.Observer{Notice: func(s string) { told.WriteString(s) }, Problem: func(err error) { told.WriteString(err.Error()) }}, quick)
			reg, err := h.Sources()[0].Registry()
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if _, err := h.Sources()[0].Read(t.Context(), reg.Entries[0].Variants[0], docs.DocFile); err != nil {
					t.Fatal(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v", err)
			}
			told.WriteString(fmt.Sprint(err, h.Status(t.Context(), true)))
			if strings.Contains(told.String(), "hunter2") {
				t.Errorf("a secret is told: %s", told.String())
			}
			_ = filepath.WalkDir(cfg.Dir, func(name string, e fs.DirEntry, _ error) error {
				if data, err := os.ReadFile(name); err == nil && bytes.Contains(data, []byte("hunter2")) {
					t.Errorf("a secret is on disk: %s", name)
				}
				return nil
			})
		})
	}
	if runs, _ := os.ReadFile(counter); runtime.GOOS != "windows" && len(runs) != len("run\n") {
		t.Errorf("the token command ran: %q", runs)
	}
}

// TestTokenIsRenewed has a token that was good grow old.
func TestTokenIsRenewed(t *testing.T) {
	if runtime.GOOS == "windows" {
		return
	}
	c := newCDN(t, with(tree, "registry.json", registry))
	file := filepath.Join(t.TempDir(), "token")
	good := "first"
	c.fail(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == good {
			return false
		}
		w.WriteHeader(401)
		return true
	})
	token := func(s string) {
		good = s
		if err := os.WriteFile(file, []byte(s+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	token("first")
	cfg := c.config(t.TempDir())
	cfg.Sources[0].Headers = []Header{{Name: "Authorization", Command: []string{"cat", file}}}
	r := start(t, cfg).Sources()[0].(*Remote)
	for _, s := range []string{"first", "second"} {
		token(s)
		if err := r.update(t.Context(), true); err != nil {
			t.Error(err)
		}
	}
}

// TestRedirectDropsCredentials follows redirects from host to host.
func TestRedirectDropsCredentials(t *testing.T) {
	var mu sync.Mutex
	leaked := map[string]string{}
	note := func(where string, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		for _, name := range []string{"Authorization", "X-Token", "Referer", "Cookie"} {
			leaked[where] += r.Header.Get(name)
		}
	}
	back := ""
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note("other", r)
		if strings.HasSuffix(r.URL.Path, "/back") {
			http.Redirect(w, r, back, http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(registry))
	}))
	defer other.Close()
	c := newCDN(t, tree)
	target := other.URL + "/registry.json"
	c.fail(func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/v1/registry.json":
			note("first", r)
			http.Redirect(w, r, target, http.StatusFound)
		case "/v1/again":
			note("again", r)
			_, _ = w.Write([]byte(registry))
		}
		return true
	})
	back = c.URL + "/v1/again"
	for _, to := range []string{other.URL + "/registry.json", other.URL + "/back", back} {
		target = to
		clear(leaked)
		cfg := c.config(t.TempDir())
		cfg.Sources[0].URL = strings.Replace(cfg.Sources[0].URL, "://", "://me:hunter2@", 1)
		cfg.Sources[0].Headers = []Header{{Name: "X-Token", Value: "secret"}}
		if _, err := start(t, cfg).Sources()[0].Registry(); err != nil {
			t.Fatal(err)
		}
		if leaked["first"] == "" {
			t.Error("the hub itself got no credentials")
		}
		if leaked["other"] != "" {
			t.Errorf("to %s: another host got %q", to, leaked["other"])
		}
		if same := to == back; same != (leaked["again"] != "") {
			t.Errorf("to %s: on the way back: %q", to, leaked["again"])
		}
	}
}

func TestTLS(t *testing.T) {
	plain := newCDN(t, with(tree, "registry.json", registry))
	toPlain := false
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if toPlain {
			http.Redirect(w, r, plain.URL+r.URL.Path, http.StatusFound)
			return
		}
		plain.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	pemFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(pemFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	source := SourceConfig{Name: "test", URL: server.URL + "/v1", CA: pemFile}
	if _, err := start(t, Config{Dir: t.TempDir(), Sources: []SourceConfig{source}}).Sources()[0].Registry(); err != nil {
		t.Errorf("with ca: %v", err)
	}
	source.CA = ""
	if _, err := start(t, Config{Dir: t.TempDir(), Sources: []SourceConfig{source}}).Sources()[0].Registry(); err == nil || !strings.Contains(err.Error(), `"ca:"`) {
		t.Errorf("without ca: %v", err)
	}
	source.CA, toPlain = pemFile, true
	plain.requests()
	if _, err := start(t, Config{Dir: t.TempDir(), Sources: []SourceConfig{source}}).Sources()[0].Registry(); err == nil || !strings.Contains(err.Error(), "from https to http") {
		t.Errorf("a redirect to http: %v", err)
	}
	if got := plain.requests(); len(got) > 0 {
		t.Errorf("it was followed: %v", got)
	}
}

func TestSameHost(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     bool
	}{
		{"https://a.example/x", "https://A.example:443/y", true},
		{"http://a.example/x", "https://a.example/y", true},
		{"http://a.example:8080/x", "https://a.example/y", false},
		{"https://a.example/x", "https://a.example:8443/y", false},
		{"https://a.example/x", "https://b.a.example/y", false},
		{"https://a.example/x", "https://a.example.evil/y", false},
	} {
		from, err := http.NewRequest("GET", tt.from, nil)
		if err != nil {
			t.Fatal(err)
		}
		to, err := http.NewRequest("GET", tt.to, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := sameHost(from.URL, to.URL); got != tt.want {
			t.Errorf("sameHost(%s, %s) = %v", tt.from, tt.to, got)
		}
	}
}

// TestOffline counts what is dialled, and what a listener hears.
func TestOffline(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	cfg := c.config(t.TempDir())
	h := start(t, cfg)
	s := h.Sources()[0]
	read(t, s, billing(t, s))
	h.Close()
	grow(t, cfg.Dir)
	c.requests()

	cfg.Offline = true
	cfg.Sources = append(cfg.Sources, SourceConfig{Name: "default", implicit: true}, SourceConfig{Name: "other", URL: "https://hub.example"})
	h = start(t, cfg)
	dialled := counting(h.net)
	h.Watch()
	for _, s := range h.Sources() {
		reg, err := s.Registry()
		if s.Name() != "test" {
			if !errors.Is(err, ErrOffline) {
				t.Errorf("%s: %v", s.Name(), err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		read(t, s, billing(t, s))
		if _, err := s.Read(t.Context(), reg.Entries[0].Variants[0], docs.DocFile); !errors.Is(err, ErrOffline) {
			t.Errorf("a document that was never fetched: %v", err)
		}
	}
	for _, o := range []UpdateOptions{{}, {Force: true}, {Full: true}, {All: true}} {
		if err := h.Update(t.Context(), o); !errors.Is(err, ErrOffline) {
			t.Errorf("Update: %v", err)
		}
	}
	h.Status(t.Context(), true)
	h.Poll()
	h.Close()
	if dialled.Load() != 0 || len(c.requests()) != 0 {
		t.Errorf("dialled %d times", dialled.Load())
	}
	// The transport itself refuses, should a caller ever forget to ask.
	client, err := h.net.client("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(c.URL); !errors.Is(err, ErrOffline) {
		t.Errorf("the transport dials: %v", err)
	}
}

func TestBundleIsRefused(t *testing.T) {
	plain := with(tree, "registry.json", registry)
	good := bundle(t, plain)
	bomb := func() string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		_ = w.WriteHeader(&tar.Header{Name: "a/DOC.md", Typeflag: tar.TypeReg, Size: 30 << 20})
		_, _ = w.Write(make([]byte, 30<<20))
		_ = w.Close()
		_ = z.Close()
		return b.String()
	}()
	for _, tt := range []struct {
		name, bundle string
		want         error
	}{
		{"up", bundle(t, plain, &tar.Header{Name: "../../evil", Typeflag: tar.TypeReg, Size: 1}), docs.ErrUnsafePath},
		{"absolute", bundle(t, plain, &tar.Header{Name: "/tmp/evil", Typeflag: tar.TypeReg, Size: 1}), docs.ErrUnsafePath},
		{"drive", bundle(t, plain, &tar.Header{Name: "C:evil", Typeflag: tar.TypeReg, Size: 1}), docs.ErrUnsafePath},
		{"reserved", bundle(t, plain, &tar.Header{Name: "a/nul", Typeflag: tar.TypeReg, Size: 1}), docs.ErrUnsafePath},
		{"link", bundle(t, plain, &tar.Header{Name: "evil", Typeflag: tar.TypeSymlink, Linkname: "/etc"}), docs.ErrUnsafePath},
		{"hard link", bundle(t, plain, &tar.Header{Name: "evil", Typeflag: tar.TypeLink, Linkname: "../x"}), docs.ErrUnsafePath},
		{"device", bundle(t, plain, &tar.Header{Name: "evil", Typeflag: tar.TypeChar}), docs.ErrUnsafePath},
		{"pipe", bundle(t, plain, &tar.Header{Name: "evil", Typeflag: tar.TypeFifo}), docs.ErrUnsafePath},
		{"bomb", bomb, docs.ErrTooLarge},
		{"cut", good[:len(good)-20], nil},
		{"no archive", "<html>", nil},
		{"no registry", bundle(t, map[string]string{"registry.json": "{"}), docs.ErrNotRegistry},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCDN(t, map[string]string{"registry.json": registry, "bundle.tar.gz": tt.bundle})
			cfg := c.config(t.TempDir())
			h := start(t, cfg)
			err := h.Update(t.Context(), UpdateOptions{Full: true})
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
			_ = filepath.WalkDir(cfg.Dir, func(name string, e fs.DirEntry, _ error) error {
				if !e.IsDir() && !strings.HasSuffix(name, ".lock") {
					t.Errorf("%s was written", name)
				}
				return nil
			})
		})
	}
	many := maxBundle
	many.count = 3
	if err := walkBundle(strings.NewReader(good), many, func(string, []byte) error { return nil }); !errors.Is(err, docs.ErrTooLarge) {
		t.Errorf("too many files: %v", err)
	}
}

// TestPauseIsForAll has one request told to wait while others queue.
func TestPauseIsForAll(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	s := start(t, c.config(t.TempDir())).Sources()[0]
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	var first atomic.Bool
	c.fail(func(w http.ResponseWriter, _ *http.Request) bool {
		if !first.CompareAndSwap(false, true) {
			return false
		}
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(429)
		return true
	})
	began := time.Now()
	read(t, s, reg.Entries[1].Variants[0])
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("came back after %v", took)
	}
	first.Store(false)
	var wg sync.WaitGroup
	for _, v := range reg.Entries[0].Variants {
		wg.Go(func() { read(t, s, v) })
	}
	wg.Wait()
}
