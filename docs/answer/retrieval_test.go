package answer_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
)

// wholeHub opens the folder of a built copy of the public hub, with all its guides.
func wholeHub(t *testing.T) (docs.Source, []*docs.Guide) {
	folder := os.Getenv("CHUBLS_HUB")
	if folder == "" {
		t.Skip("needs a whole hub: make eval HUB=FOLDER")
	}
	source := hub.Folder("hub", folder, nil)
	registry, err := source.Registry()
	if err != nil {
		t.Fatal(err)
	}
	var guides []*docs.Guide
	for _, e := range registry.Entries {
		for _, v := range e.Variants {
			if analyzer.ByLanguageID(v.Language) == nil || !v.Recommended {
				continue
			}
			data, err := source.Read(t.Context(), v, docs.DocFile)
			if err != nil {
				t.Fatal(err)
			}
			d, err := docs.ParseDocument(data)
			if err != nil {
				t.Fatal(err)
			}
			guides = append(guides, docs.NewGuide(v, "hub", d))
		}
	}
	return source, guides
}

// sample is a fence as a file of a user's: the imports of its document and what
// makes a client there, then the fence.
type sample struct {
	guide   *docs.Guide
	section *docs.Section
	code    docs.Fence
	text    string
	from    int // where the fence begins in text
}

// samples are the own fences of a guide.
func samples(g *docs.Guide) []sample {
	type part struct {
		names []string
		text  string
		of    string // the fence
	}
	var imports, makes []part
	for _, s := range g.Sections {
		for _, n := range g.OwnFences(s) {
			code := s.Fences[n].Code
			f := analyzer.NewWithin(g.LanguageOf(s.Fences[n]), []byte(code), g.Outer(s, n))
			for _, i := range f.Imports() {
				if i.Statement.Start == 0 || code[i.Statement.Start-1] == '\n' {
					names := []string{i.Local}
					for _, name := range i.Names {
						names = append(names, name.Local)
					}
					imports = append(imports, part{names, code[i.Statement.Start:i.Statement.End], code})
				}
			}
			for _, a := range f.Assignments() {
				if p := a.Value.Path; a.Value.Module != "" && (len(p) == 0 && a.Value.Called || len(p) > 0 && len(p) < 3 && p[len(p)-1].Called) {
					text := code[a.Statement.Start:a.Statement.End]
					if start := strings.LastIndexByte(code[:a.Statement.Start], '\n') + 1; strings.TrimSpace(code[start:a.Statement.Start]) != "" {
						text = code[start:a.Statement.End]
					}
					makes = append(makes, part{[]string{a.Name}, text, code})
				}
			}
			f.Close()
		}
	}
	var found []sample
	for _, s := range g.Sections {
		for _, n := range g.OwnFences(s) {
			code := s.Fences[n].Code
			var b strings.Builder
			seen := map[string]bool{}
			for _, p := range slices.Concat(imports, makes) {
				if p.of == code || seen[p.text] || slices.ContainsFunc(p.names, func(n string) bool {
					return n != "" && (seen[n] || regexp.MustCompile(`(?m)^\s*(import|from|const|let|var)\b.*\b`+regexp.QuoteMeta(n)+`\b|^`+regexp.QuoteMeta(n)+`\s*=`).MatchString(code))
				}) {
					continue
				}
				seen[p.text] = true
				for _, n := range p.names {
					seen[n] = true
				}
				b.WriteString(p.text + "\n")
			}
			found = append(found, sample{g, s, s.Fences[n], b.String() + code, b.Len()})
		}
	}
	return found
}

// called are the calls of the fence that lead to a module of the guide's entry.
func (s *sample) called(t *testing.T, l *docs.Library, f *analyzer.File) []analyzer.Reference {
	var calls []analyzer.Reference
	for _, ref := range f.Uses() {
		after := strings.TrimLeft(s.text[ref.Span.End:], " \t\r\n")
		if ref.Span.Start < s.from || ref.Module == "" || !strings.HasPrefix(after, "(") || docs.Relative(ref.Module) {
			continue
		}
		module := ref.Module
		if ref.Language == "python" {
			for _, p := range ref.Path {
				module += "." + p.Name
			}
		}
		owners, err := l.Owners(t.Context(), ref.Language, module)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(owners, func(o docs.Owner) bool { return o.Variant.Entry.ID == s.guide.Variant.Entry.ID }) {
			calls = append(calls, ref)
		}
	}
	return calls
}

