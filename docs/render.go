package docs

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MaxPlaintext is the most Markdown that [Plaintext] renders, in bytes. Longer
// text, which no hover shows, comes back as it is.
const MaxPlaintext = 64 << 10

// Plaintext renders Markdown for a client that shows text only: headings
// without #, emphasis and backticks gone, links as "text (url)", tables with
// aligned columns. Code keeps every character and stands at the margin, so
// that it can be copied. The result has no blank lines at either end.
func Plaintext(markdown string) string {
	if len(markdown) > MaxPlaintext || strings.Count(markdown, "\n") > MaxLines {
		return strings.TrimSpace(markdown)
	}
	source := []byte(strings.ReplaceAll(markdown, "\r\n", "\n"))
	p := plainParser
	if hugeTable(source) || bytes.Count(source, []byte("](")) > maxLinks {
		p = plainerParser
	}
	r := plain{source: source}
	return strings.Trim(r.children(p.Parse(text.NewReader(source)), false), "\n")
}

// Cut shortens Markdown to about limit characters. blocks are spans of text in
// order, as in [Section.Blocks]; Cut keeps as many of the first ones as fit,
// whole, and at least one. Only a first block of more than twice the limit is
// cut itself, at the end of a line. A fence or HTML block that is open at the end
// is closed, so that what a caller adds afterwards is not taken for a part of it.
//
// It returns the Markdown without a line end, and how many lines that are not
// blank were left out.
func Cut(text []byte, blocks []Span, limit int) (markdown string, left int) {
	if len(blocks) == 0 {
		return "", 0
	}
	kept, size := 0, 0
	for kept < len(blocks) {
		size += utf8.RuneCount(blocks[kept].In(text))
		if kept > 0 && size > limit {
			break
		}
		size += 2 // the blank line before the next block
		kept++
	}
	first := blocks[0].In(text)
	if kept == 1 && utf8.RuneCount(first) > 2*limit {
		part, inLine := cutBlock(first, limit)
		markdown = string(part)
		end := missingEnd(markdown)
		markdown += end
		left = countLines(first) - countLines(part)
		switch {
		case inLine:
			left++ // the line's rest
		case end != "" && missingEnd(string(first)) == "":
			left-- // the block's own last line, which is there now
		}
	} else {
		var b strings.Builder
		for i, block := range blocks[:kept] {
			if i > 0 {
				b.WriteString(gap(text, blocks[i-1].End, block.Start))
			}
			b.Write(block.In(text))
		}
		markdown = b.String()
		markdown += missingEnd(markdown)
	}
	for _, block := range blocks[kept:] {
		left += countLines(block.In(text))
	}
	return markdown, left
}

// gap is what stands between two blocks: the source's own blank lines, or one
// where the spans are not neighbours.
func gap(text []byte, from, to int) string {
	if from <= to && isBlank(text[from:to]) && bytes.IndexByte(text[from:to], '\n') >= 0 {
		return string(text[from:to])
	}
	return "\n\n"
}

// cutBlock keeps the first lines of a block, at least one, and cuts a first
// line that is itself too long; inLine says so.
func cutBlock(block []byte, limit int) (kept []byte, inLine bool) {
	limit = max(limit, 1)
	end, size := 0, 0
	for end < len(block) {
		_, next := lineAt(block, end)
		n := utf8.RuneCount(block[end:next])
		if end > 0 && size+n > limit {
			break
		}
		size += n
		end = next
		if size >= limit {
			break
		}
	}
	kept = trimRight(block[:end])
	// One line without end: a paragraph written as one, minified code.
	if runes := utf8.RuneCount(kept); runes > 2*limit {
		at := 0
		for range limit {
			_, n := utf8.DecodeRune(kept[at:])
			at += n
		}
		if space := bytes.LastIndexByte(kept[:at], ' '); space > at/2 {
			at = space
		}
		kept = append(bytes.Clone(trimRight(kept[:at])), "…"...)
		inLine = true
	}
	return kept, inLine
}

// missingEnd returns what closes the fence or HTML block that markdown leaves
// open, or "". A fence in a list or quote is closed with the indentation or the
// quote marks of the block it stands in.
func missingEnd(markdown string) string {
	source := []byte(markdown)
	doc := &Document{Text: source, Body: Span{0, len(source)}}
	root := blockParser.Parse(text.NewReader(source))
	if html, ok := root.LastChild().(*ast.HTMLBlock); ok {
		return missingTag(html, source)
	}
	b := builder{doc: doc, lines: lineStarts(source)}
	b.build(root)
	for i := len(doc.Sections) - 1; i >= 0; i-- {
		fences := doc.Sections[i].Fences
		if len(fences) == 0 {
			continue
		}
		f := fences[len(fences)-1]
		// Only the last one can run on: another one was ended by its list or quote.
		if !f.Open || len(trimRight(source)) > f.Span.End {
			return ""
		}
		start := b.lineStart(f.Span.Start)
		prefix := strings.Map(func(r rune) rune {
			if r == '>' || r == '\t' {
				return r
			}
			return ' ' // the marker of a list's item
		}, markdown[start:f.Span.Start])
		return "\n" + prefix + string(fenceMark(source[f.Span.Start:]))
	}
	return ""
}

