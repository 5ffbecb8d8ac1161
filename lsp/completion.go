package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
)

type completionParams struct {
	TextDocument documentName  `json:"textDocument"`
	Position     loosePosition `json:"position"`
}

// completionData is what an editor hands back to have an item documented. The
// text may have moved on by then: only the name of the file is asked for.
type completionData struct {
	URI string `json:"uri"`
	Key string `json:"key"`
}

func (s *session) completion(p *completionParams) (work, error) {
	doc := s.documents.lease(keyOf(p.TextDocument.URI))
	if doc == nil || !s.client.completes {
		if doc != nil {
			doc.release()
		}
		return nil, nil
	}
	at := looseRange{p.Position, p.Position}.text()
	offset := doc.mapper.PositionOffset(at.Start)
	// This is asked at each key: most places are none, as their line alone tells.
	if _, ok := answer.Word(doc.file, offset); !ok {
		doc.release()
		return nil, nil
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		ctx, stop := newPatience(ctx, actionGrace)
		defer stop()
		found, err := s.Desk.Completions(ctx, doc.file, offset)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, docs.ErrLoading) {
			return nil, err
		}
		// What is typed on may name another package.
		list := &protocol.CompletionList{IsIncomplete: len(found) == 0, Items: []protocol.CompletionItem{}}
		for i, c := range found {
			item, err := s.item(doc, c, i)
			if err != nil {
				return nil, err
			}
			list.Items = append(list.Items, item)
		}
		return list, nil
	}), nil
}

// item writes a completion. It sorts behind what other servers offer.
func (s *session) item(doc *snapshot, c answer.Completion, n int) (item protocol.CompletionItem, err error) {
	body := c.Body
	if !s.client.asIs {
		// The editor indents the lines as the one where the word stands.
		body = dedented(body, doc.indentAt(c.Body.Span.Start))
	}
	edit := &protocol.TextEdit{Range: doc.rangeOf(c.Body.Span), NewText: body.New}
	item = protocol.CompletionItem{
		Label:      c.Label,
		Kind:       protocol.CompletionItemKindSnippet,
		Detail:     protocol.NewOptional(c.Detail),
		FilterText: protocol.NewOptional(c.Filter),
		SortText:   protocol.NewOptional(fmt.Sprintf("\uffff%03d", n)),
	}
	if s.client.snippetItems {
		item.InsertTextFormat = protocol.InsertTextFormatSnippet
		edit.NewText = snippetOf(body.New, body.Stops)
	} else {
		item.InsertTextFormat = protocol.InsertTextFormatPlainText
	}
	if s.client.asIs {
		item.InsertTextMode = protocol.InsertTextModeAsIs
	}
	item.TextEdit = edit
	for _, e := range c.Others {
		item.AdditionalTextEdits = append(item.AdditionalTextEdits, protocol.TextEdit{Range: doc.rangeOf(e.Span), NewText: e.New})
	}
	item.Data, err = json.Marshal(completionData{string(doc.uri), c.Key})
	return item, err
}

// indentAt is the white space before an offset on its line.
func (s *snapshot) indentAt(offset int) string {
	text := s.mapper.Text()
	start := strings.LastIndexByte(string(text[:offset]), '\n') + 1
	return string(text[start:offset])
}

// dedented takes an indentation from each line of an edit but the first.
func dedented(e answer.Edit, indent string) answer.Edit {
	if indent == "" {
		return e
	}
	var b strings.Builder
	var stops []answer.Stop
	at, next := 0, 0
	for line := range strings.SplitAfterSeq(e.New, "\n") {
		cut := 0
		if at > 0 && strings.HasPrefix(line, indent) {
			cut = len(indent)
		}
		for ; next < len(e.Stops) && e.Stops[next].Span.Start < at+len(line); next++ {
			stop := e.Stops[next]
			move := b.Len() - at - cut
			stop.Span.Start += move
			stop.Span.End += move
			stops = append(stops, stop)
		}
		b.WriteString(line[cut:])
		at += len(line)
	}
	e.New, e.Stops = b.String(), stops
	return e
}

func (s *session) resolveCompletion(item *protocol.CompletionItem) (work, error) {
	var data completionData
	if err := json.Unmarshal(item.Data, &data); err != nil || data.Key == "" {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the completion does not carry the data that chubls gave it")
	}
	doc := s.documents.lease(keyOf(data.URI))
	if doc == nil {
		return now{item}, nil // it can still be inserted
	}
	return later(func(ctx context.Context) (any, error) {
		defer doc.release()
		ctx, stop := newPatience(ctx, actionGrace)
		defer stop()
		text, err := s.Desk.Documentation(ctx, doc.file, data.Key)
		if err != nil {
			return item, nil //nolint:nilerr // it can be inserted without
		}
		content := &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: text}
		if !s.client.markdownItems {
			content.Kind, content.Value = protocol.MarkupKindPlainText, docs.Plaintext(text)
		}
		item.Documentation = content
		return item, nil
	}), nil
}
