package analyzer

import (
	"bytes"
	"slices"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// Literal is a string that stands in code.
type Literal struct {
	Span  Span // with its quotes
	Value Span // without
	// Label is the argument, key or variable that it is given to, "" for none.
	Label string
	// Plain is set where any expression could stand in its place.
	Plain bool
	// Attribute is set for the value of a JSX attribute.
	Attribute bool
}

// Literals lists the strings of one line that the file has as values, in the
// order of the text.
func (f *File) Literals() []Literal {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	root := f.root()
	var found []Literal
	f.walk(root, func(n *sitter.Node, path []*sitter.Node) bool {
		if f.shape(n).role == roleImport {
			return false
		}
		if f.shape(n).role != roleString {
			return true
		}
		if l, ok := f.literal(n, path); ok {
			found = append(found, l)
		}
		return true // a template has expressions in it
	})
	return found
}

func (f *File) literal(n *sitter.Node, path []*sitter.Node) (l Literal, ok bool) {
	l.Span = spanOf(n)
	text := f.text[l.Span.Start:l.Span.End]
	quote := bytes.IndexAny(text, "\"'`")
	if quote < 0 || quote > 2 || bytes.IndexByte(text, '\n') >= 0 || len(text) < quote+2 || bytes.HasPrefix(text[quote:], []byte(`"""`)) || bytes.HasPrefix(text[quote:], []byte("'''")) {
		return l, false
	}
	l.Value = Span{l.Span.Start + quote + 1, l.Span.End - 1}
	l.Plain = quote == 0 && (text[0] != '`' || !bytes.Contains(text, []byte("${")))
	if slices.ContainsFunc(path[:len(path)-1], func(p *sitter.Node) bool { return f.shape(p).role == roleString }) {
		l.Plain = false // its quotes may be those around it
	}
	parent := path[len(path)-2]
	field := func(name string) bool { return same(parent.ChildByFieldName(name), n) }
	label := func(name string) {
		if target := parent.ChildByFieldName(name); target != nil {
			l.Label = unquote(lastName(target.Content(f.text)))
		}
	}
	switch parent.Type() {
	case "keyword_argument":
		label("name")
	case "pair":
		if field("key") {
			return l, false
		}
		label("key")
	case "assignment", "augmented_assignment", "assignment_expression":
		label("left")
	case "variable_declarator", "default_parameter", "typed_default_parameter":
		label("name")
	case "jsx_attribute":
		l.Attribute = true
		if parent.NamedChildCount() > 0 {
			l.Label = parent.NamedChild(0).Content(f.text)
		}
	case "argument_list", "arguments", "list", "array", "return_statement", "tuple", "parenthesized_expression",
		"binary_expression", "boolean_operator", "comparison_operator", "conditional_expression", "ternary_expression", "binary_operator":
	case "subscript", "subscript_expression":
		l.Plain = false
	default:
		l.Plain = false // a type, a doc string, part of a longer string
	}
	if i := strings.LastIndexAny(l.Label, `["'`); i >= 0 {
		l.Label = strings.Trim(l.Label[i:], `["']`)
	} else if strings.HasSuffix(l.Label, `"]`) || strings.HasSuffix(l.Label, `']`) {
		l.Label = strings.TrimRight(l.Label, `"']`)
		l.Label = l.Label[strings.LastIndexAny(l.Label, `["'`)+1:]
	}
	return l, true
}
