package docs

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

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
	// its prose two or more of the last.
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

// score orders the matches of one query.
type score struct {
	quality Quality
	rank    int // of the quality, or of a lesser one where the section merely uses the chain
	suffix  int // segments that agree, from the end
	passing int // segments of both that say nothing of the subject
	exact   int // of these, in their very case
	class   int // the constructed class agrees, or even what it is made for: client("s3")
	heading int // words of the heading that the chain has
	focus   int // the fewer other calls the section has, in steps, the more it is about this one
	order   int // the earlier, the better

	missing bool // the resource is there, the last segment is not
}

// classWords is how many words of its heading weigh as much as a section's using
// the same class.
const classWords = 2

func (s score) compare(o score) int {
	c := cmp.Or(cmp.Compare(s.rank, o.rank), cmp.Compare(s.suffix, o.suffix), cmp.Compare(s.passing, o.passing),
		cmp.Compare(s.exact, o.exact), cmp.Compare(classWords*s.class+s.heading, classWords*o.class+o.heading), cmp.Compare(s.heading, o.heading))
	if s.heading > 0 {
		c = cmp.Or(c, cmp.Compare(s.focus, o.focus))
	}
	// What many sections use, and none is headed by, is introduced by the first.
	return cmp.Or(c, cmp.Compare(o.order, s.order))
}

// Query is a reference made ready for comparison: the path below the module
// that an entry owns.
type Query struct {
	Path        analyzer.Path
	Constructed []string
	Called      bool   // the module itself is called
	Option      string // of the call, that the question is about; "" for the call
	Module      string
}

// NewQuery gives the part of a reference that lies below an owned module.
func NewQuery(ref analyzer.Reference, ecosystem, owned string) Query {
	path, _ := below(ref, ecosystem, owned)
	return Query{Path: path, Constructed: ref.Constructed, Called: makes(ref) && len(ref.Path) == len(path), Option: ref.Option, Module: owned}
}

// makes reports whether what a reference's path starts at is the module, called.
func makes(ref analyzer.Reference) bool { return ref.Called || ref.Invoked && len(ref.Path) == 0 }

// below gives the path of a reference below a module; ok is false where the
// reference is to something else.
func below(ref analyzer.Reference, ecosystem, owned string) (path analyzer.Path, ok bool) {
	if ecosystem != "python" {
		return ref.Path, Package(ref.Module) == owned
	}
	if rest, found := strings.CutPrefix(ref.Module, owned); found && (rest == "" || rest[0] == '.') {
		for _, name := range strings.Split(strings.TrimPrefix(rest, "."), ".") {
			if name != "" {
				path = append(path, analyzer.Segment{Name: name})
			}
		}
		return append(path, ref.Path...), true
	}
	// from google.cloud import storage: the path begins inside the owned module.
	rest, found := strings.CutPrefix(owned, ref.Module+".")
	if !found {
		return ref.Path, false
	}
	names := strings.Split(rest, ".")
	if len(ref.Path) < len(names) {
		return nil, false
	}
	for i, n := range names {
		if unversioned(ecosystem, ref.Path[i].Name) != unversioned(ecosystem, n) || ref.Path[i].Called {
			return ref.Path, false
		}
	}
	return ref.Path[len(names):], true
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
	if q.Option == "" {
		return remember(&g.matches, key, func() []Match { return g.match(q) })
	}
	return remember(&g.matches, key+"\x00="+q.Option, func() []Match { return g.options(q) })
}

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
	same := func(name string) bool { return name == q.Option || foldName(name) == foldName(q.Option) }
	for _, u := range g.uses {
		if u.section == s && foldName(lastOf(u.Path)) == foldName(lastOf(q.Path)) && slices.ContainsFunc(u.Options, same) {
			return u.fence, true
		}
	}
	return -1, slices.ContainsFunc(s.Codes, func(c string) bool {
		name, _, _ := strings.Cut(strings.Trim(c, "{} "), "=")
		name, _, _ = strings.Cut(name, ":")
		return same(strings.TrimSpace(name))
	})
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
	best := map[*Section]Match{}
	consider := func(m Match) {
		if m.score.quality == NoMatch {
			return
		}
		about := g.about[m.Section]
		m.Guide, m.Quality, m.Missing = g, m.score.quality, m.score.missing
		m.score.focus, m.score.order = -min(about.calls/focused, 3), about.order
		if old, ok := best[m.Section]; !ok || m.score.compare(old.score) > 0 {
			best[m.Section] = m
		}
	}
	words, last := wordsOf(path), splitWords(lastOf(path))
	for _, u := range g.uses {
		other, resolved := u.Path, false
		if u.Module != "" {
			if other, resolved = below(u.Reference, ecosystem, q.Module); !resolved && !siblings(ecosystem, u.Module, q.Module) {
				continue
			}
		}
		if blind && len(u.Constructed) > 0 {
			continue
		}
		s := g.compare(path, q.Called, other, makes(u.Reference), resolved)
		if command != "" && slices.Contains(u.Constructed, command) && foldName(lastOf(other)) == foldName(lastOf(q.Path)) {
			s = score{quality: Full, suffix: 2, exact: 2} // the very command, sent
		}
		s.heading = common(words, g.about[u.section].words)
		s.rank = 2 * int(s.quality)
		switch any := g.anyResource(path); {
		case any && s.quality == Full && s.heading == 0 && g.about[u.section].calls > 1:
			s.rank = 2*int(Name) - 1
		case any && s.quality == Name && s.class > 0:
			s.heading = common(last, g.about[u.section].words)
		}
		consider(Match{Section: u.section, Fence: u.fence, score: s})
	}
	for _, s := range g.Sections {
		if quality := g.mentioned(s, path); quality > NoMatch {
			consider(Match{Section: s, Fence: -1, score: score{
				quality: quality, rank: 2 * int(quality), heading: common(words, g.about[s].words),
			}})
		}
	}
	found := make([]Match, 0, len(best))
	for _, m := range best {
		found = append(found, m)
	}
	slices.SortFunc(found, func(a, b Match) int { return b.score.compare(a.score) })
	return found
}

