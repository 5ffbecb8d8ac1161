package lsp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

// realDesk answers from the guides inside the binary.
func realDesk(t *testing.T) *answer.Desk {
	return &answer.Desk{Library: docs.NewLibrary(nil, hub.Tree("starter", starter.FS()), docs.Observer{Problem: func(err error) { t.Log(err) }})}
}

// capable is an editor with what a test wants beside the usual.
func capable(edit, item, experimental string) string {
	return `{
		"workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": true` + edit + `}},
		"textDocument": {
			"codeAction": {` + literals + `, "dataSupport": true, "resolveSupport": {"properties": ["edit"]}},
			"completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["markdown"]` + item + `}}
		},
		"experimental": {` + experimental + `}
	}`
}

const shop = `import stripe

client = stripe.StripeClient("k")


def pay(customer):
    client.v1.customers.create(params={})
    
    return customer
`

// startShop opens a file that uses a documented package, and waits until its guide is loaded.
func startShop(t *testing.T, desk *answer.Desk, capabilities string) *lsptest.Editor {
	t.Helper()
	e := lsptest.Start(t, (&lsp.Server{Desk: desk}).Serve)
	e.Initialize(capabilities)
	e.Open(file, "python", shop)
	for len(e.CodeActions(file, onCall(e))) == 0 {
		if t.Context().Err() != nil {
			t.Fatal("there are no actions")
		}
	}
	return e
}

func onCall(e *lsptest.Editor) lsptest.Range {
	at := e.At(file, strings.Index(shop, "create(")+2)
	return lsptest.Range{Start: at, End: at}
}

func onEmptyLine(e *lsptest.Editor) lsptest.Range {
	at := e.At(file, strings.Index(shop, "    \n")+4)
	return lsptest.Range{Start: at, End: at}
}

// Where an editor knows stops, the values that are the example's are some, and
// the text is the same.
func TestStops(t *testing.T) {
	plain := startShop(t, realDesk(t), capable("", "", ""))
	plain.Choose(plain.CodeActions(file, onCall(plain))[0])

	e := startShop(t, realDesk(t), capable(`, "snippetEditSupport": true`, "", ""))
	action := e.Resolve(e.CodeActions(file, onCall(e))[0])
	var value string
	for _, edit := range action.Edit.DocumentChanges[0].Edits {
		if edit.Snippet != nil {
			value = edit.Snippet.Value
		}
	}
	if !strings.Contains(value, "${1:") || !strings.Contains(value, "@") {
		t.Errorf("the address of the example is no stop: %q", value)
	}
	e.Choose(action)
	if got, want := e.Text(file), plain.Text(file); got != want || got == shop {
		t.Errorf("with stops the text is\n%s\nand without\n%s", got, want)
	}
}

func TestPicker(t *testing.T) {
	e := startShop(t, realDesk(t), capable("", "", `"chubls": {"picker": true}`))
	for place, at := range map[string]lsptest.Range{"a call": onCall(e), "an empty line": onEmptyLine(e)} {
		actions := e.CodeActions(file, at)
		last := actions[len(actions)-1]
		var command struct {
			Command   string
			Arguments []json.RawMessage
		}
		if err := json.Unmarshal(last.Command, &command); err != nil || command.Command != "chubls.pickSnippet" || len(command.Arguments) != 1 || last.Edit != nil || last.Data != nil {
			t.Fatalf("%s: the last action is no choice: %+v", place, last)
		}
		if last.Title != "Insert snippet from stripe/package…" {
			t.Errorf("%s: title %q", place, last.Title)
		}
		var picks []struct{ Title, Section, Entry, Preview, Key string }
		e.MustCall("workspace/executeCommand", map[string]any{"command": command.Command, "arguments": command.Arguments}, &picks)
		if len(picks) < 8 {
			t.Fatalf("%s: %d snippets to pick from", place, len(picks))
		}
		for _, p := range picks {
			if p.Title == "" || p.Section == "" || p.Entry != "stripe/package" || p.Preview == "" || p.Key == "" {
				t.Errorf("%s: a pick lacks something: %+v", place, p)
			}
		}
		before := e.Text(file)
		e.MustCall("workspace/executeCommand", map[string]any{"command": "chubls.insertSnippet", "arguments": []any{map[string]any{
			"uri": file, "version": e.Version(file), "position": at.Start, "key": picks[len(picks)-1].Key,
		}}}, nil)
		if e.Text(file) == before {
			t.Errorf("%s: nothing was inserted", place)
		}
		e.Replace(file, shop)
	}
	if reply := e.Call("workspace/executeCommand", map[string]any{"command": "chubls.pickSnippet", "arguments": []any{map[string]any{"uri": file, "version": 1}}}); reply.Error == nil || reply.Error.Code != -32801 {
		t.Errorf("a place in an old version: %+v", reply)
	}
}

