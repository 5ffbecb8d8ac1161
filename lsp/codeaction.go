package lsp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
)

// actionKinds are the kinds of the actions that there are for an editor.
func actionKinds(c *client) []protocol.CodeActionKind {
	kinds := []protocol.CodeActionKind{answer.KindInsertSnippet, answer.KindChooseEntry}
	if c.copies {
		kinds = append(kinds, answer.KindCopyCommand)
	}
	return kinds
}

// codeActionParams leaves out the context's diagnostics: they are other
// servers', and the protocol package refuses some that those send.
type codeActionParams struct {
	TextDocument documentName `json:"textDocument"`
	Range        looseRange   `json:"range"`
	Context      struct {
		Only []protocol.CodeActionKind `json:"only"`
	} `json:"context"`
}

// actionData is what an editor keeps with an action and hands back when the
// user chooses it. Version and Hash are the text that it was offered for.
type actionData struct {
	URI     string `json:"uri"`
	Version *int32 `json:"version"`
	Hash    string `json:"hash,omitempty"`
	Key     string `json:"key,omitempty"`
	// Range is where it was asked for; Position is for those who pick a snippet.
	Range    *protocol.Range    `json:"range,omitempty"`
	Position *protocol.Position `json:"position,omitempty"`
}

func (s *session) codeAction(p *codeActionParams) (work, error) {
	doc := s.documents.lease(keyOf(p.TextDocument.URI))
	if doc == nil || s.client.actions == actionsNone {
		if doc != nil {
			doc.release()
		}
		return nil, nil
	}
	span := doc.spanOf(p.Range.protocol())
	at := span // where an action edits
	if s.client.wholeLines && doc.isLine(span) {
		at.Start = at.End
	}
	offer := answer.Offer{Picker: s.client.picker, Copy: s.client.copies, Open: s.Guides != nil, Few: s.client.actions == actionsInline}
	// What an editor asks for at each move of the cursor is told at once where it
	// can be; edits are not made here.
	if s.client.actions != actionsInline {
		if actions, ok := s.Desk.ActionsNow(doc.file, span, offer); ok {
			defer doc.release()
			return now{s.tellAll(context.Background(), doc, at, actions, p.Context.Only)}, nil
		}
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		ctx, stop := newPatience(ctx, actionGrace)
		defer stop()
		actions, err := s.Desk.Actions(ctx, doc.file, span, offer)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		return s.tellAll(ctx, doc, at, actions, p.Context.Only), nil
	}), nil
}

// isLine reports whether a span is the whole text of one line.
func (s *snapshot) isLine(span analyzer.Span) bool {
	text := s.mapper.Text()
	return span.Start < span.End && s.startsLine(span.Start) && bytes.IndexByte(text[span.Start:span.End], '\n') < 0 &&
		(span.End == len(text) || text[span.End] == '\n' || text[span.End] == '\r')
}

// tellAll writes those actions that are asked for.
func (s *session) tellAll(ctx context.Context, doc *snapshot, span analyzer.Span, actions []answer.Action, only []protocol.CodeActionKind) []protocol.CommandOrCodeAction {
	told := make([]protocol.CommandOrCodeAction, 0, len(actions))
	where := s.whereOf(doc, span)
	for _, action := range actions {
		if !admits(only, protocol.CodeActionKind(action.Kind)) {
			continue
		}
		one, err := s.tell(ctx, doc, span, where, action)
		if errors.Is(err, answer.ErrUnfit) {
			continue // at this place it is none
		}
		if err != nil { // the others may still serve
			s.Log.Warn("left out an action", zap.String("title", action.Title), zap.Error(err))
			continue
		}
		told = append(told, one)
	}
	return told
}

// admits reports whether a kind is asked for. Kinds are trees: refactor asks
// for all below it. No kinds ask for all.
func admits(only []protocol.CodeActionKind, kind protocol.CodeActionKind) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(asked protocol.CodeActionKind) bool {
		return asked == "" || asked == kind || strings.HasPrefix(string(kind), string(asked)+".")
	})
}

