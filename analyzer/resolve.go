package analyzer

import (
	"slices"
	"strings"
	"unicode/utf8"

	sitter "github.com/smacker/go-tree-sitter"
)

// maxHops bounds the way from a name to its import, and maxDepth the depth of
// an expression that is read: hostile code is deep.
const (
	maxHops  = 24
	maxDepth = 64
	// maxNesting bounds how deep into a tree one looks. What lies deeper is left alone.
	maxNesting = 2000
)

// ReferenceAt returns what the name under a byte offset stands for; ok is
// false where that is nothing that an import brought. It resolves outward from
// the offset and never reads the whole file.
func (f *File) ReferenceAt(offset int) (ref Reference, ok bool) {
	if offset < 0 || offset > len(f.text) {
		return ref, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return ref, false
	}
	f.asked = true
	// An editor asks for the actions where it asked for the hover.
	known, seen := f.answers[offset]
	if !seen {
		known.Reference, known.ok = f.nearestReference(offset)
		f.remember(offset, known)
	}
	return known.Reference, known.ok
}

// Known is ReferenceAt where that takes some microseconds at most: known is
// false where the tree is yet to be made or is being read, or where a name is
// yet to be looked for in the text. It never waits.
func (f *File) Known(offset int) (ref Reference, ok, known bool) {
	if offset < 0 || offset > len(f.text) {
		return ref, false, true
	}
	if !f.mu.TryLock() {
		return ref, false, false
	}
	defer f.mu.Unlock()
	if !f.parsed || f.tree == nil || !f.asked {
		return ref, false, false
	}
	found, seen := f.answers[offset]
	if !seen {
		f.hasty, f.gaveUp = true, false
		found.Reference, found.ok = f.nearestReference(offset)
		f.hasty = false
		if f.gaveUp {
			return ref, false, false
		}
		f.remember(offset, found)
	}
	return found.Reference, found.ok, true
}

// remember keeps what was found at an offset.
func (f *File) remember(offset int, found answered) {
	if f.answers == nil || len(f.answers) >= maxAnswers {
		f.answers = map[int]answered{}
	}
	f.answers[offset] = found
}

// answered is what ReferenceAt has found at an offset.
type answered struct {
	Reference
	ok    bool
	after *Place // PlaceAfter, once somebody has asked
}

// maxAnswers bounds how many offsets a version remembers the references of.
const maxAnswers = 4096

// nearestReference is ReferenceAt for a cursor between two bytes.
func (f *File) nearestReference(offset int) (ref Reference, ok bool) {
	for _, at := range []int{offset, offset - 1} { // a cursor behind a name is on it
		if at < 0 || at >= len(f.text) {
			continue
		}
		if ref, ok = f.referenceAt(at); ok {
			ref.Language = f.language.Name
			return ref, true
		}
		if r, _ := utf8.DecodeRune(f.text[at:]); isWord(r) {
			break
		}
	}
	return Reference{}, false
}

// Uses returns a reference for every chain of members, call and name in the
// file, in the order of the text; a chain is given at its full length alone. A
// chain that cannot be traced to an import has no Module, and its Path begins
// with the name that it starts at. It is meant for small files, such as the
// code blocks of a guide.
func (f *File) Uses() []Reference {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	root := f.root()
	var uses []Reference
	f.walk(root, func(n *sitter.Node, path []*sitter.Node) bool {
		r := f.shape(n).role
		if r != roleName && r != roleKey {
			return r != roleImport && (n.Type() != "export_statement" || n.ChildByFieldName("source") == nil)
		}
		chain := f.chainOf(path)
		if chain < 0 || chain > 0 && f.isObject(path[chain-1], path[chain]) {
			return true
		}
		v := visit{f: f}
		ref, ok := v.resolve(path[chain])
		if !ok {
			ref = Reference{Path: f.spelling(path[chain], 0)}
		}
		if ok || len(ref.Path) > 1 {
			ref = v.finish(ref)
			ref.Kind, ref.Language, ref.Span = KindChain, f.language.Name, spanOf(path[chain])
			f.call(&ref, path, chain)
			ref.Options = f.optionsOf(path, chain)
			uses = append(uses, ref)
		}
		return true
	})
	return uses
}

