package analyzer

import (
	"bytes"
	"maps"
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
	called, skip := f.calledAs(path, i)
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
	for _, call := range f.callsOf(called, path) {
		argument := f.argumentFor(call, place, name)
		if argument == nil {
			return thing{}, false
		}
		if f.shape(argument).role == roleNull {
			continue
		}
		w := visit{f: f, own: v.own, hops: v.hops, seen: maps.Clone(v.seen)}
		t, good := w.value(argument, 0)
		v.hops = w.hops
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

// calledAs finds the name that the function at path[i] is called by, and how
// many of its first parameters a call does not give.
func (f *File) calledAs(path []*sitter.Node, i int) (name *sitter.Node, skip int) {
	name = path[i].ChildByFieldName("name")
	class := func() *sitter.Node {
		for j := i - 1; j >= 0; j-- {
			if f.shape(path[j]).role == roleClass {
				return path[j].ChildByFieldName("name")
			}
		}
		return nil
	}
	switch {
	case name == nil:
		if i > 0 && path[i-1].Type() == "variable_declarator" {
			return path[i-1].ChildByFieldName("name"), 0
		}
		return nil, 0
	case isOneOf(name, f.text, []string{"constructor"}):
		return class(), 0
	case isOneOf(name, f.text, []string{"__init__"}):
		return class(), 1
	case path[i].Type() == "method_definition":
		return nil, 0
	}
	for j := i - 1; j >= 0; j-- {
		switch f.shape(path[j]).role {
		case roleClass:
			return nil, 0 // a method is called on anything
		case roleFunction:
			return name, 0
		}
	}
	return name, 0
}

// callsOf lists calls of what a name stands for where it is bound; path leads
// to the function.
func (f *File) callsOf(name *sitter.Node, path []*sitter.Node) (calls []*sitter.Node) {
	bound := spanOf(name)
	calls = f.callsBy(name.Content(f.text), Span{0, len(f.text)}, func(at int) bool {
		return at != bound.Start && slices.ContainsFunc(f.visible(f.bindings(name.Content(f.text), false, at), at), func(b binding) bool { return b.name == bound })
	})
	for _, n := range path {
		if n.Type() == "class_definition" && same(n.ChildByFieldName("name"), name) {
			calls = append(calls, f.callsBy("cls", spanOf(n), func(int) bool { return true })...)
		}
	}
	return calls
}

// callsBy lists the calls in a part of the text whose callee is a word that is meant.
func (f *File) callsBy(name string, within Span, meant func(at int) bool) (calls []*sitter.Node) {
	word, tried := []byte(name), 0
	for at := within.Start; len(calls) < maxCalls; at += len(word) {
		next := bytes.Index(f.text[at:], word)
		if next < 0 {
			break
		}
		at += next
		after := bytes.TrimLeft(f.text[at+len(word):min(len(f.text), at+len(word)+64)], " \t\r\n")
		if at >= within.End {
			break
		}
		if len(after) == 0 || after[0] != '(' || !f.isWhole(at, at+len(word)) {
			continue
		}
		if tried++; tried > 4*maxCalls {
			break
		}
		path := f.ancestors(at)
		if len(path) < 2 || len(path) >= maxNesting {
			continue
		}
		leaf, call := path[len(path)-1], path[len(path)-2]
		if s := f.shape(call); s.role != roleCall && s.role != roleNew || !same(call.ChildByFieldName(s.first), leaf) {
			continue
		}
		if meant(at) {
			calls = append(calls, call)
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
