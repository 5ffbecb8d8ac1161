package answer

import (
	"testing"

	"github.com/chubls/chubls/docs"
)

func TestLinks(t *testing.T) {
	const text = "# Guide\n\n## Set up\n\nx\n\n## What's `new`?\n\ny\n\n## Set up\n\nz\n"
	d, err := docs.ParseDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	g := docs.NewGuide(&docs.Variant{Entry: &docs.Entry{ID: "a/b"}, Language: "python"}, "hub", d)
	g.Paths = map[string]string{docs.DocFile: "/home/me/a b/DOC.md", "references/errors.md": "/home/me/a b/references/errors.md"}
	for _, test := range []struct{ dest, want string }{
		{"#set-up", "file:///home/me/a%20b/DOC.md#L3"},
		{"#whats-new", "file:///home/me/a%20b/DOC.md#L7"},
		{"#set-up-1", "file:///home/me/a%20b/DOC.md#L11"},
		{"#nothing", ""},
		{"#", ""},
		{"references/errors.md", "file:///home/me/a%20b/references/errors.md"},
		{"./references/errors.md#top", "file:///home/me/a%20b/references/errors.md"},
		{"references/none.md", ""},
		{"../../../etc/passwd", ""},
		{"/etc/passwd", ""},
		{"//host/share", ""},
		{`\\host\share`, ""},
		{"command:evil", ""},
		{"file:///etc/passwd", ""},
	} {
		got, ok := link(g, test.dest)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%s: %q, %t; want %q", test.dest, got, ok, test.want)
		}
	}
	if got, want := neutralIn(g, "See [this](#set-up) and [that](other.md)."), "See [this](file:///home/me/a%20b/DOC.md#L3) and that."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
