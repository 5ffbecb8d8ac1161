package answer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/fit"
)

// KindInsertSnippet is the kind of the actions that insert a snippet, below
// LSP's refactor.rewrite.
const KindInsertSnippet = "refactor.rewrite.insertSnippet"

// Action is something that can be done at a place in a file.
type Action struct {
	Title string
	Kind  string
	// Key names the snippet within the library: entry, language, section, fence. It
	// is "" for an action that is a Choice.
	Key    string
	Choice *Choice
}

// ErrGone is returned for a key that names nothing any more.
var ErrGone = errors.New("the snippet is not there any more: ask for the actions again")

// maxActions bounds how many snippets of one section are offered.
const maxActions = 5

// Actions lists what can be done at the start of a span: the snippets of the
// section that it is about, in document order, and in an import the choice of
// another entry.
func (d *Desk) Actions(ctx context.Context, f *analyzer.File, span analyzer.Span) ([]Action, error) {
	snippets, err := d.snippets(ctx, f, span)
	if err != nil {
		return nil, err
	}
	choices, err := d.choices(ctx, f, span)
	return append(snippets, choices...), err
}

func (d *Desk) snippets(ctx context.Context, f *analyzer.File, span analyzer.Span) ([]Action, error) {
	found, err := d.find(ctx, f, span.Start)
	if err != nil || found == nil || found.guide == nil {
		return nil, err
	}
	section, title := d.snippetSection(found)
	if section == nil {
		return nil, nil
	}
	var actions []Action
	for _, n := range found.guide.OwnFences(section) {
		if len(actions) == maxActions {
			break
		}
		if !Offered(f, found.guide, section, n) {
			continue
		}
		label := title
		if len(actions) > 0 {
			label += " " + strconv.Itoa(len(actions)+1)
		}
		actions = append(actions, Action{
			Title: fmt.Sprintf("Insert snippet: %s (%s)", label, found.owner.ID),
			Kind:  KindInsertSnippet,
			Key:   strings.Join([]string{found.owner.ID, found.owner.Variant.Language, section.Key, strconv.Itoa(n)}, "\n"),
		})
	}
	return actions, nil
}

// snippetSection is the section whose examples are offered: the matching one,
// or for a module the one that makes a client.
func (d *Desk) snippetSection(found *finding) (*docs.Section, string) {
	if found.best != nil {
		return found.best.Section, docs.Plaintext(Title(found.guide, found.best.Section))
	}
	if s, _, ok := found.guide.Construction(); ok {
		return s, docs.Plaintext(Title(found.guide, s))
	}
	return nil, ""
}

// Edits computes what an action does to the file, as edits that do not
// overlap, in the order of the text.
func (d *Desk) Edits(ctx context.Context, f *analyzer.File, span analyzer.Span, key string) ([]Edit, error) {
	found, err := d.find(ctx, f, span.Start)
	if err != nil {
		return nil, err
	}
	parts := strings.Split(key, "\n")
	if found == nil || found.guide == nil || len(parts) != 4 {
		return nil, ErrGone
	}
	for _, o := range found.owners {
		if o.ID != parts[0] || o.Variant.Language != parts[1] {
			continue
		}
		guide, err := d.Library.Guide(ctx, o)
		if err != nil {
			return nil, err
		}
		for _, s := range guide.Sections {
			if n, err := strconv.Atoi(parts[3]); err == nil && s.Key == parts[2] && n >= 0 && n < len(s.Fences) {
				return fit.Edits(f, span, Snippet(guide, s, n))
			}
		}
	}
	return nil, ErrGone
}
