package analyzer

import (
	"slices"

	sitter "github.com/smacker/go-tree-sitter"
)

// TopStatement is the child of the file that an offset lies in.
func (f *File) TopStatement(offset int) (Span, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil || offset < 0 || offset >= len(f.text) {
		return Span{}, false
	}
	path := f.ancestors(offset)
	if len(path) < 2 {
		return Span{}, false
	}
	return spanOf(path[1]), true
}

// Slice lists, for a statement at the top level, the statements before it that
// it needs: those that bind a name which it uses, and the checks of such a name;
// with what these need in turn. Imports are left out. It is meant for small files.
func (f *File) Slice(statement Span) []Span {
	f.mu.Lock()
	defer f.mu.Unlock()
	root := f.root()
	if root == nil {
		return nil
	}
	_, binds := f.language.queries()
	needed := map[string]bool{}
	need := func(n *sitter.Node) {
		f.walk(n, func(n *sitter.Node, path []*sitter.Node) bool {
			if f.shape(n).role == roleName && f.chainOf(path) == len(path)-1 {
				needed[n.Content(f.text)] = true
			}
			return true
		})
	}
	var before []*sitter.Node
	for i := range int(root.NamedChildCount()) {
		n := root.NamedChild(i)
		if spanOf(n).End <= statement.Start && f.shape(n).role != roleImport && f.shape(n).role != roleComment {
			before = append(before, n)
		} else if spanOf(n) == statement {
			need(n)
		}
	}
	bound := map[string]bool{} // by any of those before
	binding := make([][]string, len(before))
	for i, n := range before {
		binds.run(n, f.text, nil, func(m match) {
			if name := m.nodes["name"]; name != nil {
				binding[i] = append(binding[i], name.Content(f.text))
				bound[name.Content(f.text)] = true
			}
		})
	}
	var found []Span
	for i := len(before) - 1; i >= 0; i-- {
		wanted := slices.ContainsFunc(binding[i], func(name string) bool { return needed[name] })
		if before[i].Type() == "if_statement" {
			f.walk(before[i], func(n *sitter.Node, _ []*sitter.Node) bool {
				name := n.Content(f.text)
				wanted = wanted || f.shape(n).role == roleName && needed[name] && bound[name]
				return !wanted
			})
		}
		if wanted {
			need(before[i])
			found = append(found, spanOf(before[i]))
		}
	}
	slices.Reverse(found)
	return found
}
