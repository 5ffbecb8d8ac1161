package lsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

func contains(raw json.RawMessage, part string) bool { return bytes.Contains(raw, []byte(part)) }

const literals = `"codeActionLiteralSupport":{"codeActionKind":{"valueSet":[]}}`

// Every style of editor must end with the same text.
func TestChoosingAnAction(t *testing.T) {
	tests := []struct{ name, capabilities, style string }{
		{"lazy", lsptest.Modern, "data"},
		{"no resolve", `{"workspace":{"workspaceEdit":{"documentChanges":true}},"textDocument":{"codeAction":{` + literals + `,"dataSupport":true}}}`, "documentChanges"},
		{"resolve of other fields", `{"workspace":{"workspaceEdit":{"documentChanges":true}},"textDocument":{"codeAction":{` + literals + `,"dataSupport":true,"resolveSupport":{"properties":["command"]}}}}`, "documentChanges"},
		{"resolve without data", `{"workspace":{"workspaceEdit":{"documentChanges":true}},"textDocument":{"codeAction":{` + literals + `,"resolveSupport":{"properties":["edit"]}}}}`, "documentChanges"},
		{"no versions, so never lazy", `{"textDocument":{"codeAction":{` + literals + `,"dataSupport":true,"resolveSupport":{"properties":["edit"]}}}}`, "changes"},
		{"commands", `{"workspace":{"applyEdit":true}}`, "command"},
		{"commands with versions", `{"workspace":{"applyEdit":true,"workspaceEdit":{"documentChanges":true}}}`, "command"},
	}
	// The name is not canonical: an answer must use it as it is.
	const uri = "file:///C:/a@b.py"
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
			e.Initialize(test.capabilities)
			e.Open(uri, "python", "é = '😀'; x\r\nlast")
			actions := e.CodeActions(uri, lsptest.Range{Start: lsptest.Position{Character: 9}, End: lsptest.Position{Character: 10}})
			if len(actions) != 1 || actions[0].Title != "Insert the snippet" {
				t.Fatalf("actions: %+v", actions)
			}
			raw, err := json.Marshal(actions[0])
			if err != nil || !contains(raw, `"`+test.style+`"`) {
				t.Errorf("the action is not told with %s: %s", test.style, raw)
			}
			if test.style != "command" && actions[0].Kind != insertKind {
				t.Errorf("kind %q", actions[0].Kind)
			}
			e.Choose(actions[0])
			if got, want := e.Text(uri), "import snippet\né = '😀'; x\r\nsnippet()\nlast"; strings.ReplaceAll(got, "\r\n", "\n") != strings.ReplaceAll(want, "\r\n", "\n") {
				t.Errorf("the text is %q, want %q", got, want)
			}
		})
	}
}

func TestNoActionsForAnEditorWithoutEdits(t *testing.T) {
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
	e.Initialize(`{}`)
	e.Open(file, "python", "x")
	if actions := e.CodeActions(file, lsptest.Range{}); len(actions) > 0 {
		t.Errorf("actions: %+v", actions)
	}
}

func TestOnly(t *testing.T) {
	e := start(t, &desk{})
	e.Open(file, "python", "x")
	for only, want := range map[string]bool{
		"":                                 true,
		"refactor":                         true,
		"refactor.rewrite":                 true,
		"refactor.rewrite.insertSnippet":   true,
		"refactor.rewrite.insertSnippet.x": false,
		"refactor.rewrit":                  false,
		"quickfix":                         false,
		"source.organizeImports":           false,
	} {
		if got := len(e.CodeActions(file, lsptest.Range{}, only)) > 0; got != want {
			t.Errorf("only %q: %v, want %v", only, got, want)
		}
	}
	if len(e.CodeActions(file, lsptest.Range{}, "quickfix", "refactor")) == 0 {
		t.Error("one kind of two does not admit the action")
	}
	if len(e.CodeActions(file, lsptest.Range{})) == 0 {
		t.Error("no kinds do not admit the action")
	}
}

// Some editors send no context, or one that the protocol does not allow.
func TestActionsWithOddContexts(t *testing.T) {
	e := start(t, &desk{})
	e.Open(file, "python", "x")
	for _, params := range []string{
		`{"textDocument":{"uri":"` + file + `"},"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}}}`,
		`{"textDocument":{"uri":"` + file + `"},"range":{"start":{"line":9,"character":9},"end":{"line":0,"character":0}},"context":null}`,
		`{"textDocument":{"uri":"` + file + `"},"context":{"diagnostics":null,"only":null}}`,
		`{"textDocument":{"uri":"` + file + `"},"range":null,"context":{"diagnostics":[{"code":null}],"only":[]}}`,
	} {
		if reply := e.Call("textDocument/codeAction", json.RawMessage(params)); !contains(reply.Result, "Insert the snippet") {
			t.Errorf("%s: got %s %v", params, reply.Result, reply.Error)
		}
	}
}

