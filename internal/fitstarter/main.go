// Command fitstarter writes, for each JavaScript example of the starter's guides,
// what inserting it makes of a small host file, so that a type checker can look
// at the results. docs/starter/typecheck runs it.
//
//	go run ./internal/fitstarter FOLDER
//
// Each example goes into two hosts: one that has a client already, under another
// name, and one that has nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/fit"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: fitstarter FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "fitstarter:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	source := hub.Tree("starter", starter.FS())
	registry, err := source.Registry()
	if err != nil {
		return err
	}
	written := 0
	for _, entry := range registry.Entries {
		for _, v := range entry.Variants {
			if docs.Ecosystem(v.Language) != "javascript" {
				continue
			}
			data, err := source.Read(context.Background(), v, docs.DocFile)
			if err != nil {
				return err
			}
			document, err := docs.ParseDocument(data)
			if err != nil {
				return err
			}
			n, err := write(dir, docs.NewGuide(v, "starter", document))
			if err != nil {
				return err
			}
			written += n
		}
	}
	if written == 0 {
		return errors.New("nothing was inserted")
	}
	fmt.Printf("%d insertions\n", written)
	return nil
}

// place is where the snippet goes in a host.
const place = "  void 0;"

// hosts are the files that the examples of a guide go into.
func hosts(g *docs.Guide) (map[string]string, error) {
	hosts := map[string]string{"empty": "export async function run(): Promise<void> {\n" + place + "\n}\n"}
	s, n, ok := g.Construction()
	if !ok {
		return nil, fmt.Errorf("%s makes no client", g.Title)
	}
	// The host's own client is the documented one, under another name.
	file := analyzer.New(analyzer.ByLanguageID("typescript"), []byte(s.Fences[n].Code))
	defer file.Close()
	code := s.Fences[n].Code
	if made := file.Assignments(); len(made) > 0 {
		spans := file.NamesOf(made[0].Name)
		for i := len(spans) - 1; i >= 0; i-- {
			code = code[:spans[i].Start] + "own" + code[spans[i].End:]
		}
	}
	hosts["client"] = code + "\nexport async function run(): Promise<void> {\n" + place + "\n}\n"
	return hosts, nil
}

func write(dir string, g *docs.Guide) (written int, err error) {
	all, err := hosts(g)
	if err != nil {
		return 0, err
	}
	folder := filepath.Join(dir, strings.ReplaceAll(path.Clean(g.Variant.Entry.ID), "/", "-"))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, err
	}
	for name, text := range all {
		for _, s := range g.Sections {
			for _, n := range g.OwnFences(s) {
				file := analyzer.New(analyzer.ByLanguageID("typescript"), []byte(text)).At("/host.ts")
				at := strings.Index(text, place) + len(place)
				edits, err := fit.Edits(file, analyzer.Span{Start: at, End: at}, answer.Snippet(g, s, n))
				file.Close()
				if err != nil {
					return written, fmt.Errorf("%s, %s: %w", g.Variant.Entry.ID, s.Key, err)
				}
				var b strings.Builder
				end := 0
				for _, e := range edits {
					b.WriteString(text[end:e.Span.Start] + e.New)
					end = e.Span.End
				}
				b.WriteString(text[end:])
				out := filepath.Join(folder, fmt.Sprintf("%s-line-%d.ts", name, s.Fences[n].Line+1))
				if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil {
					return written, err
				}
				written++
			}
		}
	}
	return written, nil
}
