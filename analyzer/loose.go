package analyzer

import sitter "github.com/smacker/go-tree-sitter"

// LooseAt returns the chain of members under a byte offset where nothing in this
// file says what it starts at: a parameter without a type, a field that is set to
// one. The reference has no Module, and its Path is what follows that name, with
// no call in it. ok is false everywhere else, and where [File.ReferenceAt] knows
// more.
func (f *File) LooseAt(offset int) (ref Reference, ok bool) {
	if offset < 0 || offset > len(f.text) {
		return ref, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return ref, false
	}
	return f.looseAt(offset)
}

// KnownLoose is LooseAt where that takes some microseconds at most, as
// [File.Known] is ReferenceAt, and where Imports is at hand, too.
func (f *File) KnownLoose(offset int) (ref Reference, ok, known bool) {
	if !f.mu.TryLock() {
		return ref, false, false
	}
	defer f.mu.Unlock()
	if !f.parsed || f.tree == nil || !f.asked {
		return ref, false, false
	}
	f.hasty, f.gaveUp = true, false
	ref, ok = f.looseAt(offset)
	f.hasty = false
	return ref, ok, !f.gaveUp && (!ok || f.imported)
}

func (f *File) looseAt(offset int) (ref Reference, ok bool) {
	for _, at := range []int{offset, offset - 1} { // a cursor behind a name is on it
		if at < 0 || at >= len(f.text) {
			continue
		}
		path := f.ancestors(at)
		if len(path) >= maxNesting || f.imports(path) || f.inString(path) {
			continue
		}
		leaf := path[len(path)-1]
		if r := f.shape(leaf).role; r != roleName && r != roleKey {
			continue
		}
		chain := f.chainOf(path)
		if chain < 0 || f.shape(path[chain]).role != roleMember {
			return ref, false
		}
		start, names := f.members(path[chain])
		if start == nil || !f.isUnknown(start) {
			return ref, false
		}
		ref = Reference{Kind: KindChain, Language: f.language.Name, Path: names, Span: Span{int(path[chain].StartByte()), int(leaf.EndByte())}}
		f.call(&ref, path, chain)
		return ref, true
	}
	return ref, false
}

// members takes a chain apart: what it starts at, a name or a field of self, and
// the names that follow. start is nil where there is a call in it.
func (f *File) members(n *sitter.Node) (start *sitter.Node, names Path) {
	for range maxHops {
		s := f.shape(n)
		switch s.role {
		case roleName:
			return n, names
		case roleInner:
			if n = inner(n, s); n == nil {
				return nil, nil
			}
			continue
		case roleMember:
		default:
			return nil, nil
		}
		object, property := sides(n)
		if object == nil || property == nil {
			return nil, nil
		}
		if f.shape(object).role == roleSelf || f.isSelf(object) {
			return n, names // self.client
		}
		names = append(Path{{Name: property.Content(f.text)}}, names...)
		n = object
	}
	return nil, nil
}

// isUnknown reports whether a name, or a field of self, has a value that nothing
// in the file tells.
func (f *File) isUnknown(n *sitter.Node) bool {
	v := visit{f: f}
	if _, ok := v.value(n, 0); ok {
		return false
	}
	field := f.shape(n).role == roleMember
	name := n
	if field {
		name = n.ChildByFieldName(f.shape(n).second)
	}
	at := int(n.StartByte())
	bound := f.bindings(name.Content(f.text), field, at)
	if !field {
		bound = f.visible(bound, at)
	}
	if len(bound) == 0 {
		return false // of the language, or of who knows what
	}
	for _, b := range bound {
		switch {
		case b.from != nil, b.how == byType, b.how == byElement, b.how == byFunction, b.how == byClass:
			return false
		case b.node != nil && !f.isOpen(b.node):
			return false
		}
	}
	return true
}

// isOpen reports whether an expression may have any value: a name, or a member of
// one, and no literal and no call.
func (f *File) isOpen(n *sitter.Node) bool {
	switch f.shape(n).role {
	case roleName, roleMember, roleNull:
		return true
	}
	return false
}
