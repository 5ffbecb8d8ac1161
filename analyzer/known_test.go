package analyzer

import (
	"strings"
	"testing"
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
