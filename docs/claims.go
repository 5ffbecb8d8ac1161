package docs

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// Claim is one module that an entry documents, with the evidence for it.
type Claim struct {
	Ecosystem string
	Module    string
	ID        string
	Evidence  []string // rows of packageRules with their points, and how the module was told
	Score     int      // sum of the points
	rank      rank
}

// rank orders the owners of one module.
type rank struct {
	author bool   // the entry's author is the module
	name   bool   // the entry's name is the module
	major  uint64 // of the documented version
	plain  bool   // the entry's name says what it is about
	fences int    // how rich the guide is
}

// packageRules is the table by which a guide's own package is told from the
// others that it installs. Weights are in points; see CORPUS.md, part B, from
// which they come.
var packageRules = []struct {
	name   string
	weight int
	holds  func(c *candidate) bool
}{
	{"its name is the entry's", 5, func(c *candidate) bool { return c.corpus.named(c.facts, c.name) }},
	{"its name has the entry's words", 3, func(c *candidate) bool { return c.corpus.contains(c.name, c.facts) }},
	{"the pin is the documented version", 3, func(c *candidate) bool { return c.pinned }},
	{"it is installed first", 3, func(c *candidate) bool { return c.first }},
	{"the title names it", 2, func(c *candidate) bool {
		return strings.Contains(" "+fold(c.facts.Title)+" ", fold(c.name))
	}},
	{"the guide imports it", 2, func(c *candidate) bool { return c.imported > 0 }},
	{"most of the guide's imports are of it", 3, func(c *candidate) bool { return 2*c.imported >= c.facts.Total && c.imported > 1 }},
	{"it is another entry's", -4, func(c *candidate) bool { return c.corpus.others(c.facts, c.name) }},
	{"the guide warns of it", -6, func(c *candidate) bool { return c.discouraged }},
}

// candidate is a package that a guide installs or imports.
type candidate struct {
	corpus      *corpus
	facts       *Facts
	name        string
	pinned      bool
	first       bool
	discouraged bool
	imported    int // imports of the module of the same name
	score       int
	evidence    []string
}

// namesakes is what the ids of a hub's entries say. It is immutable.
type namesakes struct {
	names   map[string][]string // ecosystem and folded identity -> ids
	authors map[string]int      // ecosystem and author -> entries
}

// entryName is an entry in one ecosystem.
type entryName struct{ ecosystem, id string }

func newNamesakes(entries []entryName) *namesakes {
	n := &namesakes{names: map[string][]string{}, authors: map[string]int{}}
	for _, e := range entries {
		n.authors[e.ecosystem+" "+author(e.id)]++
	}
	for _, e := range entries {
		for name := range n.identities(e) {
			key := e.ecosystem + " " + name
			n.names[key] = append(n.names[key], e.id)
		}
	}
	return n
}

// corpus is what is known of all guides at once.
type corpus struct {
	*namesakes
	spread map[string]int // ecosystem and module -> guides that import it
	scopes map[string]int // npm scope -> guides whose own package lies in it
}

// Claims tells from the facts of a hub's guides which entry documents which
// module. The claims are in order: by ecosystem, module, and rank of the owner.
func Claims(facts []*Facts) []Claim {
	var entries []entryName
	for _, f := range facts {
		entries = append(entries, f.entry())
	}
	return claimsAmong(newNamesakes(entries), facts)
}

// claimsAmong is Claims where not all guides of the hub have been read, but all
// its entries are known.
func claimsAmong(n *namesakes, facts []*Facts) []Claim {
	c := &corpus{namesakes: n, spread: map[string]int{}, scopes: map[string]int{}}
	for _, f := range facts {
		for module := range f.Imports {
			c.spread[f.Ecosystem+" "+module]++
		}
	}
	ranked := make([][]*candidate, len(facts))
	for i, f := range facts {
		ranked[i] = c.candidates(f)
		if len(ranked[i]) > 0 {
			c.scopes[scope(ranked[i][0].name)]++
		}
	}
	var claims []Claim
	var unplaced []int
	for i, f := range facts {
		found := c.byName(f, ranked[i])
		if len(found) == 0 {
			unplaced = append(unplaced, i)
		}
		claims = append(claims, found...)
	}
	claims = dropNamespaces(claims)
	owned := map[string]bool{}
	for _, claim := range claims {
		owned[claim.Ecosystem+" "+claim.Module] = true
	}
	for _, i := range unplaced {
		if claim, ok := c.dominant(facts[i], ranked[i], owned); ok {
			claims = append(claims, claim)
		}
	}
	slices.SortStableFunc(claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Module, b.Module), b.rank.compare(a.rank), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(claims, func(a, b Claim) bool {
		return a.Ecosystem == b.Ecosystem && a.Module == b.Module && a.ID == b.ID
	})
}

