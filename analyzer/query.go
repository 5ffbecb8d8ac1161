package analyzer

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// The query files of each language, one folder a language; ecmascript is what
// JavaScript and TypeScript share.
//
// imports.scm captures, for each import or imported name,
//
//	@import   the node that imports: one Import is made of all matches that
//	          share it and the module
//	@module   the specifier: a string, or a dotted name
//	@name     the name as the module exports it
//	@local    the name as this file knows it, where that differs
//	@nested   a pattern that takes @name apart, so that it is not bound itself
//	@function the callee, for a predicate
//
// and sets kind (an ImportKind) and, where no node has it, name ("default",
// or "*" for the whole module).
//
// bindings.scm captures, for each name that a file binds,
//
//	@name     the name; @field a field of self or this; @assigned a name that
//	          is declared elsewhere; @global a name that a function shares with
//	          the module
//	@value    the expression whose value it takes
//	@type     the annotation whose instance it is
//	@element  the expression that it iterates over
//	@self     the object of @field
//	@function, @class the definition that it names
//
// and sets how where it has none of these: pattern (the name is taken out of
// something), parameter, or declaration (the name has no value yet).
//
//go:embed queries
var queryFiles embed.FS

// query is a compiled query file with its predicates made ready: the binding's
// own evaluation knows too few and compiles them at each use.
type query struct {
	q        *sitter.Query
	captures []string
	patterns []pattern
}

type pattern struct {
	settings map[string]string // from #set!
	tests    []test            // from #eq? and #any-of?
}

type test struct {
	capture string
	allowed []string
}

// match is one match of a query: the first node of each capture.
type match struct {
	nodes    map[string]*sitter.Node
	settings map[string]string
}

// loadQuery compiles the named file of each folder, one after the other, as one query.
func loadQuery(folders []string, file string, grammar *sitter.Language) (*query, error) {
	var source []byte
	for _, folder := range folders {
		data, err := queryFiles.ReadFile(path.Join("queries", folder, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue // a folder may have nothing to add
		}
		if err != nil {
			return nil, err
		}
		source = append(append(source, data...), '\n')
	}
	q, err := sitter.NewQuery(source, grammar)
	if err != nil {
		return nil, fmt.Errorf("queries/%s/%s: %w", strings.Join(folders, "+"), file, err)
	}
	c := &query{q: q, patterns: make([]pattern, q.PatternCount())}
	for i := range q.CaptureCount() {
		c.captures = append(c.captures, q.CaptureNameForId(i))
	}
	for i := range c.patterns {
		for _, steps := range q.PredicatesForPattern(uint32(i)) {
			if err := c.patterns[i].add(q, steps); err != nil {
				return nil, fmt.Errorf("queries/%s/%s: pattern %d: %w", strings.Join(folders, "+"), file, i, err)
			}
		}
	}
	return c, nil
}

func (p *pattern) add(q *sitter.Query, steps []sitter.QueryPredicateStep) error {
	var words []string
	for _, s := range steps {
		switch s.Type {
		case sitter.QueryPredicateStepTypeCapture:
			words = append(words, q.CaptureNameForId(s.ValueId))
		case sitter.QueryPredicateStepTypeString:
			words = append(words, q.StringValueForId(s.ValueId))
		}
	}
	switch {
	case len(words) == 3 && words[0] == "set!":
		if p.settings == nil {
			p.settings = map[string]string{}
		}
		p.settings[words[1]] = words[2]
	case len(words) >= 3 && (words[0] == "eq?" || words[0] == "any-of?"):
		p.tests = append(p.tests, test{words[1], words[2:]})
	default:
		return fmt.Errorf("unknown predicate %q", words)
	}
	return nil
}

// area is a part of a text, in rows counted by line feeds alone and columns
// counted in bytes: the binding knows no other. Rows alone would not do, since
// a bundled file may be one line.
type area struct{ start, end sitter.Point }

func areaOf(text []byte, s Span) *area {
	return &area{pointAt(text, s.Start), pointAt(text, s.End)}
}

// run calls each for the matches below node that touch the area, or for all
// of them where that is nil, in document order.
func (c *query) run(node *sitter.Node, text []byte, within *area, each func(match)) {
	cursor := sitter.NewQueryCursor()
	defer cursor.Close()
	if within != nil {
		cursor.SetPointRange(within.start, within.end)
	}
	cursor.Exec(c.q, node)
	for {
		m, ok := cursor.NextMatch()
		if !ok {
			return
		}
		p := &c.patterns[m.PatternIndex]
		found := match{nodes: make(map[string]*sitter.Node, len(m.Captures)), settings: p.settings}
		for _, capture := range m.Captures {
			name := c.captures[capture.Index]
			if _, ok := found.nodes[name]; !ok {
				found.nodes[name] = capture.Node
			}
		}
		if p.holds(found, text) {
			each(found)
		}
	}
}

// isOneOf reports whether a node's text is one of some words. It does not copy
// the text of a long node to find that it is not.
func isOneOf(n *sitter.Node, text []byte, words []string) bool {
	s := spanOf(n)
	return s.End-s.Start <= 64 && slices.Contains(words, string(text[s.Start:s.End]))
}

func (p *pattern) holds(m match, text []byte) bool {
	for _, t := range p.tests {
		node := m.nodes[t.capture]
		if node == nil || !isOneOf(node, text, t.allowed) {
			return false
		}
	}
	return true
}
