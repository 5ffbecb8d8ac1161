// Package lsptest is a fake editor for tests of the language server, and the
// reader of the markers that its tests write into sources.
//
// The editor speaks over the real wire, with headers and JSON, in process
// ([Start]) or to a started program ([StartProcess]). It shares no code with
// the server but the arithmetic of positions, so that the two cannot be wrong
// in the same way: its JSON is encoding/json, its protocol types are its own.
package lsptest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chubls/chubls/lsp/text"
)

// Patience is how long the editor waits for what must come.
const Patience = 10 * time.Second

// Serve is the server under test: one session, which returns an exit code.
type Serve func(ctx context.Context, in io.Reader, out io.Writer) (int, error)

// Editor is a fake editor with one session. Its methods fail the test where a
// well-behaved server would not let them fail. They may be called from any
// goroutine but for those that change buffers.
type Editor struct {
	// Encoding is what positions count; Initialize sets it to what the server chose.
	Encoding text.Encoding
	// OnRequest, if set, answers the server's requests instead of the editor.
	// It must be set before the server can send one.
	OnRequest func(method string, params json.RawMessage) (result any, err *ReplyError)

	t    testing.TB
	out  io.WriteCloser
	stop func()
	done chan struct{} // closed when the session has ended
	end  struct {
		code int
		err  error
	}
	gone chan struct{} // closed when nothing more can be read

	mu       sync.Mutex
	writing  sync.Mutex
	nextID   int
	waiting  map[string]chan Reply
	stray    []Reply // replies that nobody waits for
	notes    []Note
	arrived  chan struct{} // closed and replaced when stray or notes grow
	buffers  map[string]*buffer
	problems []string
}

type buffer struct {
	content  string
	version  int
	language string
}

// Note is a notification from the server.
type Note struct {
	Method string
	Params json.RawMessage
}

// Reply is the server's answer to a request.
type Reply struct {
	ID     json.RawMessage
	Result json.RawMessage
	Error  *ReplyError
}

// ReplyError is a JSON-RPC error.
type ReplyError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Error implements error.
func (e *ReplyError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

// Start runs a session in process. The session ends with the test at the latest.
func Start(t testing.TB, serve Serve) *Editor {
	t.Helper()
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	e := newEditor(t, toServer)
	e.stop = cancel
	go func() {
		defer close(e.done)
		e.end.code, e.end.err = serve(ctx, fromEditor, toEditor)
		_ = toEditor.Close()
		_ = fromEditor.Close()
	}()
	e.begin(fromServer)
	return e
}

// StartProcess runs a session with a program over its standard streams. The
// program is killed at the end of the test if it still runs then.
func StartProcess(t testing.TB, command *exec.Cmd) *Editor {
	t.Helper()
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	e := newEditor(t, in)
	e.stop = func() { _ = command.Process.Kill() }
	go func() {
		defer close(e.done)
		<-e.gone // Wait closes the pipe, so all must have been read
		err := command.Wait()
		e.end.code = command.ProcessState.ExitCode()
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
			e.end.err = err
		}
	}()
	e.begin(out)
	return e
}

func newEditor(t testing.TB, out io.WriteCloser) *Editor {
	return &Editor{
		t: t, out: out,
		done: make(chan struct{}), gone: make(chan struct{}), arrived: make(chan struct{}),
		waiting: make(map[string]chan Reply), buffers: make(map[string]*buffer),
	}
}

func (e *Editor) begin(in io.Reader) {
	go func() {
		defer close(e.gone)
		e.read(bufio.NewReader(in))
		_, _ = io.Copy(io.Discard, in) // else the server might wait for us
	}()
	e.t.Cleanup(func() {
		_ = e.out.Close()
		select {
		case <-e.done:
		case <-time.After(time.Second):
			e.stop()
			<-e.done
		}
		<-e.gone
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, p := range e.problems {
			e.t.Error(p)
		}
	})
}

