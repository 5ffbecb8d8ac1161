package analyzer

import (
	"slices"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// wrapper says what an instance of a generic type stands for.
type wrapper uint8

const (
	wrapsFirst    wrapper = iota + 1 // an instance of its first argument
	wrapsAny                         // an instance of one of its arguments
	wrapsClass                       // its first argument itself: type[X]
	wrapsResult                      // what its first argument, a function, gives
	wrapsInstance                    // an instance of what its first argument, a class, is
	wrapsData                        // data of a shape that is computed
)

// wrappers are the generic types that stand for an argument of theirs. An
// instance of any other generic type is one of that type alone: a list of
// clients is no client.
var wrappers = map[string]wrapper{
	"Optional": wrapsFirst, "Annotated": wrapsFirst, "ClassVar": wrapsFirst, "Final": wrapsFirst,
	"Required": wrapsFirst, "NotRequired": wrapsFirst, "Awaitable": wrapsFirst,
	"Union": wrapsAny, "Type": wrapsClass, "type": wrapsClass,

	"Promise": wrapsFirst, "PromiseLike": wrapsFirst, "Awaited": wrapsFirst, "Readonly": wrapsFirst, "Partial": wrapsFirst,
	"NonNullable": wrapsFirst, "Omit": wrapsFirst, "Pick": wrapsFirst, "DeepPartial": wrapsFirst,
	"Mocked": wrapsFirst, "DeepMocked": wrapsFirst, "MockProxy": wrapsFirst, "DeepMockProxy": wrapsFirst,
	"PropsWithChildren": wrapsFirst, "Mapped": wrapsFirst,
	"infer": wrapsData, "input": wrapsData, "output": wrapsData, "TypeOf": wrapsData, "InferType": wrapsData, "Record": wrapsData,

	"InstanceType": wrapsInstance, "ReturnType": wrapsResult,
}

// yielded are the types of functions that yield what their argument says.
var yielded = []string{"Iterator", "AsyncIterator", "Generator", "AsyncGenerator", "Iterable", "AsyncIterable"}

// typed finds what a value is that has the annotation n: as a rule, an instance
// of the class that n names.
func (v *visit) typed(n *sitter.Node, depth int) (thing, bool) {
	if n == nil || depth > maxDepth {
		return thing{}, false
	}
	f := v.f
	switch n.Type() {
	case "type_annotation", "type", "parenthesized_type":
		return v.typed(firstChild(n), depth+1)
	case "string":
		t, ok := v.quoted(n)
		if !ok {
			return t, false
		}
		return v.instanceOf(t, depth)
	case "union_type", "binary_operator", "intersection_type":
		var parts []*sitter.Node
		for i := range min(int(n.NamedChildCount()), 8) {
			parts = append(parts, n.NamedChild(i))
		}
		return v.agree(parts, depth, v.typed)
	case "generic_type", "subscript":
		return v.generic(n, depth)
	case "object_type":
		return thing{kind: thingRecord, node: n}, true
	case "type_query":
		t, ok := v.value(firstChild(n), depth+1)
		return t, ok
	case "identifier", "type_identifier":
		// Alias = Annotated[Client, ...]
		at := int(n.StartByte())
		if c := f.visible(f.bindings(n.Content(f.text), false, at), at); len(c) > 0 && c[0].how == byValue && isTypeExpression(c[0].node) && !v.loops(c[0].name) {
			if v.spend() {
				return thing{}, false
			}
			return v.typed(c[0].node, depth+1)
		}
	case "attribute", "nested_type_identifier", "member_expression", "nested_identifier", "call_expression":
	default:
		return thing{}, false
	}
	t, ok := v.value(n, depth+1)
	if !ok || t.kind == thingRef && slices.Contains(typingModules, t.ref.Module) {
		return thing{}, false
	}
	return v.instanceOf(t, depth)
}

func isTypeExpression(n *sitter.Node) bool {
	return n != nil && (n.Type() == "subscript" || n.Type() == "binary_operator")
}

// generic finds what an instance of a generic type is.
func (v *visit) generic(n *sitter.Node, depth int) (thing, bool) {
	name := firstChild(n)
	if name == nil || name.EndByte()-name.StartByte() > maxAnnotation {
		return thing{}, false
	}
	var arguments []*sitter.Node
	for i := 1; i < min(int(n.NamedChildCount()), 9); i++ {
		c := n.NamedChild(i)
		if t := c.Type(); t == "type_arguments" || t == "type_parameter" {
			for j := range min(int(c.NamedChildCount()), 8) {
				arguments = append(arguments, c.NamedChild(j))
			}
			continue
		}
		arguments = append(arguments, c)
	}
	if len(arguments) == 0 {
		return v.typed(name, depth+1)
	}
	switch wrappers[lastName(name.Content(v.f.text))] {
	case wrapsFirst:
		if t, ok := v.typed(arguments[0], depth+1); ok || !v.f.isAnnotated(name) {
			return t, ok
		}
		// Annotated[Any, Depends(get_client)]
		return v.agree(arguments[1:], depth, func(n *sitter.Node, depth int) (thing, bool) {
			if n.Type() == "type" {
				n = firstChild(n)
			}
			if n == nil || n.Type() != "call" || !isOneOf(n.NamedChild(0), v.f.text, []string{"Depends", "Security"}) {
				return thing{}, false
			}
			return v.value(n, depth)
		})
	case wrapsData:
		return thing{}, false
	case wrapsAny:
		return v.agree(arguments, depth, v.typed)
	case wrapsClass:
		a := arguments[0]
		if a.Type() == "type" {
			a = firstChild(a)
		}
		return v.value(a, depth+1)
	case wrapsInstance:
		t, ok := v.typed(arguments[0], depth+1) // typeof Class
		if !ok {
			return t, false
		}
		return v.instanceOf(t, depth+1)
	case wrapsResult:
		t, ok := v.typed(arguments[0], depth+1) // typeof f
		if !ok {
			return t, false
		}
		return v.callOf(t, depth+1)
	}
	return v.typed(name, depth+1)
}

// yielding finds what a function with the annotation n yields.
func (v *visit) yielding(n *sitter.Node, depth int) (thing, bool) {
	if n != nil && n.Type() == "type" {
		n = firstChild(n)
	}
	if n == nil || n.Type() != "generic_type" && n.Type() != "subscript" {
		return thing{}, false
	}
	name, arguments := firstChild(n), n.NamedChild(1)
	if name == nil || arguments == nil || name.EndByte()-name.StartByte() > maxAnnotation || !slices.Contains(yielded, lastName(name.Content(v.f.text))) {
		return thing{}, false
	}
	if arguments.Type() == "type_parameter" {
		arguments = firstChild(arguments)
	}
	return v.typed(arguments, depth+1)
}

func (f *File) isAnnotated(name *sitter.Node) bool {
	return lastName(name.Content(f.text)) == "Annotated"
}

// builtIns are types of the languages themselves: a value that has one is no
// client, whatever it begins with: limit: int = Query(10).
var builtIns = []string{
	"str", "int", "float", "bool", "bytes", "list", "dict", "set", "tuple", "frozenset", "List", "Dict", "Set", "Tuple",
	"Sequence", "Mapping", "Iterable", "Callable", "Literal",
	"string", "number", "boolean", "bigint", "Array", "ReadonlyArray", "Map", "Record",
}

// isBuiltIn reports whether an annotation is of such a type.
func (f *File) isBuiltIn(n *sitter.Node, depth int) bool {
	if n == nil || depth > 8 {
		return false
	}
	switch n.Type() {
	case "array_type", "tuple_type", "function_type", "literal_type", "object_type":
		return true
	case "type", "type_annotation", "parenthesized_type", "readonly_type":
		return f.isBuiltIn(firstChild(n), depth+1)
	case "union_type", "binary_operator", "type_parameter", "type_arguments":
		for i := range min(int(n.NamedChildCount()), 8) {
			if f.isBuiltIn(n.NamedChild(i), depth+1) {
				return true
			}
		}
		return false
	case "generic_type", "subscript":
		head := firstChild(n)
		if head == nil || head.EndByte()-head.StartByte() > maxArgument {
			return false
		}
		if name := lastName(head.Content(f.text)); wrappers[name] == wrapsFirst || wrappers[name] == wrapsAny {
			return f.isBuiltIn(n.NamedChild(1), depth+1)
		}
		return f.isBuiltIn(head, depth+1)
	case "attribute":
		return f.isBuiltIn(n.ChildByFieldName("attribute"), depth+1)
	}
	return isOneOf(n, f.text, builtIns)
}

// quoted resolves an annotation that is written as a string, or in a comment,
// such as "stytch.Client | None": the first of its names that an import brought.
func (v *visit) quoted(n *sitter.Node) (thing, bool) {
	span := spanOf(n)
	if span.End-span.Start > maxAnnotation {
		return thing{}, false
	}
	return v.written(unquote(n.Content(v.f.text)), span.Start)
}

// written resolves a type that is given as text, as it is known at an offset.
func (v *visit) written(text string, offset int) (thing, bool) {
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return r != '.' && !isWord(r) })
		if end == 0 {
			text = text[1:]
			continue
		}
		if end < 0 {
			end = len(text)
		}
		chain, rest := text[:end], text[end:]
		text = rest
		generic := strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, "<")
		if _, ok := wrappers[lastName(chain)]; ok && generic {
			continue
		}
		if t, ok := v.dotted(chain, offset); ok {
			return t, true
		}
		if generic {
			return thing{}, false // a list of clients is no client
		}
	}
	return thing{}, false
}

