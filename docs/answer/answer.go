// Package answer is the one way from a file and an offset to what a user sees
// there: a hover, the actions, the imports with their entries, an explanation.
// It speaks plain data in byte offsets. The language server and the command
// line both ask here, so what one shows the other shows too.
//
// Nothing here reads a disk or a network. A document that is on its way is
// waited for until the context ends, and then reported as loading: the server
// gives a hover a moment, a command a few seconds.
package answer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

// Desk answers questions about files from a library.
type Desk struct {
	Library *docs.Library
	// Limit is how many characters of a section a hover shows; 0 is DefaultLimit.
	Limit int
	// Lazy lets documents be loaded only when they are asked for.
	Lazy bool
	// NoCompletion keeps snippets out of completions.
	NoCompletion bool
	// Own reports whether a module that a file imports is the workspace's own, and
	// no package. It waits for that until ctx ends and returns [docs.ErrLoading]
	// then. nil is nothing.
	Own func(ctx context.Context, file, ecosystem, module string) (bool, error)
	// Version is the version of a module's package that the workspace asks for, ""
	// where it is not known. It waits as Own does. nil knows none.
	Version func(ctx context.Context, file, ecosystem, module string) (string, error)
	// CommonJS reports whether the package that a file lies in says that its scripts are
	// CommonJS. It waits as Own does, and knows none then. nil knows none.
	CommonJS func(ctx context.Context, file string) bool
	// Follow leads a reference on that goes into the workspace. nil leads nowhere.
	Follow Follow
	// Choose keeps a decision of the user's for the workspace that a file lies in.
	// nil offers none.
	Choose func(file string, c Choice) error
	// Note gives the note that somebody has left on an entry; nil is none for all.
	Note func(id string) (Note, bool)
}

// Note is what a user or an agent has left on an entry.
type Note struct {
	Text    string
	Updated time.Time // zero where it is not known
}

// DefaultLimit is a hover of about two screens' worth in most editors.
const DefaultLimit = 4000

// finding is all that is known of one place in a file.
type finding struct {
	ref    analyzer.Reference
	owners []docs.Owner
	owner  docs.Owner   // of the guide that is shown
	guide  *docs.Guide  // nil while it is loading
	best   *docs.Match  // nil for the overview
	others []docs.Match // weaker ones, of all guides
	wait   bool         // a document that may be better is on its way
	loose  bool         // found by the chain alone
}

// find answers what a place in a file is about; nil is nothing.
func (d *Desk) find(ctx context.Context, f *analyzer.File, offset int) (*finding, error) {
	if ref, ok := f.ReferenceAt(offset); ok {
		return d.lookUp(ctx, f, ref)
	}
	ref, ok := f.LooseAt(offset)
	if !ok {
		return nil, nil
	}
	found, err := d.loosely(ctx, f, ref)
	if errors.Is(err, docs.ErrLoading) {
		return nil, nil
	}
	return found, err
}

// owners finds the entries of a module that the file at a path imports. The user's own map
// comes before all, and what lies in the workspace before what lies in a hub.
func (d *Desk) owners(ctx context.Context, where, language, module string) ([]docs.Owner, error) {
	if own, err := d.own(ctx, where, language, module); own || err != nil {
		return nil, err
	}
	owners, err := d.Library.Owners(ctx, language, module)
	if err != nil || len(owners) == 0 || d.Version == nil || where == "" {
		return owners, err
	}
	installed, err := d.Version(ctx, where, docs.Ecosystem(language), owners[0].Module)
	return docs.ForVersion(owners, installed), err
}

func (d *Desk) own(ctx context.Context, where, language, module string) (bool, error) {
	if d.Own == nil || where == "" || d.Library.Chosen(language, module) {
		return false, nil
	}
	return d.Own(ctx, where, docs.Ecosystem(language), module)
}

