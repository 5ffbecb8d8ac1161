package docs

import (
	"strings"

	"github.com/chubls/chubls/analyzer"
)

// Query is a reference made ready for comparison: the path below the module
// that an entry owns.
type Query struct {
	Path        analyzer.Path
	Constructed []string
	Called      bool   // the module itself is called
	Again       bool   // what the path's last call gives is called itself
	Option      string // of the call, that the question is about; "" for the call
	Module      string
	// Options are those of the call: they tell sections apart that show the same chain.
	Options []string
}

// NewQuery gives the part of a reference that lies below an owned module.
func NewQuery(ref analyzer.Reference, ecosystem, owned string) Query {
	path, _ := below(ref, ecosystem, owned)
	return Query{
		Path: path, Constructed: ref.Constructed, Called: makes(ref) && len(ref.Path) == len(path),
		Again: callsResult(ref), Option: ref.Option, Module: owned,
	}
}

// callsResult reports whether a reference calls what a call gives: navigate() of
// navigate = useNavigate().
func callsResult(ref analyzer.Reference) bool {
	return ref.Invoked && len(ref.Path) > 0 && ref.Path[len(ref.Path)-1].Called
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

// siblings reports whether two npm packages are of one scope: what a guide shows
// with @sentry/node holds for @sentry/react, too, where both are the guide's.
func siblings(ecosystem, module, owned string) bool {
	if ecosystem == "python" {
		return false
	}
	s := scope(owned)
	return s != "" && s == scope(module)
}
