package fit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// need is an import of one name, or of a module as a whole.
type need struct {
	analyzer.Import // Names has one at most
	rest            string
}

// topLevel gives the statement of an import that can be written anew at the
// top of another file.
func topLevel(file *analyzer.File, i analyzer.Import) (span analyzer.Span, ok bool) {
	text := file.Text()
	top, found := file.TopStatement(i.Statement.Start)
	if !found {
		return span, false
	}
	switch i.Kind {
	case analyzer.KindImport, analyzer.KindImportType, analyzer.KindSideEffect, analyzer.KindImportEquals, analyzer.KindStar:
		return i.Statement, top.Start == i.Statement.Start
	case analyzer.KindRequire:
		lead, tail := string(text[top.Start:i.Statement.Start]), ""
		if i.Statement.End < top.End {
			tail = string(text[i.Statement.End:top.End])
		}
		declares := strings.HasPrefix(lead, "const ") || strings.HasPrefix(lead, "let ") || strings.HasPrefix(lead, "var ")
		tail = strings.Trim(tail, "; \t\r\n")
		if len(i.Names) == 1 && tail == "."+i.Names[0].Name && i.Names[0].Name != analyzer.DefaultName {
			tail = "" // const client = require("m").v2
		}
		plain := tail == "" && strings.Count(lead, "=") == 1 && strings.HasSuffix(strings.TrimSpace(lead), "=")
		nested := slices.ContainsFunc(i.Names, func(n analyzer.ImportedName) bool { return n.Local == "" })
		if len(i.Names) == 0 {
			return top, strings.TrimSpace(lead) == "" && tail == "" // require("m");
		}
		return top, declares && plain && !nested
	}
	return span, false
}

// imports takes the top-level imports out of the snippet, and notes which of
// them the host lacks. Where the host calls the same by another name, so does
// the snippet.
func (p *plan) imports(s Snippet) {
	all := p.file.Imports()
	bound := map[string]bool{}
	var own []need
	for _, i := range all {
		for _, n := range i.Names {
			bound[n.Local] = true
		}
		span, ok := topLevel(p.file, i)
		if !ok {
			continue
		}
		if !slices.Contains(p.gone, span) {
			p.remove(span)
		}
		if i.Module == "__future__" {
			continue // it is about the example's own file
		}
		rest := attributes(p.file.Text(), i)
		if len(i.Names) == 0 && i.Kind == analyzer.KindImport && !p.style.python {
			i.Kind = analyzer.KindSideEffect // import {} from "m"
		}
		if len(i.Names) == 0 || i.Kind == analyzer.KindStar {
			own = append(own, need{i, rest})
		}
		for _, n := range i.Names {
			if i.Kind == analyzer.KindStar {
				break
			}
			one := i
			one.Names = []analyzer.ImportedName{n}
			if i.Kind == analyzer.KindImport && typeOnly(p.file.Text(), n) {
				one.Kind = analyzer.KindImportType
			}
			own = append(own, need{one, rest})
		}
	}
	// Names that another of the guide's examples imports, and this one uses.
	for _, i := range s.Imports {
		if i.Module == "__future__" || i.Kind == analyzer.KindDynamic || i.Kind == analyzer.KindReExport || strings.HasPrefix(i.Module, ".") {
			continue
		}
		if whole := wholeName(i); whole != "" && !bound[whole] && p.lacks(whole) {
			bound[whole] = true
			own = append(own, need{Import: i})
		}
		for _, n := range i.Names {
			if n.Local != "" && n.Name != "" && !bound[n.Local] && p.lacks(n.Local) {
				bound[n.Local] = true
				one := i
				one.Names = []analyzer.ImportedName{n}
				own = append(own, need{Import: one})
			}
		}
	}
	for _, n := range own {
		p.settle(n)
	}
}