// chain is how a call may be written: the last two names after the object that it
// is a member of, or the one.
func chain(ref analyzer.Reference) string {
	names := ref.Path
	for len(names) > 1 && slices.ContainsFunc(names[:len(names)-1], func(s analyzer.Segment) bool { return s.Called }) {
		names = names[1:]
	}
	return strings.Join(names[max(0, len(names)-2):].Names(), ".")
}

// written is the same, as it stands in the text, without what it starts at.
func written(text string) string {
	names := strings.Split(joints.ReplaceAllString(text, "."), ".")
	if len(names) > 1 {
		names = names[1:]
	}
	return strings.Join(names[max(0, len(names)-2):], ".")
}

var joints = regexp.MustCompile(`\s*[?!]?\.\s*`)

// contains reports whether a section's code has a chain.
func contains(s *docs.Section, text []byte, chain string) bool {
	code := joints.ReplaceAllString(string(s.Tree.In(text)), ".")
	return regexp.MustCompile(`(^|[^\w$])` + regexp.QuoteMeta(chain) + `($|[^\w$])`).MatchString(code)
}

// TestSelfRetrieval asks for every call that a guide shows, where a user has
// written it as the guide does: the section that is shown must have it.
func TestSelfRetrieval(t *testing.T) {
	source, guides := wholeHub(t)
	desk := &answer.Desk{Library: docs.NewLibrary([]docs.Source{source}, nil, docs.Observer{})}
	byPath := map[string]*docs.Guide{}
	for _, g := range guides {
		byPath[g.Variant.Entry.ID+" "+docs.Ecosystem(g.Variant.Language)+" "+g.Variant.Language] = g
	}
	total, right := 0, 0
	reasons := map[string]int{}
	wrong := func(reason string, s sample, ref analyzer.Reference, h *answer.Hover) {
		reasons[reason]++
		shown := ""
		if h != nil {
			shown = fmt.Sprintf("%s › %s (%s)", h.Entry, h.Section, h.Quality)
		}
		if reasons[reason] <= 400 {
			t.Logf("%s: %s %q in %q: %s, path %s, shows %s", reason, s.guide.Variant.Path, chain(ref), s.section.Heading, s.text[ref.Span.Start:ref.Span.End], ref.Path, shown)
		}
	}
	for _, g := range guides {
		for _, s := range samples(g) {
			f := analyzer.New(g.LanguageOf(s.code), []byte(s.text))
			for _, ref := range s.called(t, desk.Library, f) {
				total++
				h, err := desk.Hover(t.Context(), f, ref.Span.End-1)
				if err != nil {
					t.Fatal(err)
				}
				if h == nil {
					wrong("nothing", s, ref, h)
					continue
				}
				if h.Section == "" {
					wrong("overview", s, ref, h)
					continue
				}
				shown, ok := byPath[h.Entry+" "+docs.Ecosystem(g.Variant.Language)+" "+g.Variant.Language]
				if !ok {
					for _, other := range guides {
						if other.Variant.Entry.ID == h.Entry && docs.Ecosystem(other.Variant.Language) == docs.Ecosystem(g.Variant.Language) {
							shown = other
						}
					}
				}
				if shown == nil {
					wrong("another entry", s, ref, h)
					continue
				}
				at := slices.IndexFunc(shown.Sections, func(x *docs.Section) bool { return x.Key == h.Section })
				if at < 0 || !contains(shown.Sections[at], shown.Text, chain(ref)) && !contains(shown.Sections[at], shown.Text, written(s.text[ref.Span.Start:ref.Span.End])) {
					wrong("without the call", s, ref, h)
					continue
				}
				right++
			}
			f.Close()
		}
	}
	t.Logf("%d calls, %d show a section that has them: %.4f", total, right, float64(right)/float64(max(1, total)))
	for _, r := range slices.SortedFunc(maps.Keys(reasons), func(a, b string) int { return cmp.Compare(reasons[b], reasons[a]) }) {
		t.Logf("%6d %s", reasons[r], r)
	}
	if float64(right) < .99*float64(total) {
		t.Errorf("%d of %d calls show a section that has them, want 99%%", right, total)
	}
}
