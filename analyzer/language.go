package analyzer

import (
	"path/filepath"
	"strings"
	"sync"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/javascript"
	"github.com/smacker/go-tree-sitter/python"
	"github.com/smacker/go-tree-sitter/typescript/tsx"
	"github.com/smacker/go-tree-sitter/typescript/typescript"
)

// Language is a row of the table of languages: what chubls knows of one
// grammar. Adding a language is adding a row and a folder of queries.
type Language struct {
	// Name is the hub's name of the language: python, javascript, typescript.
	Name string
	// IDs are the LSP language identifiers that the row serves.
	IDs []string
	// Extensions are the file name endings that the row serves, with their dot.
	Extensions []string

	folders []string // below queries/, later ones adding to earlier ones
	grammar func() *sitter.Language
	syntax  *syntax

	compile      sync.Once
	importQuery  *query
	bindingQuery *query
	shapes       []shape
}

// Languages is the table. Where two rows share a hub name, the first is the
// one that a code fence of that language is read with.
var Languages = []*Language{
	{
		Name: "python", IDs: []string{"python"}, Extensions: []string{".py", ".pyi"},
		folders: []string{"python"}, grammar: python.GetLanguage, syntax: pythonSyntax,
	},
	{
		Name: "javascript", IDs: []string{"javascript", "javascriptreact"},
		Extensions: []string{".js", ".jsx", ".mjs", ".cjs"},
		folders:    []string{"ecmascript", "javascript"}, grammar: javascript.GetLanguage, syntax: scriptSyntax,
	},
	{
		Name: "typescript", IDs: []string{"typescript"}, Extensions: []string{".ts", ".mts", ".cts"},
		folders: []string{"ecmascript", "typescript"}, grammar: typescript.GetLanguage, syntax: scriptSyntax,
	},
	{
		Name: "typescript", IDs: []string{"typescriptreact"}, Extensions: []string{".tsx"},
		folders: []string{"ecmascript", "typescript"}, grammar: tsx.GetLanguage, syntax: scriptSyntax,
	},
}

// ByLanguageID finds the row of an LSP language identifier, nil if there is none.
func ByLanguageID(id string) *Language {
	for _, l := range Languages {
		for _, i := range l.IDs {
			if i == id {
				return l
			}
		}
	}
	return nil
}

// ByPath finds the row of a file name by its extension, nil if there is none.
func ByPath(path string) *Language {
	ext := strings.ToLower(filepath.Ext(path))
	for _, l := range Languages {
		for _, e := range l.Extensions {
			if e == ext {
				return l
			}
		}
	}
	return nil
}

// LanguageFor finds the row of an open document: the editor's language
// identifier decides, and where it says nothing that chubls knows, the extension.
func LanguageFor(languageID, path string) *Language {
	if l := ByLanguageID(languageID); l != nil {
		return l
	}
	return ByPath(path)
}

// queries returns the compiled queries. They are compiled at the first use,
// which takes some milliseconds; a query that does not compile is a fault of
// the build, which a test finds.
func (l *Language) queries() (imports, bindings *query) {
	l.compile.Do(func() {
		grammar := l.grammar()
		for file, q := range map[string]**query{"imports.scm": &l.importQuery, "bindings.scm": &l.bindingQuery} {
			compiled, err := loadQuery(l.folders, file, grammar)
			if err != nil {
				panic(err)
			}
			*q = compiled
		}
		l.shapes = shapesOf(l.syntax, grammar)
	})
	return l.importQuery, l.bindingQuery
}