// spelling gives the names of a chain as they are written; nil where it starts
// at something else than a name.
func (f *File) spelling(n *sitter.Node, depth int) Path {
	if n == nil || depth > maxDepth {
		return nil
	}
	switch s := f.shape(n); s.role {
	case roleName:
		return Path{{Name: n.Content(f.text)}}
	case roleMember:
		object, property := sides(n)
		names := f.spelling(object, depth+1)
		if names == nil || property == nil {
			return nil
		}
		return append(names, Segment{Name: property.Content(f.text)})
	case roleCall, roleNew:
		callee := f.spelling(n.ChildByFieldName(s.first), depth+1)
		if callee != nil {
			callee[len(callee)-1].Called = true
		}
		return callee
	case roleInner:
		return f.spelling(n.NamedChild(0), depth+1)
	}
	return nil
}

// Lookup resolves a name as it is known at the end of the file.
func (f *File) Lookup(name string) (Reference, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return Reference{}, false
	}
	v := visit{f: f, own: true}
	ref, ok := v.name(name, len(f.text))
	return v.finish(ref), ok
}

// referenceAt is ReferenceAt for the byte at offset.
func (f *File) referenceAt(offset int) (ref Reference, ok bool) {
	path := f.ancestors(offset)
	if len(path) >= maxNesting {
		return ref, false
	}
	leaf := path[len(path)-1]
	if f.imports(path) || f.inString(path) {
		if ref, ok = f.importAt(path, offset); ok {
			return ref, ok
		}
		if f.inString(path) {
			if ref, ok = f.quotedAt(path, offset); ok {
				return ref, ok
			}
			return f.optionAt(path)
		}
	}
	if r := f.shape(leaf).role; r != roleName && r != roleKey && r != roleSelf {
		return ref, false
	}
	chain := f.chainOf(path)
	if chain < 0 {
		return f.optionAt(path)
	}
	v := visit{f: f}
	if ref, ok = v.resolve(path[chain]); !ok {
		return f.optionAt(path) // create({ email })
	}
	ref = v.finish(ref)
	ref.Kind, ref.Span = KindChain, Span{int(path[chain].StartByte()), int(leaf.EndByte())}
	if len(ref.Path) == 0 && !ref.Called {
		ref.Kind = KindModule
	}
	f.call(&ref, path, chain)
	return ref, true
}

// call adds what the call of the chain at path[i] tells, if it is called.
func (f *File) call(ref *Reference, path []*sitter.Node, i int) {
	if i == 0 {
		return
	}
	parent := path[i-1]
	s := f.shape(parent)
	if s.role != roleCall && s.role != roleNew || !same(parent.ChildByFieldName(s.first), path[i]) {
		return
	}
	ref.Invoked = true
	arguments := parent.ChildByFieldName(s.second)
	if arguments == nil {
		return
	}
	for i := range min(int(arguments.NamedChildCount()), 8) {
		argument := arguments.NamedChild(i)
		switch a := f.shape(argument); a.role {
		case roleNew, roleCall:
			callee := argument.ChildByFieldName(a.first)
			if callee == nil || callee.EndByte()-callee.StartByte() > maxAnnotation {
				continue
			}
			name := lastName(callee.Content(f.text))
			v := visit{f: f}
			if class, ok := v.resolve(callee); ok && len(class.Path) > 0 {
				name = class.Path[len(class.Path)-1].Name // as the module calls it
			}
			ref.construct(name)
		case roleName:
			// const command = new XCommand(); client.send(command)
			if i > 0 || len(ref.Path) == 0 || !slices.Contains(sending, ref.Path[len(ref.Path)-1].Name) {
				continue
			}
			v := visit{f: f}
			if command, ok := v.resolve(argument); ok && len(command.Path) > 0 {
				if last := command.Path[len(command.Path)-1]; last.Called {
					ref.construct(last.Name)
				}
			}
		}
	}
}

// sending are methods whose first argument tells what they are about.
var sending = []string{"send", "execute", "dispatch"}

// construct adds a class to those that are constructed for the call.
func (r *Reference) construct(name string) {
	if name != "" && name[0] >= 'A' && name[0] <= 'Z' {
		r.Constructed = append(r.Constructed, name)
	}
}

func lastName(chain string) string { return chain[strings.LastIndexByte(chain, '.')+1:] }

