package fit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// topLevel gives the lines of an import that stands at the top level, with the
// declaration around it; ok is false for one inside other code.
func topLevel(file *analyzer.File, i analyzer.Import) (span analyzer.Span, ok bool) {
	text := file.Text()
	start := bytes.LastIndexByte(text[:i.Statement.Start], '\n') + 1
	lead := string(text[start:i.Statement.Start])
	switch i.Kind {
	case analyzer.KindImport, analyzer.KindImportType, analyzer.KindSideEffect, analyzer.KindImportEquals, analyzer.KindStar:
		return i.Statement, lead == ""
	case analyzer.KindRequire:
		declares := strings.HasPrefix(lead, "const ") || strings.HasPrefix(lead, "let ") || strings.HasPrefix(lead, "var ")
		rest, _, _ := bytes.Cut(text[i.Statement.End:], []byte("\n"))
		plain := len(bytes.Trim(rest, "; \t\r")) == 0
		nested := slices.ContainsFunc(i.Names, func(n analyzer.ImportedName) bool { return n.Local == "" })
		return analyzer.Span{Start: start, End: i.Statement.End}, declares && plain && len(i.Names) > 0 && !nested
	}
	return span, false
}

// missing lists the imports that the snippet needs and the host lacks.
func missing(host, file *analyzer.File, s Snippet) []analyzer.Import {
	var needed []analyzer.Import
	bound := map[string]bool{}
	for _, i := range file.Imports() {
		for _, n := range i.Names {
			bound[n.Local] = true
		}
		if _, ok := topLevel(file, i); ok {
			needed = append(needed, i)
		}
	}
	// Names that another of the guide's examples imports, and this one uses.
	for _, i := range s.Imports {
		used := i
		used.Names = nil
		for _, n := range i.Names {
			if n.Local != "" && !bound[n.Local] && uses(file, n.Local) {
				bound[n.Local] = true
				used.Names = append(used.Names, n)
			}
		}
		whole := wholeName(i)
		if whole != "" && !bound[whole] && uses(file, whole) {
			bound[whole] = true
			needed = append(needed, i)
		} else if len(used.Names) > 0 {
			needed = append(needed, used)
		}
	}
	have := host.Imports()
	var lacking []analyzer.Import
	for _, n := range needed {
		for _, h := range have {
			n = without(n, h)
		}
		if n.Module != "" && !slices.ContainsFunc(lacking, func(o analyzer.Import) bool { return o.Module == n.Module && equalNames(o, n) }) {
			lacking = append(lacking, n)
		}
	}
	return lacking
}

// wholeName is the name that Python's "import a.b" or "import a.b as c" binds.
func wholeName(i analyzer.Import) string {
	if len(i.Names) > 0 || i.Kind != analyzer.KindImport {
		return ""
	}
	if i.Local != "" {
		return i.Local
	}
	head, _, _ := strings.Cut(i.Module, ".")
	return head
}

// uses reports whether a file uses a name without binding it itself.
func uses(file *analyzer.File, name string) bool {
	if !bytes.Contains(file.Text(), []byte(name)) {
		return false
	}
	return len(file.Names(name)) > 0 && !file.Binds(name)
}

// without takes from a needed import what the host's import brings; an empty
// Module says that nothing is left.
func without(needed, have analyzer.Import) analyzer.Import {
	if needed.Module != have.Module || have.Kind == analyzer.KindReExport || have.Kind == analyzer.KindDynamic {
		return needed
	}
	if len(needed.Names) == 0 {
		if needed.Kind == analyzer.KindSideEffect || wholeName(needed) == wholeName(have) {
			needed.Module = ""
		}
		return needed
	}
	var left []analyzer.ImportedName
	for _, n := range needed.Names {
		if !slices.ContainsFunc(have.Names, func(h analyzer.ImportedName) bool { return h.Local == n.Local }) {
			left = append(left, n)
		}
	}
	if needed.Names = left; len(left) == 0 {
		needed.Module = ""
	}
	return needed
}

func equalNames(a, b analyzer.Import) bool {
	return a.Local == b.Local && slices.EqualFunc(a.Names, b.Names, func(x, y analyzer.ImportedName) bool {
		return x.Name == y.Name && x.Local == y.Local
	})
}
