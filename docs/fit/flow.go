package fit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// wrapping is a function that the snippet is put into, since what is around it
// cannot await or return.
type wrapping struct {
	before string
	after  []string
	name   string // of the function, where the user calls it; "" elsewhere
	group  int    // of the stop that the name is
}

// CanAwait reports whether code at a place of the host can await. A snippet
// that does so elsewhere is put into a function of its own.
func CanAwait(host *analyzer.File, place analyzer.Place) bool {
	if place.In.Function || host.Language().Name == "python" {
		return place.In.Async
	}
	return place.In.Top && isModule(host)
}

// flow settles what the snippet does with the function around it: where that
// cannot await, or there is none to return from, it gets one of its own.
func (p *plan) flow() {
	s := p.sketch
	awaits := s.Awaits && !CanAwait(p.host, p.place)
	leaves := (s.Returns || s.Yields) && !p.place.In.Function || s.Yields && (awaits || !p.style.python)
	switch {
	case leaves: // to be called, or taken apart
		name := p.fresh("example", true)
		p.wrap.name, p.wrap.group = name, p.group("name "+name)
		async := ""
		if s.Awaits {
			async = "async "
		}
		if p.style.python {
			p.wrap.before = async + "def " + name + "():"
			return
		}
		star := ""
		if s.Yields {
			star = "*"
		}
		p.wrap.before, p.wrap.after = async+"function"+star+" "+name+"() {", []string{"}"}
	case awaits && p.style.python:
		name := p.fresh("main", true)
		run := p.module("asyncio") + ".run"
		p.wrap.before = "async def " + name + "():"
		p.wrap.after = []string{"", run + "(" + name + "())"}
	case awaits:
		p.wrap.before, p.wrap.after = "void (async () => {", []string{"})()" + p.style.semi}
	}
}

// written is the snippet as it goes into the host: in its wrapping, and apart
// from the statements around it where those have no semicolons.
func (p *plan) written(c code) code {
	if len(c.lines) == 0 {
		return c
	}
	if p.wrap.before != "" {
		first := line{text: p.wrap.before}
		if at := strings.Index(first.text, p.wrap.name); p.wrap.name != "" {
			first.stops = []Stop{{analyzer.Span{Start: at, End: at + len(p.wrap.name)}, p.wrap.group}}
		}
		lines := []line{first}
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
const continuing = "([`+-*/.,<"

func comment(text string) bool { return strings.HasPrefix(text, "//") || strings.HasPrefix(text, "/*") }

// exports takes the exports and directives of an example back: its file is not
// this one.
func (p *plan) exports() {
	for _, d := range p.sketch.Directives {
		p.remove(d)
	}
	own := p.style.module && !p.style.requires && p.place.In.Top && p.wrap.before == ""
	for _, e := range p.sketch.Exports {
		whole := e.Keyword == e.Statement
		switch {
		case slices.ContainsFunc(p.held, func(h held) bool { return slices.Contains(h.making, e.Statement) }):
			// The host has what it exports.
		case own && !whole && !e.Default:
		case own && e.Default && !bytes.Contains(p.host.Text(), []byte("export default")) && !bytes.Contains(p.host.Text(), []byte("as default")):
		case whole:
			p.remove(e.Statement)
		case e.Default && plainName(strings.Trim(string(p.file.Text()[e.Keyword.End:e.Statement.End]), "; \n")):
			p.remove(e.Statement) // it has a name already
		case e.Default && !e.Declares:
			keyword := "const "
			p.change(e.Keyword, keyword+p.fresh("example", true)+" = ", 0)
		default:
			p.change(e.Keyword, "", 0)
		}
	}
}