// importAt finds the module or the imported name that an offset is on.
func (f *File) importAt(path []*sitter.Node, offset int) (Reference, bool) {
	if f.hasty {
		f.gaveUp = true
		return Reference{}, false
	}
	found := f.importsBelow(around(path), areaOf(f.text, Span{offset, offset + 1}))
	if i := slices.IndexFunc(path, func(n *sitter.Node) bool { return f.shape(n).role == roleStatement }); len(found) == 0 && i > 0 {
		if before := path[i].PrevNamedSibling(); before != nil && before.Type() == "export_statement" {
			if rest, _ := exportedRequire(before); rest != nil {
				found = f.importsBelow(before, nil)
			}
		}
	}
	for _, i := range found {
		if i.Span.Contains(offset) {
			return Reference{Kind: KindModule, Module: i.Module, Span: i.Span}, true
		}
		for _, n := range i.Names {
			if n.Span.Contains(offset) || n.LocalSpan.Contains(offset) {
				v := visit{f: f}
				ref, ok := v.imported(&imported{i, n.Name}, i.Statement)
				ref = v.finish(ref)
				ref.Kind, ref.Span = KindName, n.LocalSpan
				if n.Span.Contains(offset) {
					ref.Span = n.Span
				}
				if len(ref.Path) == 0 {
					ref.Kind = KindModule
				}
				return ref, ok
			}
		}
		if i.Local != "" && i.LocalSpan.Contains(offset) {
			return Reference{Kind: KindModule, Module: i.Module, Span: i.LocalSpan}, true
		}
	}
	return Reference{}, false
}

// ancestors lists the nodes around the byte at offset, from the root to the
// leaf. The result must not be changed.
//
// The questions about one cursor are about places close to each other, and a
// file has many nodes at its top level: the walk starts where the last one was.
func (f *File) ancestors(offset int) []*sitter.Node {
	f.path = f.tree.descend(f.near(offset), offset)
	return f.path
}

// near is a list of nodes to start from: the last one, or for another part of
// the file the top-level node there.
func (f *File) near(offset int) []*sitter.Node {
	if len(f.path) > 1 && spanOf(f.path[1]).Start <= offset && offset < spanOf(f.path[1]).End || len(f.answers) < manyAnswers {
		return f.path
	}
	return f.atTop(offset)
}

// atTop is the root and the child of it that holds the byte at offset; nil where
// none does.
func (f *File) atTop(offset int) []*sitter.Node {
	f.listTop()
	i, _ := slices.BinarySearchFunc(f.top, offset, func(t topNode, o int) int { return t.End - o - 1 })
	if i < len(f.top) && f.top[i].Start <= offset && offset < f.top[i].End {
		return []*sitter.Node{f.root(), f.top[i].node}
	}
	return nil
}

// listTop lists the children of the root.
func (f *File) listTop() {
	if f.top != nil {
		return
	}
	cursor := sitter.NewTreeCursor(f.root())
	defer cursor.Close()
	for ok := cursor.GoToFirstChild(); ok; ok = cursor.GoToNextSibling() {
		n := cursor.CurrentNode()
		f.top = append(f.top, topNode{spanOf(n), n})
	}
}

// topNode is a child of the root.
type topNode struct {
	Span
	node *sitter.Node
}

// manyAnswers is after how many questions it pays to list the top level: to
// find a node there, tree-sitter walks all those before it.
const manyAnswers = 4

// walk calls each for n and every node below it, with the nodes from n to it,
// in the order of the text. It does not go below those where each says false.
func (f *File) walk(n *sitter.Node, each func(*sitter.Node, []*sitter.Node) bool) {
	cursor := sitter.NewTreeCursor(n)
	defer cursor.Close()
	path := []*sitter.Node{n}
	for {
		if each(path[len(path)-1], path) && len(path) < maxNesting && cursor.GoToFirstChild() {
			path = append(path, cursor.CurrentNode())
			continue
		}
		for !cursor.GoToNextSibling() {
			if !cursor.GoToParent() {
				return
			}
			path = path[:len(path)-1]
		}
		path[len(path)-1] = cursor.CurrentNode()
	}
}

func (f *File) shape(n *sitter.Node) shape {
	if s := int(n.Symbol()); s < len(f.language.shapes) {
		return f.language.shapes[s]
	}
	return shape{} // the error node has a symbol of its own
}

// imports reports whether the leaf of path stands in a statement that imports.
func (f *File) imports(path []*sitter.Node) bool {
	return slices.ContainsFunc(path, func(n *sitter.Node) bool {
		r := f.shape(n).role
		return r == roleImport || r == roleExported && n.NextNamedSibling() != nil // its source
	})
}

func (f *File) inString(path []*sitter.Node) bool {
	// The text, or a quote, inside the string node.
	return slices.ContainsFunc(path[max(0, len(path)-2):], func(n *sitter.Node) bool { return f.shape(n).role == roleString })
}

