package analyzer

import (
	"bytes"
	"slices"
	"strings"
	"time"

	sitter "github.com/smacker/go-tree-sitter"
)

// HasMarkup reports whether the file has JSX.
func (f *File) HasMarkup() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root() == nil {
		return false
	}
	for _, sign := range [][]byte{[]byte("</"), []byte("/>")} {
		for at, looked := 0, 0; looked < 64; at, looked = at+len(sign), looked+1 {
			next := bytes.Index(f.text[at:], sign)
			if next < 0 {
				break
			}
			at += next
			for _, n := range f.ancestors(at) {
				if strings.HasPrefix(n.Type(), "jsx_") {
					return true
				}
			}
		}
	}
	return false
}

// maxLook bounds how many nodes of the top level are looked at for imports, and
// maxWords how many places of a module's name.
const (
	maxLook  = 400
	maxWords = 64
)

// TopImports lists the imports among the first statements of the file. It reads
// no more of it.
func (f *File) TopImports() []Import {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	root := f.root()
	cursor := sitter.NewTreeCursor(root)
	defer cursor.Close()
	var found []Import
	for ok, seen := cursor.GoToFirstChild(), 0; ok && seen < maxLook; ok, seen = cursor.GoToNextSibling(), seen+1 {
		if n := cursor.CurrentNode(); f.importsAtTop(n) {
			found = append(found, f.importsBelow(n, nil)...)
		}
	}
	return found
}

// ImportsOf lists the imports of one module, at any depth. It looks at the lines
// alone that have its name and a word that imports begin with.
func (f *File) ImportsOf(module string) []Import {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []Import
	if f.imported {
		for _, i := range f.known {
			if i.Module == module {
				found = append(found, i)
			}
		}
		return found
	}
	if f.root() == nil || module == "" {
		return nil
	}
	imports, _ := f.language.queries()
	looked, begun := 0, time.Now()
	for at := 0; looked < maxWords && time.Since(begun) < maxSearch; at += len(module) {
		next := bytes.Index(f.text[at:], []byte(module))
		if next < 0 {
			break
		}
		at += next
		line := f.text[lineStart(f.text, at):lineEnd(f.text, at)]
		if !f.isWhole(at, at+len(module)) || !hasAny(line, f.language.syntax.imports) && !bytes.Contains(line, []byte("from")) {
			continue
		}
		looked++
		path := f.ancestors(at)
		if len(path) >= maxNesting {
			continue
		}
		for _, i := range collectImports(imports, around(path), f.text, areaOf(f.text, Span{at, at + len(module)})) {
			if i.Module == module && !slices.ContainsFunc(found, func(o Import) bool { return o.Span == i.Span }) {
				found = append(found, i)
			}
		}
	}
	return found
}

func hasAny(line []byte, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(line, []byte(w)) })
}
