package docs

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/chubls/chubls/analyzer"
)

// Distant is a Source whose documents may have to be fetched. What its entries
// are about is found out when a file imports something that they may document,
// and not from all documents at once.
type Distant interface {
	Source
	Distant()
}

// maxCandidates bounds how many documents are fetched to find out which entry
// documents a module.
const maxCandidates = 3

// unread are the entries of which only the registry is known, by the words that
// stand in their ids, tags and descriptions.
type unread struct {
	ready chan struct{}        // closed when the words are there
	words map[string][]mention // folded, each variant once
	named *namesakes           // of all entries, those that are known too

	mu    sync.Mutex
	tried map[*Variant]*trial
	asked map[string][]*Variant // ecosystem and module -> candidates
}

// mention is a word of an entry, with the weight of the place where it stands.
type mention struct {
	*Variant
	weight float64
}

// Where a word of an entry stands. The whole name by which an entry is known says
// most; an id is chosen with care, tags less so, and a description names its
// neighbours too.
const (
	asOnlyAuthor  = 10
	asName        = 8
	asAuthor      = 6 // of many entries
	inID          = 4
	inTags        = 2
	inDescription = 1
)

// trial is a document that is read to see what it is about.
type trial struct {
	done  chan struct{}
	facts *Facts    // nil if it could not be read
	until time.Time // of a failure: it is tried again after that
}

// newUnread begins to list the variants that known says nothing about.
func newUnread(registry *Registry, known map[string]bool) *unread {
	u := &unread{ready: make(chan struct{}), words: map[string][]mention{}, tried: map[*Variant]*trial{}, asked: map[string][]*Variant{}}
	go func() {
		defer close(u.ready)
		u.list(registry, known)
	}()
	return u
}

func (u *unread) list(registry *Registry, known map[string]bool) {
	var entries []entryName
	for _, e := range registry.Entries {
		for _, v := range e.latest() {
			if name := (entryName{Ecosystem(v.Language), e.ID}); len(entries) == 0 || entries[len(entries)-1] != name {
				entries = append(entries, name)
			}
		}
	}
	u.named = newNamesakes(entries)
	for _, e := range registry.Entries {
		for _, v := range e.latest() {
			eco := Ecosystem(v.Language)
			if analyzer.ByLanguageID(eco) == nil || known[eco+"\t"+e.ID] {
				continue
			}
			for w, weight := range u.weigh(e, eco) {
				u.words[w] = append(u.words[w], mention{v, weight})
			}
		}
	}
}

// weigh lists the words of an entry, each with the weight of its best place.
func (u *unread) weigh(e *Entry, ecosystem string) map[string]float64 {
	words := map[string]float64{}
	for _, place := range []struct {
		text   string
		weight float64
	}{{e.Description, inDescription}, {strings.Join(e.Tags, " "), inTags}, {e.ID, inID}} {
		for _, w := range spoken(place.text) {
			words[w] = place.weight
		}
	}
	known := u.named.identities(entryName{ecosystem, e.ID})
	author, name, _ := strings.Cut(e.ID, "/")
	for _, w := range spellings(author) {
		words[w] = asAuthor
		if known[fold(author)] {
			words[w] = asOnlyAuthor
		}
	}
	if known[fold(name)] {
		for _, w := range spellings(name) {
			words[w] = max(words[w], asName)
		}
	}
	return words
}