// chainOf finds the node of the chain that ends in the leaf of path: the leaf
// itself, or the member access whose property it is. It returns -1 where the
// leaf is a key and no member of anything.
func (f *File) chainOf(path []*sitter.Node) int {
	leaf := len(path) - 1
	if leaf > 0 {
		parent := path[leaf-1]
		if f.isMember(parent) {
			if _, property := sides(parent); same(property, path[leaf]) {
				return leaf - 1
			}
		}
		if parent.Type() == "keyword_argument" && same(parent.ChildByFieldName("name"), path[leaf]) {
			return -1
		}
	}
	if f.shape(path[leaf]).role == roleKey {
		return -1
	}
	return leaf
}

// isObject reports whether n is the object of the member access parent.
func (f *File) isObject(parent, n *sitter.Node) bool {
	if !f.isMember(parent) {
		return false
	}
	object, _ := sides(parent)
	return same(object, n)
}

func (f *File) isMember(n *sitter.Node) bool { return f.shape(n).role == roleMember }

// sides are the object and the property of a member. A child is had in a fraction of
// the time that a field takes, whose name is looked up each time, and this is what a
// hover does most.
func sides(member *sitter.Node) (object, property *sitter.Node) {
	return member.Child(0), member.Child(int(member.ChildCount()) - 1)
}

func same(a, b *sitter.Node) bool { return a != nil && b != nil && (a == b || a.Equal(b)) }

// visit is one walk from an expression to its import.
type visit struct {
	f     *File
	hops  int
	spent *int // the names that were looked up by this visit and those that it sent out
	own   bool // do not ask outside the file
	steps []Step
	seen  *trail // bindings on the way, against cycles
	// open are the rests of the dotted modules that a Python name may be the
	// head of: for "import a.b.c", the name a stands for a until .b.c is read.
	open [][]string
}

// trail is the way that a visit has come.
type trail struct {
	at   Span
	rest *trail
}

// maxSpent bounds how many names are looked up to answer one question.
const maxSpent = 512

// spend counts a name that is looked up; it reports whether that was one too many.
func (v *visit) spend() bool {
	if v.spent == nil {
		v.spent = new(int)
	}
	*v.spent++
	v.hops++
	return v.hops > maxHops || *v.spent > maxSpent
}

// aside is a visit that looks at something beside the way.
func (v *visit) aside() visit {
	if v.spent == nil {
		v.spent = new(int)
	}
	return visit{f: v.f, own: v.own, hops: v.hops, spent: v.spent, seen: v.seen}
}

// finish gives a reference the steps of the visit.
func (v *visit) finish(ref Reference) Reference {
	ref.Steps = v.steps
	return ref
}

// resolve traces an expression to its import.
func (v *visit) resolve(n *sitter.Node) (Reference, bool) { return v.expression(n, 0) }

func (v *visit) expression(n *sitter.Node, depth int) (Reference, bool) {
	t, ok := v.value(n, depth)
	return t.asRef(ok)
}

// quotedAt resolves the name under an offset in an annotation that is a string.
func (f *File) quotedAt(path []*sitter.Node, offset int) (ref Reference, ok bool) {
	i := slices.IndexFunc(path, func(n *sitter.Node) bool { return f.shape(n).role == roleString })
	if i < 1 || path[i-1].Type() != "type" {
		return ref, false
	}
	start, end := offset, offset
	for start > 0 && (isWordByte(f.text[start-1]) || f.text[start-1] == '.') {
		start--
	}
	for end < len(f.text) && isWordByte(f.text[end]) {
		end++
	}
	if end == offset {
		return ref, false
	}
	v := visit{f: f}
	t, ok := v.dotted(string(f.text[start:end]), start)
	ref, ok = t.asRef(ok)
	ref = v.finish(ref)
	ref.Kind, ref.Span = KindChain, Span{start, end}
	return ref, ok
}

// isWordByte reports whether a byte may be of a name; those above ASCII may.
func isWordByte(b byte) bool { return b >= utf8.RuneSelf || isWord(rune(b)) }

// member finds what object.property is.
func (v *visit) member(n *sitter.Node, depth int) (thing, bool) {
	object, property := sides(n)
	if object == nil || property == nil {
		return thing{}, false
	}
	t, ok := v.value(object, depth+1)
	if !ok {
		return t, false
	}
	return v.part(t, property.Content(v.f.text), depth+1)
}

