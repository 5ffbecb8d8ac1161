package answer

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

// Hover is what is shown at a place in a file.
type Hover struct {
	Span  analyzer.Span // of the name that it is about
	Title string        // the heading, word for word; Markdown
	// Entry, Section and Quality say what was chosen; Section is the key of a
	// section, "" for the overview.
	Entry   string
	Section string
	Quality docs.Quality

	origin string // the second line
	note   string // the third, "" for none
	body   string // Markdown
}

// Hover answers what is documented at a byte offset; nil is nothing. It fails
// only where ctx was cancelled.
func (d *Desk) Hover(ctx context.Context, f *analyzer.File, offset int) (*Hover, error) {
	found, err := d.find(ctx, f, offset)
	if err != nil || found == nil {
		return nil, err
	}
	if ctx.Err() == context.Canceled {
		return nil, ctx.Err()
	}
	return d.hover(found), nil
}

// hover shows what was found; nil is nothing.
func (d *Desk) hover(found *finding) *Hover {
	h := &Hover{Span: found.ref.Span, Entry: found.owner.ID}
	switch {
	case found.best == nil && found.wait: // what is at hand may not be the best
		h.Title = "Loading " + found.owner.ID + "…"
	case found.guide == nil:
		return nil
	case found.best != nil:
		d.section(h, found)
	default:
		d.overview(h, found)
	}
	if h.origin != "" {
		h.body = d.noteOn(found.owner) + h.body
	}
	return h
}

// HoverNow is Hover where the answer is at hand: ok is false where something is
// yet to be read, parsed or loaded. It never waits, and takes some microseconds.
func (d *Desk) HoverNow(f *analyzer.File, offset int) (h *Hover, ok bool) {
	ref, found, known := f.Known(offset)
	if !known {
		return nil, false
	}
	if !found {
		if ref, found, known = f.KnownLoose(offset); !found || !known {
			return nil, known
		}
		about, err := d.loosely(impatient{context.Background()}, f, ref)
		if err != nil || about == nil {
			return nil, err == nil
		}
		return d.hover(about), true
	}
	about, err := d.lookUp(impatient{context.Background()}, f, ref)
	if err != nil || about == nil || about.wait {
		return nil, false
	}
	return d.hover(about), true
}

// impatient is a context for those who do not wait: it has ended already.
type impatient struct{ context.Context }

func (impatient) Done() <-chan struct{} { return ended }
func (impatient) Err() error            { return context.DeadlineExceeded }

var ended = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// noteOn is the note on an entry as a quote, "" where there is none. A note
// that is older than the document may be about what has changed since.
func (d *Desk) noteOn(o docs.Owner) string {
	if d.Note == nil {
		return ""
	}
	note, ok := d.Note(o.Variant.Entry.ID)
	if !ok || strings.TrimSpace(note.Text) == "" {
		return ""
	}
	head := "**Note**"
	if !note.Updated.IsZero() {
		day := note.Updated.Format(time.DateOnly)
		head += " " + day
		if day < o.Variant.Updated {
			head += ", older than the guide"
		}
	}
	lines := strings.Split(strings.TrimSpace(neutral(note.Text)), "\n")
	return "> " + head + "  \n> " + strings.Join(lines, "\n> ") + "\n\n"
}

// Markdown renders the hover for a client that shows Markdown.
func (h *Hover) Markdown() string {
	if h.origin == "" {
		return h.Title
	}
	lines := []string{"### " + h.Title, h.origin}
	if h.note != "" {
		lines[1] += "  " // a line break in Markdown, unseen elsewhere
		lines = append(lines, "*"+h.note+"*")
	}
	return strings.TrimRight(strings.Join(append(lines, "", h.body), "\n"), "\n")
}

// Plaintext renders the hover for a client that shows text alone.
func (h *Hover) Plaintext() string {
	if h.origin == "" {
		return h.Title
	}
	lines := []string{docs.Plaintext("### " + h.Title), h.origin}
	if h.note != "" {
		lines = append(lines, h.note)
	}
	return strings.TrimRight(strings.Join(append(lines, "", docs.Plaintext(h.body)), "\n"), "\n")
}

func (d *Desk) limit() int {
	if d.Limit > 0 {
		return d.Limit
	}
	return DefaultLimit
}

