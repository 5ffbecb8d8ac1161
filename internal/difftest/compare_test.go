package difftest

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// position is a line and a character, 0-based, in UTF-16, as in LSP.
type position [2]int

// found is one import, as an oracle or as chubls tells of it.
type found struct {
	Module string
	Kind   string
	// Class is set on what an oracle saw but does not ask for, such as the type
	// import("m").T: finding it is no mistake, and neither is leaving it out.
	Class string
	// Statement and Literal are where the statement and its module begin. chubls
	// gives one position: both are that one.
	Statement, Literal position
	// Names is nil where the oracle has no opinion.
	Names []string
}

// difference is one thing that the two sides do not agree on.
type difference struct {
	What     string // missing (chubls has less), extra (it has more), refused
	Language string
	File     string
	Module   string
	Detail   string
}

func (d difference) String() string {
	return fmt.Sprintf("%-7s %s\t%s\t%s", d.What, d.File, d.Module, d.Detail)
}

// figures count one language.
type figures struct {
	Files    int
	Oracle   int // imports that the oracle asks for
	Binary   int // imports that chubls finds, less those of a class
	Both     int // agreed by file and module
	SameLine int // agreed by file, module and line
	// Of those agreed with the same line: the one position that chubls gives is
	// the statement's, the module's, both, or neither.
	AtStatement, AtLiteral, AtNeither int
	Kinds                             int // agreed with the same kind
	Names, NamesAsked                 int // agreed with the same names, of those with names to compare
	Class, ClassFound                 map[string]int
}

// result is the comparison of all files.
type result struct {
	languages   map[string]*figures
	differences []difference   // by file and module: these decide
	soft        []difference   // lines, kinds and names: these are shown
	kinds       map[string]int // "language: oracle -> chubls"
}

func newResult() *result {
	return &result{languages: map[string]*figures{}, kinds: map[string]int{}}
}

// languageOf is the row of the table that a file counts in. The hand-made
// files have one of their own: the others are of real code alone.
func languageOf(file string) string {
	if strings.HasPrefix(file, "forms/") {
		return "forms"
	}
	switch path.Ext(file) {
	case ".py":
		return "python"
	case ".js", ".mjs", ".cjs", ".jsx":
		return "javascript"
	default:
		return "typescript"
	}
}

// file compares one file. The two lists are multisets of modules: what is in
// both is paired, first by line, so that what is left over is named rightly.
func (r *result) file(name string, oracle, binary []found) {
	language := languageOf(name)
	f := r.languages[language]
	if f == nil {
		f = &figures{Class: map[string]int{}, ClassFound: map[string]int{}}
		r.languages[language] = f
	}
	f.Files++

	byModule := map[string][2][]found{}
	for side, list := range [][]found{oracle, binary} {
		for _, x := range list {
			both := byModule[x.Module]
			both[side] = append(both[side], x)
			byModule[x.Module] = both
		}
	}
	for _, module := range slices.Sorted(maps.Keys(byModule)) {
		asked, given := byModule[module][0], byModule[module][1]
		tell := func(list *[]difference, what, detail string, args ...any) {
			*list = append(*list, difference{what, language, name, module, fmt.Sprintf(detail, args...)})
		}
		pair := func(accept func(o, b found) bool, then func(o, b found)) {
			for i := 0; i < len(asked); {
				j := slices.IndexFunc(given, func(b found) bool { return accept(asked[i], b) })
				if j < 0 {
					i++
					continue
				}
				then(asked[i], given[j])
				asked = slices.Delete(slices.Clone(asked), i, i+1)
				given = slices.Delete(slices.Clone(given), j, j+1)
			}
		}
		sameLine := func(o, b found) bool {
			return b.Statement[0] == o.Statement[0] || b.Statement[0] == o.Literal[0]
		}
		counted := func(o, b found) {
			f.Oracle++
			f.Binary++
			f.Both++
			if sameLine(o, b) {
				f.SameLine++
				atStatement, atLiteral := b.Statement == o.Statement, atModule(o, b)
				switch {
				case atStatement && atLiteral:
				case atStatement:
					f.AtStatement++
				case atLiteral:
					f.AtLiteral++
				default:
					f.AtNeither++
					tell(&r.soft, "character", "oracle %v module %v, chubls %v", o.Statement, o.Literal, b.Statement)
				}
			} else {
				tell(&r.soft, "line", "oracle %v module %v, chubls %v", o.Statement, o.Literal, b.Statement)
			}
			if b.Kind == o.Kind {
				f.Kinds++
			} else {
				r.kinds[fmt.Sprintf("%s: %s -> %s", language, o.Kind, b.Kind)]++
				tell(&r.soft, "kind", "line %d: oracle %s, chubls %s", o.Statement[0]+1, o.Kind, b.Kind)
			}
			if o.Names != nil {
				f.NamesAsked++
				want, got := slices.Sorted(slices.Values(o.Names)), slices.Sorted(slices.Values(b.Names))
				if slices.Equal(want, got) {
					f.Names++
				} else {
					tell(&r.soft, "names", "line %d %s: oracle %s, chubls %s", o.Statement[0]+1, o.Kind, abridge(o.Names), abridge(b.Names))
				}
			}
		}
		ofClass := func(o, _ found) { f.Class[o.Class]++; f.ClassFound[o.Class]++ }

		exact := func(o, b found) bool { return b.Statement == o.Statement || atModule(o, b) }
		pair(func(o, b found) bool { return o.Class == "" && exact(o, b) }, counted)
		pair(func(o, b found) bool { return o.Class != "" && exact(o, b) }, ofClass)
		pair(func(o, b found) bool { return o.Class == "" && sameLine(o, b) }, counted)
		pair(func(o, b found) bool { return o.Class != "" && sameLine(o, b) }, ofClass)
		pair(func(o, b found) bool { return o.Class == "" }, counted)
		pair(func(o, b found) bool { return true }, ofClass)
		for _, o := range asked {
			if o.Class != "" {
				f.Class[o.Class]++
				continue
			}
			f.Oracle++
			tell(&r.differences, "missing", "%s at line %d", o.Kind, o.Literal[0]+1)
		}
		for _, b := range given {
			f.Binary++
			tell(&r.differences, "extra", "%s at line %d", b.Kind, b.Statement[0]+1)
		}
	}
}

