package analyzer

import (
	"bytes"
	"slices"
	"strings"

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
	Local string
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
		imports = f.importsBelow(root, nil)
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

// importsBelow collects the imports below a node that touch the rows.
func (f *File) importsBelow(node *sitter.Node, within *rows) []Import {
	imports, _ := f.language.queries()
	return collectImports(imports, node, f.text, within)
}

func collectImports(q *query, node *sitter.Node, text []byte, within *rows) []Import {
	type key struct{ statement, module Span }
	var found []Import
	index := map[key]int{}
	q.run(node, text, within, func(m match) {
		module, span, ok := specifier(m.nodes["module"], text)
		if !ok {
			return
		}
		statement := spanOf(m.nodes["import"])
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
		i.Local = local.Content(text)
		return
	case local == nil:
		return
	}
	if local != nil {
		n.Local, n.LocalSpan = local.Content(text), spanOf(local)
		if name == nil {
			n.Span = n.LocalSpan
		}
	}
	if i.Kind == KindStar || i.Kind == KindReExport {
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

// specifier reads a module's name from a string or a dotted name; ok is false
// for strings that are computed or empty of meaning.
func specifier(node *sitter.Node, text []byte) (module string, span Span, ok bool) {
	span = spanOf(node)
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

// maxRecovered bounds how many lines of a broken file are read one by one.
const maxRecovered = 2000

// recover adds the imports that stand on lines of their own inside what the
// parser could not read: each such line is read by itself.
func (f *File) recover(root *sitter.Node, imports []Import) []Import {
	known := map[int]bool{}
	for _, i := range imports {
		known[i.Span.Start] = true
	}
	lines := 0
	for _, broken := range errorSpans(root) {
		for start := bytes.LastIndexByte(f.text[:broken.Start], '\n') + 1; start < broken.End && lines < maxRecovered; {
			end := start + bytes.IndexByte(f.text[start:], '\n')
			if end < start {
				end = len(f.text)
			}
			line := bytes.TrimLeft(f.text[start:end], " \t")
			if bytes.Contains(line, []byte("import")) || bytes.Contains(line, []byte("require")) {
				lines++
				for _, i := range f.language.importsOf(line) {
					i = i.shift(end - len(line))
					if !known[i.Span.Start] {
						known[i.Span.Start] = true
						imports = append(imports, i)
					}
				}
			}
			start = end + 1
		}
	}
	slices.SortStableFunc(imports, func(a, b Import) int { return a.Span.Start - b.Span.Start })
	return imports
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
	i.Span, i.Statement = move(i.Span), move(i.Statement)
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
		at := bytes.Index(f.text, []byte(g.Module))
		if at < 0 {
			continue
		}
		imports = append(imports, g.shift(at-g.Span.Start))
	}
	return imports
}

// errorSpans lists the parts of a tree that the parser could not read.
func errorSpans(root *sitter.Node) []Span {
	if root.IsError() {
		return []Span{spanOf(root)}
	}
	var spans []Span
	cursor := sitter.NewTreeCursor(root)
	defer cursor.Close()
	descend := cursor.GoToFirstChild()
	for descend {
		n := cursor.CurrentNode()
		switch {
		case n.IsError():
			spans = append(spans, spanOf(n))
		case n.HasError() && cursor.GoToFirstChild():
			continue
		}
		for !cursor.GoToNextSibling() {
			if !cursor.GoToParent() {
				return spans
			}
		}
	}
	return spans
}

func spanOf(n *sitter.Node) Span { return Span{int(n.StartByte()), int(n.EndByte())} }
