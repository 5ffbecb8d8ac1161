package answer

import (
	"context"
	"errors"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

const (
	// leastLoose is how many names of a chain must agree where nothing says what it
	// starts at.
	leastLoose = 2
	// maxLoose bounds how many modules of a file are searched for such a chain.
	maxLoose = 16
)

// loosely finds what a chain is about whose start nothing in the file explains:
// the one package that the file imports, and whose guide makes the very chain.
// Several such packages are as good as none. It returns [docs.ErrLoading] while a
// guide is on its way.
func (d *Desk) loosely(ctx context.Context, f *analyzer.File, ref analyzer.Reference) (*finding, error) {
	if len(ref.Path) < leastLoose {
		return nil, nil
	}
	var only *finding
	asked := map[string]bool{}
	language := f.Language().Name
	for _, i := range f.Imports() {
		for _, module := range modulesOf(f, i) {
			if asked[module] || len(asked) == maxLoose || docs.Relative(module) || docs.Standard(docs.Ecosystem(language), module) {
				continue
			}
			asked[module] = true
			owners, err := d.owners(ctx, f.Where(), language, module)
			if err != nil {
				return nil, err
			}
			found, err := d.looselyIn(ctx, ref, owners)
			switch {
			case err != nil:
				return nil, err
			case found == nil || only != nil && only.owner.Module == found.owner.Module:
			case only != nil:
				return nil, nil
			default:
				only = found
			}
		}
	}
	return only, nil
}

// looselyIn looks for a chain in the guides of one module.
func (d *Desk) looselyIn(ctx context.Context, ref analyzer.Reference, owners []docs.Owner) (*finding, error) {
	for _, o := range owners[:min(len(owners), maxOwners)] {
		guide, err := d.Library.Guide(ctx, o)
		if errors.Is(err, docs.ErrLoading) {
			return nil, err
		}
		if err != nil {
			continue // reported where it failed
		}
		matches := guide.Matches(docs.Query{Path: ref.Path, Constructed: ref.Constructed, Module: o.Module})
		if len(matches) > 0 && matches[0].Quality == docs.Full {
			return &finding{ref: ref, owners: owners, owner: o, guide: guide, best: &matches[0], others: matches, loose: true}, nil
		}
	}
	return nil, nil
}
