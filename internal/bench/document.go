package main

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// document is a host file that is open in one server.
type document struct {
	*client
	uri     string
	version int
	host    host
	typed   int // edits so far
}

func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

func (c *client) open(path string, h host) (*document, error) {
	d := &document{client: c, uri: fileURI(path), version: 1, host: h}
	return d, c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": d.uri, "languageId": h.language, "version": 1, "text": h.text,
	}})
}

func (d *document) shut() error {
	return d.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": d.uri}})
}

func (d *document) hover(i int) (json.RawMessage, time.Duration, error) {
	return d.hoverSince(i, time.Time{})
}

// hoverSince asks over the i-th use of the client in the file, round and round.
func (d *document) hoverSince(i int, since time.Time) (json.RawMessage, time.Duration, error) {
	return d.request("textDocument/hover", map[string]any{
		"textDocument": map[string]any{"uri": d.uri}, "position": d.host.uses[i%len(d.host.uses)],
	}, since)
}

func (d *document) actions(i int) (json.RawMessage, time.Duration, error) {
	at := d.host.uses[i%len(d.host.uses)]
	return d.request("textDocument/codeAction", map[string]any{
		"textDocument": map[string]any{"uri": d.uri},
		"range":        map[string]any{"start": at, "end": at},
		"context":      map[string]any{"diagnostics": []any{}},
	}, time.Time{})
}

// resolve asks for the edit of the first action there. Its time has no part of
// the list's.
func (d *document) resolve(i int) (json.RawMessage, time.Duration, error) {
	list, _, err := d.actions(i)
	if err != nil {
		return nil, 0, err
	}
	var actions []json.RawMessage
	if err := json.Unmarshal(list, &actions); err != nil || len(actions) == 0 {
		return nil, 0, err
	}
	return d.request("codeAction/resolve", actions[0], time.Time{})
}

// editResolve is resolve after a keystroke: nothing of the version is known yet.
func (d *document) editResolve(i int) (json.RawMessage, time.Duration, error) {
	if err := d.edit(); err != nil {
		return nil, 0, err
	}
	return d.resolve(i)
}

// edit types one digit at the end of a line of code, and the next time takes
// it away again: near the top, in the middle and near the end by turns.
func (d *document) edit() error {
	at := d.host.edits[d.typed/2%len(d.host.edits)]
	end, text := at, "1"
	if d.typed%2 == 1 {
		end.Character++
		text = ""
	}
	d.typed++
	d.version++
	return d.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": d.uri, "version": d.version},
		"contentChanges": []any{map[string]any{"range": map[string]any{"start": at, "end": end}, "text": text}},
	})
}

// editHover is a keystroke and the hover right after it.
func (d *document) editHover(i int) (json.RawMessage, time.Duration, error) {
	began := time.Now()
	if err := d.edit(); err != nil {
		return nil, 0, err
	}
	return d.hoverSince(i, began)
}

// warm waits for the document to be answered, and says whether it was.
func (d *document) warm() (bool, error) {
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		result, _, err := d.hover(0)
		if err != nil {
			return false, err
		}
		if len(result) > 0 && string(result) != "null" {
			return true, nil
		}
	}
	return false, nil
}