// Without a picker the other snippets of the guide are actions too.
func TestListInsteadOfAPicker(t *testing.T) {
	e := startShop(t, realDesk(t), capable("", "", ""))
	for place, at := range map[string]lsptest.Range{"a call": onCall(e), "an empty line": onEmptyLine(e)} {
		actions := e.CodeActions(file, at)
		if len(actions) < 3 || len(actions) > 8 {
			t.Errorf("%s: %d actions", place, len(actions))
		}
		for _, a := range actions {
			if !strings.HasPrefix(a.Title, "Insert snippet: ") || !strings.HasSuffix(strings.TrimSuffix(a.Title, " (async)"), " (stripe/package)") || a.Command != nil {
				t.Errorf("%s: %+v", place, a)
			}
		}
	}
	before := len(shop)
	e.Choose(e.CodeActions(file, onEmptyLine(e))[1])
	if text := e.Text(file); len(text) <= before || strings.Contains(text, "StripeClient(os") {
		t.Errorf("the snippet does not use the client of the file:\n%s", text)
	}
}

// Some editors send the whole line that the cursor is on.
func TestActionsOfALine(t *testing.T) {
	e := startShop(t, realDesk(t), capable("", "", ""))
	at := onCall(e)
	line := lsptest.Range{Start: lsptest.Position{Line: at.Start.Line}, End: e.At(file, strings.Index(shop, "params={})")+len("params={})"))}
	actions := e.CodeActions(file, line)
	if len(actions) == 0 {
		t.Fatal("a line with a documented call has no actions")
	}
	if want := e.CodeActions(file, at); actions[0].Title == "" || len(want) == 0 {
		t.Errorf("the line has %+v, the call %+v", actions, want)
	}
	e.Choose(actions[0])
	if !strings.Contains(e.Text(file), "client.v1.customers.create(params={})\n") {
		t.Errorf("the line of the cursor is gone:\n%s", e.Text(file))
	}
}

// What is selected is replaced.
func TestActionsOfASelection(t *testing.T) {
	e := lsptest.Start(t, (&lsp.Server{Desk: realDesk(t)}).Serve)
	e.InitializeWith(map[string]any{
		"capabilities": json.RawMessage(capable("", "", "")), "clientInfo": map[string]any{"name": "an editor"},
	})
	e.Open(file, "python", shop)
	start := strings.Index(shop, "client.v1")
	selected := lsptest.Range{Start: e.At(file, start), End: e.At(file, start+len("client.v1.customers.create(params={})"))}
	for len(e.CodeActions(file, onCall(e))) == 0 {
		if t.Context().Err() != nil {
			t.Fatal("there are no actions")
		}
	}
	e.Choose(e.CodeActions(file, selected)[0])
	if text := e.Text(file); strings.Contains(text, "create(params={})") || !strings.Contains(text, "    return customer\n") {
		t.Errorf("the selection is not what was replaced:\n%s", text)
	}
}

func TestCopyInstallCommand(t *testing.T) {
	e := startShop(t, realDesk(t), capable("", "", `"chubls": {"copy": true}`))
	actions := e.CodeActions(file, lsptest.Range{Start: lsptest.Position{Character: 9}, End: lsptest.Position{Character: 9}}, "source")
	if len(actions) != 1 || actions[0].Title != "Copy install command: pip install stripe (stripe/package)" || !contains(actions[0].Command, `"chubls.copyText"`) || !contains(actions[0].Command, `"pip install stripe"`) {
		t.Errorf("actions: %+v", actions)
	}
}

func TestStaleActionSaysSo(t *testing.T) {
	e := startShop(t, realDesk(t), capable("", "", ""))
	a := e.CodeActions(file, onCall(e))[0]
	e.Change(file, lsptest.Range{}, "# moved on\n")
	if reply := e.Call("codeAction/resolve", a); reply.Error == nil || reply.Error.Code != -32801 {
		t.Fatalf("the answer is %+v", reply)
	}
	e.AwaitNote("window/showMessage", func(params string) bool { return strings.Contains(params, "ask for code actions again") })
}