// tell writes an action as the editor can use it.
func (s *session) tell(ctx context.Context, doc *snapshot, span analyzer.Span, where []byte, action answer.Action) (protocol.CommandOrCodeAction, error) {
	kind := protocol.CodeActionKind(action.Kind)
	if name, argument := s.commandOf(doc, span, action); name != "" {
		data, err := json.Marshal(argument)
		if err != nil {
			return nil, err
		}
		command := protocol.Command{Title: action.Title, Command: name, Arguments: []protocol.LSPAny{data}}
		if s.client.actions == actionsAsCommands {
			return &command, nil
		}
		told := &protocol.CodeAction{Title: action.Title, Command: command}
		if kind != "" {
			told.Kind = &kind
		}
		return told, nil
	}
	if s.client.actions == actionsInline {
		edit, err := s.edit(ctx, doc, span, action.Key)
		if err != nil {
			return nil, err
		}
		return &protocol.CodeAction{Title: action.Title, Kind: &kind, Edit: edit}, nil
	}
	name, err := json.Marshal(action.Key)
	if err != nil {
		return nil, err
	}
	data := slices.Concat(where, name, []byte("}"))
	if s.client.actions == actionsAsCommands {
		return &protocol.Command{Title: action.Title, Command: insertSnippet, Arguments: []protocol.LSPAny{data}}, nil
	}
	return &protocol.CodeAction{Title: action.Title, Kind: &kind, Data: data}, nil
}

// whereOf is the beginning of an actionData up to its key: all actions of a list
// have the same.
func (s *session) whereOf(doc *snapshot, span analyzer.Span) []byte {
	at := doc.rangeOf(span)
	data, err := json.Marshal(actionData{URI: string(doc.uri), Version: doc.version, Hash: doc.hash(), Range: &at})
	if err != nil {
		return []byte(`{"key":`) // it will be told that it is out of date
	}
	return append(data[:len(data)-1], `,"key":`...)
}

// commandOf is the command that an action is, with its argument; "" where it is
// an edit.
func (s *session) commandOf(doc *snapshot, span analyzer.Span, action answer.Action) (name string, argument any) {
	switch {
	case action.Choice != nil:
		return chooseEntry, choiceData{string(doc.uri), *action.Choice}
	case action.Pick != "":
		at := doc.rangeOf(span)
		return pickSnippet, pickData{URI: string(doc.uri), Version: doc.version, Position: &at.Start, Range: &at, Entry: action.Pick}
	case action.Copy != "":
		return copyText, textData{action.Copy}
	case action.Open != nil:
		return openGuide, *action.Open
	}
	return "", nil
}

func (s *session) resolveCodeAction(p *protocol.CodeAction) (work, error) {
	if p.Command.Command != "" {
		return now{p}, nil // it has no edit; some editors ask all the same
	}
	doc, data, err := s.recall(p.Data)
	if err != nil {
		s.sayAgain(err)
		return nil, err
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		edit, err := s.edit(ctx, doc, doc.spanOf(rangeOr(data.Range, data.Position)), data.Key)
		if err != nil {
			return nil, err
		}
		p.Edit = edit
		return p, nil
	}), nil
}

// recall leases the document that an action was offered for, if it is still
// the same text.
func (s *session) recall(raw []byte) (*snapshot, actionData, error) {
	var data actionData
	if err := json.Unmarshal(raw, &data); err != nil || data.URI == "" || data.Key == "" {
		return nil, data, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the action does not carry the data that chubls gave it")
	}
	doc := s.documents.lease(keyOf(data.URI))
	if doc == nil {
		return nil, data, staleError("closed")
	}
	if !sameVersion(doc.version, data.Version) || data.Hash != "" && doc.hash() != data.Hash {
		doc.release()
		return nil, data, staleError("changed")
	}
	return doc, data, nil
}

func sameVersion(a, b *int32) bool { return a == b || a != nil && b != nil && *a == *b }

// staleError says that an action is out of date.
func staleError(what string) error {
	return jsonrpc2.Errorf(protocol.CodeContentModified, "the document was %s since the action was offered; ask for code actions again", what)
}

