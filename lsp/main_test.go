package lsp_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) != "" {
		serveProcess()
	}
	goleak.VerifyTestMain(m)
}

// The real desk must fit.
var _ lsp.Desk = (*answer.Desk)(nil)

const file = "file:///project/app.py"

// desk is a Desk for tests. Without functions of the test's it documents every
// place of every file: the hover's range is the whole file, and so tells how
// long the text was that the desk saw.
type desk struct {
	hover    func(ctx context.Context, f *analyzer.File, offset int) (*answer.Hover, error)
	hoverNow func(f *analyzer.File, offset int) (*answer.Hover, bool)
	actions  func(ctx context.Context, f *analyzer.File, span analyzer.Span) ([]answer.Action, error)
	edits    func(ctx context.Context, f *analyzer.File, span analyzer.Span, key string) ([]answer.Edit, error)
	prefetch func(f *analyzer.File)
	decide   func(c answer.Choice) error

	mu   sync.Mutex
	seen []string // the texts that hovers and prefetches saw
}

func (d *desk) saw(f *analyzer.File) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, string(f.Text()))
}

// last returns the newest text that the desk saw.
func (d *desk) last() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.seen) == 0 {
		return ""
	}
	return d.seen[len(d.seen)-1]
}

func (d *desk) Hover(ctx context.Context, f *analyzer.File, offset int) (*answer.Hover, error) {
	if d.hover != nil {
		return d.hover(ctx, f, offset)
	}
	d.saw(f)
	return &answer.Hover{Span: analyzer.Span{Start: 0, End: len(f.Text())}}, nil
}

func (d *desk) HoverNow(f *analyzer.File, offset int) (*answer.Hover, bool) {
	if d.hoverNow != nil {
		return d.hoverNow(f, offset)
	}
	return nil, false
}

const insertKind = "refactor.rewrite.insertSnippet"

func (d *desk) Actions(ctx context.Context, f *analyzer.File, span analyzer.Span, _ answer.Offer) ([]answer.Action, error) {
	if d.actions != nil {
		return d.actions(ctx, f, span)
	}
	return []answer.Action{{Title: "Insert the snippet", Kind: insertKind, Key: "k1"}}, nil
}

func (d *desk) ActionsNow(*analyzer.File, analyzer.Span, answer.Offer) ([]answer.Action, bool) {
	return nil, false
}

func (d *desk) Picks(_ context.Context, _ *analyzer.File, _ analyzer.Span, entry string) ([]answer.Pick, error) {
	return []answer.Pick{{Title: "T", Section: "A › T", Entry: entry, Preview: "code()\n", Key: "k1"}}, nil
}

func (d *desk) Completions(context.Context, *analyzer.File, int) ([]answer.Completion, error) {
	return nil, nil
}

func (d *desk) Documentation(context.Context, *analyzer.File, string) (string, error) {
	return "", nil
}

// Edits inserts an import at the top and a line below the span.
func (d *desk) Edits(ctx context.Context, f *analyzer.File, span analyzer.Span, key string) ([]answer.Edit, error) {
	if d.edits != nil {
		return d.edits(ctx, f, span, key)
	}
	below := span.End + strings.IndexByte(string(f.Text()[span.End:])+"\n", '\n')
	return []answer.Edit{
		{Edit: analyzer.Edit{Span: analyzer.Span{Start: below, End: below}, New: "\nsnippet()"}},
		{Edit: analyzer.Edit{Span: analyzer.Span{}, New: "import snippet\n"}},
	}, nil
}

func (d *desk) Decide(_ context.Context, _ *analyzer.File, c answer.Choice) error {
	if d.decide != nil {
		return d.decide(c)
	}
	return nil
}

func (d *desk) Prefetch(_ context.Context, f *analyzer.File) {
	if d.prefetch != nil {
		d.prefetch(f)
	}
}

// start begins a session with a desk, and initializes it as a current editor does.
func start(t testing.TB, d *desk) *lsptest.Editor {
	t.Helper()
	e := lsptest.Start(t, (&lsp.Server{Desk: d, Version: "test"}).Serve)
	e.Initialize(lsptest.Modern)
	return e
}

// seenLength asks for a hover and returns the length of the last line of the
// text that the desk saw, in the editor's characters; -1 without a hover.
func seenLength(t testing.TB, e *lsptest.Editor, uri string) int {
	t.Helper()
	h := e.Hover(uri, lsptest.Position{})
	if h == nil || h.Range == nil {
		return -1
	}
	return int(h.Range.End.Character)
}

// works fails the test if the session does not serve a new document any more.
func works(t testing.TB, e *lsptest.Editor) {
	t.Helper()
	e.Open("file:///project/works.py", "python", "works")
	if got := seenLength(t, e, "file:///project/works.py"); got != len("works") {
		t.Errorf("the session is out of order: the desk saw %d characters", got)
	}
}