// attributes is what stands behind the module of an import: with { type: "json" }.
func attributes(text []byte, i analyzer.Import) string {
	if i.Span.End+1 >= i.Statement.End || i.Kind == analyzer.KindRequire {
		return ""
	}
	rest := strings.TrimRight(string(text[i.Span.End+1:i.Statement.End]), "; \t\n")
	if trimmed := strings.TrimSpace(rest); strings.HasPrefix(trimmed, "with") || strings.HasPrefix(trimmed, "assert") {
		return " " + trimmed
	}
	return ""
}

// typeOnly reports whether a name is imported as a type: import { type A }.
func typeOnly(text []byte, n analyzer.ImportedName) bool {
	if n.Span.Start >= n.Span.End || n.Name == analyzer.DefaultName || n.Name == analyzer.WholeModule {
		return false
	}
	before := bytes.TrimRight(text[:n.Span.Start], " \t")
	before, ok := bytes.CutSuffix(before, []byte("type"))
	if !ok || len(before)+len("type") == n.Span.Start {
		return false
	}
	before = bytes.TrimRight(before, " \t\r\n")
	return bytes.HasSuffix(before, []byte("{")) || bytes.HasSuffix(before, []byte(","))
}

// settle notes an import that the host lacks, or uses the host's own.
func (p *plan) settle(n need) {
	local := n.local()
	if p.settled[local] && !n.part() {
		return // the same, or the other way of an example that shows two
	}
	for _, h := range p.host.ImportsOf(n.Module) {
		have, ok := provides(h, n)
		if !ok || p.typing(h) || p.replaces(h) {
			continue
		}
		if local == "" {
			return // a side effect, or a star
		}
		if !p.knows(have, n) || have != local && strings.Contains(n.Module, ".") && len(n.Names) == 0 {
			continue
		}
		p.taken[have] = true
		p.renames[local], p.settled[local] = true, true
		if have != local {
			p.rename(local, have, 0)
		}
		return
	}
	if local == "" {
		p.needed = append(p.needed, n)
		return
	}
	for _, other := range p.needed {
		if other.local() == local && other.Module == n.Module {
			return
		}
	}
	p.renames[local], p.settled[local] = true, true
	dotted := p.style.python && len(n.Names) == 0 && n.Local == "" && strings.Contains(n.Module, ".")
	if p.collides(local, n) && !dotted {
		to := p.fresh(local, false)
		p.rename(local, to, 0)
		if len(n.Names) > 0 {
			n.Names = slices.Clone(n.Names)
			n.Names[0].Local = to
		} else {
			n.Local = to
		}
		local = to
	}
	p.taken[local] = true
	p.needed = append(p.needed, n)
}

// part reports whether an import is one of several that share a name: import a.b
// beside import a.c.
func (n need) part() bool { return len(n.Names) == 0 && n.Local == "" && n.local() != "" }

// replaces reports whether an import of the host is in what is replaced.
func (p *plan) replaces(h analyzer.Import) bool {
	return p.replaced.Start < h.Statement.End && h.Statement.Start < p.replaced.End
}

// local is the name that the import binds, "" for none.
func (n need) local() string {
	if len(n.Names) > 0 {
		return n.Names[0].Local
	}
	if n.Kind == analyzer.KindStar || n.Kind == analyzer.KindSideEffect {
		return ""
	}
	return wholeName(n.Import)
}

// wholeName is the name that Python's "import a.b" or "import a.b as c" binds.
func wholeName(i analyzer.Import) string {
	if len(i.Names) > 0 || i.Kind != analyzer.KindImport {
		return ""
	}
	if i.Local != "" {
		return i.Local
	}
	head, _, _ := strings.Cut(i.Module, ".")
	return head
}

