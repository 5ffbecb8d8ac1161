package lsp_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/chubls/chubls/lsp"
)

func TestBrokenBodiesAreAnsweredAndSurvived(t *testing.T) {
	tests := []struct {
		name, body string
		code       int
		id         string
	}{
		{"no JSON", `{"jsonrpc":`, -32700, "null"},
		{"text", `hello`, -32700, "null"},
		{"empty body", ``, -32700, "null"},
		{"only bad bytes", "\xff\xfe\x00", -32700, "null"},
		{"empty object", `{}`, -32600, "null"},
		{"a number", `7`, -32600, "null"},
		{"null", `null`, -32600, "null"},
		{"empty batch", `[]`, -32600, "null"},
		{"batch", `[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]`, -32600, "null"},
		{"two values", `{"jsonrpc":"2.0","method":"a"}{}`, -32700, "null"},
		{"no version", `{"id":"x","method":"shutdown"}`, -32600, `"x"`},
		{"another version", `{"jsonrpc":"1.0","id":3,"method":"shutdown"}`, -32600, "3"},
		{"method of the wrong type", `{"jsonrpc":"2.0","id":"m","method":7}`, -32600, `"m"`},
		{"id of the wrong type", `{"jsonrpc":"2.0","id":[1],"method":"shutdown"}`, -32600, "null"},
		{"fractional id", `{"jsonrpc":"2.0","id":1.5,"method":"shutdown"}`, -32600, "null"},
		{"request and response in one", `{"jsonrpc":"2.0","id":"r","method":"a","result":1}`, -32600, `"r"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := start(t, &desk{})
			e.SendBody(test.body)
			reply := e.Stray()
			if reply.Error == nil || reply.Error.Code != test.code || string(reply.ID) != test.id {
				t.Errorf("got id %s, %v; want id %s, code %d", reply.ID, reply.Error, test.id, test.code)
			}
			works(t, e)
		})
	}
}

func TestBrokenResponsesAreSurvived(t *testing.T) {
	for _, body := range []string{
		`{"jsonrpc":"2.0","id":99,"result":1}`,
		`{"jsonrpc":"2.0","id":99,"result":1,"error":null}`,
		`{"jsonrpc":"2.0","id":99,"error":{"code":1,"message":"x"}}`,
		`{"jsonrpc":"2.0","id":99,"error":"x"}`,
		`{"jsonrpc":"2.0","id":"x","result":{}}`,
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}`,
		`{"jsonrpc":"2.0","result":{}}`,
		`{"jsonrpc":"2.0","id":{},"result":{}}`,
		`{"jsonrpc":"2.0","id":-1,"result":{}}`,
		`{"jsonrpc":"2.0","id":0,"result":{}}`,
	} {
		t.Run(body, func(t *testing.T) {
			e := start(t, &desk{})
			e.SendBody(body)
			works(t, e)
		})
	}
}

func TestBadUnicode(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"invalid UTF-8", "a\xff\xfeb", "a\ufffd\ufffdb"},
		{"cut UTF-8", "a\xf0\x9f\x8eb", "a\ufffd\ufffd\ufffdb"},
		{"lone high surrogate", `a\ud83db`, "a\ufffdb"},
		{"lone low surrogate", `a\ude00b`, "a\ufffdb"},
		{"a pair is no lone one", `a\ud83d\ude00b`, "a😀b"},
		{"zero", `a\u0000b`, "a\x00b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &desk{}
			e := start(t, d)
			e.SendBody(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"` + file + `","languageId":"python","version":1,"text":"` + test.text + `"}}}`)
			seenLength(t, e, file)
			if got := d.last(); got != test.want {
				t.Errorf("the desk saw %q, want %q", got, test.want)
			}
		})
	}
}

// A request in which bad text is beside the point must be served.
func TestBadUnicodeInARequest(t *testing.T) {
	e := start(t, &desk{})
	e.Open(file, "python", "x")
	for i, message := range []string{`a \ud800 b`, "a \xff b"} {
		id := fmt.Sprintf("%d", 1000+i)
		p := e.GoID(id, "$/ignored", nil)
		p.Wait()
		e.SendBody(`{"jsonrpc":"2.0","id":` + id + `,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"` + file + `"},"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"context":{"diagnostics":[{"message":"` + message + `","severity":null,"code":1.5}],"only":null,"triggerKind":null}}}`)
		if reply := e.Stray(); reply.Error != nil || !strings.Contains(string(reply.Result), "Insert the snippet") {
			t.Errorf("%q: got %s %v", message, reply.Result, reply.Error)
		}
	}
}

