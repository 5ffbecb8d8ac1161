package analyzer

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// Offer is what a file has for another one that imports a path from it.
type Offer struct {
	// Found is set where the file itself has the name that the path begins with.
	Found bool
	// Refs are where the path leads from there, as this file spells it: its
	// modules may be relative to it. Each includes the whole path. Where the name
	// was not found they are what else may have it, such as export * from "./a",
	// and where it was found and is none of an import's there are none.
	Refs []Reference
	// Used is how many segments of the path led to Refs: what follows them was
	// not looked at, so another path with the same beginning leads to the same.
	Used int
}

// Offers follows a path that another file imports from this one. A path that
// begins at the default export begins with [DefaultName], and an empty one is
// the module. With star set only those names count that a star import brings.
//
// It parses the file if nobody has, and resolves by need: no table of all that
// a file exports is ever made.
func (f *File) Offers(path Path, star bool) Offer {
	if len(path) > maxHops || f.lacks(path) {
		return Offer{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return Offer{}
	}
	v := &visit{f: f, own: true}
	if f.language.Name == "python" {
		return v.offeredByName(path, star)
	}
	return v.offeredByExport(path)
}

// lacks reports whether the text alone shows that the file exports no such name:
// most of the files that a barrel names are not the one.
func (f *File) lacks(path Path) bool {
	if len(path) == 0 || path[0].Name == DefaultName {
		return false
	}
	for _, word := range []string{path[0].Name, "exports", "export ="} {
		if bytes.Contains(f.text, []byte(word)) {
			return false
		}
	}
	return !starLike.Match(f.text)
}

// starLike is how an import or export of all names begins.
var starLike = regexp.MustCompile(`(import|export|type)\s*\*`)

// maxExporting bounds the statements of a file's top level that one question reads.
const maxExporting = 20_000

// offeredByName follows a path from a name of a Python module.
func (v *visit) offeredByName(path Path, star bool) Offer {
	f := v.f
	if len(path) == 0 || star && !f.public(path[0].Name) {
		return Offer{}
	}
	name := path[0].Name
	if len(f.visible(f.bindings(name, false, len(f.text)), len(f.text))) > 0 {
		t, ok := v.named(name, len(f.text))
		return v.along(t, ok, path, 1)
	}
	var found Offer
	for _, b := range f.bindings(WholeModule, false, 0) {
		if b.from != nil && b.scope == f.wholeFile() {
			// A later star wins over those before it.
			found.Refs = slices.Insert(found.Refs, 0, Reference{Module: b.from.Module, Path: path, Star: true, Steps: f.step(b.statement)})
		}
	}
	return found
}

// public reports whether a star import brings a name of this Python file: one
// that __all__ lists, or without it one that does not begin with "_".
func (f *File) public(name string) bool {
	if all := f.bindings("__all__", false, 0); len(all) > 0 {
		b := all[0]
		if b.node == nil || b.scope != f.wholeFile() || b.node.Type() != "list" && b.node.Type() != "tuple" {
			return true // made in a way that is not followed
		}
		for i := range min(int(b.node.NamedChildCount()), 2000) {
			if unquote(b.node.NamedChild(i).Content(f.text)) == name {
				return true
			}
		}
		return bytes.Contains(f.text, []byte("__all__ +=")) || bytes.Contains(f.text, []byte("__all__."))
	}
	return !strings.HasPrefix(name, "_")
}

// offeredByExport follows a path from an export of a JavaScript or TypeScript file.
func (v *visit) offeredByExport(path Path) Offer {
	x := v.f.exports()
	if len(path) == 0 {
		for _, n := range x.whole {
			if t, ok := v.value(n, 0); ok {
				return v.along(t, true, path, 0)
			}
		}
		return Offer{}
	}
	first := path[0].Name
	if e, ok := x.named[first]; ok {
		t, ok := v.export(e)
		return v.along(t, ok, path, 1)
	}
	if first == DefaultName {
		for _, n := range x.whole {
			if t, ok := v.value(n, 0); ok {
				return v.along(t, true, path, 1)
			}
		}
		if len(path) > 1 && x.common && !path[0].Called {
			// A CommonJS module that is imported by default is the object of its exports.
			if found := v.offeredByExport(path[1:]); found.Found {
				found.Used++
				return found
			}
		}
		return Offer{}
	}
	for _, n := range x.whole {
		t, ok := v.value(n, 0)
		if ok && t.kind == thingRef {
			return v.along(t, true, path, 0)
		}
		if ok {
			if t, ok = v.part(t, first, 0); ok {
				return v.along(t, true, path, 1)
			}
		}
	}
	var found Offer
	for _, i := range x.stars {
		found.Refs = append(found.Refs, Reference{Module: i.Module, Path: path, Star: true, Steps: v.f.step(i.Statement)})
	}
	return found
}

// along goes on from what a path's first segments lead to, as far as it takes to
// leave the file.
func (v *visit) along(t thing, ok bool, path Path, used int) Offer {
	if ok && used > 0 && path[used-1].Called {
		t, ok = v.again().calledAs(t, path[used-1])
	}
	for ok && t.kind != thingRef {
		if used == len(path) || v.modelled(t, path[used].Name, 0) {
			ok = false // it is something of this file
			break
		}
		t, ok = v.again().part(t, path[used].Name, 0)
		if used++; ok && path[used-1].Called {
			t, ok = v.again().calledAs(t, path[used-1])
		}
	}
	if !ok || t.ref.Star {
		return Offer{Found: true, Used: len(path)}
	}
	ref := t.ref
	ref.Path = append(slices.Clip(ref.Path), path[used:]...)
	ref.Steps = slices.Clone(v.steps)
	return Offer{Found: true, Refs: []Reference{ref}, Used: used}
}

// calledAs is callOf for a call that stands in the file that asks.
func (v *visit) calledAs(t thing, s Segment) (thing, bool) {
	called, ok := v.callOf(t, 0)
	if ok && t.kind == thingRef && len(called.ref.Path) > 0 {
		called.ref.Path = slices.Clone(called.ref.Path)
		called.ref.Path[len(called.ref.Path)-1].Arg = s.Arg
	}
	return called, ok
}

// again makes ready for the next step of a way: what one step has passed is no
// cycle in another.
func (v *visit) again() *visit {
	v.hops, v.seen = 0, nil
	return v
}

// modelled reports whether a name is set in the body of a Python class that extends
// another, or of a class that it extends: it may be read by such a one, as a column
// of a model is, and then what one gets is no such value.
func (v *visit) modelled(t thing, name string, depth int) bool {
	if t.kind != thingClass && t.kind != thingInstance || depth > maxBases {
		return false
	}
	bases := t.node.ChildByFieldName("superclasses")
	if bases == nil {
		return depth > 0 && v.f.inBody(t.node, name)
	}
	if v.f.inBody(t.node, name) {
		return true
	}
	steps := v.steps
	defer func() { v.steps = steps }() // they are none of the way
	for i := range min(int(bases.NamedChildCount()), maxBases) {
		if base, ok := v.again().value(bases.NamedChild(i), 0); ok && v.modelled(base, name, depth+1) {
			return true
		}
	}
	return false
}

// maxBases bounds the classes that one extends, and how far up they are read.
const maxBases = 6

// inBody reports whether a class sets a name in its body.
func (f *File) inBody(class *sitter.Node, name string) bool {
	within := scope{spanOf(class), roleClass}
	return slices.ContainsFunc(f.bindings(name, false, within.Start), func(b binding) bool {
		return b.scope == within && (b.how == byValue || b.how == byType)
	})
}

// step is the explanation of one statement.
func (f *File) step(at Span) []Step {
	v := visit{f: f}
	v.note(at, nil)
	return v.steps
}

// exported is one name that a script exports: of another module, of the file, or
// an expression.
type exported struct {
	from  *Import
	name  string // in from, or in the file
	at    Span
	value *sitter.Node
}

// exports are those of one JavaScript or TypeScript file.
type exports struct {
	named  map[string]exported
	stars  []Import
	whole  []*sitter.Node // what the module is, by module.exports = x and export = x
	common bool           // it is a CommonJS module
}

// export finds what an export stands for.
func (v *visit) export(e exported) (thing, bool) {
	switch {
	case e.from != nil:
		v.note(e.from.Statement, nil)
		ref := Reference{Module: e.from.Module}
		switch e.name {
		case WholeModule:
		case DefaultName:
			ref.Default = true
		default:
			ref.Path = Path{{Name: e.name}}
		}
		return thing{ref: ref}, true
	case e.value != nil:
		return v.value(e.value, 0)
	}
	return v.named(e.name, len(v.f.text))
}

// exports lists what a script exports at its top level. Nothing is evaluated.
func (f *File) exports() exports {
	x := exports{named: map[string]exported{}}
	cursor := sitter.NewTreeCursor(f.root())
	defer cursor.Close()
	seen := 0
	for ok := cursor.GoToFirstChild(); ok && seen < maxExporting; ok = cursor.GoToNextSibling() {
		seen++
		switch n := cursor.CurrentNode(); n.Type() {
		case "export_statement":
			f.exportStatement(&x, n)
		case "expression_statement":
			f.assignedExports(&x, n.NamedChild(0))
		}
	}
	return x
}

// exportStatement reads an export of ECMAScript modules.
func (f *File) exportStatement(x *exports, n *sitter.Node) {
	var from *Import
	if source := n.ChildByFieldName("source"); source != nil {
		module, span, ok := specifier(source, f.text)
		if !ok {
			return
		}
		from = &Import{Module: module, Span: span, Statement: spanOf(n), Kind: KindReExport}
	}
	isDefault, equals := false, false
	for i := range int(n.ChildCount()) {
		switch child := n.Child(i); child.Type() {
		case "default":
			isDefault = true
		case "=":
			equals = true
		case "*":
			if from != nil {
				x.stars = append(x.stars, *from)
			}
		case "namespace_export":
			if name := child.NamedChild(0); from != nil && name != nil {
				x.named[unquote(name.Content(f.text))] = exported{from: from, name: WholeModule}
			}
		case "export_clause":
			for j := range int(child.NamedChildCount()) {
				specifier := child.NamedChild(j)
				name := specifier.ChildByFieldName("name")
				if name == nil {
					continue
				}
				as := specifier.ChildByFieldName("alias")
				if as == nil {
					as = name
				}
				x.named[unquote(as.Content(f.text))] = exported{from: from, name: unquote(name.Content(f.text)), at: spanOf(name)}
			}
		default:
			if equals && child.IsNamed() && child.Type() != "comment" {
				x.whole = append(x.whole, child)
			}
		}
	}
	if value := n.ChildByFieldName("value"); value != nil && isDefault {
		x.named[DefaultName] = exported{value: value}
	}
	declared := n.ChildByFieldName("declaration")
	if declared != nil && declared.Type() == "ambient_declaration" {
		declared = declared.NamedChild(0)
	}
	if declared == nil {
		return
	}
	if isDefault {
		x.named[DefaultName] = exported{value: declared}
		return
	}
	if name := declared.ChildByFieldName("name"); name != nil {
		x.named[name.Content(f.text)] = exported{name: name.Content(f.text)}
		return
	}
	for i := range int(declared.NamedChildCount()) {
		declarator := declared.NamedChild(i)
		name := declarator.ChildByFieldName("name")
		if declarator.Type() != "variable_declarator" || name == nil {
			continue
		}
		f.walk(name, func(n *sitter.Node, _ []*sitter.Node) bool {
			if r := f.shape(n).role; r == roleName {
				x.named[n.Content(f.text)] = exported{name: n.Content(f.text)}
			}
			return true
		})
	}
}

// assignedExports reads module.exports = x, exports.a = x, and a chain of these.
func (f *File) assignedExports(x *exports, n *sitter.Node) {
	var targets []string
	for n != nil && n.Type() == "assignment_expression" {
		if left := n.ChildByFieldName("left"); left != nil && left.EndByte()-left.StartByte() < 200 {
			targets = append(targets, left.Content(f.text))
		}
		n = n.ChildByFieldName("right")
	}
	if n == nil || f.shape(n).role == roleNull || n.Type() == "unary_expression" {
		return // exports.a = void 0, before it is set
	}
	for _, target := range targets {
		rest, ok := strings.CutPrefix(target, "module.exports")
		if !ok {
			if rest, ok = strings.CutPrefix(target, "exports"); !ok {
				continue
			}
		}
		name, member := strings.CutPrefix(rest, ".")
		switch {
		case rest == "":
			x.common, x.whole = true, append(x.whole, n)
		case member && !strings.ContainsAny(name, ".[("):
			x.common, x.named[name] = true, exported{value: n}
		}
	}
}