// focused is how many calls a section may have, but one, and be about each of them.
const focused = 4

// about is what is known of a section before any question.
type about struct {
	order int
	calls int      // different chains that its fences make
	words []string // of its heading
	codes int      // how many of its inline codes stand in the heading
}

// learn makes a guide's uses ready to be searched.
func (g *Guide) learn() {
	g.learnMakers()
	ecosystem := Ecosystem(g.Variant.Language)
	g.about = make(map[*Section]*about, len(g.Sections))
	for i, s := range g.Sections {
		g.about[s] = &about{order: i, words: splitWords(s.Heading), codes: len(inlineCode.FindAllString(s.Heading, -1))}
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
		if chain := u.Path.String(); !seen[u.section][chain] && !g.makesClient(u.Path) {
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
	return len(instance(path)) == 2 && telling(lastOf(path)) && g.open[foldName(lastOf(path))]
}

// Better reports whether a match of one guide is to be shown before that of a
// guide that is preferred otherwise.
func (m Match) Better(o Match) bool {
	return cmp.Or(cmp.Compare(m.score.rank, o.score.rank), cmp.Compare(m.score.suffix, o.score.suffix), cmp.Compare(m.score.passing, o.score.passing)) > 0
}

// siblings reports whether two npm packages are of one scope: what a guide shows
// with @sentry/node holds for @sentry/react, too, where both are the guide's.
func siblings(ecosystem, module, owned string) bool {
	if ecosystem == "python" {
		return false
	}
	s := scope(owned)
	return s != "" && s == scope(module)
}

// Introduces reports whether the section is about what it matches, as far as one
// can see: it is headed by it, or shows little else, or the match is of a chain
// that says enough. A guide to another package shows what it needs in passing.
func (m Match) Introduces() bool {
	return m.score.heading > 0 || m.score.suffix > 1 || m.Guide.about[m.Section].calls <= 2
}

// compare tells how well a use of a guide answers for a chain of a file.
func (g *Guide) compare(path analyzer.Path, called bool, other analyzer.Path, otherCalled, resolved bool) score {
	var s score
	a, b := strip(path), strip(other)
	if len(a) == 0 {
		// The module itself, called: new Stripe(key).
		if resolved && called && otherCalled && len(b) == 0 {
			s.quality = Full
		}
		return s
	}
	n := 0
	for n < len(a) && n < len(b) && foldName(a[len(a)-1-n].Name) == foldName(b[len(b)-1-n].Name) {
		if a[len(a)-1-n].Name == b[len(b)-1-n].Name {
			s.exact++
		}
		n++
	}
	if s.suffix = n; n == 0 {
		return resource(a, b, resolved, s)
	}
	s.passing = passed(path, other)
	ra, rb := instance(a), instance(b)
	if !resolved && len(rb) == len(b) && len(b) > 0 {
		rb = rb[1:] // the name of a variable
	}
	if len(a) > len(ra) && len(b) > len(rb) && resolved {
		s.class = sameClass(a[len(a)-len(ra)-1], b[len(b)-len(rb)-1])
	}
	switch {
	case resolved && n == len(a) && n == len(b):
		s.quality = Full
	case resolved && len(ra) > 0 && n >= len(ra) && len(ra) == len(rb) && sameResult(a, b) && (len(ra) > 1 || telling(lastOf(a)) || sameMaker(a, b) || g.kin(a, b)):
		s.quality = Full // another class, or another way to the client
	case n >= 2 && !twins(ra, rb, n):
		s.quality = Suffix
	case n >= 1 && telling(lastOf(a)) && !twins(ra, rb, n):
		s.quality = Name
	case n >= 1 && s.class > 0 && g.anyResource(a):
		s.quality = Name // prisma.user.createMany and prisma.post.createMany
	default:
		return resource(a, b, resolved, score{})
	}
	return s
}

// resource tells whether a use is of the resource that a chain names: the
// chain itself begins it, or differs from it in the last segment alone.
func resource(a, b analyzer.Path, resolved bool, s score) score {
	if !resolved {
		return s
	}
	ra, rb := instance(a), instance(b)
	n := 0
	for n < len(ra) && n < len(rb) && foldName(ra[n].Name) == foldName(rb[n].Name) && !ra[n].Called {
		n++
	}
	switch {
	case n == len(ra) && n > 0 && n < len(rb):
		s.quality, s.suffix = Suffix, n // the cursor is on the resource itself
		if !telling(lastOf(ra)) && n == 1 {
			s.quality = Resource
		}
	case n > 0 && n == len(ra)-1 && len(rb) > n && isMethod(a):
		s.quality, s.suffix, s.missing = Resource, n, true
	}
	return s
}

// isMethod reports whether a path may end in a method of a resource: classes of a
// module are no family, and what a call gives has the methods of any list.
func isMethod(p analyzer.Path) bool {
	name := lastOf(p)
	return !unicode.IsUpper(rune(name[0])) && (calls(maker(p)) < 2 || telling(name))
}

// twins reports whether two chains go on differently before the n segments
// that agree: otps.email.send is not magic_links.email.send.
func twins(a, b analyzer.Path, n int) bool { return n < len(a) && n < len(b) }

// instance is the part of a path after the last call: what is reached from an
// object, whatever made it.
func instance(p analyzer.Path) analyzer.Path {
	for i := len(p) - 2; i >= 0; i-- {
		if p[i].Called {
			return p[i+1:]
		}
	}
	return p
}

// sameClass tells how well what makes one object agrees with what makes another.
func sameClass(a, b analyzer.Segment) int {
	switch {
	case a.Name != b.Name:
		return 0
	case !service.MatchString(a.Arg) || !service.MatchString(b.Arg):
		return 1
	case a.Arg == b.Arg:
		return 2
	}
	return 0
}

// service is an argument that may name what a client is for, and is no address,
// path or key.
var service = regexp.MustCompile(`^[a-z][a-z0-9-]{0,23}$`)

// maker is the part of a path up to the last call: what made the object that the
// rest is reached from.
func maker(p analyzer.Path) analyzer.Path { return p[:len(p)-len(instance(p))] }

// sameMaker reports whether two objects come from one class, or its asynchronous
// twin: Redis() and Redis.from_url(), Client() and AsyncClient().
func sameMaker(a, b analyzer.Path) bool {
	class := func(p analyzer.Path) string {
		for _, s := range maker(p) {
			if s.Name != "" && unicode.IsUpper(rune(s.Name[0])) {
				return strings.TrimPrefix(foldName(s.Name), "async")
			}
		}
		return ""
	}
	return class(a) != "" && class(a) == class(b) && sameResult(a, b)
}

// sameResult reports whether two objects are both clients, or come from one method
// of them: what a.get() gives has not the members of what a.list() gives.
func sameResult(a, b analyzer.Path) bool {
	x, y := maker(a), maker(b)
	if calls(x) < 2 && calls(y) < 2 {
		return true
	}
	return foldName(lastOf(x)) == foldName(lastOf(y))
}

// calls counts the calls in a path.
func calls(p analyzer.Path) int {
	n := 0
	for _, s := range p {
		if s.Called {
			n++
		}
	}
	return n
}

// kin reports whether two objects are made in ways that the guide takes for the
// same: it keeps what they make in variables of one name, df = DataFrame() here
// and df = read_csv() there.
func (g *Guide) kin(a, b analyzer.Path) bool {
	x, y := maker(a), maker(b)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	names := g.makers[makerKey(y)]
	return slices.ContainsFunc(g.makers[makerKey(x)], func(name string) bool { return slices.Contains(names, name) })
}

// makerKey is how what makes an object is known, whatever module its path begins at.
func makerKey(p analyzer.Path) string { return p[max(0, len(p)-2):].String() }

// results are names of variables that hold whatever a call gave.
var results = setOf(`result results res response resp reply data output out value values item items obj x y r ret answer
	body text content app ctx tmp`)

// makesClient reports whether a path is that of what makes an object which the
// guide keeps in a variable, or such an object.
func (g *Guide) makesClient(p analyzer.Path) bool {
	if len(p) == 0 {
		return true
	}
	made := slices.Clone(p)
	made[len(made)-1].Called = true
	return len(g.makers[makerKey(made)]) > 0
}

// learnMakers notes what the guide calls that which a module or class makes.
func (g *Guide) learnMakers() {
	g.makers = map[string][]string{}
	for _, b := range g.bound {
		p := b.Value.Path
		if n := len(p); results[b.Name] || n == 0 || !p[n-1].Called || len(instance(p)) != n {
			continue // no maker, or the result of a method
		}
		if key := makerKey(p); !slices.Contains(g.makers[key], b.Name) {
			g.makers[key] = append(g.makers[key], b.Name)
		}
	}
}

// passing are segments that generated clients put between a resource and its
// method, which guides seldom show.
var passing = setOf("with_raw_response with_streaming_response withResponse asResponse v1 v2 beta")

func strip(p analyzer.Path) analyzer.Path {
	if !slices.ContainsFunc(p, func(s analyzer.Segment) bool { return passing[s.Name] }) {
		return p
	}
	return slices.DeleteFunc(slices.Clone(p), func(s analyzer.Segment) bool { return passing[s.Name] })
}

// passed counts the passing segments that two paths have in common.
func passed(a, b analyzer.Path) int {
	n := 0
	for _, s := range a {
		if passing[s.Name] && slices.ContainsFunc(b, func(o analyzer.Segment) bool { return o.Name == s.Name }) {
			n++
		}
	}
	return n
}

// foldName makes the spellings of one name in two languages or for two kinds
// of call alike: loginOrCreate, login_or_create, login_or_create_async.
func foldName(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r != '_' {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.TrimSuffix(b.String(), "async")
}

func lastOf(p analyzer.Path) string {
	if len(p) == 0 {
		return ""
	}
	return p[len(p)-1].Name
}

// generics are names that say nothing without what they are called on.
var generics = setOf(`get set put post patch delete remove add create update list find all first last send call run
	start stop open close read write push pop append map filter reduce forEach json text data name id items keys values
	value then catch finally log error info warn debug print format parse load save execute exec fetch query search
	request response connect disconnect end next use on off emit init setup from to of is in not and or with as
	count sum min max len size length index join split strip replace lower upper trim insert upsert select where
	order limit commit rollback flush clear copy sort reverse extend contains any each build make new apply bind
	head body headers status url path key type kind mode result results message messages content options config`)

func genericName(name string) bool {
	return generics[name] || generics[strings.ToLower(name)] || generics[strings.TrimSuffix(strings.TrimSuffix(name, "_async"), "Async")]
}

// telling reports whether a name says enough by itself: a class, or a name of
// several words.
func telling(name string) bool {
	if name == "" || genericName(name) {
		return false
	}
	if unicode.IsUpper(rune(name[0])) {
		return true
	}
	return len(splitWords(name)) > 1
}

// mentioned tells how well a section's words, without its examples, answer for a
// chain.
func (g *Guide) mentioned(s *Section, path analyzer.Path) Quality {
	name, quality := lastOf(path), NoMatch
	for i, code := range s.Codes {
		n := agree(code, path)
		switch {
		case n >= 2 || n == 1 && telling(name) && i < g.about[s].codes:
			return Headed
		case n == 1 && telling(name):
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
		if want := path[len(path)-1-n].Name; name == "" || name != want && foldName(name) != foldName(want) {
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
		if !slices.Contains(a[:i], w) && slices.Contains(b, w) {
			n++
		}
	}
	return n
}

// Explain says in a few words why the section matches.
func (m Match) Explain() string {
	s := m.score
	return fmt.Sprintf("%s match, %d segments agree, %d heading words, %d calls in it", m.Quality, s.suffix, s.heading, m.Guide.about[m.Section].calls)
}