func complete(t *testing.T, e *lsptest.Editor, text string) []lsptest.Completion {
	t.Helper()
	cursor := strings.Index(text, "‸")
	text = strings.Replace(text, "‸", "", 1)
	e.Replace(file, text)
	return e.Completions(file, e.At(file, cursor))
}

func TestCompletion(t *testing.T) {
	desk := realDesk(t)
	e := startShop(t, desk, capable("", `, "insertTextModeSupport": {"valueSet": [1, 2]}`, ""))
	const typing = "import stripe\n\nclient = stripe.StripeClient(\"k\")\n\ndef pay():\n    if True:\n        stripe‸\n"
	items := complete(t, e, typing)
	if len(items) < 5 {
		t.Fatalf("%d snippets for the name of a package", len(items))
	}
	for _, i := range items {
		if i.Kind != 15 || i.InsertTextFormat != 2 || i.InsertTextMode != 1 || i.Detail != "stripe/package" || !strings.HasPrefix(i.FilterText, "stripe") || i.Documentation != nil || i.SortText < "~" {
			t.Errorf("an item is out of order: %+v", i)
		}
	}
	first := items[1]
	var resolved lsptest.Completion
	e.MustCall("completionItem/resolve", first, &resolved)
	if !contains(resolved.Documentation, "```python") {
		t.Errorf("the section is not told: %s", resolved.Documentation)
	}
	edits := append([]lsptest.TextEdit{{Range: first.TextEdit.Range, NewText: lsptest.Snippet{Value: first.TextEdit.NewText}.Text()}}, first.Additional...)
	if err := e.Apply(lsptest.WorkspaceEdit{Changes: map[string][]lsptest.TextEdit{file: edits}}); err != nil {
		t.Fatal(err)
	}
	after := e.Text(file)
	if head := "def pay():\n    if True:\n        "; !strings.Contains(after, head) || strings.Contains(after, "        stripe\n") || strings.Contains(after, "            customer") && !strings.Contains(after, "client.") {
		t.Errorf("the word is not replaced by the snippet:\n%s", after)
	}
	if more := complete(t, e, strings.Replace(typing, "        stripe‸", "        stripecustom‸", 1)); len(more) == 0 || len(more) >= len(items) {
		t.Errorf("%d snippets for a longer word, %d for the name", len(more), len(items))
	}
	for what, text := range map[string]string{
		"another package":      "import stripe\n\nredi‸\n",
		"inside an expression": "import stripe\n\nx = stripe‸\n",
		"before more":          "import stripe\n\nstripe‸ + 1\n",
		"a call over lines":    "import stripe\n\nprint(\n    stripe‸\n)\n",
		"too short":            "import stripe\n\nst‸\n",
		"a string":             "import stripe\n\nx = \"\"\"\nstripe‸\n\"\"\"\n",
		"above the imports":    "stripe‸\nimport stripe\n",
	} {
		if got := complete(t, e, text); len(got) != 0 {
			t.Errorf("%s: %d snippets are offered", what, len(got))
		}
	}
	if got := complete(t, e, "import os\n\nstripe‸\n"); len(got) == 0 || len(got[0].Additional) == 0 {
		t.Errorf("a package that is not imported yet: %+v", got)
	}
	desk.NoCompletion = true
	if got := complete(t, e, typing); len(got) != 0 {
		t.Errorf("%d snippets although completion is off", len(got))
	}
}

// An editor that indents the lines of a completion itself gets them without.
func TestCompletionIndentedByTheEditor(t *testing.T) {
	e := startShop(t, realDesk(t), capable("", "", ""))
	for _, i := range complete(t, e, "import stripe\n\ndef pay():\n    if True:\n        stripe‸\n") {
		_, rest, _ := strings.Cut(i.TextEdit.NewText, "\n")
		least, lines := 99, 0
		for line := range strings.SplitSeq(rest, "\n") {
			if strings.TrimSpace(line) != "" {
				lines++
				least = min(least, len(line)-len(strings.TrimLeft(line, " ")))
			}
		}
		if lines > 0 && least >= 8 {
			t.Errorf("%s: the lines are indented twice:\n%s", i.Label, rest)
		}
	}
}
