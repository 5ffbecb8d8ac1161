package hub

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chubls/chubls/docs"
)

func TestMain(m *testing.M) {
	helpers()
	goleak.VerifyTestMain(m)
}

// cdn is a hub on loopback. Only what serves it is a test's; everything in front
// of it is the code that runs.
type cdn struct {
	*httptest.Server

	mu    sync.Mutex
	files map[string]string
	tags  map[string]int // a file's version, for its ETag
	asked []string       // the paths of all requests
	fault func(w http.ResponseWriter, r *http.Request) bool
	busy  atomic.Int32
	most  atomic.Int32 // requests at one time
}

func newCDN(t testing.TB, files map[string]string) *cdn {
	c := &cdn{files: files, tags: map[string]int{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *cdn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := c.busy.Add(1)
	defer c.busy.Add(-1)
	for {
		most := c.most.Load()
		if now <= most || c.most.CompareAndSwap(most, now) {
			break
		}
	}
	name := strings.TrimPrefix(r.URL.Path, "/v1/")
	c.mu.Lock()
	c.asked = append(c.asked, name)
	content, ok := c.files[name]
	tag := fmt.Sprintf(`"%s-%d"`, name, c.tags[name])
	fault := c.fault
	c.mu.Unlock()
	if fault != nil && fault(w, r) {
		return
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", tag)
	http.ServeContent(w, r, name, time.Time{}, strings.NewReader(content))
}

func (c *cdn) put(name, content string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	files := map[string]string{}
	for n, f := range c.files {
		files[n] = f
	}
	files[name] = content
	c.files = files
	c.tags[name]++
}

func (c *cdn) fail(fault func(w http.ResponseWriter, r *http.Request) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = fault
}

// requests returns the paths since the last time, but for the table that comes with
// a registry.
func (c *cdn) requests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := slices.DeleteFunc(c.asked, func(name string) bool { return name == modulesFile })
	c.asked = nil
	slices.Sort(list)
	return list
}

func (c *cdn) config(dir string) Config {
	return Config{
		Dir: dir, RefreshInterval: time.Hour,
		Sources: []SourceConfig{{Name: "test", URL: c.URL + "/v1"}},
	}
}

// quick is a pace for tests.
var quick = pace{
	list: 8 << 20,
	try:  2 * time.Second, bundle: 5 * time.Second, total: 3 * time.Second,
	backoff: 5 * time.Millisecond, tries: 3, down: 20 * time.Millisecond, forget: time.Minute, slow: 30 * time.Millisecond,
}

// start opens a hub whose problems are the test's.
func start(t testing.TB, cfg Config) *Hub { return startWith(t, cfg, docs.Observer{}, quick) }

func startWith(t testing.TB, cfg Config, o docs.Observer, p pace) *Hub {
	t.Helper()
	h, problems := newHub(cfg, o, p)
	for _, p := range problems {
		t.Error(p)
	}
	t.Cleanup(h.Close)
	return h
}

// counting makes the network count, and refuse all but loopback.
func counting(n *network) *atomic.Int32 {
	var dialled atomic.Int32
	dial := n.dial
	n.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled.Add(1)
		if host, _, _ := net.SplitHostPort(address); !isLoopback(host) {
			return nil, fmt.Errorf("a test dials %s", address)
		}
		return dial(ctx, network, address)
	}
	return &dialled
}

// bundle packs files as a bundle.tar.gz.
func bundle(t testing.TB, files map[string]string, extra ...*tar.Header) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	add := func(h *tar.Header, content string) {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		add(&tar.Header{Name: "./" + name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}, content)
	}
	for _, h := range extra {
		add(h, strings.Repeat("x", int(h.Size)))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
