package docs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// Quality says how well a section answers. Higher is better.
type Quality int

// The ways in which a section can be about a reference.
const (
	// NoMatch is the overview's case.
	NoMatch Quality = iota
	// Mentioned: the section's prose names the last segment, and that name says
	// enough by itself; or the words of its heading do. It is worth a link, no more.
	Mentioned
	// Resource: the section uses another member of the same resource.
	Resource
	// Headed: inline code of the section's heading is the last segment, or that of
	// its prose two or more of the last; or its heading and its prose name what other
	// sections use in passing.
	Headed
	// Name: the section uses the same last segment, and that says enough by itself.
	Name
	// Suffix: two or more of the last segments are the same.
	Suffix
	// Full: the section uses the very chain.
	Full
)

func (q Quality) String() string {
	return [...]string{"none", "mentioned", "resource", "headed", "name", "suffix", "full"}[q]
}

// Match is a section of a guide that is about a reference.
type Match struct {
	Guide   *Guide
	Section *Section
	Quality Quality
	Fence   int // of the section, that makes the use; -1 for none
	// Missing is set where the section uses the resource of the reference, and
	// the guide nowhere uses its last segment.
	Missing bool
	score   score
}

// Matches returns the guide's sections that are about the query, the best
// first, each once. The result is shared and must not be changed.
func (g *Guide) Matches(q Query) []Match {
	key := q.Module + "\x00" + q.Path.String() + "\x00" + strings.Join(q.Constructed, " ")
	for _, s := range q.Path {
		if s.Arg != "" {
			key += "\x00" + s.Name + "=" + s.Arg
		}
	}
	if q.Called {
		key += "\x00()"
	}
	if q.Again {
		key += "\x00()()"
	}
	if len(q.Options) > 0 {
		key += "\x00?" + strings.Join(q.Options, " ")
	}
	if q.Option == "" {
		return remember(&g.matches, key, func() []Match { return g.match(q) })
	}
	return remember(&g.matches, key+"\x00="+q.Option, func() []Match { return g.options(q) })
}

func (g *Guide) match(q Query) []Match {
	ecosystem := Ecosystem(g.Variant.Language)
	path, command := q.Path, ""
	for _, class := range q.Constructed {
		// client.send(new XCommand()): the command is what the call is about.
		if len(path) > 0 && genericName(lastOf(path)) {
			path, command = analyzer.Path{{Name: class}}, class
		}
	}
	// What such a call is about is not known where its command is not.
	blind := len(path) > 0 && genericName(lastOf(path))
	options := folded(q.Options)
	best := map[*Section]Match{}
	consider := func(m Match) {
		if m.score.quality == NoMatch {
			return
		}
		m.Guide, m.Quality, m.Missing = g, m.score.quality, m.score.missing
		g.weigh(&m.score, m.Section, path)
		if old, ok := best[m.Section]; !ok || m.score.compare(old.score) > 0 {
			best[m.Section] = m
		}
	}
	// What makes the object is the class' affair: a heading may name that of another.
	words := subject(path)
	last := subject(path[max(0, len(path)-1):])
	for _, u := range g.uses {
		other, resolved := u.Path, false
		if u.Module != "" {
			if other, resolved = below(u.Reference, ecosystem, q.Module); !resolved && !siblings(ecosystem, u.Module, q.Module) {
				continue
			}
		}
		if blind && len(u.Constructed) > 0 || q.Again && !callsResult(u.Reference) {
			continue // of what a hook gives, only some can be called
		}
		s := g.compare(path, q.Called, other, makes(u.Reference), resolved)
		if command != "" && slices.Contains(u.Constructed, command) && alike(lastOf(other), lastOf(q.Path)) {
			s = score{quality: Full, agree: 2, suffix: 2, exact: 2} // the very command, sent
		}
		if s.quality == NoMatch {
			continue
		}
		at, about := g.about[u.section], words
		shared := inCommon(options, u.Options)
		if !g.makesClient(path) {
			about = append(at.wordsIn(shared), words...) // "Send with attachments"
		}
		s.rank, s.heading, s.options = s.quality, g.named(u.section, path, about), len(shared)
		if s.quality >= Name && resolved && s.heading == 0 && !g.akin(path, other) {
			continue // what one call gives is not what another does, but where the section says so
		}
		if s.quality >= Name && g.anyResource(path) && (s.class > 0 || g.kin(path, other)) {
			// Whatever resource the example has: what is told is the method.
			s.rank, s.suffix, s.exact, s.heading = Name, 1, 1, common(last, at.words)
		}
		if s.heading == 0 && !isClass(lastOf(path)) {
			s.above = min(common(last, at.above), 1)
		}
		if u.brought && len(maker(path)) == 0 {
			s.brought = 1
		}
		s.verb, s.special = common(last, at.words), at.narrows(about)
		consider(Match{Section: u.section, Fence: u.fence, score: s})
	}
	for _, s := range g.Sections {
		if quality := g.mentioned(s, path); quality > NoMatch {
			consider(Match{Section: s, Fence: -1, score: score{
				quality: quality, rank: quality, heading: common(words, g.about[s].words),
			}})
		}
	}
	found := make([]Match, 0, len(best))
	for _, m := range best {
		found = append(found, m)
	}
	slices.SortFunc(found, byScore)
	return g.settle(found, q, path)
}

