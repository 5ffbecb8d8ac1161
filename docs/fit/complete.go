package fit

import (
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// Completer fits snippets in place of a word that is being typed, alone on its
// line.
type Completer struct {
	host  *analyzer.File
	word  analyzer.Span
	place analyzer.Place
	line  analyzer.Span // the word's, with its end
	style style
}

// NewCompleter is nil where the word is no statement of its own.
func NewCompleter(host *analyzer.File, word analyzer.Span) *Completer {
	place, line, ok := host.Statements(word)
	if !ok || line.Start+len(place.Indent) != word.Start || place.In.Top && line.Start < host.PlaceForImports().Offset {
		return nil
	}
	return &Completer{host, word, place, line, styleOf(host)}
}

// Place is where the snippets go.
func (c *Completer) Place() analyzer.Place { return c.place }

// Fit gives the text that takes the word's place, in lines that are indented as
// they stand there, and the edits elsewhere in the file.
func (c *Completer) Fit(s Snippet) (body Edit, others []Edit, err error) {
	p := plan{host: c.host, at: c.word, style: c.style.within(s.CommonJS), place: c.place, replaced: c.line}
	edits, err := p.fit(s)
	if err != nil {
		return body, nil, err
	}
	for _, e := range edits {
		if e.Span == c.line {
			body = e
		} else {
			others = append(others, e)
		}
	}
	indent := c.word.Start - c.line.Start
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
