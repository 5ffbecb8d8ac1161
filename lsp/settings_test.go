package lsp_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

// configured collects what a server is told of the editor's settings.
type configured struct {
	mu   sync.Mutex
	seen []lsp.Workspace
}

func (c *configured) configure(w lsp.Workspace) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, w)
}

// wait waits until the newest is the one that is wanted.
func (c *configured) wait(t *testing.T, want lsp.Workspace) {
	t.Helper()
	diff := "nothing was told"
	for end := time.Now().Add(lsptest.Patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		if n := len(c.seen); n > 0 {
			diff = cmp.Diff(want, c.seen[n-1])
		}
		c.mu.Unlock()
		if diff == "" {
			return
		}
	}
	t.Error(diff)
}

func jsons(texts ...string) [][]byte {
	var all [][]byte
	for _, text := range texts {
		all = append(all, []byte(text))
	}
	return all
}

func TestSettings(t *testing.T) {
	var c configured
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Configure: c.configure}).Serve)
	var mu sync.Mutex
	var asked []string
	reply := `[{"offline":true}]`
	e.OnRequest = func(method string, params json.RawMessage) (any, *lsptest.ReplyError) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, method)
		if method == "workspace/configuration" {
			return json.RawMessage(reply), nil
		}
		return nil, nil
	}
	folder := t.TempDir()
	e.InitializeWith(map[string]any{
		"processId": nil, "rootUri": nil,
		"workspaceFolders":      []any{map[string]any{"uri": "file://" + filepath.ToSlash(folder), "name": "a"}, map[string]any{"uri": "vscode-vfs://github/a/b", "name": "b"}},
		"initializationOptions": map[string]any{"prefetch": false},
		"capabilities":          json.RawMessage(`{"workspace": {"configuration": true, "didChangeConfiguration": {"dynamicRegistration": true}}}`),
	})
	c.wait(t, lsp.Workspace{Folders: []string{folder}, Settings: jsons(`{"prefetch":false}`, `{"offline":true}`)})
	if first := c.seen[0]; !first.Waiting || len(first.Settings) != 1 {
		t.Errorf("with initialize: %+v", first)
	}

	// A change is pushed by some editors, and asked for in the others.
	mu.Lock()
	reply = `[null]`
	mu.Unlock()
	e.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"chubls": map[string]any{"hover": map[string]any{"limit": 500}}}})
	c.wait(t, lsp.Workspace{Folders: []string{folder}, Settings: jsons(`{"prefetch":false}`, `{"hover":{"limit":500}}`, `{}`)})

	// Rubbish changes nothing.
	for _, settings := range []any{nil, 7, "x", []int{1}, map[string]any{"chubls": 7}} {
		e.Notify("workspace/didChangeConfiguration", map[string]any{"settings": settings})
	}
	e.Notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
		"added": []any{}, "removed": []any{map[string]any{"uri": "file://" + filepath.ToSlash(folder), "name": "a"}},
	}})
	c.wait(t, lsp.Workspace{Settings: jsons(`{"prefetch":false}`, `{"hover":{"limit":500}}`, `{}`)})
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(map[string]bool{"workspace/configuration": true, "client/registerCapability": true}, setOf(asked)); diff != "" {
		t.Error(diff)
	}
	works(t, e)
}

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}

// An editor that cannot be asked is not waited for.
func TestSettingsUnasked(t *testing.T) {
	var c configured
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Configure: c.configure}).Serve)
	e.Initialize(lsptest.Modern)
	c.wait(t, lsp.Workspace{})
	e.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"offline": true}})
	c.wait(t, lsp.Workspace{Settings: jsons(`{"offline":true}`)})
}

func TestWindow(t *testing.T) {
	for _, test := range []struct {
		name, capabilities string
		want               []string
	}{
		{"progress", `{"window": {"workDoneProgress": true}}`, []string{"begin", "report", "end"}},
		{"no progress", `{}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			window := lsp.NewWindow()
			window.Inform("before the session")
			e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Window: window}).Serve)
			e.OnRequest = func(string, json.RawMessage) (any, *lsptest.ReplyError) { return nil, nil }
			e.Initialize(test.capabilities)
			e.AwaitNote("window/showMessage", func(params string) bool {
				return params == `{"type":3,"message":"chubls: before the session"}`
			})
			progress, end := window.Work("Fetching acme/billing")
			defer end()
			progress(1, 4)
			for _, kind := range test.want {
				e.AwaitNote("$/progress", func(params string) bool { return strings.Contains(params, `"kind":"`+kind+`"`) })
				if kind == "report" {
					end()
				}
			}
			works(t, e)
		})
	}
}
