package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

func TestExitCodes(t *testing.T) {
	tests := []struct {
		name string
		do   func(e *lsptest.Editor)
		want int
	}{
		{"shutdown, exit", func(e *lsptest.Editor) { e.MustCall("shutdown", nil, nil); e.Notify("exit", nil) }, 0},
		{"shutdown with null, exit with null", func(e *lsptest.Editor) {
			e.SendBody(`{"jsonrpc":"2.0","id":"s","method":"shutdown","params":null}`)
			e.Stray()
			e.SendBody(`{"jsonrpc":"2.0","method":"exit","params":null}`)
		}, 0},
		{"shutdown and exit in one write", func(e *lsptest.Editor) {
			const shutdown, exit = `{"jsonrpc":"2.0","id":"s","method":"shutdown"}`, `{"jsonrpc":"2.0","method":"exit"}`
			e.SendRaw("Content-Length: 46\r\n\r\n" + shutdown + "Content-Length: 33\r\n\r\n" + exit)
		}, 0},
		{"exit alone", func(e *lsptest.Editor) { e.Notify("exit", nil) }, 1},
		{"shutdown, end of input", func(e *lsptest.Editor) { e.MustCall("shutdown", nil, nil); e.HangUp() }, 0},
		{"end of input", func(e *lsptest.Editor) { e.HangUp() }, 0},
		{"shutdown, exit, end of input", func(e *lsptest.Editor) {
			e.MustCall("shutdown", nil, nil)
			e.Notify("exit", nil)
			e.HangUp()
		}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := start(t, &desk{})
			test.do(e)
			if code, err := e.Exit(); code != test.want || err != nil {
				t.Errorf("exit code %d, %v; want %d", code, err, test.want)
			}
		})
	}
}

func TestExitBeforeInitialize(t *testing.T) {
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
	e.Notify("exit", nil)
	if code, err := e.Exit(); code != 1 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestEndOfContextEndsTheSession(t *testing.T) {
	e := start(t, &desk{})
	e.Cancel()
	if code, err := e.Exit(); code != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("exit code %d, %v", code, err)
	}
}

// brokenPipe is an editor that has closed its end.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBrokenOutputEndsTheSession(t *testing.T) {
	in, editor := io.Pipe()
	go func() {
		_, _ = io.WriteString(editor, "Content-Length: 46\r\n\r\n"+`{"jsonrpc":"2.0","id":"s","method":"shutdown"}`)
	}()
	code, err := (&lsp.Server{Desk: &desk{}}).Serve(t.Context(), in, brokenPipe{})
	if code != 1 || err == nil || !strings.Contains(err.Error(), "cannot write") {
		t.Errorf("exit code %d, %v", code, err)
	}
}

// Nothing that an editor says about itself keeps it from working.
func TestInitializeIsLenient(t *testing.T) {
	for _, params := range []string{
		`{}`,
		`{"processId":null,"rootUri":null,"capabilities":{}}`,
		`{"processId":null,"rootUri":null,"capabilities":null,"trace":null,"clientInfo":null,"locale":null,"rootPath":null,"initializationOptions":null,"workspaceFolders":null,"workDoneToken":null}`,
		`{"processId":9999999999,"rootUri":null,"capabilities":{}}`,
		`{"processId":1e300,"rootUri":null,"capabilities":{}}`,
		`{"processId":"12","rootUri":7,"capabilities":{},"trace":"loud","clientInfo":{"name":7}}`,
		`{"processId":-1,"capabilities":{"textDocument":null,"workspace":null,"general":null}}`,
		`{"capabilities":{"textDocument":{"hover":null,"codeAction":{"codeActionLiteralSupport":null,"resolveSupport":null}},"general":{"positionEncodings":null}}}`,
		`{"capabilities":{"textDocument":{"hover":{"contentFormat":"markdown"},"codeAction":7}},"workspaceFolders":[{"uri":7},null]}`,
		`{"capabilities":[],"workspaceFolders":{}}`,
	} {
		t.Run(params, func(t *testing.T) {
			e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
			e.InitializeWith(json.RawMessage(params))
			works(t, e)
		})
	}
}

