package answer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/fit"
)

// KindInsertSnippet is the kind of the actions that insert a snippet, below
// LSP's refactor.rewrite.
const KindInsertSnippet = "refactor.rewrite.insertSnippet"

// KindCopyCommand is the kind of the actions that copy an install command.
const KindCopyCommand = "source.copyInstallCommand"

// Action is something that can be done at a place in a file. One of Key, Choice,
// Pick, Copy and Open is set.
type Action struct {
	Title string
	Kind  string
	// Key names a snippet within the library, for [Desk.Edits].
	Key    string
	Choice *Choice
	// Pick is the id of the entry that the user may pick any snippet of.
	Pick string
	// Copy is a text for the clipboard.
	Copy string
	// Open names a guide to be read. Such an action has no kind: it changes nothing,
	// and none of LSP's fits.
	Open *PageName
}

// Offer says what the one who asks can do with actions.
type Offer struct {
	// Picker is set where the user can pick from a list. Elsewhere the list is
	// a few actions more.
	Picker bool
	// Copy is set where a text can be copied, and Open where a guide can be opened.
	Copy, Open bool
	// Few is set where each action costs its edit at once.
	Few bool
}

// most is how many snippets a list has.
func (o Offer) most() int {
	if o.Few {
		return maxActions
	}
	return maxListed
}

// ErrGone is returned for a key that names nothing any more.
var ErrGone = errors.New("the snippet is not there any more: ask for the actions again")

const (
	// maxActions bounds how many snippets of one section are offered, and
	// maxListed how many there are with those of other sections.
	maxActions = 5
	maxListed  = 8
	// maxEntries bounds how many entries are offered on an empty line.
	maxEntries = 2
)

// Actions lists what can be done at a span: the snippets of the section that
// its start is about, in document order, then those of the rest of the guide;
// in an import the install command and the choice of another entry.
func (d *Desk) Actions(ctx context.Context, f *analyzer.File, span analyzer.Span, o Offer) ([]Action, error) {
	var found *finding
	var err error
	for _, at := range offsetsIn(f, span) {
		if found, err = d.find(ctx, f, at); err != nil {
			return nil, err
		}
		if found != nil {
			break
		}
	}
	var actions []Action
	switch {
	case found != nil && found.guide != nil:
		actions, _ = d.offer(f, found, func() (analyzer.Place, bool) { return f.PlaceAfter(span.End), true }, o)
	case found == nil && emptyLine(f, span.Start):
		if actions, err = d.offerHere(ctx, f, span, o); err != nil {
			return nil, err
		}
	}
	choices, err := d.choices(ctx, f, span)
	return append(slices.Clip(actions), choices...), err
}

// maxOffsets bounds how many names of a range are looked at.
const maxOffsets = 16

// offsetsIn lists where a range is asked about: its start, and then the ends of
// the words on its first line. Some editors send a whole line for a cursor.
func offsetsIn(f *analyzer.File, span analyzer.Span) []int {
	offsets := []int{span.Start}
	text := f.Text()
	for at := span.Start; at < span.End && text[at] != '\n' && len(offsets) < maxOffsets; at++ {
		next := at + 1
		if letter(text[at]) && (next == len(text) || !letter(text[next])) && next != span.Start {
			offsets = append(offsets, next)
		}
	}
	return offsets
}

func letter(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b > 127
}

// ActionsNow is Actions where the answer is at hand: ok is false where something
// is yet to be read, parsed or loaded. It never waits.
func (d *Desk) ActionsNow(f *analyzer.File, span analyzer.Span, o Offer) (actions []Action, ok bool) {
	var ref analyzer.Reference
	traced := false
	for _, at := range offsetsIn(f, span) {
		var known bool
		if ref, traced, known = f.Known(at); !known {
			return nil, false
		}
		if traced {
			break
		}
	}
	if !traced || ref.Kind != analyzer.KindChain {
		return nil, false // an empty line, an import: they take longer
	}
	found, err := d.lookUp(impatient{context.Background()}, f, ref)
	if err != nil || found != nil && found.wait {
		return nil, false
	}
	if found == nil || found.guide == nil {
		return nil, true
	}
	return d.offer(f, found, func() (analyzer.Place, bool) { return f.KnownPlaceAfter(span.End) }, o)
}

