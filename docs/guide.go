package docs

import (
	"slices"

	"github.com/chubls/chubls/analyzer"
)

// Guide is a document made ready for questions: each fence of the variant's
// own language has been read as code, and the references that it makes are
// what its section documents. A Guide is immutable.
type Guide struct {
	*Document
	Variant *Variant
	Source  string // the name of the source that it came from
	// Paths are where the variant's files lie on this machine, by their names, as
	// far as they do. Set them before the first question.
	Paths map[string]string
	// Imports are the imports of all own fences, in document order.
	Imports []analyzer.Import
	uses    []use
	bound   []bound

	about   map[*Section]*about
	open    map[string]bool     // methods that the guide shows on any resource
	makers  map[string][]string // path of what makes an object -> names of variables that hold it
	clients map[string]bool     // names of what makes an object, without what they lie in
	matches memo[[]Match]
	texts   memo[string]
	made    memo[any]
}

// bound is a name that a fence binds at its top level to something imported.
type bound struct {
	analyzer.Assignment
	section *Section
	fence   int
}

// use is one reference that a fence makes.
type use struct {
	analyzer.Reference
	section *Section
	fence   int  // index into section.Fences
	brought bool // the fence itself imports what it uses
}

// languageOf maps a fence's tag to the language that it is read as: the dialects
// of a language count as the language.
func languageOf(tag string) *analyzer.Language {
	switch tag {
	case "jsx":
		return analyzer.ByLanguageID("javascriptreact")
	case "tsx":
		return analyzer.ByLanguageID("typescriptreact")
	}
	return analyzer.ByLanguageID(tag)
}

// Ecosystem is the name under which a language's modules are known: TypeScript
// and JavaScript share theirs.
func Ecosystem(language string) string {
	switch language {
	case "typescript", "jsx", "tsx":
		return "javascript"
	}
	return language
}

// NewGuide reads a document's fences.
func NewGuide(v *Variant, source string, d *Document) *Guide {
	g := &Guide{Document: d, Variant: v, Source: source}
	var blocks []block
	for _, s := range d.Sections {
		for i, f := range s.Fences {
			if l := g.LanguageOf(f); l != nil {
				blocks = append(blocks, block{s, i, l})
			}
		}
	}
	current, prefer := 0, func(analyzer.Reference) bool { return true }
	type looked struct {
		ref analyzer.Reference
		ok  bool
	}
	files := make([]*analyzer.File, len(blocks))
	known := make([]map[string]looked, len(blocks))
	lookup := func(n int, name string) looked {
		found, ok := known[n][name]
		if !ok {
			found.ref, found.ok = files[n].Lookup(name)
			known[n][name] = found
		}
		return found
	}
	// A name that a fence does not bind is the one of the nearest fence before
	// it that does, or else of the first one after it.
	outer := func(name string) (analyzer.Reference, bool) {
		var first looked
		for i := range files {
			n := current - 1 - i
			if n < 0 {
				n = i // all before it, backwards; then those after it
			}
			if n == current {
				continue
			}
			found := lookup(n, name)
			if found.ok && prefer(found.ref) {
				return found.ref, true
			}
			if found.ok && !first.ok {
				first = found
			}
		}
		return first.ref, first.ok
	}
	for i, b := range blocks {
		files[i] = analyzer.NewWithin(b.language, []byte(b.section.Fences[b.fence].Code), outer)
		defer files[i].Close()
		known[i] = map[string]looked{}
	}
	for i, b := range blocks {
		current = i
		g.Imports = append(g.Imports, files[i].Imports()...)
		before := len(g.bound)
		g.read(files[i], b.section, b.fence, false)
		// What those behind it take from this fence may come from others itself.
		for _, a := range g.bound[before:] {
			if !lookup(i, a.Name).ok {
				known[i][a.Name] = looked{a.Value, true}
			}
		}
	}
	// A guide may call two things by one name, such as a browser's and a server's
	// client: then a use is also read as one of the guide's main module.
	main := g.main()
	prefer = func(ref analyzer.Reference) bool { return ref.Module == main }
	for i, b := range blocks {
		current = i
		g.read(files[i], b.section, b.fence, true)
	}
	g.learn()
	return g
}

// block is a fence that is read as code.
type block struct {
	section  *Section
	fence    int
	language *analyzer.Language
}

// read takes over what one fence uses and binds. With again set, only uses that
// an earlier reading took for something else are new.
func (g *Guide) read(f *analyzer.File, s *Section, fence int, again bool) {
	imports := f.Imports()
	for _, ref := range f.Uses() {
		ref.Steps = nil
		if again && slices.ContainsFunc(g.uses, func(u use) bool {
			return u.section == s && u.fence == fence && u.Span == ref.Span && u.Module == ref.Module
		}) {
			continue
		}
		brought := slices.ContainsFunc(imports, func(i analyzer.Import) bool { return i.Module == ref.Module })
		g.uses = append(g.uses, use{ref, s, fence, brought})
	}
	if again {
		return
	}
	for _, a := range f.Assignments() {
		a.Value.Steps = nil
		g.bound = append(g.bound, bound{a, s, fence})
	}
}

// main is the module that most of the guide's examples import.
func (g *Guide) main() string {
	count := map[string]int{}
	best := ""
	for _, i := range g.Imports {
		if Standard(Ecosystem(g.Variant.Language), i.Module) || Relative(i.Module) {
			continue
		}
		if count[i.Module]++; count[i.Module] > count[best] {
			best = i.Module
		}
	}
	return best
}

// Outer resolves the names that a fence takes from the guide's others.
func (g *Guide) Outer(s *Section, fence int) analyzer.Outer {
	return func(name string) (analyzer.Reference, bool) {
		for _, b := range g.bound {
			if b.Name == name && (b.section != s || b.fence != fence) {
				return b.Value, true
			}
		}
		return analyzer.Reference{}, false
	}
}

// Construction finds the fence that first makes something of the guide's own
// module and keeps it in a variable, or else the guide's first own fence.
func (g *Guide) Construction() (s *Section, fence int, ok bool) {
	for _, b := range g.bound {
		if g.isClient(b) {
			return b.section, b.fence, true
		}
	}
	for _, s := range g.Sections {
		if own := g.OwnFences(s); len(own) > 0 {
			return s, own[0], true
		}
	}
	return nil, 0, false
}

// OwnFences lists the indexes of a section's fences that are in the guide's
// own language.
func (g *Guide) OwnFences(s *Section) []int {
	var own []int
	for i, f := range s.Fences {
		if g.LanguageOf(f) != nil {
			own = append(own, i)
		}
	}
	return own
}

// LanguageOf is the language that a fence is read as; nil where it is not the
// guide's own.
func (g *Guide) LanguageOf(f Fence) *analyzer.Language {
	if l := languageOf(f.Language); l != nil && Ecosystem(l.Name) == Ecosystem(g.Variant.Language) {
		return l
	}
	return nil
}