// step goes from a reference to a member of it.
func (v *visit) step(ref Reference, name string) Reference {
	var rest [][]string
	for _, o := range v.open {
		if len(o) > 0 && o[0] == name {
			rest = append(rest, o[1:])
		}
	}
	v.open = nil
	if len(rest) > 0 {
		v.open = rest
		ref.Module += "." + name
		return ref
	}
	ref.Path = append(slices.Clip(ref.Path), Segment{Name: name})
	return ref
}

// instance marks what a reference leads to as called.
func instance(ref Reference) Reference {
	if len(ref.Path) == 0 {
		ref.Called = true
		return ref
	}
	ref.Path = slices.Clone(ref.Path)
	ref.Path[len(ref.Path)-1].Called = true
	return ref
}

// returns lists the expressions that a function returns.
func (f *File) returns(function *sitter.Node) []*sitter.Node { return f.given(function, roleReturn) }

// yields lists the expressions that a function yields.
func (f *File) yields(function *sitter.Node) []*sitter.Node { return f.given(function, roleYield) }

// given lists the expressions that a function hands out by nodes of one role.
func (f *File) given(function *sitter.Node, by role) []*sitter.Node {
	body := function.ChildByFieldName(f.shape(function).first)
	if body == nil {
		return nil
	}
	if f.shape(body).role != roleBlock && body.Type() != "block" {
		return []*sitter.Node{body}
	}
	var found []*sitter.Node
	cursor := sitter.NewTreeCursor(body)
	defer cursor.Close()
	if !cursor.GoToFirstChild() {
		return nil
	}
	for depth := 1; ; {
		n := cursor.CurrentNode()
		r := f.shape(n).role
		if r == by && n.NamedChildCount() > 0 && len(found) < 8 {
			found = append(found, firstChild(n))
		}
		if r != roleReturn && r != roleFunction && r != roleClass && (r != roleStatement || by == roleYield) && cursor.GoToFirstChild() {
			depth++
			continue
		}
		for !cursor.GoToNextSibling() {
			if depth--; depth == 0 || !cursor.GoToParent() {
				return found
			}
		}
	}
}

// name resolves a name as it is known at an offset.
func (v *visit) name(name string, offset int) (Reference, bool) {
	t, ok := v.named(name, offset)
	return t.asRef(ok)
}

// named finds what a name stands for at an offset.
func (v *visit) named(name string, offset int) (thing, bool) {
	f := v.f
	if v.spend() || name == "" {
		return thing{}, false
	}
	all := f.bindings(name, false, offset)
	candidates := f.visible(all, offset)
	if len(candidates) == 0 {
		ref, ok := v.unbound(name)
		return thing{ref: ref}, ok
	}
	if b := candidates[0]; b.from != nil && b.from.name == "" {
		ref, ok := v.head(name, candidates)
		return thing{ref: ref}, ok
	}
	return v.first(candidates, offset)
}

// first follows the nearest binding; those before it only where it sets the
// name to nothing yet, or lies in a branch that the offset is not in.
func (v *visit) first(candidates []binding, offset int) (thing, bool) {
	several := len(candidates) > 1
	for i, b := range candidates {
		switch {
		case several && v.f.excludes(b.name, offset):
			continue
		case b.how == byFunction:
			return thing{kind: thingFunction, node: b.node}, true
		case b.how == byClass:
			return thing{kind: thingClass, node: b.node}, true
		}
		if v.loops(b.name) {
			continue // x = wrap(x): the x inside is an earlier one
		}
		if b.from != nil {
			ref, ok := v.imported(b.from, b.statement)
			return thing{ref: ref}, ok
		}
		if b.how == byValue && v.f.shape(b.node).role == roleNull {
			continue
		}
		t, ok := v.remembered(b)
		if !ok && b.how == byDeclaration {
			continue
		}
		if ok && several && v.disputed(t, b, candidates[i+1:], offset) {
			return thing{}, false
		}
		return t, ok
	}
	return thing{}, false
}

// followed is where following a binding has led.
type followed struct {
	thing
	ok    bool
	steps []Step
	open  [][]string
}

// remembered follows a binding, or knows where that has led before: all uses of
// a client share its binding. What is found in the middle of a visit depends on
// the visit, and is not kept.
func (v *visit) remembered(b binding) (thing, bool) {
	if v.seen == nil || v.seen.rest != nil || v.f.outer != nil {
		v.f.gaveUp = v.f.hasty
		return v.bound(b)
	}
	found, ok := v.f.followed[b.name]
	if !ok && v.f.hasty {
		v.f.gaveUp = true
		return thing{}, false
	}
	if !ok {
		found.thing, found.ok = v.bound(b)
		found.steps, found.open = slices.Clip(v.steps), v.open
		if v.f.followed == nil {
			v.f.followed = map[Span]followed{}
		}
		v.f.followed[b.name] = found
	}
	v.steps, v.open = found.steps, found.open
	return found.thing, found.ok
}

