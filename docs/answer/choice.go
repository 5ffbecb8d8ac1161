package answer

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

// KindChooseEntry is the kind of the actions that say which entry documents a
// module, below LSP's quickfix.
const KindChooseEntry = "quickfix.chooseEntry"

// Choice is a decision of the user's: which entry documents a module.
type Choice struct {
	Module string `json:"module"` // as it is looked up
	Entry  string `json:"entry"`  // its id, with its source before it where that is needed; "" for none
}

// maxChoices bounds how many entries are offered for one module.
const maxChoices = 3

// choices lists what the user may decide about the import that a span is in.
func (d *Desk) choices(ctx context.Context, f *analyzer.File, span analyzer.Span) ([]Action, error) {
	if d.Choose == nil || f.Where() == "" {
		return nil, nil
	}
	if !mayImport(f, span.Start) {
		return nil, nil
	}
	module, ok := importAt(f, span.Start)
	ecosystem := docs.Ecosystem(f.Language().Name)
	if !ok || docs.Relative(module) || docs.Standard(ecosystem, module) {
		return nil, nil
	}
	if own, err := d.own(ctx, f.Where(), f.Language().Name, module); own || err != nil {
		return nil, err
	}
	if ecosystem != "python" {
		if module = docs.Package(module); module == "" {
			return nil, nil
		}
	}
	owners, err := d.Library.Owners(ctx, f.Language().Name, module)
	if err != nil {
		return nil, nil //nolint:nilerr // it is on its way: the next time
	}
	entries, err := d.Library.Suggest(ctx, f.Language().Name, module, maxChoices)
	if err != nil {
		return nil, nil //nolint:nilerr // as above
	}
	var actions []Action
	for _, o := range entries {
		actions = append(actions, Action{
			Title:  fmt.Sprintf("Show the guide %s for %q in this workspace", o.ID, module),
			Kind:   KindChooseEntry,
			Choice: &Choice{module, o.ID},
		})
	}
	if len(owners) > 0 {
		actions = append(actions, Action{
			Title:  fmt.Sprintf("Show no guide for %q in this workspace", module),
			Kind:   KindChooseEntry,
			Choice: &Choice{Module: module},
		})
	}
	return actions, nil
}

// mayImport reports whether an offset may lie in an import, by what is known of
// it alone: to list the imports reads the whole file.
func mayImport(f *analyzer.File, offset int) bool {
	if ref, ok := f.ReferenceAt(offset); ok && ref.Kind != analyzer.KindChain {
		return true
	}
	text := f.Text()
	start, end := bytes.LastIndexByte(text[:offset], '\n')+1, len(text)
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	line := text[start:end]
	for _, word := range []string{"import", "require", "from", "export"} {
		if bytes.Contains(line, []byte(word)) {
			return true
		}
	}
	return false
}

// importAt is the module of the import statement that an offset lies in.
func importAt(f *analyzer.File, offset int) (module string, ok bool) {
	for _, i := range f.Imports() {
		if i.Statement.Start <= offset && offset <= i.Statement.End {
			return i.Module, true
		}
	}
	return "", false
}

// ErrNoChoice is returned where a decision cannot be kept.
var ErrNoChoice = errors.New("it cannot be kept here: the file lies in no folder that is open")

// Decide keeps what the user has chosen for the workspace that the file lies in.
func (d *Desk) Decide(_ context.Context, f *analyzer.File, c Choice) error {
	if d.Choose == nil || f.Where() == "" || c.Module == "" {
		return ErrNoChoice
	}
	return d.Choose(f.Where(), c)
}
