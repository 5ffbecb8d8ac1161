package docs

import (
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// Making gives, for the names that a fence takes from the guide's others, the
// statement there that makes what the name stands for, after those of the same
// fence that it needs. See [Guide.Outer].
func (g *Guide) Making(s *Section, fence int) func(name string) (code string, ok bool) {
	return func(name string) (string, bool) {
		for _, b := range g.bound {
			if b.Name != name || b.section == s && b.fence == fence {
				continue
			}
			code := b.section.Fences[b.fence].Code
			if b.Statement.End > len(code) {
				return "", false
			}
			file := analyzer.New(g.LanguageOf(b.section.Fences[b.fence]), []byte(code))
			defer file.Close()
			var text strings.Builder
			for _, span := range append(file.Slice(b.Statement), b.Statement) {
				text.WriteString(code[span.Start:span.End] + "\n")
			}
			return text.String(), true
		}
		return "", false
	}
}

// Client is what the guide's examples first make of its own module and keep in
// a variable.
func (g *Guide) Client() (ref analyzer.Reference, ok bool) {
	for _, b := range g.bound {
		if g.isClient(b) {
			return b.Value, true
		}
	}
	return ref, false
}

func (g *Guide) isClient(b bound) bool {
	return !Standard(Ecosystem(g.Variant.Language), b.Value.Module) && !Relative(b.Value.Module) &&
		(b.Value.Called || len(b.Value.Path) == 1 && b.Value.Path[0].Called)
}

// Calls lists the names of what a fence calls that is not the language's own, in
// the order of the text: create of client.users.create(). What says that a call
// is asynchronous is left out.
func (g *Guide) Calls(s *Section, fence int) []string {
	var names []string
	for _, u := range g.uses {
		if u.section != s || u.fence != fence || u.Module == "" || len(u.Path) == 0 || Standard(Ecosystem(g.Variant.Language), u.Module) {
			continue
		}
		name := strings.NewReplacer("async", "", "aio", "").Replace(foldName(u.Path[len(u.Path)-1].Name))
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Keep returns what is known for key, making it the first time: whatever is the
// same for a guide every time. It must not be changed.
func (g *Guide) Keep(key string, make func() any) any { return remember(&g.made, key, make) }
