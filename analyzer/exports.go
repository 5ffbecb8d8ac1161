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
	if f.root() == nil {
		return Offer{}
	}
	f.language.queries()
	o := &offer{f: f}
	if f.language.Name == "python" {
		return o.python(path, star)
	}
	return o.script(path)
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

// offer is one question for what a file exports.
type offer struct {
	f     *File
	hops  int
	steps []Step
}

// maxOffered bounds the expressions that one question reads, and maxTop the
// statements of a file's top level.
const (
	maxOffered = 200
	maxTop     = 20_000
)

// value is what an expression of a file stands for: a reference to a module, or
// something that the file defines itself.
type value struct {
	ref  Reference
	node *sitter.Node // a function, a class, an object's literal; nil for ref
	made bool         // it is an instance of the class
}

// python follows a path from a name of the module.
func (o *offer) python(path Path, star bool) Offer {
	f := o.f
	if len(path) == 0 || star && !o.public(path[0].Name) {
		return Offer{}
	}
	name := path[0].Name
	if len(f.visible(f.bindings(name, false, len(f.text)), len(f.text))) > 0 {
		v, ok := o.name(name, len(f.text), 0)
		return o.along(v, ok, path, 1)
	}
	var found Offer
	for _, b := range f.bindings(WholeModule, false, 0) {
		if b.from != nil && b.scope == f.wholeFile() {
			// A later star wins over those before it.
			found.Refs = slices.Insert(found.Refs, 0, Reference{Module: b.from.Module, Path: path, Star: true, Steps: []Step{o.step(b.statement)}})
		}
	}
	return found
}