// spoken lists the words of a text, folded, each once; a name of several words
// stands as one, too: acme_billing has acme, billing and acmebilling.
func spoken(text string) []string {
	set := map[string]bool{}
	for field := range strings.FieldsSeq(text) {
		for part := range strings.SplitSeq(field, "/") {
			words := strings.FieldsFunc(strings.ToLower(part), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			for _, w := range append(words, strings.Join(words, "")) {
				if len(w) > 1 {
					set[w] = true
				}
			}
		}
	}
	return slices.Collect(maps.Keys(set))
}

var dots = strings.NewReplacer("@", " ", ".", " ")

// maxAsked bounds how many modules' candidates are remembered.
const maxAsked = 4096

// candidates lists the variants that may document a module, the likeliest first.
// The same few modules are asked for with every hover, so they are remembered.
func (u *unread) candidates(ecosystem, module, prefix string) []*Variant {
	key := ecosystem + "\t" + module + "\t" + prefix
	u.mu.Lock()
	defer u.mu.Unlock()
	found, ok := u.asked[key]
	if !ok {
		if len(u.asked) >= maxAsked {
			clear(u.asked)
		}
		found = u.likely(ecosystem, module, prefix)
		u.asked[key] = found
	}
	return found
}

// likely finds the variants whose words are those of a module. A rare word counts
// for more than a common one. Where the owner of a prefix is known, another entry
// is likely only if its id has words of both, the prefix and what is below.
func (u *unread) likely(ecosystem, module, prefix string) []*Variant {
	name := module
	if ecosystem != "python" {
		name = Package(module)
	}
	scores := map[*Variant]float64{}
	for _, w := range spoken(dots.Replace(name) + " " + strings.ReplaceAll(name, ".", "_")) {
		found := u.words[w]
		if len(found) > 1000 {
			continue // it says nothing
		}
		for _, m := range found {
			if Ecosystem(m.Language) == ecosystem {
				scores[m.Variant] += m.weight / math.Log2(float64(len(found)+1))
			}
		}
	}
	if prefix != "" {
		above, below := spoken(dots.Replace(prefix)), spoken(dots.Replace(strings.TrimPrefix(module, prefix)))
		maps.DeleteFunc(scores, func(v *Variant, _ float64) bool {
			id := fold(v.Entry.ID)
			in := func(w string) bool { return strings.Contains(id, w) }
			return !slices.ContainsFunc(above, in) || !slices.ContainsFunc(below, in)
		})
	}
	list := slices.SortedFunc(maps.Keys(scores), func(a, b *Variant) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a.Entry.ID, b.Entry.ID), cmp.Compare(a.Path, b.Path))
	})
	return list[:min(len(list), maxCandidates)]
}

// discover reads the documents that may be about a module, of which an owner is
// known for a prefix, or "". It waits for them until ctx ends, and returns
// ErrLoading then; they go on loading.
func (l *Library) discover(ctx context.Context, s *shelf, ecosystem, module, prefix string) error {
	u := s.catalog().unread
	if u == nil || module == noModule || Relative(module) || Standard(ecosystem, module) {
		return nil
	}
	if err := await(ctx, u.ready); err != nil {
		return err
	}
	var trials []*trial
	for _, v := range u.candidates(ecosystem, module, prefix) {
		trials = append(trials, l.try(s, u, v)) // all at once, before the first is waited for
	}
	for _, t := range trials {
		if err := await(ctx, t.done); err != nil {
			return err
		}
	}
	return nil
}

// try reads a document, once for a registry, and takes over what it is about.
func (l *Library) try(s *shelf, u *unread, v *Variant) *trial {
	u.mu.Lock()
	defer u.mu.Unlock()
	if t := u.tried[v]; t != nil && (t.until.IsZero() || time.Now().Before(t.until)) {
		return t
	}
	t := &trial{done: make(chan struct{})}
	u.tried[v] = t
	go func() {
		defer close(t.done)
		d, err := document(l.ctx, s.Source, v)
		u.mu.Lock()
		defer u.mu.Unlock()
		if err != nil {
			t.until = time.Now().Add(retry)
			return
		}
		t.facts = FactsOf(v, d)
		var facts []*Facts
		for _, t := range u.tried {
			if t.facts != nil {
				facts = append(facts, t.facts)
			}
		}
		slices.SortFunc(facts, func(a, b *Facts) int { return cmp.Compare(a.ID, b.ID) })
		if c := s.catalog(); c.unread == u {
			s.now.Store(c.with(l.tableOf(s, c.shipped, c.entries), claimsAmong(u.named, facts)))
		}
	}()
	return t
}

// with is the catalog with what else is known of its entries.
func (c *catalog) with(known *Modules, claims []Claim) *catalog {
	more := *c
	more.modules, more.evidence = known, map[string][]string{}
	for _, claim := range claims {
		more.modules.add(claim.Ecosystem, claim.Module, claim.ID)
		more.evidence[claim.Ecosystem+"\t"+claim.Module+"\t"+claim.ID] = claim.Evidence
	}
	return &more
}
