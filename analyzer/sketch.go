package analyzer

import (
	"bytes"
	"slices"
	"strings"
	"time"

	sitter "github.com/smacker/go-tree-sitter"
)

// Sketch is what decides whether and how a piece of code can become part of
// other code. It is meant for small files.
type Sketch struct {
	// Declared are the names that the code binds at its top level, those of
	// imports apart, in the order of the text.
	Declared []string
	// Hoisted are names that are declared for the whole function around: var.
	Hoisted []string
	// Awaits, Returns and Yields are set where the code does so outside every
	// function of its own.
	Awaits, Returns, Yields bool
	// Markup is set where it has JSX.
	Markup bool
	// TopOnly is set where it has what no function may have.
	TopOnly bool
	// Directives are the strings at the top that say how the file is meant.
	Directives []Span
	// Exports are its export statements at the top level.
	Exports []Export
	// Fault says why compilers refuse the code although it can be parsed; "" is
	// no reason.
	Fault string
}

// Export is a statement that exports.
type Export struct {
	Statement Span
	// Keyword is what stands before the declaration or the value; it is the whole
	// statement where that only names what is exported.
	Keyword Span
	Default bool
	// Declares is set where a function or class with a name, or variables, follow.
	Declares bool
}

// Sketch reads the whole file.
func (f *File) Sketch() Sketch {
	f.mu.Lock()
	defer f.mu.Unlock()
	var s Sketch
	root := f.root()
	if root == nil {
		s.Fault = "it cannot be parsed"
		return s
	}
	_, binds := f.language.queries()
	if root.HasError() {
		s.Fault = "it has a syntax error"
	}
	f.walk(root, func(n *sitter.Node, path []*sitter.Node) bool {
		f.sketch(&s, n, path)
		return true
	})
	lexical := map[string]Span{} // let, const, class: once in each scope
	binds.run(root, f.text, nil, func(m match) {
		n := m.nodes["name"]
		if n == nil {
			n = m.nodes["assigned"]
		}
		if n == nil {
			return
		}
		name, skip := n.Content(f.text), roleNone
		if m.nodes["function"] != nil {
			skip = f.shape(m.nodes["function"]).role
		} else if m.nodes["class"] != nil {
			skip = roleClass
		}
		scope := f.scopeAt(int(n.StartByte()), skip)
		if scope.role == roleNone {
			if m.nodes["assigned"] == nil && !slices.Contains(s.Declared, name) {
				s.Declared = append(s.Declared, name)
			}
		}
		if scope.role == roleNone && f.isVar(n) && !slices.Contains(s.Hoisted, name) {
			s.Hoisted = append(s.Hoisted, name)
		} else if scope.role == roleBlock && f.isVar(n) && !slices.Contains(s.Hoisted, name) && !f.inFunction(n) {
			s.Hoisted = append(s.Hoisted, name)
		}
		if at, ok := lexical[name]; scope.role == roleNone && f.isLexical(n) {
			if ok && at != spanOf(n) {
				s.Fault = "it declares " + name + " twice"
			}
			lexical[name] = spanOf(n)
		}
	})
	return s
}

// declarator is the declaration that a name is declared by, nil for none.
func declarator(n *sitter.Node) *sitter.Node {
	for range 8 {
		if n = n.Parent(); n == nil {
			return nil
		}
		switch n.Type() {
		case "variable_declaration", "lexical_declaration":
			return n
		case "arrow_function", "function_declaration", "class_declaration", "program", "statement_block":
			return nil
		}
	}
	return nil
}

func (f *File) isVar(n *sitter.Node) bool {
	d := declarator(n)
	return d != nil && d.Type() == "variable_declaration"
}

// isLexical reports whether a name is one that must not be declared again at
// the top level.
func (f *File) isLexical(n *sitter.Node) bool {
	parent := n.Parent()
	if parent != nil && parent.Type() == "class_declaration" {
		return true
	}
	if d := declarator(n); d != nil && d.Type() == "lexical_declaration" {
		p := d.Parent()
		return p != nil && (p.Type() == "program" || p.Type() == "export_statement")
	}
	return false
}

func (f *File) inFunction(n *sitter.Node) bool {
	for n = n.Parent(); n != nil; n = n.Parent() {
		if f.shape(n).role == roleFunction {
			return true
		}
	}
	return false
}

