package lsp

import (
	"context"
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/chubls/chubls/docs/answer"
)

// The commands, each with one argument, a JSON object.
const (
	// insertSnippet inserts a snippet by workspace/applyEdit. It stands for an
	// action in editors that know commands only, and for the choice of a picker.
	// Its argument is an actionData: {uri, version, key} with a range or a position,
	// and the hash of the text where it is known.
	insertSnippet = "chubls.insertSnippet"

	// chooseEntry writes into the workspace's configuration which entry documents
	// a module. Its argument is a choiceData.
	chooseEntry = "chubls.chooseEntry"

	// pickSnippet is what the action "Insert snippet from <entry>…" runs in an editor
	// that has a picker, which it says by the capability
	//
	//	experimental: {chubls: {picker: true}}
	//
	// The editor's extension has a command of this name, with the argument
	// {uri, version, position, range, entry}. It hands that on as it is, by
	// workspace/executeCommand, and gets a list of {title, section, entry, preview, key}
	// in the order of the guide, where preview is the code. What the user picks it
	// sends with chubls.insertSnippet and {uri, version, position, key}. A document
	// that has moved on is answered with ContentModified.
	//
	// Neither is announced to such an editor, since its client would register them
	// a second time.
	pickSnippet = "chubls.pickSnippet"

	// copyText is a command of the editor's own, which copies {text} to the
	// clipboard. It is offered where the capability says
	//
	//	experimental: {chubls: {copy: true}}
	copyText = "chubls.copyText"
)

// commands is the table of commands.
var commands = map[string]func(s *session, argument []byte) (work, error){
	insertSnippet: (*session).insert,
	chooseEntry:   (*session).choose,
	pickSnippet:   (*session).pick,
}

// pickData is the place that snippets are picked for.
type pickData struct {
	URI      string             `json:"uri"`
	Version  *int32             `json:"version,omitempty"`
	Position *protocol.Position `json:"position,omitempty"`
	Range    *protocol.Range    `json:"range,omitempty"`
	Entry    string             `json:"entry,omitempty"` // "" for all that are known there
}

// textData is a text for the clipboard.
type textData struct {
	Text string `json:"text"`
}

// pickable is a snippet that the user may pick.
type pickable struct {
	Title   string `json:"title"`
	Section string `json:"section"`
	Entry   string `json:"entry"`
	Preview string `json:"preview"`
	Key     string `json:"key"`
}

func (s *session) pick(argument []byte) (work, error) {
	var data pickData
	if err := json.Unmarshal(argument, &data); err != nil || data.URI == "" {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "chubls.pickSnippet wants {uri, position}")
	}
	doc := s.documents.lease(keyOf(data.URI))
	if doc == nil {
		return nil, staleError("closed")
	}
	if data.Version != nil && !sameVersion(doc.version, data.Version) {
		doc.release()
		return nil, staleError("changed")
	}
	span := doc.spanOf(rangeOr(data.Range, data.Position))
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		ctx, stop := newPatience(ctx, editGrace)
		defer stop()
		picks, err := s.Desk.Picks(ctx, doc.file, span, data.Entry)
		if err != nil {
			return nil, err
		}
		told := []pickable{}
		for _, p := range picks {
			told = append(told, pickable(p))
		}
		raw, err := json.Marshal(told)
		return jsonrpc2.RawMessage(raw), err
	}), nil
}

// rangeOr is the range, or else an empty one at the position.
func rangeOr(r *protocol.Range, at *protocol.Position) protocol.Range {
	switch {
	case r != nil:
		return *r
	case at != nil:
		return protocol.Range{Start: *at, End: *at}
	}
	return protocol.Range{}
}

func (s *session) executeCommand(p *protocol.ExecuteCommandParams) (work, error) {
	run := commands[p.Command]
	if run == nil {
		run = s.guideCommand(p.Command)
	}
	if run == nil || len(p.Arguments) > 1 {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "chubls has no command %q with %d arguments", p.Command, len(p.Arguments))
	}
	argument := []byte("{}")
	if len(p.Arguments) == 1 {
		argument = p.Arguments[0]
	}
	return run(s, argument)
}

// choiceData is a choice with the document that it was offered in.
type choiceData struct {
	URI string `json:"uri"`
	answer.Choice
}

func (s *session) choose(argument []byte) (work, error) {
	var data choiceData
	if err := json.Unmarshal(argument, &data); err != nil || data.Module == "" {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the command does not carry the data that chubls gave it")
	}
	doc := s.documents.lease(keyOf(data.URI))
	if doc == nil {
		return nil, staleError("closed")
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		if err := s.Desk.Decide(ctx, doc.file, data.Choice); err != nil {
			return nil, jsonrpc2.NewError(codeRequestFailed, err.Error())
		}
		return nil, nil
	}), nil
}

func (s *session) insert(argument []byte) (work, error) {
	doc, data, err := s.recall(argument)
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
		// The edit may go out without a version, so the text must not have moved
		// while it was made.
		if s.documents.peek(keyOf(data.URI)) != doc {
			return nil, staleError("changed")
		}
		var reply protocol.ApplyWorkspaceEditResult
		err = protocol.Call(ctx, s.conn, protocol.MethodWorkspaceApplyEdit, &protocol.ApplyWorkspaceEditParams{Edit: *edit}, &reply)
		if err != nil {
			return nil, err
		}
		if !reply.Applied {
			reason := "the editor gave no reason"
			if reply.FailureReason != nil {
				reason = *reply.FailureReason
			}
			return nil, jsonrpc2.Errorf(codeRequestFailed, "the editor did not insert the snippet: %s", reason)
		}
		return nil, nil
	}), nil
}
