package docs

import (
	"context"
	"fmt"
	"strings"
)

// Reason says why an owner documents its module, for people who ask.
type Reason struct {
	Owner    Owner
	Score    int      // of the package rules; 0 where the guide names no package of its own
	Evidence []string // each row with its points
	// Over says why the owner comes before the next one; "" for the last.
	Over string
}

// Why reads the guides of a module's owners again for what speaks for each. It
// waits for them until ctx ends.
func (l *Library) Why(ctx context.Context, language string, owners []Owner) []Reason {
	ecosystem := Ecosystem(language)
	facts := make([]*Facts, len(owners))
	for i, o := range owners {
		if g, err := l.Guide(ctx, o); err == nil {
			facts[i] = FactsOf(o.Variant, g.Document)
		}
	}
	reasons := make([]Reason, len(owners))
	ranks := make([]rank, len(owners))
	for i, o := range owners {
		reasons[i] = Reason{Owner: o, Evidence: o.Evidence}
		if facts[i] == nil {
			continue
		}
		var same []*Facts // what is compared lies in one hub
		var entries []entryName
		for j, f := range facts {
			if f != nil && owners[j].shelf == o.shelf {
				same = append(same, f)
			}
		}
		for id := range o.shelf.catalog().entries {
			entries = append(entries, entryName{ecosystem, id})
		}
		for _, claim := range claimsAmong(newNamesakes(entries), same) {
			if claim.ID == o.Variant.Entry.ID && claim.Module == unversioned(ecosystem, o.Module) {
				ranks[i] = claim.rank
				if len(o.Evidence) == 0 {
					reasons[i].Score, reasons[i].Evidence = claim.Score, claim.Evidence
				}
			}
		}
	}
	for i := range owners[:max(0, len(owners)-1)] {
		reasons[i].Over = over(owners[i], owners[i+1], ranks[i], ranks[i+1])
	}
	return reasons
}

// over says why one owner comes before another, by the order of [Library.Owners].
func over(a, b Owner, first, second rank) string {
	switch {
	case a.shelf != b.shelf:
		return fmt.Sprintf("source %s comes before %s", a.Source, b.Source)
	case first.author != second.author:
		return "its author is the module"
	case first.name != second.name:
		return "its name is the module"
	case first.major != second.major:
		return fmt.Sprintf("it documents major version %d, the next %d", first.major, second.major)
	case first.fences != second.fences:
		return fmt.Sprintf("it has %d examples, the next %d", first.fences, second.fences)
	case first.plain != second.plain:
		return "its name says what it is about"
	}
	return "its id comes first"
}

// points writes a row of evidence with what it counts.
func points(name string, weight int) string { return fmt.Sprintf("%s (%+d)", name, weight) }

// Asked says how a specifier was understood: what of it was looked up, and what
// was taken away for that. It is "" where all of it was.
func (o Owner) Asked(specifier string) string {
	if specifier == o.Module {
		return ""
	}
	rest := strings.TrimPrefix(specifier, o.Module)
	if rest == specifier {
		return fmt.Sprintf("%s, which is what %s wraps", o.Module, specifier)
	}
	return fmt.Sprintf("%s, without %s", o.Module, strings.TrimLeft(rest, "./"))
}
