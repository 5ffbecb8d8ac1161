package lsp_test

import (
	"testing"
)

// Whatever comes as a body after initialize, the session answers the next
// request. Only exit may end it, and shutdown may refuse.
func FuzzWire(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `{"jsonrpc":"2.0"}`, "\xff",
		`{"jsonrpc":"2.0","id":1,"method":"shutdown"}`,
		`{"jsonrpc":"2.0","method":"exit"}`,
		`{"jsonrpc":"2.0","id":"a","method":"textDocument/hover","params":{"textDocument":{"uri":"file:///project/app.py"},"position":{"line":0,"character":3}}}`,
		`{"jsonrpc":"2.0","id":"a","method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///project/app.py"},"range":{"start":{"line":0,"character":3},"end":{"line":0,"character":0}},"context":{"diagnostics":[],"only":["refactor"]}}}`,
		`{"jsonrpc":"2.0","id":2,"method":"codeAction/resolve","params":{"title":"a","data":{"uri":"file:///project/app.py","version":1,"hash":"x","key":"k","range":{"start":{"line":0,"character":3},"end":{"line":0,"character":0}}}}}`,
		`{"jsonrpc":"2.0","id":2,"method":"workspace/executeCommand","params":{"command":"chubls.insertSnippet","arguments":[{}]}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///project/app.py","languageId":"python","version":1,"text":"é\ud800"}}}`,
		`{"jsonrpc":"2.0","method":"workspace/didChangeWorkspaceFolders","params":{"event":{"added":[{"uri":"file:///a","name":"a"}],"removed":[]}}}`,
		`{"jsonrpc":"2.0","id":1,"result":null,"error":null}`,
		change("3", `[{"range":{"start":{"line":0,"character":9},"end":{"line":7,"character":0}},"text":"😀\r"},{"range":null,"text":"b"}]`),
		change("null", `[{"range":{"start":{"line":-1,"character":1e99},"end":null},"text":"x"}]`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := start(t, &desk{})
		e.Open(file, "python", "import stripe\n")
		e.SendBody(string(body))
		if !e.Alive() {
			if code, err := e.Exit(); err != nil {
				t.Fatalf("the session ended with code %d, %v", code, err)
			}
		}
	})
}
