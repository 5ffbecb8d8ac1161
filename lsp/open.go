package lsp

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
)

// pageScheme is the scheme of the documents that lie in no file: guides as they
// are fit for a screen. Editors ask for their text with workspace/textDocumentContent.
const pageScheme = "chub"

// pageHost stands in front of a page's name, so that editors do not take the first
// part of it for a machine.
const pageHost = "guide"

// pageURI names a page: chub://guide/stripe/payments/python/DOC.md.
func pageURI(name answer.PageName) string {
	u := url.URL{Scheme: pageScheme, Host: pageHost, Path: "/" + name.Entry + "/" + name.Language + "/" + docs.DocFile}
	return u.String()
}

// pageOf reads a name that pageURI has written, however an editor has escaped it.
func pageOf(name string) (answer.PageName, bool) {
	u, err := url.Parse(name)
	if err != nil || u.Scheme != pageScheme || u.Host != pageHost {
		return answer.PageName{}, false
	}
	parts := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	if n := len(parts); n > 2 && parts[n-1] == docs.DocFile {
		return answer.PageName{Entry: strings.Join(parts[:n-2], "/"), Language: parts[n-2]}, true
	}
	return answer.PageName{}, false
}

// textDocumentContent serves the text of a page.
func (s *session) textDocumentContent(p *documentName) (work, error) {
	name, ok := pageOf(p.URI)
	if !ok || s.Guides == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "chubls has no document %s", p.URI)
	}
	return later(func(ctx context.Context) (any, error) {
		ctx, stop := newPatience(ctx, editGrace)
		defer stop()
		page, err := s.Guides.PageOf(ctx, name)
		if err != nil {
			return nil, failed(err)
		}
		text, _ := page.Markdown()
		return &protocol.TextDocumentContentResult{Text: text}, nil
	}), nil
}

// showsUnasked are editors that show a document when they are told to, and do not
// say so in their capabilities.
var showsUnasked = map[string]bool{"helix": true} // 25.01

// openArgument says what to open: a guide by its name, or the one that is shown at
// a place of a document.
type openArgument struct {
	answer.PageName
	URI      string        `json:"uri"`
	Position loosePosition `json:"position"`
}

// openResult is where a page lies, for editors that cannot be told to show it.
type openResult struct {
	URI   string         `json:"uri"`
	Range protocol.Range `json:"range"`
}

// open has the editor show a page at its section.
func (s *session) open(argument []byte) (work, error) {
	var p openArgument
	if err := argumentOf(argument, &p); err != nil {
		return nil, err
	}
	var doc *snapshot
	if p.Entry == "" {
		if doc = s.documents.lease(keyOf(p.URI)); doc == nil {
			return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, `the command wants the name of an entry, or a place in an open document: {"entry": "stripe/payments"}`)
		}
	}
	return later(func(ctx context.Context) (any, error) {
		if doc != nil {
			defer doc.release()
		}
		page, err := s.pageFor(ctx, doc, &p)
		if err != nil {
			return nil, failed(err)
		}
		if page == nil {
			return nil, jsonrpc2.Errorf(codeRequestFailed, "nothing is documented there; 'chubls explain FILE:LINE:COL' says why")
		}
		return s.show(ctx, page)
	}), nil
}

// pageFor finds what is to be opened; nil is nothing.
func (s *session) pageFor(ctx context.Context, doc *snapshot, p *openArgument) (*answer.Page, error) {
	ctx, stop := newPatience(ctx, editGrace)
	defer stop()
	if doc == nil {
		return s.Guides.PageOf(ctx, p.PageName)
	}
	at := looseRange{Start: p.Position, End: p.Position}.protocol()
	return s.Guides.PageAt(ctx, doc.file, doc.spanOf(at).Start)
}

// show has the editor show a page, as a virtual document where it can, else as a
// file. Where the editor cannot be told, the result says where the page is.
func (s *session) show(ctx context.Context, page *answer.Page) (any, error) {
	where := openResult{}
	line := page.Line
	if s.client.readsContent {
		where.URI = pageURI(page.PageName)
		_, line = page.Markdown()
	} else {
		path, err := s.Guides.PageFile(page)
		if err != nil {
			return nil, failed(err)
		}
		where.URI = string(uri.File(path))
	}
	at := protocol.Position{Line: uint32(line)}
	where.Range = protocol.Range{Start: at, End: at}
	if !s.client.opens {
		return encoded(where)
	}
	yes := true
	params := &protocol.ShowDocumentParams{URI: uri.URI(where.URI), TakeFocus: &yes, Selection: &where.Range}
	var reply protocol.ShowDocumentResult
	if err := protocol.Call(ctx, s.conn, protocol.MethodWindowShowDocument, params, &reply); err != nil {
		return nil, err
	}
	if !reply.Success {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "the editor did not show %s", where.URI)
	}
	return nil, nil
}

// withOpen adds to the actions of a place that which opens its guide. It waits until
// ctx ends: with one that has ended, only what is at hand counts.
func (s *session) withOpen(ctx context.Context, told []protocol.CommandOrCodeAction, doc *snapshot, offset int, only []protocol.CodeActionKind) []protocol.CommandOrCodeAction {
	if open := s.openAction(ctx, doc, offset, only); open != nil {
		return append(told, open)
	}
	return told
}

// openAction offers to open the guide of a place, nil where there is none at hand.
// It has no kind: it changes nothing, and none of the protocol's fits.
func (s *session) openAction(ctx context.Context, doc *snapshot, offset int, only []protocol.CodeActionKind) protocol.CommandOrCodeAction {
	if s.Guides == nil || !admits(only, "") {
		return nil
	}
	page, err := s.Guides.PageAt(ctx, doc.file, offset)
	if err != nil || page == nil {
		return nil
	}
	data, err := json.Marshal(page.PageName)
	if err != nil {
		return nil
	}
	title := "Open documentation: " + page.Title
	command := protocol.Command{Title: title, Command: openGuide, Arguments: []protocol.LSPAny{data}}
	if s.client.actions == actionsAsCommands {
		return &command
	}
	return &protocol.CodeAction{Title: title, Command: command}
}
