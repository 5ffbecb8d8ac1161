package live

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/chubls/chubls/analyzer"
)

// list makes a registry of n entries, of which the last has a document.
func list(n int) string {
	var b strings.Builder
	b.WriteString(`{"version": "1", "docs": [`)
	for i := range n - 1 {
		fmt.Fprintf(&b, `{"id": "author%d/package-%d", "name": "package-%d", "description": "Coding guide for the %d-th client library of somebody", "source": "community", "tags": ["api", "tag%d"], "languages": [
			{"language": "python", "recommendedVersion": "1.0.0", "versions": [{"version": "1.0.0", "path": "author%d/docs/package-%d/python", "files": ["DOC.md"], "size": 12000, "lastUpdated": "2026-01-02"}]},
			{"language": "javascript", "recommendedVersion": "1.0.0", "versions": [{"version": "1.0.0", "path": "author%d/docs/package-%d/javascript", "files": ["DOC.md"], "size": 12000, "lastUpdated": "2026-01-02"}]}]},`,
			i/3, i, i, i, i%50, i/3, i, i/3, i)
	}
	b.WriteString(strings.TrimPrefix(registry, `{"version": "1", "docs": [`))
	return b.String()
}

// The size of a registry must not be felt: the metrics of the larger one are to
// be divided by those of the public hub's size.
func BenchmarkRegistry(b *testing.B) {
	for _, n := range []int{1_553, 100_000} {
		text := list(n)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/registry.json") {
				fmt.Fprint(w, text)
			} else {
				fmt.Fprint(w, guide)
			}
		}))
		defer server.Close()
		dir := b.TempDir()
		write(b, filepath.Join(dir, "config.yaml"), "sources: [{name: hub, url: "+server.URL+"/v1}]\n")
		const source = "import zenbill\nclient = zenbill.Client()\nclient.bills.send(7)\n"
		f := analyzer.New(analyzer.ByLanguageID("python"), []byte(source))
		defer f.Close()
		begin := func() *Desk {
			d := New(Options{Dir: dir})
			d.Configure(Session{})
			if h, err := d.Hover(b.Context(), f, strings.Index(source, "send")); err != nil || h == nil || h.Entry != "zenbill/api" {
				b.Fatalf("%+v, %v", h, err)
			}
			return d
		}
		begin().Close() // fetch
		b.Run(fmt.Sprintf("start/%d", n), func(b *testing.B) {
			for b.Loop() {
				begin().Close()
			}
		})
		b.Run(fmt.Sprintf("hover/%d", n), func(b *testing.B) {
			d := begin()
			defer d.Close()
			for b.Loop() {
				if _, ok := d.HoverNow(f, strings.Index(source, "send")); !ok {
					b.Fatal("not at hand")
				}
			}
		})
		b.Run(fmt.Sprintf("memory/%d", n), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				d := begin()
				runtime.GC()
				runtime.ReadMemStats(&after)
				d.Close()
			}
			b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1e6, "MB")
		})
	}
}
