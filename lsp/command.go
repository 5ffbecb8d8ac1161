package lsp

import (
	"context"
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/chubls/chubls/docs/answer"
)

// insertSnippet is the command that stands for an action in editors that know
// commands only. Its one argument is an actionData.
const insertSnippet = "chubls.insertSnippet"

// chooseEntry is the command that writes into the workspace's configuration which
// entry documents a module. Its one argument is a choiceData.
const chooseEntry = "chubls.chooseEntry"

// commands is the table of commands, each with one argument.
var commands = map[string]func(s *session, argument []byte) (work, error){
	insertSnippet: (*session).insert,
	chooseEntry:   (*session).choose,
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
		return nil, err
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		edit, err := s.edit(ctx, doc, doc.spanOf(data.Range), data.Key)
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
