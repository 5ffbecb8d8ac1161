package docs

import (
	"regexp"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// Facts are what one guide says about packages and modules: the evidence from
// which the modules that its entry documents are told.
type Facts struct {
	ID        string // the entry's
	Ecosystem string
	Versions  []string
	Title     string
	Installs  []Install // in document order, repeats kept
	// Imports counts, for each module and each prefix of a Python module, the
	// imports in fences of the guide's own language.
	Imports map[string]int
	// Named are the npm packages with a scope that stand in inline code, but for
	// those that the guide warns of.
	Named  map[string]bool
	Total  int // of all imports
	Fences int // in the guide's own language
}

// FactsOf reads a document for what it says of packages and modules.
func FactsOf(v *Variant, d *Document) *Facts {
	f := &Facts{
		ID: v.Entry.ID, Ecosystem: Ecosystem(v.Language), Title: d.Title, Imports: map[string]int{}, Named: map[string]bool{},
		Versions: append([]string{v.Version}, d.Meta.Versions...),
	}
	for _, s := range d.Sections {
		warned := warning.MatchString(s.Heading)
		own := string(s.Own.In(d.Text))
		for _, fence := range s.Fences {
			if l := languageOf(fence.Language); l != nil {
				if Ecosystem(l.Name) == f.Ecosystem {
					f.Fences++
					f.imports(l, fence.Code)
				}
				continue
			}
			f.installs(fence.Code, warned || discouraged(d.Text, s.Own.Start, fence.Span.Start))
		}
		lead := "" // the line that a list stands below
		for line := range strings.Lines(own) {
			item := listItem.MatchString(line)
			if !item && strings.TrimSpace(line) != "" {
				lead = line
			}
			warned := warned || warning.MatchString(line) || item && warning.MatchString(lead)
			for _, code := range inlineCode.FindAllStringSubmatch(line, -1) {
				f.installs(code[1], warned)
				if !warned && scoped.MatchString(code[1]) {
					f.Named[code[1]] = true
				}
			}
		}
	}
	return f
}

var (
	warning    = regexp.MustCompile(`(?i)\b(do not|don't|never|deprecated|incorrect|wrong|avoid|instead of|unmaintained|unofficial|legacy|obsolete|not)\b|❌`)
	listItem   = regexp.MustCompile(`^\s*([-*+]|\d+[.)])\s`)
	scoped     = regexp.MustCompile(`^@[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$`)
	inlineCode = regexp.MustCompile("`([^`]+)`")
)

// discouraged reports whether the text before a fence warns of what it shows:
// the line or the list item that leads to it.
func discouraged(text []byte, from, to int) bool {
	lead := strings.TrimSpace(string(text[from:to]))
	if i := strings.LastIndex(lead, "\n\n"); i >= 0 {
		lead = lead[i:]
	}
	return !strings.Contains(lead, "```") && warning.MatchString(lead)
}

func (f *Facts) installs(script string, warned bool) {
	for _, in := range InstallsIn(script) {
		if in.Ecosystem == f.Ecosystem {
			in.Discouraged = warned
			f.Installs = append(f.Installs, in)
		}
	}
}

func (f *Facts) imports(l *analyzer.Language, code string) {
	file := analyzer.New(l, []byte(code))
	defer file.Close()
	for _, i := range file.Imports() {
		seen := map[string]bool{}
		for _, module := range modulesOf(f.Ecosystem, i) {
			for _, prefix := range prefixesOf(f.Ecosystem, module) {
				if !seen[prefix] {
					seen[prefix] = true
					f.Imports[prefix]++
				}
			}
		}
		if len(seen) > 0 {
			f.Total++
		}
	}
}

// modulesOf lists the modules that one import may be of: in Python, a name
// that is imported from a package may itself be a module.
func modulesOf(ecosystem string, i analyzer.Import) []string {
	if Standard(ecosystem, i.Module) || Relative(i.Module) {
		return nil
	}
	modules := []string{i.Module}
	if ecosystem == "python" {
		for _, n := range i.Names {
			if n.Name != analyzer.WholeModule {
				modules = append(modules, i.Module+"."+n.Name)
			}
		}
	} else {
		modules[0] = Package(i.Module)
	}
	return modules
}

// prefixesOf lists a module and what it lies in, the shortest first.
func prefixesOf(ecosystem, module string) []string {
	if ecosystem != "python" {
		return []string{module}
	}
	var prefixes []string
	for i, c := range module {
		if c == '.' {
			prefixes = append(prefixes, module[:i])
		}
	}
	return append(prefixes, module)
}

// Relative reports whether a specifier leads into the workspace: a relative or
// absolute path, or one of the aliases that bundlers give to the source folder.
func Relative(module string) bool {
	return module == "" || module[0] == '.' || module[0] == '/' || module[0] == '#' ||
		strings.HasPrefix(module, "@/") || strings.HasPrefix(module, "~")
}

// Package is the npm package that a specifier lies in: what npm:, jsr: and the
// addresses of package CDNs wrap is unwrapped, versions and subpaths go. It is
// empty for what is no package. It allocates nothing but for @types of a scope.
func Package(specifier string) string {
	s := specifier
	for _, scheme := range [...]string{"npm:", "jsr:"} {
		s = strings.TrimPrefix(s, scheme)
	}
	if rest, ok := strings.CutPrefix(s, "https://"); ok {
		host, path, _ := strings.Cut(rest, "/")
		switch host {
		case "esm.sh", "cdn.skypack.dev", "unpkg.com", "jspm.dev", "esm.run":
			s = path
		case "cdn.jsdelivr.net":
			s = strings.TrimPrefix(path, "npm/")
		default:
			return ""
		}
		if v, rest, ok := strings.Cut(s, "/"); ok && pinnedBuild.MatchString(v) {
			s = rest // esm.sh/v135/react
		}
	}
	if strings.Contains(s, ":") {
		return "" // bun:test, data:
	}
	if typed, ok := strings.CutPrefix(s, "@types/"); ok {
		typed, _, _ = strings.Cut(typed, "/")
		if scope, name, ok := strings.Cut(typed, "__"); ok {
			return "@" + scope + "/" + name
		}
		s = typed
	}
	last := 0 // where the last part of the name begins
	if strings.HasPrefix(s, "@") {
		if last = strings.IndexByte(s, '/') + 1; last == 0 {
			return s
		}
	}
	end := len(s)
	if slash := strings.IndexByte(s[last:], '/'); slash >= 0 {
		end = last + slash
	}
	if at := strings.IndexByte(s[last:end], '@'); at > 0 {
		end = last + at
	}
	return s[:end]
}

var pinnedBuild = regexp.MustCompile(`^v\d+$`)
