package hub

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chubls/chubls/docs"
)

func TestKeep(t *testing.T) {
	dir := t.TempDir()
	name, err := Keep(dir, "starter", "stripe/docs/payments/python", []byte("# Stripe\n"))
	if err != nil || !filepath.IsAbs(name) || filepath.Base(name) != docs.DocFile {
		t.Fatal(name, err)
	}
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"# Stripe\n", "# Stripe, anew\n"} {
		again, err := Keep(dir, "starter", "stripe/docs/payments/python", []byte(text))
		if err != nil || again != name {
			t.Fatal(again, err)
		}
		got, err := os.ReadFile(name)
		if err != nil || string(got) != text {
			t.Errorf("the file has %q, %v", got, err)
		}
		if info, err := os.Stat(name); err != nil || info.ModTime().Equal(old) != (text == "# Stripe\n") {
			t.Errorf("it was written at %v: what is there already needs no writing", info.ModTime())
		}
	}
	for _, bad := range []string{"../../../etc", "/etc", "a/../../../../b", ""} {
		// Whatever comes of it lies in the cache.
		name, err := Keep(dir, "starter", bad, []byte("x"))
		if err == nil {
			if rel, err := filepath.Rel(filepath.Join(dir, "sources", "chubls-starter"), name); err != nil || rel == ".." || filepath.IsAbs(rel) || rel[:2] == ".." {
				t.Errorf("%q was kept in %s", bad, name)
			}
		}
	}
	if _, err := Keep(dir, "starter", "con/x", []byte("x")); !errors.Is(err, docs.ErrUnsafePath) {
		t.Errorf("a name that Windows reserves: %v", err)
	}
}
