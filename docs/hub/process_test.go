package hub

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chubls/chubls/docs"
)

// helpers runs this binary as another process, where a test asks for that:
// CHUBLS_HELPER names what to do.
func helpers() {
	switch os.Getenv("CHUBLS_HELPER") {
	case "churn":
		churn()
	case "fetch":
		fetchOnce()
	default:
		return
	}
	os.Exit(0)
}

// helper is this binary as another process.
func helper(t testing.TB, what string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), append(env, "CHUBLS_HELPER="+what)...)
	cmd.Stderr = os.Stderr
	return cmd
}

// churn writes to the folder without a pause: registries, documents, notes. A
// note that is written is told on standard output.
func churn() {
	cfg := Config{Dir: os.Getenv("CHUB_DIR"), Sources: []SourceConfig{{Name: "test", URL: os.Getenv("HUB_URL")}}}
	h, _ := newHub(cfg, docs.Observer{}, quick)
	id := "note/" + os.Getenv("HUB_ID")
	r := h.remotes[0]
	for i := 1; ; i++ {
		_ = r.update(h.ctx, true)
		if reg, err := r.Registry(); err == nil {
			for _, e := range reg.Entries {
				for _, v := range e.Variants {
					data, err := r.Read(context.Background(), v, docs.DocFile)
					if err == nil && !whole(string(data)) {
						fmt.Printf("torn %q\n", data)
					}
				}
			}
		}
		if i%7 == 0 {
			_ = h.Update(h.ctx, UpdateOptions{Full: true})
		}
		if _, err := h.Annotations().Write(id, strconv.Itoa(i)); err == nil {
			fmt.Println(i)
		}
	}
}

// whole reports whether a document is one that churnHub serves: "# n", many
// lines and "end n".
func whole(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return strings.HasSuffix(text, "\nend"+strings.TrimPrefix(first, "#")+"\n")
}

// churnHub serves documents and registries of which each answer is another one.
func churnHub(t testing.TB) *httptest.Server {
	var n atomic.Int64
	document := func(i int64) string {
		return fmt.Sprintf("# %d\n%send %d\n", i, strings.Repeat("a line of text\n", int(i%500)), i)
	}
	list := func(i int64) string {
		var entries []string
		for e := range 5 {
			entries = append(entries, fmt.Sprintf(`{"id": "a/%d", "languages": [{"language": "go", "versions": [{"version": "1", "path": "a/%d", "files": ["DOC.md"], "lastUpdated": "%d"}]}]}`, e, e, i))
		}
		return `{"docs": [` + strings.Join(entries, ",\n") + strings.Repeat(" ", int(i%5000)) + `]}`
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := n.Add(1)
		switch {
		case strings.HasSuffix(r.URL.Path, "/registry.json"):
			fmt.Fprint(w, list(i))
		case strings.HasSuffix(r.URL.Path, "/bundle.tar.gz"):
			files := map[string]string{"registry.json": list(i)}
			for e := range 5 {
				files[fmt.Sprintf("a/%d/DOC.md", e)] = document(i)
			}
			fmt.Fprint(w, bundle(t, files))
		case strings.HasSuffix(r.URL.Path, "/DOC.md"):
			fmt.Fprint(w, document(i))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestKill has two processes write to one folder and kills one of them again and
// again at a random moment. CHUBLS_KILLS says how often.
func TestKill(t *testing.T) {
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("CHUBLS_KILLS")); err == nil {
		kills = n
	}
	server := churnHub(t)
	dir := t.TempDir()
	begin := func(id string) (*exec.Cmd, *bufio.Scanner) {
		cmd := helper(t, "churn", "CHUB_DIR="+dir, "HUB_URL="+server.URL, "HUB_ID="+id)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, bufio.NewScanner(out)
	}
	steady, steadyOut := begin("steady")
	told := make(chan int)
	go func() {
		n := 0
		for steadyOut.Scan() {
			if strings.HasPrefix(steadyOut.Text(), "torn") {
				t.Error(steadyOut.Text())
			}
			n++
		}
		told <- n
	}()
	files, notes, latest := 0, 0, 0
	for range kills {
		cmd, out := begin("victim")
		last := ""
		if rand.IntN(4) > 0 && out.Scan() { // it is at work; else it may still be starting
			last = out.Text()
		}
		die := time.AfterFunc(time.Duration(rand.IntN(250_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		for out.Scan() {
			last = out.Text()
		}
		_ = cmd.Wait()
		die.Stop()
		files += intact(t, dir)
		if strings.HasPrefix(last, "torn") {
			t.Error(last)
		}
		// What was told is there, or what came just after it.
		n, ok := OpenAnnotations(dir).Read("note/victim")
		have, _ := strconv.Atoi(n.Note)
		want, _ := strconv.Atoi(last)
		if want == 0 { // killed before it told anything: that of the one before, or its first
			want = latest
			ok = ok || latest == 0
		}
		if !ok || have != want && have != want+1 && have != 1 || have == 1 && want > 1 && last != "" {
			t.Errorf("the note is %q after %q was told", n.Note, last)
		}
		latest = have
		notes += want
	}
	_ = steady.Process.Kill()
	rounds := <-told
	_ = steady.Wait()
	files += intact(t, dir)
	// The next start works.
	h := start(t, Config{Dir: dir, Sources: []SourceConfig{{Name: "test", URL: server.URL}}})
	if _, err := h.Sources()[0].Registry(); err != nil {
		t.Error(err)
	}
	t.Logf("%d kills, %d files looked at, %d notes by those who were killed, %d rounds beside them", kills, files, notes, rounds)
	if rounds == 0 {
		t.Error("the process beside them did nothing")
	}
}

// intact checks every file of the folder and counts them.
func intact(t testing.TB, dir string) (files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), tempPrefix) || strings.HasSuffix(name, ".lock") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil // replaced just now, on Windows
		}
		files++
		good := false
		switch filepath.Ext(name) {
		case ".json":
			good = json.Valid(data)
		case ".md":
			good = whole(string(data))
		case ".gz":
			_, err := docs.ParseRegistry(unpack(data, MaxRegistry))
			good = err == nil
		}
		if !good {
			t.Errorf("%s is torn: %.60q", name, data)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return files
}

// fetchOnce prints the ids of a hub's entries.
func fetchOnce() {
	cfg := Config{Dir: os.Getenv("CHUB_DIR"), Sources: []SourceConfig{{Name: "test", URL: os.Getenv("HUB_URL")}}}
	cfg.Offline = os.Getenv("HUB_OFFLINE") != ""
	h, _ := newHub(cfg, docs.Observer{}, quick)
	reg, err := h.Sources()[0].Registry()
	if cfg.Offline {
		h.Watch()
		err = errors.Join(err, h.Update(context.Background(), UpdateOptions{Full: true}))
		h.Status(context.Background(), true)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range reg.Entries {
		fmt.Println(e.ID)
	}
}

// TestProxy needs a process of its own: net/http reads the environment once.
func TestProxy(t *testing.T) {
	var asked atomic.Value
	asked.Store("")
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.RequestURI, modulesFile) {
			asked.Store(r.Method + " " + r.RequestURI)
		}
		_, _ = w.Write([]byte(registry))
	}))
	defer proxy.Close()
	for _, tt := range []struct{ url, no, want string }{
		{"http://hub.invalid/v1", "", "GET http://hub.invalid/v1/registry.json"},
		{"https://hub.invalid/v1", "", "CONNECT hub.invalid:443"},
		{"http://hub.invalid/v1", "hub.invalid", ""},
	} {
		asked.Store("")
		cmd := helper(t, "fetch", "CHUB_DIR="+t.TempDir(), "HUB_URL="+tt.url, "HTTP_PROXY="+proxy.URL, "HTTPS_PROXY="+proxy.URL,
			"NO_PROXY="+tt.no, "http_proxy=", "https_proxy=", "no_proxy="+tt.no)
		cmd.Env = slices.DeleteFunc(cmd.Env, func(s string) bool { return s == "http_proxy=" || s == "https_proxy=" || s == "no_proxy=" })
		if out, err := cmd.Output(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		if got := asked.Load(); got != tt.want {
			t.Errorf("%s without %q: the proxy was asked %q, want %q", tt.url, tt.no, got, tt.want)
		}
	}
}

// TestOfflineAsTheKernelSeesIt traces a process for sockets.
func TestOfflineAsTheKernelSeesIt(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("missing: strace")
	}
	for _, offline := range []string{"", "1"} {
		log := filepath.Join(t.TempDir(), "log")
		cmd := helper(t, "fetch", "CHUB_DIR="+t.TempDir(), "HUB_URL=http://localhost:9/v1", "HUB_OFFLINE="+offline)
		cmd.Args = append([]string{strace, "-f", "-e", "trace=network", "-o", log, cmd.Path}, cmd.Args[1:]...)
		cmd.Path = strace
		if out, err := cmd.Output(); err != nil {
			t.Skipf("missing: strace that may trace: %v %s", err, out)
		}
		data, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		if calls := strings.Count(string(data), "socket("); (calls == 0) != (offline != "") {
			t.Errorf("offline %q: %d sockets\n%s", offline, calls, data)
		}
	}
}

