package workspace

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/internal/marked"
)

var update = flag.Bool("update", false, "write what was got as want into the golden files")

// TestFollow reads the files of testdata/follow: an idea in a sentence, the files
// of a workspace with cursors ‸, and where the name at each leads. A file that is
// called "a -> b" is a link.
func TestFollow(t *testing.T) {
	files, err := filepath.Glob("testdata/follow/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { followCase(t, file) })
	}
}

func followCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(archive.Comment)) == 0 {
		t.Error("a sentence should say what is shown")
	}
	before := analyzer.LiveTrees()
	fsys, sources, want := fstest.MapFS{}, map[string]marked.Source{}, -1
	for i, part := range archive.Files {
		if part.Name == "want" {
			want = i
			continue
		}
		source, err := marked.Parse(string(part.Data))
		if err != nil {
			t.Fatalf("%s: %v", part.Name, err)
		}
		sources[part.Name] = source
		fsys[part.Name] = &fstest.MapFile{Data: []byte(source.Text)}
	}
	index := Scan(fsys)
	x := &Files{FS: fsys, Index: func() *Index { return index }}
	var got strings.Builder
	for _, part := range archive.Files {
		source := sources[part.Name]
		for _, at := range source.Cursors {
			fmt.Fprintln(&got, followed(t, x, part.Name, source.Text, at))
		}
	}
	if n := analyzer.LiveTrees(); n != before {
		t.Errorf("%d trees are left", n-before)
	}
	if want < 0 {
		want = len(archive.Files)
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
	}
	if *update {
		archive.Files[want].Data = []byte(got.String())
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[want].Data), got.String()); diff != "" {
		t.Error(diff)
	}
}

// followed says where the name at an offset leads, by way of which lines.
func followed(t *testing.T, x *Files, name, text string, at int) string {
	t.Helper()
	f := analyzer.New(analyzer.ByPath(name), []byte(text))
	defer f.Close()
	ref, ok := f.ReferenceAt(at)
	if !ok {
		return name + ": nothing"
	}
	line := fmt.Sprintf("%s: %s: ", name, text[ref.Span.Start:ref.Span.End])
	to, o := x.Follow(name, ref)
	again, o2, known := x.Known(name, ref)
	if !known || o2 != o || again.Module != to.Module || again.Path.String() != to.Path.String() {
		t.Errorf("%s what is known is %v %s %s %d, and what was found %s %s %d", line, known, again.Module, again.Path, o2, to.Module, to.Path, o)
	}
	if o == Lost {
		return line + "lost"
	}
	line += to.Module
	if to.Called {
		line += "()"
	}
	if len(to.Path) > 0 {
		line += " " + to.Path.String()
	}
	for _, s := range to.Path {
		if s.Arg != "" {
			line += fmt.Sprintf(" %s(%q)", s.Name, s.Arg)
		}
	}
	for i, s := range to.Steps {
		if i >= len(ref.Steps) {
			line += fmt.Sprintf(" | %s:%d: %s", s.File, s.Line, s.Text)
		}
	}
	if to.Star {
		line += " (perhaps)"
	}
	return line
}