// read reads the server's messages until the pipe ends.
func (e *Editor) read(in *bufio.Reader) {
	for {
		body, err := readFrame(in)
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) && !strings.Contains(err.Error(), "file already closed") {
				e.problem("reading from the server: %v", err)
			}
			e.mu.Lock()
			for id, c := range e.waiting {
				close(c)
				delete(e.waiting, id)
			}
			e.mu.Unlock()
			return
		}
		var m struct {
			JSONRPC string          `json:"jsonrpc"`
			ID      json.RawMessage `json:"id"`
			Method  string          `json:"method"`
			Params  json.RawMessage `json:"params"`
			Result  json.RawMessage `json:"result"`
			Error   *ReplyError     `json:"error"`
		}
		if err := json.Unmarshal(body, &m); err != nil || m.JSONRPC != "2.0" {
			e.problem("the server sent %.200q: %v", body, err)
			continue
		}
		switch {
		case m.Method != "" && m.ID != nil:
			go e.serve(m.ID, m.Method, m.Params)
		case m.Method != "":
			e.mu.Lock()
			e.notes = append(e.notes, Note{m.Method, m.Params})
			e.grew()
			e.mu.Unlock()
		default:
			reply := Reply{ID: m.ID, Result: m.Result, Error: m.Error}
			e.mu.Lock()
			if c := e.waiting[string(m.ID)]; c != nil {
				delete(e.waiting, string(m.ID))
				c <- reply
			} else {
				e.stray = append(e.stray, reply)
				e.grew()
			}
			e.mu.Unlock()
		}
	}
}

// grew wakes those who wait for notes and strays; e.mu is held.
func (e *Editor) grew() {
	close(e.arrived)
	e.arrived = make(chan struct{})
}

// serve answers a request of the server.
func (e *Editor) serve(id json.RawMessage, method string, params json.RawMessage) {
	var result any
	var failure *ReplyError
	switch {
	case e.OnRequest != nil:
		result, failure = e.OnRequest(method, params)
	case method == "workspace/applyEdit":
		var p struct{ Edit WorkspaceEdit }
		if err := json.Unmarshal(params, &p); err != nil {
			failure = &ReplyError{Code: -32602, Message: err.Error()}
			break
		}
		result = map[string]any{"applied": true}
		if err := e.Apply(p.Edit); err != nil {
			result = map[string]any{"applied": false, "failureReason": err.Error()}
		}
	default:
		failure = &ReplyError{Code: -32601, Message: "the test's editor does not know " + method}
	}
	answer := map[string]any{"jsonrpc": "2.0", "id": id}
	if failure != nil {
		answer["error"] = failure
	} else {
		answer["result"] = result
	}
	body, err := json.Marshal(answer)
	if err != nil {
		e.problem("answering %s: %v", method, err)
		return
	}
	e.SendBody(string(body))
}

func (e *Editor) problem(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.problems = append(e.problems, fmt.Sprintf(format, args...))
}

func readFrame(r *bufio.Reader) ([]byte, error) {
	size := -1
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if size, err = strconv.Atoi(value); err != nil {
				return nil, err
			}
		}
	}
	if size < 0 {
		return nil, errors.New("a header without Content-Length")
	}
	body := make([]byte, size)
	_, err := io.ReadFull(r, body)
	return body, err
}

// SendRaw writes bytes to the server as they are. An error of the pipe is not
// the test's: the server may have hung up, as it should on garbage.
func (e *Editor) SendRaw(raw string) {
	e.writing.Lock()
	defer e.writing.Unlock()
	_, _ = io.WriteString(e.out, raw)
}