func TestHeaders(t *testing.T) {
	for name, header := range map[string]string{
		"lower case":           "content-length: %d\r\n\r\n",
		"content type":         "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
		"content type after":   "Content-Length: %d\r\nContent-Type: x\r\n\r\n",
		"line feeds only":      "Content-Length:%d\n\n",
		"empty lines before":   "\r\n\nContent-Length: %d\r\n\r\n",
		"spaces around length": "Content-Length:   %d  \r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t, &desk{})
			body := `{"jsonrpc":"2.0","id":"h","method":"$/x"}`
			e.SendRaw(fmt.Sprintf(header, len(body)) + body)
			if reply := e.Stray(); string(reply.ID) != `"h"` {
				t.Errorf("got a reply to %s", reply.ID)
			}
		})
	}
}

func TestGarbageEndsTheSession(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"no header", "hello\r\n", "not a language client's"},
		{"absurd length", "Content-Length: 99999999999999\r\n\r\n", "not a language client's"},
		{"length beyond integers", "Content-Length: 99999999999999999999999\r\n\r\n", "not a language client's"},
		{"negative length", "Content-Length: -1\r\n\r\n", "not a language client's"},
		{"length that is no number", "Content-Length: many\r\n\r\n", "not a language client's"},
		{"header without length", "Content-Type: x\r\n\r\n", "not a language client's"},
		{"endless header line", strings.Repeat("x", 1<<20), "not a language client's"},
		{"endless header", strings.Repeat("A: b\r\n", 1000), "not a language client's"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := start(t, &desk{})
			e.SendRaw(test.raw)
			if code, err := e.Exit(); code != 1 || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("exit code %d, %v", code, err)
			}
		})
	}
}

func TestPromisedLengthIsNotAllocated(t *testing.T) {
	e := start(t, &desk{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e.SendRaw(fmt.Sprintf("Content-Length: %d\r\n\r\n{", 60<<20))
	e.HangUp()
	if code, err := e.Exit(); code != 1 || err == nil || !strings.Contains(err.Error(), "middle of a message") {
		t.Errorf("exit code %d, %v", code, err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("%d bytes were allocated for one that came", grown)
	}
}

func TestHugeMessageIsSkipped(t *testing.T) {
	e := start(t, &desk{})
	e.SendRaw(fmt.Sprintf("Content-Length: %d\r\n\r\n", lsp.MaxMessage+1))
	chunk := strings.Repeat(" ", 1<<20)
	for range lsp.MaxMessage >> 20 {
		e.SendRaw(chunk)
	}
	e.SendRaw(" ")
	if reply := e.Stray(); reply.Error == nil {
		t.Error("no error for a skipped message")
	}
	works(t, e)
}

func TestEndOfInputEndsTheSession(t *testing.T) {
	e := start(t, &desk{})
	e.HangUp()
	if code, err := e.Exit(); code != 0 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestEndOfInputInAMessage(t *testing.T) {
	for _, raw := range []string{"Content-Le", "Content-Length: 10\r\n\r\n{", "Content-Length: 10\r\n\r\n", "Content-Length: 10\r\n"} {
		t.Run(raw, func(t *testing.T) {
			e := start(t, &desk{})
			e.SendRaw(raw)
			e.HangUp()
			if code, err := e.Exit(); code != 1 || err == nil {
				t.Errorf("exit code %d, %v", code, err)
			}
		})
	}
}