// TestFullDisk lets a process write no more than 512 bytes to a file: the rest of
// it finds the disk full.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // it is the shell's limit that is used
	}
	c := newCDN(t, with(tree, "registry.json", registry))
	dir := t.TempDir()
	cmd := helper(t, "fetch", "CHUB_DIR="+dir, "HUB_URL="+c.URL+"/v1")
	cmd.Args = []string{"sh", "-c", `ulimit -f 1; exec "$0"`, cmd.Path}
	cmd.Path = "/bin/sh"
	if out, err := cmd.Output(); err != nil || string(out) != "acme/billing\nzeta/mail\n" {
		t.Errorf("%q, %v", out, err)
	}
	have := 0
	_ = filepath.WalkDir(dir, func(name string, e fs.DirEntry, _ error) error {
		if e.IsDir() {
			return nil
		}
		have++
		if strings.HasPrefix(e.Name(), tempPrefix) || e.Name() == registryFile {
			t.Errorf("%s is left over", name)
		}
		return nil
	})
	if have == 0 {
		t.Error("not even what is small was written")
	}
	intact(t, dir)
}

// TestTwoProcessesFetchOnce has several start at once on a fresh folder.
func TestTwoProcessesFetchOnce(t *testing.T) {
	c := newCDN(t, with(tree, "registry.json", registry))
	c.fail(func(http.ResponseWriter, *http.Request) bool { time.Sleep(100 * time.Millisecond); return false })
	dir := t.TempDir()
	var all []*exec.Cmd
	for range 4 {
		cmd := helper(t, "fetch", "CHUB_DIR="+dir, "HUB_URL="+c.URL+"/v1")
		cmd.Env = append(cmd.Env, "CHUBLS_OUT=1")
		var out strings.Builder
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if out.String() != "acme/billing\nzeta/mail\n" {
				t.Errorf("a process says %q", out.String())
			}
		}()
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	// RefreshInterval is zero in those processes, so each asks; one at a time.
	if most := c.most.Load(); most != 1 {
		t.Errorf("%d requests at a time", most)
	}
}
