package docs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/chubls/chubls/analyzer"
)

// options are the sections about a call that name an option of it.
func (g *Guide) options(q Query) []Match {
	var found []Match
	for _, m := range g.match(q) {
		if m.Quality < Name {
			continue
		}
		if fence, ok := g.namesOption(m.Section, q); ok {
			if fence >= 0 {
				m.Fence = fence
			}
			found = append(found, m)
		}
	}
	return found
}

// namesOption reports whether a section names an option: in its prose, or where
// it makes the call; fence is where, -1 for the prose alone.
func (g *Guide) namesOption(s *Section, q Query) (fence int, ok bool) {
	same := func(name string) bool { return name == q.Option || alike(name, q.Option) }
	for _, u := range g.uses {
		if u.section == s && alike(lastOf(u.Path), lastOf(q.Path)) && slices.ContainsFunc(u.Options, same) {
			return u.fence, true
		}
	}
	return -1, slices.ContainsFunc(s.Codes, func(c string) bool {
		name, _, _ := strings.Cut(strings.Trim(c, "{} "), "=")
		name, _, _ = strings.Cut(name, ":")
		return same(strings.TrimSpace(name))
	})
}

// focused is how many calls a section may have, but one, and be about each of them.
const focused = 4

// many is how many calls a section may have and still introduce one that its heading
// does not name.
const many = 12

// about is what is known of a section before any question.
type about struct {
	order int
	calls int      // different chains that its fences call
	words []string // of its heading
	above []string // of the heading that it is part of, below the title
	codes int      // how many of its inline codes stand in the heading
	setup bool     // its heading says that it is about how to begin
	first bool     // its heading says that it is a whole first program
	makes bool     // its heading says that it is about what makes a client
	warns bool     // its heading says what not to do
	plain []string // the words before what narrows its heading down; nil where nothing does
}

// particles are words of headings that are names of methods by chance.
var particles = setOf("a an and as at by for from in into is not of on or the to with")

func withoutParticles(words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return particles[w] })
}

// beginnings are words of headings above what every program begins with. Its example
// often goes on to a first call, which another section is about.
var beginnings = regexp.MustCompile(`(?i)\b(install(ation)?|set ?up|initiali[sz](e|ing|ation)|start|client|auth(entication)?|configur(e|ation)|environment|imports?|requirements?|commonjs|esm|golden rule)\b`)

// firsts are words of headings above a whole first program, and makings those above what
// makes a client.
var (
	firsts  = regexp.MustCompile(`(?i)\b(set ?up|initiali[sz](e|ing|ation)|start|minimal)\b`)
	makings = regexp.MustCompile(`(?i)\bclient\b`)
)

// warnings are headings about what not to do.
var warnings = regexp.MustCompile(`(?i)^\W*(do not|don.t|avoid|never)\b`)

// remarks are headings about what has changed: their prose names calls, and explains none.
var remarks = regexp.MustCompile(`(?i)\b(version|change ?log|release notes?|breaking changes?)\b`)

// narrowing is what narrows a heading down: what "Search" introduces, "Search with a
// threshold" goes on about. A first example is none of that.
var (
	narrowing   = regexp.MustCompile(`(?i)\w\W+(with|without|from|using|via)\b`)
	introducing = regexp.MustCompile(`(?i)\b(basic|simple|minimal|quick)\b`)
)

// learn makes a guide's uses ready to be searched.
func (g *Guide) learn() {
	g.learnMakers()
	ecosystem := Ecosystem(g.Variant.Language)
	g.about = make(map[*Section]*about, len(g.Sections))
	for i, s := range g.Sections {
		above := ""
		if s.Parent != nil && s.Parent.Level > 1 {
			above = s.Parent.Heading
		}
		prose := inlineCode.ReplaceAllString(s.Heading, "")
		g.about[s] = &about{
			order: i,
			words: withoutParticles(splitWords(s.Heading)),
			above: splitWords(above),
			codes: len(inlineCode.FindAllString(s.Heading, -1)),
			setup: beginnings.MatchString(prose),
			first: firsts.MatchString(prose),
		}
		g.about[s].makes = g.about[s].first || makings.MatchString(prose)
		if warnings.MatchString(s.Heading) {
			g.about[s].words, g.about[s].warns = nil, true
		}
		if at := narrowing.FindStringIndex(s.Heading); at != nil && !introducing.MatchString(s.Heading) {
			g.about[s].plain = splitWords(s.Heading[:at[1]])
		}
	}
	seen := map[*Section]map[string]bool{}
	resources, methods := map[string]bool{}, map[string]bool{}
	declared := g.declares()
	for _, u := range g.uses {
		if u.Module == "" || Standard(ecosystem, u.Module) {
			continue
		}
		if seen[u.section] == nil {
			seen[u.section] = map[string]bool{}
		}
		// What makes a client is a part of every example.
		if chain := u.Path.String(); u.Invoked && !seen[u.section][chain] && !g.makesClient(u.Path) {
			seen[u.section][chain] = true
			g.about[u.section].calls++
		}
		if reached := instance(u.Path); len(reached) == 2 && len(u.Path) == 3 {
			if name := foldName(reached[0].Name); declared[name] {
				resources[name], methods[foldName(reached[1].Name)] = true, true
			}
		}
	}
	if len(resources) >= openResources {
		g.open = methods
	}
}

// openResources is how many resources that the reader declares, such as the models
// of a database client, a guide must use for their methods to be there on any.
const openResources = 2

