package docs

import (
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
)

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
	case a.Service() == "" || b.Service() == "":
		return 1
	case a.Service() == b.Service():
		return 2
	}
	return 0
}

// maker is the part of a path up to the last call: what made the object that the
// rest is reached from.
func maker(p analyzer.Path) analyzer.Path { return p[:len(p)-len(instance(p))] }

// sameMaker reports whether two objects come from one class, or its asynchronous
// twin: Redis() and Redis.from_url(), Client() and AsyncClient().
func sameMaker(a, b analyzer.Path) bool {
	class := func(p analyzer.Path) string {
		for _, s := range maker(p) {
			if isClass(s.Name) {
				return strings.TrimPrefix(foldName(s.Name), "async")
			}
		}
		return ""
	}
	return class(a) != "" && class(a) == class(b)
}

// akin reports whether what is reached from two objects is the same: they come from
// one method, or the guide takes them for one thing.
func (g *Guide) akin(a, b analyzer.Path) bool { return sameResult(a, b) || g.kin(a, b) }

// sameResult reports whether two objects are both clients, or come from one method
// of them: what a.get() gives has not the members of what a.list() gives.
func sameResult(a, b analyzer.Path) bool {
	x, y := maker(a), maker(b)
	if calls(x) < 2 && calls(y) < 2 {
		return true
	}
	if !alike(lastOf(x), lastOf(y)) {
		return false
	}
	// The resource that the method is of: lists.get() is not users.get().
	i, j := len(x)-2, len(y)-2
	return i < 0 || j < 0 || x[i].Called || y[j].Called || alike(x[i].Name, y[j].Name)
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
// and df = read_csv() there, or what client.create_table() and open_table() give.
func (g *Guide) kin(a, b analyzer.Path) bool {
	x, y := maker(a), maker(b)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	names := g.makers[makerKey(y)]
	return slices.ContainsFunc(g.makers[makerKey(x)], func(name string) bool { return slices.Contains(names, name) })
}

// makerKey is how what makes an object is known, whatever module its path begins at,
// and whatever client has the method.
func makerKey(p analyzer.Path) string {
	if n := len(p); n > 1 && p[n-2].Called {
		return p[n-1:].String()
	}
	return p[max(0, len(p)-2):].String()
}

// results are names of variables that hold whatever a call gave.
var results = setOf(`result results res response resp reply data output out value values item items obj x y r ret answer
	body text content ctx tmp`)

// makesClient reports whether a path is that of what makes an object which the
// guide keeps in a variable, or such an object.
func (g *Guide) makesClient(p analyzer.Path) bool {
	return len(p) == 0 || g.clients[lastOf(p)]
}

// learnMakers notes what the guide calls that which a module, a class or a method makes.
func (g *Guide) learnMakers() {
	g.makers, g.clients = map[string][]string{}, map[string]bool{}
	for _, b := range g.bound {
		p, n := b.Value.Path, len(b.Value.Path)
		if results[b.Name] || n == 0 || !p[n-1].Called {
			continue // no maker, or one of anything
		}
		if len(instance(p)) == n { // not what a method gives
			g.clients[p[n-1].Name] = true
		}
		if key := makerKey(p); !slices.Contains(g.makers[key], b.Name) {
			g.makers[key] = append(g.makers[key], b.Name)
		}
	}
}