// origin is the line that says where a text comes from.
func origin(o docs.Owner) string {
	v := o.Variant
	parts := []string{o.ID, strings.TrimSpace(v.Language + " " + v.Version)}
	vouched := v.Entry.Source
	if o.Workspace {
		vouched = "workspace"
	}
	for _, p := range []string{vouched, v.Updated} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return docs.Visible(strings.Join(parts, " · "))
}

// section fills a hover with the section that was found.
func (d *Desk) section(h *Hover, found *finding) {
	s, guide := found.best.Section, found.guide
	h.Title = guide.Remember("title "+s.Key, func() string { return neutralIn(guide, Title(guide, s)) })
	h.origin = origin(found.owner)
	h.Section, h.Quality = s.Key, found.best.Quality
	switch path := found.ref.Path; {
	case found.loose:
		h.note = "by its names alone: this file does not tell where it comes from"
	case found.best.Missing && len(path) > 0:
		h.note = "no example of " + path[len(path)-1].Name + " in this guide"
	}
	key := "section " + strconv.Itoa(d.limit()) + " " + strconv.Itoa(found.best.Fence) + " " + s.Key
	h.body = guide.Remember(key, func() string {
		blocks := slices.Clone(s.Blocks)
		for _, child := range s.Children {
			blocks = append(blocks, treeBlocks(child)...)
		}
		text, left := docs.Cut(guide.Text, blocks, d.limit())
		if n := found.best.Fence; left > 0 && n >= 0 && !strings.Contains(text, string(s.Fences[n].Span.In(guide.Text))) {
			// Not all of the section fits: the example that was looked for comes first.
			text, left = docs.Cut(guide.Text, leading(blocks, s.Fences[n].Span), d.limit())
		}
		return neutralIn(guide, text) + more(guide, s, left)
	})
}

// leading puts the block that holds a span before all others.
func leading(blocks []docs.Span, span docs.Span) []docs.Span {
	i := slices.IndexFunc(blocks, func(b docs.Span) bool { return b.Start <= span.Start && span.End <= b.End })
	if i < 0 {
		return blocks
	}
	return slices.Concat(blocks[i:i+1], blocks[:i], blocks[i+1:])
}

// more says how much of a section is not shown, and leads to the whole of it.
func more(g *docs.Guide, s *docs.Section, lines int) string {
	if lines == 0 {
		return ""
	}
	count := strconv.Itoa(lines) + " more lines"
	if lines == 1 {
		count = "1 more line"
	}
	return "\n\n… " + linked(g, s, count)
}

// treeBlocks are the blocks of a section and of those below it, headings included.
func treeBlocks(s *docs.Section) []docs.Span {
	var blocks []docs.Span
	if head := (docs.Span{Start: s.Tree.Start, End: s.Own.Start}); head.Len() > 0 {
		blocks = append(blocks, head)
	}
	blocks = append(blocks, s.Blocks...)
	for _, child := range s.Children {
		blocks = append(blocks, treeBlocks(child)...)
	}
	return blocks
}

// Title is a section's heading, with its parent's before it where it alone says
// too little: where the document has it twice, or it is made of words that
// any guide has.
func Title(g *docs.Guide, s *docs.Section) string {
	if s.Parent == nil || s.Parent.Level <= 1 {
		return s.Heading
	}
	same := 0
	for _, o := range g.Sections {
		if strings.EqualFold(o.Heading, s.Heading) {
			same++
		}
	}
	if same > 1 || vague(s.Heading) {
		return s.Parent.Heading + " › " + s.Heading
	}
	return s.Heading
}

// vagueWords are words of headings that say nothing of the subject.
var vagueWords = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`a an the and or of with in for to your basic minimal simple full complete advanced
		example examples usage use overview introduction notes note options parameters arguments response request
		setup configuration install installation details more other common patterns pattern code sample samples
		step 1 2 3 4 5 6 7 8 9 option method methods create list get update delete async sync python javascript typescript node`) {
		vagueWords[w] = true
	}
}

// vague reports whether a heading has at most one word that says something.
func vague(heading string) bool {
	words := strings.FieldsFunc(strings.ToLower(heading), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	telling := 0
	for _, w := range words {
		if !vagueWords[w] {
			telling++
		}
	}
	return telling == 0 || len(words) == 1
}
