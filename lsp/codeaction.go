package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
)

// actionKinds are the kinds of the actions that there are.
var actionKinds = []protocol.CodeActionKind{answer.KindInsertSnippet, answer.KindChooseEntry}

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
	URI     string         `json:"uri"`
	Version *int32         `json:"version"`
	Hash    string         `json:"hash"`
	Key     string         `json:"key"`
	Range   protocol.Range `json:"range"`
}

func (s *session) codeAction(p *codeActionParams) (work, error) {
	doc := s.documents.lease(keyOf(p.TextDocument.URI))
	if doc == nil || s.client.actions == actionsNone {
		if doc != nil {
			doc.release()
		}
		return nil, nil
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		ctx, stop := newPatience(ctx, actionGrace)
		defer stop()
		span := doc.spanOf(p.Range.protocol())
		actions, err := s.Desk.Actions(ctx, doc.file, span)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		told := []protocol.CommandOrCodeAction{}
		for _, action := range actions {
			if !admits(p.Context.Only, protocol.CodeActionKind(action.Kind)) {
				continue
			}
			one, err := s.tell(ctx, doc, span, action)
			if err != nil { // the others may still serve
				s.Log.Warn("left out an action", zap.String("title", action.Title), zap.Error(err))
				continue
			}
			told = append(told, one)
		}
		return s.withOpen(ctx, told, doc, span.Start, p.Context.Only), nil
	}), nil
}

// admits reports whether a kind is asked for. Kinds are trees: refactor asks
// for all below it. No kinds ask for all.
func admits(only []protocol.CodeActionKind, kind protocol.CodeActionKind) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(asked protocol.CodeActionKind) bool {
		return asked == "" || asked == kind || strings.HasPrefix(string(kind), string(asked)+".")
	})
}

// tell writes an action as the editor can use it.
func (s *session) tell(ctx context.Context, doc *snapshot, span analyzer.Span, action answer.Action) (protocol.CommandOrCodeAction, error) {
	kind := protocol.CodeActionKind(action.Kind)
	if action.Choice != nil {
		data, err := json.Marshal(choiceData{string(doc.uri), *action.Choice})
		if err != nil {
			return nil, err
		}
		command := protocol.Command{Title: action.Title, Command: chooseEntry, Arguments: []protocol.LSPAny{data}}
		if s.client.actions == actionsAsCommands {
			return &command, nil
		}
		return &protocol.CodeAction{Title: action.Title, Kind: &kind, Command: command}, nil
	}
	if s.client.actions == actionsInline {
		edit, err := s.edit(ctx, doc, span, action.Key)
		if err != nil {
			return nil, err
		}
		return &protocol.CodeAction{Title: action.Title, Kind: &kind, Edit: edit}, nil
	}
	data, err := json.Marshal(actionData{
		URI: string(doc.uri), Version: doc.version, Hash: doc.hash(), Key: action.Key, Range: doc.rangeOf(span),
	})
	if err != nil {
		return nil, err
	}
	if s.client.actions == actionsAsCommands {
		return &protocol.Command{Title: action.Title, Command: insertSnippet, Arguments: []protocol.LSPAny{data}}, nil
	}
	return &protocol.CodeAction{Title: action.Title, Kind: &kind, Data: data}, nil
}

func (s *session) resolveCodeAction(p *protocol.CodeAction) (work, error) {
	if p.Command.Command != "" {
		return now{p}, nil // it has no edit; some editors ask all the same
	}
	doc, data, err := s.recall(p.Data)
	if err != nil {
		return nil, err
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		edit, err := s.edit(ctx, doc, doc.spanOf(data.Range), data.Key)
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
	if !sameVersion(doc.version, data.Version) || doc.hash() != data.Hash {
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

// edit asks for an action's edits and writes them for the editor.
func (s *session) edit(ctx context.Context, doc *snapshot, span analyzer.Span, key string) (*protocol.WorkspaceEdit, error) {
	ctx, stop := newPatience(ctx, editGrace)
	defer stop()
	edits, err := s.Desk.Edits(ctx, doc.file, span, key)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, jsonrpc2.Errorf(codeRequestFailed, "the snippet's document is still on its way; try again in a moment")
	case errors.Is(err, answer.ErrGone):
		return nil, jsonrpc2.NewError(codeRequestFailed, err.Error())
	case err != nil:
		return nil, err
	}
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b analyzer.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	texts := make([]protocol.TextEdit, len(edits))
	for i, e := range edits {
		if i > 0 && e.Span.Start < edits[i-1].Span.End {
			return nil, errors.New("the edits of the action overlap")
		}
		texts[i] = protocol.TextEdit{Range: doc.rangeOf(e.Span), NewText: e.New}
	}
	if !s.client.versioned {
		return &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{doc.uri: texts}}, nil
	}
	versioned := &protocol.TextDocumentEdit{Edits: make([]protocol.TextDocumentEditElement, len(texts))}
	versioned.TextDocument.URI = doc.uri
	versioned.TextDocument.Version = doc.version
	for i := range texts {
		versioned.Edits[i] = &texts[i]
	}
	return &protocol.WorkspaceEdit{DocumentChanges: []protocol.DocumentChange{versioned}}, nil
}
