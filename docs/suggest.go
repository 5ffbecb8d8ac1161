package docs

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Suggest lists the entries that the user may mean to document a module: its other
// owners first, then those whose ids have its words in them. The entry that is
// shown now is not among them, nor are more than n. It waits for registries until
// ctx ends.
func (l *Library) Suggest(ctx context.Context, language, module string, n int) ([]Owner, error) {
	owners, err := l.Owners(ctx, language, module)
	if err != nil {
		return nil, err
	}
	var found []Owner
	shown := map[string]bool{}
	for i, o := range owners {
		shown[o.ID] = true
		if i > 0 {
			found = append(found, o)
		}
	}
	name := module
	if Ecosystem(language) != "python" {
		name = Package(module)
	}
	words := spoken(dots.Replace(name))
	type scored struct {
		Owner
		score int
	}
	var likely []scored
	for _, s := range append(slices.Clip(l.shelves), l.starter) {
		if s == nil {
			continue
		}
		if err := s.wait(ctx); err != nil {
			return nil, err
		}
		for _, e := range s.catalog().registry.entries() {
			score := closeness(e.ID, words)
			if score == 0 {
				continue
			}
			if v := e.variant(language); v != nil {
				o := Owner{Variant: v, Source: s.Name(), Module: name, Workspace: s.workspace(), shelf: s}
				o.ID = l.display(o)
				likely = append(likely, scored{o, score})
			}
		}
	}
	slices.SortStableFunc(likely, func(a, b scored) int {
		return cmp.Or(b.score-a.score, cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	for _, o := range likely {
		if !shown[o.ID] {
			shown[o.ID] = true
			found = append(found, o.Owner)
		}
	}
	return found[:min(n, len(found))], nil
}

// commonWords are in many names of packages, and say nothing about any of them.
var commonWords = setOf("api sdk client package python js node lib core types server web app cloud com io the my py")

// closeness is how much of a module's words an id has, in letters.
func closeness(id string, words []string) (score int) {
	id = fold(id)
	for _, w := range words {
		if len(w) > 2 && !commonWords[w] && strings.Contains(id, w) {
			score += len(w)
		}
	}
	return score
}

// entries are those of a registry; nil has none.
func (r *Registry) entries() []*Entry {
	if r == nil {
		return nil
	}
	return r.Entries
}
