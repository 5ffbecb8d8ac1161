package answer

import (
	"context"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/analyzer/workspace"
	"github.com/chubls/chubls/docs"
)

// Follow leads a reference of a file that goes into the workspace on to the
// package behind it, as [workspace.Files] does. It waits for that until ctx ends,
// and returns [docs.ErrLoading] then.
type Follow func(ctx context.Context, file string, ref analyzer.Reference) (analyzer.Reference, workspace.Outcome, error)

// across leads a reference on through the files of the workspace: the reference
// that comes back is as if the name had been imported here. ok is false where it
// goes into the workspace and leads nowhere.
func (d *Desk) across(ctx context.Context, f *analyzer.File, ref analyzer.Reference) (to analyzer.Reference, ok bool, err error) {
	ecosystem := docs.Ecosystem(ref.Language)
	if d.Follow == nil || f.Where() == "" || ref.File != "" || docs.Standard(ecosystem, ref.Module) {
		return ref, true, nil
	}
	if d.Library.Chosen(ref.Language, ref.Module) {
		return ref, true, nil // the user says what it is
	}
	if len(ref.Path) == 0 && ref.Span.End <= len(f.Text()) && string(f.Text()[ref.Span.Start:ref.Span.End]) == ref.Module {
		return ref, true, nil // the specifier itself: a file is no package
	}
	to, outcome, err := d.Follow(ctx, f.Where(), ref)
	if err != nil {
		return ref, false, err
	}
	return to, outcome != workspace.Lost, nil
}

// Resolve is what a hover makes of a reference of a file: one that goes into the
// workspace is led on to the package behind it, any other is what it was. It is
// for comparing what two names stand for, such as the client of a snippet and one
// that the file imports from another. It knows what a hover has asked for.
func (d *Desk) Resolve(f *analyzer.File, ref analyzer.Reference) analyzer.Reference {
	if ref.Language == "" {
		ref.Language = f.Language().Name
	}
	to, ok, err := d.across(impatient{context.Background()}, f, ref)
	if err != nil || !ok {
		return ref
	}
	return to
}

// resolver is Resolve for one file.
func (d *Desk) resolver(f *analyzer.File) func(analyzer.Reference) analyzer.Reference {
	return func(ref analyzer.Reference) analyzer.Reference { return d.Resolve(f, ref) }
}

// whereOf is the file whose import a reference leads to.
func whereOf(f *analyzer.File, ref analyzer.Reference) string {
	if ref.File != "" {
		return ref.File
	}
	return f.Where()
}

// maxAcross bounds the names of one file whose ways are looked up beforehand.
const maxAcross = 60

// prefetchAcross reads the ways of the names that a file imports from others, and
// starts to load the guides at their ends.
func (d *Desk) prefetchAcross(ctx context.Context, f *analyzer.File, imports []analyzer.Import) {
	if d.Follow == nil || f.Where() == "" {
		return
	}
	asked := 0
	for _, i := range imports {
		names := i.Names
		if len(names) == 0 {
			names = []analyzer.ImportedName{{Name: analyzer.WholeModule}}
		}
		for _, n := range names {
			if asked++; asked > maxAcross || ctx.Err() != nil {
				return
			}
			for _, ref := range asUsed(i.Module, n.Name) {
				ref.Language = f.Language().Name
				to, ok, err := d.across(ctx, f, ref)
				if err != nil || !ok || to.File == "" {
					continue
				}
				owners, err := d.owners(ctx, to.File, to.Language, moduleOf(to))
				if err != nil {
					return
				}
				for _, o := range owners[:min(len(owners), maxOwners)] {
					d.Library.Prefetch(ctx, o)
				}
				break
			}
		}
	}
}

// asUsed are the references that a use of an imported name is likely to make: the
// name itself, and a call of it.
func asUsed(module, name string) []analyzer.Reference {
	switch name {
	case analyzer.WholeModule:
		return []analyzer.Reference{{Module: module}}
	case analyzer.DefaultName:
		return []analyzer.Reference{{Module: module, Default: true}, {Module: module, Default: true, Called: true}}
	}
	return []analyzer.Reference{
		{Module: module, Path: analyzer.Path{{Name: name}}},
		{Module: module, Path: analyzer.Path{{Name: name, Called: true}}},
	}
}
