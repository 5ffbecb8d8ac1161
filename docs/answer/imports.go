package answer

import (
	"context"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
)

// Import is an import of a file with what documents it.
type Import struct {
	analyzer.Import
	// Entry is the entry of all names where they agree, of the module where
	// there are none; "" where the library has nothing.
	Entry string
	// Names are the imported names, each with its own entry.
	Names []ImportedName
}

// ImportedName is one imported name with its entry, "" for none.
type ImportedName struct {
	analyzer.ImportedName
	Entry string
}

// Imports lists the imports of a file with their entries, in the order of the text.
func (d *Desk) Imports(ctx context.Context, f *analyzer.File) ([]Import, error) {
	entry := func(module string) (string, error) {
		owners, err := d.owners(ctx, f.Where(), f.Language().Name, module)
		if err != nil || len(owners) == 0 {
			return "", err
		}
		return owners[0].ID, nil
	}
	var imports []Import
	for _, i := range f.Imports() {
		found := Import{Import: i}
		own, err := entry(i.Module)
		if err != nil {
			return nil, err
		}
		found.Entry = own
		for n, name := range i.Names {
			id := own
			if f.Language().Name == "python" && name.Name != analyzer.WholeModule && !docs.Relative(i.Module) {
				if id, err = entry(i.Module + "." + name.Name); err != nil {
					return nil, err
				}
			}
			found.Names = append(found.Names, ImportedName{name, id})
			if n == 0 {
				found.Entry = id
			} else if found.Entry != id {
				found.Entry = ""
			}
		}
		imports = append(imports, found)
	}
	return imports, nil
}