// provides says by which name an import of the host brings what is needed.
func provides(h analyzer.Import, n need) (local string, ok bool) {
	if h.Module != n.Module || h.Kind == analyzer.KindReExport || h.Kind == analyzer.KindDynamic {
		return "", false
	}
	if h.Kind == analyzer.KindImportType && n.Kind != analyzer.KindImportType {
		return "", false
	}
	if h.Kind == analyzer.KindStar || n.Kind == analyzer.KindStar {
		return "", h.Kind == n.Kind
	}
	if len(n.Names) == 0 {
		if n.local() == "" {
			return "", true
		}
		plain := !strings.Contains(n.Module, ".")
		return wholeName(h), len(h.Names) == 0 && (plain || (h.Local == "") == (n.Local == ""))
	}
	for _, have := range h.Names {
		// What is required whole is what a default import brings.
		whole := have.Name == analyzer.WholeModule && h.Kind == analyzer.KindRequire && n.Names[0].Name == analyzer.DefaultName
		whole = whole || have.Name == analyzer.DefaultName && n.Kind == analyzer.KindRequire && n.Names[0].Name == analyzer.WholeModule
		if (have.Name == n.Names[0].Name || whole) && have.Local != "" {
			return have.Local, true
		}
	}
	return "", false
}

// typing reports whether an import of the host is for type checkers alone.
func (p *plan) typing(i analyzer.Import) bool {
	if !p.style.python {
		return false
	}
	top, ok := p.host.TopStatement(i.Statement.Start)
	if !ok {
		return false
	}
	first, _, _ := bytes.Cut(p.host.Text()[top.Start:top.End], []byte("\n"))
	return bytes.HasPrefix(first, []byte("if ")) && bytes.Contains(first, []byte("TYPE_CHECKING"))
}

// knows reports whether a name of the host is what an import brings, at the place.
func (p *plan) knows(name string, n need) bool {
	ref, ok, _ := p.host.KnownAt(name, p.place)
	if !ok || ref.Called {
		return false
	}
	want := ""
	if len(n.Names) > 0 && n.Names[0].Name != analyzer.DefaultName && n.Names[0].Name != analyzer.WholeModule {
		want = n.Names[0].Name
	}
	if len(n.Names) == 0 && n.Local == "" {
		head, _, _ := strings.Cut(n.Module, ".")
		return ref.Module == head && len(ref.Path) == 0
	}
	return ref.Module == n.Module && ref.Path.String() == want
}

// collides reports whether the host has another use for a name.
func (p *plan) collides(name string, n need) bool {
	if p.style.python && len(n.Names) == 0 && n.Local == "" {
		if ref, ok, _ := p.host.KnownAt(name, p.place); ok && ref.Module == name && len(ref.Path) == 0 {
			return false // import a.b beside import a.c
		}
	}
	imported := "" // what an import brings, as the analyzer calls it
	switch {
	case len(n.Names) > 0:
		imported = n.Names[0].Name
	case n.Local != "":
		imported = analyzer.WholeModule
	}
	if p.host.BindsOther(name, n.Module, imported) {
		return true
	}
	return ambient[name] && p.host.Mentions(name, analyzer.Span{Start: 0, End: len(p.host.Text())})
}

// ambient are names that need no import, and that a host which uses one without
// wants to keep.
var ambient = func() map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(`print input open filter map type list dict set id hash format compile exec eval range
		min max sum sorted any all bytes object property super vars dir iter next round pow slice tuple zip help
		fetch crypto process Buffer console URL URLSearchParams Response Request Headers File Blob FormData performance
		setTimeout setInterval clearTimeout clearInterval EventSource WebSocket Event EventTarget AbortController
		Map Set Date Error Promise Symbol Object Array String Number Boolean JSON Math Proxy Reflect Intl
		document window navigator location history Image Text Node Element global globalThis require module exports`) {
		set[name] = true
	}
	return set
}()

// uses reports whether the snippet uses a name without binding it.
func (p *plan) uses(name string) bool {
	return bytes.Contains(p.file.Text(), []byte(name)) && len(p.file.NamesOf(name)) > 0 && !p.file.Binds(name)
}

// lacks reports whether the snippet uses a name that neither it nor the host
// binds at the place.
func (p *plan) lacks(name string) bool {
	if !p.uses(name) || p.has(name) {
		return false
	}
	_, _, bound := p.host.KnownAt(name, p.place)
	return !bound
}