func TestStaleActions(t *testing.T) {
	tests := []struct {
		name string
		do   func(e *lsptest.Editor)
		want int
	}{
		{"unchanged", func(*lsptest.Editor) {}, 0},
		{"edited", func(e *lsptest.Editor) { e.Change(file, lsptest.Range{}, "y") }, -32801},
		{"edited and put back", func(e *lsptest.Editor) { e.Replace(file, "y"); e.Replace(file, "x") }, -32801},
		{"another text of the same version", func(e *lsptest.Editor) { e.Close(file); e.Open(file, "python", "y") }, -32801},
		{"opened again", func(e *lsptest.Editor) { e.Close(file); e.Open(file, "python", "x") }, 0},
		{"closed", func(e *lsptest.Editor) { e.Close(file) }, -32801},
	}
	for style, capabilities := range map[string]string{"lazy": lsptest.Modern, "command": `{"workspace":{"applyEdit":true}}`} {
		for _, test := range tests {
			t.Run(style+"/"+test.name, func(t *testing.T) {
				e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
				e.Initialize(capabilities)
				e.Open(file, "python", "x")
				a := e.CodeActions(file, lsptest.Range{})[0]
				test.do(e)
				reply := e.Call("codeAction/resolve", a)
				if style == "command" {
					reply = e.Call("workspace/executeCommand", map[string]any{"command": "chubls.insertSnippet", "arguments": a.Arguments})
				}
				switch {
				case test.want == 0 && reply.Error != nil:
					t.Error(reply.Error)
				case test.want != 0 && (reply.Error == nil || reply.Error.Code != test.want):
					t.Errorf("got %s %v, want code %d", reply.Result, reply.Error, test.want)
				case test.want != 0 && !strings.Contains(reply.Error.Message, "ask for code actions again"):
					t.Errorf("the message does not say what to do: %v", reply.Error)
				}
			})
		}
	}
}

