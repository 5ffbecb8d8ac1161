package lsp_test

import (
	"encoding/json"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

// Whatever an editor says of files is a reason to look at them.
func TestChanged(t *testing.T) {
	var changed atomic.Int32
	server := &lsp.Server{Desk: &desk{}, Changed: func() { changed.Add(1) }}
	e := lsptest.Start(t, server.Serve)
	registered := make(chan string, 1)
	e.OnRequest = func(method string, params json.RawMessage) (any, *lsptest.ReplyError) {
		if method == "client/registerCapability" {
			registered <- string(params)
		}
		return nil, nil
	}
	e.Initialize(`{"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}}`)
	select {
	case params := <-registered:
		for _, want := range []string{"workspace/didChangeWatchedFiles", `"globPattern":"**/*.{py,`, "tsconfig"} {
			if !strings.Contains(params, want) {
				t.Errorf("%s was not registered: %s", want, params)
			}
		}
	case <-time.After(lsptest.Patience):
		t.Fatal("nothing was registered")
	}
	e.Open(file, "python", "x")
	for _, note := range []struct {
		method string
		params any
	}{
		{"textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": file}}},
		{"textDocument/didSave", nil},
		{"workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": file, "type": 2}}}},
		{"workspace/didChangeWatchedFiles", map[string]any{"changes": "all"}},
		{"textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": file}}},
	} {
		before := changed.Load()
		e.Notify(note.method, note.params)
		e.Alive()
		if changed.Load() == before {
			t.Errorf("%s %v told nobody", note.method, note.params)
		}
	}
}

// An editor that cannot be asked to watch is not asked.
func TestNoWatchers(t *testing.T) {
	server := &lsp.Server{Desk: &desk{}, Changed: func() {}}
	e := lsptest.Start(t, server.Serve)
	var mu sync.Mutex
	var asked []string
	e.OnRequest = func(method string, _ json.RawMessage) (any, *lsptest.ReplyError) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, method)
		return nil, nil
	}
	e.Initialize(lsptest.Modern)
	works(t, e)
	mu.Lock()
	defer mu.Unlock()
	if len(asked) > 0 {
		t.Errorf("the editor was asked for %v", asked)
	}
}

func TestBuffers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the path is written another way")
	}
	var find func(path string) *analyzer.File
	server := &lsp.Server{Desk: &desk{}, Buffers: func(open func(path string) *analyzer.File) { find = open }}
	e := lsptest.Start(t, server.Serve)
	e.Initialize(lsptest.Modern)
	text := func(path string) string {
		e.Alive() // what was sent before has been read by now
		f := find(path)
		if f == nil {
			return "not open"
		}
		defer f.Close()
		return string(f.Text())
	}
	const spaced = "file:///project/%5Bslug%5D/a%20b.py"
	if got := text("/project/app.py"); got != "not open" {
		t.Error(got)
	}
	e.Open(file, "python", "first")
	e.Open(spaced, "python", "spaced")
	if got := text("/project/app.py"); got != "first" {
		t.Error(got)
	}
	if got := text("/project/[slug]/a b.py"); got != "spaced" {
		t.Error(got)
	}
	for _, odd := range []string{"", "x", "//x", "/\x00", "/\xff", "/%zz", "/a\nb"} {
		if got := text(odd); got != "not open" {
			t.Errorf("%q: %s", odd, got)
		}
	}
	e.Close(file)
	if got := text("/project/app.py"); got != "not open" {
		t.Error(got)
	}
}