// missingTag returns what closes an HTML block that does not end with the next
// blank line: a comment, <pre>, <script>.
func missingTag(html *ast.HTMLBlock, source []byte) string {
	if html.HasClosure() || html.Lines().Len() == 0 {
		return ""
	}
	segment := html.Lines().At(0)
	first := strings.ToLower(strings.TrimSpace(string(segment.Value(source))))
	var end string
	switch html.HTMLBlockType {
	case ast.HTMLBlockType1:
		for _, tag := range []string{"pre", "script", "style", "textarea"} {
			if strings.Contains(first, "</"+tag+">") {
				return ""
			}
			if strings.HasPrefix(first, "<"+tag) {
				end = "</" + tag + ">"
			}
		}
	case ast.HTMLBlockType2:
		end = "-->"
	case ast.HTMLBlockType3:
		end = "?>"
	case ast.HTMLBlockType4:
		end = ">"
	case ast.HTMLBlockType5:
		end = "]]>"
	}
	if end == "" || strings.Contains(first, end) {
		return ""
	}
	return "\n" + end
}

// countLines counts the lines that are not blank.
func countLines(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		if !isBlank(line) {
			n++
		}
	}
	return n
}

// The parser for plain text finds inline elements and tables too, and has the
// same bound on depth. It is quadratic on hostile input, which MaxPlaintext
// keeps harmless for all but two constructs: tables and links. Text that may
// have absurd numbers of these is parsed without them and shows their source.
var (
	plainParser = parser.NewParser(
		parser.WithBlockParsers(boundedBlockParsers()...),
		parser.WithInlineParsers(append(parser.DefaultInlineParsers(),
			util.Prioritized(extension.NewStrikethroughParser(), 500))...),
		parser.WithParagraphTransformers(append(parser.DefaultParagraphTransformers(),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200))...),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
	plainerParser = parser.NewParser(
		parser.WithBlockParsers(boundedBlockParsers()...),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewEmphasisParser(), 500)),
	)
)

// maxLinks is how many links are parsed in one text. Each one that is not
// closed makes goldmark search the rest of its paragraph.
const maxLinks = 1000

// hugeTable reports whether the text may hold a table of more cells than are
// worth rendering. Rows are filled up to the width of the header, so the number
// of cells is columns times lines and not bounded by the text's length.
func hugeTable(source []byte) bool {
	widest := 0
	for line := range bytes.Lines(source) {
		if isTableRule(bytes.TrimLeft(line, "> ")) {
			widest = max(widest, bytes.Count(line, []byte("|"))+1)
		}
	}
	return widest*bytes.Count(source, []byte("\n")) > 100_000
}

// plain renders goldmark's tree as text.
type plain struct{ source []byte }

// children renders the blocks below n, with a blank line between them unless
// tight.
func (r plain) children(n ast.Node, tight bool) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		s := strings.TrimRight(r.block(c), "\n")
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if !tight || c.Kind() != ast.KindListItem && c.Kind() != ast.KindTextBlock && c.Kind() != ast.KindList {
				b.WriteByte('\n')
			}
		}
		b.WriteString(s)
	}
	return b.String()
}

func (r plain) block(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Heading:
		return strings.ReplaceAll(r.inlines(n), "\n", " ")
	case *ast.Paragraph, *ast.TextBlock:
		return r.inlines(n)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return r.lines(n)
	case *ast.HTMLBlock:
		s := r.lines(n)
		if n.HasClosure() {
			s += string(n.ClosureLine.Value(r.source))
		}
		return strings.TrimSpace(withoutTags(s))
	case *ast.ThematicBreak:
		return "---"
	case *ast.Blockquote:
		return prefixed(r.children(n, false), "> ", "> ")
	case *ast.List:
		return r.list(n)
	case *east.Table:
		return r.table(n)
	case *ast.LinkReferenceDefinition:
		return ""
	}
	return r.children(n, false)
}

func (r plain) list(list *ast.List) string {
	var b strings.Builder
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		marker := "- "
		if list.IsOrdered() {
			marker = fmt.Sprintf("%d. ", number)
			number++
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if !list.IsTight {
				b.WriteByte('\n')
			}
		}
		content := r.children(item, list.IsTight)
		b.WriteString(strings.TrimRight(prefixed(content, marker, strings.Repeat(" ", len(marker))), " "))
	}
	return b.String()
}