// A document without versions is told apart by its text.
func TestActionsWithoutVersions(t *testing.T) {
	e := start(t, &desk{})
	e.SendBody(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"` + file + `","languageId":"python","version":null,"text":"x"}}}`)
	a := e.CodeActions(file, lsptest.Range{})[0]
	if got := e.Resolve(a); got.Edit == nil || got.Edit.DocumentChanges[0].TextDocument.Version != nil {
		t.Errorf("got %+v", got.Edit)
	}
	e.SendBody(change("null", `[{"text":"y"}]`))
	if reply := e.Call("codeAction/resolve", a); reply.Error == nil || reply.Error.Code != -32801 {
		t.Errorf("got %s %v", reply.Result, reply.Error)
	}
}

func TestResolveKeepsTheAction(t *testing.T) {
	e := start(t, &desk{})
	e.Open(file, "python", "x")
	a := e.CodeActions(file, lsptest.Range{})[0]
	got := e.Resolve(a)
	if got.Title != a.Title || got.Kind != a.Kind || got.Edit == nil {
		t.Errorf("got %+v", got)
	}
}

func TestActionWithoutEditsIsLeftOut(t *testing.T) {
	d := &desk{
		actions: func(context.Context, *analyzer.File, analyzer.Span) ([]answer.Action, error) {
			return []answer.Action{{Title: "bad", Kind: insertKind, Key: "bad"}, {Title: "overlap", Kind: insertKind, Key: "overlap"}, {Title: "good", Kind: insertKind, Key: "good"}}, nil
		},
		edits: func(_ context.Context, _ *analyzer.File, _ analyzer.Span, key string) ([]answer.Edit, error) {
			switch key {
			case "bad":
				return nil, errors.New("no such snippet")
			case "overlap":
				return []answer.Edit{{Edit: analyzer.Edit{Span: analyzer.Span{Start: 1, End: 3}}}, {Edit: analyzer.Edit{Span: analyzer.Span{Start: 0, End: 2}}}}, nil
			}
			return []answer.Edit{{Edit: analyzer.Edit{New: "y"}}}, nil
		},
	}
	e := lsptest.Start(t, (&lsp.Server{Desk: d}).Serve)
	e.Initialize(`{"textDocument":{"codeAction":{` + literals + `}}}`)
	e.Open(file, "python", "xxxx")
	if got := e.CodeActions(file, lsptest.Range{}); len(got) != 1 || got[0].Title != "good" {
		t.Errorf("got %+v", got)
	}
}

func TestActionsDoNotWaitForTheNetwork(t *testing.T) {
	e := start(t, &desk{actions: func(ctx context.Context, _ *analyzer.File, _ analyzer.Span) ([]answer.Action, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	e.Open(file, "python", "x")
	if got := e.CodeActions(file, lsptest.Range{}); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestSnippetThatIsGone(t *testing.T) {
	e := start(t, &desk{edits: func(context.Context, *analyzer.File, analyzer.Span, string) ([]answer.Edit, error) {
		return nil, answer.ErrGone
	}})
	e.Open(file, "python", "x")
	reply := e.Call("codeAction/resolve", e.CodeActions(file, lsptest.Range{})[0])
	if reply.Error == nil || reply.Error.Code != -32803 || reply.Error.Message != answer.ErrGone.Error() {
		t.Errorf("got %s %v", reply.Result, reply.Error)
	}
}

func TestRefusedEdit(t *testing.T) {
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
	e.OnRequest = func(string, json.RawMessage) (any, *lsptest.ReplyError) {
		return map[string]any{"applied": false, "failureReason": "read only"}, nil
	}
	e.Initialize(`{"workspace":{"applyEdit":true}}`)
	e.Open(file, "python", "x")
	a := e.CodeActions(file, lsptest.Range{})[0]
	reply := e.Call("workspace/executeCommand", map[string]any{"command": "chubls.insertSnippet", "arguments": a.Arguments})
	if reply.Error == nil || reply.Error.Code != -32803 || !strings.Contains(reply.Error.Message, "read only") {
		t.Errorf("got %s %v", reply.Result, reply.Error)
	}
}

// The server asks the editor while the editor asks the server; neither may
// wait for the other.
func TestEditorAsksWhileItIsAsked(t *testing.T) {
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
	e.OnRequest = func(string, json.RawMessage) (any, *lsptest.ReplyError) {
		return map[string]any{"applied": e.Hover(file, lsptest.Position{}) != nil}, nil
	}
	e.Initialize(`{"workspace":{"applyEdit":true}}`)
	e.Open(file, "python", "x")
	e.Choose(e.CodeActions(file, lsptest.Range{})[0])
}

// An editor that answers a request of the server with an error, or never, is
// no reason to stop.
func TestEditorAnswersWithAnError(t *testing.T) {
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
	e.OnRequest = func(string, json.RawMessage) (any, *lsptest.ReplyError) {
		return nil, &lsptest.ReplyError{Code: -32601, Message: "never heard of it"}
	}
	e.Initialize(`{"workspace":{"applyEdit":true}}`)
	e.Open(file, "python", "x")
	a := e.CodeActions(file, lsptest.Range{})[0]
	if reply := e.Call("workspace/executeCommand", map[string]any{"command": "chubls.insertSnippet", "arguments": a.Arguments}); reply.Error == nil {
		t.Error("no error")
	}
	works(t, e)
}

// A choice is a command, which has no edit, in every style of actions.
func TestChooseEntry(t *testing.T) {
	for _, capabilities := range []string{lsptest.Modern, `{"textDocument":{"codeAction":{"codeActionLiteralSupport":{}}}}`, `{"workspace":{"applyEdit":true}}`} {
		var chosen []answer.Choice
		d := &desk{
			actions: func(context.Context, *analyzer.File, analyzer.Span) ([]answer.Action, error) {
				return []answer.Action{{Title: "Show a/b", Kind: answer.KindChooseEntry, Choice: &answer.Choice{Module: "x", Entry: "a/b"}}}, nil
			},
			decide: func(c answer.Choice) error {
				chosen = append(chosen, c)
				if len(chosen) > 1 {
					return errors.New("the disk is full")
				}
				return nil
			},
		}
		e := lsptest.Start(t, (&lsp.Server{Desk: d}).Serve)
		e.Initialize(capabilities)
		e.Open(file, "python", "import x\n")
		var actions []struct {
			Command json.RawMessage
			commandJSON
		}
		e.MustCall("textDocument/codeAction", map[string]any{
			"textDocument": map[string]any{"uri": file}, "range": lsptest.Range{}, "context": map[string]any{"diagnostics": []any{}},
		}, &actions)
		if len(actions) != 1 {
			t.Fatalf("%d actions", len(actions))
		}
		command := actions[0].commandJSON
		var name string
		if json.Unmarshal(actions[0].Command, &name) != nil {
			if err := json.Unmarshal(actions[0].Command, &command); err != nil {
				t.Fatal(err)
			}
			name = command.Command
		}
		params := map[string]any{"command": name, "arguments": command.Arguments}
		e.MustCall("workspace/executeCommand", params, nil)
		if len(chosen) != 1 || chosen[0] != (answer.Choice{Module: "x", Entry: "a/b"}) {
			t.Errorf("chosen: %+v", chosen)
		}
		if reply := e.Call("workspace/executeCommand", params); reply.Error == nil || reply.Error.Message != "the disk is full" {
			t.Errorf("%+v", reply)
		}
		for _, arguments := range []string{`[]`, `[7]`, `[{}]`, `[{"uri":"file:///gone.py","module":"x"}]`} {
			if reply := e.Call("workspace/executeCommand", map[string]any{"command": name, "arguments": json.RawMessage(arguments)}); reply.Error == nil {
				t.Errorf("%s is taken", arguments)
			}
		}
		works(t, e)
	}
}

// commandJSON is a command, by itself or in an action.
type commandJSON struct {
	Command   string
	Arguments json.RawMessage
}
