package answer

import (
	"strconv"
	"strings"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/fit"
)

// Edit is an edit with the places in it that the user may want to change.
type Edit = fit.Edit

// Stop is such a place.
type Stop = fit.Stop

// ErrUnfit is matched by the error for a snippet that cannot be part of a file
// at a place.
var ErrUnfit = fit.ErrUnfit

// Snippet is a fence of a guide with what it needs to become part of a file.
func Snippet(g *docs.Guide, s *docs.Section, fence int) fit.Snippet {
	return fit.Snippet{
		Language: g.LanguageOf(s.Fences[fence]), Code: s.Fences[fence].Code,
		Outer: g.Outer(s, fence), Imports: g.Imports, Setup: g.Making(s, fence),
	}
}

// fenceKey names a fence within its guide.
func fenceKey(s *docs.Section, fence int) string { return s.Key + "\n" + strconv.Itoa(fence) }

// traits are what a fence is as code of a language. They are the same every
// time, so they are kept with the guide.
type traits struct{ good, awaits, markup bool }

func traitsOf(l *analyzer.Language, g *docs.Guide, s *docs.Section, fence int) traits {
	key := "traits " + l.IDs[0] + " " + fenceKey(s, fence)
	text := g.Remember(key, func() string {
		sketch := fit.Sketch(l, s.Fences[fence].Code)
		var b strings.Builder
		for flag, set := range map[string]bool{"good ": sketch.Fault == "", "awaits ": sketch.Awaits, "markup ": sketch.Markup} {
			if set {
				b.WriteString(flag)
			}
		}
		return b.String()
	})
	return traits{strings.Contains(text, "good"), strings.Contains(text, "awaits"), strings.Contains(text, "markup")}
}

// Offered reports whether a fence is offered for a file: it must be good code of
// the file's language. TypeScript goes into a JavaScript file only where it is
// JavaScript too, and JSX only where there may be some.
func Offered(host *analyzer.File, g *docs.Guide, s *docs.Section, fence int) bool {
	own := g.LanguageOf(s.Fences[fence])
	if own == nil || docs.Ecosystem(own.Name) != docs.Ecosystem(host.Language().Name) {
		return false
	}
	t := traitsOf(host.Language(), g, s, fence)
	return t.good && (!t.markup || fit.TakesMarkup(host))
}