// sketch takes over what one node says.
func (f *File) sketch(s *Sketch, n *sitter.Node, path []*sitter.Node) {
	kind := n.Type()
	if !n.IsNamed() {
		if kind != "async" && kind != "await" || path[len(path)-2].Type() == "await_expression" {
			return
		}
	}
	outside := func() bool {
		return !slices.ContainsFunc(path[:len(path)-1], func(p *sitter.Node) bool { return f.shape(p).role == roleFunction })
	}
	switch kind {
	case "await", "await_expression":
		s.Awaits = s.Awaits || outside()
	case "async": // async for, async with, an async comprehension
		switch path[len(path)-2].Type() {
		case "for_statement", "with_statement", "for_in_clause":
			s.Awaits = s.Awaits || outside()
		}
	case "return_statement":
		s.Returns = s.Returns || outside()
	case "yield", "yield_expression":
		s.Yields = s.Yields || outside()
	case "jsx_element", "jsx_self_closing_element", "jsx_fragment":
		s.Markup = true
	case "export_statement":
		if len(path) == 2 {
			s.Exports = append(s.Exports, f.export(n))
		}
	case "program":
		for i := range int(n.NamedChildCount()) {
			if child := n.NamedChild(i); f.isLoneString(child) {
				s.Directives = append(s.Directives, spanOf(child))
			} else if child.Type() != "comment" {
				break
			}
		}
	case "ambient_declaration", "internal_module":
		s.TopOnly = true
	case "expression_statement":
		if n.NamedChildCount() > 0 && n.NamedChild(0).Type() == "object" {
			s.Fault = "it is a value and no statement"
		}
	case "module":
		for i := range int(n.NamedChildCount()) {
			if at := n.NamedChild(i).StartPoint(); at.Column > 0 && len(bytes.TrimSpace(f.text[lineStart(f.text, int(n.NamedChild(i).StartByte())):n.NamedChild(i).StartByte()])) == 0 && n.NamedChild(i).Type() != "comment" {
				s.Fault = "its lines are not indented alike"
			}
		}
	case "function_definition", "class_definition", "if_statement", "for_statement", "while_statement", "with_statement":
		for _, field := range []string{"body", "consequence"} {
			if body := n.ChildByFieldName(field); body != nil && body.Type() == "block" && !hasStatement(body) {
				s.Fault = "a block of it has no statement"
			}
		}
	case "print_statement", "exec_statement":
		s.Fault = "it is Python 2"
	case "argument_list":
		named := false
		for i := range int(n.NamedChildCount()) {
			switch n.NamedChild(i).Type() {
			case "keyword_argument", "dictionary_splat":
				named = true
			case "comment", "list_splat":
			default:
				if named {
					s.Fault = "an argument without a name follows one with a name"
				}
			}
		}
	case "break_statement", "continue_statement":
		if n.NamedChildCount() == 0 && !f.inLoop(path, kind) {
			s.Fault = "it leaves a loop that it has not"
		}
	}
}

func hasStatement(block *sitter.Node) bool {
	for i := range int(block.NamedChildCount()) {
		if block.NamedChild(i).Type() != "comment" {
			return true
		}
	}
	return false
}

func (f *File) inLoop(path []*sitter.Node, kind string) bool {
	for i := len(path) - 2; i >= 0; i-- {
		switch path[i].Type() {
		case "for_statement", "for_in_statement", "while_statement", "do_statement":
			return true
		case "switch_statement":
			if kind == "break_statement" {
				return true
			}
		}
		if f.shape(path[i]).role == roleFunction {
			return false
		}
	}
	return false
}

func (f *File) export(n *sitter.Node) Export {
	e := Export{Statement: spanOf(n), Keyword: spanOf(n), Default: hasToken(n, "default")}
	inner := n.ChildByFieldName("declaration")
	if inner == nil {
		inner = n.ChildByFieldName("value")
	}
	if inner == nil {
		return e
	}
	e.Keyword.End = int(inner.StartByte())
	e.Declares = inner.ChildByFieldName("name") != nil || strings.HasSuffix(inner.Type(), "declaration") && !e.Default
	return e
}

// HasMarkup reports whether the file has JSX.
func (f *File) HasMarkup() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return false
	}
	for _, sign := range [][]byte{[]byte("</"), []byte("/>")} {
		for at, looked := 0, 0; looked < 64; at, looked = at+len(sign), looked+1 {
			next := bytes.Index(f.text[at:], sign)
			if next < 0 {
				break
			}
			at += next
			for _, n := range f.ancestors(at) {
				if strings.HasPrefix(n.Type(), "jsx_") {
					return true
				}
			}
		}
	}
	return false
}

