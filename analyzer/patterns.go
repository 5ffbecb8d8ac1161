package analyzer

import (
	"slices"
	"strconv"

	sitter "github.com/smacker/go-tree-sitter"
)

// taken is what a pattern takes a name from.
type taken struct {
	// from has the value or, with typed set, is the annotation of the whole.
	from  *sitter.Node
	typed bool
	// parameter is set where the whole is a parameter.
	parameter bool
	// keys lead from the whole to the name, "[0]" for an element.
	keys []string
	// otherwise is the value where that part is missing.
	otherwise *sitter.Node
}

// pattern climbs from a name through the patterns around it to what they take
// apart: const { a: [b = 1] } = value. ok is false where that is not told.
func (f *File) pattern(path []*sitter.Node) (t taken, ok bool) {
	leaf := path[len(path)-1]
	if leaf.Type() == "shorthand_property_identifier_pattern" {
		t.keys = append(t.keys, leaf.Content(f.text))
	}
	for i := len(path) - 1; i > 0; i-- {
		n, parent := path[i], path[i-1]
		is := func(field string) bool { return same(parent.ChildByFieldName(field), n) }
		switch parent.Type() {
		case "object_assignment_pattern", "assignment_pattern":
			if !is("left") {
				return t, false
			}
			if t.otherwise == nil && i >= len(path)-2 {
				t.otherwise = parent.ChildByFieldName("right")
			}
		case "pair_pattern":
			key := parent.ChildByFieldName("key")
			if !is("value") || key == nil || key.EndByte()-key.StartByte() > maxAnnotation || key.Type() == "computed_property_name" {
				return t, false
			}
			t.keys = append(t.keys, unquote(key.Content(f.text)))
		case "object_pattern":
		case "attribute": // self.a, self.b = ...
			if !is("attribute") {
				return t, false
			}
		case "array_pattern", "pattern_list", "tuple_pattern", "list_pattern", "tuple":
			t.keys = append(t.keys, "["+strconv.Itoa(commasBefore(parent, n))+"]")
		case "variable_declarator":
			t.from = parent.ChildByFieldName("value")
			if t.from == nil {
				t.from, t.typed = parent.ChildByFieldName("type"), true
			}
			slices.Reverse(t.keys)
			return t, is("name")
		case "assignment_expression", "assignment":
			t.from = parent.ChildByFieldName("right")
			slices.Reverse(t.keys)
			return t, is("left") && t.from != nil
		case "required_parameter", "optional_parameter":
			t.parameter, t.typed, t.from = true, true, parent.ChildByFieldName("type")
			if t.otherwise == nil && i == len(path)-1 {
				t.otherwise = parent.ChildByFieldName("value")
			}
			slices.Reverse(t.keys)
			return t, is("pattern")
		case "formal_parameters":
			t.parameter = true
			slices.Reverse(t.keys)
			return t, true
		case "as_pattern_target":
			if i < 2 || path[i-2].Type() != "as_pattern" {
				return t, false
			}
			t.from = firstChild(path[i-2])
			slices.Reverse(t.keys)
			return t, i > 2 && path[i-3].Type() == "with_item"
		default:
			return t, false
		}
	}
	return t, false
}

// commasBefore counts the commas of list before its child n.
func commasBefore(list, n *sitter.Node) (count int) {
	for i := range min(int(list.ChildCount()), 2*maxParts) {
		c := list.Child(i)
		if same(c, n) {
			break
		}
		if c.Type() == "," {
			count++
		}
	}
	return count
}

// patterned finds what a name is that a pattern takes out of something.
func (v *visit) patterned(b binding) (thing, bool) {
	f := v.f
	t, ok := f.pattern(slices.Clone(f.ancestors(b.name.Start)))
	if !ok {
		return thing{}, false
	}
	whole, found := thing{}, false
	switch {
	case t.from != nil && t.typed:
		whole, found = v.typed(t.from, 0)
	case t.from != nil:
		whole, found = v.value(t.from, 0)
	}
	if !found && t.parameter {
		whole, found = v.parameter(b)
	}
	for _, key := range t.keys {
		if !found {
			break
		}
		whole, found = v.part(whole, key, 0)
	}
	if !found && t.otherwise != nil {
		whole, found = v.value(t.otherwise, 0)
	}
	if found {
		at := b.name
		if t.from != nil {
			at = Span{min(at.Start, int(t.from.StartByte())), max(at.End, int(t.from.EndByte()))}
		}
		v.note(at, nil)
	}
	return whole, found
}

// excludes reports whether a binding at a place is in another branch than an
// offset, so that it cannot have happened before: if ...: here else: there.
func (f *File) excludes(place Span, offset int) bool {
	if place.Start > offset {
		return false
	}
	path := f.ancestors(offset)
	i := len(path) - 1
	for i >= 0 && !spanOf(path[i]).Covers(place) {
		i--
	}
	if i < 0 || i+1 >= len(path) {
		return false
	}
	n, here := path[i], path[i+1]
	switch n.Type() {
	case "if_statement":
		condition := n.ChildByFieldName("condition")
		return condition != nil && !spanOf(condition).Covers(place) && !same(condition, here)
	case "switch_body":
		return true
	case "match_statement", "block":
		return here.Type() == "case_clause" && f.inCase(n, place)
	}
	return false
}

func (f *File) inCase(n *sitter.Node, place Span) bool {
	path := f.ancestors(place.Start)
	for i := range len(path) - 1 {
		if same(path[i], n) {
			return path[i+1].Type() == "case_clause"
		}
	}
	return false
}

// disputed reports whether a binding lies in a branch that need not have been
// taken, another branch binds the same name, and the two lead to different modules.
func (v *visit) disputed(t thing, b binding, others []binding, offset int) bool {
	f := v.f
	if t.kind != thingRef || b.name.Start > offset {
		return false
	}
	for i, o := range others {
		if i >= 4 {
			break
		}
		if o.scope != b.scope && o.scope != (scope{}) && b.scope != (scope{}) || o.from != nil || !f.excludes(o.name, b.name.Start) || f.excludes(o.name, offset) {
			continue
		}
		w := v.aside()
		w.seen = &trail{at: o.name}
		if other, ok := w.remembered(o); ok && (other.kind != thingRef || other.ref.Module != t.ref.Module) {
			return true
		}
	}
	return false
}
