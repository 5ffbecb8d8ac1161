package lsp

import (
	"context"
	"errors"

	"go.lsp.dev/protocol"

	"github.com/chubls/chubls/docs/answer"
)

func (s *session) hover(p *protocol.HoverParams) (work, error) {
	doc := s.documents.lease(p.TextDocument.URI)
	if doc == nil {
		return nil, nil
	}
	kept := false
	defer func() {
		if !kept {
			doc.release()
		}
	}()
	offset := doc.mapper.PositionOffset(position(p.Position))
	if h, ok := s.Desk.HoverNow(doc.file, offset); ok {
		return now{s.told(doc, h)}, nil
	}
	kept = true
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		ctx, stop := newPatience(ctx, hoverGrace)
		defer stop()
		h, err := s.Desk.Hover(ctx, doc.file, offset)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, nil // nothing in time is nothing: an editor shows errors as pop-ups
		}
		if err != nil {
			return nil, err
		}
		return s.told(doc, h), nil
	}), nil
}

// told writes a hover for the editor; nil is null.
func (s *session) told(doc *snapshot, h *answer.Hover) any {
	if h == nil {
		return nil
	}
	content := &protocol.MarkupContent{Kind: protocol.MarkupKindPlainText}
	if s.client.markdown {
		content.Kind, content.Value = protocol.MarkupKindMarkdown, h.Markdown()
	} else {
		content.Value = h.Plaintext()
	}
	where := doc.rangeOf(h.Span)
	return &protocol.Hover{Contents: content, Range: &where}
}
