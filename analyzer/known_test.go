package analyzer

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/chubls/chubls/internal/marked"
)

// Known says the same as ReferenceAt, or that it does not know yet.
func TestKnown(t *testing.T) {
	code := "import stytch\nclient = stytch.Client()\nclient.users.get(1)\nclient.sessions.get(2)\nother = client.users\nother.x()\n"
	f := New(ByLanguageID("python"), []byte(code))
	defer f.Close()
	if _, _, known := f.Known(strings.Index(code, "users")); known {
		t.Error("known before the file was parsed")
	}
	first := strings.Index(code, "users")
	f.ReferenceAt(first)
	if _, ok, known := f.Known(first); !known || !ok {
		t.Error("what was asked is not known")
	}
	for offset := range len(code) {
		got, ok, known := f.Known(offset)
		if !known {
			continue
		}
		fresh := New(ByLanguageID("python"), []byte(code))
		want, wantOK := fresh.ReferenceAt(offset)
		fresh.Close()
		if ok != wantOK || got.Path.String() != want.Path.String() || got.Span != want.Span {
			t.Errorf("%d: got %v %v, want %v %v", offset, got.Path, ok, want.Path, wantOK)
		}
	}
	// Another use of the same client needs nothing new.
	if ref, ok, known := f.Known(strings.Index(code, "sessions")); !known || !ok || ref.Path.String() != "Client().sessions" {
		t.Errorf("got %v %v %v", ref.Path, ok, known)
	}
	// Another name is yet to be looked for; after that the rest is known.
	at := strings.Index(code, "x()")
	if _, _, known := f.Known(at); known {
		t.Error("a name that was not looked for is known")
	}
	f.ReferenceAt(at)
	if _, ok, known := f.Known(at); !known || !ok {
		t.Error("what was asked is not known")
	}
}

// Whatever was asked before, Known says what ReferenceAt says, on every form of
// the golden files.
func TestKnownEverywhere(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	compared := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source, err := marked.Parse(string(archive.Files[0].Data))
		if err != nil {
			t.Fatal(err)
		}
		l := ByPath(archive.Files[0].Name)
		f := New(l, []byte(source.Text))
		for i := 1; i < len(source.Cursors); i += 2 {
			f.ReferenceAt(source.Cursors[i])
		}
		for _, at := range source.Cursors {
			got, ok, known := f.Known(at)
			if !known {
				continue
			}
			fresh := New(l, []byte(source.Text))
			want, wantOK := fresh.ReferenceAt(at)
			fresh.Close()
			compared++
			if ok != wantOK || got.Path.String() != want.Path.String() || got.Module != want.Module || got.Span != want.Span || got.Option != want.Option {
				t.Errorf("%s at %d: got %v %v %v, want %v %v %v", file, at, got.Module, got.Path, ok, want.Module, want.Path, wantOK)
			}
		}
		f.Close()
	}
	if compared < 100 {
		t.Errorf("only %d answers were known", compared)
	}
}
