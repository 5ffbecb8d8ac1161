package analyzer

import (
	"bytes"
	"slices"

	sitter "github.com/smacker/go-tree-sitter"
)

// maxCalls bounds how many calls of a function are looked at to tell what its
// parameter is.
const maxCalls = 16

// passedBy finds what a parameter of a function of this file is given, where all
// calls of the function in the file agree.
func (v *visit) passedBy(path []*sitter.Node, i int, name string) (found thing, ok bool) {
	f := v.f
	if f.hasty {
		f.gaveUp = true
		return found, false
	}
	function := path[i]
	called, class, skip := f.calledAs(path, i)
	list := function.ChildByFieldName("parameters")
	if called == nil || list == nil || called.EndByte()-called.StartByte() > maxArgument {
		return found, false
	}
	place, at := -1, 0
	for j := range min(int(list.NamedChildCount()), maxParts) {
		p := list.NamedChild(j)
		switch p.Type() {
		case "comment":
			continue
		case "list_splat_pattern", "keyword_separator":
			at = -maxParts - 1 // what follows is given by name
		}
		if isOneOf(p, f.text, []string{name}) || p.Type() == "required_parameter" && isOneOf(firstChild(p), f.text, []string{name}) {
			place = at - skip
		}
		at++
	}
	for _, call := range v.callsOf(called, class, path) {
		argument := f.argumentFor(call, place, name)
		if argument == nil {
			return thing{}, false
		}
		if f.shape(argument).role == roleNull {
			continue
		}
		w := v.aside()
		t, good := w.value(argument, 0)
		switch {
		case !good && isOneOf(argument, f.text, []string{name}):
			continue // handed on under the same name
		case !good:
			return thing{}, false
		case !ok:
			found, ok = t, true
			v.steps, v.open = append(v.steps, w.steps...), w.open
			v.note(spanOf(call), nil)
		case t.kind != found.kind, t.kind == thingRef && t.ref.Module != found.ref.Module, t.kind != thingRef && !same(t.node, found.node):
			return thing{}, false
		}
	}
	return found, ok
}

// calledAs finds the name that the function at path[i] is called by, the class
// whose method it is, and how many of its first parameters a call does not give.
func (f *File) calledAs(path []*sitter.Node, i int) (name, class *sitter.Node, skip int) {
	if name = path[i].ChildByFieldName("name"); name == nil {
		if i > 0 && path[i-1].Type() == "variable_declarator" {
			name = path[i-1].ChildByFieldName("name")
		}
		return name, nil, 0
	}
	for j := i - 1; j >= 0 && class == nil && f.shape(path[j]).role != roleFunction; j-- {
		if f.shape(path[j]).role == roleClass {
			class = path[j]
		}
	}
	if class == nil {
		if path[i].Type() == "method_definition" {
			return nil, nil, 0 // of an object literal
		}
		return name, nil, 0
	}
	if list := path[i].ChildByFieldName("parameters"); list != nil && path[i].Type() == "function_definition" {
		if first := firstChild(list); first != nil && f.isSelf(first) {
			skip = 1
		}
	}
	if isOneOf(name, f.text, []string{"constructor", "__init__"}) {
		return class.ChildByFieldName("name"), nil, skip
	}
	return name, class, skip
}

// callsOf lists the calls of a function by its name: of a method, those on its
// class or an instance of it. path leads to the function.
func (v *visit) callsOf(name, class *sitter.Node, path []*sitter.Node) (calls []*sitter.Node) {
	f := v.f
	text, bound, all := name.Content(f.text), spanOf(name), Span{0, len(f.text)}
	if class != nil {
		return f.callsBy(text, all, func(leaf, callee *sitter.Node) bool {
			if !f.isMember(callee) {
				return false
			}
			object, property := sides(callee)
			if !same(property, leaf) {
				return false
			}
			w := v.aside()
			t, ok := w.value(object, 0)
			return ok && (t.kind == thingClass || t.kind == thingInstance) && same(t.node, class)
		})
	}
	calls = f.callsBy(text, all, func(leaf, callee *sitter.Node) bool {
		at := int(leaf.StartByte())
		return same(leaf, callee) && slices.ContainsFunc(f.visible(f.bindings(text, false, at), at), func(b binding) bool { return b.name == bound })
	})
	for _, n := range path {
		if n.Type() == "class_definition" && same(n.ChildByFieldName("name"), name) {
			calls = append(calls, f.callsBy("cls", spanOf(n), same)...)
		}
	}
	return calls
}

// callsBy lists the calls in a part of the text whose callee ends in a word and
// is meant.
func (f *File) callsBy(word string, within Span, meant func(leaf, callee *sitter.Node) bool) (calls []*sitter.Node) {
	tried := 0
	for at := within.Start; len(calls) < maxCalls && tried < 4*maxCalls; at += len(word) {
		next := bytes.Index(f.text[at:within.End], []byte(word))
		if next < 0 {
			break
		}
		at += next
		after := bytes.TrimLeft(f.text[at+len(word):min(len(f.text), at+len(word)+64)], " \t\r\n")
		if len(after) == 0 || after[0] != '(' || !f.isWhole(at, at+len(word)) {
			continue
		}
		tried++
		path := f.ancestors(at)
		if len(path) < 3 || len(path) >= maxNesting {
			continue
		}
		leaf := path[len(path)-1]
		for i := len(path) - 2; i >= len(path)-3; i-- {
			if s := f.shape(path[i]); s.role == roleCall || s.role == roleNew {
				if same(path[i].ChildByFieldName(s.first), path[i+1]) && meant(leaf, path[i+1]) {
					calls = append(calls, path[i])
				}
				break
			}
		}
	}
	return calls
}

// argumentFor is the argument that a call gives a parameter, by name or place.
func (f *File) argumentFor(call *sitter.Node, place int, name string) *sitter.Node {
	arguments := call.ChildByFieldName("arguments")
	if arguments == nil {
		return nil
	}
	at := 0
	for i := range min(int(arguments.NamedChildCount()), maxParts) {
		a := arguments.NamedChild(i)
		switch a.Type() {
		case "comment":
			continue
		case "keyword_argument":
			if n := a.ChildByFieldName("name"); n != nil && isOneOf(n, f.text, []string{name}) {
				return a.ChildByFieldName("value")
			}
			continue
		case "list_splat", "dictionary_splat", "spread_element":
			return nil
		}
		if at == place {
			return a
		}
		at++
	}
	return nil
}
