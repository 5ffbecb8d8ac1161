package lsp

import (
	"bytes"
	"math"
	"strconv"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/chubls/chubls/lsp/text"
)

// The protocol's own types for opening and changing are not used here: they
// refuse "version":null, take "range":null for an insertion at the start, and
// rewrite the document's name.

type documentName struct {
	URI     string `json:"uri"`
	Version *int32 `json:"version"`
}

type didOpenParams struct {
	TextDocument struct {
		documentName
		LanguageID string `json:"languageId"`
		Text       string `json:"text"`
	} `json:"textDocument"`
}

type didChangeParams struct {
	TextDocument   documentName    `json:"textDocument"`
	ContentChanges []contentChange `json:"contentChanges"`
}

// contentChange replaces a range by a text, or the whole document if the range
// is nil.
type contentChange struct {
	Range *looseRange `json:"range"`
	Text  string      `json:"text"`
}

// looseRange is a range whose numbers may be any that JSON can write.
type looseRange struct{ Start, End loosePosition }

type loosePosition struct{ Line, Character coordinate }

func (r looseRange) text() text.Range {
	return text.Range{
		Start: text.Position{Line: uint32(r.Start.Line), Character: uint32(r.Start.Character)},
		End:   text.Position{Line: uint32(r.End.Line), Character: uint32(r.End.Character)},
	}
}

func (r looseRange) protocol() protocol.Range {
	return protocol.Range{
		Start: protocol.Position{Line: uint32(r.Start.Line), Character: uint32(r.Start.Character)},
		End:   protocol.Position{Line: uint32(r.End.Line), Character: uint32(r.End.Character)},
	}
}

// coordinate is a line or a character. Editors write -1, 1e9 and larger where
// they mean the start or the end.
type coordinate uint32

// UnmarshalJSON implements json.Unmarshaler.
func (c *coordinate) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(string(bytes.TrimSpace(b)), 64)
	switch {
	case f >= math.MaxUint32: // also infinity, with an error
		*c = math.MaxUint32
	case err != nil || !(f > 0):
		*c = 0
	default:
		*c = coordinate(f)
	}
	return nil
}

func (s *session) didOpen(p *didOpenParams) {
	d := &p.TextDocument
	key := keyOf(d.URI)
	doc := newSnapshot(uri.URI(d.URI), d.LanguageID, d.Version, d.Text, s.client.encoding)
	s.documents.set(key, doc) // a second didOpen replaces: the editor knows best
	s.filesChanged()
	switch {
	case doc.file != nil:
		s.schedulePrefetch(key, 0)
	case doc.language() != nil:
		s.Log.Info("a document is too large to read", zap.String("uri", d.URI), zap.Int("bytes", len(d.Text)))
	}
}

func (s *session) didChange(p *didChangeParams) {
	key := keyOf(p.TextDocument.URI)
	old := s.documents.peek(key)
	if old == nil {
		s.Log.Warn("ignored a change of a document that is not open", zap.String("uri", p.TextDocument.URI))
		return
	}
	doc := old.next(p.TextDocument.Version, p.ContentChanges, s.client.encoding)
	if old.file != nil && doc.file == nil {
		s.Log.Info("a document has become too large to read", zap.String("uri", p.TextDocument.URI))
	}
	s.documents.set(key, doc)
	if doc.file != nil {
		s.schedulePrefetch(key, prefetchDelay)
	}
}

func (s *session) didClose(p *protocol.DidCloseTextDocumentParams) {
	key := p.TextDocument.URI
	if !s.documents.remove(key) {
		s.Log.Debug("ignored the closing of a document that is not open", zap.String("uri", string(key)))
	}
	s.filesChanged()
	s.prefetch.forget(key) // after it: whoever finds the document counts as needing it
}
