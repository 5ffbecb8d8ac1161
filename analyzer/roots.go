package analyzer

// RootOf finds how the chain of a reference spells an object: for self.client.users.get
// and a client, self.client. stands says whether a part of the chain stands for the
// object; another file may have made it, and what this one knows is the import. ok
// is false where the chain does not go through it.
func (f *File) RootOf(ref Reference, stands func(Reference) bool) (spelling string, ok bool) {
	for _, r := range f.roots(ref) {
		if stands(r.ref) {
			return r.spelling, true
		}
	}
	return "", false
}

// root is the beginning of a chain, with what it stands for.
type root struct {
	spelling string
	ref      Reference
}

// roots lists the beginnings of the chain of a reference, the shortest first.
func (f *File) roots(ref Reference) (roots []root) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	path := f.ancestors(ref.Span.Start)
	for i := len(path) - 1; i > 0 && spanOf(path[i]).Start == ref.Span.Start && spanOf(path[i]).End <= ref.Span.End; i-- {
		if r := f.shape(path[i]).role; r != roleName && r != roleMember && r != roleSelf {
			continue
		}
		v := visit{f: f}
		if got, found := v.resolve(path[i]); found {
			got.Language = f.language.Name
			got.Span = spanOf(path[i])
			roots = append(roots, root{path[i].Content(f.text), got})
		}
	}
	return roots
}
