package lsp_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/lsp/lsptest"
)

// Every tree that a session makes must be closed, whichever way its document
// goes: closed, replaced, dropped with the session, or held by a request that
// was cancelled.
func TestTreesAreClosed(t *testing.T) {
	before := analyzer.LiveTrees()
	parse := func(f *analyzer.File) { f.ReferenceAt(8) }
	e := start(t, &desk{
		hover: func(_ context.Context, f *analyzer.File, _ int) (*answer.Hover, error) {
			parse(f)
			return nil, nil
		},
		prefetch: parse,
	})
	for i := range 2000 {
		uri := fmt.Sprintf("file:///project/%d.py", i%7)
		e.Open(uri, "python", "import stripe\nstripe.Customer.create()\n")
		e.Go("textDocument/hover", lsptest.HoverParams(uri, lsptest.Position{}))
		e.Change(uri, lsptest.Range{}, "x = 1\n")
		p := e.Go("textDocument/hover", lsptest.HoverParams(uri, lsptest.Position{}))
		switch i % 3 {
		case 0:
			e.Close(uri)
		case 1:
			p.Cancel()
			e.Replace(uri, "import openai\n")
		}
		if i%50 == 0 {
			p.Wait()
		}
	}
	e.Hover("file:///project/1.py", lsptest.Position{})
	e.MustCall("shutdown", nil, nil)
	e.Notify("exit", nil)
	e.Exit()
	deadline := time.Now().Add(5 * time.Second)
	for analyzer.LiveTrees() != before && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if after := analyzer.LiveTrees(); after != before {
		t.Errorf("%d trees, %d before", after, before)
	}
}
