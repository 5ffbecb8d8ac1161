package lsp_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

// change is a raw didChange of the test file.
func change(version, changes string) string {
	return `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"` + file + `","version":` + version + `},"contentChanges":` + changes + `}}`
}

func TestChanges(t *testing.T) {
	tests := []struct{ name, before, version, changes, want string }{
		{"a range", "one two", "2", `[{"range":{"start":{"line":0,"character":4},"end":{"line":0,"character":7}},"text":"2"}]`, "one 2"},
		{"a range with its length", "one two", "2", `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":3}},"rangeLength":3,"text":"1"}]`, "1 two"},
		{"the whole text", "one", "2", `[{"text":"two"}]`, "two"},
		{"the whole text, with a null range", "one", "2", `[{"range":null,"text":"two"}]`, "two"},
		{"no version", "one", "null", `[{"text":"two"}]`, "two"},
		{"a version beyond integers", "one", "99999999999", `[{"text":"two"}]`, "two"},
		{"an older version", "one", "-5", `[{"text":"two"}]`, "two"},
		{"each change is in terms of the one before", "abc", "2",
			`[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"text":"x\n"},{"range":{"start":{"line":1,"character":3},"end":{"line":1,"character":3}},"text":"!"}]`, "x\nabc!"},
		{"a whole text between two changes", "abc", "2",
			`[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":3}},"text":"lost"},{"text":"new"},{"range":{"start":{"line":0,"character":3},"end":{"line":0,"character":3}},"text":"er"}]`, "newer"},
		{"a reversed range", "abcd", "2", `[{"range":{"start":{"line":0,"character":3},"end":{"line":0,"character":1}},"text":"-"}]`, "a-d"},
		{"a character beyond its line", "ab\ncd", "2", `[{"range":{"start":{"line":0,"character":99},"end":{"line":0,"character":99}},"text":"!"}]`, "ab!\ncd"},
		{"a line beyond the text", "ab", "2", `[{"range":{"start":{"line":9,"character":9},"end":{"line":9,"character":9}},"text":"!"}]`, "ab!"},
		{"numbers beyond all bounds", "ab", "2", `[{"range":{"start":{"line":-1,"character":-7},"end":{"line":1e400,"character":2147483648000}},"text":"!"}]`, "!"},
		{"numbers with a fraction", "ab", "2", `[{"range":{"start":{"line":0.0,"character":1.0},"end":{"line":0,"character":2}},"text":"!"}]`, "a!"},
		{"inside a surrogate pair", "😀b", "2", `[{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":2}},"text":"!"}]`, "!b"},
		{"between \\r and \\n", "a\r\nb", "2", `[{"range":{"start":{"line":0,"character":1},"end":{"line":1,"character":0}},"text":" "}]`, "a b"},
		{"no changes", "one", "2", `[]`, "one"},
		{"null changes", "one", "2", `null`, "one"},
		{"no text", "one", "2", `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}}}]`, "ne"},
		{"null text", "one", "2", `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"text":null}]`, "ne"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &desk{}
			e := start(t, d)
			e.Open(file, "python", test.before)
			e.SendBody(change(test.version, test.changes))
			if seenLength(t, e, file); d.last() != test.want {
				t.Errorf("the desk saw %q, want %q", d.last(), test.want)
			}
		})
	}
}

// Random edits, several in a message, must leave the server with the editor's text.
func TestRandomEditsKeepTheServerInStep(t *testing.T) {
	for _, encoding := range []string{"utf-8", "utf-16", "utf-32"} {
		t.Run(encoding, func(t *testing.T) {
			d := &desk{}
			e := lsptest.Start(t, (&lsp.Server{Desk: d}).Serve)
			e.Initialize(`{"general":{"positionEncodings":["` + encoding + `"]}}`)
			e.Open(file, "python", "import stripe\r\n😀 = 'é'\n")
			random := rand.New(rand.NewPCG(3, 4))
			pieces := []string{"x", "é", "😀", "\n", "\r\n", "\r", "def f():\n    pass\n", ""}
			for i := range 500 {
				n := len(e.Text(file))
				from := random.IntN(n + 1)
				to := min(n, from+random.IntN(4))
				r := lsptest.Range{Start: e.At(file, from), End: e.At(file, to)}
				e.Change(file, r, pieces[random.IntN(len(pieces))])
				if i%25 == 0 {
					e.Hover(file, lsptest.Position{})
					if got, want := d.last(), e.Text(file); got != want {
						t.Fatalf("after %d edits the desk saw %q, want %q", i+1, got, want)
					}
				}
			}
		})
	}
}

func TestSecondOpenReplaces(t *testing.T) {
	d := &desk{}
	e := start(t, d)
	e.Open(file, "python", "one")
	e.Open(file, "python", "second")
	if seenLength(t, e, file); d.last() != "second" {
		t.Errorf("the desk saw %q", d.last())
	}
}

func TestClosedDocumentIsUnknown(t *testing.T) {
	e := start(t, &desk{})
	e.Open(file, "python", "one")
	e.Close(file)
	if e.Hover(file, lsptest.Position{}) != nil {
		t.Error("a hover in a closed document")
	}
	e.Notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": file}})
	works(t, e)
}