// offer lists the snippets for what was found. Of the place a list depends on no
// more than whether one can await there, so it is kept with the guide.
func (d *Desk) offer(f *analyzer.File, found *finding, place func() (analyzer.Place, bool), o Offer) (actions []Action, ok bool) {
	can, markup := true, false
	if found.guide.Keep("awaits "+f.Language().IDs[0], func() any { return hasTraits(f.Language(), found.guide, func(t traits) bool { return t.awaits }) }).(bool) {
		at, known := place()
		if !known {
			return nil, false
		}
		can = fit.CanAwait(f, at)
	}
	if found.guide.Keep("markup "+f.Language().IDs[0], func() any { return hasTraits(f.Language(), found.guide, func(t traits) bool { return t.markup }) }).(bool) {
		markup = fit.TakesMarkup(f)
	}
	var key strings.Builder
	fmt.Fprintf(&key, "actions %s %s %t %t %v %t\n%s\n", f.Language().IDs[0], found.owner.ID, can, markup, o, found.ref.Kind == analyzer.KindModule, moduleOf(found.ref))
	if found.best != nil {
		key.WriteString(found.best.Section.Key)
	}
	for _, m := range found.others {
		key.WriteString("\n" + m.Guide.Variant.Entry.ID + " " + m.Section.Key + " " + m.Quality.String())
	}
	for _, owner := range found.owners {
		key.WriteString("\n" + owner.ID)
	}
	return found.guide.Keep(key.String(), func() any { return listed(f, found, can, o) }).([]Action), true
}

// hasTraits reports whether any example of a guide has a trait.
func hasTraits(l *analyzer.Language, g *docs.Guide, has func(traits) bool) bool {
	for _, s := range g.Sections {
		for _, n := range g.OwnFences(s) {
			if has(traitsOf(l, g, s, n)) {
				return true
			}
		}
	}
	return false
}

func listed(f *analyzer.File, found *finding, canAwait bool, o Offer) []Action {
	l := lister{f: f, awaits: &canAwait, module: moduleOf(found.ref), most: o.most()}
	section := found.section()
	if section != nil {
		l.section(found.owner, found.guide, section, maxActions)
	}
	if o.Picker {
		for _, owner := range found.owners[:min(len(found.owners), maxEntries)] {
			l.pick(owner)
		}
	} else {
		for _, m := range found.others {
			if i := slices.IndexFunc(found.owners, func(o docs.Owner) bool { return o.Variant == m.Guide.Variant }); i >= 0 && m.Quality > docs.Mentioned {
				l.section(found.owners[i], m.Guide, m.Section, 1)
			}
		}
		l.rest(found.owner, found.guide, len(found.ref.Path) > 0)
	}
	if o.Copy && found.ref.Kind == analyzer.KindModule {
		l.copy(found.owner, found.guide)
	}
	if o.Open {
		name, title := pageName(found.owner, found.guide, nil)
		if found.best != nil {
			name, title = pageName(found.owner, found.guide, found.best.Section)
		}
		l.actions = append(l.actions, Action{Title: "Open documentation: " + title, Open: &name})
	}
	return l.actions
}

// section is the one whose examples are offered first: the matching one, or for
// a module the one that makes a client.
func (f *finding) section() *docs.Section {
	if f.best != nil {
		return f.best.Section
	}
	s, _, _ := f.guide.Construction()
	return s
}

// offerHere lists snippets for an empty line: those of the packages that are
// known there, first the ones that a client is at hand of.
func (d *Desk) offerHere(ctx context.Context, f *analyzer.File, span analyzer.Span, o Offer) ([]Action, error) {
	shelves, err := d.shelves(ctx, f, span)
	if err != nil {
		return nil, err
	}
	l := lister{f: f, place: f.PlaceAfter(span.End), most: o.most()}
	for _, s := range shelves[:min(len(shelves), maxEntries)] {
		l.module = s.module
		if o.Picker {
			l.pick(s.owner)
		} else {
			l.rest(s.owner, s.guide, s.held)
		}
	}
	return l.actions, nil
}

// shelf is a guide of a package that a file imports.
type shelf struct {
	module string
	owner  docs.Owner
	guide  *docs.Guide
	held   bool // a client of it is at hand
}

