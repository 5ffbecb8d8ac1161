package analyzer

import (
	"bytes"
	"slices"
	"unicode"

	sitter "github.com/smacker/go-tree-sitter"
)

// binding is one place that gives a name a value.
type binding struct {
	name  Span
	scope scope
	// statement spans what is shown of the binding in an explanation.
	statement Span

	from *imported // an import, or
	node *sitter.Node
	how  how
	// value is what the name begins with beside a type that it has.
	value *sitter.Node
}

// imported is one name, or the whole, of an import.
type imported struct {
	Import
	name string // DefaultName, WholeModule, a name, or "" for Python's import a.b
}

// how says what a binding's node is to the name.
type how uint8

const (
	byNothing     how = iota // the name is bound, to what is not known
	byValue                  // the name takes the node's value
	byType                   // the name is an instance of the node
	byElement                // the name runs over the node's elements
	byFunction               // the name is a function of this file
	byClass                  // the name is a class of this file
	byPattern                // the name is taken out of a value by a pattern
	byParameter              // the name is a parameter, of which no more is told here
	byDeclaration            // the name is declared, and yet to be set
)

// scope is where a name is known.
type scope struct {
	Span
	role role // roleFunction, roleClass, roleBlock, or roleNone for the file
}

// maxPlaces bounds how many places one name is looked for at: those nearest to
// the cursor are taken.
const maxPlaces = 256

// bindings returns the places that bind name, or, with field set, the places
// that set a field of that name on self or this. The answer is kept with the
// file's version: the uses of one client share it.
func (f *File) bindings(name string, field bool, near int) []binding {
	key := bindingKey{name, field}
	if found, ok := f.bound[key]; ok && found.within.Contains(near) {
		return found.bindings
	}
	if f.hasty {
		f.gaveUp = true
		return nil
	}
	found, within := f.findBindings(name, field, near)
	if f.bound == nil {
		f.bound = map[bindingKey]bindingsWithin{}
	}
	f.bound[key] = bindingsWithin{found, within}
	return found
}

// bindingsWithin are the bindings of a name, as they are seen from a part of
// the text: all of it, but for a name that stands in very many places.
type bindingsWithin struct {
	bindings []binding
	within   Span
}

type bindingKey struct {
	name  string
	field bool
}

func (f *File) findBindings(name string, field bool, near int) (found []binding, within Span) {
	imports, binds := f.language.queries()
	places, within := f.occurrences(name, field, near)
	for _, o := range places {
		path := f.ancestors(o.offset)
		if len(path) >= maxNesting {
			continue
		}
		top := around(path)
		if !field {
			for _, i := range collectImports(imports, top, f.text, &o.area) {
				found = append(found, f.importBindings(i, name)...)
			}
		}
		binds.run(top, f.text, &o.area, func(m match) {
			if b, ok := f.bindingOf(m, name, field); ok {
				found = append(found, b)
			}
		})
	}
	// One statement may hold several places.
	slices.SortStableFunc(found, func(a, b binding) int {
		if a.name.Start != b.name.Start {
			return a.name.Start - b.name.Start
		}
		return tells[b.how] - tells[a.how] // what is known before what is not
	})
	return merge(found), within
}

// tells orders the ways to bind a name by how much they tell.
var tells = [...]int{
	byNothing: 0, byDeclaration: 1, byParameter: 2, byPattern: 3, byValue: 4, byType: 5, byElement: 6, byFunction: 7, byClass: 8,
}

// merge makes one binding of those that are of one place: several patterns of
// the query tell of it.
func merge(sorted []binding) []binding {
	var found []binding
	for _, b := range sorted {
		if n := len(found); n > 0 && found[n-1].name == b.name && (found[n-1].from == nil) == (b.from == nil) {
			if last := &found[n-1]; last.how == byType && b.how == byValue {
				last.value = b.node
			}
			continue
		}
		found = append(found, b)
	}
	return found
}

// reach is how far above a name the node is that a query's pattern begins at.
const reach = 6

// around is the node to start a query at that is to match the leaf of path: a
// query that starts at the root walks all that stands before the place.
func around(path []*sitter.Node) *sitter.Node {
	return path[max(min(1, len(path)-1), len(path)-1-reach)]
}