// declaration is a line that declares something of the reader's own: a model of a
// schema, a class.
var declaration = regexp.MustCompile(`(?mi)^\s*(?:export\s+)?(?:model|class|type|interface|entity|create\s+table)\s+["'\x60]?(\w+)`)

// declares lists the folded names of what the guide's examples, of whatever
// language, declare.
func (g *Guide) declares() map[string]bool {
	names := map[string]bool{}
	for _, s := range g.Sections {
		for _, f := range s.Fences {
			for _, m := range declaration.FindAllStringSubmatch(f.Code, -1) {
				names[foldName(m[1])] = true
			}
		}
	}
	return names
}

// anyResource reports whether a path ends in a method that the guide shows on
// whatever resource comes to hand.
func (g *Guide) anyResource(path analyzer.Path) bool {
	return len(instance(path)) == 2 && g.open[foldName(lastOf(path))]
}

// wordsIn lists the words of those names that the heading has all words of.
func (a *about) wordsIn(names []string) (words []string) {
	for _, name := range names {
		own := withoutParticles(splitWords(name))
		if common(own, a.words) == len(own) {
			words = append(words, own...)
		}
	}
	return words
}

// narrows is 1 where a heading names all it does of some words before it narrows down.
func (a *about) narrows(words []string) int {
	if n := common(words, a.plain); n > 0 && n == common(words, a.words) {
		return 1
	}
	return 0
}

// named counts how much a section's words name a chain: words of its heading, and
// one for inline code that calls what the chain does: `users.get()`, and not the
// name of a package that is spelled alike, or of a class that every example makes.
func (g *Guide) named(s *Section, path analyzer.Path, words []string) int {
	n := common(words, g.about[s].words)
	name := lastOf(path)
	if name != "" && !isClass(name) && slices.ContainsFunc(s.Codes, func(code string) bool {
		return agree(code, path) > 0 && strings.Contains(code, name) && (strings.Contains(code, "(") || telling(name))
	}) {
		n++
	}
	return n
}

// subject is the words of the chain that headings can name: those of what is reached
// from an object, or those of a class that say something, without the modules that it
// lies in.
func subject(path analyzer.Path) []string {
	reached := instance(path)
	if !isClass(lastOf(path)) {
		return wordsOf(reached)
	}
	words := splitWords(lastOf(path))
	if told := slices.DeleteFunc(slices.Clone(words), genericName); len(words) > 2 && len(told) > 0 {
		return told // of PutObjectCommand, object
	}
	return words
}

// mentioned tells how well a section's words, without its examples, answer for a
// chain.
func (g *Guide) mentioned(s *Section, path analyzer.Path) Quality {
	name, quality := lastOf(path), NoMatch
	for i, code := range s.Codes {
		n := agree(code, path)
		switch {
		case (n >= 2 || n == 1 && telling(name) && i < g.about[s].codes) && !remarks.MatchString(s.Heading):
			return Headed
		case n >= 2 || n == 1 && telling(name):
			quality = Mentioned
		}
	}
	if words := splitWords(name); telling(name) && len(words) > 1 && common(words, g.about[s].words) == len(words) {
		return Mentioned
	}
	return quality
}

// agree counts the last segments of a path that inline code ends in, such as
// `users.get()` or `get`.
func agree(code string, path analyzer.Path) int {
	code, _, _ = strings.Cut(code, "(")
	n := 0
	for n < len(path) {
		name := code[strings.LastIndexByte(code, '.')+1:]
		if name == "" || !sameName(name, path[len(path)-1-n].Name) {
			break
		}
		n++
		if len(name) == len(code) {
			break
		}
		code = code[:len(code)-len(name)-1]
	}
	return n
}

func wordsOf(p analyzer.Path) []string {
	var words []string
	for _, s := range p {
		words = append(words, splitWords(s.Name)...)
	}
	return words
}

// splitWords splits prose and identifiers into lower-case words without their plural s.
func splitWords(text string) []string {
	var words []string
	start := 0
	cut := func(end int) {
		if end > start {
			w := strings.ToLower(text[start:end])
			if len(w) > 3 {
				w = strings.TrimSuffix(w, "s")
			}
			words = append(words, w)
		}
	}
	lower := false
	for i, r := range text {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			cut(i)
			start = i + len(string(r))
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			cut(i)
			start = i
		}
		lower = unicode.IsLower(r)
	}
	cut(len(text))
	return words
}

// common counts the different words that both lists have.
func common(a, b []string) int {
	n := 0
	for i, w := range a {
		if !slices.Contains(a[:i], w) && slices.ContainsFunc(b, func(o string) bool { return w == o || forms(w, o) || forms(o, w) }) {
			n++
		}
	}
	return n
}

// endings make other forms of a verb or an abbreviation: upload, uploading, config,
// configuration.
var endings = setOf("ing ed ation uration")

// forms reports whether a word is another form of a base: creating and creation of
// create, embedding of embed, consumer of consume; not production of product.
func forms(base, word string) bool {
	stem := strings.TrimSuffix(base, "e")
	ending, ok := strings.CutPrefix(word, stem)
	if !ok || len(stem) < 4 {
		return false
	}
	if doubled, ok := strings.CutPrefix(ending, stem[len(stem)-1:]); ok && doubled == "ing" {
		return true
	}
	return endings[ending] || stem != base && (ending == "ion" || ending == "er")
}

// Explain says in a few words why the section matches.
func (m Match) Explain() string {
	s := m.score
	return fmt.Sprintf("%s match, %d segments and %d options agree, %d heading words, %d calls in it", m.Quality, s.agree, s.options, s.heading, m.Guide.about[m.Section].calls)
}
