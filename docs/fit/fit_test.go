package fit

import (
	"bytes"
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
	if err != nil || len(source.Cursors) != 1 {
		t.Fatalf("one cursor is wanted, there are %v: %v", source.Cursors, err)
	}
	l := analyzer.ByPath(host.Name)
	got := fitted(t, l, source.Text, source.Cursors[0], string(snippet.Data))
	if !strings.HasSuffix(got, "\n") {
		got += "␄\n"
	}
	got = strings.ReplaceAll(got, "\r", "␍")
	if len(archive.Files) > 2 && got == string(archive.Files[2].Data) {
		return
	}
	if *update {
		archive.Files = append(archive.Files[:2], txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Error(err)
		}
		return
	}
	t.Errorf("%s (-want +got):\n%s", file, cmp.Diff(string(archive.Files[2].Data), got))
}

// fitted gives the host after the edits, and checks what must hold for every
// host and snippet: no line of the host is lost, its order stays, and good code
// put into good code is good code.
func fitted(t *testing.T, l *analyzer.Language, host string, cursor int, snippet string) string {
	t.Helper()
	file := analyzer.New(l, []byte(host))
	defer file.Close()
	at := analyzer.Span{Start: cursor, End: cursor}
	if ref, ok := file.ReferenceAt(cursor); ok {
		at = ref.Span
	}
	edits := Edits(file, at, Snippet{Language: l, Code: snippet})
	text, end := "", 0
	for _, e := range edits {
		if e.Span.Start < end || e.Span.End < e.Span.Start || e.Span.End > len(host) {
			t.Fatalf("edits overlap or leave the text: %+v", edits)
		}
		text += host[end:e.Span.Start] + e.New
		end = e.Span.End
	}
	text += host[end:]

	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	next := 0
	for _, line := range strings.FieldsFunc(host, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		for next < len(lines) && lines[next] != line {
			next++
		}
		if next == len(lines) {
			t.Errorf("the line %q is lost, or not in its place:\n%s", line, text)
			break
		}
		next++
	}
	alone, after := analyzer.New(l, []byte(snippet)), analyzer.New(l, []byte(text))
	defer alone.Close()
	defer after.Close()
	// A lone return ends a line in editors, and none in the grammars.
	lone := strings.Contains(strings.ReplaceAll(host+snippet, "\r\n", ""), "\r")
	if !lone && !file.Broken() && !alone.Broken() && after.Broken() {
		t.Errorf("the fitted file has a syntax error:\n%s", text)
	}
	return text
}
