package lsp_test

import (
	"context"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

func TestHoverFormat(t *testing.T) {
	for formats, want := range map[string]string{
		`{"contentFormat":["markdown","plaintext"]}`: "markdown",
		`{"contentFormat":["plaintext","markdown"]}`: "plaintext",
		`{"contentFormat":["plaintext"]}`:            "plaintext",
		`{"contentFormat":["html","markdown"]}`:      "markdown",
		`{"contentFormat":["html"]}`:                 "plaintext",
		`{"contentFormat":[]}`:                       "plaintext",
		`{}`:                                         "plaintext",
	} {
		t.Run(formats, func(t *testing.T) {
			e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
			e.Initialize(`{"textDocument":{"hover":` + formats + `}}`)
			e.Open(file, "python", "x")
			if h := e.Hover(file, lsptest.Position{}); h == nil || h.Contents.Kind != want {
				t.Errorf("got %+v, want %s", h, want)
			}
		})
	}
}

func TestHoverOffsetAndRange(t *testing.T) {
	source, err := lsptest.ParseMarked("import stripe as s\r\nx = \"🎉\"; «s.Payment‸Intent.create»()\n")
	if err != nil {
		t.Fatal(err)
	}
	asked := -1
	e := start(t, &desk{hover: func(_ context.Context, _ *analyzer.File, offset int) (*answer.Hover, error) {
		asked = offset
		return &answer.Hover{Span: analyzer.Span{Start: source.Spans[0][0], End: source.Spans[0][1]}}, nil
	}})
	e.Open(file, "python", source.Text)
	h := e.Hover(file, e.At(file, source.Cursor))
	if asked != source.Cursor {
		t.Errorf("the desk was asked about byte %d, want %d", asked, source.Cursor)
	}
	if h == nil || h.Range == nil || e.Span(file, *h.Range) != source.Spans[0] {
		t.Errorf("got %+v", h)
	}
}

func TestHoverDoesNotWaitForTheNetwork(t *testing.T) {
	e := start(t, &desk{hover: func(ctx context.Context, _ *analyzer.File, _ int) (*answer.Hover, error) {
		<-ctx.Done() // a document that does not come
		return &answer.Hover{}, nil
	}})
	e.Open(file, "python", "x")
	began := time.Now()
	if e.Hover(file, lsptest.Position{}) == nil {
		t.Error("no answer after the grace")
	}
	if took := time.Since(began); took < 100*time.Millisecond || took > 2*time.Second {
		t.Errorf("the hover took %v", took)
	}
}

// A hover answers for the text that was there when it was asked, however the
// text goes on meanwhile.
func TestHoverSeesItsOwnVersion(t *testing.T) {
	began, proceed := make(chan struct{}), make(chan struct{})
	e := start(t, &desk{actions: func(_ context.Context, f *analyzer.File, _ analyzer.Span) ([]answer.Action, error) {
		close(began)
		<-proceed
		return []answer.Action{{Title: string(f.Text()), Kind: insertKind, Key: "k"}}, nil
	}})
	e.Open(file, "python", "before")
	p := e.Go("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": file}})
	<-began
	e.Replace(file, "after")
	e.Close(file)
	e.Hover(file, lsptest.Position{}) // the close has been handled
	close(proceed)
	if reply := p.Wait(); reply.Error != nil || !contains(reply.Result, `"title":"before"`) {
		t.Errorf("got %s %v", reply.Result, reply.Error)
	}
}

// What is at hand is answered without asking twice, a panic costs that request
// alone, and its document is given back.
func TestHoverThatIsAtHand(t *testing.T) {
	before := analyzer.LiveTrees()
	e := start(t, &desk{
		hover: func(context.Context, *analyzer.File, int) (*answer.Hover, error) {
			t.Error("asked although the answer was at hand")
			return nil, nil
		},
		hoverNow: func(f *analyzer.File, offset int) (*answer.Hover, bool) {
			switch offset {
			case 0:
				return &answer.Hover{Span: analyzer.Span{Start: 0, End: 1}}, true
			case 1:
				return nil, true
			}
			panic("at once")
		},
	})
	e.Open(file, "python", "xyz")
	if h := e.Hover(file, lsptest.Position{}); h == nil {
		t.Error("no hover")
	}
	if h := e.Hover(file, lsptest.Position{Character: 1}); h != nil {
		t.Errorf("got %+v", h)
	}
	if r := e.Call("textDocument/hover", lsptest.HoverParams(file, lsptest.Position{Character: 2})); r.Error == nil || r.Error.Code != -32603 {
		t.Errorf("got %+v", r)
	}
	if h := e.Hover(file, lsptest.Position{}); h == nil {
		t.Error("no hover after the panic")
	}
	e.Close(file)
	if after := analyzer.LiveTrees(); after > before {
		t.Errorf("%d trees are held", after-before)
	}
}