// Mentions reports whether a name stands in a part of the text as a variable.
func (f *File) Mentions(name string, within Span) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return bytes.Contains(f.text[within.Start:within.End], []byte(name))
	}
	f.language.queries()
	return len(f.standing(name, within, 1)) > 0
}

// maxStanding bounds how many places of one word are looked at, and maxSearch
// how long: where a file is one broken statement, each place takes long.
const (
	maxStanding = 512
	maxSearch   = 100 * time.Millisecond
)

// standing lists the first places where a name stands as a variable.
func (f *File) standing(name string, within Span, most int) []Span {
	var found []Span
	if name == "" {
		return nil
	}
	begun := time.Now()
	for at, looked := within.Start, 0; len(found) < most; at += len(name) {
		next := bytes.Index(f.text[at:within.End], []byte(name))
		if next < 0 {
			break
		}
		at += next
		if !f.isWhole(at, at+len(name)) {
			continue
		}
		if looked++; looked > maxStanding || looked%16 == 0 && time.Since(begun) > maxSearch {
			return append(found, Span{at, at + len(name)}) // as good as certain
		}
		path := f.ancestors(at)
		leaf := path[len(path)-1]
		if r := f.shape(leaf).role; r == roleName && spanOf(leaf) == (Span{at, at + len(name)}) && f.chainOf(path) == len(path)-1 {
			found = append(found, spanOf(leaf))
		}
	}
	return found
}

// NamesOf lists where a name stands that the file binds at its top level, or
// not at all: where a function or class of the file has its own of that name,
// it is another.
func (f *File) NamesOf(name string) []Span {
	all := f.Names(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return nil
	}
	f.language.queries()
	bindings := f.bindings(name, false, 0)
	return slices.DeleteFunc(all, func(s Span) bool {
		if f.imports(f.ancestors(s.Start)) {
			return true // the name of something in a module
		}
		for _, b := range f.visible(bindings, s.Start) {
			return b.scope.role != roleNone && b.scope != (scope{})
		}
		return false
	})
}

// Shadowed reports whether a name at an offset is one of a function, a class or
// a block within the file.
func (f *File) Shadowed(name string, offset int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return false
	}
	f.language.queries()
	for _, b := range f.visible(f.bindings(name, false, offset), offset) {
		return b.scope.role != roleNone && b.scope != (scope{})
	}
	return false
}

// Shorthand reports whether a name stands for a key and a variable at once:
// { name }.
func (f *File) Shorthand(at Span) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return false
	}
	path := f.ancestors(at.Start)
	return strings.HasPrefix(path[len(path)-1].Type(), "shorthand_property_identifier")
}

// Bound reports whether a place of a name is one that binds it, or lies in a
// function or class whose self or this may be another.
func (f *File) Bound(at Span) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return false
	}
	f.language.queries()
	path := f.ancestors(at.Start)
	for _, n := range path {
		switch n.Type() {
		case "class_definition", "class_declaration", "class", "method_definition",
			"function_declaration", "function_expression", "function", "generator_function":
			return true
		}
	}
	for _, b := range f.bindings(string(f.text[at.Start:at.End]), false, at.Start) {
		if b.name == at {
			return true
		}
	}
	return false
}

// Literal is a string that stands in code.
type Literal struct {
	Span  Span // with its quotes
	Value Span // without
	// Label is the argument, key or variable that it is given to, "" for none.
	Label string
	// Plain is set where any expression could stand in its place.
	Plain bool
	// Attribute is set for the value of a JSX attribute.
	Attribute bool
}

// Literals lists the strings of one line that the file has as values, in the
// order of the text.
func (f *File) Literals() []Literal {
	f.mu.Lock()
	defer f.mu.Unlock()
	root := f.root()
	if root == nil {
		return nil
	}
	f.language.queries()
	var found []Literal
	f.walk(root, func(n *sitter.Node, path []*sitter.Node) bool {
		if f.shape(n).role == roleImport {
			return false
		}
		if f.shape(n).role != roleString {
			return true
		}
		if l, ok := f.literal(n, path); ok {
			found = append(found, l)
		}
		return true // a template has expressions in it
	})
	return found
}

