package analyzer

import (
	"slices"
	"strconv"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// thing is what an expression stands for: what an import brought, or something
// of this file that may have such things as its parts.
type thing struct {
	ref  Reference
	kind thingKind
	node *sitter.Node // of what is this file's own
}

type thingKind uint8

const (
	// thingRef is what an import brought: ref says what.
	thingRef thingKind = iota
	// thingObject is an object or dictionary literal.
	thingObject
	// thingList is a list, tuple or array literal, or arguments.
	thingList
	// thingClass is a class, an interface or a type's name.
	thingClass
	// thingInstance is an instance of a class.
	thingInstance
	// thingRecord has the fields that a type's braces declare.
	thingRecord
	// thingFunction is a function that has not been called.
	thingFunction
	// thingState is the pair that a call of React's useState gives, thingBox the
	// box of its useRef.
	thingState
	thingBox
)

// asRef is a thing that must be a reference.
func (t thing) asRef(ok bool) (Reference, bool) {
	if !ok || t.kind != thingRef {
		return Reference{}, false
	}
	return t.ref, true
}

// value finds what an expression stands for. Where that is not known the visit
// is as it was, so that something else can be tried.
func (v *visit) value(n *sitter.Node, depth int) (thing, bool) {
	seen, steps, open := v.seen, len(v.steps), v.open
	t, ok := v.evaluate(n, depth)
	if !ok {
		v.seen, v.steps, v.open = seen, slices.Clip(v.steps[:min(steps, len(v.steps))]), open
	}
	return t, ok
}

func (v *visit) evaluate(n *sitter.Node, depth int) (thing, bool) {
	if n == nil || depth > maxDepth {
		return thing{}, false
	}
	f := v.f
	switch s := f.shape(n); s.role {
	case roleName:
		if f.isSelf(n) {
			if class := f.classNode(int(n.StartByte())); class != nil {
				t := thing{kind: thingInstance, node: class}
				if isOneOf(n, f.text, []string{"cls"}) {
					t.kind = thingClass
				}
				return t, true
			}
		}
		return v.named(n.Content(f.text), int(n.StartByte()))
	case roleSelf:
		class := f.classNode(int(n.StartByte()))
		return thing{kind: thingInstance, node: class}, class != nil
	case roleSuper:
		return v.base(f.classNode(int(n.StartByte())), true, depth+1)
	case roleMember:
		return v.member(n, s, depth)
	case roleSubscript:
		return v.subscript(n, s, depth)
	case roleCall, roleNew:
		return v.called(n, s, depth)
	case roleInner:
		return v.value(inner(n, s), depth+1)
	case roleCast:
		if t, ok := v.value(firstChild(n), depth+1); ok {
			return t, true
		}
		return v.typed(n.NamedChild(int(n.NamedChildCount())-1), depth+1)
	case roleAny:
		choices, fallback := f.choices(n)
		if !fallback {
			return v.agree(choices, depth, v.value)
		}
		for _, c := range choices {
			if t, ok := v.value(c, depth+1); ok {
				return t, true
			}
		}
	case roleAssign:
		if t, ok := v.value(n.ChildByFieldName("right"), depth+1); ok {
			return t, true
		}
		return v.value(n.ChildByFieldName("left"), depth+1)
	case roleLast:
		return v.value(n.NamedChild(int(n.NamedChildCount())-1), depth+1)
	case roleObject:
		return thing{kind: thingObject, node: n}, true
	case roleList:
		return thing{kind: thingList, node: n}, true
	case roleFunction:
		return thing{kind: thingFunction, node: n}, true
	case roleClass:
		return thing{kind: thingClass, node: n}, true
	}
	return thing{}, false
}

// inner is the node that n stands for.
func inner(n *sitter.Node, s shape) *sitter.Node {
	if s.first != "" {
		return n.ChildByFieldName(s.first)
	}
	return firstChild(n)
}

// firstChild is the first named child that is no comment.
func firstChild(n *sitter.Node) *sitter.Node {
	for i := range min(int(n.NamedChildCount()), 4) {
		if c := n.NamedChild(i); c.Type() != "comment" {
			return c
		}
	}
	return nil
}

// choices lists the expressions one of which n stands for; fallback is set where
// all are meant to do the same: given or Client().
func (f *File) choices(n *sitter.Node) (choices []*sitter.Node, fallback bool) {
	switch n.Type() {
	case "conditional_expression": // Python: value if condition else other
		return []*sitter.Node{n.NamedChild(0), n.NamedChild(int(n.NamedChildCount()) - 1)}, false
	case "ternary_expression":
		return []*sitter.Node{n.ChildByFieldName("consequence"), n.ChildByFieldName("alternative")}, false
	}
	left, right := n.ChildByFieldName("left"), n.ChildByFieldName("right")
	operator := n.ChildByFieldName("operator")
	if operator == nil {
		return nil, false
	}
	switch operator.Type() {
	case "or", "||", "??":
		return []*sitter.Node{left, right}, true
	case "and", "&&":
		return []*sitter.Node{right}, false
	}
	return nil, false // a sum is neither of its parts
}

// agree takes the first of several nodes that read says something about. Where
// they lead to different modules, it is not known which one is meant.
func (v *visit) agree(nodes []*sitter.Node, depth int, read func(*sitter.Node, int) (thing, bool)) (found thing, ok bool) {
	seen := v.seen
	defer func() { v.seen = seen }()
	for _, n := range nodes {
		if n == nil || v.f.shape(n).role == roleNull {
			continue
		}
		v.seen = seen // one way's names are no cycle in another
		steps, open := slices.Clip(v.steps), v.open
		t, good := read(n, depth+1)
		switch {
		case !good:
		case !ok:
			found, ok = t, true
			continue
		case t.kind == thingRef && found.kind == thingRef && t.ref.Module != found.ref.Module:
			return thing{}, false
		}
		v.steps = steps
		if ok {
			v.open = open
		}
	}
	return found, ok
}

// isSelf reports whether a name is that of the object whose fields a method
// sets.
func (f *File) isSelf(n *sitter.Node) bool { return isOneOf(n, f.text, f.language.syntax.self) }

// part finds a member of a thing.
func (v *visit) part(t thing, name string, depth int) (thing, bool) {
	if depth > maxDepth || name == "" {
		return thing{}, false
	}
	switch t.kind {
	case thingRef:
		if name[0] == '[' {
			return thing{}, false // which element of what a call returns is anyone's guess
		}
		t.ref = v.step(t.ref, name)
		return t, true
	case thingObject:
		return v.entry(t.node, name, depth)
	case thingList:
		if i, err := strconv.Atoi(strings.Trim(name, "[]")); err == nil && i < maxParts && name[0] == '[' {
			return v.value(element(t.node, i), depth+1)
		}
	case thingClass, thingInstance:
		return v.field(t, name, depth)
	case thingRecord:
		return v.signature(t.node, name, depth)
	case thingState, thingBox:
		if name == "[0]" && t.kind == thingState || name == "current" && t.kind == thingBox {
			return v.initial(t.node, depth)
		}
	}
	return thing{}, false
}

// maxParts bounds how many entries of a literal, or members of a type, are read.
const maxParts = 64

// element is the i-th of a list's elements.
func element(list *sitter.Node, i int) *sitter.Node {
	for j := range min(int(list.NamedChildCount()), maxParts) {
		c := list.NamedChild(j)
		switch c.Type() {
		case "comment":
			continue
		case "spread_element", "list_splat", "keyword_argument", "dictionary_splat":
			return nil
		}
		if i--; i < 0 {
			return c
		}
	}
	return nil
}

// entry finds the value that an object literal has for a key: the last one counts.
func (v *visit) entry(object *sitter.Node, name string, depth int) (thing, bool) {
	f := v.f
	for i := min(int(object.NamedChildCount()), maxParts) - 1; i >= 0; i-- {
		c := object.NamedChild(i)
		switch c.Type() {
		case "pair":
			key := c.ChildByFieldName("key")
			if key == nil || !f.isKey(key, name) {
				continue
			}
			return v.value(c.ChildByFieldName("value"), depth+1)
		case "shorthand_property_identifier":
			if isOneOf(c, f.text, []string{name}) {
				return v.value(c, depth+1)
			}
		case "method_definition":
			if n := c.ChildByFieldName("name"); n != nil && isOneOf(n, f.text, []string{name}) {
				return v.method(c, depth)
			}
		case "spread_element", "dictionary_splat":
			// What comes from elsewhere is taken to have other keys.
			seen := v.seen
			if t, ok := v.value(firstChild(c), depth+1); ok && t.kind == thingObject {
				if t, ok = v.entry(t.node, name, depth+1); ok {
					return t, true
				}
			}
			v.seen = seen
		}
	}
	return thing{}, false
}

// isKey reports whether a key of a literal is a name, quoted or not.
func (f *File) isKey(key *sitter.Node, name string) bool {
	return isOneOf(key, f.text, []string{name, `"` + name + `"`, "'" + name + "'"})
}

// method is a function that is a member: what a getter returns, or itself.
func (v *visit) method(function *sitter.Node, depth int) (thing, bool) {
	if v.f.isGetter(function) {
		return v.result(function, false, depth)
	}
	return thing{kind: thingFunction, node: function}, true
}

// isGetter reports whether a method is read like a field.
func (f *File) isGetter(function *sitter.Node) bool {
	for i := range min(int(function.ChildCount()), 4) {
		if t := function.Child(i).Type(); t == "get" {
			return true
		}
	}
	return slices.ContainsFunc(f.decorators(function), func(name string) bool { return strings.HasSuffix(name, "property") })
}

// decorators lists the last names of what decorates a Python definition.
func (f *File) decorators(definition *sitter.Node) (names []string) {
	if definition.Type() != "function_definition" {
		return nil
	}
	path := f.ancestors(int(definition.StartByte()))
	i := slices.IndexFunc(path, func(n *sitter.Node) bool { return same(n, definition) })
	if i < 1 || path[i-1].Type() != "decorated_definition" {
		return nil
	}
	for j := range min(int(path[i-1].NamedChildCount()), 8) {
		d := path[i-1].NamedChild(j)
		if d.Type() != "decorator" || d.EndByte()-d.StartByte() > maxAnnotation {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(d.Content(f.text), "@"), "(")
		names = append(names, strings.TrimSpace(lastName(name)))
	}
	return names
}

// signature finds a member that a type's braces or an interface declare.
func (v *visit) signature(body *sitter.Node, name string, depth int) (thing, bool) {
	for i := range min(int(body.NamedChildCount()), maxParts) {
		c := body.NamedChild(i)
		if n := c.ChildByFieldName("name"); n == nil || !isOneOf(n, v.f.text, []string{name}) {
			continue
		}
		switch c.Type() {
		case "property_signature":
			return v.typed(c.ChildByFieldName("type"), depth+1)
		case "method_signature":
			return thing{kind: thingFunction, node: c}, true
		}
	}
	return thing{}, false
}

// isConstructed reports whether a reference is to an instance of a class, or an
// element of one.
func isConstructed(ref Reference) bool {
	path := ref.Path
	for len(path) > 0 && path[len(path)-1].Name == ElementName {
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		return ref.Called
	}
	last := path[len(path)-1]
	return last.Called && last.Name != "" && last.Name[0] >= 'A' && last.Name[0] <= 'Z'
}

// subscript finds an element: of a literal of this file, or of a client, such as
// a database of it. Which element of a response is meant is not known.
func (v *visit) subscript(n *sitter.Node, s shape, depth int) (thing, bool) {
	object, index := n.ChildByFieldName(s.first), n.ChildByFieldName(s.second)
	if object == nil || index == nil || index.EndByte()-index.StartByte() > 64 {
		return thing{}, false
	}
	t, ok := v.value(object, depth+1)
	if !ok {
		return t, false
	}
	key := index.Content(v.f.text)
	switch {
	case t.kind == thingRef && isConstructed(t.ref):
		v.open = nil
		t.ref.Path = append(slices.Clip(t.ref.Path), Segment{Name: ElementName})
		return t, true
	case t.kind == thingList:
		return v.part(t, "["+key+"]", depth+1)
	case t.kind == thingObject && v.f.shape(index).role == roleString:
		return v.part(t, unquote(key), depth+1)
	}
	return thing{}, false
}

// field finds a member of a class or its instances: set in any of its methods,
// declared in its body, or come from what it extends.
func (v *visit) field(t thing, name string, depth int) (thing, bool) {
	f := v.f
	if v.spend() || t.node == nil || f.shape(t.node).role != roleClass {
		return thing{}, false
	}
	class := scope{spanOf(t.node), roleClass}
	fields := f.bindings(name, true, class.Start)
	for _, b := range f.bindings(name, false, class.Start) {
		if b.scope == class && !slices.ContainsFunc(fields, func(other binding) bool { return other.name == b.name }) {
			fields = append(fields, b)
		}
	}
	own := false
	for _, b := range fields {
		if inner, ok := f.classAt(b.name.Start); !ok || inner != class {
			continue
		}
		own = true
		if v.loops(b.name) || b.scope == class && b.how == byValue && v.isManaged(t.node) {
			continue
		}
		if b.how == byFunction {
			if t, ok := v.method(b.node, depth+1); ok {
				return t, true
			}
			continue
		}
		if t, ok := v.bound(b); ok {
			return t, true
		}
	}
	if own {
		return thing{}, false
	}
	base, ok := v.base(t.node, t.kind == thingInstance, depth+1)
	if !ok {
		return base, false
	}
	return v.part(base, name, depth+1)
}

// isManaged reports whether a Python class extends one that may read what stands
// in its body: a column of a model is no attribute of that type.
func (v *visit) isManaged(class *sitter.Node) bool {
	list := class.ChildByFieldName("superclasses")
	if list == nil {
		return false
	}
	for i := range min(int(list.NamedChildCount()), 8) {
		w := v.aside()
		t, ok := w.value(list.NamedChild(i), 0)
		if ok && t.kind == thingRef && !slices.Contains(typingModules, t.ref.Module) && t.ref.Module != "unittest" {
			return true
		}
		if ok && t.kind == thingClass && !same(t.node, class) && v.f.shape(t.node).role == roleClass && w.isManaged(t.node) {
			return true
		}
	}
	return false
}

// typingModules have types that only tell how something behaves or is shaped: an
// instance of one has no members of interest.
var typingModules = []string{"typing", "typing_extensions", "types", "abc", "collections.abc", "builtins", "react"}

// base is the only class that a class extends, or, with instance set, an
// instance of it. Of several it is not known which one a member comes from.
func (v *visit) base(class *sitter.Node, instance bool, depth int) (found thing, ok bool) {
	if class == nil || depth > maxDepth {
		return found, false
	}
	var bases []*sitter.Node
	if list := class.ChildByFieldName("superclasses"); list != nil {
		for i := range min(int(list.NamedChildCount()), 8) {
			if c := list.NamedChild(i); c.Type() != "keyword_argument" && c.Type() != "comment" {
				bases = append(bases, c)
			}
		}
	}
	for i := range min(int(class.NamedChildCount()), 8) {
		c := class.NamedChild(i)
		if c.Type() != "class_heritage" {
			continue
		}
		if c = firstChild(c); c != nil && c.Type() == "extends_clause" {
			c = c.ChildByFieldName("value")
		}
		if c != nil {
			bases = append(bases, c)
		}
	}
	for _, b := range bases {
		if b.Type() == "subscript" { // Base[T]
			b = b.ChildByFieldName("value")
		}
		t, good := v.value(b, depth+1)
		if !good || t.kind == thingRef && t.ref.Module != "react" && slices.Contains(typingModules, t.ref.Module) {
			continue
		}
		if ok {
			return thing{}, false
		}
		found, ok = t, true
	}
	if !ok || !instance {
		return found, ok
	}
	return v.instanceOf(found, depth)
}

// instanceOf goes from a class to an instance of it.
func (v *visit) instanceOf(t thing, depth int) (thing, bool) {
	switch {
	case t.kind == thingRef:
		t.ref = instance(t.ref)
		return t, true
	case t.kind != thingClass:
		return thing{}, false
	}
	switch t.node.Type() {
	case "interface_declaration":
		body := t.node.ChildByFieldName("body")
		return thing{kind: thingRecord, node: body}, body != nil
	case "type_alias_declaration":
		return v.typed(t.node.ChildByFieldName("value"), depth+1)
	case "enum_declaration", "internal_module":
		return thing{}, false
	}
	t.kind = thingInstance
	return t, true
}

// classNode is the innermost class around an offset, nil outside of any.
func (f *File) classNode(offset int) *sitter.Node {
	nodes := f.ancestors(offset)
	for i := len(nodes) - 1; i >= 0; i-- {
		if f.shape(nodes[i]).role == roleClass {
			return nodes[i]
		}
	}
	return nil
}

// result finds what the call of a function of this file gives: what its
// declared type says, or else what it returns or, with yields set, yields.
func (v *visit) result(function *sitter.Node, yields bool, depth int) (thing, bool) {
	f := v.f
	if f.hasty {
		f.gaveUp = true
		return thing{}, false
	}
	if function == nil || depth > maxDepth || v.loops(spanOf(function)) {
		return thing{}, false
	}
	decorated := f.decorators(function)
	yields = yields || slices.ContainsFunc(decorated, func(d string) bool { return d == "contextmanager" || d == "asynccontextmanager" })
	declared := function.ChildByFieldName("return_type")
	told := func(by *sitter.Node) {
		v.note(Span{int(function.StartByte()), int(by.EndByte())}, nil)
	}
	if t, ok := v.yielding(declared, depth+1); ok && yields {
		told(declared)
		return t, true
	}
	if t, ok := v.typed(declared, depth+1); ok {
		told(declared)
		return t, true
	}
	if f.isBuiltIn(declared, 0) {
		return thing{}, false
	}
	for _, tag := range []string{"@returns", "@return"} {
		if t, ok := v.documented(int(function.StartByte()), tag, ""); ok {
			return t, true
		}
	}
	expressions := f.returns(function)
	if yields {
		expressions = append(f.yields(function), expressions...)
	}
	return v.agree(expressions, depth, func(n *sitter.Node, depth int) (thing, bool) {
		t, ok := v.value(n, depth)
		if ok {
			told(n)
		}
		return t, ok
	})
}

// called finds what a call or a construction gives.
func (v *visit) called(n *sitter.Node, s shape, depth int) (thing, bool) {
	f := v.f
	callee, arguments := n.ChildByFieldName(s.first), n.ChildByFieldName(s.second)
	if callee == nil {
		return thing{}, false
	}
	if isOneOf(callee, f.text, f.language.syntax.modules) {
		for _, i := range f.importsBelow(n, areaOf(f.text, spanOf(callee))) {
			if i.Statement == spanOf(n) {
				return thing{ref: Reference{Module: i.Module}}, true
			}
		}
		return thing{}, false
	}
	if callee.Type() == "identifier" && isOneOf(callee, f.text, []string{"super"}) && f.language.syntax == pythonSyntax {
		return v.base(f.classNode(int(n.StartByte())), true, depth+1)
	}
	steps, open := slices.Clip(v.steps), v.open
	t, ok := v.value(callee, depth+1)
	name := ""
	switch {
	case ok && t.kind == thingRef:
		if len(t.ref.Path) > 0 {
			name = t.ref.Module + "." + t.ref.Path[len(t.ref.Path)-1].Name
		}
	case !ok && callee.EndByte()-callee.StartByte() <= 64:
		name = callee.Content(f.text)
	}
	if p, has := passing[name]; has && arguments != nil {
		v.steps, v.open = steps, open
		return v.passed(p, n, arguments, depth+1)
	}
	if !ok {
		return t, false
	}
	switch t.kind {
	case thingRef:
		t.ref = instance(t.ref)
		if len(t.ref.Path) > 0 {
			t.ref.Path[len(t.ref.Path)-1].Arg = f.argument(arguments)
		}
		return t, true
	case thingClass:
		return v.instanceOf(t, depth+1)
	case thingFunction:
		return v.result(t.node, false, depth+1)
	}
	return thing{}, false
}

// maxArgument is longer than a name that a call is given.
const maxArgument = 64

// argument is the first argument of a call, where that is a plain string.
func (f *File) argument(arguments *sitter.Node) string {
	if arguments == nil {
		return ""
	}
	first := firstChild(arguments)
	if first != nil && first.Type() == "keyword_argument" {
		if name := first.ChildByFieldName("name"); name == nil || !isOneOf(name, f.text, []string{"service_name"}) {
			return ""
		}
		first = first.ChildByFieldName("value")
	}
	if first == nil || f.shape(first).role != roleString || first.EndByte()-first.StartByte() > maxArgument {
		return ""
	}
	text, _, ok := specifier(first, f.text)
	if !ok {
		return ""
	}
	return text
}

// pass says what a call gives that hands on what it is given.
type pass uint8

const (
	passValue    pass = iota // the first argument
	passCalled               // what the first argument, a function, gives
	passInstance             // an instance of the first argument, a class
	passList                 // a list of the arguments
	passInner                // a list that the first argument is
	passState                // a list that begins with the first argument, or what that gives
	passBox                  // an object whose member current is the first argument
	passNone                 // nothing: it describes the value that will be there
)

// passing are calls that hand on what they are given: by module and name, or
// as they are written where they are built in.
var passing = map[string]pass{
	"fastapi.Depends": passCalled, "fastapi.Security": passCalled,
	"contextlib.closing": passValue, "contextlib.aclosing": passValue, "contextlib.nullcontext": passValue,
	"contextlib.enter_context": passValue, "contextlib.enter_async_context": passValue,
	"asyncio.run": passValue, "asyncio.wait_for": passValue, "asyncio.shield": passValue,
	"asyncio.create_task": passValue, "asyncio.gather": passList,
	"functools.partial": passValue, "functools.cache": passValue, "functools.lru_cache": passValue,
	"typing.cast": passInstance, "copy.copy": passValue, "copy.deepcopy": passValue,
	"asgiref.sync.sync_to_async": passValue, "asgiref.sync.async_to_sync": passValue,
	"react.useMemo": passCalled, "react.useCallback": passValue, "react.useState": passState, "react.useRef": passBox,
	"react.cache": passValue, "react.memo": passValue, "react.forwardRef": passValue,
	"@angular/core.inject": passInstance,
	"pydantic.Field":       passNone, "dataclasses.field": passNone, "typer.Option": passNone, "typer.Argument": passNone,
	"fastapi.Query": passNone, "fastapi.Path": passNone, "fastapi.Body": passNone, "fastapi.Header": passNone,
	"fastapi.Cookie": passNone, "fastapi.Form": passNone, "fastapi.File": passNone,
	"Promise.resolve": passValue, "Promise.all": passInner, "Object.freeze": passValue,
}

// passed finds what a call of the table passing gives.
func (v *visit) passed(p pass, call, arguments *sitter.Node, depth int) (thing, bool) {
	switch p {
	case passList:
		return thing{kind: thingList, node: arguments}, true
	case passState:
		return thing{kind: thingState, node: call}, true
	case passBox:
		return thing{kind: thingBox, node: call}, true
	case passInstance:
		return v.typed(element(arguments, 0), depth)
	case passNone:
		return thing{}, false
	}
	t, ok := v.value(element(arguments, 0), depth)
	switch {
	case !ok:
		return t, false
	case p == passCalled:
		return v.callOf(t, depth)
	case p == passInner:
		return t, t.kind == thingList
	}
	return t, true
}

// callOf finds what a function or class gives that someone else calls.
func (v *visit) callOf(t thing, depth int) (thing, bool) {
	switch t.kind {
	case thingRef, thingClass:
		return v.instanceOf(t, depth)
	case thingFunction:
		return v.result(t.node, true, depth)
	}
	return thing{}, false
}

// initial finds what a hook begins with: its first argument, or what its type
// argument says.
func (v *visit) initial(call *sitter.Node, depth int) (thing, bool) {
	if arguments := call.ChildByFieldName("arguments"); arguments != nil {
		t, ok := v.value(element(arguments, 0), depth+1)
		if ok && t.kind == thingFunction {
			t, ok = v.callOf(t, depth+1)
		}
		if ok {
			return t, true
		}
	}
	types := call.ChildByFieldName("type_arguments")
	if types == nil {
		return thing{}, false
	}
	return v.typed(firstChild(types), depth+1)
}
