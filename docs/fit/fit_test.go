package fit

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/internal/marked"
)

var update = flag.Bool("update", false, "write what was got as want into the golden files")

// Golden files cannot hold these as they are: a carriage return, and the end
// of a text that does not end in a line feed.
var special = strings.NewReplacer("␍", "\r", "␄\n", "")

// TestGolden fits the snippet of each file of testdata into its host, at the
// cursor ‸; want is the whole host after it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { check(t, file) })
	}
}

func check(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(archive.Comment)) == 0 {
		t.Errorf("a sentence should say what is shown")
	}
	host, snippet := archive.Files[0], archive.Files[1]
	source, err := marked.Parse(special.Replace(string(host.Data)))
	if err != nil || len(source.Cursors) == 0 || len(source.Cursors) > 2 {
		t.Fatalf("a cursor is wanted, or two for a selection; there are %v: %v", source.Cursors, err)
	}
	l := analyzer.ByPath(host.Name)
	snip, want := Snippet{Language: l, Code: string(snippet.Data)}, len(archive.Files)
	for i, f := range archive.Files[2:] {
		switch f.Name {
		case "setup": // an example of the guide that makes what the snippet uses
			other := beside(&snip, f.Data)
			defer other.Close()
		case "package.json":
			snip.CommonJS = bytes.Contains(f.Data, []byte(`"commonjs"`))
		case "want":
			want = i + 2
		}
	}
	at := analyzer.Span{Start: source.Cursors[0], End: source.Cursors[len(source.Cursors)-1]}
	got := fitted(t, l, host.Name, source.Text, at, snip)
	if !strings.HasSuffix(got, "\n") {
		got += "␄\n"
	}
	got = strings.ReplaceAll(got, "\r", "␍")
	if want < len(archive.Files) && got == string(archive.Files[want].Data) {
		return
	}
	if *update {
		archive.Files = append(archive.Files[:want], txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Error(err)
		}
		return
	}
	if want == len(archive.Files) {
		t.Fatalf("%s has no want:\n%s", file, got)
	}
	t.Errorf("%s (-want +got):\n%s", file, cmp.Diff(string(archive.Files[want].Data), got))
}

// beside gives a snippet another example of its guide, to be closed after it.
func beside(s *Snippet, code []byte) *analyzer.File {
	other := analyzer.New(s.Language, code)
	s.Imports, s.Outer = other.Imports(), other.Lookup
	s.Setup = func(name string) (string, bool) {
		for _, a := range other.Assignments() {
			if a.Name == name {
				return string(code[a.Statement.Start:a.Statement.End]), true
			}
		}
		return "", false
	}
	return other
}

// fitted gives the host after the edits, and checks what must hold for every
// host and snippet: no line of the host is lost, its order stays, and good code
// put into good code is good code.
func fitted(t *testing.T, l *analyzer.Language, name, host string, at analyzer.Span, snippet Snippet) string {
	t.Helper()
	file := analyzer.New(l, []byte(host)).At("/workspace/" + name)
	defer file.Close()
	edits, err := Edits(file, at, snippet)
	if errors.Is(err, ErrUnfit) {
		return err.Error() + "\n"
	}
	if err != nil {
		t.Fatal(err)
	}
	text, end := "", 0
	for _, e := range edits {
		if e.Span.Start < end || e.Span.End < e.Span.Start || e.Span.End > len(host) {
			t.Fatalf("edits overlap or leave the text: %+v", edits)
		}
		last := 0
		for _, s := range e.Stops {
			if s.Span.Start < last || s.Span.End < s.Span.Start || s.Span.End > len(e.New) || s.Group < 1 {
				t.Fatalf("stops overlap or leave the text: %+v", e)
			}
			last = s.Span.End
		}
		text += host[end:e.Span.Start] + e.New
		end = e.Span.End
	}
	text += host[end:]

	if at.Start == at.End {
		keepsLines(t, file, host, text)
	}
	after := analyzer.New(l, []byte(text))
	defer after.Close()
	// A lone return ends a line in editors, and none in the grammars.
	lone := strings.Contains(strings.ReplaceAll(host+snippet.Code, "\r\n", ""), "\r")
	if !lone && !file.Broken() && after.Broken() {
		t.Errorf("the fitted file has a syntax error:\n%s", text)
	}
	return text
}

// keepsLines checks that no line of the host is lost; an import may have got
// more names.
func keepsLines(t *testing.T, file *analyzer.File, host, text string) {
	t.Helper()
	imports := map[string]bool{}
	for _, i := range file.Imports() {
		for line := range strings.Lines(host[i.Statement.Start:i.Statement.End]) {
			imports[strings.TrimSpace(line)] = true
		}
	}
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	next := 0
	for _, line := range strings.FieldsFunc(host, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		from := next
		for next < len(lines) && lines[next] != line {
			next++
		}
		if next == len(lines) {
			merged := false
			for known := range imports {
				merged = merged || known != "" && strings.Contains(line, known)
			}
			if !merged {
				t.Errorf("the line %q is lost, or not in its place:\n%s", line, text)
				break
			}
			next = from
			continue
		}
		next++
	}
}
