package analyzer

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	sitter "github.com/smacker/go-tree-sitter"
)

// ImportKind says how a module is imported.
type ImportKind string

// The kinds of import.
const (
	KindImport       ImportKind = "import"
	KindImportType   ImportKind = "import-type"
	KindSideEffect   ImportKind = "side-effect"
	KindReExport     ImportKind = "re-export"
	KindRequire      ImportKind = "require"
	KindImportEquals ImportKind = "import-equals"
	KindDynamic      ImportKind = "dynamic"
	KindStar         ImportKind = "star"
)

// The names that stand for what has no name of its own in a module.
const (
	DefaultName = "default" // what a default import brings
	WholeModule = "*"       // the module itself, or all of its names
)

// Import is one module that one statement or call imports.
type Import struct {
	Module string // the specifier as written: ".", "google.cloud", "@aws-sdk/client-s3"
	Kind   ImportKind
	// Span is the specifier, without quotes; Statement the node that imports.
	Span, Statement Span
	// Names are what the import brings, in the order of the text. It is empty
	// for Python's "import a.b", which brings the module.
	Names []ImportedName
	// Local is the name of the whole module: Python's "import a.b as Local".
	Local     string
	LocalSpan Span
}

// ImportedName is one name that an import brings.
type ImportedName struct {
	Name  string // as the module exports it, DefaultName or WholeModule
	Local string // as the file knows it; empty where nothing is bound
	Span  Span   // the name; for the two that have none, the local one
	// LocalSpan is the local name.
	LocalSpan Span
}