// merged writes what is needed as imports: into a statement of the host where
// there is one, and otherwise as statements of their own.
func (p *plan) merged() (imports []need, merges []Edit) {
	into := map[int][]need{} // by the end of the host's last name
	var order []int
	for _, n := range p.needed {
		if h, ok := p.mergeable(n); ok {
			end := lastName(h)
			if into[end] == nil {
				order = append(order, end)
			}
			into[end] = append(into[end], n)
			continue
		}
		joined := false
		for i := range imports {
			if imports[i].joins(n) {
				imports[i].Names = append(slices.Clip(imports[i].Names), n.Names...)
				joined = true
				break
			}
		}
		if !joined {
			imports = append(imports, n)
		}
	}
	for _, end := range order {
		merges = append(merges, p.merge(end, into[end]))
	}
	return imports, merges
}

func lastName(i analyzer.Import) int {
	end := 0
	for _, n := range i.Names {
		end = max(end, n.Span.End, n.LocalSpan.End)
	}
	return end
}

// joins reports whether two imports can be one statement.
func (n need) joins(o need) bool {
	if n.Module != o.Module || n.Kind != o.Kind || len(n.Names) == 0 || len(o.Names) == 0 || n.Kind == analyzer.KindStar || n.Kind == analyzer.KindImportEquals {
		return false
	}
	named := o.Names[0].Name != analyzer.DefaultName && o.Names[0].Name != analyzer.WholeModule
	if !named {
		return false
	}
	for _, have := range n.Names {
		if have.Name == analyzer.WholeModule || have.Name == analyzer.DefaultName && n.Kind != analyzer.KindImport {
			return false
		}
	}
	return true
}

// mergeable finds the statement of the host at the top level that takes one
// more name.
func (p *plan) mergeable(n need) (analyzer.Import, bool) {
	if len(n.Names) == 0 || n.Names[0].Name == analyzer.DefaultName || n.Names[0].Name == analyzer.WholeModule || n.Kind == analyzer.KindStar || n.rest != "" {
		return analyzer.Import{}, false
	}
	text := p.host.Text()
	for _, h := range p.host.ImportsOf(n.Module) {
		if len(h.Names) == 0 || h.Kind != p.kindHere(n) || h.Statement.Start >= p.place.Offset && p.place.In.Top {
			continue
		}
		if _, ok := topLevel(p.host, h); !ok || p.replaces(h) {
			continue
		}
		if slices.ContainsFunc(h.Names, func(o analyzer.ImportedName) bool {
			return o.Name == analyzer.DefaultName || o.Name == analyzer.WholeModule || o.Local == "" || typeOnly(text, o)
		}) {
			continue
		}
		return h, true
	}
	return analyzer.Import{}, false
}

// kindHere is the kind that an import has once it stands in the host.
func (p *plan) kindHere(n need) analyzer.ImportKind {
	if p.style.requires && n.Kind == analyzer.KindImport {
		return analyzer.KindRequire
	}
	if !p.style.requires && n.Kind == analyzer.KindRequire {
		return analyzer.KindImport
	}
	return n.Kind
}

// merge adds names behind the last one of an import: on a line of its own where
// that has one.
func (p *plan) merge(end int, needs []need) Edit {
	text := p.host.Text()
	start := bytes.LastIndexByte(text[:end], '\n') + 1
	lead := text[start : start+len(text[start:end])-len(bytes.TrimLeft(text[start:end], " \t"))]
	separate := ", "
	if rest, _, _ := bytes.Cut(text[end:], []byte("\n")); len(lead) > 0 && len(bytes.Trim(rest, ", \t\r")) == 0 && !bytes.ContainsAny(bytes.TrimSpace(text[start:end]), ",({") {
		separate = "," + p.style.eol + string(lead)
	}
	as := " as "
	if p.style.requires && needs[0].Kind != analyzer.KindImportType {
		as = ": "
	}
	var b strings.Builder
	for _, n := range needs {
		b.WriteString(separate + renamed(n.Names[0], as))
	}
	return Edit{Edit: analyzer.Edit{Span: analyzer.Span{Start: end, End: end}, New: b.String()}}
}
