package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// routes is the table of methods. What is not in it is refused if it is a
// request, and ignored if it is a notification.
var routes = map[string]route{
	protocol.MethodInitialize:  request(lenient, (*session).initialize),
	protocol.MethodInitialized: notification(lenient, (*session).initialized),
	protocol.MethodShutdown:    request(lenient, (*session).shutdown),
	protocol.MethodExit:        notification(lenient, (*session).exit),

	protocol.MethodTextDocumentDidOpen:   notification(lenient, (*session).didOpen),
	protocol.MethodTextDocumentDidChange: notification(lenient, (*session).didChange),
	protocol.MethodTextDocumentDidClose:  notification(strict, (*session).didClose),
	protocol.MethodTextDocumentDidSave:   notification(lenient, (*session).didSave),

	protocol.MethodTextDocumentHover:                  request(strict, (*session).hover),
	protocol.MethodTextDocumentCodeAction:             request(lenient, (*session).codeAction),
	protocol.MethodCodeActionResolve:                  request(strict, (*session).resolveCodeAction),
	protocol.MethodTextDocumentCompletion:             request(lenient, (*session).completion),
	protocol.MethodCompletionItemResolve:              request(strict, (*session).resolveCompletion),
	protocol.MethodWorkspaceExecuteCommand:            request(strict, (*session).executeCommand),
	protocol.MethodWorkspaceTextDocumentContent:       request(lenient, (*session).textDocumentContent),
	protocol.MethodWorkspaceDidChangeWorkspaceFolders: notification(strict, (*session).didChangeWorkspaceFolders),

	protocol.MethodWorkspaceDidChangeConfiguration: notification(lenient, (*session).didChangeConfiguration),
	protocol.MethodWorkspaceDidChangeWatchedFiles:  notification(lenient, (*session).didChangeWatchedFiles),

	// Sent by editors whether or not they were asked to.
	protocol.MethodTextDocumentWillSave:         ignored,
	protocol.MethodSetTrace:                     ignored,
	protocol.MethodWindowWorkDoneProgressCancel: ignored,
}

// route says how a method is served. Its run is the first half, on the read
// loop: it must be quick, and must not parse, wait, or call the editor.
type route struct {
	request bool
	run     func(s *session, params []byte) (work, error)
}

// work is what the first half of a request leaves to be done: a later, a now, or
// nil, which answers null.
type work interface{ work() }

// later is the second half, which runs beside the read loop. It is always run
// once, so it may own what the first half leased.
type later func(ctx context.Context) (any, error)

// now is a result that was at hand. It spares a request the way to another
// thread and back, which takes longer than most answers.
type now struct{ result any }

func (later) work() {}
func (now) work()   {}

var ignored = route{run: func(*session, []byte) (work, error) { return nil, nil }}

// request makes the route of a request from how to decode it and its first half.
func request[P any](decode func([]byte, any) error, first func(*session, *P) (work, error)) route {
	return route{request: true, run: func(s *session, params []byte) (work, error) {
		p := new(P)
		if err := decode(params, p); err != nil {
			return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "invalid parameters: %v", err)
		}
		return first(s, p)
	}}
}

// notification makes the route of a notification.
func notification[P any](decode func([]byte, any) error, f func(*session, *P)) route {
	return route{run: func(s *session, params []byte) (work, error) {
		p := new(P)
		if err := decode(params, p); err != nil {
			return nil, err
		}
		f(s, p)
		return nil, nil
	}}
}

// none is the parameters of a method that has none, or none that matter.
type none struct{}

// strict decodes a protocol type as the protocol's schema has it.
func strict(params []byte, v any) error { return protocol.Unmarshal(params, v) }

// lenient decodes into a type that holds only the fields that the server uses,
// and leaves at zero what is absent, null or of the wrong type. It is for
// messages where editors take liberties with the schema, and where refusing
// the whole for a part that nobody reads would cost the user the session
// (initialize) or the document (didChange).
//
// encoding/json fits: it goes on after a field of the wrong type, it mends
// lone surrogates, and the strings that it makes share no memory with the
// message.
func lenient(params []byte, v any) error {
	if len(params) == 0 {
		return nil
	}
	err := json.Unmarshal(params, v)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return nil
	}
	return err
}

