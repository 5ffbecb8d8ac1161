package lsptest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chubls/chubls/lsp/text"
)

// Position is the protocol's.
type Position struct {
	Line      uint32 `json:"line"`
	Character uint32 `json:"character"`
}

// Range is the protocol's.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// TextEdit is the protocol's.
type TextEdit struct {
	Range   Range  `json:"range"`
	NewText string `json:"newText"`
	// Snippet is set instead of NewText in an edit with stops.
	Snippet *Snippet `json:"snippet,omitempty"`
}

// Snippet is a text with stops, in the syntax of snippets.
type Snippet struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// Text is what an editor inserts for the snippet: each stop holds its text, or
// that of the stop that it follows.
func (s Snippet) Text() string {
	held := map[string]string{}
	var b strings.Builder
	for rest := s.Value; rest != ""; {
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteByte(rest[1])
			rest = rest[2:]
		case strings.HasPrefix(rest, "${"):
			end := 2
			for end < len(rest) && rest[end] != '}' {
				if rest[end] == '\\' {
					end++
				}
				end++
			}
			number, text, filled := strings.Cut(rest[2:min(end, len(rest))], ":")
			if filled {
				held[number] = Snippet{Value: text}.Text()
			}
			b.WriteString(held[number])
			rest = rest[min(end+1, len(rest)):]
		default:
			b.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	return b.String()
}

// Completion is the part of a completion item that tests look at.
type Completion struct {
	Label            string          `json:"label"`
	Kind             int             `json:"kind"`
	Detail           string          `json:"detail"`
	FilterText       string          `json:"filterText"`
	SortText         string          `json:"sortText"`
	InsertTextFormat int             `json:"insertTextFormat"`
	InsertTextMode   int             `json:"insertTextMode,omitempty"`
	TextEdit         TextEdit        `json:"textEdit"`
	Additional       []TextEdit      `json:"additionalTextEdits,omitempty"`
	Documentation    json.RawMessage `json:"documentation,omitempty"`
	Data             json.RawMessage `json:"data,omitempty"`
}

// Completions asks for what completes at a position.
func (e *Editor) Completions(uri string, at Position) []Completion {
	e.t.Helper()
	var list *struct {
		Items []Completion `json:"items"`
	}
	e.MustCall("textDocument/completion", HoverParams(uri, at), &list)
	if list == nil {
		return nil
	}
	return list.Items
}

// WorkspaceEdit is the part of the protocol's that edits texts.
type WorkspaceEdit struct {
	Changes         map[string][]TextEdit `json:"changes,omitempty"`
	DocumentChanges []struct {
		TextDocument struct {
			URI     string `json:"uri"`
			Version *int   `json:"version"`
		} `json:"textDocument"`
		Edits []TextEdit `json:"edits"`
	} `json:"documentChanges,omitempty"`
}

// Hover is the protocol's, with markup as contents.
type Hover struct {
	Contents struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	} `json:"contents"`
	Range *Range `json:"range"`
}

// Action is a code action, or a command where the server sent that.
type Action struct {
	Title string          `json:"title"`
	Kind  string          `json:"kind,omitempty"`
	Edit  *WorkspaceEdit  `json:"edit,omitempty"`
	Data  json.RawMessage `json:"data,omitempty"`
	// Command is a string in a command, and an object in an action.
	Command   json.RawMessage   `json:"command,omitempty"`
	Arguments []json.RawMessage `json:"arguments,omitempty"`
}

