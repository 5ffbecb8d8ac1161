package analyzer

import (
	"bytes"

	sitter "github.com/smacker/go-tree-sitter"
)

// Place is where a file takes new statements: after a statement, or in place
// of an empty line.
type Place struct {
	// Offset is the byte offset of a line's start, or the end of the text.
	Offset int
	// Indent is the white space that a statement there begins with.
	Indent string
	// Open is set where the text before Offset lacks its line end.
	Open bool
}

// PlaceAfter finds where a statement can be put after the one that holds an
// offset, at the same level. A statement that does not begin its line, such as
// the body of a one-line if, gives way to the one that holds it.
func (f *File) PlaceAfter(offset int) Place {
	offset = min(max(offset, 0), len(f.text))
	if offset > 0 && offset < len(f.text) && f.text[offset-1] == '\r' && f.text[offset] == '\n' {
		offset-- // between the two bytes of a line end is before it
	}
	start := lineStart(f.text, offset)
	if len(bytes.TrimSpace(f.text[start:lineEnd(f.text, start)])) == 0 {
		return Place{Offset: start, Indent: indentOf(f.text, start)}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	end := lineEnd(f.text, offset)
	indent := indentOf(f.text, start)
	behind := 0
	if f.root() != nil {
		f.language.queries()
		// The first byte that is no white space: the line may be the cursor's all
		// the same.
		at := offset
		if first := start + len(indent); at < first {
			at = first
		} else {
			// Behind the end of a line the tree only has what holds the statement.
			for at > first && (at == len(f.text) || bytes.IndexByte([]byte(" \t\r\n"), f.text[at]) >= 0) {
				at--
			}
		}
		path := f.ancestors(min(at, max(len(f.text)-1, 0)))
		for i := len(path) - 1; i > 0; i-- {
			n := path[i]
			from := lineStart(f.text, int(n.StartByte()))
			if !f.isStatement(path, i) || len(bytes.TrimSpace(f.text[from:n.StartByte()])) > 0 {
				continue
			}
			end, indent = lineEnd(f.text, int(n.EndByte())), indentOf(f.text, from)
			if e := int(n.EndByte()); e > 0 && e > int(n.StartByte()) && f.text[e-1] == '\n' {
				end = e - 1 // a block's node may reach over its last line end
			}
			behind = int(n.EndByte())
			break
		}
		end = f.endOfLine(behind, end)
	}
	return placeAt(f.text, end, indent)
}

// endOfLine moves the end of a line on while it lies within something that
// begins behind a statement in it: a; b(<end of line>).
func (f *File) endOfLine(behind, end int) int {
	for moved := true; moved && end < len(f.text); {
		moved = false
		for _, n := range f.ancestors(end)[1:] {
			if s := spanOf(n); s.Start >= behind && s.Start < end && s.End > end+1 {
				end, moved = lineEnd(f.text, s.End), true
				break
			}
		}
	}
	return end
}

// isStatement reports whether path[i] is a statement of its own: a simple one,
// or a child of a block or of the file.
func (f *File) isStatement(path []*sitter.Node, i int) bool {
	switch f.shape(path[i]).role {
	case roleStatement, roleReturn, roleImport:
		return true
	}
	if i == 1 {
		return !path[i].IsError()
	}
	parent := path[i-1]
	return path[i].IsNamed() && (parent.Type() == "block" || parent.Type() == "statement_block")
}

// PlaceForImports finds where a new import goes: after the last of those that
// stand at the top level, or else on top, below a comment or a string that
// introduces the file.
func (f *File) PlaceForImports() Place {
	f.mu.Lock()
	defer f.mu.Unlock()
	root := f.root()
	if root == nil {
		return Place{}
	}
	f.language.queries()
	cursor := sitter.NewTreeCursor(root)
	defer cursor.Close()
	end, leading, seen := -1, true, 0
	for ok := cursor.GoToFirstChild(); ok && seen < 2000; ok = cursor.GoToNextSibling() {
		n := cursor.CurrentNode()
		switch {
		case f.importsAtTop(n):
			end = int(n.EndByte())
			leading = false
		case leading && (f.shape(n).role == roleComment || n.Type() == "hash_bang_line" || f.isLoneString(n)):
			end = int(n.EndByte())
		default:
			leading = false
		}
		seen++
	}
	if end < 0 {
		return Place{}
	}
	return placeAt(f.text, lineEnd(f.text, end), "")
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
	root := f.root()
	if root == nil {
		return nil
	}
	f.language.queries()
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
	root := f.root()
	if root == nil {
		return nil
	}
	f.language.queries()
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

func placeAt(text []byte, end int, indent string) Place {
	if end >= len(text) {
		return Place{Offset: len(text), Indent: indent, Open: len(text) > 0 && text[len(text)-1] != '\n' && text[len(text)-1] != '\r'}
	}
	if text[end] == '\r' && end+1 < len(text) && text[end+1] == '\n' {
		end++
	}
	return Place{Offset: end + 1, Indent: indent}
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
	if f.root() == nil {
		return false
	}
	f.language.queries()
	return len(f.visible(f.bindings(name, false, len(f.text)), len(f.text))) > 0
}

// NameAt resolves a name as it is known at a byte offset.
func (f *File) NameAt(name string, offset int) (Reference, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return Reference{}, false
	}
	f.language.queries()
	v := visit{f: f}
	ref, ok := v.name(name, offset)
	return v.finish(ref), ok
}

// RootOf finds how the chain of a reference spells the object that made leads
// to: for self.client.users.get and a made client, self.client. ok is false
// where the chain does not go through it.
func (f *File) RootOf(ref, made Reference) (spelling string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return "", false
	}
	f.language.queries()
	path := f.ancestors(ref.Span.Start)
	for i := len(path) - 1; i > 0 && spanOf(path[i]).Start == ref.Span.Start && spanOf(path[i]).End <= ref.Span.End; i-- {
		if r := f.shape(path[i]).role; r != roleName && r != roleMember && r != roleSelf {
			continue
		}
		v := visit{f: f}
		if got, found := v.resolve(path[i]); found && got.Module == made.Module && got.Called == made.Called && got.Path.String() == made.Path.String() {
			return path[i].Content(f.text), true
		}
	}
	return "", false
}