func TestCapabilities(t *testing.T) {
	const (
		sync    = `{"change":2,"openClose":true,"save":true}`
		folders = `{"workspaceFolders":{"changeNotifications":true,"supported":true}}`
	)
	tests := []struct{ name, editor, want string }{
		{"a current editor", lsptest.Modern, `{"codeActionProvider":{"codeActionKinds":["refactor.rewrite.insertSnippet","quickfix.chooseEntry"],"resolveProvider":true},"executeCommandProvider":{"commands":["chubls.chooseEntry"]},"hoverProvider":true,"positionEncoding":"utf-16","textDocumentSync":` + sync + `,"workspace":` + folders + `}`},
		{"without lazy edits", `{"textDocument":{"codeAction":{"codeActionLiteralSupport":{}}}}`, `{"codeActionProvider":{"codeActionKinds":["refactor.rewrite.insertSnippet","quickfix.chooseEntry"],"resolveProvider":false},"executeCommandProvider":{"commands":["chubls.chooseEntry"]},"hoverProvider":true,"positionEncoding":"utf-16","textDocumentSync":` + sync + `,"workspace":` + folders + `}`},
		{"commands only", `{"workspace":{"applyEdit":true}}`, `{"codeActionProvider":true,"executeCommandProvider":{"commands":["chubls.chooseEntry","chubls.insertSnippet"]},"hoverProvider":true,"positionEncoding":"utf-16","textDocumentSync":` + sync + `,"workspace":` + folders + `}`},
		{"no edits at all", `{}`, `{"hoverProvider":true,"positionEncoding":"utf-16","textDocumentSync":` + sync + `,"workspace":` + folders + `}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Version: "1.2.3"}).Serve)
			var got struct {
				Capabilities map[string]any
				ServerInfo   map[string]any
			}
			e.MustCall("initialize", json.RawMessage(`{"processId":null,"rootUri":null,"capabilities":`+test.editor+`}`), &got)
			var want map[string]any
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Capabilities); diff != "" {
				t.Errorf("capabilities (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]any{"name": "chubls", "version": "1.2.3"}, got.ServerInfo); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPositionEncoding(t *testing.T) {
	for offered, want := range map[string]string{
		`["utf-16"]`:                  "utf-16",
		`["utf-8","utf-16"]`:          "utf-8",
		`["utf-32","utf-8","utf-16"]`: "utf-32",
		`["utf-7","utf-8"]`:           "utf-8",
		`[]`:                          "utf-16",
		`["utf-7"]`:                   "utf-16",
		`null`:                        "utf-16",
	} {
		t.Run(offered, func(t *testing.T) {
			e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}}).Serve)
			got := e.Initialize(`{"general":{"positionEncodings":` + offered + `}}`)
			if got.Capabilities.PositionEncoding != want {
				t.Errorf("chose %q, want %q", got.Capabilities.PositionEncoding, want)
			}
			e.Open(file, "python", "é😀")
			if n := seenLength(t, e, file); n != map[string]int{"utf-8": 6, "utf-16": 3, "utf-32": 2}[want] {
				t.Errorf("the text is %d characters long", n)
			}
		})
	}
}

func TestDeathOfTheParentEndsTheSession(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not watched there")
	}
	parent := exec.Command("sleep", "60")
	if err := parent.Start(); err != nil {
		t.Skip(err)
	}
	server := &lsp.Server{Desk: &desk{}}
	server.SetParentPoll(10 * time.Millisecond)
	e := lsptest.Start(t, server.Serve)
	e.InitializeWith(map[string]any{"processId": parent.Process.Pid, "capabilities": map[string]any{}})
	time.Sleep(50 * time.Millisecond)
	works(t, e)
	_ = parent.Process.Kill()
	_ = parent.Wait()
	if code, err := e.Exit(); code != 1 || err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("exit code %d, %v", code, err)
	}
}

// A parent that is not there to begin with runs on another machine, or in
// another container.
func TestUnknownParentIsNotWatched(t *testing.T) {
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Skip(err)
	}
	server := &lsp.Server{Desk: &desk{}}
	server.SetParentPoll(time.Millisecond)
	e := lsptest.Start(t, server.Serve)
	e.InitializeWith(map[string]any{"processId": gone.Process.Pid, "capabilities": map[string]any{}})
	time.Sleep(50 * time.Millisecond)
	works(t, e)
}
