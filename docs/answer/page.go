package answer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

// PageName names a guide, and a section of it. An editor keeps it with what it
// offers, and hands it back when the user wants to read.
type PageName struct {
	Entry    string `json:"entry"`              // an id; with its source before it where that is needed
	Language string `json:"language,omitempty"` // "" is the entry's first
	Section  string `json:"section,omitempty"`  // a section's key; "" is the top
}

// Page is a whole guide, to be read from one of its sections on.
type Page struct {
	PageName
	Title  string // of the section, or of the guide; plain text
	Source string // the name of the source that it comes from
	// Path is where the guide's file lies on this machine, "" where it does not.
	Path string
	// Folder is the guide's folder below its source's, with slashes.
	Folder string
	// Text is the file, and Line, from 0, the line in it where the section begins.
	Text []byte
	Line int

	owner docs.Owner
	guide *docs.Guide
	note  string
}

// ErrNoPage is returned where there is no guide to open.
var ErrNoPage = errors.New("there is no guide of that name: chubls.search finds those that there are")

// PageAt is the guide that a hover at a byte offset is about, from the section on
// that it shows; nil is none. It returns [docs.ErrLoading] for one on its way.
func (d *Desk) PageAt(ctx context.Context, f *analyzer.File, offset int) (*Page, error) {
	found, err := d.find(ctx, f, offset)
	switch {
	case err != nil || found == nil:
		return nil, err
	case found.best != nil:
		return d.page(found.owner, found.guide, found.best.Section), nil
	case found.wait:
		return nil, docs.ErrLoading
	case found.guide == nil:
		return nil, nil
	}
	return d.page(found.owner, found.guide, nil), nil
}

// PageOf finds a guide by its name. A section that it does not have any more is
// its top.
func (d *Desk) PageOf(ctx context.Context, name PageName) (*Page, error) {
	owner, ok, err := d.Library.Find(ctx, name.Entry, name.Language)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%q: %w", docs.Visible(name.Entry), ErrNoPage)
	}
	guide, err := d.Library.Guide(ctx, owner)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(guide.Sections, func(s *docs.Section) bool { return s.Key == name.Section })
	if i < 0 {
		return d.page(owner, guide, nil), nil
	}
	return d.page(owner, guide, guide.Sections[i]), nil
}

// page makes a page; a nil section is the top.
func (d *Desk) page(o docs.Owner, g *docs.Guide, s *docs.Section) *Page {
	p := &Page{
		Source: o.Source, Folder: o.Variant.Path, Path: g.Paths[docs.DocFile], Text: g.Text,
		owner: o, guide: g, note: d.noteOn(o),
	}
	p.PageName, p.Title = pageName(o, g, s)
	if s != nil {
		p.Line = s.Line
	}
	return p
}

// pageName names a page, and gives its title as plain text; a nil section is the top.
func pageName(o docs.Owner, g *docs.Guide, s *docs.Section) (name PageName, title string) {
	name = PageName{Entry: o.ID, Language: o.Variant.Language}
	if s == nil {
		return name, docs.Plaintext(g.Title)
	}
	name.Section = s.Key
	return name, docs.Plaintext(Title(g, s))
}

// Markdown is the page as a document that is fit for a screen: nothing in it acts.
// Under a line that says where it comes from stands the guide, without its front
// matter. line, from 0, is where the section begins in it.
func (p *Page) Markdown() (text string, line int) {
	var b strings.Builder
	lines := 0
	add := func(markdown string) {
		markdown += "\n\n"
		lines += strings.Count(markdown, "\n")
		b.WriteString(markdown)
	}
	add("*" + origin(p.owner) + "*")
	if p.note != "" {
		add(strings.TrimRight(p.note, "\n"))
	}
	for _, s := range p.guide.Sections {
		if s.Key == p.Section && p.Section != "" {
			line = lines
		}
		start, end := s.Tree.Start, s.Own.End
		if s.Level == 0 {
			start = s.Own.Start
		}
		if start < end {
			add(strings.TrimRight(neutralIn(p.guide, string(p.guide.Text[start:end])), "\n"))
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n", line
}

// Result is an entry, or a section of one, that a search has found.
type Result struct {
	PageName
	Title       string `json:"title"` // of the section, or of the entry; plain text
	Description string `json:"description,omitempty"`
	Version     string `json:"version,omitempty"`
	Trust       string `json:"trust,omitempty"` // who vouches for it
}

// maxResults bounds a search.
const maxResults = 200

// Search finds entries, and the sections of those guides that are at hand, the
// best first. No words find all entries.
func (d *Desk) Search(ctx context.Context, words string, limit int) ([]Result, error) {
	if limit <= 0 || limit > maxResults {
		limit = maxResults
	}
	hits, err := d.Library.Search(ctx, words, limit)
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(hits))
	for _, h := range hits {
		v := h.Variant
		r := Result{
			PageName: PageName{Entry: h.ID, Language: v.Language}, Title: docs.Visible(v.Entry.Name),
			Description: docs.Visible(v.Entry.Description), Version: docs.Visible(v.Version), Trust: docs.Visible(v.Entry.Source),
		}
		if h.Workspace {
			r.Trust = "workspace"
		}
		if h.Section != nil {
			r.Section, r.Title, r.Description = h.Section.Key, docs.Plaintext(Title(h.Guide, h.Section)), ""
		}
		results = append(results, r)
	}
	return results, nil
}

// Health is how a desk and its hubs are, for an editor's status line.
type Health struct {
	Offline bool `json:"offline"`
	// Configured is false where nobody has named a source: then the guides inside
	// chubls are shown, and nothing is asked for.
	Configured bool           `json:"configured"`
	Loading    []string       `json:"loading"` // what goes on, as in "Fetching stytch/auth"
	Notes      int            `json:"notes"`
	Sources    []HealthSource `json:"sources"`
}

// HealthSource is one source in a Health.
type HealthSource struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"` // remote, built folder, content tree
	Entries int    `json:"entries"`
	// Age is how old the list of entries is, in seconds; -1 where it is not known,
	// or never grows old.
	Age     int64  `json:"age"`
	Problem string `json:"problem,omitempty"`
}