// importBindings gives the bindings of name that an import makes.
func (f *File) importBindings(i Import, name string) []binding {
	var found []binding
	bind := func(exported string, at Span) {
		found = append(found, binding{
			name: at, scope: f.scopeAt(at.Start, roleNone), statement: i.Statement, from: &imported{i, exported},
		})
	}
	for _, n := range i.Names {
		if n.Local == name && name != "" || name == WholeModule && i.Kind == KindStar {
			bind(n.Name, n.LocalSpan)
		}
	}
	if len(i.Names) == 0 && i.Kind == KindImport {
		switch head, _, _ := cutDot(i.Module); {
		case i.Local == name:
			bind(WholeModule, i.LocalSpan)
		case i.Local == "" && head == name:
			bind("", i.Span)
		}
	}
	return found
}

// bindingOf reads one match of the bindings query; ok is false where it is
// about another name.
func (f *File) bindingOf(m match, name string, field bool) (b binding, ok bool) {
	kinds := []string{"name", "assigned", "global"}
	if field {
		kinds = []string{"field"}
	}
	var node *sitter.Node
	var kind string
	for _, kind = range kinds {
		if n := m.nodes[kind]; n != nil {
			node = n
			break
		}
	}
	if node == nil || node.Content(f.text) != name {
		return b, false
	}
	if self := m.nodes["self"]; self != nil && !slices.Contains(f.language.syntax.self, self.Content(f.text)) {
		return b, false
	}
	b = binding{name: spanOf(node), statement: spanOf(node)}
	for capture, h := range map[string]how{
		"type": byType, "value": byValue, "element": byElement, "function": byFunction, "class": byClass,
	} {
		if n := m.nodes[capture]; n != nil {
			b.node, b.how = n, h
			if h == byValue || h == byType {
				b.statement = Span{min(b.statement.Start, int(n.StartByte())), max(b.statement.End, int(n.EndByte()))}
			}
		}
	}
	if b.node == nil {
		b.how = map[string]how{"pattern": byPattern, "parameter": byParameter, "declaration": byDeclaration}[m.settings["how"]]
	}
	// The name of a function or class belongs to the scope around it.
	within := roleNone
	if b.how == byFunction || b.how == byClass {
		within = f.shape(b.node).role
	}
	b.scope = f.scopeAt(b.name.Start, within)
	if kind == "assigned" || kind == "global" {
		b.scope = scope{} // decided by visible
	}
	if kind == "global" {
		b.how = byNothing
	}
	return b, true
}

// occurrence is a place where a name stands and may be bound.
type occurrence struct {
	offset int
	area   area
}

// occurrences finds where name stands and may be bound, by its text alone: a
// name that a dot follows is being used. Where these are too many, within is the
// part of the text from which no nearer ones would be seen.
func (f *File) occurrences(name string, field bool, near int) (found []occurrence, within Span) {
	within = Span{0, len(f.text)}
	if name == "" {
		return nil, within // the parser put it where one is missing: this.
	}
	var row uint32
	counted, line, nearest := 0, 0, 0
	for at := 0; ; at += len(name) {
		next := bytes.Index(f.text[at:], []byte(name))
		if next < 0 {
			break
		}
		at += next
		if !f.mayBind(at, at+len(name), field) {
			continue
		}
		row += uint32(bytes.Count(f.text[counted:at], []byte{'\n'}))
		if last := bytes.LastIndexByte(f.text[counted:at], '\n'); last >= 0 {
			line = counted + last + 1
		}
		counted = at
		if at <= near {
			nearest = len(found)
		}
		start, end := sitter.Point{Row: row, Column: uint32(at - line)}, sitter.Point{Row: row, Column: uint32(at + len(name) - line)}
		found = append(found, occurrence{at, area{start, end}})
	}
	if len(found) > maxPlaces {
		// The first ones are where imports and clients stand.
		start := min(max(nearest-maxPlaces/2, 8), len(found)-maxPlaces+8)
		last := start + maxPlaces - 8
		if start > 8 {
			within.Start = found[min(start+maxPlaces/8, len(found)-1)].offset
		}
		if last < len(found) {
			within.End = found[last-maxPlaces/8].offset
		}
		found = slices.Concat(found[:8], found[start:last])
	}
	return found, within
}