// Initialized is the part of the answer to initialize that tests look at.
type Initialized struct {
	Capabilities struct {
		PositionEncoding   string          `json:"positionEncoding"`
		TextDocumentSync   json.RawMessage `json:"textDocumentSync"`
		HoverProvider      json.RawMessage `json:"hoverProvider"`
		CodeActionProvider json.RawMessage `json:"codeActionProvider"`
		CompletionProvider json.RawMessage `json:"completionProvider"`
		ExecuteCommand     json.RawMessage `json:"executeCommandProvider"`
		Workspace          json.RawMessage `json:"workspace"`
	} `json:"capabilities"`
	ServerInfo struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"serverInfo"`
}

// Modern is what a current editor can do: VS Code, as far as the server looks.
const Modern = `{
	"general": {"positionEncodings": ["utf-16"]},
	"workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": true}},
	"textDocument": {
		"hover": {"contentFormat": ["markdown", "plaintext"]},
		"codeAction": {
			"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}},
			"dataSupport": true,
			"resolveSupport": {"properties": ["edit"]}
		}
	}
}`

// Initialize begins the session with the capabilities, in JSON.
func (e *Editor) Initialize(capabilities string) Initialized {
	e.t.Helper()
	return e.InitializeWith(map[string]any{
		"processId": nil, "rootUri": nil, "capabilities": json.RawMessage(capabilities),
	})
}

// InitializeWith begins the session with parameters of the test's choice.
func (e *Editor) InitializeWith(params any) Initialized {
	e.t.Helper()
	var result Initialized
	e.MustCall("initialize", params, &result)
	switch result.Capabilities.PositionEncoding {
	case "utf-8":
		e.Encoding = text.UTF8
	case "utf-32":
		e.Encoding = text.UTF32
	default:
		e.Encoding = text.UTF16
	}
	e.Notify("initialized", struct{}{})
	return result
}

// Open opens a buffer.
func (e *Editor) Open(uri, language, content string) {
	e.t.Helper()
	e.mu.Lock()
	e.buffers[uri] = &buffer{content: content, version: 1, language: language}
	e.mu.Unlock()
	e.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": language, "version": 1, "text": content,
	}})
}

// Change replaces a range of a buffer.
func (e *Editor) Change(uri string, r Range, content string) {
	e.t.Helper()
	if err := e.change(uri, []TextEdit{{Range: r, NewText: content}}); err != nil {
		e.t.Error(err)
	}
}

// Replace replaces the whole text of a buffer.
func (e *Editor) Replace(uri, content string) {
	e.t.Helper()
	e.mu.Lock()
	b := e.buffers[uri]
	b.content = content
	b.version++
	version := b.version
	e.mu.Unlock()
	e.Notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri, "version": version},
		"contentChanges": []any{map[string]any{"text": content}},
	})
}

// change applies edits that do not overlap to a buffer, last first, and tells
// the server.
func (e *Editor) change(uri string, edits []TextEdit) error {
	e.mu.Lock()
	b := e.buffers[uri]
	if b == nil {
		e.mu.Unlock()
		return fmt.Errorf("no open document %s", uri)
	}
	m := text.NewMapper([]byte(b.content), e.Encoding)
	edits = slices.Clone(edits)
	// Of insertions at one place the first in the list comes first in the text.
	slices.Reverse(edits)
	slices.SortStableFunc(edits, func(x, y TextEdit) int {
		return text.Position(y.Range.Start).Compare(text.Position(x.Range.Start))
	})
	changes := make([]any, len(edits))
	last := len(b.content)
	for i, edit := range edits {
		start, end := m.RangeOffsets(text.Range{Start: text.Position(edit.Range.Start), End: text.Position(edit.Range.End)})
		if end > last {
			e.mu.Unlock()
			return fmt.Errorf("overlapping edits: %v", edits)
		}
		last = start
		b.content = b.content[:start] + edit.NewText + b.content[end:]
		changes[i] = map[string]any{"range": edit.Range, "text": edit.NewText}
	}
	b.version++
	version := b.version
	e.mu.Unlock()
	e.Notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": uri, "version": version}, "contentChanges": changes,
	})
	return nil
}

// Close closes a buffer.
func (e *Editor) Close(uri string) {
	e.t.Helper()
	e.mu.Lock()
	delete(e.buffers, uri)
	e.mu.Unlock()
	e.Notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
}

// Text returns the text of a buffer.
func (e *Editor) Text(uri string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if b := e.buffers[uri]; b != nil {
		return b.content
	}
	return ""
}

// Version is the version of a buffer.
func (e *Editor) Version(uri string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.buffers[uri].version
}

// At returns the position of a byte offset in a buffer.
func (e *Editor) At(uri string, offset int) Position {
	return Position(text.NewMapper([]byte(e.Text(uri)), e.Encoding).OffsetPosition(offset))
}

// Span returns the byte offsets of a range in a buffer.
func (e *Editor) Span(uri string, r Range) [2]int {
	m := text.NewMapper([]byte(e.Text(uri)), e.Encoding)
	start, end := m.RangeOffsets(text.Range{Start: text.Position(r.Start), End: text.Position(r.End)})
	return [2]int{start, end}
}

// HoverParams are the parameters of a hover.
func HoverParams(uri string, at Position) any {
	return map[string]any{"textDocument": map[string]any{"uri": uri}, "position": at}
}

// Hover asks for a hover; nil means that there is none.
func (e *Editor) Hover(uri string, at Position) *Hover {
	e.t.Helper()
	var h *Hover
	e.MustCall("textDocument/hover", HoverParams(uri, at), &h)
	return h
}

// CodeActions asks for the actions of a range, of some kinds or of all.
func (e *Editor) CodeActions(uri string, r Range, only ...string) []Action {
	e.t.Helper()
	context := map[string]any{"diagnostics": []any{}}
	if len(only) > 0 {
		context["only"] = only
	}
	var actions []Action
	e.MustCall("textDocument/codeAction", map[string]any{
		"textDocument": map[string]any{"uri": uri}, "range": r, "context": context,
	}, &actions)
	return actions
}

// Resolve asks for what an action lacks.
func (e *Editor) Resolve(a Action) Action {
	e.t.Helper()
	var resolved Action
	e.MustCall("codeAction/resolve", a, &resolved)
	return resolved
}

// Choose does what an editor does when the user chooses an action: it resolves
// it where it has no edit, applies its edit, and executes a command.
func (e *Editor) Choose(a Action) {
	e.t.Helper()
	var command string
	if json.Unmarshal(a.Command, &command) == nil && command != "" {
		e.MustCall("workspace/executeCommand", map[string]any{"command": command, "arguments": a.Arguments}, nil)
		return
	}
	if a.Edit == nil {
		a = e.Resolve(a)
	}
	if a.Edit == nil {
		e.t.Fatalf("the action %q has no edit", a.Title)
	}
	if err := e.Apply(*a.Edit); err != nil {
		e.t.Fatal(err)
	}
}

// Apply applies an edit to the buffers, as strictly as the strictest editor:
// every document must be open, and at the version that the edit names.
func (e *Editor) Apply(edit WorkspaceEdit) error {
	if edit.Changes != nil && edit.DocumentChanges != nil {
		return fmt.Errorf("an edit with both changes and documentChanges")
	}
	for uri, edits := range edit.Changes {
		if err := e.change(uri, edits); err != nil {
			return err
		}
	}
	for _, d := range edit.DocumentChanges {
		e.mu.Lock()
		b := e.buffers[d.TextDocument.URI]
		stale := b != nil && d.TextDocument.Version != nil && *d.TextDocument.Version != b.version
		e.mu.Unlock()
		if stale {
			return fmt.Errorf("an edit for version %d of %s", *d.TextDocument.Version, d.TextDocument.URI)
		}
		edits := slices.Clone(d.Edits)
		for i, edit := range edits {
			if edit.Snippet != nil {
				edits[i] = TextEdit{Range: edit.Range, NewText: edit.Snippet.Text()}
			}
		}
		if err := e.change(d.TextDocument.URI, edits); err != nil {
			return err
		}
	}
	return nil
}
