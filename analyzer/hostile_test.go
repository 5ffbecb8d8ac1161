package analyzer

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// CHUBLS_SLOW=1 asks for texts of 5 MB.
var slow = os.Getenv("CHUBLS_SLOW") != ""

// patience is what a question about a hostile text may take: two seconds on a
// machine of one's own.
var patience = 30 * time.Second

// Hostile and merely odd files are answered in good time: a bundled file of
// megabytes on one line, brackets without end, bytes that are no text.
func TestHostileText(t *testing.T) {
	large, nested := 128<<10, 5_000
	if slow {
		large, nested = 5<<20, 100_000
	}
	fill := func(head, body string) string { return head + strings.Repeat(body, (large-len(head))/len(body)) }
	deep := func(open string) string { return strings.Repeat(open, nested) }
	tests := []struct {
		name, python, script string
	}{
		{"deep parentheses", deep("("), deep("(")},
		{"deep brackets, closed", deep("[") + deep("]"), deep("[") + deep("]")},
		{"deep members", "import a\na" + deep(".b"), "import a from 'a'\na" + deep(".b")},
		{"deep calls", "import a\na" + deep(".b()"), "import a from 'a'\na" + deep(".b()")},
		{"deep blocks", strings.Repeat("if a: ", nested/5), deep("if (a) {")},
		{"deep functions", deep("lambda a: "), deep("a => ")},
		// After a name the TypeScript grammar takes time by the square of these.
		{"deep JSX", deep("<"), strings.Repeat("<a>", 2000)},
		{"one line of statements", fill("import a; a.b; ", "a = a.c(a); "), fill("import a from 'a'; a.b; ", "a = a.c(a); ")},
		{"one line of sums", fill("import a; a.b; x = a", " + a"), fill("import a from 'a'; a.b; x = a", " + a")},
		{"one line in a function", fill("import a\ndef f(): ", "a = a.c; "), fill("import a from 'a'; !function(){", "var a = a.c; ") + "}"},
		{"one broken line", fill("import a; ) ", "import a( ; "), fill("import a from 'a'; ) ", "import a ( ; ")},
		{"many broken lines", fill("import a\n", "import a(\n"), fill("import a from 'a'\n", "import {\n")},
		{"one string", "import a; a.b = '" + fill("", "\\n") + "'", "require('" + fill("", "\\n") + "')"},
		{"NUL bytes", "import a\n\x00\x00a.b\x00" + deep("\x00"), "import a from 'a'\n\x00\x00a.b\x00" + deep("\x00")},
		{"no UTF-8", "import a\n\xff\xfea.b" + deep("\xc3("), "import a from 'a'\n\xff\xfea.b" + deep("\xc3(")},
		{"lone returns", "import a\ra.b\r" + deep("a\r"), "import a from 'a'\ra.b\r" + deep("a\r")},
	}
	for _, tt := range tests {
		for _, id := range []string{"python", "javascript", "typescriptreact"} {
			text := tt.script
			if id == "python" {
				text = tt.python
			}
			t.Run(tt.name+"/"+id, func(t *testing.T) {
				f := New(ByLanguageID(id), []byte(text))
				defer f.Close()
				timed := func(what string, do func()) {
					start := time.Now()
					do()
					if took := time.Since(start); took > 50*time.Millisecond {
						t.Logf("%s: %v", what, took.Round(time.Millisecond))
						if took > patience {
							t.Errorf("%s took %v", what, took)
						}
					}
				}
				timed("parse", func() { f.Broken() })
				for _, at := range []int{bytes.Index(f.Text(), []byte("a.b")), len(text) / 2, len(text) / 3, len(text) - 1} {
					timed("reference", func() {
						ref, _ := f.ReferenceAt(at)
						f.Options(ref, true)
					})
				}
				timed("place", func() { f.PlaceAfter(len(text) / 2) })
				timed("imports", func() { f.Imports() })
				timed("place for imports", func() { f.PlaceForImports() })
				timed("place below", func() { f.PlaceBelow(len(text) / 2) })
				timed("selection", func() { f.Statements(Span{len(text) / 3, len(text) / 2}) })
				timed("name", func() { f.Mentions("a", Span{0, len(text)}) })
				timed("holders", func() {
					f.Holders(Reference{Module: "a", Path: Path{{Name: "b", Called: true}}}, f.PlaceAfter(len(text)/2), nil)
				})
				timed("top", func() { f.TopImports(); f.ImportsOf("a"); f.HasMarkup(); f.Neighbours(len(text) / 2) })
				var next *File
				timed("edit", func() { next = f.Next([]byte("x"+text), []Edit{{Span{}, "x"}}) })
				defer next.Close()
				timed("parse after edit", func() { next.Broken() })
			})
		}
	}
}