// maxAnnotation is longer than a type that is written as a string.
const maxAnnotation = 500

// dotted resolves a name and members of it as they are known at an offset.
func (v *visit) dotted(chain string, offset int) (thing, bool) {
	head, rest, more := cutDot(chain)
	t, ok := v.named(head, offset)
	for name := ""; ok && more; {
		name, rest, more = cutDot(rest)
		t, ok = v.part(t, name, 0)
	}
	return t, ok
}

// docType finds the type that a JSDoc comment gives: with param set, that of a
// parameter, or else that of a tag such as @type.
func docType(comment, tag, param string) string {
	for comment != "" {
		at := strings.Index(comment, tag)
		if at < 0 {
			return ""
		}
		comment = comment[at+len(tag):]
		line := strings.TrimLeft(comment, " \t")
		if !strings.HasPrefix(line, "{") {
			continue
		}
		depth, end := 0, -1
		for i := range min(len(line), maxAnnotation) {
			switch line[i] {
			case '{':
				depth++
			case '}':
				if depth--; depth == 0 {
					end = i
				}
			}
			if end >= 0 {
				break
			}
		}
		if end < 0 {
			continue
		}
		if param == "" {
			return line[1:end]
		}
		name := strings.TrimLeft(line[end+1:], " \t[")
		if strings.HasPrefix(name, param) && (len(name) == len(param) || !isWordByte(name[len(param)]) && name[len(param)] != '.') {
			return line[1:end]
		}
	}
	return ""
}