func (f *File) literal(n *sitter.Node, path []*sitter.Node) (l Literal, ok bool) {
	l.Span = spanOf(n)
	text := f.text[l.Span.Start:l.Span.End]
	quote := bytes.IndexAny(text, "\"'`")
	if quote < 0 || quote > 2 || bytes.IndexByte(text, '\n') >= 0 || len(text) < quote+2 || bytes.HasPrefix(text[quote:], []byte(`"""`)) || bytes.HasPrefix(text[quote:], []byte("'''")) {
		return l, false
	}
	l.Value = Span{l.Span.Start + quote + 1, l.Span.End - 1}
	l.Plain = quote == 0 && (text[0] != '`' || !bytes.Contains(text, []byte("${")))
	if slices.ContainsFunc(path[:len(path)-1], func(p *sitter.Node) bool { return f.shape(p).role == roleString }) {
		l.Plain = false // its quotes may be those around it
	}
	parent := path[len(path)-2]
	field := func(name string) bool { return same(parent.ChildByFieldName(name), n) }
	label := func(name string) {
		if target := parent.ChildByFieldName(name); target != nil {
			l.Label = unquote(lastName(target.Content(f.text)))
		}
	}
	switch parent.Type() {
	case "keyword_argument":
		label("name")
	case "pair":
		if field("key") {
			return l, false
		}
		label("key")
	case "assignment", "augmented_assignment", "assignment_expression":
		label("left")
	case "variable_declarator", "default_parameter", "typed_default_parameter":
		label("name")
	case "jsx_attribute":
		l.Attribute = true
		if parent.NamedChildCount() > 0 {
			l.Label = parent.NamedChild(0).Content(f.text)
		}
	case "argument_list", "arguments", "list", "array", "return_statement", "tuple", "parenthesized_expression",
		"binary_expression", "boolean_operator", "comparison_operator", "conditional_expression", "ternary_expression", "binary_operator":
	case "subscript", "subscript_expression":
		l.Plain = false
	default:
		l.Plain = false // a type, a doc string, part of a longer string
	}
	if i := strings.LastIndexAny(l.Label, `["'`); i >= 0 {
		l.Label = strings.Trim(l.Label[i:], `["']`)
	} else if strings.HasSuffix(l.Label, `"]`) || strings.HasSuffix(l.Label, `']`) {
		l.Label = strings.TrimRight(l.Label, `"']`)
		l.Label = l.Label[strings.LastIndexAny(l.Label, `["'`)+1:]
	}
	return l, true
}

// TopStatement is the child of the file that an offset lies in.
func (f *File) TopStatement(offset int) (Span, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil || offset < 0 || offset >= len(f.text) {
		return Span{}, false
	}
	path := f.ancestors(offset)
	if len(path) < 2 {
		return Span{}, false
	}
	return spanOf(path[1]), true
}