// table renders rows with aligned columns, or with plain separators where a
// cell is so long that aligning would only add spaces.
func (r plain) table(t *east.Table) string {
	var rows [][]string
	var widths []int
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			s := strings.ReplaceAll(strings.TrimSpace(r.inlines(cell)), "\n", " ")
			if len(cells) == len(widths) {
				widths = append(widths, 1)
			}
			widths[len(cells)] = max(widths[len(cells)], utf8.RuneCountInString(s))
			cells = append(cells, s)
		}
		rows = append(rows, cells)
	}
	for i := range widths {
		widths[i] = min(widths[i], 40)
	}
	var b strings.Builder
	for i, cells := range rows {
		var line strings.Builder
		for j, cell := range cells {
			if j > 0 {
				line.WriteString(" | ")
			}
			line.WriteString(cell)
			if j < len(cells)-1 {
				line.WriteString(strings.Repeat(" ", max(0, widths[j]-utf8.RuneCountInString(cell))))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
		if i == 0 {
			for j, w := range widths {
				if j > 0 {
					b.WriteString("-|-")
				}
				b.WriteString(strings.Repeat("-", w))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// lines is the source of a block that is not parsed further.
func (r plain) lines(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		b.Write(segment.Value(r.source))
	}
	return b.String()
}

func (r plain) inlines(n ast.Node) string {
	var b strings.Builder
	r.writeInlines(&b, n)
	return b.String()
}

func (r plain) writeInlines(b *strings.Builder, parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			value := n.Value(r.source)
			if !n.IsRaw() {
				value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
			}
			b.Write(value)
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					b.WriteString(strings.ReplaceAll(string(t.Value(r.source)), "\n", " "))
				}
			}
		case *ast.Link:
			b.WriteString(withURL(r.inlines(n), string(n.Destination)))
		case *ast.Image:
			b.WriteString(withURL(r.inlines(n), string(n.Destination)))
		case *ast.AutoLink:
			b.Write(n.Label(r.source))
		case *ast.RawHTML:
			var tag strings.Builder
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				tag.Write(segment.Value(r.source))
			}
			b.WriteString(withoutTags(tag.String()))
		default:
			r.writeInlines(b, n)
		}
	}
}

// withURL adds a link's address where it leads out of the document and is not
// its own text.
func withURL(label, url string) string {
	external := strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "mailto:")
	switch {
	case !external || url == label || url == "mailto:"+label:
		return label
	case label == "":
		return url
	}
	return label + " (" + url + ")"
}

// maxTag bounds the search for a tag's end, in bytes.
const maxTag = 2000

// withoutTags drops comments and the tags of HTML. What only looks like a tag,
// as in "replace <your-key>", is text that a reader needs and stays.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if strings.HasPrefix(s, "<!--") {
			end := strings.Index(s, "-->")
			if end < 0 {
				return b.String()
			}
			s = s[end+3:]
			continue
		}
		end := strings.IndexByte(s[:min(len(s), maxTag)], '>')
		if end < 0 {
			b.WriteByte('<')
			s = s[1:]
			continue
		}
		name := strings.TrimPrefix(s[1:end], "/")
		if n := strings.IndexFunc(name, func(r rune) bool { return !isTagName(r) }); n >= 0 {
			name = name[:n]
		}
		switch name = strings.ToLower(name); {
		case name == "br":
			b.WriteByte('\n')
		case !htmlTags[name]:
			b.WriteByte('<') // the rest may still hold a tag
			s = s[1:]
			continue
		}
		s = s[end+1:]
	}
	b.WriteString(s)
	return b.String()
}

func isTagName(r rune) bool {
	return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9' || r == '-'
}

// htmlTags are the elements that occur in guides and READMEs.
var htmlTags = func() map[string]bool {
	tags := map[string]bool{}
	for _, name := range strings.Fields(`a abbr b blockquote br center code dd del details div dl dt em
		figure figcaption font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre s samp section
		small source span strike strong sub summary sup table tbody td tfoot th thead tr u ul var video`) {
		tags[name] = true
	}
	return tags
}()

// prefixed puts first before the first line of s and rest before the others,
// but no trailing spaces on blank lines.
func prefixed(s, first, rest string) string {
	var b strings.Builder
	prefix := first
	for line := range strings.Lines(s) {
		if strings.TrimRight(line, "\n") == "" {
			b.WriteString(strings.TrimRight(prefix, " "))
		} else {
			b.WriteString(prefix)
		}
		b.WriteString(line)
		prefix = rest
	}
	if s == "" {
		return strings.TrimRight(first, " ")
	}
	return b.String()
}
