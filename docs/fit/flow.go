package fit

import (
	"bytes"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// wrapping is a function that the snippet is put into, since it awaits and
// what is around it cannot.
type wrapping struct{ before, after []string }

// Sync reports whether code at a place of the host cannot await, so that a
// snippet that does is put into a function of its own.
func Sync(host *analyzer.File, at analyzer.Span) bool {
	place := host.PlaceAfter(at.End)
	return !canAwait(host, place)
}

func canAwait(host *analyzer.File, place analyzer.Place) bool {
	if place.In.Function || host.Language().Name == "python" {
		return place.In.Async
	}
	return place.In.Top && isModule(host)
}

// flow settles what the snippet does with the function around it.
func (p *plan) flow() error {
	s := p.sketch
	if s.Awaits && !canAwait(p.host, p.place) {
		if s.Yields {
			return unfit("it yields, and awaits where nothing can")
		}
		if p.style.python {
			name := p.fresh("main", true)
			p.wrap.before = []string{"async def " + name + "():"}
			p.wrap.after = []string{"", "asyncio.run(" + name + "())"}
			p.need(analyzer.Import{Module: "asyncio", Kind: analyzer.KindImport})
			return nil
		}
		p.wrap.before, p.wrap.after = []string{"void (async () => {"}, []string{"})()" + p.style.semi}
		return nil
	}
	if (s.Returns || s.Yields) && !p.place.In.Function {
		return unfit("it returns, and there is no function around it")
	}
	if s.Yields && p.style.python && p.place.In.Async {
		return nil
	}
	if s.Yields && !p.style.python {
		return unfit("it yields outside a function")
	}
	return nil
}

// written is the snippet as it goes into the host: in its wrapping, and apart
// from the statements around it where those have no semicolons.
func (p *plan) written(c code) code {
	if len(c.lines) == 0 {
		return c
	}
	if len(p.wrap.before) > 0 {
		var lines []line
		for _, text := range p.wrap.before {
			lines = append(lines, line{text: text})
		}
		for _, l := range c.lines {
			l.lead = p.style.unit + l.lead
			lines = append(lines, l)
		}
		for _, text := range p.wrap.after {
			lines = append(lines, line{text: text, blank: text == ""})
		}
		c = code{lines}
	}
	if p.style.python {
		return c
	}
	before, _ := p.host.Neighbours(p.replaced.Start)
	_, after := p.host.Neighbours(p.replaced.End)
	first := &c.lines[0]
	if !first.raw && strings.ContainsRune(continuing, rune(first.text[0])) && !comment(first.text) && before != 0 && before != ';' && before != '{' && before != ':' {
		first.text = ";" + first.text
		for i := range first.stops {
			first.stops[i].Span.Start++
			first.stops[i].Span.End++
		}
	}
	if after != 0 && strings.IndexByte(continuing, after) >= 0 {
		last := c.lines[len(c.lines)-1]
		switch text := strings.TrimRight(last.text, " \t"); {
		case strings.HasSuffix(text, ";"):
		case strings.Contains(text, "//") || strings.HasSuffix(text, "*/"):
			c.lines = append(c.lines, line{text: ";"})
		default:
			c.lines[len(c.lines)-1].text = text + ";"
		}
	}
	return c
}

// continuing are the characters by which a line goes on with the statement
// before it, where no semicolon ends that.
const continuing = "([`+-*/.,"

func comment(text string) bool { return strings.HasPrefix(text, "//") || strings.HasPrefix(text, "/*") }

// exports takes the exports of an example back: its file is not this one.
func (p *plan) exports() {
	own := p.style.module && !p.style.requires && p.place.In.Top && len(p.wrap.before) == 0
	for _, e := range p.sketch.Exports {
		whole := e.Keyword == e.Statement
		switch {
		case own && !whole && !e.Default:
		case own && e.Default && !bytes.Contains(p.host.Text(), []byte("export default")) && !bytes.Contains(p.host.Text(), []byte("as default")):
		case whole:
			p.remove(e.Statement)
		case e.Default && !e.Declares:
			keyword := "const "
			p.change(e.Keyword, keyword+p.fresh("example", true)+" = ", 0)
		default:
			p.change(e.Keyword, "", 0)
		}
	}
}