// handle serves one message. It is called on the read loop.
//
// The library closes the connection for a notification that returns an error
// and for a panic, so neither leaves here.
func (s *session) handle(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	method := strings.Clone(req.Method()) // it borrows the read buffer
	if !req.IsCall() {
		s.notified(method, req.Params())
		return nil, nil
	}
	left, err := s.accept(method, req.Params())
	if err != nil || left == nil {
		return nil, wireError(err)
	}
	if n, ok := left.(now); ok {
		return n.result, nil
	}
	do := left.(later)
	// The request's own context is recycled by the library: deriving from it
	// would crash the process later.
	own, done := s.calls.begin(jsonrpc2.DetachContext(ctx), req.ID())
	defer done()
	jsonrpc2.Async(ctx)

	result, err := s.perform(own, method, do)
	if own.Err() != nil {
		return nil, protocol.ErrRequestCancelled
	}
	if err != nil {
		return nil, wireError(err)
	}
	return result, nil
}

// notified serves a notification.
func (s *session) notified(method string, params []byte) {
	if method == protocol.MethodCancelRequest {
		s.calls.cancel(params)
		return
	}
	r, known := routes[method]
	switch {
	case !known || r.request:
		s.Log.Debug("ignored a notification", zap.String("method", method))
		return
	case s.stage != stageRunning && method != protocol.MethodExit:
		s.Log.Debug("ignored a notification outside the session", zap.String("method", method))
		return
	}
	if _, err := s.first(method, r, params); err != nil {
		s.Log.Warn("dropped a notification", zap.String("method", method), zap.Error(err))
	}
}

// accept runs the first half of a request.
func (s *session) accept(method string, params []byte) (work, error) {
	switch {
	case s.stage == stageNew && method != protocol.MethodInitialize:
		return nil, jsonrpc2.Errorf(jsonrpc2.ServerNotInitialized, "%s came before initialize", method)
	case s.stage == stageShutDown:
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "%s came after shutdown", method)
	}
	r, known := routes[method]
	if !known || !r.request {
		return nil, jsonrpc2.Errorf(jsonrpc2.MethodNotFound, "chubls does not know %s", method)
	}
	return s.first(method, r, params)
}

func (s *session) first(method string, r route, params []byte) (do work, err error) {
	defer s.guard(method, &err)
	return r.run(s, params)
}

func (s *session) perform(ctx context.Context, method string, do later) (result any, err error) {
	defer s.guard(method, &err)
	return do(ctx)
}

// guard turns a panic into an error: it must cost the request that it befell,
// and no other.
func (s *session) guard(method string, err *error) {
	if r := recover(); r != nil {
		s.Log.Error("panic", zap.String("method", method), zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
		*err = jsonrpc2.Errorf(jsonrpc2.InternalError, "chubls failed in %s; its log says where", method)
	}
}

// codeRequestFailed is the protocol's code for a request that was in order and
// could not be done; the library lacks it.
const codeRequestFailed jsonrpc2.Code = -32803

// wireError gives an error the code that the protocol has for it; the library
// would send 0.
func wireError(err error) error {
	if coded := (*jsonrpc2.Error)(nil); err == nil || errors.As(err, &coded) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return protocol.ErrRequestCancelled
	}
	return jsonrpc2.NewError(jsonrpc2.InternalError, err.Error())
}

// calls holds the requests in work, for $/cancelRequest.
type calls struct {
	mu      sync.Mutex
	running map[jsonrpc2.ID]*context.CancelFunc
}

// begin registers a request; done must be called when it is answered.
func (c *calls) begin(base context.Context, id jsonrpc2.ID) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancel(base)
	entry := &cancel
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil {
		c.running = make(map[jsonrpc2.ID]*context.CancelFunc)
	}
	c.running[id] = entry
	return ctx, func() {
		cancel()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.running[id] == entry { // else an editor used the id twice
			delete(c.running, id)
		}
	}
}

// cancel ends the context of the request that the parameters name, if it is
// still in work.
func (c *calls) cancel(params []byte) {
	var p struct{ ID json.RawMessage }
	if json.Unmarshal(params, &p) != nil {
		return
	}
	id, ok := idOf(p.ID)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel := c.running[id]; cancel != nil {
		(*cancel)()
	}
}

// idOf reads a request's id: a number or a string.
func idOf(raw []byte) (jsonrpc2.ID, bool) {
	var name string
	if len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &name) == nil {
		return jsonrpc2.NewStringID(name), true
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return jsonrpc2.NewNumberID(n), true
	}
	return jsonrpc2.ID{}, false
}

// codec encodes payloads as the protocol package does; its own is not exported.
type codec struct{}

func (codec) Marshal(v any) ([]byte, error) {
	if raw, ok := v.(jsonrpc2.RawMessage); ok {
		return raw, nil
	}
	return protocol.Marshal(v)
}

func (codec) Unmarshal(data []byte, v any) error { return protocol.Unmarshal(data, v) }
