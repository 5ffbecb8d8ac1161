package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

func TestTwentyThousandEditsArriveInOrder(t *testing.T) {
	d := &desk{}
	e := start(t, d)
	e.Open(file, "python", "")
	const n = 20_000
	var want strings.Builder
	var hovers []*lsptest.Pending
	var ends []lsptest.Position
	for i := range n {
		c, line, character := string(rune('a'+i%26)), i/100, i%100
		if character == 99 {
			c = "\n"
		}
		want.WriteString(c)
		e.SendBody(fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":%q,"version":%d},"contentChanges":[{"range":{"start":{"line":%d,"character":%d},"end":{"line":%d,"character":%d}},"text":%q}]}}`, file, i+2, line, character, line, character, c))
		if i%10 == 9 {
			hovers = append(hovers, e.Go("textDocument/hover", lsptest.HoverParams(file, lsptest.Position{})))
			ends = append(ends, lsptest.Position{Line: uint32((i + 1) / 100), Character: uint32((i + 1) % 100)})
		}
	}
	for i, p := range hovers {
		var h lsptest.Hover
		if err := json.Unmarshal(p.Wait().Result, &h); err != nil || h.Range == nil {
			t.Fatalf("hover %d: %v", i, err)
		}
		if h.Range.End != ends[i] {
			t.Fatalf("hover %d saw a text up to %v, want %v", i, h.Range.End, ends[i])
		}
	}
	if seenLength(t, e, file); d.last() != want.String() {
		t.Error("the text is not what was typed")
	}
}

func TestNotificationsDoNotEndTheSession(t *testing.T) {
	for _, body := range []string{
		`{"jsonrpc":"2.0","method":"$/unknown"}`,
		`{"jsonrpc":"2.0","method":"$/unknown","params":{"a":1}}`,
		`{"jsonrpc":"2.0","method":"custom/thing","params":[1,2]}`,
		`{"jsonrpc":"2.0","method":"initialized"}`,
		`{"jsonrpc":"2.0","method":"initialized","params":null}`,
		`{"jsonrpc":"2.0","method":"initialized","params":7}`,
		`{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"loud"}}`,
		`{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":null}}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest"}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99999999999}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen"}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":null}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":7,"languageId":null,"version":"x","text":[]}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///never.py","version":null},"contentChanges":[{"text":"x"}]}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///never.py"},"contentChanges":null}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///never.py"}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didSave","params":{"textDocument":{"uri":"file:///never.py"},"text":null}}`,
		`{"jsonrpc":"2.0","method":"textDocument/willSave","params":{}}`,
		`{"jsonrpc":"2.0","method":"textDocument/hover","params":{}}`,
		`{"jsonrpc":"2.0","method":"shutdown"}`,
		`{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{"settings":null}}`,
		`{"jsonrpc":"2.0","method":"workspace/didChangeWatchedFiles","params":{"changes":[]}}`,
		`{"jsonrpc":"2.0","method":"workspace/didChangeWorkspaceFolders","params":{"event":null}}`,
		`{"jsonrpc":"2.0","method":"notebookDocument/didOpen","params":{}}`,
		`{"jsonrpc":"2.0","id":null,"method":"textDocument/hover","params":{}}`,
	} {
		t.Run(body, func(t *testing.T) {
			e := start(t, &desk{})
			e.SendBody(body)
			works(t, e)
		})
	}
}

func TestErrorCodes(t *testing.T) {
	d := &desk{hover: func(_ context.Context, f *analyzer.File, _ int) (*answer.Hover, error) {
		switch string(f.Text()) {
		case "panic":
			panic("the desk is on fire")
		case "error":
			return nil, errors.New("the desk is closed")
		case "late":
			return nil, fmt.Errorf("parsing: %w", context.DeadlineExceeded)
		}
		return nil, nil
	}}
	e := start(t, d)
	for _, text := range []string{"panic", "error", "late"} {
		e.Open("file:///"+text+".py", "python", text)
	}
	hover := func(text string) any { return lsptest.HoverParams("file:///"+text+".py", lsptest.Position{}) }
	tests := []struct {
		name, method string
		params       any
		want         int // 0 is success
	}{
		{"a panic is an internal error", "textDocument/hover", hover("panic"), -32603},
		{"an error is an internal error", "textDocument/hover", hover("error"), -32603},
		{"a late answer is none", "textDocument/hover", hover("late"), 0},
		{"no document is no hover", "textDocument/hover", hover("unknown"), 0},
		{"parameters of the wrong type", "textDocument/hover", []int{1}, -32602},
		{"a field of the wrong type", "textDocument/hover", json.RawMessage(`{"textDocument":{"uri":7}}`), -32602},
		{"a negative position", "textDocument/hover", json.RawMessage(`{"textDocument":{"uri":"file:///a.py"},"position":{"line":-1,"character":0}}`), -32602},
		{"no parameters", "textDocument/hover", nil, -32602},
		{"an unknown method", "custom/method", map[string]any{}, -32601},
		{"an unknown method without parameters", "custom/method", nil, -32601},
		{"an unknown method of the protocol's own", "$/unknown", nil, -32601},
		{"a method that is not served", "textDocument/definition", map[string]any{}, -32601},
		{"a notification sent as a request", "textDocument/didOpen", map[string]any{}, -32601},
		{"a second initialize", "initialize", map[string]any{}, -32600},
		{"an unknown command", "workspace/executeCommand", map[string]any{"command": "rm"}, -32602},
		{"an action without data", "codeAction/resolve", map[string]any{"title": "x"}, -32602},
		{"an action with other data", "codeAction/resolve", map[string]any{"title": "x", "data": []int{1}}, -32602},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reply := e.Call(test.method, test.params)
			switch {
			case test.want == 0 && reply.Error != nil:
				t.Errorf("error %v", reply.Error)
			case test.want != 0 && (reply.Error == nil || reply.Error.Code != test.want):
				t.Errorf("got %s %v, want code %d", reply.Result, reply.Error, test.want)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	for _, id := range []string{`7`, `"seven"`, `"7"`, `5000000000`} {
		t.Run(id, func(t *testing.T) {
			began := make(chan struct{})
			e := start(t, &desk{actions: func(ctx context.Context, _ *analyzer.File, _ analyzer.Span) ([]answer.Action, error) {
				close(began)
				<-ctx.Done()
				return nil, ctx.Err()
			}})
			e.Open(file, "python", "x")
			p := e.GoID(id, "textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": file}})
			<-began
			works := e.Hover(file, lsptest.Position{}) // other requests go on meanwhile
			if works == nil {
				t.Error("no hover beside a slow request")
			}
			p.Cancel()
			if reply := p.Wait(); reply.Error == nil || reply.Error.Code != -32800 {
				t.Errorf("got %s %v, want code -32800", reply.Result, reply.Error)
			}
		})
	}
}

func TestCancelOfAnsweredRequestIsIgnored(t *testing.T) {
	e := start(t, &desk{})
	e.Open(file, "python", "x")
	p := e.Go("textDocument/hover", lsptest.HoverParams(file, lsptest.Position{}))
	p.Wait()
	p.Cancel()
	works(t, e)
}

func TestRequestsOutsideTheSession(t *testing.T) {
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
	want := func(reply lsptest.Reply, code int) {
		t.Helper()
		if reply.Error == nil || reply.Error.Code != code {
			t.Errorf("got %s %v, want code %d", reply.Result, reply.Error, code)
		}
	}
	e.Open(file, "python", "dropped")
	want(e.Call("textDocument/hover", lsptest.HoverParams(file, lsptest.Position{})), -32002)
	want(e.Call("shutdown", nil), -32002)
	e.Initialize(lsptest.Modern)
	if e.Hover(file, lsptest.Position{}) != nil {
		t.Error("a document that was opened before initialize is known")
	}
	e.MustCall("shutdown", nil, nil)
	want(e.Call("textDocument/hover", lsptest.HoverParams(file, lsptest.Position{})), -32600)
	want(e.Call("initialize", nil), -32600)
}

func TestManySlowRequestsEndWithTheSession(t *testing.T) {
	e := start(t, &desk{actions: func(ctx context.Context, _ *analyzer.File, _ analyzer.Span) ([]answer.Action, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	e.Open(file, "python", "x")
	for range 100 {
		e.Go("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": file}})
	}
	began := time.Now()
	e.Notify("exit", nil)
	if code, err := e.Exit(); code != 1 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("exit took %v", took)
	}
}