// bound follows one binding.
func (v *visit) bound(b binding) (t thing, ok bool) {
	switch b.how {
	case byValue:
		t, ok = v.value(b.node, 0)
	case byType:
		if t, ok = v.typed(b.node, 0); !ok && b.value != nil && !v.f.isBuiltIn(b.node, 0) {
			t, ok = v.value(b.value, 0)
		}
	case byPattern:
		return v.patterned(b)
	case byParameter:
		return v.parameter(b)
	case byElement:
		if t, ok = v.value(b.node, 0); !ok || t.kind != thingList {
			return thing{}, false // an element of what a call gives is not known
		}
		var elements []*sitter.Node
		for i := range min(int(t.node.NamedChildCount()), maxParts) {
			elements = append(elements, t.node.NamedChild(i))
		}
		t, ok = v.agree(elements, 0, v.value)
	}
	if !ok && (b.how == byValue || b.how == byDeclaration) {
		t, ok = v.documented(b.name.Start, "@type", "")
	}
	if ok {
		v.note(b.statement, nil)
	}
	return t, ok
}

// loops reports whether a binding is being followed already, and remembers it.
func (v *visit) loops(s Span) bool {
	for t := v.seen; t != nil; t = t.rest {
		if t.at == s {
			return true
		}
	}
	v.seen = &trail{s, v.seen}
	return false
}

func (f *File) classAt(offset int) (scope, bool) {
	nodes := f.ancestors(offset)
	for i := len(nodes) - 1; i >= 0; i-- {
		if f.shape(nodes[i]).role == roleClass {
			return scope{spanOf(nodes[i]), roleClass}, true
		}
	}
	return scope{}, false
}

// imported is the reference that an import's name stands for.
func (v *visit) imported(i *imported, statement Span) (Reference, bool) {
	v.note(statement, nil)
	ref := Reference{Module: i.Module}
	switch i.name {
	case DefaultName:
		ref.Default = true
	case WholeModule, "":
	default:
		ref.Path = Path{{Name: i.name}}
	}
	return ref, true
}

// head resolves the head of "import a.b.c": several such imports may share it.
func (v *visit) head(head string, candidates []binding) (Reference, bool) {
	ref := Reference{Module: head}
	for _, b := range candidates {
		if b.from != nil && b.from.name == "" {
			if _, rest, ok := cutDot(b.from.Module); ok {
				v.open = append(v.open, strings.Split(rest, "."))
			}
		}
	}
	v.note(candidates[0].statement, nil)
	return ref, true
}

// unbound resolves a name that nothing in the tree binds: while a syntax error
// is being typed, the import that did may be held from before.
func (v *visit) unbound(name string) (Reference, bool) {
	f := v.f
	if f.root().HasError() {
		held := f.hold(nil, f.good)
		if f.imported {
			held = f.known
		}
		for _, i := range held {
			for _, b := range f.importBindings(i, name) {
				return v.imported(b.from, b.statement)
			}
		}
	}
	if f.outer != nil && !v.own {
		if ref, ok := f.outer(name); ok {
			return ref, true
		}
	}
	return v.starred(name)
}

// starred resolves a name that nothing binds to the only star import that may
// have brought it.
func (v *visit) starred(name string) (ref Reference, ok bool) {
	f := v.f
	if slices.Contains(f.language.syntax.always, name) {
		return ref, false
	}
	for _, b := range f.bindings(WholeModule, false, 0) {
		if ok {
			return Reference{}, false // any of several may have it
		}
		v.note(b.statement, nil)
		ref, ok = Reference{Module: b.from.Module, Path: Path{{Name: name}}, Star: true}, true
	}
	return ref, ok
}

// note records a hop for explanations.
func (v *visit) note(at Span, node *sitter.Node) {
	if node != nil {
		at = Span{min(at.Start, int(node.StartByte())), max(at.End, int(node.EndByte()))}
	}
	text := strings.Join(strings.Fields(string(v.f.text[at.Start:min(at.End, at.Start+200)])), " ")
	v.steps = append(v.steps, Step{Span: at, Text: text})
}

func cutDot(s string) (head, rest string, ok bool) { return strings.Cut(s, ".") }