// shelves lists the guides of the packages that are known at a place.
func (d *Desk) shelves(ctx context.Context, f *analyzer.File, span analyzer.Span) ([]shelf, error) {
	place := f.PlaceAfter(span.End)
	var found []shelf
	for _, i := range f.Imports() {
		if i.Kind == analyzer.KindReExport || docs.Relative(i.Module) || docs.Standard(docs.Ecosystem(f.Language().Name), i.Module) {
			continue
		}
		for _, module := range modulesOf(f, i) {
			owners, err := d.owners(ctx, f.Where(), f.Language().Name, module)
			if err != nil && !errors.Is(err, docs.ErrLoading) {
				return nil, err
			}
			if len(owners) == 0 || slices.ContainsFunc(found, func(s shelf) bool { return s.owner.ID == owners[0].ID }) {
				continue
			}
			guide, err := d.Library.Guide(ctx, owners[0])
			if err != nil {
				continue // it is on its way, or was reported where it failed
			}
			s := shelf{module: module, owner: owners[0], guide: guide}
			if client, ok := guide.Client(); ok {
				s.held = len(f.Holders(client, place, d.resolver(f))) > 0
			}
			if s.held || known(f, i, place) {
				found = append(found, s)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b shelf) int {
		switch {
		case a.held == b.held:
			return 0
		case a.held:
			return -1
		}
		return 1
	})
	return found, nil
}

// known reports whether a name that an import brings is seen from a place.
func known(f *analyzer.File, i analyzer.Import, place analyzer.Place) bool {
	head, _, _ := strings.Cut(i.Module, ".")
	locals := []string{i.Local}
	if i.Local == "" && len(i.Names) == 0 {
		locals = []string{head}
	}
	for _, n := range i.Names {
		locals = append(locals, n.Local)
	}
	return slices.ContainsFunc(locals, func(name string) bool {
		ref, ok, _ := f.KnownAt(name, place)
		return name != "" && ok && (ref.Module == i.Module || ref.Module == head)
	})
}

func emptyLine(f *analyzer.File, offset int) bool {
	text := f.Text()
	start, end := bytes.LastIndexByte(text[:offset], '\n')+1, len(text)
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	return len(bytes.TrimSpace(text[start:end])) == 0
}

// lister makes a list of actions, each snippet once.
type lister struct {
	f       *analyzer.File
	place   analyzer.Place
	module  string // by which the entries were found
	actions []Action
	most    int   // actions, at most
	awaits  *bool // whether the place can, once it is known
}

// section adds the snippets of a section, most of them at most.
func (l *lister) section(o docs.Owner, g *docs.Guide, s *docs.Section, most int) {
	label := g.Remember("snippet title "+s.Key, func() string { return docs.Plaintext(Title(g, s)) })
	added := 0
	for _, n := range g.OwnFences(s) {
		key := keyOf(l.module, o, s, n)
		if added == most || len(l.actions) >= l.most {
			return
		}
		if !Offered(l.f, g, s, n) || slices.ContainsFunc(l.actions, func(a Action) bool { return a.Key == key }) {
			continue
		}
		title, suffix := label, ""
		if traitsOf(l.f.Language(), g, s, n).awaits && !l.canAwait() {
			if other, m, ok := l.sync(g, s, n); ok {
				if other == s {
					continue // it has a place of its own in the list
				}
				key = keyOf(l.module, o, other, m)
				if slices.ContainsFunc(l.actions, func(a Action) bool { return a.Key == key }) {
					continue
				}
			} else {
				suffix = " (async)"
			}
		}
		if added++; added > 1 {
			title += " " + strconv.Itoa(added)
		}
		l.actions = append(l.actions, Action{
			Title: fmt.Sprintf("Insert snippet: %s (%s)%s", title, o.ID, suffix), Kind: KindInsertSnippet, Key: key,
		})
	}
}

// rest adds the first snippet of each section of a guide, in document order. With
// held set there is a client already, and none is to be made.
func (l *lister) rest(o docs.Owner, g *docs.Guide, held bool) {
	making, _, _ := g.Construction()
	for _, s := range g.Sections {
		if held && s == making {
			continue
		}
		if len(l.actions) >= l.most {
			return
		}
		if len(g.OwnFences(s)) > 0 && !l.has(o, s) {
			l.section(o, g, s, 1)
		}
	}
}

// has reports whether a snippet of a section is in the list.
func (l *lister) has(o docs.Owner, s *docs.Section) bool {
	prefix := strings.TrimSuffix(keyOf(l.module, o, s, 0), "0")
	return slices.ContainsFunc(l.actions, func(a Action) bool { return strings.HasPrefix(a.Key, prefix) })
}

func (l *lister) canAwait() bool {
	if l.awaits == nil {
		can := fit.CanAwait(l.f, l.place)
		l.awaits = &can
	}
	return *l.awaits
}

// sync finds the example that does without await what another one does: the same
// calls, best in the same section.
func (l *lister) sync(g *docs.Guide, s *docs.Section, fence int) (section *docs.Section, n int, ok bool) {
	found := g.Remember("sync "+l.f.Language().IDs[0]+" "+fenceKey(s, fence), func() string {
		calls := g.Calls(s, fence)
		if len(calls) == 0 {
			return ""
		}
		for _, sections := range [][]*docs.Section{{s}, g.Sections} {
			for i, other := range sections {
				for _, m := range g.OwnFences(other) {
					t := traitsOf(l.f.Language(), g, other, m)
					if t.good && !t.awaits && !t.markup && slices.Equal(g.Calls(other, m), calls) {
						if other == s {
							i = slices.Index(g.Sections, s)
						}
						return strconv.Itoa(i) + " " + strconv.Itoa(m)
					}
				}
			}
		}
		return ""
	})
	var i int
	if _, err := fmt.Sscan(found, &i, &n); err != nil {
		return nil, 0, false
	}
	return g.Sections[i], n, true
}

// pick adds the choice of any snippet of an entry.
func (l *lister) pick(o docs.Owner) {
	l.actions = append(l.actions, Action{Title: fmt.Sprintf("Insert snippet from %s…", o.ID), Kind: KindInsertSnippet, Pick: o.ID})
}

// copy adds the command that installs a guide's package.
func (l *lister) copy(o docs.Owner, g *docs.Guide) {
	s, n := installation(g)
	if s == nil {
		return
	}
	for line := range strings.Lines(s.Fences[n].Code) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
		if installs := docs.InstallsIn(line); len(installs) > 0 && installs[0].Ecosystem == docs.Ecosystem(g.Variant.Language) {
			l.actions = append(l.actions, Action{Title: fmt.Sprintf("Copy install command: %s (%s)", line, o.ID), Kind: KindCopyCommand, Copy: line})
			return
		}
	}
}

