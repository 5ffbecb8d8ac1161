package docs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

// far is a source whose documents are fetched one by one.
type far struct {
	registry *Registry
	texts    map[string]string // by the variant's path

	mu   sync.Mutex
	down bool
	read []string
}

func (f *far) Distant()                     {}
func (f *far) Name() string                 { return "far" }
func (f *far) Registry() (*Registry, error) { return f.registry, nil }
func (f *far) Read(_ context.Context, v *Variant, _ string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read = append(f.read, v.Path)
	if f.down {
		return nil, errors.New("the hub is down")
	}
	return []byte(f.texts[v.Path]), nil
}

func (f *far) add(id, description, module string) {
	e := &Entry{ID: id, Description: description}
	v := &Variant{Entry: e, Language: "python", Recommended: true, Path: id, Files: []string{DocFile}}
	e.Variants = []*Variant{v}
	f.registry.Entries = append(f.registry.Entries, e)
	f.texts[v.Path] = "---\nname: x\n---\n# " + module + "\n\n```bash\npip install " + module + "\n```\n\n```python\nimport " + module + "\n" + module + ".Client()\n```\n"
}

// hubOf is a hub that the shipped table does not know.
func hubOf(n int) *far {
	f := &far{registry: &Registry{}, texts: map[string]string{}}
	for i := range n {
		f.add(fmt.Sprintf("other/thing-%d", i), "A thing of others", fmt.Sprintf("thing%d", i))
	}
	f.add("zenbill/api", "Bills", "zenbill_sdk")
	f.add("zenmail/mail", "Mail", "zenmail")
	return f
}

func first(t *testing.T, l *Library, module string) string {
	t.Helper()
	owners, err := l.Owners(t.Context(), "python", module)
	if err != nil {
		t.Fatal(err)
	}
	if len(owners) == 0 {
		return ""
	}
	return owners[0].ID
}

// Only the documents of the entries are fetched that are likely by what the
// registry says of them.
func TestDiscover(t *testing.T) {
	f := hubOf(200)
	l := NewLibrary([]Source{f}, nil, Observer{Problem: func(err error) { t.Error(err) }})
	defer l.Close()
	for _, test := range []struct{ module, want string }{
		{"zenmail", "zenmail/mail"},
		{"zenbill_sdk.client", "zenbill/api"},
		{"nothing_like_it", ""},
		{"os.path", ""},
		{".zenmail", ""},
		{"zenmail", "zenmail/mail"},
	} {
		if got := first(t, l, test.module); got != test.want {
			t.Errorf("%s: %q, want %q", test.module, got, test.want)
		}
	}
	if len(f.read) > 4 {
		t.Errorf("%d documents were fetched for 2 packages: %v", len(f.read), f.read)
	}
}

// Who wants nothing fetched unasked gets nothing guessed.
func TestDiscoverLazily(t *testing.T) {
	f := hubOf(3)
	l := NewLibrary([]Source{f}, nil, Observer{})
	defer l.Close()
	l.Lazy.Store(true)
	if got := first(t, l, "zenmail"); got != "" || len(f.read) != 0 {
		t.Errorf("%q, %v", got, f.read)
	}
}

// A hub that is down is not asked with every hover.
func TestDiscoverDown(t *testing.T) {
	f := hubOf(3)
	f.down = true
	l := NewLibrary([]Source{f}, nil, Observer{})
	defer l.Close()
	for range 5 {
		if got := first(t, l, "zenmail"); got != "" {
			t.Errorf("%q", got)
		}
	}
	if len(f.read) > maxCandidates {
		t.Errorf("asked %d times", len(f.read))
	}
}
