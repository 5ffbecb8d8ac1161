package lsp_test

import (
	"context"
	"flag"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/analyzer/workspace"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

var update = flag.Bool("update", false, "write what was got into the golden files")

// The production chain: a hub on a file system, the library over it, the desk,
// the server, the wire. A case without a hub of its own sees the starter.
func startCase(t *testing.T, c *lsptest.Case) *lsptest.Editor {
	t.Helper()
	report := func(err error) { t.Log(err) }
	var sources []docs.Source
	if _, err := fs.Stat(c.Hub, "."); err == nil {
		if entries, _ := fs.ReadDir(c.Hub, "."); len(entries) > 0 {
			sources = append(sources, hub.Tree("case", c.Hub))
		}
	}
	desk := &answer.Desk{Library: docs.NewLibrary(sources, hub.Tree("starter", starter.FS()), docs.Observer{Problem: report})}
	follow(desk, c)
	e := lsptest.Start(t, (&lsp.Server{Desk: desk}).Serve)
	e.Initialize(`{
		"textDocument": {
			"hover": {"contentFormat": ["markdown"]},
			"codeAction": {
				"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor"]}},
				"resolveSupport": {"properties": ["edit"]}, "dataSupport": true
			}
		},
		"workspace": {"workspaceEdit": {"documentChanges": true}}
	}`)
	e.OpenAll(c)
	return e
}

// follow lets names be followed through the sources of a case, which are a workspace.
func follow(desk *answer.Desk, c *lsptest.Case) {
	fsys := fstest.MapFS{}
	for name, text := range c.Files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	index := workspace.Scan(fsys)
	files := &workspace.Files{FS: fsys, Index: func() *workspace.Index { return index }}
	below := func(file string) string { return strings.TrimPrefix(filepath.ToSlash(file), "/project/") }
	desk.Own = func(_ context.Context, file, ecosystem, module string) (bool, error) {
		return index.Owns(below(file), ecosystem, module), nil
	}
	desk.Follow = func(_ context.Context, file string, ref analyzer.Reference) (analyzer.Reference, workspace.Outcome, error) {
		to, o := files.Follow(below(file), ref)
		return to, o, nil
	}
}

// A loading document is waited for: what a hand does by hovering again.
func hoverOf(e *lsptest.Editor, c *lsptest.Case) *lsptest.Hover {
	uri := c.URI(c.Name)
	for {
		h := e.Hover(uri, e.At(uri, c.Cursor))
		if h == nil || !strings.HasPrefix(h.Contents.Value, "Loading ") {
			return h
		}
	}
}

func TestHovers(t *testing.T) {
	lsptest.EachCase(t, "testdata/hover", func(t *testing.T, c *lsptest.Case) {
		e := startCase(t, c)
		got := "nothing\n"
		if h := hoverOf(e, c); h != nil {
			text := c.Files[c.Name]
			got = lsptest.MarkLines(text, e.Span(c.URI(c.Name), *h.Range)) + "\n" + h.Contents.Value
		}
		c.Check(t, strings.ReplaceAll(got, "\n\n\n", "\n\n"), *update)
	})
}

func TestActions(t *testing.T) {
	lsptest.EachCase(t, "testdata/codeaction", func(t *testing.T, c *lsptest.Case) {
		e := startCase(t, c)
		hoverOf(e, c) // by now the document is there
		uri := c.URI(c.Name)
		at := e.At(uri, c.Cursor)
		actions := e.CodeActions(uri, lsptest.Range{Start: at, End: at})
		var got strings.Builder
		for _, a := range actions {
			got.WriteString(a.Title + "\n")
		}
		if len(actions) > 0 {
			e.Choose(e.Resolve(actions[0]))
			got.WriteString("----\n" + e.Text(uri))
		}
		c.Check(t, got.String(), *update)
	})
}