// public reports whether a star import brings a name of this Python file: one
// that __all__ lists, or without it one that does not begin with "_".
func (o *offer) public(name string) bool {
	f := o.f
	for _, b := range f.bindings("__all__", false, 0) {
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

// script follows a path from an export of a JavaScript or TypeScript file.
func (o *offer) script(path Path) Offer {
	x := o.f.exports()
	if len(path) == 0 {
		for _, n := range x.whole {
			if v, ok := o.value(n, 0); ok {
				return o.along(v, true, path, 0)
			}
		}
		return Offer{}
	}
	first := path[0].Name
	if e, ok := x.named[first]; ok {
		v, ok := o.export(e)
		return o.along(v, ok, path, 1)
	}
	if first == DefaultName {
		for _, n := range x.whole {
			if v, ok := o.value(n, 0); ok {
				return o.along(v, true, path, 1)
			}
		}
		if len(path) > 1 && x.common && !path[0].Called {
			// A CommonJS module that is imported by default is the object of its exports.
			if found := o.script(path[1:]); found.Found {
				found.Used++
				return found
			}
		}
		return Offer{}
	}
	for _, n := range x.whole {
		v, ok := o.value(n, 0)
		if ok && v.node == nil {
			return o.along(v, true, path, 0)
		}
		if ok {
			if v, ok = o.member(v, first, 0); ok {
				return o.along(v, true, path, 1)
			}
		}
	}
	var found Offer
	for _, i := range x.stars {
		found.Refs = append(found.Refs, Reference{Module: i.Module, Path: path, Star: true, Steps: []Step{o.step(i.Statement)}})
	}
	return found
}

// along goes on from the value of a path's first segments, as far as it takes to
// leave the file.
func (o *offer) along(v value, ok bool, path Path, used int) Offer {
	if ok && used > 0 && path[used-1].Called {
		v, ok = o.call(v, 0)
	}
	for ok && v.node != nil {
		if used == len(path) {
			ok = false // it is something of this file
			break
		}
		v, ok = o.member(v, path[used].Name, 0)
		if used++; ok && path[used-1].Called {
			v, ok = o.call(v, 0)
		}
	}
	if !ok {
		return Offer{Found: true, Used: len(path)}
	}
	ref := v.ref
	ref.Path = append(slices.Clip(ref.Path), path[used:]...)
	ref.Steps = slices.Clone(o.steps)
	return Offer{Found: true, Refs: []Reference{ref}, Used: used}
}

// step is a step of the explanation.
func (o *offer) step(at Span) Step {
	v := visit{f: o.f}
	v.note(at, nil)
	return v.steps[0]
}

// value evaluates an expression: as a hover would, and where that leads to no
// import, as far as it goes to something that the file defines.
func (o *offer) value(n *sitter.Node, depth int) (value, bool) {
	before := len(o.steps)
	v, ok := o.evaluate(n, depth)
	if !ok {
		o.steps = o.steps[:before]
	}
	return v, ok
}

func (o *offer) evaluate(n *sitter.Node, depth int) (value, bool) {
	f := o.f
	if o.hops++; n == nil || o.hops > maxOffered || depth > maxDepth {
		return value{}, false
	}
	v := visit{f: f, own: true}
	if ref, ok := v.expression(n, depth); ok {
		o.steps = append(o.steps, v.steps...)
		return value{ref: ref}, true
	}
	switch s := f.shape(n); s.role {
	case roleFunction, roleClass:
		return value{node: n}, true
	case roleName:
		return o.name(n.Content(f.text), int(n.StartByte()), depth+1)
	case roleInner:
		inner := n.NamedChild(0)
		if s.first != "" {
			inner = n.ChildByFieldName(s.first)
		}
		return o.value(inner, depth+1)
	case roleAny:
		for i := range min(int(n.NamedChildCount()), 8) {
			child := n.NamedChild(i)
			if isOneOf(child, f.text, f.language.syntax.wrappers) {
				continue
			}
			if v, ok := o.value(child, depth+1); ok {
				return v, true
			}
		}
	case roleMember:
		property := n.ChildByFieldName(s.second)
		object := n.ChildByFieldName(s.first)
		if property == nil || object == nil {
			return value{}, false
		}
		var v value
		ok := false
		if f.shape(object).role == roleSelf || isOneOf(object, f.text, f.language.syntax.self) {
			if class := f.classNode(int(n.StartByte())); class != nil {
				v, ok = value{node: class, made: true}, true
			}
		} else {
			v, ok = o.value(object, depth+1)
		}
		if !ok {
			return v, false
		}
		return o.member(v, property.Content(f.text), depth+1)
	case roleCall, roleNew:
		v, ok := o.value(n.ChildByFieldName(s.first), depth+1)
		if !ok {
			return v, false
		}
		return o.call(v, depth+1)
	}
	switch n.Type() {
	case "object", "object_type":
		return value{node: n}, true
	case "assignment_expression", "augmented_assignment_expression":
		return o.value(n.ChildByFieldName("right"), depth+1)
	}
	return value{}, false
}

// name evaluates a name of the file as it is known at an offset.
func (o *offer) name(name string, offset, depth int) (value, bool) {
	f := o.f
	if o.hops++; o.hops > maxOffered || depth > maxDepth || name == "" {
		return value{}, false
	}
	v := visit{f: f, own: true}
	if ref, ok := v.name(name, offset); ok && !ref.Star {
		o.steps = append(o.steps, v.steps...)
		return value{ref: ref}, true
	}
	for _, b := range f.visible(f.bindings(name, false, offset), offset) {
		if b.node == nil || b.how == byValue && f.shape(b.node).role == roleNull {
			continue
		}
		return o.bound(b, depth)
	}
	return value{}, false
}

// bound evaluates what a binding gives its name.
func (o *offer) bound(b binding, depth int) (v value, ok bool) {
	switch b.how {
	case byFunction:
		return value{node: b.node}, true
	case byClass:
		if b.node.Type() == "type_alias_declaration" {
			return o.value(b.node.ChildByFieldName("value"), depth+1)
		}
		return value{node: b.node}, true
	case byValue:
		v, ok = o.value(b.node, depth+1)
	case byType:
		if v, ok = o.value(b.node, depth+1); ok {
			v, ok = o.call(v, depth+1)
		}
	}
	for _, key := range b.keys {
		if !ok {
			break
		}
		v, ok = o.member(v, key, depth+1)
	}
	if ok {
		o.steps = append(o.steps, o.step(b.statement))
	}
	return v, ok
}

// call evaluates the call, or the construction, of a value.
func (o *offer) call(v value, depth int) (value, bool) {
	f := o.f
	if v.node == nil {
		v.ref = instance(v.ref)
		return v, true
	}
	if f.shape(v.node).role != roleFunction {
		if v.made || v.node.Type() == "object" {
			return value{}, false
		}
		v.made = true
		return v, true
	}
	if depth > maxDepth {
		return value{}, false
	}
	for _, expression := range f.returns(v.node) {
		if back, ok := o.value(expression, depth+1); ok {
			o.steps = append(o.steps, o.step(Span{int(v.node.StartByte()), int(expression.EndByte())}))
			return back, true
		}
	}
	if annotated := v.node.ChildByFieldName("return_type"); annotated != nil {
		if back, ok := o.value(annotated, depth+1); ok {
			o.steps = append(o.steps, o.step(spanOf(annotated)))
			return o.call(back, depth+1)
		}
	}
	return value{}, false
}

// member evaluates a member of a value.
func (o *offer) member(v value, name string, depth int) (value, bool) {
	f := o.f
	if o.hops++; o.hops > maxOffered || depth > maxDepth {
		return value{}, false
	}
	switch {
	case v.node == nil:
		v.ref.Path = append(slices.Clip(v.ref.Path), Segment{Name: name})
		return v, true
	case v.node.Type() == "object":
		return o.property(v.node, name, depth)
	case f.shape(v.node).role == roleFunction:
		return value{}, false
	}
	class := scope{spanOf(v.node), roleClass}
	body := v.node.ChildByFieldName("body")
	if v.node.Type() == "object_type" {
		body = v.node
	}
	if body == nil {
		return value{}, false
	}
	for i := range min(int(body.NamedChildCount()), 2000) {
		n := body.NamedChild(i)
		reads := false // it is called by being read
		if n.Type() == "decorated_definition" {
			for j := range int(n.NamedChildCount()) {
				reads = reads || n.NamedChild(j).Type() == "decorator" && strings.Contains(n.NamedChild(j).Content(f.text), "property")
			}
			n = n.ChildByFieldName("definition")
		}
		if n == nil || !nodeNamed(n, "name", name, f.text) {
			continue
		}
		switch {
		case n.Type() == "property_signature":
			t, ok := o.value(n.ChildByFieldName("type"), depth+1)
			if !ok {
				return t, false
			}
			return o.call(t, depth+1)
		case f.shape(n).role != roleFunction:
		case reads || n.Child(0) != nil && n.Child(0).Type() == "get" || n.ChildCount() > 1 && n.Child(1).Type() == "get":
			return o.call(value{node: n}, depth+1)
		default:
			return value{node: n}, true
		}
	}
	fields := slices.Clone(f.bindings(name, true, class.Start))
	bases, complete := superclasses(v.node)
	set := false
	for _, b := range f.bindings(name, false, class.Start) {
		if b.scope != class {
			continue
		}
		// What stands in the body of a class may be read by what it extends: a column
		// of a model is no attribute of that type.
		if set = true; len(bases) == 0 {
			fields = append(fields, b)
		}
	}
	for _, b := range fields {
		if inner, ok := f.classAt(b.name.Start); !ok || inner.Span != class.Span {
			continue
		}
		set = true
		if b.node == nil {
			continue
		}
		if v, ok := o.bound(b, depth+1); ok {
			return v, true
		}
	}
	if set || !complete {
		return value{}, false
	}
	for _, super := range bases {
		base, ok := o.value(super, depth+1)
		if ok && v.made {
			base, ok = o.call(base, depth+1)
		}
		if !ok || base.node == nil && len(bases) > 1 {
			continue // any of several may have it
		}
		if got, ok := o.member(base, name, depth+1); ok {
			return got, true
		}
	}
	return value{}, false
}

// property evaluates a property of an object's literal.
func (o *offer) property(object *sitter.Node, name string, depth int) (value, bool) {
	f := o.f
	for i := min(int(object.NamedChildCount()), 2000) - 1; i >= 0; i-- { // the last one counts
		n := object.NamedChild(i)
		switch n.Type() {
		case "pair":
			if key := n.ChildByFieldName("key"); key != nil && unquote(key.Content(f.text)) == name {
				return o.value(n.ChildByFieldName("value"), depth+1)
			}
		case "shorthand_property_identifier":
			if n.Content(f.text) == name {
				return o.value(n, depth+1)
			}
		case "method_definition":
			if nodeNamed(n, "name", name, f.text) {
				if n.Child(0).Type() == "get" {
					return o.call(value{node: n}, depth+1)
				}
				return value{node: n}, true
			}
		case "spread_element":
			if v, ok := o.value(n.NamedChild(0), depth+1); ok && v.node != nil {
				if v, ok = o.member(v, name, depth+1); ok {
					return v, true
				}
			}
		}
	}
	return value{}, false
}

// superclasses are the expressions of the classes that a class extends. complete
// is false where there are too many.
func superclasses(class *sitter.Node) (bases []*sitter.Node, complete bool) {
	if list := class.ChildByFieldName("superclasses"); list != nil {
		for i := range min(int(list.NamedChildCount()), 8) {
			if n := list.NamedChild(i); n.Type() != "keyword_argument" && n.Type() != "comment" {
				bases = append(bases, n)
			}
		}
		return bases, list.NamedChildCount() <= 8
	}
	for i := range int(class.NamedChildCount()) {
		n := class.NamedChild(i)
		if n.Type() != "class_heritage" {
			continue
		}
		first := n.NamedChild(0)
		if first != nil && first.Type() == "extends_clause" {
			first = first.ChildByFieldName("value")
		}
		if first != nil && first.Type() != "implements_clause" {
			bases = append(bases, first)
		}
		break
	}
	return bases, true
}

func nodeNamed(n *sitter.Node, field, name string, text []byte) bool {
	named := n.ChildByFieldName(field)
	return named != nil && named.Content(text) == name
}

// classNode is the innermost class around an offset.
func (f *File) classNode(offset int) *sitter.Node {
	nodes := f.ancestors(offset)
	for i := len(nodes) - 1; i >= 0; i-- {
		if f.shape(nodes[i]).role == roleClass {
			return nodes[i]
		}
	}
	return nil
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

// export evaluates an export.
func (o *offer) export(e exported) (value, bool) {
	switch {
	case e.from != nil:
		o.steps = append(o.steps, o.step(e.from.Statement))
		ref := Reference{Module: e.from.Module}
		switch e.name {
		case WholeModule:
		case DefaultName:
			ref.Default = true
		default:
			ref.Path = Path{{Name: e.name}}
		}
		return value{ref: ref}, true
	case e.value != nil:
		return o.value(e.value, 0)
	}
	return o.name(e.name, len(o.f.text), 0)
}

// exports lists what a script exports at its top level. Nothing is evaluated.
func (f *File) exports() exports {
	x := exports{named: map[string]exported{}}
	cursor := sitter.NewTreeCursor(f.root())
	defer cursor.Close()
	seen := 0
	for ok := cursor.GoToFirstChild(); ok && seen < maxTop; ok = cursor.GoToNextSibling() {
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
