// Package fit makes a documented snippet part of a file: it finds where the
// code goes, indents it as the file is indented, calls the client by the name
// that it has there, adds the imports that the file lacks, and takes out what
// belongs to the example alone, such as a literal key.
//
// It computes edits and applies none. All offsets are bytes.
//
// # The way of a snippet
//
// [Edits] finds the place (analyzer.PlaceAfter), and then makes one plan of
// changes to the snippet's text: imports leave it (imports.go), the client is
// that of the file and names that are taken get new ones (names.go), await,
// return and export are settled (flow.go), keys become lookups and what the user
// must change becomes a stop (values.go). lines.go writes the changed text as the
// file is written. The result is looked at once more: edits that would break
// the file are not given.
package fit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// Snippet is an example of a guide.
type Snippet struct {
	Language *analyzer.Language
	Code     string
	// Outer resolves the names that the snippet takes from the guide's other
	// examples; may be nil.
	Outer analyzer.Outer
	// Imports are those of the guide's other examples: where the snippet uses a
	// name that one of them brings, it brings that import.
	Imports []analyzer.Import
	// Setup gives the statement that makes what a name stands for in the guide's
	// other examples; may be nil.
	Setup func(name string) (code string, ok bool)
	// CommonJS is set where the host's package says that its scripts are CommonJS. A
	// script that shows what it is knows better.
	CommonJS bool
	// Resolve says what a reference of the host stands for that goes into the
	// workspace: another file may have made the client. May be nil.
	Resolve func(analyzer.Reference) analyzer.Reference
}

// Edit is an edit whose new text has places that the user may want to change.
type Edit struct {
	analyzer.Edit
	Stops []Stop // in the order of the text
}

// Stop is a part of an edit's new text. Those of one group change together.
type Stop struct {
	Span  analyzer.Span // in New
	Group int           // from 1
}

// ErrUnfit is matched by the error for a snippet that cannot be part of the
// file at that place.
var ErrUnfit = errors.New("the snippet does not fit here")

func unfit(why string) error { return fmt.Errorf("%w: %s", ErrUnfit, why) }

// Edits fits a snippet into host: in place of the statements that at selects,
// or after the statement that holds its end. The edits do not overlap and are
// in the order of the text.
func Edits(host *analyzer.File, at analyzer.Span, s Snippet) ([]Edit, error) {
	p := plan{host: host, at: at, style: styleOf(host).within(s.CommonJS)}
	var replaced bool
	if at.Start < at.End {
		p.place, p.replaced, replaced = host.Statements(at)
	}
	if !replaced {
		p.place = host.PlaceAfter(at.End)
		p.replaced = analyzer.Span{Start: p.place.Offset, End: p.place.Offset}
		p.belowImports()
	}
	edits, err := p.fit(s)
	if err == nil && !breaks(host, edits) {
		return edits, nil
	}
	if replaced {
		return Edits(host, analyzer.Span{Start: at.End, End: at.End}, s) // below it at least
	}
	if err != nil && (p.place.In.Top || !p.sketch.TopOnly) {
		return nil, err
	}
	if err != nil || !p.place.In.Top {
		// Code that is laid out in a strange way, or an example for the top level:
		// behind all of it.
		q := plan{host: host, at: at, style: p.style, place: host.PlaceBelow(at.End)}
		q.replaced = analyzer.Span{Start: q.place.Offset, End: q.place.Offset}
		q.belowImports()
		if edits, err = q.fit(s); err != nil || !breaks(host, edits) {
			return edits, err
		}
	}
	return nil, unfit("the file would have a syntax error")
}

// Sketch reads what decides whether an example can be part of a file of a language.
func Sketch(l *analyzer.Language, code string) analyzer.Sketch {
	file := analyzer.New(l, []byte(clean(code)))
	defer file.Close()
	return file.Sketch()
}

// breaks reports whether edits put a syntax error into a file that has none.
func breaks(host *analyzer.File, edits []Edit) bool {
	plain := make([]analyzer.Edit, len(edits))
	for i, e := range edits {
		plain[i] = e.Edit
	}
	return host.Breaks(plain)
}

// plan is what is to be done with one snippet at one place.
type plan struct {
	host     *analyzer.File
	at       analyzer.Span // the cursor, or the selection
	place    analyzer.Place
	replaced analyzer.Span // of the host; empty for an insertion
	style    style
	resolve  func(analyzer.Reference) analyzer.Reference // of the host, into the workspace; or nil
	above    bool                                        // the place is that for imports

	file    *analyzer.File // the snippet
	sketch  analyzer.Sketch
	changes []change        // to the snippet
	renames map[string]bool // names of the snippet that have got another
	taken   map[string]bool // names that the snippet must not give to its own
	settled map[string]bool // names of the snippet's imports that are seen to
	gone    []analyzer.Span // statements that are taken out
	before  []line          // what is written before the snippet
	needed  []need          // imports that the host lacks
	groups  map[string]int  // of stops, by what they hold
	wrap    wrapping
	held    []held // clients of the snippet that the host has
}

