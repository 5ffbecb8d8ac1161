package fit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// Completer fits snippets in place of a word that is being typed, alone on its
// line. It wants a Close.
type Completer struct {
	host  *analyzer.File // without the word
	word  analyzer.Span
	place analyzer.Place
}

// NewCompleter is nil where the word does not begin a statement of its own.
func NewCompleter(host *analyzer.File, word analyzer.Span) *Completer {
	text := slices.Concat(host.Text()[:word.Start], host.Text()[word.End:])
	c := &Completer{host: host.Next(text, []analyzer.Edit{{Span: word}}), word: word}
	c.place = c.host.PlaceAfter(word.Start)
	start := bytes.LastIndexByte(text[:word.Start], '\n') + 1
	indent := c.place.Indent
	if c.place.Deeper {
		indent += unitOf(text)
	}
	top := c.host.PlaceForImports()
	if c.place.Offset != start || indent != string(text[start:word.Start]) || c.place.In.Top && start < top.Offset {
		c.host.Close()
		return nil
	}
	return c
}

// Close frees what the completer holds.
func (c *Completer) Close() { c.host.Close() }

// CanAwait is that of the place.
func (c *Completer) CanAwait() bool { return CanAwait(c.host, c.place) }

// Place is where the snippets go; it is of the file without the word.
func (c *Completer) Place() (*analyzer.File, analyzer.Place) { return c.host, c.place }

// Fit gives the text that takes the word's place, in lines that are indented as
// they stand there, and the edits elsewhere in the file.
func (c *Completer) Fit(s Snippet) (body Edit, others []Edit, err error) {
	at := analyzer.Span{Start: c.word.Start, End: c.word.Start}
	p := plan{host: c.host, at: at, style: styleOf(c.host), place: c.place}
	p.replaced = analyzer.Span{Start: c.place.Offset, End: c.place.Offset}
	edits, err := p.fit(s)
	if err != nil {
		return body, nil, err
	}
	for _, e := range edits {
		if e.Span.Start == c.place.Offset && len(strings.TrimSpace(e.New)) > 0 && body.New == "" && e.New[:c.word.Start-c.place.Offset] == string(c.host.Text()[c.place.Offset:c.word.Start]) {
			body = e
			continue
		}
		if e.Span.Start >= c.word.Start {
			e.Span.Start += c.word.End - c.word.Start
			e.Span.End += c.word.End - c.word.Start
		}
		others = append(others, e)
	}
	indent := c.word.Start - c.place.Offset
	body.New = strings.TrimRight(body.New[min(indent, len(body.New)):], "\r\n")
	if body.New == "" {
		return body, nil, unfit("nothing is left of it")
	}
	body.Stops = slices.Clone(body.Stops)
	for i := range body.Stops {
		body.Stops[i].Span.Start -= indent
		body.Stops[i].Span.End -= indent
	}
	body.Span = c.word
	return body, others, nil
}
