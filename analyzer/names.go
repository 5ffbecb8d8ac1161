package analyzer

import (
	"bytes"
	"slices"
	"strings"
	"time"

	sitter "github.com/smacker/go-tree-sitter"
)

// Mentions reports whether a name stands in a part of the text as a variable.
func (f *File) Mentions(name string, within Span) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return bytes.Contains(f.text[within.Start:within.End], []byte(name))
	}
	return len(f.standing(name, within, 1)) > 0
}

// maxStanding bounds how many places of one word are looked at, and maxSearch
// how long: where a file is one broken statement, each place takes long.
const (
	maxStanding = 512
	maxSearch   = 100 * time.Millisecond
)

// standing lists the first places where a name stands as a variable.
func (f *File) standing(name string, within Span, most int) []Span {
	var found []Span
	if name == "" {
		return nil
	}
	begun := time.Now()
	for at, looked := within.Start, 0; len(found) < most; at += len(name) {
		next := bytes.Index(f.text[at:within.End], []byte(name))
		if next < 0 {
			break
		}
		at += next
		if !f.isWhole(at, at+len(name)) {
			continue
		}
		if looked++; looked > maxStanding || looked%16 == 0 && time.Since(begun) > maxSearch {
			return append(found, Span{at, at + len(name)}) // as good as certain
		}
		path := f.spread(at, looked)
		leaf := path[len(path)-1]
		if r := f.shape(leaf).role; r == roleName && spanOf(leaf) == (Span{at, at + len(name)}) && f.chainOf(path) == len(path)-1 {
			found = append(found, spanOf(leaf))
		}
	}
	return found
}

// spread is ancestors for one of many places all over the file: after some, a
// list of the top level is quicker than a walk to each.
func (f *File) spread(offset, asked int) []*sitter.Node {
	if asked < manyAnswers {
		return f.ancestors(offset)
	}
	if path := f.atTop(offset); path != nil {
		f.path = f.tree.descend(path, offset)
		return f.path
	}
	return f.ancestors(offset)
}

// NamesOf lists where a name stands that the file binds at its top level, or
// not at all: where a function or class of the file has its own of that name,
// it is another.
func (f *File) NamesOf(name string) []Span {
	all := f.Names(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	bindings := f.bindings(name, false, 0)
	return slices.DeleteFunc(all, func(s Span) bool {
		if f.imports(f.ancestors(s.Start)) {
			return true // the name of something in a module
		}
		// The name of a function is not inside it.
		if i := slices.IndexFunc(bindings, func(b binding) bool { return b.name == s }); i >= 0 {
			return within(bindings[i : i+1])
		}
		return within(f.visible(bindings, s.Start))
	})
}

// Shadowed reports whether a name at an offset is one of a function, a class or
// a block within the file.
func (f *File) Shadowed(name string, offset int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return false
	}
	return within(f.visible(f.bindings(name, false, offset), offset))
}

// within reports whether the first of some bindings is one of a function, a
// class or a block.
func within(visible []binding) bool {
	return len(visible) > 0 && visible[0].scope.role != roleNone && visible[0].scope != (scope{})
}

// Shorthand reports whether a name stands for a key and a variable at once:
// { name }.
func (f *File) Shorthand(at Span) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return false
	}
	path := f.ancestors(at.Start)
	return strings.HasPrefix(path[len(path)-1].Type(), "shorthand_property_identifier")
}

// Bound reports whether a place of a name is one that binds it, or lies in a
// function or class whose self or this may be another.
func (f *File) Bound(at Span) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return false
	}
	path := f.ancestors(at.Start)
	for _, n := range path {
		switch n.Type() {
		case "class_definition", "class_declaration", "class", "method_definition",
			"function_declaration", "function_expression", "function", "generator_function":
			return true
		}
	}
	for _, b := range f.bindings(string(f.text[at.Start:at.End]), false, at.Start) {
		if b.name == at {
			return true
		}
	}
	return false
}

// seen lists the bindings of a name that a statement at a place sees, in the
// order in which they should be tried.
func (f *File) seen(name string, p Place) []binding {
	all := slices.DeleteFunc(slices.Clone(f.bindings(name, false, p.Offset)), func(b binding) bool {
		return p.Without.Start < p.Without.End && p.Without.Covers(b.name)
	})
	all = slices.Clone(f.visible(all, p.In.near))
	slices.SortFunc(all, func(a, b binding) int {
		before, other := a.name.Start < p.Offset, b.name.Start < p.Offset
		switch {
		case before && other:
			return b.name.Start - a.name.Start // the nearest
		case before:
			return -1
		case other:
			return 1
		}
		return a.name.Start - b.name.Start
	})
	return all
}

func (f *File) resolveAt(name string, p Place) (Reference, bool) {
	v := visit{f: f}
	all := f.seen(name, p)
	if len(all) == 0 {
		return v.unbound(name)
	}
	if b := all[0]; b.from != nil && b.from.name == "" {
		return v.head(name, all)
	}
	t, ok := v.first(all, p.In.near)
	return t.asRef(ok)
}

// KnownAt resolves a name as a statement at a place knows it. bound says that
// it knows one of that name at all.
func (f *File) KnownAt(name string, p Place) (ref Reference, traced, bound bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return ref, false, false
	}
	ref, traced = f.resolveAt(name, p)
	return ref, traced, len(f.seen(name, p)) > 0
}

// BindsOther reports whether any scope of the file binds a name to something else
// than what imports of a module bring under it.
func (f *File) BindsOther(name, module, imported string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return false
	}
	return slices.ContainsFunc(f.bindings(name, false, 0), func(b binding) bool {
		return b.from == nil || b.from.Module != module || b.from.name != imported
	})
}

func identifier(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for _, r := range s {
		if !isWord(r) {
			return false
		}
	}
	return true
}