// Imports returns every import of the file, at any depth, in the order of the
// text. While the file has a syntax error, it also has those imports of the
// last good version whose text still stands.
//
// It reads the whole file: no request that a user waits for should need it.
func (f *File) Imports() []Import {
	f.mu.Lock()
	imports, done, good := f.known, f.imported, f.good
	f.mu.Unlock()
	if done {
		return imports
	}
	imports = nil
	if t := f.snapshot(); t != nil {
		defer t.close()
		root := t.RootNode()
		imports = f.importsIn(t)
		if root.HasError() {
			imports = f.recover(root, imports)
		}
		if root.HasError() {
			imports = f.hold(imports, good)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known, f.imported = imports, true
	return imports
}

// maxImports bounds how many places are looked at for imports, and
// maxImportTime how long: a file with more is no one's to read.
const (
	maxImports    = 50_000
	maxImportTime = time.Second
)

// importsIn finds the imports of a tree: each has one of a few words in it, and
// what stands around these is asked. A query over the whole tree takes five
// times as long as the parse, and hours where brackets are nested 100,000 deep.
func (f *File) importsIn(t *tree) []Import {
	imports, _ := f.language.queries()
	type place struct {
		node Span
		area area
	}
	type key struct{ statement, module Span }
	seen, known := map[place]bool{}, map[key]bool{}
	var found []Import
	var path []*sitter.Node
	start := time.Now()
	for i, word := range f.importWords() {
		if i%64 == 63 && time.Since(start) > maxImportTime {
			break
		}
		path = t.descend(path, word.Start)
		if len(path) >= maxNesting {
			continue
		}
		node, whole := f.importAround(path)
		if node == nil {
			continue
		}
		var within *area
		p := place{node: spanOf(node)}
		if !whole {
			within = areaOf(f.text, word)
			p.area = *within
		}
		if seen[p] {
			continue
		}
		seen[p] = true
		for _, i := range collectImports(imports, node, f.text, within) {
			if k := (key{i.Statement, i.Span}); !known[k] {
				known[k] = true
				found = append(found, i)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Import) int { return a.Span.Start - b.Span.Start })
	return found
}

// importWords lists where the text has the words that imports begin with.
func (f *File) importWords() []Span {
	var found []Span
	for _, word := range f.language.syntax.imports {
		for at := 0; len(found) < maxImports; at += len(word) {
			next := bytes.Index(f.text[at:], []byte(word))
			if next < 0 {
				break
			}
			at += next
			if f.isWhole(at, at+len(word)) {
				found = append(found, Span{at, at + len(word)})
			}
		}
	}
	slices.SortFunc(found, func(a, b Span) int { return a.Start - b.Start })
	return found
}

// isWhole reports whether a part of the text is not a part of a longer word.
func (f *File) isWhole(start, end int) bool {
	before, _ := utf8.DecodeLastRune(f.text[:start])
	after, _ := utf8.DecodeRune(f.text[end:])
	return !isWord(before) && !isWord(after)
}

// importAround finds the node that imports by the word that is the leaf of
// path, nil where it does not. whole is set where the node is a statement that
// holds nothing else; what stands below another must touch the word.
func (f *File) importAround(path []*sitter.Node) (node *sitter.Node, whole bool) {
	if n := len(path); n > 1 && path[n-2].Type() == "import" {
		path = path[:n-1] // the word import() is a node around a leaf
	}
	at := func(back int) *sitter.Node { return path[max(0, len(path)-1-back)] }
	leaf, parent := at(0), at(1)
	switch s := f.shape(parent); {
	case s.role == roleImport:
		return parent, true
	case parent.Type() == "export_statement":
		if parent.ChildByFieldName("source") != nil {
			return parent, true
		}
		declared := parent.ChildByFieldName("declaration")
		return parent, declared != nil && declared.Type() == "import_alias"
	case s.role == roleMember && f.shape(at(2)).role == roleCall:
		return at(2), false
	case s.role == roleCall && same(parent.ChildByFieldName(s.first), leaf):
		// const { a } = require("m"), = await import("m"), = require("m").a
		for _, n := range []*sitter.Node{at(2), at(3)} {
			if n.Type() == "variable_declarator" {
				return n, false
			}
			if r := f.shape(n).role; r != roleMember && r != roleInner {
				break
			}
		}
		return parent, false
	}
	return nil, false
}

// importsBelow collects the imports below a node that touch the area.
func (f *File) importsBelow(node *sitter.Node, within *area) []Import {
	imports, _ := f.language.queries()
	return collectImports(imports, node, f.text, within)
}

func collectImports(q *query, node *sitter.Node, text []byte, within *area) []Import {
	type key struct{ statement, module Span }
	var found []Import
	index := map[key]int{}
	q.run(node, text, within, func(m match) {
		statement, literal := spanOf(m.nodes["import"]), m.nodes["module"]
		if literal == nil {
			var rest *sitter.Node
			if rest, literal = exportedRequire(m.nodes["import"]); literal == nil {
				return
			}
			statement.End = int(rest.EndByte())
		}
		module, span, ok := specifier(literal, text)
		if !ok {
			return
		}
		k := key{statement, span}
		i, seen := index[k]
		if !seen {
			i = len(found)
			index[k] = i
			found = append(found, Import{Module: module, Kind: ImportKind(m.settings["kind"]), Span: span, Statement: statement})
		}
		found[i].add(m, text)
	})
	slices.SortStableFunc(found, func(a, b Import) int { return a.Span.Start - b.Span.Start })
	for i := range found {
		slices.SortStableFunc(found[i].Names, func(a, b ImportedName) int { return a.Span.Start - b.Span.Start })
	}
	return found
}

// exportedRequire finds the module of TypeScript's export import x =
// require("m"), which the grammar reads as two statements: the second is ("m").
func exportedRequire(n *sitter.Node) (rest, module *sitter.Node) {
	rest = n.NextNamedSibling()
	if rest == nil || rest.Type() != "expression_statement" || rest.NamedChildCount() == 0 {
		return nil, nil
	}
	inner := rest.NamedChild(0)
	if inner.Type() != "parenthesized_expression" || inner.NamedChildCount() != 1 || inner.NamedChild(0).Type() != "string" {
		return nil, nil
	}
	return rest, inner.NamedChild(0)
}

// add takes over what one more match says of the import.
func (i *Import) add(m match, text []byte) {
	if kind := ImportKind(m.settings["kind"]); kind == KindImportType {
		i.Kind = kind // the same statement also matches as a plain import
	}
	name, local := m.nodes["name"], m.nodes["local"]
	n := ImportedName{Name: m.settings["name"]}
	switch {
	case name != nil:
		n.Name, n.Span = unquote(name.Content(text)), spanOf(name)
		n.Local, n.LocalSpan = n.Name, n.Span
	case local != nil && n.Name == "":
		i.Local, i.LocalSpan = local.Content(text), spanOf(local)
		return
	case local == nil:
		return
	}
	if n.Name == "" {
		return // export * as "": nothing that could be told apart
	}
	if local != nil {
		n.Local, n.LocalSpan = local.Content(text), spanOf(local)
		if name == nil {
			n.Span = n.LocalSpan
		}
	}
	if i.Kind == KindStar || i.Kind == KindReExport || m.nodes["nested"] != nil {
		n.Local = "" // such names are not bound here, or not by name
	}
	for j, other := range i.Names {
		if other.Span == n.Span {
			if local != nil {
				i.Names[j] = n
			}
			return
		}
	}
	i.Names = append(i.Names, n)
}

// maxSpecifier is longer than any module's name.
const maxSpecifier = 4096

// specifier reads a module's name from a string or a dotted name; ok is false
// for strings that are computed or empty of meaning.
func specifier(node *sitter.Node, text []byte) (module string, span Span, ok bool) {
	span = spanOf(node)
	if span.End-span.Start > maxSpecifier {
		return "", span, false
	}
	source := node.Content(text)
	switch node.Type() {
	case "string", "template_string":
		for i := range int(node.NamedChildCount()) {
			switch node.NamedChild(i).Type() {
			case "interpolation", "template_substitution":
				return "", span, false
			}
		}
		quotes := strings.IndexAny(source, "\"'`")
		if quotes < 0 || strings.ContainsAny(source[:quotes], "bBfF") {
			return "", span, false
		}
		inner := unquote(source[quotes:])
		start := span.Start + quotes + (len(source)-quotes-len(inner))/2
		return inner, Span{start, start + len(inner)}, true
	}
	// A dotted name may have white space, line continuations and comments in it.
	if strings.ContainsAny(source, " \t\r\n\\#\f") {
		var b strings.Builder
		for _, line := range strings.Split(source, "\n") {
			code, _, _ := strings.Cut(line, "#")
			for _, word := range strings.Fields(code) {
				b.WriteString(strings.TrimSuffix(word, "\\"))
			}
		}
		source = b.String()
	}
	return source, span, true
}

// unquote takes the quotes of a string literal away; escapes stay as written.
func unquote(s string) string {
	for _, q := range []string{`"""`, `'''`, `"`, `'`, "`"} {
		if len(s) >= 2*len(q) && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			return s[len(q) : len(s)-len(q)]
		}
	}
	return s
}

// maxRecovered bounds how many lines of a broken file are read one by one, and
// maxLine how long one of them may be: a bundled file is one line.
const (
	maxRecovered = 2000
	maxLine      = 4096
)

// recover adds the imports that stand on lines of their own inside what the
// parser could not read: each such line is read by itself. Lines that begin in
// a string or a comment are none.
func (f *File) recover(root *sitter.Node, imports []Import) []Import {
	known := map[int]int{}
	for n, i := range imports {
		known[i.Span.Start] = n
	}
	lines, start, begun := 0, 0, time.Now()
	for _, broken := range errorNodes(root) {
		if time.Since(begun) > maxImportTime {
			break
		}
		prose := f.prose(broken)
		start = max(start, bytes.LastIndexByte(f.text[:broken.StartByte()], '\n')+1)
		for start < int(broken.EndByte()) && lines < maxRecovered {
			end := start + bytes.IndexByte(f.text[start:], '\n')
			if end < start {
				end = len(f.text)
			}
			line := bytes.TrimLeft(f.text[start:min(end, start+maxLine)], " \t")
			for len(prose) > 0 && prose[0].End <= start {
				prose = prose[1:]
			}
			quoted := len(prose) > 0 && prose[0].Start < start
			if !quoted && (bytes.Contains(line, []byte("import")) || bytes.Contains(line, []byte("require"))) {
				lines++
				for _, i := range f.language.importsOf(line) {
					i = i.shift(min(end, start+maxLine) - len(line))
					if n, ok := known[i.Span.Start]; !ok {
						known[i.Span.Start] = len(imports)
						imports = append(imports, i)
					} else if imports[n].Statement.Start < i.Statement.Start {
						imports[n] = i // a broken import above had swallowed it
					}
				}
			}
			start = end + 1
		}
	}
	slices.SortStableFunc(imports, func(a, b Import) int { return a.Span.Start - b.Span.Start })
	return imports
}

// prose lists the strings and comments below a node that span lines.
func (f *File) prose(n *sitter.Node) []Span {
	var found []Span
	f.walk(n, func(n *sitter.Node, _ []*sitter.Node) bool {
		if r := f.shape(n).role; r != roleString && r != roleComment {
			return true
		}
		if s := spanOf(n); bytes.IndexByte(f.text[s.Start:s.End], '\n') >= 0 {
			found = append(found, s)
		}
		return false
	})
	return found
}

// importsOf reads one line as a file of its own; a line that is no good code
// by itself gives nothing.
func (l *Language) importsOf(line []byte) []Import {
	t := l.parse(nil, line)
	if t == nil {
		return nil
	}
	defer t.close()
	if t.RootNode().HasError() {
		return nil
	}
	imports, _ := l.queries()
	return collectImports(imports, t.RootNode(), line, nil)
}

// shift moves the import's spans by n bytes.
func (i Import) shift(n int) Import {
	move := func(s Span) Span { return Span{s.Start + n, s.End + n} }
	i.Span, i.Statement, i.LocalSpan = move(i.Span), move(i.Statement), move(i.LocalSpan)
	i.Names = slices.Clone(i.Names) // the import that was given keeps its own
	for j := range i.Names {
		i.Names[j].Span, i.Names[j].LocalSpan = move(i.Names[j].Span), move(i.Names[j].LocalSpan)
	}
	return i
}

// hold adds those good imports that the broken version lacks although their
// module still stands in its text: it is where it was, or further down.
func (f *File) hold(imports, good []Import) []Import {
	for _, g := range good {
		if slices.ContainsFunc(imports, func(i Import) bool { return i.Module == g.Module }) {
			continue
		}
		at := f.stands(g.Module)
		if at < 0 {
			continue
		}
		i := g.shift(at - g.Span.Start)
		// What no longer stands beside the module is shown where that is.
		i.Span = Span{at, at + len(g.Module)}
		i.Statement = Span{max(0, i.Statement.Start), min(len(f.text), max(i.Statement.End, i.Span.End))}
		i.LocalSpan = f.orElse(i.LocalSpan, i.Local, i.Span)
		for j, n := range i.Names {
			i.Names[j].LocalSpan = f.orElse(n.LocalSpan, n.Local, i.Span)
			if n.Span == n.LocalSpan {
				i.Names[j].Span = i.Names[j].LocalSpan
			} else {
				i.Names[j].Span = f.orElse(n.Span, n.Name, i.Span)
			}
		}
		imports = append(imports, i)
	}
	return imports
}

// stands finds a module's name in the text, as a word of its own; -1 if it is not there.
func (f *File) stands(module string) int {
	for at := 0; module != ""; at++ {
		next := bytes.Index(f.text[at:], []byte(module))
		if next < 0 {
			break
		}
		at += next
		if f.isWhole(at, at+len(module)) {
			return at
		}
	}
	return -1
}

// orElse is a span if it holds the text, and other if it does not.
func (f *File) orElse(s Span, text string, other Span) Span {
	if s.Start < 0 || s.End > len(f.text) || string(f.text[s.Start:s.End]) != text {
		return other
	}
	return s
}

// errorNodes lists the parts of a tree that the parser could not read.
func errorNodes(root *sitter.Node) []*sitter.Node {
	if root.IsError() {
		return []*sitter.Node{root}
	}
	var nodes []*sitter.Node
	cursor := sitter.NewTreeCursor(root)
	defer cursor.Close()
	descend := cursor.GoToFirstChild()
	for descend {
		n := cursor.CurrentNode()
		switch {
		case n.IsError():
			nodes = append(nodes, n)
		case n.HasError() && cursor.GoToFirstChild():
			continue
		}
		for !cursor.GoToNextSibling() {
			if !cursor.GoToParent() {
				return nodes
			}
		}
	}
	return nodes
}

func spanOf(n *sitter.Node) Span { return Span{int(n.StartByte()), int(n.EndByte())} }