// belowImports moves a place among the imports, or above them, below all of them.
func (p *plan) belowImports() {
	if top := p.host.PlaceForImports(); p.place.In.Top && p.place.Offset <= top.Offset {
		p.place, p.above = top, true
		p.replaced = analyzer.Span{Start: top.Offset, End: top.Offset}
	}
}

// read takes code as the snippet's.
func (p *plan) read(code string, s Snippet) {
	if p.file != nil {
		p.file.Close()
	}
	p.file = analyzer.NewWithin(p.host.Language(), []byte(code), s.Outer)
	p.sketch = p.file.Sketch()
}

func (p *plan) fit(s Snippet) ([]Edit, error) {
	p.resolve = s.Resolve
	code := clean(s.Code)
	p.read(code, s)
	if setup := p.setup(s); setup != "" && p.sketch.Fault == "" {
		p.read(setup+"\n"+code, s)
		if p.sketch.Fault != "" {
			p.read(code, s) // it is good by itself
		}
	}
	defer func() { p.file.Close() }()
	if p.sketch.Fault != "" {
		return nil, unfit(p.sketch.Fault)
	}
	if p.sketch.Markup && !TakesMarkup(p.host) {
		return nil, unfit("the file has no JSX")
	}
	if p.sketch.TopOnly && !p.place.In.Top {
		return nil, unfit("it is for the top level of a file")
	}
	p.renames, p.taken, p.settled, p.groups = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]int{}

	p.find()
	p.imports(s)
	p.flow()
	p.exports()
	p.clients()
	p.collisions()
	p.values()
	return p.edits(), nil
}

// clean takes from an example what is not code of the file that it goes into.
func clean(code string) string {
	code = strings.TrimPrefix(strings.ReplaceAll(code, "\r\n", "\n"), "\ufeff")
	if strings.HasPrefix(code, "#!") {
		_, code, _ = strings.Cut(code, "\n")
	}
	common, first := "", true
	for line := range strings.Lines(code) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		lead := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if first {
			common, first = lead, false
		}
		for !strings.HasPrefix(lead, common) {
			common = common[:len(common)-1]
		}
	}
	if common == "" {
		return code
	}
	var b strings.Builder
	for line := range strings.Lines(code) {
		b.WriteString(strings.TrimPrefix(line, common))
	}
	return b.String()
}

// edits writes the plan down.
func (p *plan) edits() []Edit {
	body := p.body()
	imports, merges := p.merged()
	lines := p.style.imports(imports)
	top := p.host.PlaceForImports()
	text := p.written(body)
	edits := merges
	switch {
	case lines == "" && len(text.lines) == 0:
	case p.above:
		out := p.writer(top.Open)
		out.plain(lines)
		if len(text.lines) > 0 && (top.Offset > 0 || lines != "") {
			out.plain("\n")
		}
		out.body(text)
		if rest := p.host.Text()[top.Offset:]; len(text.lines) > 0 && len(rest) > 0 && rest[0] != '\n' && rest[0] != '\r' {
			out.plain("\n")
		}
		edits = append(edits, out.edit(p.replaced, top.Open))
	case p.place.In.Top && p.replaced.Start < top.Offset && top.Offset <= p.replaced.End:
		// The imports of the host are in what is replaced.
		out := p.writer(false)
		out.plain(lines)
		if lines != "" && len(text.lines) > 0 {
			out.plain("\n")
		}
		out.body(text)
		edits = append(edits, out.edit(p.replaced, p.place.Open))
	default:
		if lines != "" {
			out := p.writer(top.Open)
			out.plain(lines)
			if rest := p.host.Text()[top.Offset:]; len(p.host.TopImports()) == 0 && len(rest) > 0 && rest[0] != '\n' && rest[0] != '\r' {
				out.plain("\n") // the first imports stand apart from the code
			}
			edits = append(edits, out.edit(analyzer.Span{Start: top.Offset, End: top.Offset}, top.Open))
		}
		if len(text.lines) > 0 || p.replaced.Start < p.replaced.End {
			open := p.place.Open && p.replaced.Start == p.replaced.End
			out := p.writer(open)
			out.body(text)
			edits = append(edits, out.edit(p.replaced, p.place.Open))
		}
	}
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Span.Start - b.Span.Start })
	return edits
}
