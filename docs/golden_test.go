package docs

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/chubls/chubls/analyzer"
)

var update = flag.Bool("update", false, "write what was got into the golden files")

// Each file of testdata/match is a DOC.md, code with cursors ‸, and want: for
// each cursor the section that answers, and how well it does.
func TestMatches(t *testing.T) {
	files, err := filepath.Glob("testdata/match/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var doc, name, code string
			want := -1
			for i, f := range archive.Files {
				switch {
				case f.Name == DocFile:
					doc = string(f.Data)
				case f.Name == "want":
					want = i
				default:
					name, code = f.Name, string(f.Data)
				}
			}
			got := matchesOf(t, doc, name, code)
			if want >= 0 && got == string(archive.Files[want].Data) {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s", got)
			}
			if want < 0 {
				archive.Files = append(archive.Files, txtar.File{Name: "want"})
				want = len(archive.Files) - 1
			}
			archive.Files[want].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func matchesOf(t *testing.T, doc, name, code string) string {
	t.Helper()
	d, err := ParseDocument([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	language := analyzer.ByPath(name)
	v := &Variant{Entry: &Entry{ID: "case/" + d.Meta.Name}, Language: language.Name}
	guide := NewGuide(v, "case", d)
	modules := ModulesOf(Claims([]*Facts{FactsOf(v, d)}))

	var cursors []int
	for {
		at := strings.Index(code, "‸")
		if at < 0 {
			break
		}
		cursors = append(cursors, at)
		code = code[:at] + code[at+len("‸"):]
	}
	f := analyzer.New(language, []byte(code))
	defer f.Close()
	var out strings.Builder
	for _, at := range cursors {
		line := strings.Count(code[:at], "\n") + 1
		ref, ok := f.ReferenceAt(at)
		if !ok {
			fmt.Fprintf(&out, "%d: nothing\n", line)
			continue
		}
		chain := strings.Join(strings.Fields(code[ref.Span.Start:ref.Span.End]), " ")
		ecosystem := Ecosystem(ref.Language)
		_, owned := modules.Owners(ecosystem, ref.Module)
		query := NewQuery(ref, ecosystem, owned)
		found := guide.Matches(query)
		if ref.Invoked && Tied(found) {
			query.Options, _ = f.Options(ref, true)
			found = guide.Matches(query)
		}
		switch {
		case owned == "":
			fmt.Fprintf(&out, "%d: %s: no entry\n", line, chain)
		case len(found) == 0:
			fmt.Fprintf(&out, "%d: %s: overview\n", line, chain)
		default:
			missing := ""
			if found[0].Missing {
				missing = ", not shown there"
			}
			fmt.Fprintf(&out, "%d: %s: %s (%s%s)\n", line, chain, found[0].Section.Heading, found[0].Quality, missing)
		}
	}
	return out.String()
}