// SendBody writes a body with its header.
func (e *Editor) SendBody(body string) {
	e.SendRaw(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
}

// Notify sends a notification; nil params are left out.
func (e *Editor) Notify(method string, params any) {
	e.t.Helper()
	e.SendBody(e.envelope(method, nil, params))
}

func (e *Editor) envelope(method string, id json.RawMessage, params any) string {
	e.t.Helper()
	body, err := json.Marshal(struct {
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id,omitempty"`
		Method  string          `json:"method"`
		Params  any             `json:"params,omitempty"`
	}{"2.0", id, method, params})
	if err != nil {
		e.t.Errorf("%s: %v", method, err)
	}
	return string(body)
}

// Pending is a request on its way.
type Pending struct {
	// ID is the request's id as it stands on the wire.
	ID json.RawMessage
	e  *Editor
	to string
	c  chan Reply
}

// Go sends a request and does not wait for its answer.
func (e *Editor) Go(method string, params any) *Pending {
	e.t.Helper()
	e.mu.Lock()
	e.nextID++
	id := strconv.Itoa(e.nextID)
	e.mu.Unlock()
	return e.GoID(id, method, params)
}

// GoID is Go with an id of the test's choice, in JSON.
func (e *Editor) GoID(id, method string, params any) *Pending {
	e.t.Helper()
	p := &Pending{ID: json.RawMessage(id), e: e, to: method, c: make(chan Reply, 1)}
	e.mu.Lock()
	e.waiting[id] = p.c
	e.mu.Unlock()
	e.SendBody(e.envelope(method, p.ID, params))
	return p
}

// Cancel asks the server to give up the request.
func (p *Pending) Cancel() {
	p.e.t.Helper()
	p.e.Notify("$/cancelRequest", map[string]any{"id": p.ID})
}

// Wait returns the answer.
func (p *Pending) Wait() Reply {
	p.e.t.Helper()
	select {
	case reply, ok := <-p.c:
		if !ok {
			p.e.t.Errorf("%s: the session ended without an answer", p.to)
		}
		return reply
	case <-p.e.gone:
		select {
		case reply, ok := <-p.c:
			if ok {
				return reply
			}
		default:
		}
		p.e.t.Errorf("%s: the session ended without an answer", p.to)
	case <-time.After(Patience):
		p.e.t.Errorf("%s: no answer", p.to)
	}
	return Reply{Error: &ReplyError{Message: "no answer"}}
}

// Call sends a request and waits for its answer.
func (e *Editor) Call(method string, params any) Reply {
	e.t.Helper()
	return e.Go(method, params).Wait()
}

// MustCall sends a request, and decodes its result into v if v is not nil.
func (e *Editor) MustCall(method string, params, v any) {
	e.t.Helper()
	reply := e.Call(method, params)
	if reply.Error != nil {
		e.t.Fatalf("%s: %v", method, reply.Error)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(reply.Result, v); err != nil {
		e.t.Fatalf("%s: %v in %s", method, err, reply.Result)
	}
}

// Alive asks something that every server answers, if only with an error, and
// reports whether an answer came before the end of the session. That neither
// comes fails the test: the server hangs.
func (e *Editor) Alive() bool {
	e.t.Helper()
	p := e.Go("$/alive", nil)
	select {
	case _, ok := <-p.c:
		return ok
	case <-e.gone:
		return false
	case <-time.After(Patience):
		e.t.Errorf("the server hangs")
		return false
	}
}

// Stray waits for a reply that answers no request of the editor, such as the
// one to a broken message, and takes it.
func (e *Editor) Stray() Reply {
	e.t.Helper()
	var reply Reply
	e.await("a reply without a request", func() bool {
		if len(e.stray) == 0 {
			return false
		}
		reply, e.stray = e.stray[0], e.stray[1:]
		return true
	})
	return reply
}

// AwaitNote waits for a notification that matches.
func (e *Editor) AwaitNote(method string, matches func(params string) bool) {
	e.t.Helper()
	e.await(method, func() bool {
		for _, n := range e.notes {
			if n.Method == method && matches(string(n.Params)) {
				return true
			}
		}
		return false
	})
}

// Notes returns the notifications so far.
func (e *Editor) Notes() []Note {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Note(nil), e.notes...)
}

func (e *Editor) await(what string, ready func() bool) {
	e.t.Helper()
	deadline := time.After(Patience)
	for {
		e.mu.Lock()
		ok, arrived := ready(), e.arrived
		e.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-arrived:
		case <-e.gone:
			e.mu.Lock()
			ok := ready()
			e.mu.Unlock()
			if !ok {
				e.t.Errorf("the session ended without %s", what)
			}
			return
		case <-deadline:
			e.t.Errorf("no %s came", what)
			return
		}
	}
}

// HangUp closes the pipe to the server.
func (e *Editor) HangUp() { _ = e.out.Close() }

// Cancel ends the context of a session in process, and kills a program.
func (e *Editor) Cancel() { e.stop() }

// Exit waits for the end of the session and returns its exit code and error.
func (e *Editor) Exit() (code int, err error) {
	e.t.Helper()
	select {
	case <-e.done:
		return e.end.code, e.end.err
	case <-time.After(Patience):
		e.t.Errorf("the session did not end")
		return -1, nil
	}
}