// documented finds what a JSDoc comment above a definition says of a type.
func (v *visit) documented(at int, tag, param string) (thing, bool) {
	f := v.f
	if f.language.syntax != scriptSyntax {
		return thing{}, false
	}
	comment := f.docAbove(at)
	if comment == nil {
		return thing{}, false
	}
	text := docType(comment.Content(f.text), tag, param)
	if text == "" {
		return thing{}, false
	}
	// import("stripe").Stripe
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), "import("); ok {
		module, rest, ok := strings.Cut(rest, ")")
		if !ok {
			return thing{}, false
		}
		t := thing{ref: Reference{Module: unquote(strings.TrimSpace(module))}}
		end := strings.IndexFunc(rest, func(r rune) bool { return r != '.' && !isWord(r) })
		if end < 0 {
			end = len(rest)
		}
		for _, name := range strings.Split(strings.Trim(rest[:end], "."), ".") {
			if name != "" && name != DefaultName {
				t.ref = v.step(t.ref, name)
			}
		}
		v.note(spanOf(comment), nil)
		return v.instanceOf(t, 0)
	}
	if strings.HasPrefix(strings.TrimSpace(text), "typeof ") {
		return v.written(strings.TrimPrefix(strings.TrimSpace(text), "typeof "), at)
	}
	t, ok := v.written(text, at)
	if !ok {
		return t, false
	}
	return v.instanceOf(t, 0)
}

