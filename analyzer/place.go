package analyzer

import (
	"bytes"
	"slices"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// Place is where a file takes new statements: after a statement, or on an
// empty line.
type Place struct {
	// Offset is the byte offset of a line's start, or the end of the text.
	Offset int
	// Indent is the white space that a statement there begins with.
	Indent string
	// Deeper is set where Indent is that of the block's own line, and a statement
	// in it begins one unit further in.
	Deeper bool
	// Open is set where the text before Offset lacks its line end.
	Open bool
	// In is what the place lies in.
	In Surroundings
	// Without is what gives way to the statements, and binds no name by then.
	Without Span
}

// Surroundings are what matters to statements of the code around them.
type Surroundings struct {
	// Scope is the innermost function, class or file, whose names are the
	// statements' too.
	Scope Span
	// Top is set outside all of these, in the file itself.
	Top bool
	// Function is set where a return is allowed, Async where await is.
	Function, Async bool
	// Class is set in the body of a Python class, between its methods.
	Class bool
	// Block is where a declaration must be the only one of its name.
	Block Span
	// near is an offset from which the names are seen that a statement sees here.
	near int
}

// blocks are the nodes whose children are statements.
var blocks = map[string]bool{
	"module": true, "block": true, // Python
	"program": true, "statement_block": true, "switch_case": true, "switch_default": true,
}

// PlaceAfter finds where a statement can be put after the one that holds an
// offset, at the same level. A statement that does not begin its line, such as
// the body of a one-line if, gives way to the one that holds it. On an empty
// line, or a comment's, it is that line, if statements may stand there.
func (f *File) PlaceAfter(offset int) Place {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.afterStatement(offset)
}

// KnownPlaceAfter is PlaceAfter where the tree is at hand: known is false where
// it is yet to be made or is being read. It never waits.
func (f *File) KnownPlaceAfter(offset int) (p Place, known bool) {
	if !f.mu.TryLock() {
		return p, false
	}
	defer f.mu.Unlock()
	if !f.parsed || f.tree == nil || !f.asked {
		return p, false
	}
	found, seen := f.answers[offset]
	if found.after != nil {
		return *found.after, true
	}
	p = f.afterStatement(offset)
	if seen {
		found.after = &p
		f.remember(offset, found)
	}
	return p, true
}

func (f *File) afterStatement(offset int) Place {
	offset = min(max(offset, 0), len(f.text))
	if offset > 0 && offset < len(f.text) && f.text[offset-1] == '\r' && f.text[offset] == '\n' {
		offset-- // between the two bytes of a line end is before it
	}
	start := lineStart(f.text, offset)
	if !f.ready() {
		return placeAt(f.text, lineEnd(f.text, start), indentOf(f.text, start), f.file())
	}
	if p, ok := f.gapAt(start); ok {
		return p
	}
	return f.placeAfter(f.on(offset))
}

// PlaceBelow is PlaceAfter at the top level of the file.
func (f *File) PlaceBelow(offset int) Place {
	f.mu.Lock()
	defer f.mu.Unlock()
	offset = min(max(offset, 0), len(f.text))
	if f.root() == nil || len(f.text) == 0 {
		return Place{Offset: len(f.text), In: f.file()}
	}
	f.language.queries()
	path := f.ancestors(f.on(offset))
	if len(path) > 1 {
		if p, ok := f.behind(path, 1); ok {
			return p
		}
	}
	return placeAt(f.text, len(f.text), "", f.file())
}

// on is the byte that a cursor is on: where the rest of the line is white
// space the last one before it, and in an indentation the first one after it.
func (f *File) on(offset int) int {
	start := lineStart(f.text, offset)
	first := start + len(indentOf(f.text, start))
	if offset < first {
		return min(first, max(len(f.text)-1, 0))
	}
	// Behind the end of a line the tree only has what holds the statement.
	for offset > first && (offset == len(f.text) || isSpace(f.text[offset])) {
		offset--
	}
	return min(offset, max(len(f.text)-1, 0))
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == '\f' }

// placeAfter finds the place behind the innermost statement around a byte that
// has one.
func (f *File) placeAfter(at int) Place {
	path := f.ancestors(at)
	for i := len(path) - 1; i > 0; i-- {
		if p, ok := f.behind(path, i); ok {
			return p
		}
	}
	return placeAt(f.text, len(f.text), "", f.file())
}

// behind is the place on the line behind path[i]; ok is false where that is no
// statement, shares its first line with what holds it, or its last.
func (f *File) behind(path []*sitter.Node, i int) (p Place, ok bool) {
	n, parent := path[i], path[i-1]
	if !f.inBlock(path, i) || slices.ContainsFunc(path[:i], isAmbient) {
		return p, false
	}
	from := lineStart(f.text, int(n.StartByte()))
	indent := indentOf(f.text, from)
	// What its line begins with must be it, or a statement of the same block.
	if first := from + len(indent); first < int(n.StartByte()) && len(bytes.TrimSpace(f.text[first:n.StartByte()])) > 0 {
		if begins := f.ancestors(first); len(begins) <= i || !same(begins[i-1], parent) || int(begins[i].StartByte()) != first {
			return p, false
		}
	}
	last := f.endOf(n)
	end := lineEnd(f.text, last)
	for range maxJoined { // a; b(<end of line>
		if end >= len(f.text) || len(bytes.TrimSpace(f.text[last:end])) == 0 {
			break
		}
		across := f.ancestors(end)
		if len(across) <= i || !same(across[i-1], parent) || int(across[i].StartByte()) >= end || int(across[i].EndByte()) <= end {
			break
		}
		last = f.endOf(across[i])
		end = lineEnd(f.text, last)
	}
	if f.language.syntax != pythonSyntax && i > 1 {
		rest := f.text[min(int(parent.EndByte()), end):end]
		if parent.Type() == "statement_block" && int(parent.EndByte()) <= end || len(bytes.TrimSpace(rest)) > 0 {
			return p, false
		}
	}
	return placeAt(f.text, end, indent, f.surroundings(path[:i])), true
}

// maxJoined bounds how many statements are followed that share a line with the
// one before.
const maxJoined = 100

// endOf is where a node ends; a block may reach over its last line end.
func (f *File) endOf(n *sitter.Node) int {
	end := int(n.EndByte())
	for end > int(n.StartByte()) && isSpace(f.text[end-1]) {
		end--
	}
	return end
}

// inBlock reports whether path[i] is a statement in a block, or in the file.
func (f *File) inBlock(path []*sitter.Node, i int) bool {
	n, parent := path[i], path[i-1]
	if i > 1 && !blocks[parent.Type()] || !n.IsNamed() || n.IsError() || f.shape(n).role == roleComment {
		return false
	}
	return !same(parent.ChildByFieldName("value"), n) // of a case
}

// isAmbient reports whether a node declares what is elsewhere, and takes no
// statements.
func isAmbient(n *sitter.Node) bool { return n.Type() == "ambient_declaration" }

// surroundings are those of the children of the last node of path.
func (f *File) surroundings(path []*sitter.Node) Surroundings {
	in := f.function(path)
	in.Block = in.Scope
	if f.language.syntax == pythonSyntax {
		if !in.Top {
			in.near = in.Scope.Start
		}
		return in
	}
	if last := len(path) - 1; last > 0 {
		in.near = int(path[last].StartByte())
		switch block := path[last-1]; {
		case f.shape(block).role == roleFunction || block.Type() == "catch_clause" || block.Type() == "switch_body":
			in.Block = spanOf(block)
		default:
			in.Block = spanOf(path[last])
		}
	}
	return in
}

// function finds the function, class or file around the children of the last
// node of path.
func (f *File) function(path []*sitter.Node) Surroundings {
	for i := len(path) - 1; i > 0; i-- {
		n := path[i]
		switch r := f.shape(n).role; {
		case r == roleFunction:
			return Surroundings{Scope: spanOf(n), Function: true, Async: hasToken(n, "async")}
		case r == roleClass && f.language.syntax == pythonSyntax:
			return Surroundings{Scope: spanOf(n), Class: true}
		case n.Type() == "class_static_block" || n.Type() == "internal_module" || n.Type() == "module":
			return Surroundings{Scope: spanOf(n)}
		}
	}
	return f.file()
}

func (f *File) file() Surroundings {
	whole := Span{0, len(f.text)}
	return Surroundings{Scope: whole, Block: whole, Top: true, near: len(f.text)}
}

// hasToken reports whether one of a node's first children is a keyword.
func hasToken(n *sitter.Node, keyword string) bool {
	for i := range min(int(n.ChildCount()), 8) {
		if n.Child(i).Type() == keyword {
			return true
		}
	}
	return false
}

// gapAt is the place on a line that has no code: an empty one, or one that has
// a comment alone.
func (f *File) gapAt(start int) (p Place, ok bool) {
	first := start + len(indentOf(f.text, start))
	at, gap := first, start
	var within []*sitter.Node // what the line lies in
	if len(bytes.TrimSpace(f.text[start:lineEnd(f.text, start)])) == 0 {
		within = f.around(start)
	} else if f.text[first] != '#' && f.text[first] != '/' { // no comment begins with anything else
		return p, false
	} else {
		path := f.ancestors(at)
		last := len(path) - 1
		if f.shape(path[last]).role != roleComment || int(path[last].StartByte()) != first {
			return p, false
		}
		end := f.endOf(path[last])
		if len(bytes.TrimSpace(f.text[end:lineEnd(f.text, end)])) > 0 {
			return p, false
		}
		within = slices.Clone(path[:last])
		gap = lineEnd(f.text, end)
	}
	if slices.ContainsFunc(within, isAmbient) {
		return p, false
	}
	indent := indentOf(f.text, start)
	if gap > start || gap == len(f.text) {
		p = placeAt(f.text, gap, indent, f.file())
	} else {
		p = Place{Offset: gap, Indent: indent}
	}
	if f.language.syntax == pythonSyntax {
		return p, f.indentedGap(&p, within)
	}
	return p, f.bracedGap(&p, within)
}

// around lists the nodes around a gap in the text, from the root.
func (f *File) around(offset int) []*sitter.Node {
	path := slices.Clone(f.ancestors(min(offset, max(len(f.text)-1, 0))))
	for len(path) > 1 && (int(path[len(path)-1].StartByte()) >= offset || int(path[len(path)-1].EndByte()) <= offset) {
		path = path[:len(path)-1]
	}
	return path
}

// bracedGap settles a place on a line without code in a language whose blocks
// have braces; it says whether it is one.
func (f *File) bracedGap(p *Place, within []*sitter.Node) bool {
	parent := within[len(within)-1]
	if len(within) > 1 && !blocks[parent.Type()] {
		return false
	}
	p.In = f.surroundings(within)
	if len(within) == 1 {
		p.Indent = ""
		return true
	}
	if p.Indent != "" {
		return true
	}
	// As the next statement of the block, or else one in from its end.
	next := p.Offset
	for next < len(f.text) && isSpace(f.text[next]) {
		next++
	}
	p.Indent = indentOf(f.text, lineStart(f.text, next))
	p.Deeper = next >= int(parent.EndByte())-1
	return true
}

// compound are the nodes of Python that hold blocks. What else is around a line
// without code is a statement that goes on over it.
var compound = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq(`module block comment function_definition class_definition if_statement elif_clause
		else_clause for_statement while_statement with_statement try_statement except_clause except_group_clause
		finally_clause match_statement case_clause decorated_definition`) {
		compound[name] = true
	}
}

