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
		return v.member(n, depth)
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
