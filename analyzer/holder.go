package analyzer

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	sitter "github.com/smacker/go-tree-sitter"
)

// Holders lists how the object that made leads to is spelled at a place, the
// likeliest first: a variable, an argument, a field. resolve says what a reference
// into the workspace stands for, where another file may have made the object; nil
// leaves such a reference as it is.
func (f *File) Holders(made Reference, p Place, resolve func(Reference) Reference) []string {
	found := f.candidates(made, p)
	if resolve != nil {
		for i := range found {
			found[i].ref = resolve(found[i].ref)
		}
	}
	found = slices.DeleteFunc(found, func(h holder) bool {
		return !h.ref.Equal(made)
	})
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

// holder is a spelling with what it stands for, and where it was found.
type holder struct {
	spelling string
	at       int
	ref      Reference
}

// candidates lists what is known at a place and may be an object that a module
// makes.
func (f *File) candidates(made Reference, p Place) []holder {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, i := range f.ImportsOf(made.Module) {
		for _, n := range i.Names {
			add(n.Local)
		}
		if w, _, _ := cutDot(i.Module); i.Local != "" {
			add(i.Local)
		} else if len(i.Names) == 0 {
			add(w)
		}
	}
	own := len(names)
	for _, i := range f.TopImports() { // another file of the workspace may have made it, or makes it when it is asked
		for _, n := range i.Names {
			if isObjectName(n.Local) && len(names)-own < maxForeign {
				add(n.Local)
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	var found []holder
	begun, tried := time.Now(), map[string]bool{}
	for i, name := range names {
		most := maxUses
		if i >= own {
			most = maxForeignUses
		}
		for _, s := range f.standing(name, Span{0, len(f.text)}, most) {
			if time.Since(begun) > maxSearch {
				break
			}
			for _, spelling := range f.targets(s.Start, name) {
				if tried[spelling] {
					continue
				}
				tried[spelling] = true
				if ref, ok := f.held(spelling, p); ok {
					ref.Language = f.language.Name
					found = append(found, holder{spelling, s.Start, ref})
				}
			}
		}
	}
	return found
}

// maxUses bounds how many places of a name are looked at for what they are given to.
const (
	maxUses        = 64
	maxForeignUses = 8
)

// maxForeign bounds how many names of imports are looked at for a client that
// another file has made.
const maxForeign = 24

// isObjectName reports whether a name is spelled as objects are, and not as classes.
func isObjectName(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsLower(r) || r == '_' || r == '$'
}

// targets lists what the statement around a name gives its value to.
func (f *File) targets(at int, name string) []string {
	path := f.spread(at, manyAnswers)
	targets := []string{name}
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

// held is what a name, or a field of self or this, stands for at a place, if it
// has been made by then.
func (f *File) held(spelling string, p Place) (ref Reference, ok bool) {
	head, field, dotted := cutDot(spelling)
	switch {
	case !dotted && identifier(spelling):
		all := f.seen(spelling, p)
		if len(all) == 0 || all[0].name.Start >= p.Offset && all[0].from == nil && f.scopesAt(p.In.near)[0] == all[0].scope {
			return ref, false
		}
		return f.resolveAt(spelling, p)
	case slices.Contains(f.language.syntax.self, head) && identifier(strings.TrimPrefix(field, "#")):
		if !f.hasSelf(head, p.In.near) {
			return ref, false
		}
		v := visit{f: f}
		t, known := v.field(thing{kind: thingInstance, node: f.classNode(p.In.near)}, field, 0)
		return t.asRef(known)
	}
	return ref, false
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
