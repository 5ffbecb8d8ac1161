// Package fit makes a documented snippet part of a file: it finds where the
// code goes, indents it as the file is indented, calls the client by the name
// that it has there, and adds the imports that the file lacks.
//
// It computes edits and applies none. All offsets are bytes.
package fit

import (
	"bytes"
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
}

// Edits fits a snippet into host after the statement that holds the end of at.
// The edits do not overlap and are in the order of the text.
func Edits(host *analyzer.File, at analyzer.Span, s Snippet) []analyzer.Edit {
	code := strings.ReplaceAll(s.Code, "\r\n", "\n")
	file := analyzer.NewWithin(s.Language, []byte(code), s.Outer)
	defer file.Close()

	place := host.PlaceAfter(at.End)
	imports := missing(host, file, s)
	body := newBody(file)
	body.dropImports(file)
	names := clients(host, at, file)
	body.dropConstruction(file, names)
	for from, to := range names {
		for _, span := range file.Names(from) {
			body.renames = append(body.renames, analyzer.Edit{Span: span, New: to})
		}
	}
	style := styleOf(host)
	text := style.lines(body.text(style, place.Indent))
	var edits []analyzer.Edit
	if len(imports) > 0 {
		top := host.PlaceForImports()
		lines := style.lines(style.imports(imports))
		if top.Open {
			lines = style.eol + lines
		}
		if place.Offset <= top.Offset {
			// The cursor is on an import: the snippet goes below all of them.
			place = top
			lines += style.eol
			return []analyzer.Edit{{Span: analyzer.Span{Start: top.Offset, End: top.Offset}, New: lines + text}}
		}
		edits = append(edits, analyzer.Edit{Span: analyzer.Span{Start: top.Offset, End: top.Offset}, New: lines})
	} else if top := host.PlaceForImports(); place.Offset < top.Offset {
		place = top
		text = style.eol + text
	}
	if text == "" {
		return edits
	}
	if place.Open {
		text = style.eol + strings.TrimSuffix(text, style.eol)
	}
	return append(edits, analyzer.Edit{Span: analyzer.Span{Start: place.Offset, End: place.Offset}, New: text})
}

// body is the snippet's code with changes to be made.
type body struct {
	code    []byte
	renames []analyzer.Edit // each within a line
	dropped []analyzer.Span // whole lines
	strings []analyzer.Span // whose lines must not be indented
}

func newBody(file *analyzer.File) *body {
	return &body{code: file.Text(), strings: file.MultilineStrings()}
}

// drop removes the lines of a span, if nothing else stands on them.
func (b *body) drop(span analyzer.Span) {
	start := bytes.LastIndexByte(b.code[:span.Start], '\n') + 1
	end := len(b.code)
	if i := bytes.IndexByte(b.code[span.End:], '\n'); i >= 0 {
		end = span.End + i + 1
	}
	if len(bytes.Trim(b.code[start:span.Start], " \t")) == 0 && len(bytes.Trim(b.code[span.End:end], " \t\r\n;")) == 0 {
		b.dropped = append(b.dropped, analyzer.Span{Start: start, End: end})
	}
}

// dropImports takes the top-level imports out: they go where the file's
// imports are.
func (b *body) dropImports(file *analyzer.File) {
	for _, i := range file.Imports() {
		if span, ok := topLevel(file, i); ok {
			b.drop(span)
		}
	}
}

// dropConstruction takes out the statements that make a client which the file
// has already.
func (b *body) dropConstruction(file *analyzer.File, names map[string]string) {
	for _, a := range file.Assignments() {
		if _, ok := names[a.Name]; ok && constructs(a.Value) {
			b.drop(a.Statement)
		}
	}
}

// text gives the code, changed and indented, without blank lines at its ends.
func (b *body) text(style style, indent string) string {
	slices.SortFunc(b.renames, func(a, c analyzer.Edit) int { return a.Span.Start - c.Span.Start })
	unit := unitOf(b.code)
	var out strings.Builder
	blank := false // one blank line is kept between two others, however many there were
	next := 0
	for start, end := 0, 0; start < len(b.code); start = end {
		end = len(b.code)
		if i := bytes.IndexByte(b.code[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		var line strings.Builder
		at := start
		for ; next < len(b.renames) && b.renames[next].Span.Start < end; next++ {
			r := b.renames[next]
			line.Write(b.code[at:r.Span.Start])
			line.WriteString(r.New)
			at = r.Span.End
		}
		line.Write(b.code[at:end])
		within := func(s analyzer.Span) bool { return s.Start <= start && start < s.End }
		text := line.String()
		switch {
		case slices.ContainsFunc(b.dropped, within):
			continue
		case slices.ContainsFunc(b.strings, func(s analyzer.Span) bool { return s.Start < start && start < s.End }):
			out.WriteString(strings.TrimSuffix(text, "\n") + "\n") // the last line may lack its end
			continue
		case strings.TrimSpace(text) == "":
			blank = out.Len() > 0
			continue
		}
		if blank {
			out.WriteByte('\n')
			blank = false
		}
		code := strings.TrimLeft(text, " \t")
		out.WriteString(indent + style.reindent(text[:len(text)-len(code)], unit) + strings.TrimRight(code, "\n") + "\n")
	}
	return out.String()
}

// constructs reports whether a reference is an object that the module makes.
func constructs(ref analyzer.Reference) bool {
	if len(ref.Path) == 0 {
		return ref.Called
	}
	return ref.Path[len(ref.Path)-1].Called
}

// clients maps the snippet's names for clients to the host's names for the
// same: those of the chain under the cursor, or equal ones.
func clients(host *analyzer.File, at analyzer.Span, file *analyzer.File) map[string]string {
	names := map[string]string{}
	ref, ok := host.ReferenceAt(at.End) // the whole of the chain, not its first name
	if !ok {
		ref, ok = host.ReferenceAt(at.Start)
	}
	for _, use := range file.Uses() {
		root := rootName(string(file.Text()[use.Span.Start:use.Span.End]))
		if use.Module == "" || root == "" {
			continue
		}
		made, found := file.Lookup(root)
		if !found {
			made, found = file.Free(root)
		}
		if !found || !constructs(made) {
			continue
		}
		if ok && ref.Module == made.Module {
			if name, of := host.RootOf(ref, made); of {
				names[root] = name
				continue
			}
		}
		if same, has := host.NameAt(root, at.End); has && same.Module == made.Module && same.Path.String() == made.Path.String() {
			names[root] = root
		}
	}
	return names
}

func rootName(chain string) string {
	if i := strings.IndexFunc(chain, func(r rune) bool {
		return !(r == '_' || r == '$' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 127)
	}); i >= 0 {
		chain = chain[:i]
	}
	return chain
}
