package fit

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/internal/marked"
)

// FuzzEdits fits any snippet into any host at any place: see fitted for what
// must hold.
func FuzzEdits(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		source, err := marked.Parse(special.Replace(string(archive.Files[0].Data)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(filepath.Ext(archive.Files[0].Name), source.Text, source.Cursors[0], source.Cursors[len(source.Cursors)-1], string(archive.Files[1].Data), string(archive.Files[min(2, len(archive.Files)-1)].Data))
	}
	f.Fuzz(func(t *testing.T, ext, host string, cursor, end int, snippet, other string) {
		l := analyzer.ByPath("a" + ext)
		if l == nil || cursor < 0 || cursor > end || end > len(host) || len(host) > 4<<10 || len(snippet) > 2<<10 || len(other) > 2<<10 {
			t.Skip()
		}
		s := Snippet{Language: l, Code: snippet}
		defer beside(&s, []byte(other)).Close()
		fitted(t, l, "a"+ext, host, analyzer.Span{Start: cursor, End: end}, s)
		file := analyzer.New(l, []byte(host))
		defer file.Close()
		if c := NewCompleter(file, analyzer.Span{Start: cursor, End: end}); c != nil {
			body, _, err := c.Fit(Snippet{Language: l, Code: snippet})
			for _, s := range body.Stops {
				if err == nil && (s.Span.Start < 0 || s.Span.End > len(body.New)) {
					t.Errorf("a stop is not in the text: %+v", body)
				}
			}
		}
	})
}