func byScore(a, b Match) int { return b.score.compare(a.score) }

// weigh adds to a score what the section says of itself.
func (g *Guide) weigh(s *score, section *Section, path analyzer.Path) {
	about := g.about[section]
	s.focus, s.order = -min(about.calls/focused, 3), about.order
	if about.calls > many || about.warns {
		s.crowd = 1
	}
	switch makes := g.makesClient(path); {
	case makes && isClass(lastOf(path)) && about.makes:
		s.setup, s.made = -1, 1
	case !makes && about.setup:
		s.setup = 1
	}
}

// settle puts first what no section can tell by itself: where to begin, and where a call
// is explained that others use in passing.
func (g *Guide) settle(found []Match, q Query, path analyzer.Path) []Match {
	// A function of the module is no part of what makes a client.
	begins := func(a *about) bool { return a.first }
	if len(maker(path)) > 0 || q.Called || isClass(lastOf(path)) {
		begins = func(a *about) bool { return a.makes }
	}
	if !g.makesClient(path) && g.everywhere(found, begins) {
		for i := range found {
			if begins(g.about[found[i].Section]) {
				found[i].score.setup = -1
			}
		}
		slices.SortFunc(found, byScore)
	}
	if m, ok := g.explained(found, path); ok {
		found = slices.DeleteFunc(found, func(o Match) bool { return o.Section == m.Section })
		found = slices.Insert(found, 0, m)
	}
	return found
}

// Tied reports whether the options of the call can tell which of some matches is the best.
func Tied(matches []Match) bool {
	return len(matches) > 1 && matches[0].Quality >= Name && matches[0].score.chain(matches[1].score) == 0
}

// folded are names by their folded form.
func folded(names []string) map[string]string {
	all := make(map[string]string, len(names))
	for _, name := range names {
		all[foldName(name)] = name
	}
	return all
}

// inCommon lists the options of a file's call that a guide's call has, too.
func inCommon(mine map[string]string, guides []string) (shared []string) {
	if len(mine) == 0 {
		return nil
	}
	for _, g := range guides {
		if name, ok := mine[foldName(g)]; ok {
			shared = append(shared, name)
		}
	}
	return shared
}

// explained finds a section that is headed by a chain and speaks of all that it reaches,
// where those that call it are about something else.
func (g *Guide) explained(found []Match, path analyzer.Path) (Match, bool) {
	if len(found) == 0 || found[0].Quality < Name || found[0].score.told() > 0 || g.makesClient(path) || genericName(lastOf(path)) {
		return Match{}, false
	}
	reached := 1
	if len(maker(path)) > 0 {
		reached = len(instance(path))
	}
	words := subject(path)
	for _, s := range g.Sections {
		if n := common(words, g.about[s].words); n > 0 && slices.ContainsFunc(s.Codes, func(code string) bool { return agree(code, path) >= reached }) {
			return Match{Guide: g, Section: s, Quality: Headed, Fence: -1, score: score{
				quality: Headed, rank: found[0].score.rank, agree: reached, suffix: found[0].score.suffix, heading: n,
			}}, true
		}
	}
	return Match{}, false
}

// everywhere reports whether a call is a part of many examples, and the subject of none
// but those that say how to begin: client.login(token).
func (g *Guide) everywhere(found []Match, begins func(*about) bool) bool {
	uses := 0
	for _, m := range found {
		if m.score.rank < found[0].score.rank {
			break
		}
		if about := g.about[m.Section]; !begins(about) && !about.warns && (m.score.heading > 0 || about.calls <= 1) {
			return false
		}
		uses++
	}
	return uses > 1
}

// Better reports whether a match of one guide is to be shown before that of a
// guide that is preferred otherwise.
func (m Match) Better(o Match) bool {
	return cmp.Or(cmp.Compare(m.score.rank, o.score.rank), cmp.Compare(m.score.suffix, o.score.suffix), cmp.Compare(m.score.passing, o.score.passing)) > 0
}

// Introduces reports whether the section is about what it matches, as far as one
// can see: it is headed by it, or shows little else, or the match is of a chain
// that says enough. A guide to another package shows what it needs in passing.
func (m Match) Introduces() bool {
	return m.score.heading > 0 || m.score.agree > 1 || m.Guide.about[m.Section].calls <= 2
}