func (r rank) compare(o rank) int {
	flag := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(flag(r.author)-flag(o.author), flag(r.name)-flag(o.name), cmp.Compare(r.major, o.major), cmp.Compare(r.fences, o.fences), flag(r.plain)-flag(o.plain))
}

// candidates scores the packages that a guide installs, the best first.
func (c *corpus) candidates(f *Facts) []*candidate {
	var found []*candidate
	byName := map[string]*candidate{}
	for _, in := range f.Installs {
		known := byName[fold(in.Package)]
		if known == nil {
			known = &candidate{corpus: c, facts: f, name: in.Package, discouraged: in.Discouraged, imported: f.imported(in.Package)}
			known.first = !in.Discouraged && !slices.ContainsFunc(found, func(o *candidate) bool { return o.first })
			byName[fold(in.Package)] = known
			found = append(found, known)
		}
		known.discouraged = known.discouraged && in.Discouraged
		known.pinned = known.pinned || in.Version != "" && slices.Contains(f.Versions, in.Version)
	}
	for _, k := range found {
		for _, rule := range packageRules {
			if rule.holds(k) {
				k.score += rule.weight
				k.evidence = append(k.evidence, points(rule.name, rule.weight))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b *candidate) int { return b.score - a.score })
	return found
}

// imported counts the imports of the module that has a package's name.
func (f *Facts) imported(name string) int {
	if f.Ecosystem != "python" {
		return f.Imports[name]
	}
	n := 0
	for module, count := range f.Imports {
		if fold(module) == fold(name) {
			n = max(n, count)
		}
	}
	return n
}

// minScore is what a package needs to be the guide's own.
const minScore = 4

// byName claims the modules that are named like the guide's packages.
func (c *corpus) byName(f *Facts, candidates []*candidate) []Claim {
	if f.Ecosystem != "python" {
		return c.byPackage(f, candidates)
	}
	var claims []Claim
	for i, k := range candidates {
		if k.score < minScore || i > 0 && (k.score < candidates[0].score-3 || c.others(f, k.name)) {
			continue
		}
		for _, module := range providedBy(k.name) {
			claims = append(claims, c.claim(f, module, k.score, append(k.evidence, "the package is known to bring it")))
		}
		if module, how := f.moduleOf(k.name); module != "" {
			claims = append(claims, c.claim(f, module, k.score, append(k.evidence, how)))
		}
	}
	return claims
}

// byPackage does the same for npm, where the package's name is the module.
func (c *corpus) byPackage(f *Facts, candidates []*candidate) []Claim {
	var claims []Claim
	claim := func(name string, score int, evidence []string) {
		claims = append(claims, c.claim(f, strings.TrimPrefix(name, "@types/"), score, append(evidence, "the package is the module")))
	}
	for i, k := range candidates {
		if i == 0 && k.score >= minScore {
			claim(k.name, k.score, k.evidence)
		} else if k.score >= minScore && !k.discouraged && !c.others(f, k.name) && (c.sibling(k.name, candidates[0].name) || k.imported > 0 && c.contains(k.name, f)) {
			claim(k.name, k.score, k.evidence)
		}
	}
	family := func(name string) bool { // of the scope named after the guide's package
		return len(candidates) > 0 && len(claims) > 0 && scope(name) != "" && fold(scope(name)) == fold(candidates[0].name)
	}
	for module, n := range f.Imports {
		installed := slices.ContainsFunc(candidates, func(k *candidate) bool { return k.name == module })
		switch {
		case n == 0 || c.others(f, module):
		case family(module):
			// Even where the guide says not to take one for the other: it uses it.
			claim(module, 0, []string{"the guide imports it, and its scope is named after the guide's package"})
		case installed:
		case len(claims) == 0 && c.named(f, module):
			claim(module, 0, []string{"the guide imports the entry's name"})
		case len(candidates) > 0 && len(claims) > 0 && c.sibling(module, candidates[0].name):
			claim(module, 0, []string{"it is of the same scope as the guide's package"})
		}
	}
	for module := range f.Named {
		if family(module) && !c.others(f, module) {
			claim(module, 0, []string{"the guide names it, and its scope is named after the guide's package"})
		}
	}
	return claims
}

// sibling reports whether a package lies in the scope of the guide's own one,
// or in the scope named after it, and few guides share that scope.
func (c *corpus) sibling(name, own string) bool {
	s := scope(name)
	return s != "" && (s == scope(own) || fold(s) == fold(own)) && c.scopes[s] <= 2
}

// moduleOf finds the imported Python module that a package brings: the one of
// its name, or of its name without the affixes that packages add.
func (f *Facts) moduleOf(name string) (module, how string) {
	best := func(want string) string {
		found := ""
		for m := range f.Imports {
			if foldModule(m) == want && (found == "" || f.Imports[m] > f.Imports[found] || f.Imports[m] == f.Imports[found] && (len(m) < len(found) || len(m) == len(found) && m < found)) {
				found = m
			}
		}
		return found
	}
	if m := best(fold(name)); m != "" {
		return m, "the import has the package's name"
	}
	for _, stripped := range stripAffixes(name) {
		if m := best(fold(stripped)); m != "" {
			return m, "the import has the package's name without an affix"
		}
	}
	return "", ""
}

var affixes = regexp.MustCompile(`(?i)^(python|py|django|apache|pip)[-_.]?|[-_.]?(python|py|sdk|client|binary|core|server|lib|api|driver|dev|headless|cpu|gpu|[0-9]+)$`)

// stripAffixes lists a package's name with one affix after the other taken away.
func stripAffixes(name string) []string {
	var names []string
	for range 3 {
		next := affixes.ReplaceAllString(name, "")
		if next == name || len(next) < 2 {
			// One side at a time: "python-docx" is not "docx" by its tail.
			break
		}
		names = append(names, next)
		name = next
	}
	return names
}

// dominant claims, for a guide whose packages name no module, the import that
// stands out: frequent here, rare elsewhere, and nobody's own.
func (c *corpus) dominant(f *Facts, candidates []*candidate, owned map[string]bool) (Claim, bool) {
	if f.Ecosystem != "python" || f.Total == 0 {
		return Claim{}, false
	}
	best, bestScore := "", 0.0
	for module, n := range f.Imports {
		if placeholder(module) || slices.ContainsFunc(prefixesOf(f.Ecosystem, module), func(p string) bool { return owned[f.Ecosystem+" "+p] }) {
			continue
		}
		share := float64(n) / float64(f.Total)
		spread := c.spread[f.Ecosystem+" "+module]
		contained := 0.0
		for i, k := range candidates {
			if a, b := fold(k.name), foldModule(module); (i == 0 || k.score >= minScore) && (strings.Contains(a, b) && len(b) > 1 || strings.Contains(b, a)) {
				contained = 1
			}
		}
		if c.contains(module, f) {
			contained = 1
		}
		if contained == 0 && (n < 2 || share < .3 || spread > 6) {
			continue
		}
		score := share / math.Sqrt(float64(spread)) * (1 + contained)
		if score > bestScore || score == bestScore && (len(module) < len(best) || len(module) == len(best) && module < best) {
			best, bestScore = module, score
		}
	}
	if best == "" {
		return Claim{}, false
	}
	return c.claim(f, best, 0, []string{"the guide imports it most, and few others do"}), true
}

var placeholders = setOf(`app main my_app myapp mysite myproject project src config settings models utils helpers
	your_app yourapp your_module module package mypackage my_package blog polls tasks example examples tests proj`)

func placeholder(module string) bool {
	head, _, _ := strings.Cut(module, ".")
	return placeholders[head] || strings.HasSuffix(head, "_pb2") || strings.HasSuffix(head, "_pb2_grpc") ||
		strings.HasPrefix(head, "my_") || strings.HasPrefix(head, "your_")
}

func (c *corpus) claim(f *Facts, module string, score int, evidence []string) Claim {
	author, name, _ := strings.Cut(f.ID, "/")
	r := rank{fences: f.Fences, plain: !generic[name]}
	r.author = fold(author) == fold(module) || fold(author) == fold(scope(module))
	r.name = fold(name) == fold(module)
	for _, v := range f.Versions {
		if version, err := semver.NewVersion(v); err == nil {
			r.major = max(r.major, version.Major())
		}
	}
	return Claim{Ecosystem: f.Ecosystem, Module: unversioned(f.Ecosystem, module), ID: f.ID, Evidence: evidence, Score: score, rank: r}
}

// crowded is how many entries of one author make the author's name say nothing
// about any one of them.
const crowded = 3

// generic are the entry names that say nothing but whose package it is.
var generic = setOf("package api sdk client docs guide")

// identities are the folded names by which an entry is known: its author, its
// author and name together, its name where that says something.
func (n *namesakes) identities(e entryName) map[string]bool {
	author, name, _ := strings.Cut(e.id, "/")
	set := map[string]bool{fold(author + name): true}
	if name == "package" || n.authors[e.ecosystem+" "+author] < crowded {
		set[fold(author)] = true
	}
	if !generic[name] {
		set[fold(name)] = true
	}
	return set
}

// named reports whether a package or module is called as the entry is, with or
// without the affixes that packages add.
func (c *corpus) named(f *Facts, name string) bool {
	set := c.identities(f.entry())
	return slices.ContainsFunc(spellings(name), func(s string) bool { return set[s] })
}

// spellings are the folded forms under which a package may be an entry: its
// name, without its scope, without affixes.
func spellings(name string) []string {
	forms := []string{fold(name)}
	if s := scope(name); s != "" {
		name = name[len(s)+2:]
		forms = append(forms, fold(name))
	}
	for _, s := range stripAffixes(name) {
		forms = append(forms, fold(s))
	}
	return forms
}

// others reports whether a package's name is another entry's and not this one's.
func (c *corpus) others(f *Facts, name string) bool {
	if c.named(f, name) {
		return false
	}
	forms := spellings(name)
	return len(c.names[f.Ecosystem+" "+forms[0]]) > 0 ||
		scope(name) != "" && slices.ContainsFunc(c.names[f.Ecosystem+" "+forms[1]], func(id string) bool { return author(id) == author(f.ID) })
}

func author(id string) string {
	a, _, _ := strings.Cut(id, "/")
	return a
}

func (f *Facts) entry() entryName { return entryName{f.Ecosystem, f.ID} }

// contains reports whether a package or module has the words of an entry in
// it: the author's, and the name's too where the author has many entries.
func (c *corpus) contains(name string, f *Facts) bool {
	author, entry, _ := strings.Cut(strings.ToLower(f.ID), "/")
	if c.authors[f.Ecosystem+" "+author] >= crowded && entry != "package" {
		author += "-" + entry
	}
	folded := fold(name)
	for _, w := range strings.FieldsFunc(author, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return true
}

// dropNamespaces drops the claims to what is no module but a namespace that
// many packages share, such as google.cloud: others own the parts of it, and
// the claim rests on less than the name.
func dropNamespaces(claims []Claim) []Claim {
	below := map[string]map[string]bool{}
	for _, c := range claims {
		prefixes := prefixesOf(c.Ecosystem, c.Module)
		for _, p := range prefixes[:len(prefixes)-1] {
			if below[p] == nil {
				below[p] = map[string]bool{}
			}
			below[p][c.ID] = true
		}
	}
	return slices.DeleteFunc(claims, func(c Claim) bool {
		_, name, _ := strings.Cut(c.ID, "/")
		return c.Ecosystem == "python" && len(below[c.Module]) >= crowded && name != "package"
	})
}

// scope is the scope of an npm package, "" where it has none.
func scope(name string) string {
	if s, _, ok := strings.Cut(name, "/"); ok && strings.HasPrefix(s, "@") {
		return s[1:]
	}
	return ""
}

// fold makes names comparable that differ in case and separators alone.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '_', '.', '/', ' ', '@', '`':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// unversioned takes the API version away that the name of a generated Python
// module ends with: pubsub_v1, translate_v3beta1.
func unversioned(ecosystem, module string) string {
	at := strings.LastIndex(module, "_v")
	if ecosystem != "python" || at < 0 {
		return module
	}
	digits := func(s string) string { return strings.TrimLeft(s, "0123456789") }
	version := module[at+len("_v"):]
	rest := digits(version)
	if rest == version || digits(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz")) != "" {
		return module
	}
	return module[:at]
}

// foldModule folds a Python module without its API version.
func foldModule(module string) string { return fold(unversioned("python", module)) }
