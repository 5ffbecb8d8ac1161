package fit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// change replaces a part of the snippet. One with a group is a stop.
type change struct {
	span  analyzer.Span
	text  string
	group int
}

// line is one line of the snippet as it will stand in the host.
type line struct {
	lead  string // white space, within the snippet
	text  string
	stops []Stop // in text
	raw   bool   // inside a string: it stays as it is
	blank bool
}

// code is a snippet in lines, ready to be written.
type code struct{ lines []line }

// change notes a change; of two that overlap the first one counts.
func (p *plan) change(span analyzer.Span, text string, group int) {
	for _, c := range p.changes {
		if c.span.Start < span.End && span.Start < c.span.End {
			return
		}
	}
	p.changes = append(p.changes, change{span, text, group})
}

// remove takes a statement out, with what ends it and a comment behind it.
func (p *plan) remove(span analyzer.Span) {
	text := p.file.Text()
	end := span.End
	for end < len(text) && (text[end] == ' ' || text[end] == '\t' || text[end] == ';') {
		end++
	}
	rest, _, _ := bytes.Cut(text[end:], []byte("\n"))
	if bytes.HasPrefix(rest, []byte("#")) && p.style.python || bytes.HasPrefix(rest, []byte("//")) && !p.style.python {
		end += len(rest)
	}
	p.gone = append(p.gone, span)
	p.change(analyzer.Span{Start: span.Start, End: end}, "", 0)
}

func (p *plan) isGone(at analyzer.Span) bool {
	return slices.ContainsFunc(p.gone, func(g analyzer.Span) bool { return g.Covers(at) })
}

// body applies the changes to the snippet's text, line by line, without blank
// lines at the ends and with one at most between two others.
func (p *plan) body() code {
	slices.SortStableFunc(p.changes, func(a, b change) int {
		if a.span.Start != b.span.Start {
			return a.span.Start - b.span.Start
		}
		return a.span.End - b.span.End
	})
	text, unit := p.file.Text(), unitOf(p.file.Text())
	strs := p.file.MultilineStrings()
	out := code{slices.Clone(p.before)}
	blank := false
	for start, end := 0, 0; start < len(text); start = end {
		end = len(text)
		if i := bytes.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		stop := end
		if text[stop-1] == '\n' {
			stop--
		}
		l, touched := p.line(start, stop)
		l.raw = slices.ContainsFunc(strs, func(s analyzer.Span) bool { return s.Start < start && start < s.End })
		if !l.raw {
			// A change may have taken the code before the first one that is left.
			kept := strings.TrimLeft(l.text, " \t")
			cut := len(l.text) - len(kept)
			l.lead, l.text = l.text[:cut], kept
			for i := range l.stops {
				l.stops[i].Span.Start -= cut
				l.stops[i].Span.End -= cut
			}
			if strings.TrimSpace(l.text) == "" {
				blank = blank || !touched && len(out.lines) > 0
				continue
			}
			l.lead = p.style.reindent(l.lead, unit)
		}
		if blank {
			out.lines = append(out.lines, line{blank: true})
			blank = false
		}
		out.lines = append(out.lines, l)
	}
	return out
}

// line is the text of the snippet in a span of one line, changed. touched is
// set where a change is.
func (p *plan) line(start, end int) (l line, touched bool) {
	var b strings.Builder
	at := start
	for _, c := range p.changes {
		if c.span.End < start || c.span.End == start && c.span.Start < start || c.span.Start > end || c.span.Start == end && c.span.Start < c.span.End || c.span.Start >= start && c.span.Start < at {
			continue
		}
		touched = true
		if c.span.Start >= start {
			b.Write(p.file.Text()[at:c.span.Start])
			from := b.Len()
			b.WriteString(c.text)
			if c.group > 0 {
				l.stops = append(l.stops, Stop{analyzer.Span{Start: from, End: b.Len()}, c.group})
			}
		}
		at = min(max(c.span.End, at), end)
	}
	b.Write(p.file.Text()[at:end])
	l.text = b.String()
	return l, touched
}

// writer writes text as the host is written, at the place.
type writer struct {
	style  style
	indent string
	open   bool
	b      strings.Builder
	stops  []Stop
}

func (p *plan) writer(open bool) *writer {
	w := &writer{style: p.style, indent: p.place.Indent, open: open}
	if p.place.Deeper {
		w.indent += p.style.unit
	}
	if open {
		w.b.WriteString(p.style.eol)
	}
	return w
}

// plain writes lines of the top level.
func (w *writer) plain(text string) {
	w.b.WriteString(strings.ReplaceAll(text, "\n", w.style.eol))
}

func (w *writer) body(c code) {
	for _, l := range c.lines {
		if !l.blank {
			if !l.raw {
				w.b.WriteString(w.indent + l.lead)
			}
			at := w.b.Len()
			w.b.WriteString(l.text)
			for _, s := range l.stops {
				w.stops = append(w.stops, Stop{analyzer.Span{Start: s.Span.Start + at, End: s.Span.End + at}, s.Group})
			}
		}
		w.b.WriteString(w.style.eol)
	}
}

// edit is what was written, in place of a span. A text that lacks its last line
// end goes on lacking it.
func (w *writer) edit(span analyzer.Span, open bool) Edit {
	text := w.b.String()
	if open {
		text = strings.TrimSuffix(text, w.style.eol)
	}
	return Edit{analyzer.Edit{Span: span, New: text}, w.stops}
}