// Holders lists how the object that made leads to is spelled at a place, the
// likeliest first: a variable, an argument, a field.
func (f *File) Holders(made Reference, p Place) []string {
	var names []string
	all := f.ImportsOf(made.Module)
	for _, i := range f.TopImports() {
		if strings.HasPrefix(i.Module, ".") {
			all = append(all, i) // another file of the workspace may have made it
		}
	}
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, i := range all {
		for _, n := range i.Names {
			add(n.Local)
		}
		if w, _, _ := cutDot(i.Module); i.Local != "" {
			add(i.Local)
		} else if len(i.Names) == 0 {
			add(w)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return nil
	}
	f.language.queries()
	type holder struct {
		spelling string
		at       int
	}
	var found []holder
	begun := time.Now()
	for _, name := range names {
		for _, s := range f.standing(name, Span{0, len(f.text)}, 64) {
			if time.Since(begun) > maxSearch {
				break
			}
			for _, spelling := range f.targets(s.Start, name) {
				if !slices.ContainsFunc(found, func(h holder) bool { return h.spelling == spelling }) && f.holds(spelling, made, p) {
					found = append(found, holder{spelling, s.Start})
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b holder) int { // the nearest before the offset first
		if (a.at < p.Offset) != (b.at < p.Offset) {
			if a.at < p.Offset {
				return -1
			}
			return 1
		}
		return b.at - a.at
	})
	var spellings []string
	for _, h := range found {
		spellings = append(spellings, h.spelling)
	}
	return spellings
}

// targets lists what the statement around a name gives its value to.
func (f *File) targets(at int, name string) []string {
	path := f.ancestors(at)
	targets := []string{name} // brought by an import of the workspace
	for i := len(path) - 1; i > 0 && i > len(path)-reach-2; i-- {
		n := path[i]
		var target *sitter.Node
		switch n.Type() {
		case "assignment", "assignment_expression":
			target = n.ChildByFieldName("left")
		case "variable_declarator", "typed_default_parameter", "default_parameter", "named_expression":
			target = n.ChildByFieldName("name")
		case "typed_parameter":
			target = n.NamedChild(0)
		case "required_parameter", "optional_parameter":
			if target = n.ChildByFieldName("pattern"); target != nil && n.NamedChildCount() > 0 && n.NamedChild(0).Type() == "accessibility_modifier" {
				targets = append(targets, "this."+target.Content(f.text))
			}
		case "public_field_definition":
			if p := n.ChildByFieldName("name"); p != nil {
				targets = append(targets, "this."+p.Content(f.text))
			}
		case "field_definition":
			if p := n.ChildByFieldName("property"); p != nil {
				targets = append(targets, "this."+p.Content(f.text))
			}
		case "with_item":
			if n.NamedChildCount() > 0 {
				if alias := n.NamedChild(0).ChildByFieldName("alias"); alias != nil {
					target = alias
				}
			}
		}
		if target != nil {
			targets = append(targets, target.Content(f.text))
		}
		if r := f.shape(n).role; r == roleStatement || r == roleFunction {
			break
		}
	}
	return targets
}

// holds reports whether a name, or a field of self or this, is known at a
// place as the object that made leads to, and has been made by then.
func (f *File) holds(spelling string, made Reference, p Place) bool {
	var got Reference
	var ok bool
	head, field, dotted := cutDot(spelling)
	switch {
	case !dotted && identifier(spelling):
		all := f.seen(spelling, p)
		if len(all) == 0 || all[0].name.Start >= p.Offset && all[0].from == nil && f.scopesAt(p.In.near)[0] == all[0].scope {
			return false
		}
		got, ok = f.resolveAt(spelling, p)
	case slices.Contains(f.language.syntax.self, head) && identifier(strings.TrimPrefix(field, "#")):
		if !f.hasSelf(head, p.In.near) {
			return false
		}
		v := visit{f: f}
		t, known := v.field(thing{kind: thingInstance, node: f.classNode(p.In.near)}, field, 0)
		got, ok = t.asRef(known)
	}
	return ok && got.Module == made.Module && got.Called == made.Called && got.Path.String() == made.Path.String()
}

// seen lists the bindings of a name that a statement at a place sees, in the
// order in which they should be tried.
func (f *File) seen(name string, p Place) []binding {
	all := slices.Clone(f.visible(f.bindings(name, false, p.Offset), p.In.near))
	slices.SortFunc(all, func(a, b binding) int {
		before, other := a.name.Start < p.Offset, b.name.Start < p.Offset
		switch {
		case before && other:
			return b.name.Start - a.name.Start // the nearest
		case before:
			return -1
		case other:
			return 1
		}
		return a.name.Start - b.name.Start
	})
	return all
}

func (f *File) resolveAt(name string, p Place) (Reference, bool) {
	v := visit{f: f}
	all := f.seen(name, p)
	if len(all) == 0 {
		return v.unbound(name)
	}
	if b := all[0]; b.from != nil && b.from.name == "" {
		return v.head(name, all)
	}
	t, ok := v.first(all, p.In.near)
	return t.asRef(ok)
}

// KnownAt resolves a name as a statement at a place knows it. bound says that
// it knows one of that name at all.
func (f *File) KnownAt(name string, p Place) (ref Reference, traced, bound bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return ref, false, false
	}
	f.language.queries()
	ref, traced = f.resolveAt(name, p)
	return ref, traced, len(f.seen(name, p)) > 0
}

// BindsOther reports whether any scope of the file binds a name to something else
// than what imports of a module bring under it.
func (f *File) BindsOther(name, module, imported string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return false
	}
	f.language.queries()
	return slices.ContainsFunc(f.bindings(name, false, 0), func(b binding) bool {
		return b.from == nil || b.from.Module != module || b.from.name != imported
	})
}

// hasSelf reports whether self or this is the object at an offset.
func (f *File) hasSelf(name string, offset int) bool {
	path := f.ancestors(min(offset, max(len(f.text)-1, 0)))
	for i := len(path) - 1; i >= 0; i-- {
		n := path[i]
		if f.shape(n).role != roleFunction {
			continue
		}
		switch n.Type() {
		case "arrow_function", "lambda":
			continue
		case "method_definition":
			return !hasToken(n, "static")
		case "function_definition":
			parameters := n.ChildByFieldName("parameters")
			return parameters != nil && parameters.NamedChildCount() > 0 && parameters.NamedChild(0).Content(f.text) == name
		}
		return false
	}
	return false
}

func identifier(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for _, r := range s {
		if !isWord(r) {
			return false
		}
	}
	return true
}

// maxLook bounds how many nodes of the top level are looked at for imports, and
// maxWords how many places of a module's name.
const (
	maxLook  = 400
	maxWords = 64
)

// TopImports lists the imports among the first statements of the file. It reads
// no more of it.
func (f *File) TopImports() []Import {
	f.mu.Lock()
	defer f.mu.Unlock()
	root := f.root()
	if root == nil {
		return nil
	}
	f.language.queries()
	cursor := sitter.NewTreeCursor(root)
	defer cursor.Close()
	var found []Import
	for ok, seen := cursor.GoToFirstChild(), 0; ok && seen < maxLook; ok, seen = cursor.GoToNextSibling(), seen+1 {
		if n := cursor.CurrentNode(); f.importsAtTop(n) {
			found = append(found, f.importsBelow(n, nil)...)
		}
	}
	return found
}

// ImportsOf lists the imports of one module, at any depth. It looks at the lines
// alone that have its name and a word that imports begin with.
func (f *File) ImportsOf(module string) []Import {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []Import
	if f.imported {
		for _, i := range f.known {
			if i.Module == module {
				found = append(found, i)
			}
		}
		return found
	}
	if f.root() == nil || module == "" {
		return nil
	}
	imports, _ := f.language.queries()
	looked, begun := 0, time.Now()
	for at := 0; looked < maxWords && time.Since(begun) < maxSearch; at += len(module) {
		next := bytes.Index(f.text[at:], []byte(module))
		if next < 0 {
			break
		}
		at += next
		line := f.text[lineStart(f.text, at):lineEnd(f.text, at)]
		if !f.isWhole(at, at+len(module)) || !hasAny(line, f.language.syntax.imports) && !bytes.Contains(line, []byte("from")) {
			continue
		}
		looked++
		path := f.ancestors(at)
		if len(path) >= maxNesting {
			continue
		}
		for _, i := range collectImports(imports, around(path), f.text, areaOf(f.text, Span{at, at + len(module)})) {
			if i.Module == module && !slices.ContainsFunc(found, func(o Import) bool { return o.Span == i.Span }) {
				found = append(found, i)
			}
		}
	}
	return found
}

func hasAny(line []byte, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(line, []byte(w)) })
}