// indentedGap settles a place on a line without code in Python: which of the
// blocks that end there it belongs to, its own indentation says, or else what
// comes next.
func (f *File) indentedGap(p *Place, within []*sitter.Node) bool {
	for _, n := range within {
		if !compound[n.Type()] {
			return false
		}
	}
	before, after := f.codeBefore(p.Offset), f.codeAfter(p.Offset)
	p.In = f.file()
	if before < 0 {
		p.Indent = ""
		return after < 0 || indentOf(f.text, lineStart(f.text, after)) == ""
	}
	least := 0
	if after >= 0 {
		least = after - lineStart(f.text, after)
	}
	type level struct {
		indent string
		in     Surroundings
	}
	var levels []level // from the innermost
	path := slices.Clone(f.ancestors(before))
	for i := len(path) - 1; i > 0; i-- {
		n := path[i]
		if !f.inBlock(path, i) || f.endOf(n) > p.Offset {
			continue
		}
		indent := indentOf(f.text, lineStart(f.text, int(n.StartByte())))
		if len(indent) < least || len(levels) > 0 && levels[len(levels)-1].indent == indent {
			continue
		}
		levels = append(levels, level{indent, f.surroundings(path[:i])})
	}
	if len(levels) == 0 {
		return f.text[before] == ':' && after >= 0 && f.beginsBlock(p, after)
	}
	chosen := levels[len(levels)-1]
	if chosen.in.Class {
		chosen = levels[0] // at the end of a method rather than between two
	}
	for _, l := range levels {
		if l.indent == p.Indent {
			chosen = l
		}
	}
	p.Indent, p.In = chosen.indent, chosen.in
	return true
}