func (d *Desk) lookUp(ctx context.Context, f *analyzer.File, ref analyzer.Reference) (*finding, error) {
	here := ref
	ref, ok, err := d.across(ctx, f, ref)
	if err == nil && !ok {
		return nil, nil // something of the workspace
	}
	var owners []docs.Owner
	if err == nil {
		owners, err = d.owners(ctx, whereOf(f, ref), ref.Language, moduleOf(ref))
	}
	if errors.Is(err, docs.ErrLoading) {
		return nil, nil // the registry itself is not there yet: nothing is known
	}
	if err != nil || len(owners) == 0 {
		return nil, err
	}
	found := &finding{ref: ref, owners: owners, owner: owners[0]}
	for _, o := range owners {
		d.Library.Ask(o) // all at once, before the first is waited for
	}
	for i, o := range owners {
		guide, err := d.Library.Guide(ctx, o)
		if errors.Is(err, docs.ErrLoading) {
			found.wait = true
			continue
		}
		if err != nil {
			continue // reported where it failed; another owner may do
		}
		if found.guide == nil {
			found.owner, found.guide = o, guide
		}
		query := docs.NewQuery(ref, docs.Ecosystem(ref.Language), o.Module)
		if len(query.Path) == 0 && !query.Called && query.Option == "" {
			break // the module itself: the first guide's overview
		}
		matches := guide.Matches(query)
		if here.Invoked && docs.Tied(matches) {
			names, known := f.Options(here, ctx.Err() == nil)
			found.wait = found.wait || !known
			query.Options = names
			matches = guide.Matches(query)
		}
		if len(matches) > 0 && matches[0].Quality > docs.Mentioned && (i == 0 || matches[0].Introduces()) && (found.best == nil || matches[0].Better(*found.best)) {
			found.best, found.owner, found.guide = &matches[0], o, guide
		}
		found.others = append(found.others, matches...)
		if i == maxOwners {
			break
		}
	}
	if ref.Star && found.best == nil && !found.wait {
		return nil, nil // the star import may have brought the name, or not
	}
	if ref.Option != "" && found.best == nil && !found.wait {
		return nil, nil // no guide knows the option
	}
	return found, nil
}

// maxOwners bounds how many entries' guides one hover searches.
const maxOwners = 4

// moduleOf is what a reference's entry is looked up by. In Python a path's
// first names may be modules too: from google.cloud import storage.
func moduleOf(ref analyzer.Reference) string {
	if docs.Ecosystem(ref.Language) != "python" || docs.Relative(ref.Module) {
		return ref.Module
	}
	module := ref.Module
	for _, s := range ref.Path {
		module += "." + s.Name
		if s.Called {
			break
		}
	}
	return module
}

// Prefetch starts to load the guides of a file's imports, which are needed until
// ctx ends. It reads the whole file: nobody should wait for it.
func (d *Desk) Prefetch(ctx context.Context, f *analyzer.File) {
	if d.Lazy {
		return
	}
	imports := f.Imports()
	for _, i := range imports {
		for _, module := range modulesOf(f, i) {
			owners, err := d.owners(ctx, f.Where(), f.Language().Name, module)
			if err != nil {
				return
			}
			for n, o := range owners {
				if n < maxOwners {
					d.Library.Prefetch(ctx, o)
				}
			}
		}
	}
	d.prefetchAcross(ctx, f, imports)
}

// modulesOf lists what an import's names are looked up by.
func modulesOf(f *analyzer.File, i analyzer.Import) []string {
	if f.Language().Name != "python" || len(i.Names) == 0 || docs.Relative(i.Module) {
		return []string{i.Module}
	}
	var modules []string
	for _, n := range i.Names {
		module := i.Module
		if n.Name != analyzer.WholeModule {
			module = strings.TrimSuffix(module, ".") + "." + n.Name
		}
		if !slices.Contains(modules, module) {
			modules = append(modules, module)
		}
	}
	return modules
}