// sayAgain tells the user what to do about an action that is out of date:
// editors are silent about the error.
func (s *session) sayAgain(err error) {
	if coded := (*jsonrpc2.Error)(nil); errors.As(err, &coded) && coded.Code == protocol.CodeContentModified {
		s.say(coded.Message)
	}
}

// say shows the user a message.
func (s *session) say(text string) {
	s.background.Go(func() {
		_ = s.conn.Notify(s.base, protocol.MethodWindowShowMessage, &protocol.ShowMessageParams{
			Type: protocol.MessageTypeInfo, Message: "chubls: " + text,
		})
	})
}

// edit asks for an action's edits and writes them for the editor.
func (s *session) edit(ctx context.Context, doc *snapshot, span analyzer.Span, key string) (*protocol.WorkspaceEdit, error) {
	ctx, stop := newPatience(ctx, editGrace)
	defer stop()
	edits, err := s.Desk.Edits(ctx, doc.file, span, key)
	switch {
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, docs.ErrLoading):
		return nil, jsonrpc2.Errorf(codeRequestFailed, "the snippet's document is still on its way; try again in a moment")
	case errors.Is(err, answer.ErrGone):
		return nil, jsonrpc2.NewError(codeRequestFailed, err.Error())
	case errors.Is(err, answer.ErrUnfit) && s.client.actions != actionsInline:
		return nil, jsonrpc2.NewError(codeRequestFailed, err.Error())
	case err != nil:
		return nil, err
	}
	if len(edits) == 0 && s.client.actions != actionsInline {
		s.say("the file has all of this snippet already")
	}
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b answer.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	for i := 1; i < len(edits); i++ {
		if edits[i].Span.Start < edits[i-1].Span.End {
			return nil, errors.New("the edits of the action overlap")
		}
	}
	if !s.client.versioned {
		texts := make([]protocol.TextEdit, len(edits))
		for i, e := range edits {
			texts[i] = protocol.TextEdit{Range: doc.rangeOf(e.Span), NewText: e.New}
		}
		return &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{doc.uri: texts}}, nil
	}
	versioned := &protocol.TextDocumentEdit{Edits: make([]protocol.TextDocumentEditElement, len(edits))}
	versioned.TextDocument.URI = doc.uri
	versioned.TextDocument.Version = doc.version
	for i, e := range edits {
		if s.client.snippets && len(e.Stops) > 0 && doc.startsLine(e.Span.Start) {
			versioned.Edits[i] = &protocol.SnippetTextEdit{
				Range: doc.rangeOf(e.Span), Snippet: protocol.StringValue{Kind: "snippet", Value: snippetOf(e.New, e.Stops)},
			}
			continue
		}
		versioned.Edits[i] = &protocol.TextEdit{Range: doc.rangeOf(e.Span), NewText: e.New}
	}
	return &protocol.WorkspaceEdit{DocumentChanges: []protocol.DocumentChange{versioned}}, nil
}

// startsLine reports whether an offset is where a line begins: behind something
// else editors would indent each line of a snippet once more.
func (s *snapshot) startsLine(offset int) bool {
	text := s.mapper.Text()
	return offset == 0 || text[offset-1] == '\n' || text[offset-1] == '\r'
}

// snippetOf writes a text with its stops in the syntax of snippets: the first
// stop of a group holds the text, the others follow it.
func snippetOf(text string, stops []answer.Stop) string {
	escape := strings.NewReplacer(`\`, `\\`, `$`, `\$`, `}`, `\}`)
	numbers := map[int]int{}
	var b strings.Builder
	end := 0
	for _, stop := range stops {
		b.WriteString(escape.Replace(text[end:stop.Span.Start]))
		end = stop.Span.End
		if n := numbers[stop.Group]; n > 0 {
			fmt.Fprintf(&b, "${%d}", n)
			continue
		}
		numbers[stop.Group] = len(numbers) + 1
		fmt.Fprintf(&b, "${%d:%s}", numbers[stop.Group], escape.Replace(text[stop.Span.Start:end]))
	}
	b.WriteString(escape.Replace(text[end:]))
	return b.String()
}
