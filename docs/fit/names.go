package fit

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chubls/chubls/analyzer"
)

// constructs reports whether a reference is a client: an object that the module
// makes to be used, rather than the result of a request.
func constructs(ref analyzer.Reference) bool {
	last := len(ref.Path) - 1
	if last < 0 {
		return ref.Called
	}
	for _, s := range ref.Path[:last] {
		if s.Called {
			return false
		}
	}
	name := ref.Path[last].Name
	r, _ := utf8.DecodeRuneInString(name)
	return ref.Path[last].Called && (unicode.IsUpper(r) || maker.MatchString(name) || last == 0 && name == "create")
}

// maker matches the names of functions that make clients.
var maker = regexp.MustCompile(`(?i)client|connect|session$|pool$|instance|resource|^from_?(url|env|conn|string|service)|^init|^create_?(app|api|engine|sdk)`)

// made is a client of the snippet: a name, and what it stands for.
type made struct {
	name string
	ref  analyzer.Reference
	free bool // another example makes it
}

// madeIn lists the clients that a snippet uses, in the order of the text.
func madeIn(file *analyzer.File) []made {
	var found []made
	seen := map[string]bool{}
	for _, use := range file.Uses() {
		root := rootName(string(file.Text()[use.Span.Start:use.Span.End]))
		if root == "" || seen[root] || use.Module == "" || file.Shadowed(root, use.Span.Start) {
			continue
		}
		seen[root] = true
		ref, ok := file.Lookup(root)
		free := false
		if !ok {
			ref, ok = file.Free(root)
			free = ok
		}
		if ok && constructs(ref) {
			found = append(found, made{root, ref, free})
		}
	}
	return found
}

// inHost is how the host spells a client: as the chain under the cursor does, or
// else as any name that is known at the place.
func (p *plan) inHost(m made) (spelling string, ok bool) {
	ref, found := p.host.ReferenceAt(p.at.End) // the whole of the chain, not its first name
	if !found {
		ref, found = p.host.ReferenceAt(p.at.Start)
	}
	if found && (ref.Module == m.ref.Module || p.resolve != nil) {
		stands := func(r analyzer.Reference) bool {
			return r.Equal(m.ref) || p.resolve != nil && p.resolve(r).Equal(m.ref)
		}
		if name, of := p.host.RootOf(ref, stands); of && plainName(name) && p.replaced.Start == p.replaced.End {
			return name, true
		}
	}
	if names := p.host.Holders(m.ref, p.place, p.resolve); len(names) > 0 {
		return names[0], true
	}
	return "", false
}

var plainSpelling = regexp.MustCompile(`^[\pL_$][\pL\pN_$]*(\.#?[\pL_$][\pL\pN_$]*)*$`)

// plainName reports whether a spelling is names and dots: client, self.client.
func plainName(spelling string) bool { return plainSpelling.MatchString(spelling) }

// maxSetup bounds how many statements of other examples a snippet brings along.
const maxSetup = 6

// setup gives the statements that make the clients which the snippet takes from
// other examples, and which the host has not. What a statement needs itself
// comes before it.
func (p *plan) setup(s Snippet) string {
	if s.Setup == nil {
		return ""
	}
	var statements []string
	seen := map[string]bool{}
	var bring func(file *analyzer.File)
	bring = func(file *analyzer.File) {
		for _, m := range madeIn(file) {
			if !m.free || seen[m.name] || len(seen) == maxSetup {
				continue
			}
			seen[m.name] = true
			if _, has := p.inHost(m); has {
				continue
			}
			if _, _, bound := p.host.KnownAt(m.name, p.place); bound {
				continue // the host has its own by that name: who knows what it is
			}
			code, ok := s.Setup(m.name)
			if !ok {
				continue
			}
			own := analyzer.NewWithin(p.host.Language(), []byte(clean(code)), s.Outer)
			if own.Sketch().Fault == "" {
				bring(own)
				statements = append(statements, strings.TrimRight(clean(code), "\n")+"\n")
			}
			own.Close()
		}
	}
	bring(p.file)
	return strings.Join(statements, "")
}

// held is a client of the snippet that the host has.
type held struct {
	made
	spelling string
	making   []analyzer.Span // the statements of the snippet that make it
}

// find finds the clients of the snippet that the host has.
func (p *plan) find() {
	assignments := p.file.Assignments()
	for _, m := range madeIn(p.file) {
		name, ok := p.inHost(m)
		if !ok {
			continue
		}
		h := held{m, name, nil}
		for _, a := range assignments {
			if a.Name == m.name && constructs(a.Value) {
				h.making = append(h.making, a.Statement)
			}
		}
		if !m.free && (len(h.making) == 0 || slices.ContainsFunc(h.making, func(s analyzer.Span) bool { return !p.single(s) })) {
			continue // a with statement, an argument, one of several
		}
		p.held = append(p.held, h)
	}
}

