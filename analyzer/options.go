package analyzer

import (
	"slices"

	sitter "github.com/smacker/go-tree-sitter"
)

// maxOptions bounds how many options of one call are listed, and maxRead how
// many nodes of its arguments are read for them.
const (
	maxOptions = 64
	maxRead    = 1024
)

// optionAt finds the call whose option the name under an offset is: a keyword
// argument, a key of an object that is an argument, or an attribute of an
// element. The name is the leaf of path, or the string around it.
func (f *File) optionAt(path []*sitter.Node) (ref Reference, ok bool) {
	i := len(path) - 1
	if i > 0 && f.shape(path[i]).role != roleString && f.shape(path[i-1]).role == roleString {
		i-- // the text inside the quotes
	}
	if i < 1 || !f.isOption(path[i-1], path[i]) {
		return ref, false
	}
	name := spanOf(path[i])
	if f.shape(path[i]).role == roleString {
		inner := unquote(string(f.text[name.Start:name.End]))
		quote := (name.End - name.Start - len(inner)) / 2
		name = Span{name.Start + quote, name.Start + quote + len(inner)}
	}
	call, callee := f.callAround(path[:i])
	if callee == nil {
		return ref, false
	}
	v := visit{f: f}
	if ref, ok = v.resolve(callee); !ok {
		return ref, false
	}
	ref = v.finish(ref)
	ref.Kind, ref.Span, ref.Option = KindOption, name, string(f.text[name.Start:name.End])
	f.call(&ref, append(slices.Clone(path[:call+1]), callee), call+1)
	return ref, true
}

// Options names the options of the call that the chain of a reference makes, as
// [Reference.Options] has them. known is false where the tree is being read, and wait
// is not set.
func (f *File) Options(ref Reference, wait bool) (names []string, known bool) {
	if wait {
		f.mu.Lock()
	} else if !f.mu.TryLock() {
		return nil, false
	}
	defer f.mu.Unlock()
	if !f.parsed || f.tree == nil || ref.Span.End <= 0 || ref.Span.End > len(f.text) {
		return nil, true
	}
	path := f.ancestors(ref.Span.End - 1)
	if chain := f.chainOf(path); chain >= 0 {
		names = f.optionsOf(path, chain)
	}
	return names, true
}

// optionsOf lists the options of the call, or of the element, that the chain at
// path[i] makes.
func (f *File) optionsOf(path []*sitter.Node, i int) []string {
	if i == 0 {
		return nil
	}
	parent := path[i-1]
	if t := parent.Type(); t == "jsx_opening_element" || t == "jsx_self_closing_element" {
		return f.options(parent)
	}
	s := f.shape(parent)
	if s.role != roleCall && s.role != roleNew || !same(parent.ChildByFieldName(s.first), path[i]) {
		return nil
	}
	if arguments := parent.ChildByFieldName(s.second); arguments != nil {
		return f.options(arguments)
	}
	return nil
}

// isOption reports whether n names an option in parent.
func (f *File) isOption(parent, n *sitter.Node) bool {
	switch parent.Type() {
	case "keyword_argument":
		return same(parent.ChildByFieldName("name"), n)
	case "pair":
		return same(parent.ChildByFieldName("key"), n)
	case "object":
		return n.Type() == "shorthand_property_identifier"
	case "jsx_attribute":
		return same(parent.NamedChild(0), n)
	}
	return false
}

// between are the nodes that may stand between an option and its call.
var between = map[string]bool{
	"keyword_argument": true, "pair": true, "object": true, "array": true, "dictionary": true, "list": true, "tuple": true,
	"argument_list": true, "arguments": true, "parenthesized_expression": true, "spread_element": true,
	"dictionary_splat": true, "as_expression": true, "satisfies_expression": true, "ternary_expression": true,
	"conditional_expression": true, "jsx_attribute": true, "jsx_expression": true,
}

// callAround finds the innermost call that the end of path is an argument of:
// its place in path, and what it calls.
func (f *File) callAround(path []*sitter.Node) (call int, callee *sitter.Node) {
	for i := len(path) - 1; i > 0 && len(path)-i < maxDepth; i-- {
		n, parent := path[i], path[i-1]
		if !between[n.Type()] {
			return 0, nil
		}
		switch s := f.shape(parent); {
		case s.role == roleCall || s.role == roleNew:
			if !same(parent.ChildByFieldName(s.second), n) {
				return 0, nil
			}
			return i - 1, parent.ChildByFieldName(s.first)
		case parent.Type() == "jsx_opening_element" || parent.Type() == "jsx_self_closing_element":
			return i - 1, parent.ChildByFieldName("name")
		}
	}
	return 0, nil
}

// options lists the names of the options in a call's arguments, each once, in
// the order of the text; those of calls and functions in them are not its own.
func (f *File) options(arguments *sitter.Node) []string {
	r := reading{f: f, left: maxRead}
	r.below(arguments, roleNone, 0)
	return r.names
}

// reading is the reading of a call's arguments for options.
type reading struct {
	f     *File
	left  int // nodes that may still be read
	names []string
}

// below reads what stands below a node of a role.
func (r *reading) below(n *sitter.Node, of role, depth int) {
	if n == nil || depth > maxDepth {
		return
	}
	for i := range min(int(n.NamedChildCount()), maxOptions) {
		if r.left--; r.left < 0 || len(r.names) >= maxOptions {
			return
		}
		c := n.NamedChild(i)
		switch s := r.f.shape(c); s.role {
		case roleOption:
			name, value := c.ChildByFieldName(s.first), c.ChildByFieldName(s.second)
			if s.first == "" {
				name, value = c.NamedChild(0), c.NamedChild(1)
			}
			r.add(name)
			if value == nil {
				continue
			}
			if role := r.f.shape(value).role; role == roleObject || role == roleList || role == roleSpread {
				r.below(value, role, depth+1)
			}
		case roleName:
			if of == roleObject { // create({ email })
				r.add(c)
			}
		case roleObject, roleList, roleSpread:
			r.below(c, s.role, depth+1)
		case roleCall, roleNew:
			if depth == 0 {
				r.addCall(c, s)
			}
		case roleString:
			if text := unquote(c.Content(r.f.text)); depth == 0 && service.MatchString(text) && !slices.Contains(r.names, `"`+text+`"`) {
				r.names = append(r.names, `"`+text+`"`)
			}
		}
	}
}

// addCall adds what an argument calls, as "name()".
func (r *reading) addCall(call *sitter.Node, s shape) {
	callee := call.ChildByFieldName(s.first)
	if callee == nil || callee.EndByte()-callee.StartByte() > maxArgument {
		return
	}
	if name := lastName(callee.Content(r.f.text)); identifier(name) && !slices.Contains(r.names, name+"()") {
		r.names = append(r.names, name+"()")
	}
}

func (r *reading) add(name *sitter.Node) {
	if name == nil || name.Type() == "computed_property_name" || name.EndByte()-name.StartByte() > maxArgument {
		return
	}
	if text := unquote(name.Content(r.f.text)); !slices.Contains(r.names, text) {
		r.names = append(r.names, text)
	}
}
