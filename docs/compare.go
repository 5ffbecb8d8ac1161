package docs

import (
	"cmp"
	"slices"

	"github.com/chubls/chubls/analyzer"
)

// score orders the matches of one query.
type score struct {
	quality Quality
	rank    Quality // the quality, or Name where any resource will do
	agree   int     // segments that agree, from the end
	suffix  int     // those of them that count
	passing int     // segments of both that say nothing of the subject
	exact   int     // of these, in their very case
	class   int     // the constructed class agrees, or even what it is made for: client("s3")
	heading int     // words of the heading that the chain has
	verb    int     // words of the heading that the last segment has
	above   int     // 1 where the heading has none, and that above it has the last segment's: Create › A record
	options int     // options of the call that agree
	made    int     // 1 where the section is about making what the chain makes, which weighs as an option does
	focus   int     // the fewer other calls the section has, in steps, the more it is about this one
	special int     // 1 where the section is about a special case
	crowd   int     // 1 where it has so many calls that it is about none of them, or says what not to do
	brought int     // 1 where a name of the module is imported in the very example
	setup   int     // 1 where the section is about how to begin, and the chain goes on from there; -1 where it is the chain
	order   int     // the earlier, the better

	missing bool // the resource is there, the last segment is not
}

// classWords is how many words of its heading weigh as much as a section's using
// the same class.
const classWords = 2

func (s score) compare(o score) int {
	c := cmp.Or(s.chain(o),
		cmp.Compare(2*classWords*s.class+s.told(), 2*classWords*o.class+o.told()), cmp.Compare(s.told(), o.told()),
		cmp.Compare(s.options+s.made, o.options+o.made), cmp.Compare(s.verb, o.verb))
	if s.told() > 0 {
		c = cmp.Or(c, cmp.Compare(s.focus, o.focus))
	}
	c = cmp.Or(c, cmp.Compare(o.crowd, s.crowd), cmp.Compare(s.brought, o.brought))
	// What many sections use, and none is headed by, is introduced by the first that is
	// about more than how to begin.
	return cmp.Or(c, cmp.Compare(o.setup, s.setup), cmp.Compare(o.order, s.order))
}

// told is how much headings say that the section is about the chain, in half words of
// its own: a special case is that much less.
func (s score) told() int { return 2*s.heading + s.above - s.special }

// chain compares by how well the chains agree.
func (s score) chain(o score) int {
	return cmp.Or(cmp.Compare(s.rank, o.rank), cmp.Compare(s.suffix, o.suffix), cmp.Compare(s.passing, o.passing), cmp.Compare(s.exact, o.exact))
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
	for n < len(a) && n < len(b) && sameName(a[len(a)-1-n].Name, b[len(b)-1-n].Name) {
		n++
	}
	if n == 0 {
		return resource(a, b, resolved, s)
	}
	s.agree, s.suffix, s.exact = n, n, exactly(a, b, n)
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
	case resolved && len(ra) > 0 && n >= len(ra) && len(ra) == len(rb) && own(ra, len(ra)) && g.akin(a, b) && (len(ra) > 1 || telling(lastOf(a)) || sameMaker(a, b) || g.kin(a, b)):
		s.quality = Full // another class, or another way to the client
	case resolved && n == min(len(a), len(b)) && isClass(lastOf(a)) && calls(a) == 0 && calls(b) == 0:
		s.quality = Full // a class that a module below brings, too
	case n >= 2 && !twins(ra, rb, n) && own(a, n) && (s.class == 0 || len(ra) == len(rb)):
		s.quality = Suffix
	case n >= 1 && telling(lastOf(a)) && !twins(ra, rb, n) && (resolved || n == len(ra)):
		s.quality = Name
	case n >= 1 && s.class > 0 && g.anyResource(a):
		s.quality = Name // prisma.user.createMany and prisma.post.createMany
	default:
		return resource(a, b, resolved, score{})
	}
	if s.quality == Full && isClass(lastOf(a)) && len(ra) == len(a) {
		s.suffix, s.exact = 1, exactly(a, b, 1) // wherever it is imported from
	}
	if s.quality == Full && calls(maker(a)) > 1 {
		// What methods give is told by what is done with it, whichever of them gave it.
		s.suffix, s.exact, s.class = min(n, len(ra)), exactly(a, b, min(n, len(ra))), 0
	}
	return s
}

// exactly counts which of the last n segments of two paths agree in their very case.
func exactly(a, b analyzer.Path, n int) (exact int) {
	for i := 1; i <= n; i++ {
		if a[len(a)-i].Name == b[len(b)-i].Name {
			exact++
		}
	}
	return exact
}

// resource tells whether a use is of the resource that a chain names: the
// chain itself begins it, or differs from it in the last segment alone.
func resource(a, b analyzer.Path, resolved bool, s score) score {
	if !resolved {
		return s
	}
	ra, rb := instance(a), instance(b)
	n := 0
	for n < len(ra) && n < len(rb) && sameName(ra[n].Name, rb[n].Name) && !ra[n].Called {
		n++
	}
	switch {
	case n == len(ra) && n > 0 && n < len(rb):
		s.quality, s.agree, s.suffix = Suffix, n, n // the cursor is on the resource itself
		if !telling(lastOf(ra)) && n == 1 {
			s.quality = Resource
		}
	case n > 0 && n == len(ra)-1 && len(rb) > n && isMethod(a):
		s.quality, s.agree, s.suffix, s.missing = Resource, n, n, true
	}
	return s
}

// isMethod reports whether a path may end in a method of a resource: classes of a
// module are no family, and what a call gives has the methods of any list.
func isMethod(p analyzer.Path) bool {
	name := lastOf(p)
	return !isClass(name) && (calls(maker(p)) < 2 || telling(name))
}

// twins reports whether two chains go on differently before the n segments
// that agree: otps.email.send is not magic_links.email.send.
func twins(a, b analyzer.Path, n int) bool { return n < len(a) && n < len(b) }

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
