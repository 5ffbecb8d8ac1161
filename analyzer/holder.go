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
// likeliest first: a variable, an argument, a field.
func (f *File) Holders(made Reference, p Place) []string {
	var names []string
	var foreign []ImportedName // another file of the workspace may have made it
	for _, i := range f.TopImports() {
		for _, n := range i.Names {
			if i.Module != made.Module && isObjectName(n.Local) && len(foreign) < maxForeign {
				foreign = append(foreign, n)
			}
		}
	}
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
	for _, n := range foreign {
		if f.holds(n.Local, made, p) {
			found = append(found, holder{n.Local, n.LocalSpan.Start})
		}
	}
	begun, tried := time.Now(), map[string]bool{}
	for _, name := range names {
		for _, s := range f.standing(name, Span{0, len(f.text)}, 64) {
			if time.Since(begun) > maxSearch {
				break
			}
			for _, spelling := range f.targets(s.Start, name) {
				if !tried[spelling] && f.holds(spelling, made, p) {
					found = append(found, holder{spelling, s.Start})
				}
				tried[spelling] = true
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
		got, ok = v.field(field, p.In.near)
	}
	return ok && got.Module == made.Module && got.Called == made.Called && got.Path.String() == made.Path.String()
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
