package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// client is a bare editor: it frames, counts ids and takes the time. A reply's
// time is taken when its last byte is read, before it is decoded.
type client struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	write  sync.Mutex
	id     int
	reply  chan reply
	start  time.Duration // from the start of the process to the initialize reply
	stderr *tail
}

type reply struct {
	at     time.Time
	id     int
	result json.RawMessage
	err    error
}

type message struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  json.RawMessage
}

// launch starts a server and takes it through initialize.
func launch(env []string, root, name string, args ...string) (*client, error) {
	c := &client{cmd: exec.Command(name, args...), reply: make(chan reply, 16), stderr: &tail{}}
	c.cmd.Env, c.cmd.Dir, c.cmd.Stderr = env, root, c.stderr
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go c.read(bufio.NewReaderSize(out, 1<<16))
	folder := map[string]any{"uri": fileURI(root), "name": "bench"}
	_, took, err := c.request("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": fileURI(root), "workspaceFolders": []any{folder},
		"clientInfo":   map[string]any{"name": "chubls-bench"},
		"capabilities": capabilities,
	}, began)
	if err != nil {
		c.close()
		return nil, err
	}
	c.start = took
	return c, c.notify("initialized", map[string]any{})
}

var capabilities = map[string]any{
	"general":   map[string]any{"positionEncodings": []string{"utf-16"}},
	"workspace": map[string]any{"configuration": true, "workspaceFolders": true, "applyEdit": true, "workspaceEdit": map[string]any{"documentChanges": true}},
	"textDocument": map[string]any{
		"synchronization": map[string]any{"didSave": true},
		"hover":           map[string]any{"contentFormat": []string{"markdown", "plaintext"}},
		"codeAction": map[string]any{
			"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"", "quickfix", "refactor", "source"}}},
			"dataSupport":              true,
			"resolveSupport":           map[string]any{"properties": []string{"edit"}},
		},
	},
}

// request sends one and waits for its reply. The time counts from since, or
// from the moment of sending where since is zero.
func (c *client) request(method string, params any, since time.Time) (json.RawMessage, time.Duration, error) {
	c.id++
	frame, err := encode(map[string]any{"jsonrpc": "2.0", "id": c.id, "method": method, "params": params})
	if err != nil {
		return nil, 0, err
	}
	if since.IsZero() {
		since = time.Now()
	}
	if err := c.send(frame); err != nil {
		return nil, 0, err
	}
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for {
		select {
		case r, ok := <-c.reply:
			switch {
			case !ok:
				return nil, 0, fmt.Errorf("%s: the server went away; its last words: %s", method, c.stderr)
			case r.id != c.id:
				continue
			case r.err != nil:
				return nil, 0, fmt.Errorf("%s: %w", method, r.err)
			}
			return r.result, r.at.Sub(since), nil
		case <-limit.C:
			return nil, 0, fmt.Errorf("%s: no reply within a minute", method)
		}
	}
}

func (c *client) notify(method string, params any) error {
	frame, err := encode(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
	if err != nil {
		return err
	}
	return c.send(frame)
}

func encode(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return append([]byte("Content-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"), body...), nil
}

func (c *client) send(frame []byte) error {
	c.write.Lock()
	defer c.write.Unlock()
	_, err := c.in.Write(frame)
	return err
}

// read takes the frames of the server, and answers what it asks at once.
func (c *client) read(r *bufio.Reader) {
	defer close(c.reply)
	for {
		body, err := readFrame(r)
		if err != nil {
			return
		}
		at := time.Now()
		var m message
		if json.Unmarshal(body, &m) != nil {
			return
		}
		switch {
		case m.Method != "" && m.ID != nil:
			frame, err := encode(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": c.serve(m)})
			if err != nil || c.send(frame) != nil {
				return
			}
		case m.Method == "":
			out := reply{at: at, result: m.Result}
			out.id, _ = strconv.Atoi(string(m.ID))
			if m.Error != nil {
				out.err = errors.New(string(m.Error))
			}
			c.reply <- out
		}
	}
}

func (c *client) serve(m message) any {
	if m.Method != "workspace/configuration" {
		return nil
	}
	var p struct{ Items []json.RawMessage }
	_ = json.Unmarshal(m.Params, &p) // no items: no answers
	return make([]any, len(p.Items))
}

func readFrame(r *bufio.Reader) ([]byte, error) {
	size := -1
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if size, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return nil, err
			}
		}
	}
	if size < 0 {
		return nil, errors.New("a frame without Content-Length")
	}
	body := make([]byte, size)
	_, err := io.ReadFull(r, body)
	return body, err
}

// close ends the server: politely, and after two seconds not.
func (c *client) close() {
	kill := time.AfterFunc(2*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer kill.Stop()
	// Errors here are of a server that is gone already.
	_, _, _ = c.request("shutdown", nil, time.Time{})
	_ = c.notify("exit", nil)
	_ = c.in.Close()
	_ = c.cmd.Wait()
}

// tail keeps the last of what a server says on stderr.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if len(t.text) > 4096 {
		t.text = t.text[len(t.text)-2048:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