// has reports whether a name of the snippet is a client that the host has.
func (p *plan) has(name string) bool {
	return slices.ContainsFunc(p.held, func(h held) bool { return h.name == name })
}

// clients calls the snippet's clients as the host calls them, and takes out the
// statements that make them.
func (p *plan) clients() {
	for _, h := range p.held {
		p.taken[rootName(h.spelling)] = true
		p.renames[h.name] = true
		alias := ""
		if strings.Contains(h.spelling, ".") && p.bound(h.name, h.making) {
			alias = h.name + " = " + h.spelling
			if !p.style.python {
				alias = "const " + alias + p.style.semi
			}
			delete(p.renames, h.name)
		}
		for i, statement := range h.making {
			if alias != "" && i == 0 {
				p.gone = append(p.gone, statement)
				p.change(statement, alias, 0)
				continue
			}
			p.remove(statement)
		}
		if alias != "" && len(h.making) == 0 {
			p.before = append(p.before, line{text: alias})
		}
		if alias == "" && h.spelling != h.name {
			p.rename(h.name, h.spelling, 0)
		}
	}
}

// single reports whether a statement makes one thing only.
func (p *plan) single(s analyzer.Span) bool {
	depth := 0
	for _, c := range p.file.Text()[s.Start:s.End] {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				return false
			}
		}
	}
	return true
}

// bound reports whether a name stands where self.name cannot: where it is
// bound, or where self may be another.
func (p *plan) bound(name string, making []analyzer.Span) bool {
	for _, at := range p.file.NamesOf(name) {
		if slices.ContainsFunc(making, func(s analyzer.Span) bool { return s.Covers(at) }) {
			continue
		}
		if p.file.Bound(at) {
			return true
		}
	}
	return false
}

// rename gives a name of the snippet another spelling.
func (p *plan) rename(from, to string, group int) {
	for _, at := range p.file.NamesOf(from) {
		if p.isGone(at) {
			continue
		}
		if p.file.Shorthand(at) {
			p.change(analyzer.Span{Start: at.End, End: at.End}, ": "+to, 0)
			continue
		}
		p.change(at, to, group)
	}
}

// collisions gives new names to what the snippet declares and the host, or the
// snippet's own clients and imports, have already.
func (p *plan) collisions() {
	if p.wrap.before != "" {
		return // it has a scope of its own
	}
	in := p.place.In
	for _, name := range slices.Concat(p.sketch.Declared, p.sketch.Hoisted) {
		if _, done := p.renames[name]; done {
			continue
		}
		region := in.Block
		if p.style.python || slices.Contains(p.sketch.Hoisted, name) {
			region = in.Scope
		}
		if !p.taken[name] && !p.mentioned(name, region) {
			continue
		}
		p.renames[name] = true
		to := p.fresh(name, false)
		p.taken[to] = true
		p.rename(name, to, p.group("name "+name))
	}
}

// mentioned reports whether the host has a name in a region, what is replaced
// left out.
func (p *plan) mentioned(name string, region analyzer.Span) bool {
	if p.replaced.Start == p.replaced.End || !region.Covers(p.replaced) {
		return p.host.Mentions(name, region)
	}
	return p.host.Mentions(name, analyzer.Span{Start: region.Start, End: p.replaced.Start}) ||
		p.host.Mentions(name, analyzer.Span{Start: p.replaced.End, End: region.End})
}

// fresh makes a name that neither side has: name itself, if that may be, or with
// a number.
func (p *plan) fresh(name string, may bool) string {
	for n := 1; ; n++ {
		tried := name
		if n > 1 {
			tried += strconv.Itoa(n)
		} else if !may {
			continue
		}
		if !p.taken[tried] && !hasWord(p.host.Text(), tried) && !hasWord(p.file.Text(), tried) {
			return tried
		}
	}
}

// hasWord reports whether a word stands in a text.
func hasWord(text []byte, word string) bool {
	for at := 0; ; at += len(word) {
		next := bytes.Index(text[at:], []byte(word))
		if next < 0 {
			return false
		}
		at += next
		end := at + len(word)
		if (at == 0 || !wordByte(text[at-1])) && (end == len(text) || !wordByte(text[end])) {
			return true
		}
	}
}

func wordByte(b byte) bool {
	return b == '_' || b == '$' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b > 127
}

func rootName(chain string) string {
	for i := range len(chain) {
		if !wordByte(chain[i]) {
			return chain[:i]
		}
	}
	return chain
}

// group numbers the stops that hold the same.
func (p *plan) group(what string) int {
	if p.groups[what] == 0 {
		p.groups[what] = len(p.groups) + 1
	}
	return p.groups[what]
}
