package answer

import (
	"bytes"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/chubls/chubls/docs"
)

// neutral makes text of a hub fit for a screen: what it says is shown, and
// nothing in it is obeyed. Relative links lead nowhere.
func neutral(markdown string) string {
	return docs.Neutral(markdown, func(string) (string, bool) { return "", false })
}

// neutralIn is neutral for text of a guide: a link to one of its sections, or to
// another file of it, leads to the file on this machine, where there is one.
func neutralIn(g *docs.Guide, markdown string) string {
	return docs.Neutral(markdown, func(dest string) (string, bool) { return link(g, dest) })
}

func link(g *docs.Guide, dest string) (string, bool) {
	u, err := url.Parse(dest)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	if u.Path == "" {
		return address(g, sectionAt(g, u.Fragment))
	}
	at, ok := g.Paths[path.Clean(u.Path)]
	if !ok {
		return "", false
	}
	return fileURL(at), true
}

// address is where a section stands on this machine, if it does: its document,
// at the line of its heading.
func address(g *docs.Guide, s *docs.Section) (string, bool) {
	at, ok := g.Paths[docs.DocFile]
	if s == nil || !ok {
		return "", false
	}
	line := bytes.Count(g.Text[:s.Tree.Start], []byte{'\n'}) + 1
	return fileURL(at) + "#L" + strconv.Itoa(line), true
}

// linked makes Markdown that is fit for a screen lead to a section, where that
// stands on this machine.
func linked(g *docs.Guide, s *docs.Section, markdown string) string {
	if to, ok := address(g, s); ok {
		return "[" + markdown + "](" + to + ")"
	}
	return markdown
}

// fileURL is the address of an absolute path.
func fileURL(name string) string {
	name = filepath.ToSlash(name)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive
	}
	return (&url.URL{Scheme: "file", Path: name}).String()
}

// sectionAt finds the section that a fragment names, as GitHub makes them of
// headings: the second of two headings alike has "-1" after it.
func sectionAt(g *docs.Guide, fragment string) *docs.Section {
	seen := map[string]int{}
	for _, s := range g.Sections {
		name := slug(docs.Plaintext(s.Heading))
		n := seen[name]
		seen[name]++
		if n > 0 {
			name += "-" + strconv.Itoa(n)
		}
		if fragment != "" && strings.EqualFold(name, fragment) {
			return s
		}
	}
	return nil
}

func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.TrimSpace(heading))
}