func (f *File) mayBind(start, end int, field bool) bool {
	if !f.isWhole(start, end) {
		return false
	}
	// A dot on the line before may end a comment.
	left := bytes.TrimRight(f.text[max(0, start-64):start], " \t")
	right := bytes.TrimLeft(f.text[end:min(len(f.text), end+64)], " \t\r\n")
	dotted := len(left) > 0 && left[len(left)-1] == '.' && !bytes.HasSuffix(left, []byte("..."))
	if field || len(right) == 0 {
		return true // a field may be declared in a class' body too, with no dot
	}
	switch right[0] {
	case '.':
		return bytes.HasPrefix(right, []byte("..")) || f.inDottedImport(start)
	case '(', '[', '?', '!':
		// def name(, function name(, name?: type, name!: type
		if f.text[end] == '\n' || f.text[end] == '\r' {
			return !dotted // the next line's
		}
		return len(left) > 0 && isWord(rune(left[len(left)-1])) || right[0] == '?' || right[0] == '!' || right[0] == '['
	}
	return !dotted
}

// inDottedImport reports whether the line up to start is that of "import a.b".
func (f *File) inDottedImport(start int) bool {
	line := f.text[max(0, start-maxLine):start]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	return bytes.Contains(line, []byte("import"))
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// scopeAt finds the innermost scope around an offset. The innermost node of
// role skip is passed over: a function's own name is not inside it.
func (f *File) scopeAt(offset int, skip role) scope {
	nodes := f.ancestors(offset)
	for i := len(nodes) - 1; i >= 0; i-- {
		switch r := f.shape(nodes[i]).role; r {
		case roleFunction, roleClass, roleBlock:
			if r == skip {
				skip = roleNone
				continue
			}
			return scope{spanOf(nodes[i]), r}
		}
	}
	return f.wholeFile()
}

func (f *File) wholeFile() scope { return scope{Span{0, len(f.text)}, roleNone} }

// scopesAt lists the scopes around an offset, from the innermost to the file.
// A class' scope is only seen from its own body, not from its methods.
func (f *File) scopesAt(offset int) []scope {
	var scopes []scope
	inFunction := false
	nodes := f.ancestors(offset)
	for i := len(nodes) - 1; i >= 0; i-- {
		switch r := f.shape(nodes[i]).role; r {
		case roleFunction:
			inFunction = true
			scopes = append(scopes, scope{spanOf(nodes[i]), r})
		case roleBlock:
			scopes = append(scopes, scope{spanOf(nodes[i]), r})
		case roleClass:
			if !inFunction {
				scopes = append(scopes, scope{spanOf(nodes[i]), r})
			}
		}
	}
	return append(scopes, f.wholeFile())
}

// visible picks the bindings of the innermost scope that is seen from offset,
// in the order in which they should be tried: the nearest one before the
// offset first, then backwards, then those after it.
func (f *File) visible(all []binding, offset int) []binding {
	// global client, in a function: its client is the module's.
	var sharing []scope
	for _, b := range all {
		if b.scope == (scope{}) && b.how == byNothing {
			sharing = append(sharing, f.scopeAt(b.name.Start, roleNone))
		}
	}
	for _, s := range f.scopesAt(offset) {
		var here []binding
		for _, b := range all {
			if b.scope == s {
				here = append(here, b)
			}
		}
		if len(here) == 0 || s.role == roleFunction && slices.Contains(sharing, s) {
			continue
		}
		for _, b := range all {
			// An assignment sets the variable that was declared outside it, and a
			// function may set a global one.
			assigned := b.scope == (scope{}) && b.how != byNothing
			shared := s.role == roleNone && b.scope.role == roleFunction && slices.Contains(sharing, b.scope)
			if (assigned || shared) && s.Covers(b.name) {
				here = append(here, b)
			}
		}
		slices.SortFunc(here, func(a, b binding) int { return a.name.Start - b.name.Start })
		here = slices.CompactFunc(here, func(a, b binding) bool { return a.name == b.name })
		split, _ := slices.BinarySearchFunc(here, offset+1, func(b binding, o int) int { return b.name.Start - o })
		slices.Reverse(here[:split])
		return here
	}
	return nil
}