// Slice lists, for a statement at the top level, the statements before it that
// it needs: those that bind a name which it uses, and the checks of such a name;
// with what these need in turn. Imports are left out. It is meant for small files.
func (f *File) Slice(statement Span) []Span {
	f.mu.Lock()
	defer f.mu.Unlock()
	root := f.root()
	if root == nil {
		return nil
	}
	_, binds := f.language.queries()
	needed := map[string]bool{}
	need := func(n *sitter.Node) {
		f.walk(n, func(n *sitter.Node, path []*sitter.Node) bool {
			if f.shape(n).role == roleName && f.chainOf(path) == len(path)-1 {
				needed[n.Content(f.text)] = true
			}
			return true
		})
	}
	var before []*sitter.Node
	for i := range int(root.NamedChildCount()) {
		n := root.NamedChild(i)
		if spanOf(n).End <= statement.Start && f.shape(n).role != roleImport && f.shape(n).role != roleComment {
			before = append(before, n)
		} else if spanOf(n) == statement {
			need(n)
		}
	}
	bound := map[string]bool{} // by any of those before
	binding := make([][]string, len(before))
	for i, n := range before {
		binds.run(n, f.text, nil, func(m match) {
			if name := m.nodes["name"]; name != nil {
				binding[i] = append(binding[i], name.Content(f.text))
				bound[name.Content(f.text)] = true
			}
		})
	}
	var found []Span
	for i := len(before) - 1; i >= 0; i-- {
		wanted := slices.ContainsFunc(binding[i], func(name string) bool { return needed[name] })
		if before[i].Type() == "if_statement" {
			f.walk(before[i], func(n *sitter.Node, _ []*sitter.Node) bool {
				name := n.Content(f.text)
				wanted = wanted || f.shape(n).role == roleName && needed[name] && bound[name]
				return !wanted
			})
		}
		if wanted {
			need(before[i])
			found = append(found, spanOf(before[i]))
		}
	}
	slices.Reverse(found)
	return found
}
