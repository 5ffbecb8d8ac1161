package lsp

import (
	"context"
	"errors"

	"go.lsp.dev/protocol"
)

func (s *session) hover(p *protocol.HoverParams) (work, error) {
	doc := s.documents.lease(p.TextDocument.URI)
	if doc == nil {
		return nil, nil
	}
	at := position(p.Position)
	return func(ctx context.Context) (any, error) {
		defer doc.release()
		ctx, stop := newPatience(ctx, hoverGrace)
		defer stop()
		hover, err := s.Desk.Hover(ctx, doc.file, doc.mapper.PositionOffset(at))
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, nil // nothing in time is nothing: an editor shows errors as pop-ups
		}
		if err != nil || hover == nil {
			return nil, err
		}
		content := &protocol.MarkupContent{Kind: protocol.MarkupKindPlainText}
		if s.client.markdown {
			content.Kind, content.Value = protocol.MarkupKindMarkdown, hover.Markdown()
		} else {
			content.Value = hover.Plaintext()
		}
		where := doc.rangeOf(hover.Span)
		return &protocol.Hover{Contents: content, Range: &where}, nil
	}, nil
}
