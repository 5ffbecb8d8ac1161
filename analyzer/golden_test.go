package analyzer

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/chubls/chubls/internal/marked"
)

var update = flag.Bool("update", false, "write what was got as want into the golden files")

// TestGolden reads the files of testdata: an idea in a sentence, a source, and
// what is wanted of it. A source with cursors ‸ is asked what stands at each; one
// without, for its imports. Of several sources of one name, each is an edit of
// the one before it, and the last is asked.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.ToSlash(file[len("testdata/"):]), ".txt"), func(t *testing.T) { check(t, file) })
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
	before := LiveTrees()
	var f *File
	var last string
	var cursors []int
	var got strings.Builder
	answer := func() {
		if f == nil {
			return
		}
		defer f.Close()
		for _, at := range cursors {
			got.WriteString(describeReference(f, at) + "\n")
		}
		if len(cursors) == 0 {
			for _, i := range f.Imports() {
				got.WriteString(describeImport(i) + "\n")
			}
		}
	}
	want := -1
	for i, part := range archive.Files {
		if part.Name == "want" {
			want = i
			continue
		}
		source, err := marked.Parse(string(part.Data))
		if err != nil {
			t.Fatalf("%s: %v", part.Name, err)
		}
		if last == part.Name {
			f.Imports() // a server has asked, as a rule
			f.ReferenceAt(len(f.Text()) / 2)
			next := f.Next([]byte(source.Text), []Edit{difference(f.Text(), source.Text)})
			f.Close()
			f = next
		} else {
			answer()
			f = New(ByPath(part.Name), []byte(source.Text))
		}
		last, cursors = part.Name, source.Cursors
	}
	answer()
	if live := LiveTrees(); live != before {
		t.Errorf("%d trees are held after it, %d before", live, before)
	}
	if want >= 0 && got.String() == string(archive.Files[want].Data) {
		return
	}
	if !*update {
		t.Errorf("%s (-want +got):\n%s", file, cmp.Diff(string(archive.Files[max(want, 0)].Data), got.String()))
		return
	}
	if want < 0 {
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
		want = len(archive.Files) - 1
	}
	archive.Files[want].Data = []byte(got.String())
	if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
		t.Error(err)
	}
}

// difference is the one edit that leads from old to text.
func difference(old []byte, text string) Edit {
	start := 0
	for start < len(old) && start < len(text) && old[start] == text[start] {
		start++
	}
	end, newEnd := len(old), len(text)
	for end > start && newEnd > start && old[end-1] == text[newEnd-1] {
		end, newEnd = end-1, newEnd-1
	}
	return Edit{Span{start, end}, text[start:newEnd]}
}

// describeImport is a line such as "import stripe: Client as C, checkout": a
// name that is not bound is in parentheses.
func describeImport(i Import) string {
	line := fmt.Sprintf("%s %q", i.Kind, i.Module)
	if i.Local != "" {
		line += " as " + i.Local
	}
	var names []string
	for _, n := range i.Names {
		switch {
		case n.Local == "":
			names = append(names, "("+n.Name+")")
		case n.Local != n.Name:
			names = append(names, n.Name+" as "+n.Local)
		default:
			names = append(names, n.Name)
		}
	}
	if len(names) > 0 {
		line += ": " + strings.Join(names, ", ")
	}
	return line
}

// describeReference is a line such as "«client.users.get»(1)  ->  stytch Client().users.get".
func describeReference(f *File, at int) string {
	ref, ok := f.ReferenceAt(at)
	if !ok {
		line := marked.Line(string(f.Text()), at, at)
		return strings.TrimSpace(strings.Replace(line, "«»", "‸", 1)) + "  ->  nothing"
	}
	line := strings.Join(strings.Fields(marked.Line(string(f.Text()), ref.Span.Start, ref.Span.End)), " ") + "  ->  " + ref.Module
	if ref.Called {
		line += "()"
	}
	line += " " + ref.Path.String()
	if ref.Kind == KindModule {
		line += "[module]"
	}
	for _, s := range ref.Path {
		if s.Arg != "" {
			line += fmt.Sprintf(" %s(%q)", s.Name, s.Arg)
		}
	}
	if ref.Option != "" {
		line += " option " + ref.Option
	}
	for _, use := range f.Uses() { // which alone lists options
		if use.Span == ref.Span && len(use.Options) > 0 {
			line += " {" + strings.Join(use.Options, ", ") + "}"
		}
	}
	if len(ref.Constructed) > 0 {
		line += " with " + strings.Join(slices.Sorted(slices.Values(ref.Constructed)), ", ")
	}
	return strings.TrimSpace(line)
}