// docAbove is the JSDoc comment above the definition that an offset is in the
// head of, nil where there is none.
func (f *File) docAbove(at int) *sitter.Node {
	path := f.ancestors(at)
	for i := len(path) - 1; i > 0; i-- {
		if before := path[i].PrevNamedSibling(); before != nil && before.Type() == "comment" &&
			before.EndByte()-before.StartByte() < maxDoc && strings.HasPrefix(before.Content(f.text), "/**") {
			return before
		}
		switch r := f.shape(path[i]).role; {
		case r == roleBlock, r == roleClass, path[i].Type() == "method_definition", path[i].Type() == "function_declaration" && path[i-1].Type() != "export_statement":
			return nil
		}
	}
	return nil
}

// maxDoc is longer than a comment that documents a function.
const maxDoc = 8 << 10

// parameter finds what a parameter is: by a comment, by the fixture of its
// name, by the call that its function is handed to, or by the calls of its function.
func (v *visit) parameter(b binding) (thing, bool) {
	f := v.f
	path := slices.Clone(f.ancestors(b.name.Start))
	i := len(path) - 1
	for i >= 0 && f.shape(path[i]).role != roleFunction {
		i--
	}
	if i < 1 {
		return thing{}, false
	}
	name := string(f.text[b.name.Start:b.name.End])
	if f.language.syntax == pythonSyntax {
		if t, ok := v.fixture(path[i], name); ok {
			return t, true
		}
		return v.passedBy(path, i, name)
	}
	if t, ok := v.documented(int(path[i].StartByte()), "@param", name); ok {
		return t, true
	}
	if t, ok := v.handed(path, i, b.name.Start); ok {
		return t, true
	}
	return v.passedBy(path, i, name)
}

// fixture finds the pytest fixture of this file that a parameter of a test, or
// of another fixture, is given.
func (v *visit) fixture(function *sitter.Node, name string) (thing, bool) {
	f := v.f
	title := function.ChildByFieldName("name")
	if title == nil {
		return thing{}, false
	}
	if !strings.HasPrefix(title.Content(f.text), "test") && !slices.Contains(f.decorators(function), "fixture") {
		return thing{}, false
	}
	for _, b := range f.bindings(name, false, int(function.StartByte())) {
		if b.how == byFunction && !same(b.node, function) && slices.Contains(f.decorators(b.node), "fixture") {
			t, ok := v.result(b.node, true, 0)
			if ok {
				v.note(b.name, nil)
			}
			return t, ok
		}
	}
	return thing{}, false
}

// handing are methods that call a function with what they are called on.
var handing = map[string]string{ // by name: the module that it must be of, "" for any
	"then":         "",
	"$transaction": "@prisma/client",
	"transaction":  "drizzle-orm",
}

// handed finds what the first parameter is of a function that is given to a
// call: promise.then((client) => ...).
func (v *visit) handed(path []*sitter.Node, i, at int) (thing, bool) {
	f := v.f
	if i < 2 || path[i-1].Type() != "arguments" || !same(element(path[i-1], 0), path[i]) {
		return thing{}, false
	}
	first := path[i].ChildByFieldName("parameter")
	if list := path[i].ChildByFieldName("parameters"); list != nil {
		first = firstChild(list)
	}
	if first == nil || !spanOf(first).Contains(at) {
		return thing{}, false
	}
	s := f.shape(path[i-2])
	if s.role != roleCall {
		return thing{}, false
	}
	callee := path[i-2].ChildByFieldName(s.first)
	if callee == nil || !f.isMember(callee) {
		return thing{}, false
	}
	object, property := sides(callee)
	if object == nil || property == nil || property.EndByte()-property.StartByte() > maxArgument {
		return thing{}, false
	}
	module, ok := handing[property.Content(f.text)]
	if !ok {
		return thing{}, false
	}
	t, ok := v.value(object, 0)
	if !ok || t.kind != thingRef || module != "" && t.ref.Module != module && !strings.HasPrefix(t.ref.Module, module+"/") {
		return thing{}, false
	}
	return t, true
}
