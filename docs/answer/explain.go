package answer

import (
	"context"
	"fmt"
	"strings"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

// Explanation is the way from a place in a file to what is shown there.
type Explanation struct{ Steps []ExplainStep }

// ExplainStep is one step of an explanation.
type ExplainStep struct {
	What string        // one word: name, from, module, owner, section, shown
	Span analyzer.Span // the code that the step is about; empty for none
	// File and Line, from 1, say where the code is if that is another file.
	File string
	Line int
	Text string
}

func (e *Explanation) add(what, format string, args ...any) {
	e.Steps = append(e.Steps, ExplainStep{What: what, Text: fmt.Sprintf(format, args...)})
}

// maxExplained bounds the candidates that are listed.
const maxExplained = 8

// Explain tells why Hover shows what it shows.
func (d *Desk) Explain(ctx context.Context, f *analyzer.File, offset int) (*Explanation, error) {
	e := &Explanation{}
	ref, ok := f.ReferenceAt(offset)
	if !ok {
		return e, d.explainLoose(ctx, e, f, offset)
	}
	e.Steps = append(e.Steps, ExplainStep{What: "name", Span: ref.Span, Text: string(f.Text()[ref.Span.Start:ref.Span.End])})
	here := len(ref.Steps)
	to, led, err := d.across(ctx, f, ref)
	if err != nil {
		return nil, err
	}
	for i, s := range to.Steps {
		if i < here {
			e.Steps = append(e.Steps, ExplainStep{What: "from", Span: s.Span, Text: s.Text})
		} else {
			e.Steps = append(e.Steps, ExplainStep{What: "from", File: s.File, Line: s.Line, Text: s.Text})
		}
	}
	ref = to
	what := fmt.Sprintf("%s in %s", ref.Module, ref.Language)
	if len(ref.Path) > 0 {
		what += ", path " + ref.Path.String()
	}
	if len(ref.Constructed) > 0 {
		what += ", called with a new " + strings.Join(ref.Constructed, ", ")
	}
	e.add("module", "%s", what)
	module, ecosystem := moduleOf(ref), docs.Ecosystem(ref.Language)
	switch {
	case !led || docs.Relative(ref.Module):
		e.add("shown", "nothing: the module is a part of the workspace")
		return e, nil
	case docs.Standard(ecosystem, module):
		e.add("shown", "nothing: the module belongs to the language")
		return e, nil
	}
	if own, err := d.own(ctx, whereOf(f, ref), ref.Language, module); err != nil {
		return nil, err
	} else if own {
		e.add("shown", "nothing: %s is a part of the workspace; chubls: {modules: {…}} says otherwise", module)
		return e, nil
	}
	found, err := d.lookUp(ctx, f, ref)
	if err != nil {
		return nil, err
	}
	if found == nil {
		e.add("shown", "nothing: no source has an entry for %s", module)
		return e, nil
	}
	if asked := found.owners[0].Asked(module); asked != "" {
		e.add("lookup", "%s", asked)
	}
	d.explainFound(ctx, e, found)
	return e, nil
}

// explainLoose explains a chain whose start nothing in the file tells.
func (d *Desk) explainLoose(ctx context.Context, e *Explanation, f *analyzer.File, offset int) error {
	ref, ok := f.LooseAt(offset)
	if !ok {
		e.add("shown", "nothing: no import of this file leads to what is here")
		return nil
	}
	e.Steps = append(e.Steps, ExplainStep{What: "name", Span: ref.Span, Text: string(f.Text()[ref.Span.Start:ref.Span.End])})
	e.add("loose", "nothing in this file tells what it starts at; the guides of its imports are searched for %s", ref.Path)
	found, err := d.find(ctx, f, offset)
	if err != nil {
		return err
	}
	if found == nil {
		e.add("shown", "nothing: it takes %d names or more that the guide of just one imported package has", leastLoose)
		return nil
	}
	d.explainFound(ctx, e, found)
	return nil
}

// explainFound explains which entries and sections were considered, and which is
// shown.
func (d *Desk) explainFound(ctx context.Context, e *Explanation, found *finding) {
	ref := found.ref
	for _, r := range d.Library.Why(ctx, ref.Language, found.owners) {
		why := "the table of modules says so"
		if len(r.Evidence) > 0 {
			why = strings.Join(r.Evidence, "; ")
		}
		if r.Score != 0 {
			why = fmt.Sprintf("score %d: %s", r.Score, why)
		}
		e.add("owner", "%s from source %s, for %s: %s", r.Owner.ID, r.Owner.Source, r.Owner.Module, why)
		if r.Over != "" {
			e.add("before", "the next because %s", r.Over)
		}
	}
	for i, m := range found.others {
		if i == maxExplained {
			e.add("section", "… and %d more", len(found.others)-i)
			break
		}
		e.add("section", "%s (%s, %s)", Title(m.Guide, m.Section), m.Guide.Variant.Entry.ID, m.Explain())
	}
	switch h := d.hover(found); {
	case h == nil:
		e.add("shown", "nothing: the document could not be read")
	case h.Section == "":
		e.add("shown", "%s (%s, overview)", h.Title, h.Entry)
	default:
		e.add("shown", "%s (%s, %s match)", h.Title, h.Entry, h.Quality)
	}
}