// keyOf names a snippet: what its entry is looked up by, entry, language,
// section, fence.
func keyOf(module string, o docs.Owner, s *docs.Section, fence int) string {
	return strings.Join([]string{module, o.ID, o.Variant.Language, s.Key, strconv.Itoa(fence)}, "\n")
}

// snippet finds what a key names.
func (d *Desk) snippet(ctx context.Context, f *analyzer.File, key string) (g *docs.Guide, s *docs.Section, fence int, err error) {
	parts := strings.Split(key, "\n")
	if len(parts) != 5 {
		return nil, nil, 0, ErrGone
	}
	owners, err := d.owners(ctx, f.Where(), f.Language().Name, parts[0])
	if err != nil {
		return nil, nil, 0, err
	}
	for _, o := range owners {
		if o.ID != parts[1] || o.Variant.Language != parts[2] {
			continue
		}
		guide, err := d.Library.Guide(ctx, o)
		if err != nil {
			return nil, nil, 0, err
		}
		for _, s := range guide.Sections {
			if n, err := strconv.Atoi(parts[4]); err == nil && s.Key == parts[3] && n >= 0 && n < len(s.Fences) && guide.LanguageOf(s.Fences[n]) != nil {
				return guide, s, n, nil
			}
		}
	}
	return nil, nil, 0, ErrGone
}

// snippetFor is a fence as a file takes it.
func (d *Desk) snippetFor(ctx context.Context, f *analyzer.File, g *docs.Guide, s *docs.Section, fence int) fit.Snippet {
	snippet := Snippet(g, s, fence)
	snippet.Resolve = d.resolver(f)
	snippet.CommonJS = d.CommonJS != nil && f.Where() != "" && d.CommonJS(ctx, f.Where())
	return snippet
}

// Edits computes what an action does to the file, as edits that do not
// overlap, in the order of the text.
func (d *Desk) Edits(ctx context.Context, f *analyzer.File, span analyzer.Span, key string) ([]Edit, error) {
	g, s, n, err := d.snippet(ctx, f, key)
	if err != nil {
		return nil, err
	}
	return fit.Edits(f, span, d.snippetFor(ctx, f, g, s, n))
}

// Pick is a snippet that a user may pick.
type Pick struct {
	Title   string // of the section, with a number where it has several
	Section string // its headings from the top
	Entry   string
	Preview string // the code
	Key     string // for [Desk.Edits]
}

// Picks lists all snippets of the entries that document what is at a place, or
// on an empty line what is known there; of one of them alone where entry is not
// "". They are in the order of the guides.
func (d *Desk) Picks(ctx context.Context, f *analyzer.File, span analyzer.Span, entry string) ([]Pick, error) {
	found, err := d.find(ctx, f, span.Start)
	if err != nil {
		return nil, err
	}
	var shelves []shelf
	if found != nil {
		for _, o := range found.owners {
			if guide, err := d.Library.Guide(ctx, o); err == nil {
				shelves = append(shelves, shelf{module: moduleOf(found.ref), owner: o, guide: guide})
			}
		}
	} else if shelves, err = d.shelves(ctx, f, span); err != nil {
		return nil, err
	}
	picks := []Pick{}
	for _, sh := range shelves {
		if entry != "" && sh.owner.ID != entry {
			continue
		}
		for _, s := range sh.guide.Sections {
			title, added := docs.Plaintext(Title(sh.guide, s)), 0
			for _, n := range sh.guide.OwnFences(s) {
				if !Offered(f, sh.guide, s, n) {
					continue
				}
				p := Pick{title, docs.Plaintext(strings.Join(s.Path, " › ")), sh.owner.ID, s.Fences[n].Code, keyOf(sh.module, sh.owner, s, n)}
				if added++; added > 1 {
					p.Title += " " + strconv.Itoa(added)
				}
				picks = append(picks, p)
			}
		}
	}
	return picks, nil
}
