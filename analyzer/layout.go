package analyzer

import (
	"bytes"

	sitter "github.com/smacker/go-tree-sitter"
)

// PlaceForImports finds where a new import goes: after the first group of those
// that stand at the top level, or else on top, below a comment or a string that
// introduces the file.
func (f *File) PlaceForImports() Place {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return Place{}
	}
	root := f.root()
	cursor := sitter.NewTreeCursor(root)
	defer cursor.Close()
	var last, comment *sitter.Node
	leading, imports := true, false
	for ok, seen := cursor.GoToFirstChild(), 0; ok && seen < maxTop; ok, seen = cursor.GoToNextSibling(), seen+1 {
		n := cursor.CurrentNode()
		imported := f.importsAtTop(n)
		// A comment that stands on what follows is about that.
		if leading && comment != nil && (imported || f.isLoneString(n) || n.StartPoint().Row > comment.EndPoint().Row+1) {
			last = comment
		}
		switch r := f.shape(n).role; {
		case imported:
			last, leading, imports = n, false, true
		case r == roleComment:
			if comment = n; leading && f.aboutTheFile(n) {
				last = n
			}
			continue
		case leading && (n.Type() == "hash_bang_line" || f.isLoneString(n)):
			last = n
		case imports:
			seen = maxTop
		default:
			leading = false
		}
		comment = nil
	}
	if leading && comment != nil {
		last = comment // there is nothing else in the file
	}
	if last == nil {
		return Place{In: f.file()}
	}
	if p, ok := f.behind([]*sitter.Node{root, last}, 1); ok {
		return p
	}
	return placeAt(f.text, lineEnd(f.text, f.endOf(last)), "", f.file())
}

// maxTop bounds how many nodes of the top level are looked at for imports.
const maxTop = 2000

// aboutTheFile reports whether a comment must stay at the top: a shebang, or
// Python's encoding.
func (f *File) aboutTheFile(n *sitter.Node) bool {
	text := f.text[n.StartByte():n.EndByte()]
	return n.StartPoint().Row < 2 && (bytes.HasPrefix(text, []byte("#!")) || len(text) < 200 && bytes.Contains(text, []byte("coding")))
}

// importsAtTop reports whether a top-level node is an import: a statement, or
// a declaration whose value is required.
func (f *File) importsAtTop(n *sitter.Node) bool {
	switch f.shape(n).role {
	case roleImport:
		return true
	case roleStatement:
		text := n.Content(f.text)
		return len(text) < 1000 && f.language.Name != "python" && bytes.Contains([]byte(text), []byte("require(")) && len(f.importsBelow(n, nil)) > 0
	}
	return false
}

// isLoneString reports whether a statement is nothing but a string: a doc
// string, or "use strict".
func (f *File) isLoneString(n *sitter.Node) bool {
	return f.shape(n).role == roleStatement && n.NamedChildCount() == 1 && f.shape(n.NamedChild(0)).role == roleString
}

// Assignment is a name that a statement at the top level of a file gives a value.
type Assignment struct {
	Name      string
	Statement Span
	Value     Reference
}

// Assignments lists the top-level statements that give one name a value which
// can be traced to an import, in the order of the text. It is meant for small files.
func (f *File) Assignments() []Assignment {
	f.mu.Lock()
	defer f.mu.Unlock()
	root := f.root()
	if root == nil {
		return nil
	}
	_, binds := f.language.queries()
	var found []Assignment
	for i := range int(root.NamedChildCount()) {
		statement := root.NamedChild(i)
		if f.shape(statement).role != roleStatement {
			continue
		}
		binds.run(statement, f.text, nil, func(m match) {
			name, value := m.nodes["name"], m.nodes["value"]
			if name == nil || value == nil || m.nodes["key"] != nil || f.shape(value).role == roleFunction || len(found) > 0 && found[len(found)-1].Statement == spanOf(statement) {
				return
			}
			if f.scopeAt(int(name.StartByte()), roleNone).role != roleNone {
				return // of a function within
			}
			v := visit{f: f}
			if ref, ok := v.resolve(value); ok {
				found = append(found, Assignment{name.Content(f.text), spanOf(statement), v.finish(ref)})
			}
		})
	}
	return found
}

// Names lists where a name stands as a variable: not as a member, a key or an
// argument's name.
func (f *File) Names(name string) []Span {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	root := f.root()
	var found []Span
	f.walk(root, func(n *sitter.Node, path []*sitter.Node) bool {
		if f.shape(n).role == roleName && f.chainOf(path) == len(path)-1 && n.Content(f.text) == name {
			found = append(found, spanOf(n))
		}
		return true
	})
	return found
}

// MultilineStrings lists the string literals that span several lines, whose
// text is not to be indented.
func (f *File) MultilineStrings() []Span {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	root := f.root()
	var found []Span
	f.walk(root, func(n *sitter.Node, _ []*sitter.Node) bool {
		if s := spanOf(n); f.shape(n).role == roleString && bytes.IndexByte(f.text[s.Start:s.End], '\n') >= 0 {
			found = append(found, s)
			return false
		}
		return true
	})
	return found
}

// Broken reports whether the file has a syntax error.
func (f *File) Broken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	root := f.root()
	return root == nil || root.HasError()
}

func lineStart(text []byte, offset int) int { return bytes.LastIndexAny(text[:offset], "\n\r") + 1 }

// lineEnd is the offset of the line's end, before its line feed or return.
func lineEnd(text []byte, offset int) int {
	if i := bytes.IndexAny(text[offset:], "\n\r"); i >= 0 {
		return offset + i
	}
	return len(text)
}

func indentOf(text []byte, start int) string {
	end := start
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	return string(text[start:end])
}

// Free resolves a name that the file does not bind by its Outer.
func (f *File) Free(name string) (Reference, bool) {
	if f.outer == nil || f.Binds(name) {
		return Reference{}, false
	}
	return f.outer(name)
}

// Binds reports whether the file binds a name at its top level.
func (f *File) Binds(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return false
	}
	return len(f.visible(f.bindings(name, false, len(f.text)), len(f.text))) > 0
}
