package answer

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/fit"
)

// Completion is a snippet that is offered for a word that is being typed.
type Completion struct {
	Label  string // the section
	Detail string // where it is from
	Filter string // what is typed to get it: the package's name, and the section's words
	Key    string // for [Desk.Documentation]
	Body   Edit   // in place of the word
	Others []Edit // elsewhere in the file: imports
}

const (
	// minWord is the shortest word that snippets are offered for.
	minWord = 3
	// maxCompletions bounds how many are offered.
	maxCompletions = 16
)

// Word is the word that ends at an offset, if it is all that stands on its line
// and long enough to mean something. It looks at the line alone.
func Word(f *analyzer.File, offset int) (word analyzer.Span, ok bool) {
	text := f.Text()
	start := bytes.LastIndexByte(text[:offset], '\n') + 1
	end := len(text)
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	if len(bytes.TrimSpace(text[offset:end])) > 0 {
		return word, false
	}
	begin := start + len(text[start:offset]) - len(bytes.TrimLeft(text[start:offset], " \t"))
	typed := text[begin:offset]
	for _, r := range string(typed) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '$' {
			return word, false
		}
	}
	return analyzer.Span{Start: begin, End: offset}, utf8.RuneCount(typed) >= minWord
}

// Completions lists the snippets of the packages whose name is typed at the
// start of a statement: of those that the file imports, and of one that is named
// in full.
func (d *Desk) Completions(ctx context.Context, f *analyzer.File, offset int) ([]Completion, error) {
	word, ok := Word(f, offset)
	if !ok || d.NoCompletion {
		return nil, nil
	}
	typed := fold(string(f.Text()[word.Start:word.End]))
	shelves, err := d.named(ctx, f, string(f.Text()[word.Start:word.End]), typed)
	if err != nil || len(shelves) == 0 {
		return nil, err
	}
	c := fit.NewCompleter(f, word)
	if c == nil {
		return nil, nil
	}
	var found []Completion
	for _, sh := range shelves {
		l := lister{f: f, place: c.Place(), module: sh.module}
		for _, s := range sh.guide.Sections {
			own := sh.guide.OwnFences(s)
			if len(own) == 0 || len(found) == maxCompletions {
				continue
			}
			n := slices.IndexFunc(own, func(n int) bool { return Offered(f, sh.guide, s, n) })
			if n < 0 {
				continue
			}
			title := docs.Plaintext(Title(sh.guide, s))
			filter := sh.name + words(title)
			if !subsequence(typed, fold(filter)) {
				continue
			}
			body, others, err := c.Fit(d.snippetFor(ctx, f, sh.guide, s, own[n]))
			if err != nil {
				continue
			}
			if traitsOf(f.Language(), sh.guide, s, own[n]).awaits && !l.canAwait() {
				title += " (async)"
			}
			found = append(found, Completion{title, sh.owner.ID, filter, keyOf(sh.module, sh.owner, s, own[n]), body, others})
		}
	}
	return found, nil
}

// namedShelf is a guide whose package is called what is typed.
type namedShelf struct {
	shelf
	name string
}

// named lists the guides of the packages whose name begins with what is typed,
// or with which it begins.
func (d *Desk) named(ctx context.Context, f *analyzer.File, word, typed string) ([]namedShelf, error) {
	var found []namedShelf
	add := func(module, name string) error {
		owners, err := d.owners(ctx, f.Where(), f.Language().Name, module)
		if err != nil || len(owners) == 0 || slices.ContainsFunc(found, func(s namedShelf) bool { return s.owner.ID == owners[0].ID }) {
			return err
		}
		if guide, err := d.Library.Guide(ctx, owners[0]); err == nil {
			found = append(found, namedShelf{shelf{module: module, owner: owners[0], guide: guide}, name})
		}
		return nil
	}
	for _, i := range f.TopImports() {
		if docs.Relative(i.Module) || docs.Standard(docs.Ecosystem(f.Language().Name), i.Module) {
			continue
		}
		for _, name := range strings.FieldsFunc(i.Module, func(r rune) bool { return r == '/' || r == '.' || r == '@' }) {
			if name = plainWord(name); name == "" || !strings.HasPrefix(fold(name), typed) && !strings.HasPrefix(typed, fold(name)) {
				continue
			}
			for _, module := range modulesOf(f, i) {
				if err := add(module, name); err != nil {
					return found, err
				}
			}
			break
		}
	}
	if len(found) == 0 && !docs.Standard(docs.Ecosystem(f.Language().Name), word) {
		return found, add(word, word)
	}
	return found, nil
}

// plainWord leaves the letters and digits of a name.
func plainWord(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
}

func fold(s string) string { return strings.ToLower(plainWord(s)) }

// words writes a heading as one word: Create a customer as CreateACustomer.
func words(title string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r, size := utf8.DecodeRuneInString(w)
		b.WriteRune(unicode.ToUpper(r))
		b.WriteString(w[size:])
	}
	return b.String()
}

// subsequence reports whether the runes of a stand in b in their order.
func subsequence(a, b string) bool {
	for _, r := range a {
		i := strings.IndexRune(b, r)
		if i < 0 {
			return false
		}
		b = b[i+utf8.RuneLen(r):]
	}
	return true
}

// Documentation is the section that a snippet stands in, as Markdown.
func (d *Desk) Documentation(ctx context.Context, f *analyzer.File, key string) (string, error) {
	g, s, _, err := d.snippet(ctx, f, key)
	if err != nil {
		return "", err
	}
	limit := d.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	text, _ := docs.Cut(g.Text, s.Blocks, limit)
	return neutralIn(g, "### "+s.Heading+"\n\n"+text), nil
}
