package answer_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
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

// without is a source with some of another's entries, whose documents do not name
// something: fences and inline code that do are gone.
type without struct {
	docs.Source
	registry *docs.Registry
	names    *regexp.Regexp
}

func (w *without) Registry() (*docs.Registry, error) { return w.registry, nil }

var (
	anyFence  = regexp.MustCompile("(?ms)^( *)(```+)[^\n]*\n.*?^ *```+ *$\n?")
	anyInline = regexp.MustCompile("`[^`\n]+`")
)

func (w *without) Read(ctx context.Context, v *docs.Variant, file string) ([]byte, error) {
	data, err := w.Source.Read(ctx, v, file)
	if err != nil {
		return nil, err
	}
	drop := func(code []byte) []byte {
		if w.names.Match(joints.ReplaceAll(code, []byte("."))) {
			return nil
		}
		return code
	}
	data = anyFence.ReplaceAllFunc(data, drop)
	return anyInline.ReplaceAllFunc(data, drop), nil
}

// naming matches code that names a call, also by its asynchronous twin, and with what
// generated clients put between a resource and its method.
func naming(name string) *regexp.Regexp {
	parts := strings.Split(strings.TrimSuffix(name, "_async"), ".")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile(`(^|[^\w$])` + strings.Join(parts, `(\.\w+)?\.`) + `(_async|Async)?($|[^\w$])`)
}

// absentCalls is how many calls TestAbsentCalls asks for, drawn at random.
const absentCalls = 1000

// TestAbsentCalls asks for calls that guides do not show: a guide's own, after
// every fence and inline code that names it was taken out of all guides of its
// module. What remains must not be taken for it.
func TestAbsentCalls(t *testing.T) {
	source, guides := wholeHub(t)
	whole := docs.NewLibrary([]docs.Source{source}, nil, docs.Observer{})
	type call struct {
		sample
		ref analyzer.Reference
	}
	var calls []call
	for _, g := range guides {
		seen := map[string]bool{}
		for _, s := range samples(g) {
			f := analyzer.New(g.LanguageOf(s.code), []byte(s.text))
			for _, ref := range s.called(t, whole, f) {
				if key := ref.Path.String() + strings.Join(ref.Constructed, " "); !seen[key] && len(ref.Path) > 0 {
					seen[key] = true
					calls = append(calls, call{s, ref})
				}
			}
			f.Close()
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	for _, mode := range []struct {
		what string
		name func(analyzer.Reference) string
	}{
		{"its last name", func(r analyzer.Reference) string { return r.Path[len(r.Path)-1].Name }},
		{"its last two names", chain},
	} {
		specific, resources, asked := 0, 0, 0
		for _, c := range calls[:min(absentCalls, len(calls))] {
			name := mode.name(c.ref)
			if last := len(c.ref.Path) - 1; !contains(c.section, c.guide.Text, name) ||
				!slices.ContainsFunc(c.ref.Path[:last], func(s analyzer.Segment) bool { return s.Called }) {
				name = c.ref.Path[last].Name // it is written in other ways: F.col, or col, for functions.col
			}
			if n := len(c.ref.Constructed); n > 0 && strings.HasSuffix(name, "send") {
				name = c.ref.Constructed[n-1] // the call is about the command
			}
			module := c.ref.Module
			if c.ref.Language == "python" {
				module += "." + strings.Join(c.ref.Path.Names(), ".")
			}
			owners, err := whole.Owners(t.Context(), c.ref.Language, module)
			if err != nil {
				t.Fatal(err)
			}
			registry := &docs.Registry{}
			for _, o := range owners {
				registry.Entries = append(registry.Entries, o.Variant.Entry)
			}
			library := docs.NewLibrary([]docs.Source{&without{source, registry, naming(name)}}, nil, docs.Observer{})
			desk := &answer.Desk{Library: library}
			f := analyzer.New(c.guide.LanguageOf(c.code), []byte(c.text))
			h, err := desk.Hover(t.Context(), f, c.ref.Span.End-1)
			if err != nil {
				t.Fatal(err)
			}
			asked++
			switch {
			case h == nil || h.Section == "":
			case h.Quality == docs.Resource:
				resources++
			default:
				specific++
				t.Logf("without %s: %s %s, path %s, shows %s › %s (%s)", mode.what, c.guide.Variant.Path, c.text[c.ref.Span.Start:c.ref.Span.End], c.ref.Path, h.Entry, h.Section, h.Quality)
			}
			f.Close()
			library.Close()
		}
		t.Logf("without %s: of %d calls %d show a section all the same (%.4f), %d one of their resource", mode.what, asked, specific, float64(specific)/float64(asked), resources)
		if specific*100 > asked {
			t.Errorf("without %s: %d of %d calls show a section that is not about them, want less than 1%%", mode.what, specific, asked)
		}
	}
}
