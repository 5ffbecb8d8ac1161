package analyzer

import (
	"slices"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

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