// beginsBlock settles a place before the first statement of a block.
func (f *File) beginsBlock(p *Place, first int) bool {
	path := f.ancestors(first)
	for i := len(path) - 1; i > 0; i-- {
		if f.inBlock(path, i) && int(path[i].StartByte()) == first && int(path[i-1].StartByte()) == first {
			p.Indent = indentOf(f.text, lineStart(f.text, first))
			p.In = f.surroundings(path[:i])
			return true
		}
	}
	return false
}

// Neighbours are the last byte of code before an offset and the first one from
// it on; 0 where there is none.
func (f *File) Neighbours(offset int) (before, after byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return 0, 0
	}
	if i := f.codeBefore(offset); i >= 0 {
		before = f.text[i]
	}
	if i := f.codeAfter(offset); i >= 0 {
		after = f.text[i]
	}
	return before, after
}

// maxComments bounds how many comments are passed on the way to code.
const maxComments = 1000

// codeBefore is the last byte of code before the line that begins at an offset,
// -1 where there is none.
func (f *File) codeBefore(offset int) int {
	for at, comments := offset-1, 0; at >= 0 && comments < maxComments; at-- {
		if isSpace(f.text[at]) {
			continue
		}
		path := f.ancestors(at)
		if leaf := path[len(path)-1]; f.shape(leaf).role == roleComment {
			at = int(leaf.StartByte())
			comments++
			continue
		}
		return at
	}
	return -1
}

