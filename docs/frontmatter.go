package docs

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxFrontMatter is the largest front matter that is read, in bytes. The
// largest of the public hub is below 2 KB.
const MaxFrontMatter = 64 << 10

const bom = "\uFEFF"

// Meta is what a document's front matter says. Any field may be empty.
type Meta struct {
	Name        string   // last part of the entry's id
	Description string   // one line
	Languages   []string // normalised by [NormalizeLanguage]
	Versions    []string // as written: "1.10" even where YAML sees a number
	Updated     string   // date as written, "2026-03-12"
	Source      string   // official, maintainer or community
	Tags        []string
	Revision    string // a counter, as written
}

// ParseFrontMatter reads the front matter of a DOC.md: YAML between a first
// line "---" and the next such line. The keys may stand at the top or below
// "metadata"; lists may be written as YAML lists or with commas. data may be
// the beginning of a file only, as long as it holds the front matter.
//
// body is the offset in data at which the Markdown begins, or 0 where there is
// no front matter. Front matter that is not YAML, or has no end, is read as
// far as it makes sense, and what is wrong with it is returned as problems.
func ParseFrontMatter(data []byte) (meta Meta, body int, problems []error) {
	start, end, body, found := findFrontMatter(data)
	if found == frontMatterNone {
		return Meta{}, body, nil
	}
	text := data[start:end]
	switch {
	case found == frontMatterUnclosed:
		problems = append(problems, fmt.Errorf(`front matter has no end: close it with a line "---" within its first %d KB`, MaxFrontMatter>>10))
	case !utf8.Valid(text):
		problems = append(problems, fmt.Errorf("front matter is not UTF-8: save the file as UTF-8"))
	default:
		var err error
		if meta, err = yamlMeta(text); err == nil {
			return meta, body, nil
		}
		problems = append(problems, fmt.Errorf("front matter is not usable YAML: %w", err))
	}
	return lenientMeta(text), body, problems
}

type frontMatterState int

const (
	frontMatterNone frontMatterState = iota
	frontMatterClosed
	frontMatterUnclosed
)

// findFrontMatter returns the span of the front matter's lines and the offset
// of the body after it.
func findFrontMatter(data []byte) (start, end, body int, state frontMatterState) {
	if bytes.HasPrefix(data, []byte(bom)) {
		start = len(bom)
	}
	first := start
	line, next := lineAt(data, start)
	if !isMarker(line) || next == len(data) {
		return 0, 0, first, frontMatterNone
	}
	start = next
	looksLikeKeys, broken := false, -1
	for pos := start; pos < len(data) && pos-start <= MaxFrontMatter; {
		line, next := lineAt(data, pos)
		if isMarker(line) {
			return start, pos, next, frontMatterClosed
		}
		if pos == start {
			looksLikeKeys = isKeyLine(line)
		}
		if broken < 0 && (len(bytes.TrimSpace(line)) == 0 || line[0] == '#') {
			broken = pos
		}
		pos = next
	}
	if !looksLikeKeys {
		return 0, 0, first, frontMatterNone // a thematic break on top of a plain file
	}
	// The author forgot the second marker: what is above the first blank line
	// or heading was meant as front matter.
	if broken < 0 {
		broken = min(len(data), start+MaxFrontMatter)
	}
	return start, broken, broken, frontMatterUnclosed
}

// lineAt returns the line at pos without its end, and where the next begins.
func lineAt(data []byte, pos int) (line []byte, next int) {
	if i := bytes.IndexByte(data[pos:], '\n'); i >= 0 {
		return bytes.TrimSuffix(data[pos:pos+i], []byte("\r")), pos + i + 1
	}
	return data[pos:], len(data)
}

func isMarker(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) && len(bytes.TrimRight(line[3:], " \t")) == 0
}

func isKeyLine(line []byte) bool {
	key, _, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(key) == 0 {
		return false
	}
	for _, c := range key {
		if !(c == '-' || c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z') {
			return false
		}
	}
	return true
}

// yamlMeta reads the front matter through YAML's nodes and never decodes into
// maps: aliases are then not expanded, so a file of a few lines cannot become
// gigabytes, and a number keeps the digits it was written with.
func yamlMeta(text []byte) (meta Meta, err error) {
	defer func() {
		// The document came from elsewhere: a fault of the YAML library must
		// not end the server.
		if r := recover(); r != nil {
			meta, err = Meta{}, fmt.Errorf("the YAML parser failed: %v", r)
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return Meta{}, trimYAMLError(err)
	}
	if doc.Kind == 0 || len(doc.Content) == 0 {
		return Meta{}, nil // nothing but comments
	}
	top := resolve(doc.Content[0])
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return Meta{}, nil
	}
	if top.Kind != yaml.MappingNode {
		return Meta{}, fmt.Errorf("line %d: want keys, as in \"name: package\"", top.Line)
	}
	fill := func(m *yaml.Node) {
		for i := 0; i+1 < len(m.Content); i += 2 {
			value := resolve(m.Content[i+1])
			switch value.Kind {
			case yaml.ScalarNode:
				if value.Tag != "!!null" {
					meta.set(m.Content[i].Value, value.Value, nil)
				}
			case yaml.SequenceNode:
				var items []string
				for _, item := range value.Content {
					if item = resolve(item); item.Kind == yaml.ScalarNode && item.Tag != "!!null" {
						items = append(items, strings.TrimSpace(item.Value))
					}
				}
				meta.set(m.Content[i].Value, strings.Join(items, ", "), items)
			}
		}
	}
	fill(top)
	for i := 0; i+1 < len(top.Content); i += 2 {
		if value := resolve(top.Content[i+1]); top.Content[i].Value == "metadata" && value.Kind == yaml.MappingNode {
			fill(value)
		}
	}
	return meta, nil
}

// resolve follows an alias to what it stands for: one step, as an anchor is
// never itself an alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// lenientMeta reads "key: value" lines, for front matter that is not YAML.
func lenientMeta(text []byte) (meta Meta) {
	for line := range strings.Lines(strings.ToValidUTF8(string(text), "\uFFFD")) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		meta.set(key, strings.Trim(value, "[]{}"), nil) // a list that YAML could not read
	}
	return meta
}

// set stores the value of a known key. items is the value as a list, or nil
// where it was one text, in which commas separate.
func (m *Meta) set(key, value string, items []string) {
	value = strings.TrimSpace(value)
	if items == nil {
		items = splitComma(value)
	}
	switch key {
	case "name":
		m.Name = value
	case "description":
		m.Description = value
	case "languages", "language":
		m.Languages = nil
		for _, l := range items {
			m.Languages = append(m.Languages, NormalizeLanguage(l))
		}
	case "versions", "version":
		m.Versions = items
	case "updated-on":
		m.Updated = value
	case "source":
		m.Source = value
	case "tags":
		m.Tags = items
	case "revision":
		m.Revision = value
	}
}

// trimYAMLError drops the library's name, which says nothing to an author.
// Its line numbers count from the line after the first "---".
func trimYAMLError(err error) error {
	return fmt.Errorf("%s (line 1 is the one after the first \"---\"); quote a value that holds a colon", strings.TrimPrefix(err.Error(), "yaml: "))
}
