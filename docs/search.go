package docs

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
)

// Hit is what a search has found: an entry, or a section of its guide.
type Hit struct {
	Owner
	Section *Section // nil for the entry itself
	Guide   *Guide   // of the section
	score   int
}

// Find finds an entry by its id, which may have its source before it, in the first
// source that has it. An empty language is the first of the entry's. It waits for
// registries until ctx ends.
func (l *Library) Find(ctx context.Context, id, language string) (o Owner, ok bool, err error) {
	source, bare, named := strings.Cut(id, ":")
	if !named {
		bare = id
	}
	for _, s := range l.all() {
		if named && s.Name() != source {
			continue
		}
		if err := s.wait(ctx); err != nil {
			return Owner{}, false, err
		}
		e := s.catalog().entries[bare]
		if e == nil {
			continue
		}
		if v := e.readable(language); v != nil {
			return l.owner(s, v), true, nil
		}
	}
	return Owner{}, false, nil
}

// readable is the variant that somebody wants to read who has named a language, or
// none.
func (e *Entry) readable(language string) *Variant {
	if language != "" {
		return e.variant(NormalizeLanguage(language))
	}
	if latest := e.latest(); len(latest) > 0 {
		return latest[0]
	}
	return nil
}

// all are the shelves, the starter's last.
func (l *Library) all() []*shelf {
	shelves := slices.Clone(l.shelves)
	if l.starter != nil {
		shelves = append(shelves, l.starter)
	}
	return shelves
}

// owner is a variant as something to be shown.
func (l *Library) owner(s *shelf, v *Variant) Owner {
	o := Owner{Variant: v, Source: s.Name(), Workspace: s.workspace(), shelf: s}
	o.ID = l.display(o)
	return o
}

// Search finds entries by words, and sections by their headings in those guides
// that are at hand, the best first and no more than limit. Every word must be
// somewhere: it counts most in a name, then in an id, the tags, the description. No
// words find all entries. Registries that are on their way are waited for until
// ctx ends, and passed over then.
func (l *Library) Search(ctx context.Context, words string, limit int) ([]Hit, error) {
	query := searchWords(words)
	var hits []Hit
	seen := map[string]bool{}
	for _, s := range l.all() {
		if s.wait(ctx) != nil {
			continue
		}
		if err := ctx.Err(); err == context.Canceled {
			return nil, err
		}
		for _, e := range s.catalog().registry.entries() {
			score, ok := entryScore(e, query)
			if !ok || s == l.starter && seen[e.ID] {
				continue
			}
			seen[e.ID] = true
			for _, v := range e.latest() {
				hits = append(hits, Hit{Owner: l.owner(s, v), score: score})
			}
		}
	}
	if len(query) > 0 {
		for _, g := range l.atHand() {
			for _, s := range g.guide.Sections {
				if score, ok := sectionScore(g.guide, s, query); ok {
					hits = append(hits, Hit{Owner: l.owner(g.owner.shelf, g.owner.Variant), Section: s, Guide: g.guide, score: score})
				}
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(b.score-a.score, cmp.Compare(len(a.Variant.Entry.ID), len(b.Variant.Entry.ID)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Variant.Language, b.Variant.Language))
	})
	return hits[:min(len(hits), limit)], nil
}

// atHand are the guides that are ready.
func (l *Library) atHand() []*loading {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ready []*loading
	for e := l.recent.Front(); e != nil; e = e.Next() {
		if g := e.Value.(*loading); g.ended() && g.guide != nil {
			ready = append(ready, g)
		}
	}
	return ready
}

// maxWords bounds a search, in words.
const maxWords = 16

// searchWords parts what somebody types.
func searchWords(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return words[:min(len(words), maxWords)]
}

// entryScore says how well an entry fits all words; ok is false where one is
// nowhere.
func entryScore(e *Entry, query []string) (score int, ok bool) {
	for _, word := range query {
		best := 8 * closest(e.Name, word)
		best = max(best, 7*closest(e.ID, word))
		for _, tag := range e.Tags {
			best = max(best, 4*closest(tag, word))
		}
		if best == 0 {
			best = 2 * closest(e.Description, word)
		}
		if best == 0 {
			return 0, false
		}
		score += best
	}
	return score, true
}

// sectionScore is entryScore for a section: one word at least is in its heading.
func sectionScore(g *Guide, s *Section, query []string) (score int, ok bool) {
	heading := 0
	for _, word := range query {
		in := 6 * closest(s.Heading, word)
		heading += in
		if in == 0 {
			in = 3 * closest(g.Variant.Entry.ID, word)
		}
		if in == 0 {
			return 0, false
		}
		score += in
	}
	return score, heading > 0
}

// closest says how much of a text a word is: 4 for all of it, 3 for one of its
// words, 2 for the start of one, 1 for a part of one, 0 for none.
func closest(text, word string) int {
	text = strings.ToLower(text)
	at := strings.Index(text, word)
	switch {
	case at < 0:
		return 0
	case text == word:
		return 4
	}
	best := 1
	for at >= 0 {
		start, end := at, at+len(word)
		if start == 0 || !letter(text[start-1]) {
			best = max(best, 2)
			if end == len(text) || !letter(text[end]) {
				return 3
			}
		}
		next := strings.Index(text[start+1:], word)
		if next < 0 {
			break
		}
		at = start + 1 + next
	}
	return best
}

// letter reports whether a byte is part of a word; those of letters beyond ASCII are.
func letter(c byte) bool {
	return c >= 0x80 || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}