func TestLanguages(t *testing.T) {
	tests := []struct {
		name, uri, languageID string
		want                  bool
	}{
		{"by language", "file:///a", "python", true},
		{"language before extension", "file:///a.txt", "javascript", true},
		{"by extension", "file:///a.py", "", true},
		{"by extension, in an unknown language", "file:///a.tsx", "mystery", true},
		{"untitled", "untitled:Untitled-1", "typescript", true},
		{"untitled, unknown", "untitled:Untitled-1", "", false},
		{"unknown", "file:///a.txt", "plaintext", false},
		{"a path for a name", "/tmp/a.py", "", true},
		{"another scheme", "vscode-notebook-cell:/a/b.ipynb#X20", "python", true},
		{"Windows", "file:///c%3A/a%20b.py", "python", true},
		{"Windows, unescaped", "file:///C:/a b@x.py", "python", true},
		{"no name at all", "", "python", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := start(t, &desk{})
			e.Open(test.uri, test.languageID, "text")
			if got := e.Hover(test.uri, lsptest.Position{}) != nil; got != test.want {
				t.Errorf("hover: %v, want %v", got, test.want)
			}
			e.Replace(test.uri, "other text")
			if got := len(e.CodeActions(test.uri, lsptest.Range{})) > 0; got != test.want {
				t.Errorf("code actions: %v, want %v", got, test.want)
			}
		})
	}
}

// One document by two names is one document.
func TestNamesAreCompared(t *testing.T) {
	d := &desk{}
	e := start(t, d)
	e.Open("file:///C:/a%40b.py", "python", "text")
	if e.Hover("file:///c%3A/a@b.py", lsptest.Position{}) == nil {
		t.Error("no hover by the other name")
	}
}

func TestLargeDocument(t *testing.T) {
	d := &desk{}
	e := start(t, d)
	large := strings.Repeat("x = 1\n", lsp.MaxText/6+1)
	e.Open(file, "python", large)
	if e.Hover(file, lsptest.Position{}) != nil || len(e.CodeActions(file, lsptest.Range{})) > 0 {
		t.Error("an answer in a document that is too large")
	}
	e.Change(file, lsptest.Range{}, "y")
	if e.Hover(file, lsptest.Position{}) != nil {
		t.Error("an answer in a document that is too large")
	}
	e.Replace(file, "small")
	if seenLength(t, e, file); d.last() != "small" {
		t.Errorf("after shrinking the desk saw %d bytes", len(d.last()))
	}
	e.Replace(file, large[:lsp.MaxText])
	if e.Hover(file, lsptest.Position{}) == nil {
		t.Error("no answer in the largest document")
	}
	e.Change(file, lsptest.Range{}, "and now it is too large")
	if e.Hover(file, lsptest.Position{}) != nil {
		t.Error("an answer in a document that has grown too large")
	}
}

func TestPrefetch(t *testing.T) {
	texts := make(chan string, 100)
	e := start(t, &desk{prefetch: func(f *analyzer.File) { texts <- string(f.Text()) }})
	next := func() string {
		t.Helper()
		select {
		case text := <-texts:
			return text
		case <-time.After(5 * time.Second):
			t.Fatal("no prefetch")
			return ""
		}
	}
	e.Open(file, "python", "0")
	if got := next(); got != "0" {
		t.Errorf("after opening the desk saw %q", got)
	}
	for i := 1; i <= 20; i++ { // typing
		e.Replace(file, fmt.Sprint(i))
	}
	if got := next(); got != "20" {
		t.Errorf("after typing the desk saw %q", got)
	}
	e.Replace(file, "closed before it rests")
	e.Close(file)
	e.Open("file:///text.txt", "plaintext", "no language")
	time.Sleep(500 * time.Millisecond)
	if n := len(texts); n > 0 {
		t.Errorf("%d prefetches too many", n)
	}
}

func TestPrefetchMayPanicOrHang(t *testing.T) {
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	e := start(t, &desk{prefetch: func(f *analyzer.File) {
		if strings.HasPrefix(string(f.Text()), "hang") {
			<-hang
		}
		panic("no imports today")
	}})
	for i := range 10 {
		e.Open(fmt.Sprintf("file:///%d.py", i), "python", "panic")
		e.Open(fmt.Sprintf("file:///hang%d.py", i), "python", "hang")
	}
	works(t, e)
	e.Notify("exit", nil)
	e.Exit()
}

// A keystroke must not wait for what a parse takes.
func TestReadLoopDoesNotParse(t *testing.T) {
	e := start(t, &desk{})
	trees := analyzer.LiveTrees()
	e.Open(file, "python", strings.Repeat("import stripe\n", 1000))
	for range 50 {
		e.Change(file, lsptest.Range{}, "x")
	}
	e.Hover("file:///unknown.py", lsptest.Position{}) // all before it has been handled
	if got := analyzer.LiveTrees(); got != trees {
		t.Errorf("%d trees, want %d", got, trees)
	}
}

func BenchmarkKeystroke(b *testing.B) {
	e := start(b, &desk{})
	e.Open(file, "typescript", strings.Repeat("const client = new Client({ key })\n", 10_000))
	body := change("2", `[{"range":{"start":{"line":5000,"character":5},"end":{"line":5000,"character":6}},"text":"x"}]`)
	b.ReportAllocs()
	for b.Loop() {
		e.SendBody(body)
	}
	e.Call("$/sync", json.RawMessage(`{}`))
}
