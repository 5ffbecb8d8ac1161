package answer

import (
	"strings"

	"github.com/chubls/chubls/docs"
)

// overview fills a hover with what a guide is about: its description, how the
// package is installed and initialised, and what else the guide has.
func (d *Desk) overview(h *Hover, found *finding) {
	g := found.guide
	h.Title = g.Remember("title", func() string { return neutralIn(g, g.Title) })
	h.origin = origin(found.owner)
	var parts []string
	if description := first(g.Meta.Description, g.Variant.Entry.Description); description != "" && !strings.EqualFold(description, g.Title) {
		parts = append(parts, g.Remember("description", func() string { return neutral(description) }))
	}
	if len(found.others) > 0 {
		var also []string
		for _, m := range found.others[:min(3, len(found.others))] {
			also = append(also, "- "+m.Guide.Remember("link "+m.Section.Key, func() string {
				return linked(m.Guide, m.Section, neutralIn(m.Guide, Title(m.Guide, m.Section)))
			}))
		}
		parts = append(parts, "**See also**\n"+strings.Join(also, "\n"))
	}
	if start := g.Remember("start", func() string { return neutralIn(g, gettingStarted(g)) }); start != "" {
		parts = append(parts, start)
	}
	h.body = strings.Join(parts, "\n\n")
}

// gettingStarted is the part of an overview that is the same for all questions.
func gettingStarted(g *docs.Guide) string {
	var parts []string
	shown := map[*docs.Section]bool{}
	if s, n := installation(g); s != nil {
		parts = append(parts, "**Install**\n\n"+fenced(s.Fences[n]))
		shown[s] = true
	}
	if s, n, ok := g.Construction(); ok {
		parts = append(parts, "**Initialize**\n\n"+fenced(s.Fences[n]))
		shown[s] = true
	}
	if toc := contents(g, shown); toc != "" {
		parts = append(parts, "**Contents**\n"+toc)
	}
	return strings.Join(parts, "\n\n")
}

func first(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// installation finds the first fence with a command that installs a package.
func installation(g *docs.Guide) (s *docs.Section, fence int) {
	for _, s := range g.Sections {
		for i, f := range s.Fences {
			for _, in := range docs.InstallsIn(f.Code) {
				if in.Ecosystem == docs.Ecosystem(g.Variant.Language) {
					return s, i
				}
			}
		}
	}
	return nil, 0
}

// maxInit bounds an example in an overview, in lines.
const maxInit = 16

func fenced(f docs.Fence) string {
	lines := strings.SplitAfter(strings.TrimRight(f.Code, "\n"), "\n")
	code := strings.Join(lines[:min(len(lines), maxInit)], "")
	if len(lines) > maxInit {
		code += "…"
	}
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence + f.Language + "\n" + strings.TrimRight(code, "\n") + "\n" + fence
}

// contents lists the headings of the second level, without those of sections
// that are shown already.
func contents(g *docs.Guide, shown map[*docs.Section]bool) string {
	var b strings.Builder
	for _, s := range g.Sections {
		if s.Level == 2 && !shown[s] {
			b.WriteString("- " + s.Heading + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