// atModule is whether chubls points at the module, on its quote or behind it.
func atModule(o, b found) bool {
	l := o.Literal
	return b.Statement[0] == l[0] && (b.Statement[1] == l[1] || b.Statement[1] == l[1]+1 && o.Statement != l)
}

func abridge(names []string) string {
	if len(names) > 8 {
		return fmt.Sprintf("%v and %d more", names[:8], len(names)-8)
	}
	return fmt.Sprint(names)
}

func (f *figures) add(g *figures) {
	f.Files += g.Files
	f.Oracle += g.Oracle
	f.Binary += g.Binary
	f.Both += g.Both
	f.SameLine += g.SameLine
	f.AtStatement += g.AtStatement
	f.AtLiteral += g.AtLiteral
	f.AtNeither += g.AtNeither
	f.Kinds += g.Kinds
	f.Names += g.Names
	f.NamesAsked += g.NamesAsked
	for k, n := range g.Class {
		f.Class[k] += n
	}
	for k, n := range g.ClassFound {
		f.ClassFound[k] += n
	}
}

// part is a of b, and 1 where there is nothing to get wrong.
func part(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func (f *figures) precision() float64 { return part(f.Both, f.Binary) }
func (f *figures) recall() float64    { return part(f.Both, f.Oracle) }

// table prints the figures, a row for each language and one for all.
func (r *result) table() string {
	var b strings.Builder
	row := func(name string, f *figures) {
		fmt.Fprintf(&b, "%-11s %6d %8d %8d   %.5f  %.5f    %.5f  %.5f   %.4f  %.4f\n", name, f.Files, f.Oracle, f.Binary,
			f.precision(), f.recall(), part(f.SameLine, f.Binary), part(f.SameLine, f.Oracle),
			part(f.Kinds, f.Both), part(f.Names, f.NamesAsked))
	}
	fmt.Fprintf(&b, "%-11s %6s %8s %8s   %s\n", "", "files", "oracle", "chubls", "precision recall   and by line: p, r    kinds   names")
	all := &figures{Class: map[string]int{}, ClassFound: map[string]int{}}
	for _, l := range slices.Sorted(maps.Keys(r.languages)) {
		row(l, r.languages[l])
		all.add(r.languages[l])
	}
	row("all", all)
	fmt.Fprintf(&b, "positions: %d at the statement, %d at the module, %d at neither, the rest where these are one\n", all.AtStatement, all.AtLiteral, all.AtNeither)
	for _, c := range slices.Sorted(maps.Keys(all.Class)) {
		fmt.Fprintf(&b, "not counted: %s: %d seen by the oracle, %d found\n", c, all.Class[c], all.ClassFound[c])
	}
	keys := slices.SortedFunc(maps.Keys(r.kinds), func(x, y string) int {
		return cmp.Or(cmp.Compare(r.kinds[y], r.kinds[x]), cmp.Compare(x, y))
	})
	for _, k := range keys {
		fmt.Fprintf(&b, "kinds: %s: %d\n", k, r.kinds[k])
	}
	return b.String()
}
