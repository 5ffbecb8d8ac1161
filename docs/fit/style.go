package fit

import (
	"bytes"
	"path/filepath"
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
	module   bool // it imports or exports, or its name says so
	requires bool // a CommonJS file
	either   bool // a script that does not show which of the two it is
}

// within is the style in a package whose scripts are CommonJS, or are not.
func (s style) within(commonJS bool) style {
	s.requires = s.requires || s.either && commonJS
	return s
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
	semis := 0
	for _, i := range host.TopImports() {
		switch i.Kind {
		case analyzer.KindImport, analyzer.KindSideEffect, analyzer.KindImportType, analyzer.KindImportEquals, analyzer.KindReExport:
			imports++
		case analyzer.KindRequire:
			requires++
		default:
			continue
		}
		if i.Span.Start > 0 && (text[i.Span.Start-1] == '\'' || text[i.Span.Start-1] == '"') {
			s.quote = string(text[i.Span.Start-1])
		}
		rest, _, _ := bytes.Cut(text[i.Span.End:], []byte("\n"))
		if bytes.Contains(rest, []byte(";")) {
			semis++
		} else {
			semis--
		}
	}
	if semis < 0 || semis == 0 && imports+requires == 0 && withoutSemicolons(text) {
		s.semi = ""
	}
	if imports+requires == 0 {
		s.quote = quoteOf(text)
	}
	s.module = isModule(host)
	s.requires = !s.module && (requires > 0 || hasCommonJS(host))
	s.either = !s.module && !s.requires && host.Language().Name == "javascript"
	return s
}

// isModule reports whether a script is a module: it imports or exports at the
// top level, or its name says so.
func isModule(host *analyzer.File) bool {
	switch strings.ToLower(filepath.Ext(host.Where())) {
	case ".cjs":
		return false
	case ".mjs", ".mts":
		return true
	}
	return begins(host.Text(), "import ", "import{", `import"`, "import'", "export ", "export{", "export*")
}

// hasCommonJS reports whether a script exports as CommonJS does.
func hasCommonJS(host *analyzer.File) bool {
	return strings.ToLower(filepath.Ext(host.Where())) == ".cjs" ||
		bytes.Contains(host.Text(), []byte("module.exports")) || begins(host.Text(), "exports.")
}

// begins reports whether a line of a text begins with one of some words.
func begins(text []byte, words ...string) bool {
	for _, w := range words {
		if bytes.HasPrefix(text, []byte(w)) || bytes.Contains(text, []byte("\n"+w)) {
			return true
		}
	}
	return false
}

// TakesMarkup reports whether a file may have JSX: by its name, or since it has
// some already.
func TakesMarkup(host *analyzer.File) bool {
	ext := strings.ToLower(filepath.Ext(host.Where()))
	return ext == ".jsx" || ext == ".tsx" || host.HasMarkup()
}

// sample is how much of a file is read to see how it is written.
const sample = 64 << 10

// withoutSemicolons reports whether hardly a line ends in a semicolon.
func withoutSemicolons(text []byte) bool {
	text = text[:min(len(text), sample)]
	ends := bytes.Count(text, []byte(";\n")) + bytes.Count(text, []byte(";\r\n"))
	return len(text) > 0 && ends*20 < bytes.Count(text, []byte("\n"))
}

// quoteOf is the quote that most strings of a file have.
func quoteOf(text []byte) string {
	text = text[:min(len(text), sample)]
	if bytes.Count(text, []byte("'")) > bytes.Count(text, []byte(`"`)) {
		return "'"
	}
	return `"`
}

// unitOf finds the unit of indentation: what most lines are further in than the
// one before them that opens a block, or else the smallest step that one takes.
func unitOf(text []byte) string {
	steps := map[string]int{}
	smallest, n := "", 0
	before, opens := []byte(nil), false
	for line := range bytes.Lines(text[:min(len(text), sample)]) {
		if n++; n > 2000 {
			break
		}
		code := bytes.TrimLeft(line, " \t")
		lead := line[:len(line)-len(code)]
		code = bytes.TrimRight(code, " \t\r\n")
		if len(code) == 0 || code[0] == '*' {
			continue // an empty line, or the inside of a comment
		}
		if len(lead) > 0 && lead[0] == '\t' {
			return "\t"
		}
		if opens && len(lead) > len(before) && bytes.HasPrefix(lead, before) {
			steps[string(lead[len(before):])]++
		}
		if len(lead) > 1 && (smallest == "" || len(lead) < len(smallest)) {
			smallest = string(lead)
		}
		last := code[len(code)-1]
		before, opens = lead, last == ':' || last == '{' || last == '(' || last == '['
	}
	unit := ""
	for step, n := range steps {
		if len(step) > 1 && (n > steps[unit] || n == steps[unit] && len(step) < len(unit)) {
			unit = step
		}
	}
	if unit == "" {
		return smallest
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

// imports writes import statements, one a line.
func (s style) imports(imports []need) string {
	var b strings.Builder
	for _, i := range imports {
		if s.python {
			b.WriteString(pythonImport(i.Import))
		} else {
			b.WriteString(s.scriptImport(i.Import, i.rest))
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

func (s style) scriptImport(i analyzer.Import, rest string) string {
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
			return "const " + whole + " = require(" + module + ")" + s.semi + "\n" + s.scriptImport(i, rest)
		}
		return "const { " + strings.Join(renamedAll(i.Names, ": "), ", ") + " } = require(" + module + ")" + s.semi
	}
	module += rest
	if len(i.Names) == 0 {
		return "import " + module + s.semi
	}
	if i.Kind == analyzer.KindImportEquals && len(i.Names) == 1 {
		return "import " + i.Names[0].Local + " = require(" + module + ")" + s.semi
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
