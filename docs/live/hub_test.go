package live

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

// A whole hub behind a network: what an editor's user waits for, and fetches.
func TestWholeHub(t *testing.T) {
	folder := os.Getenv("CHUBLS_HUB")
	if folder == "" {
		t.Skip("needs a whole hub: make eval HUB=FOLDER")
	}
	var documents atomic.Int64
	var edited atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/v1/")
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(name, ".md") {
			documents.Add(1)
		}
		if edited.Load() {
			text := strings.ReplaceAll(string(data), `"lastUpdated": "2`, `"lastUpdated": "3`)
			data = []byte(strings.ReplaceAll(text, "# ", "# Edited "))
		}
		_, _ = w.Write(data)
	}))
	defer server.Close()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.yaml"), "sources: [{name: hub, url: "+server.URL+"/v1}]\nrefresh_interval: 0\n")
	open := func() *Desk {
		d := New(Options{Dir: dir, Watch: true, Observer: docs.Observer{Problem: func(err error) { t.Log(err) }}})
		d.Configure(Session{})
		return d
	}
	for _, test := range []struct{ language, source, at, entry string }{
		{"python", "import stripe\nstripe.checkout.Session.create()\n", "create", "stripe/"},
		{"javascript", "import Stripe from 'stripe'\nconst stripe = new Stripe(key)\nawait stripe.checkout.sessions.create({})\n", "create", "stripe/"},
		{"python", "import nothing_that_any_hub_has\nnothing_that_any_hub_has.call()\n", "call", ""},
	} {
		documents.Store(0)
		began := time.Now()
		d := open()
		f := analyzer.New(analyzer.ByLanguageID(test.language), []byte(test.source))
		defer f.Close()
		d.Prefetch(t.Context(), f)
		first, err := d.Hover(t.Context(), f, strings.LastIndex(test.source, test.at))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: first hover after %v, %d documents fetched", test.language, time.Since(began), documents.Load())
		if (first == nil) != (test.entry == "") || first != nil && !strings.HasPrefix(first.Entry, test.entry) {
			t.Errorf("%s: the hover is %+v, want %q", test.source, first, test.entry)
		}
		if n := documents.Load(); n > 10 {
			t.Errorf("%s: %d documents were fetched", test.source, n)
		}
		d.Close()
	}

	// What the hub changes arrives; and is there when the hub is gone.
	const source = "import stripe\nstripe.checkout.Session.create()\n"
	look := func(d *Desk) string {
		f := analyzer.New(analyzer.ByLanguageID("python"), []byte(source))
		defer f.Close()
		h, err := d.Hover(t.Context(), f, strings.Index(source, "create"))
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			return ""
		}
		return h.Markdown()
	}
	edited.Store(true)
	d := open()
	for end := time.Now().Add(20 * time.Second); !strings.HasPrefix(look(d), "### Edited "); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("a document that was updated on the hub is the old one: %.80q", look(d))
		}
	}
	d.Close()
	server.Close()
	began := time.Now()
	d = open()
	defer d.Close()
	if got := look(d); !strings.HasPrefix(got, "### Edited ") {
		t.Errorf("with the hub gone the hover is %.80q", got)
	}
	t.Logf("second start, hub gone: first hover after %v", time.Since(began))
}
