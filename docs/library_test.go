package docs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"
)

// shelfOf is a Source for tests: documents by id, all of one language.
type shelfOf struct {
	name, language string
	documents      map[string]string
	gate           chan struct{} // if set, Read waits for it
	mu             sync.Mutex
	reads          int
}

func (s *shelfOf) Name() string { return s.name }

func (s *shelfOf) Registry() (*Registry, error) {
	r := &Registry{}
	for id := range s.documents {
		e := &Entry{ID: id, Name: id}
		e.Variants = []*Variant{{Entry: e, Language: s.language, Version: "1.0.0", Path: id, Recommended: true}}
		r.Entries = append(r.Entries, e)
	}
	return r, nil
}

func (s *shelfOf) Read(_ context.Context, v *Variant, file string) ([]byte, error) {
	s.mu.Lock()
	s.reads++
	s.mu.Unlock()
	if s.gate != nil {
		<-s.gate
	}
	if d, ok := s.documents[v.Entry.ID]; ok {
		return []byte(d), nil
	}
	return nil, fmt.Errorf("%s: %w", file, fs.ErrNotExist)
}

func libraryOf(t *testing.T, starter Source, sources ...Source) *Library {
	return NewLibrary(sources, starter, Observer{Problem: func(err error) { t.Log(err) }})
}

func owners(t *testing.T, l *Library, language, module string) string {
	t.Helper()
	found, err := l.Owners(t.Context(), language, module)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, o := range found {
		ids = append(ids, o.ID)
	}
	return strings.Join(ids, " ")
}

func TestStarterIsAskedLast(t *testing.T) {
	starter := &shelfOf{name: "starter", language: "python", documents: map[string]string{
		"acme/start": python("acme", "import acme"), "other/start": python("other", "import other"),
	}}
	own := &shelfOf{name: "own", language: "python", documents: map[string]string{"acme/sdk": python("acme", "import acme")}}
	l := libraryOf(t, starter, own)
	if got := owners(t, l, "python", "acme"); got != "acme/sdk" {
		t.Errorf("acme: %s", got)
	}
	if got := owners(t, l, "python", "other"); got != "other/start" {
		t.Errorf("other: %s", got)
	}
	if got := owners(t, l, "javascript", "other"); got != "" {
		t.Errorf("another language: %s", got)
	}
}

func TestSameIDInTwoSourcesIsToldApart(t *testing.T) {
	doc := map[string]string{"acme/sdk": python("acme", "import acme")}
	l := libraryOf(t, nil, &shelfOf{name: "a", language: "python", documents: doc}, &shelfOf{name: "b", language: "python", documents: doc})
	owners(t, l, "python", "acme") // both registries are there now
	if got := owners(t, l, "python", "acme"); got != "a:acme/sdk b:acme/sdk" {
		t.Errorf("got %s", got)
	}
}

func TestJavaScriptAndTypeScriptServeEachOther(t *testing.T) {
	l := libraryOf(t, nil, &shelfOf{name: "own", language: "typescript", documents: map[string]string{
		"acme/sdk": script("@acme/sdk", "import { Acme } from '@acme/sdk';"),
	}})
	if got := owners(t, l, "javascript", "@acme/sdk/node"); got != "acme/sdk" {
		t.Errorf("got %q", got)
	}
}

func TestGuideOnItsWayIsLoading(t *testing.T) {
	// The table knows this entry, so that its document is not read for evidence.
	source := &shelfOf{name: "own", language: "python", documents: map[string]string{"stripe/package": python("stripe", "import stripe")}, gate: make(chan struct{})}
	l := libraryOf(t, nil, source)
	found, err := l.Owners(t.Context(), "python", "stripe")
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := l.Guide(soon, found[0]); !errors.Is(err, ErrLoading) {
		t.Fatalf("got %v", err)
	}
	close(source.gate)
	g, err := l.Guide(t.Context(), found[0])
	if err != nil || g.Title != "Guide" {
		t.Fatal(g, err)
	}
	if source.reads != 1 {
		t.Errorf("the document was read %d times", source.reads)
	}
}

func TestBrokenDocumentIsAnError(t *testing.T) {
	source := &shelfOf{name: "own", language: "python", documents: map[string]string{"stripe/package": python("stripe", "import stripe")}}
	l := libraryOf(t, nil, source)
	found, err := l.Owners(t.Context(), "python", "stripe")
	if err != nil {
		t.Fatal(err)
	}
	delete(source.documents, "stripe/package")
	if _, err := l.Guide(t.Context(), found[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// Many guides may be asked for at once; a library keeps the latest.
func TestLibraryIsBounded(t *testing.T) {
	documents := map[string]string{}
	for i := range maxGuides + 10 {
		documents[fmt.Sprintf("pkg%d/sdk", i)] = python(fmt.Sprintf("pkg%d", i), fmt.Sprintf("import pkg%d", i))
	}
	l := libraryOf(t, nil, &shelfOf{name: "own", language: "python", documents: documents})
	var all sync.WaitGroup
	for i := range maxGuides + 10 {
		all.Go(func() {
			found, err := l.Owners(t.Context(), "python", fmt.Sprintf("pkg%d", i))
			if err != nil || len(found) != 1 {
				t.Errorf("pkg%d: %v %v", i, found, err)
				return
			}
			if _, err := l.Guide(t.Context(), found[0]); err != nil {
				t.Errorf("pkg%d: %v", i, err)
			}
		})
	}
	all.Wait()
	if len(l.guides) > maxGuides || l.recent.Len() > maxGuides {
		t.Errorf("%d guides are kept", len(l.guides))
	}
}

func TestTheUserDecides(t *testing.T) {
	l := libraryOf(t, nil, &shelfOf{name: "own", language: "python", documents: map[string]string{
		"acme/sdk": python("acme", "import acme"), "acme/old": python("acme-old", "import acme_old"),
	}})
	old := "own:acme/old"
	l.Modules = map[string]*string{"acme": &old, "acme_old": nil, "legacy": &old}
	for module, want := range map[string]string{"acme.client": "acme/old", "legacy": "acme/old", "acme_old": ""} {
		if got := owners(t, l, "python", module); got != want {
			t.Errorf("%s: got %q, want %q", module, got, want)
		}
	}
}

// An author saves a guide, and a new one appears: what was shown before serves
// until then.
func TestReload(t *testing.T) {
	source := &shelfOf{name: "own", language: "python", documents: map[string]string{"acme/sdk": python("acme", "import acme")}}
	l := libraryOf(t, nil, source)
	title := func() string {
		t.Helper()
		found, err := l.Owners(t.Context(), "python", "acme")
		if err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		g, err := l.Guide(t.Context(), found[0])
		if err != nil {
			t.Fatal(err)
		}
		return g.Title
	}
	if got := title(); got != "Guide" {
		t.Fatal(got)
	}
	source.documents["acme/sdk"] = strings.Replace(source.documents["acme/sdk"], "# Guide", "# A better guide", 1)
	source.documents["other/sdk"] = python("other", "import other")
	if got := title(); got != "Guide" {
		t.Errorf("before the reload: %s", got)
	}
	l.Reload()
	if got := title(); got != "A better guide" {
		t.Errorf("after the reload: %s", got)
	}
	if got := owners(t, l, "python", "other"); got != "other/sdk" {
		t.Errorf("the new entry: %q", got)
	}
}
