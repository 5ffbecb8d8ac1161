package fit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// style is how a file is written.
type style struct {
	python   bool
	eol      string
	unit     string // of indentation
	quote    string
	semi     string
	requires bool // a CommonJS file
}

// styleOf reads the style off a file's text.
func styleOf(host *analyzer.File) style {
	text := host.Text()
	s := style{python: host.Language().Name == "python", eol: "\n", unit: unitOf(text), quote: `"`, semi: ";"}
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		s.eol = "\r\n"
	}
	if s.unit == "" {
		s.unit = "  "
		if s.python {
			s.unit = "    "
		}
	}
	if s.python {
		return s
	}
	imports, requires := 0, 0
	for _, i := range host.Imports() {
		switch i.Kind {
		case analyzer.KindImport, analyzer.KindSideEffect, analyzer.KindImportType:
			imports++
		case analyzer.KindRequire:
			requires++
		default:
			continue
		}
		if i.Span.Start > 0 && (text[i.Span.Start-1] == '\'' || text[i.Span.Start-1] == '"') {
			s.quote = string(text[i.Span.Start-1])
		}
		if i.Statement.End > 0 {
			rest, _, _ := bytes.Cut(text[i.Span.End:], []byte("\n"))
			if !bytes.Contains(rest, []byte(";")) {
				s.semi = ""
			} else {
				s.semi = ";"
			}
		}
	}
	s.requires = requires > 0 && imports == 0
	return s
}

// unitOf finds the unit of indentation: the smallest step that a line takes.
func unitOf(text []byte) string {
	unit := ""
	for n, line := range bytes.Split(text[:min(len(text), 64<<10)], []byte{'\n'}) {
		if n > 2000 {
			break
		}
		lead := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if len(lead) == 0 || len(lead) == len(line) || bytes.HasPrefix(line[len(lead):], []byte("*")) {
			continue // no indentation, an empty line, or the inside of a comment
		}
		if lead[0] == '\t' {
			return "\t"
		}
		if len(lead) > 1 && (unit == "" || len(lead) < len(unit)) {
			unit = string(lead)
		}
	}
	return unit
}

// reindent turns the indentation of a snippet's line into the file's.
func (s style) reindent(lead, unit string) string {
	if unit == "" || lead == "" || unit == s.unit {
		return lead
	}
	depth := len(lead) / len(unit)
	return strings.Repeat(s.unit, depth) + lead[min(len(lead), depth*len(unit)):]
}

// lines gives text the file's line ends.
func (s style) lines(text string) string {
	if s.eol == "\n" {
		return text
	}
	return strings.ReplaceAll(text, "\n", s.eol)
}

// imports writes import statements, one a line.
func (s style) imports(imports []analyzer.Import) string {
	var b strings.Builder
	for _, i := range imports {
		if s.python {
			b.WriteString(pythonImport(i))
		} else {
			b.WriteString(s.scriptImport(i))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func pythonImport(i analyzer.Import) string {
	if len(i.Names) == 0 {
		if i.Local != "" {
			return "import " + i.Module + " as " + i.Local
		}
		return "import " + i.Module
	}
	var names []string
	for _, n := range i.Names {
		names = append(names, renamed(n, " as "))
	}
	return "from " + i.Module + " import " + strings.Join(names, ", ")
}

func (s style) scriptImport(i analyzer.Import) string {
	module := s.quote + i.Module + s.quote
	var whole string
	var clauses, named []string
	for _, n := range i.Names {
		switch n.Name {
		case analyzer.DefaultName:
			clauses = append(clauses, n.Local)
			whole = n.Local
		case analyzer.WholeModule:
			whole = n.Local
			if i.Kind == analyzer.KindRequire {
				clauses = append(clauses, n.Local) // const x = require("x") is closest to a default import
			} else {
				clauses = append(clauses, "* as "+n.Local)
			}
		default:
			named = append(named, n.Name)
		}
	}
	if s.requires && i.Kind != analyzer.KindImportType {
		switch {
		case len(i.Names) == 0:
			return "require(" + module + ")" + s.semi
		case len(named) == 0:
			return "const " + whole + " = require(" + module + ")" + s.semi
		case whole != "":
			// import d, { a } from "m" brings two things.
			i.Names = slices.DeleteFunc(slices.Clone(i.Names), func(n analyzer.ImportedName) bool {
				return n.Name == analyzer.DefaultName || n.Name == analyzer.WholeModule
			})
			return "const " + whole + " = require(" + module + ")" + s.semi + "\n" + s.scriptImport(i)
		}
		return "const { " + strings.Join(renamedAll(i.Names, ": "), ", ") + " } = require(" + module + ")" + s.semi
	}
	if len(i.Names) == 0 {
		return "import " + module + s.semi
	}
	if len(named) > 0 {
		clauses = append(clauses, "{ "+strings.Join(renamedAll(i.Names, " as "), ", ")+" }")
	}
	keyword := "import "
	if i.Kind == analyzer.KindImportType {
		keyword = "import type "
	}
	return keyword + strings.Join(clauses, ", ") + " from " + module + s.semi
}

func renamedAll(names []analyzer.ImportedName, as string) []string {
	var out []string
	for _, n := range names {
		if n.Name != analyzer.DefaultName && n.Name != analyzer.WholeModule {
			out = append(out, renamed(n, as))
		}
	}
	return out
}

func renamed(n analyzer.ImportedName, as string) string {
	if n.Local == "" || n.Local == n.Name {
		return n.Name
	}
	return n.Name + as + n.Local
}