// codeAfter is the first byte of code from an offset on, -1 where there is none.
func (f *File) codeAfter(offset int) int {
	for at, comments := offset, 0; at < len(f.text) && comments < maxComments; at++ {
		if isSpace(f.text[at]) {
			continue
		}
		path := f.ancestors(at)
		if leaf := path[len(path)-1]; f.shape(leaf).role == roleComment {
			at = max(int(leaf.EndByte())-1, at)
			comments++
			continue
		}
		return at
	}
	return -1
}

// Statements widens a span to the whole of the statements that it selects: ok
// is false unless it begins with one and ends with one of the same block.
func (f *File) Statements(span Span) (p Place, lines Span, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for span.Start < span.End && isSpace(f.text[span.Start]) {
		span.Start++
	}
	for span.End > span.Start && (isSpace(f.text[span.End-1]) || f.text[span.End-1] == ';') {
		span.End--
	}
	if span.Start >= span.End || f.root() == nil {
		return p, lines, false
	}
	f.language.queries()
	path := slices.Clone(f.ancestors(span.Start))
	last := slices.Clone(f.ancestors(span.End - 1))
	for i := 1; i < len(path) && i < len(last); i++ {
		if !same(path[i-1], last[i-1]) {
			break
		}
		first, end := path[i], last[i]
		stop := f.endOf(end)
		for stop > int(end.StartByte()) && f.text[stop-1] == ';' {
			stop--
		}
		comment := f.shape(first).role == roleComment && (i == 1 || blocks[path[i-1].Type()])
		if !f.inBlock(path, i) && !comment || !f.inBlock(last, i) || int(first.StartByte()) != span.Start || stop != span.End {
			continue
		}
		begin := lineStart(f.text, span.Start)
		p, ok = f.behind(last, i)
		if !ok || len(bytes.TrimSpace(f.text[begin:span.Start])) > 0 {
			return p, lines, false
		}
		if rest := bytes.TrimSpace(f.text[f.endOf(end):lineEnd(f.text, f.endOf(end))]); len(rest) > 0 {
			return p, lines, false
		}
		p.Indent = indentOf(f.text, begin)
		p.Without = Span{begin, p.Offset}
		return p, p.Without, true
	}
	return p, lines, false
}

func placeAt(text []byte, end int, indent string, in Surroundings) Place {
	if end >= len(text) {
		return Place{Offset: len(text), Indent: indent, Open: len(text) > 0 && text[len(text)-1] != '\n' && text[len(text)-1] != '\r', In: in}
	}
	if text[end] == '\r' && end+1 < len(text) && text[end+1] == '\n' {
		end++
	}
	return Place{Offset: end + 1, Indent: indent, In: in}
}
