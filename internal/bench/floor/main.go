// Command floor is the least that a language server of these libraries can
// do: it speaks through go.lsp.dev/jsonrpc2 and go.lsp.dev/protocol, decodes
// what it is sent, keeps nothing, and answers hover and codeAction with bytes
// that it is given in files. What chubls takes longer than this is chubls.
//
// It is wired as chubls is: notifications in order on the read loop, requests
// off it, so that the difference is the work and not the wiring.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

func main() {
	hover := flag.String("hover", "", "file with the JSON result of every hover; null without it")
	actions := flag.String("actions", "", "file with the JSON result of every codeAction; null without it")
	flag.Parse()

	s := &server{}
	for _, f := range []struct {
		name string
		to   *jsonrpc2.RawMessage
	}{{*hover, &s.hover}, {*actions, &s.actions}} {
		*f.to = jsonrpc2.RawMessage("null")
		if f.name == "" {
			continue
		}
		text, err := os.ReadFile(f.name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "floor:", err)
			os.Exit(1)
		}
		*f.to = text
	}

	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(stdio{}), jsonrpc2.WithCodec(codec{}))
	conn.Go(context.Background(), s.handle)
	<-conn.Done()
}

type server struct {
	protocol.UnimplementedServer
	hover, actions jsonrpc2.RawMessage
}

func (s *server) Initialize(context.Context, *protocol.InitializeParams) (*protocol.InitializeResult, error) {
	return &protocol.InitializeResult{
		Capabilities: protocol.ServerCapabilities{
			TextDocumentSync:   protocol.TextDocumentSyncKindIncremental,
			HoverProvider:      protocol.Boolean(true),
			CodeActionProvider: protocol.Boolean(true),
		},
		ServerInfo: protocol.ServerInfo{Name: "floor"},
	}, nil
}

func (s *server) Shutdown(context.Context) error { return nil }

func (s *server) Exit(context.Context) error {
	os.Exit(0)
	return nil
}

func (s *server) handle(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	switch req.Method() {
	case protocol.MethodTextDocumentHover:
		var p protocol.HoverParams
		return answer(ctx, req, &p, s.hover)
	case protocol.MethodTextDocumentCodeAction:
		var p protocol.CodeActionParams
		return answer(ctx, req, &p, s.actions)
	}
	result, err := protocol.ServerHandler(s, nil)(ctx, req)
	if err != nil && !req.IsCall() {
		return nil, nil // an error here would close the connection
	}
	return result, err
}

func answer(ctx context.Context, req *jsonrpc2.Request, params any, result jsonrpc2.RawMessage) (any, error) {
	if err := protocol.Unmarshal(req.Params(), params); err != nil {
		return nil, err
	}
	jsonrpc2.Async(ctx)
	return result, nil
}

// codec is protocol's own, which is not exported.
type codec struct{}

func (codec) Marshal(v any) ([]byte, error) {
	if r, ok := v.(jsonrpc2.RawMessage); ok {
		return r, nil
	}
	return protocol.Marshal(v)
}

func (codec) Unmarshal(b []byte, v any) error { return protocol.Unmarshal(b, v) }

type stdio struct{}

func (stdio) Read(b []byte) (int, error)  { return os.Stdin.Read(b) }
func (stdio) Write(b []byte) (int, error) { return os.Stdout.Write(b) }
func (stdio) Close() error                { return os.Stdin.Close() }

var _ io.ReadWriteCloser = stdio{}
