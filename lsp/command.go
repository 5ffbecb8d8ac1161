package lsp

import (
	"context"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// insertSnippet is the command that stands for an action in editors that know
// commands only. Its one argument is an actionData.
const insertSnippet = "chubls.insertSnippet"

func (s *session) executeCommand(p *protocol.ExecuteCommandParams) (work, error) {
	if p.Command != insertSnippet || len(p.Arguments) != 1 {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "chubls has no command %q with %d arguments", p.Command, len(p.Arguments))
	}
	doc, data, err := s.recall(p.Arguments[0])
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
