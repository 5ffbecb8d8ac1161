package analyzer

import (
	"bytes"
	"slices"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// Sketch is what decides whether and how a piece of code can become part of
// other code. It is meant for small files.
type Sketch struct {
	// Declared are the names that the code binds at its top level, those of
	// imports apart, in the order of the text.
	Declared []string
	// Hoisted are names that are declared for the whole function around: var.
	Hoisted []string
	// Awaits, Returns and Yields are set where the code does so outside every
	// function of its own.
	Awaits, Returns, Yields bool
	// Markup is set where it has JSX.
	Markup bool
	// TopOnly is set where it has what no function may have.
	TopOnly bool
	// Directives are the strings at the top that say how the file is meant.
	Directives []Span
	// Exports are its export statements at the top level.
	Exports []Export
	// Fault says why compilers refuse the code although it can be parsed; "" is
	// no reason.
	Fault string
}

// Export is a statement that exports.
type Export struct {
	Statement Span
	// Keyword is what stands before the declaration or the value; it is the whole
	// statement where that only names what is exported.
	Keyword Span
	Default bool
	// Declares is set where a function or class with a name, or variables, follow.
	Declares bool
}

// Sketch reads the whole file.
func (f *File) Sketch() Sketch {
	f.mu.Lock()
	defer f.mu.Unlock()
	var s Sketch
	root := f.root()
	if root == nil {
		s.Fault = "it cannot be parsed"
		return s
	}
	_, binds := f.language.queries()
	if root.HasError() {
		s.Fault = "it has a syntax error"
	}
	f.walk(root, func(n *sitter.Node, path []*sitter.Node) bool {
		f.sketch(&s, n, path)
		return true
	})
	lexical := map[string]Span{} // let, const, class: once in each scope
	binds.run(root, f.text, nil, func(m match) {
		n := m.nodes["name"]
		if n == nil {
			n = m.nodes["assigned"]
		}
		if n == nil {
			return
		}
		name, skip := n.Content(f.text), roleNone
		if m.nodes["function"] != nil {
			skip = f.shape(m.nodes["function"]).role
		} else if m.nodes["class"] != nil {
			skip = roleClass
		}
		scope := f.scopeAt(int(n.StartByte()), skip)
		if scope.role == roleNone {
			if m.nodes["assigned"] == nil && !slices.Contains(s.Declared, name) {
				s.Declared = append(s.Declared, name)
			}
		}
		if scope.role == roleNone && f.isVar(n) && !slices.Contains(s.Hoisted, name) {
			s.Hoisted = append(s.Hoisted, name)
		} else if scope.role == roleBlock && f.isVar(n) && !slices.Contains(s.Hoisted, name) && !f.inFunction(n) {
			s.Hoisted = append(s.Hoisted, name)
		}
		if at, ok := lexical[name]; scope.role == roleNone && f.isLexical(n) {
			if ok && at != spanOf(n) {
				s.Fault = "it declares " + name + " twice"
			}
			lexical[name] = spanOf(n)
		}
	})
	return s
}

// declarator is the declaration that a name is declared by, nil for none.
func declarator(n *sitter.Node) *sitter.Node {
	for range 8 {
		if n = n.Parent(); n == nil {
			return nil
		}
		switch n.Type() {
		case "variable_declaration", "lexical_declaration":
			return n
		case "arrow_function", "function_declaration", "class_declaration", "program", "statement_block":
			return nil
		}
	}
	return nil
}

func (f *File) isVar(n *sitter.Node) bool {
	d := declarator(n)
	return d != nil && d.Type() == "variable_declaration"
}

// isLexical reports whether a name is one that must not be declared again at
// the top level.
func (f *File) isLexical(n *sitter.Node) bool {
	parent := n.Parent()
	if parent != nil && parent.Type() == "class_declaration" {
		return true
	}
	if d := declarator(n); d != nil && d.Type() == "lexical_declaration" {
		p := d.Parent()
		return p != nil && (p.Type() == "program" || p.Type() == "export_statement")
	}
	return false
}

func (f *File) inFunction(n *sitter.Node) bool {
	for n = n.Parent(); n != nil; n = n.Parent() {
		if f.shape(n).role == roleFunction {
			return true
		}
	}
	return false
}

// sketch takes over what one node says.
func (f *File) sketch(s *Sketch, n *sitter.Node, path []*sitter.Node) {
	kind := n.Type()
	if !n.IsNamed() {
		if kind != "async" && kind != "await" || path[len(path)-2].Type() == "await_expression" {
			return
		}
	}
	outside := func() bool {
		return !slices.ContainsFunc(path[:len(path)-1], func(p *sitter.Node) bool { return f.shape(p).role == roleFunction })
	}
	switch kind {
	case "await", "await_expression":
		s.Awaits = s.Awaits || outside()
	case "async": // async for, async with, an async comprehension
		switch path[len(path)-2].Type() {
		case "for_statement", "with_statement", "for_in_clause":
			s.Awaits = s.Awaits || outside()
		}
	case "return_statement":
		s.Returns = s.Returns || outside()
	case "yield", "yield_expression":
		s.Yields = s.Yields || outside()
	case "jsx_element", "jsx_self_closing_element", "jsx_fragment":
		s.Markup = true
	case "export_statement":
		if len(path) == 2 {
			s.Exports = append(s.Exports, f.export(n))
		}
	case "program":
		for i := range int(n.NamedChildCount()) {
			if child := n.NamedChild(i); f.isLoneString(child) {
				s.Directives = append(s.Directives, spanOf(child))
			} else if child.Type() != "comment" {
				break
			}
		}
	case "ambient_declaration", "internal_module":
		s.TopOnly = true
	case "expression_statement":
		if n.NamedChildCount() > 0 && n.NamedChild(0).Type() == "object" {
			s.Fault = "it is a value and no statement"
		}
	case "module":
		for i := range int(n.NamedChildCount()) {
			if at := n.NamedChild(i).StartPoint(); at.Column > 0 && len(bytes.TrimSpace(f.text[lineStart(f.text, int(n.NamedChild(i).StartByte())):n.NamedChild(i).StartByte()])) == 0 && n.NamedChild(i).Type() != "comment" {
				s.Fault = "its lines are not indented alike"
			}
		}
	case "function_definition", "class_definition", "if_statement", "for_statement", "while_statement", "with_statement":
		for _, field := range []string{"body", "consequence"} {
			if body := n.ChildByFieldName(field); body != nil && body.Type() == "block" && !hasStatement(body) {
				s.Fault = "a block of it has no statement"
			}
		}
	case "print_statement", "exec_statement":
		s.Fault = "it is Python 2"
	case "argument_list":
		named := false
		for i := range int(n.NamedChildCount()) {
			switch n.NamedChild(i).Type() {
			case "keyword_argument", "dictionary_splat":
				named = true
			case "comment", "list_splat":
			default:
				if named {
					s.Fault = "an argument without a name follows one with a name"
				}
			}
		}
	case "break_statement", "continue_statement":
		if n.NamedChildCount() == 0 && !f.inLoop(path, kind) {
			s.Fault = "it leaves a loop that it has not"
		}
	}
}

func hasStatement(block *sitter.Node) bool {
	for i := range int(block.NamedChildCount()) {
		if block.NamedChild(i).Type() != "comment" {
			return true
		}
	}
	return false
}

func (f *File) inLoop(path []*sitter.Node, kind string) bool {
	for i := len(path) - 2; i >= 0; i-- {
		switch path[i].Type() {
		case "for_statement", "for_in_statement", "while_statement", "do_statement":
			return true
		case "switch_statement":
			if kind == "break_statement" {
				return true
			}
		}
		if f.shape(path[i]).role == roleFunction {
			return false
		}
	}
	return false
}

func (f *File) export(n *sitter.Node) Export {
	e := Export{Statement: spanOf(n), Keyword: spanOf(n), Default: hasToken(n, "default")}
	inner := n.ChildByFieldName("declaration")
	if inner == nil {
		inner = n.ChildByFieldName("value")
	}
	if inner == nil {
		return e
	}
	e.Keyword.End = int(inner.StartByte())
	e.Declares = inner.ChildByFieldName("name") != nil || strings.HasSuffix(inner.Type(), "declaration") && !e.Default
	return e
}
