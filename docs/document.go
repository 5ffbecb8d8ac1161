package docs

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

const (
	// MaxDocument is the largest document that is parsed, in bytes. The
	// largest of the public hub has 54 KB.
	MaxDocument = 1 << 20

	// MaxLines is how many lines a document may have. The public hub's maximum
	// is 2,297. The parser's memory grows with lines times depth, so this bounds
	// what a file of a million blank lines can ask for.
	MaxLines = 50_000

	// MaxSections is how many sections a document may have. Headings beyond
	// it are text of the last section, and a problem. The public hub's maximum
	// is 148.
	MaxSections = 10_000

	// maxDepth is how deep quotes and lists nest before their markers are
	// taken for text. A list costs two levels, one for the list and one for
	// the item.
	maxDepth = 32

	// maxKeyPart is how many bytes of one heading go into a section's key, so
	// that keys stay small whatever the headings are.
	maxKeyPart = 200
)

// Span is a half-open range of byte offsets, mostly in [Document.Text].
type Span struct{ Start, End int }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// In returns the part of text that the span covers. It shares text's memory.
func (s Span) In(text []byte) []byte { return text[s.Start:s.End] }

// Document is one parsed DOC.md.
type Document struct {
	Meta  Meta
	Title string // the first H1, or Meta.Name where there is none; word for word

	// Text is the file as it was given, byte for byte: front matter, byte order
	// mark and CRLF included. All spans and lines refer to it.
	Text []byte
	Body Span // the Markdown after the front matter

	// Sections holds every section in document order. Text before the first
	// heading is a section of its own, without a heading and at level 0.
	Sections []*Section

	Problems []error // what was wrong and read around
}

// Section is a heading with what stands below it.
type Section struct {
	Heading string // as in the source, word for word: numbers and inline markup kept, trailing #s gone
	Level   int    // 1 to 6; 0 for text before the first heading

	// Path is the headings from the top of the document down to this one, word
	// for word. A document's only H1 is its title and stands in its own Path
	// only.
	Path []string

	// Key names the section within the document: its Path joined by " › ", with
	// "#2" after it where it is the second of that path. Very long headings are
	// cut in it.
	Key string

	Line int  // 0-based line of the heading in the file; of the first text at level 0
	Own  Span // its own text, without heading and subsections; no blank lines at either end; may be empty
	Tree Span // from the heading to the end of its last subsection, no blank lines at the end

	// Blocks are the paragraphs, lists, fences and so on of Own, from the start
	// of a line to the end of one. Between two of them is nothing but blank
	// lines.
	Blocks []Span

	Fences []Fence  // in Own, those inside lists and quotes too
	Codes  []string // inline code of the heading, then of Own; repeats are kept

	Parent   *Section   // the section this one is part of, or nil
	Children []*Section // its direct subsections
}

// Fence is a fenced code block.
type Fence struct {
	Language string // first word of Info by [NormalizeLanguage]; "" for none
	Info     string // what stands behind the opening fence, word for word
	Code     string // the code, with "\n" line ends and without the indentation of a list it stands in; ends in "\n" unless empty
	Line     int    // 0-based line of the opening fence in the file
	Span     Span   // from the first backtick to the end of the closing fence's line, line end excluded
	Open     bool   // nothing closes it
}

// ParseDocument parses a DOC.md. It keeps data as [Document.Text], so data must
// not be changed afterwards.
//
// Broken front matter, invalid UTF-8 or a fence that never closes do not stop
// it; see [Document.Problems]. The only error is that of a document beyond
// [MaxDocument] or [MaxLines], matching [ErrTooLarge].
func ParseDocument(data []byte) (*Document, error) {
	if len(data) > MaxDocument {
		return nil, fmt.Errorf("document of %d bytes: %w: split it into documents of at most %d bytes", len(data), ErrTooLarge, MaxDocument)
	}
	if n := bytes.Count(data, []byte("\n")); n > MaxLines {
		return nil, fmt.Errorf("document of %d lines: %w: split it into documents of at most %d lines", n, ErrTooLarge, MaxLines)
	}
	meta, body, found := ParseFrontMatter(data)
	doc := &Document{Meta: meta, Text: data, Body: Span{body, len(data)}}
	doc.Problems = append(found, parseBody(doc)...)
	return doc, nil
}

// parseBody fills in the sections of a document that has its text and body.
func parseBody(doc *Document) (problems []error) {
	b := builder{doc: doc, body: doc.Body.Start, lines: lineStarts(doc.Text)}
	b.build(blockParser.Parse(text.NewReader(doc.Body.In(doc.Text))))
	return b.problems.list()
}

// The document parser finds blocks only. Of the inline elements only code
// spans matter here, and finding them by hand keeps the parser linear: on
// hostile input the inline parsers of goldmark (as of most Markdown libraries)
// are quadratic. For the same reason tables and link definitions are
// paragraphs here: a two-line table can ask for as many cells as it has bytes
// squared.
var blockParser = parser.NewParser(parser.WithBlockParsers(boundedBlockParsers()...))

// boundedBlockParsers are CommonMark's, with quotes and lists bounded in depth.
func boundedBlockParsers() []util.PrioritizedValue {
	return []util.PrioritizedValue{ // priorities as in parser.DefaultBlockParsers
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(boundedParser{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400), // bounded by its list
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(boundedParser{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(parser.NewHTMLBlockParser(), 900),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
}

// boundedParser refuses to open a block that would lie too deep. goldmark visits
// all open blocks on every line, so unbounded depth is quadratic time, and its
// tree is walked by recursion.
type boundedParser struct{ parser.BlockParser }

func (p boundedParser) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		if depth++; depth > maxDepth {
			return nil, parser.NoChildren
		}
	}
	return p.BlockParser.Open(parent, r, pc)
}

// builder turns goldmark's tree into sections. Positions in the tree count from
// body, those in the document from the start of the file.
type builder struct {
	doc      *Document
	body     int
	lines    []int // offset of each line's first byte
	problems problems
}

func (b *builder) build(root ast.Node) {
	text, end := b.doc.Text, len(b.doc.Text)

	// First the headings: a section ends where the next one begins.
	var current *Section
	own := b.body // where the current section's own text begins
	closeOwn := func(at int) {
		span := trimBlank(text, Span{own, at})
		if current == nil {
			if span.Len() == 0 {
				return
			}
			current = &Section{Line: b.line(span.Start), Tree: span}
			b.doc.Sections = append(b.doc.Sections, current)
		}
		current.Own = span
		current.Tree.End = max(current.Tree.End, span.End)
	}
	var heads []ast.Node // the heading of each section, nil at level 0
	var blocks [][]ast.Node
	var pending []ast.Node
	tooMany := 0
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if ok && len(b.doc.Sections) >= MaxSections {
			tooMany++
			ok = false
		}
		if !ok {
			pending = append(pending, n)
			continue
		}
		start, stop := b.headingSpan(h)
		closeOwn(start)
		if len(b.doc.Sections) > len(heads) { // the text before the first heading
			heads = append(heads, nil)
		}
		if len(heads) > 0 {
			blocks = append(blocks, pending)
		}
		pending = nil
		current = &Section{
			Heading: headingText(text[b.body:], h),
			Level:   h.Level,
			Line:    b.line(start),
			Tree:    Span{start, trimBlank(text, Span{start, stop}).End},
		}
		b.doc.Sections = append(b.doc.Sections, current)
		heads = append(heads, h)
		own = stop
	}
	closeOwn(end)
	if len(b.doc.Sections) > len(heads) {
		heads = append(heads, nil)
	}
	blocks = append(blocks, pending)
	if tooMany > 0 {
		b.problems.addf("the document has more than %d headings: the last %d are taken for text", MaxSections, tooMany)
	}

	b.nest()
	b.name()
	for i, s := range b.doc.Sections {
		s.Blocks = b.blockSpans(s.Own, blocks[i])
		if heads[i] != nil {
			s.Codes = b.codes(s.Codes, heads[i])
		}
		for _, n := range blocks[i] {
			b.inside(s, n)
		}
	}
	b.closeFences()
}

// headingSpan returns the lines of a heading: from the start of its first line
// to behind the end of its last, which is the underline of a Setext heading.
func (b *builder) headingSpan(h *ast.Heading) (start, stop int) {
	start = b.lineStart(b.body + max(h.Pos(), 0))
	last := start
	setext := true
	for _, c := range b.doc.Text[start:] {
		if c == ' ' {
			continue
		}
		setext = c != '#'
		break
	}
	if n := h.Lines().Len(); n > 0 {
		last = b.lineStart(b.body + h.Lines().At(n-1).Start)
	}
	stop = b.nextLine(last)
	if setext {
		stop = b.nextLine(stop)
	}
	return start, stop
}

// nest sets parents, children and the trees' ends.
func (b *builder) nest() {
	var open []*Section
	for _, s := range b.doc.Sections {
		if s.Level == 0 {
			continue
		}
		for len(open) > 0 && open[len(open)-1].Level >= s.Level {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			s.Parent = open[len(open)-1]
			s.Parent.Children = append(s.Parent.Children, s)
		}
		open = append(open, s)
	}
	for i := len(b.doc.Sections) - 1; i >= 0; i-- { // the last children first
		if s := b.doc.Sections[i]; s.Parent != nil {
			s.Parent.Tree.End = max(s.Parent.Tree.End, s.Tree.End)
		}
	}
}

// name sets the title, the paths and the keys.
func (b *builder) name() {
	var titles []*Section
	for _, s := range b.doc.Sections {
		if s.Level == 1 {
			titles = append(titles, s)
		}
	}
	b.doc.Title = b.doc.Meta.Name
	if len(titles) > 0 && titles[0].Heading != "" {
		b.doc.Title = titles[0].Heading
	}
	used := make(map[string]int, len(b.doc.Sections))
	for _, s := range b.doc.Sections {
		if s.Level > 0 {
			if p := s.Parent; p != nil && !(p.Level == 1 && len(titles) == 1) {
				s.Path = append(s.Path, p.Path...)
			}
			s.Path = append(s.Path, s.Heading)
		}
		parts := make([]string, len(s.Path))
		for i, h := range s.Path {
			parts[i] = clip(h, maxKeyPart)
		}
		base := strings.Join(parts, " › ")
		s.Key = base
		used[base]++
		for n := used[base]; n > 1; n++ {
			// A heading may itself read "Errors#2".
			if s.Key = base + "#" + strconv.Itoa(n); used[s.Key] == 0 {
				used[s.Key], used[base] = 1, n
				break
			}
		}
	}
}

// blockSpans cuts a section's own text at the lines on which its blocks begin.
// Taking the text between two beginnings, and not what the tree says of one
// block, leaves nothing out: a fence's last line is in no node.
func (b *builder) blockSpans(own Span, nodes []ast.Node) []Span {
	if own.Len() == 0 {
		return nil
	}
	starts := []int{own.Start}
	for _, n := range nodes {
		at := n.Pos()
		if at < 0 {
			continue
		}
		at = b.lineStart(b.body + at)
		if at > starts[len(starts)-1] && at < own.End {
			starts = append(starts, at)
		}
	}
	spans := make([]Span, 0, len(starts))
	for i, start := range starts {
		end := own.End
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		if span := trimBlank(b.doc.Text, Span{start, end}); span.Len() > 0 {
			spans = append(spans, span)
		}
	}
	return spans
}

// inside collects the fences and inline code of one block and those below it.
func (b *builder) inside(s *Section, n ast.Node) {
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		s.Fences = append(s.Fences, b.fence(n))
		return
	case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
		s.Codes = b.codes(s.Codes, n)
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		b.inside(s, c)
	}
}

// fence reads a fence up to its last line of code. closeFences finds its end.
func (b *builder) fence(n *ast.FencedCodeBlock) Fence {
	source := b.doc.Text[b.body:]
	f := Fence{Open: true}
	f.Span.Start = b.fenceStart(b.body + max(n.Pos(), 0))
	if n.Info != nil {
		f.Info = string(bytes.TrimSpace(n.Info.Segment.Value(source)))
		word, _, _ := strings.Cut(f.Info, " ")
		word, _, _ = strings.Cut(word, "\t")
		f.Language = NormalizeLanguage(word)
	}
	f.Line = b.line(f.Span.Start)
	f.Span.End = b.lineEnd(f.Span.Start)
	lines := n.Lines()
	if lines.Len() > 0 {
		var code strings.Builder
		for i := range lines.Len() {
			segment := lines.At(i)
			line := segment.Value(source)
			if bytes.HasSuffix(line, []byte("\r\n")) {
				code.Write(line[:len(line)-2])
				code.WriteByte('\n')
				continue
			}
			code.Write(line)
		}
		f.Code = code.String()
		f.Span.End = max(f.Span.End, b.lineEnd(max(b.body+lines.At(lines.Len()-1).Start, f.Span.Start)))
	}
	return f
}

// fenceStart returns where the opening fence really begins. Where a tab stands
// before it in a list, goldmark's position is up to three bytes too far: it
// counts the columns that are left of the tab.
func (b *builder) fenceStart(at int) int {
	text, first := b.doc.Text, b.lineStart(at)
	isMark := func(i int) bool { return i < len(text) && (text[i] == '`' || text[i] == '~') }
	for at > first && !isMark(at) {
		at--
	}
	for at > first && isMark(at-1) {
		at--
	}
	return at
}

// closeFences looks at the line after each fence's code. goldmark does not tell
// whether a fence was closed by that line, by the end of its list or quote, or
// by the end of the file.
func (b *builder) closeFences() {
	opens := map[int]bool{} // lines on which a fence begins
	for _, s := range b.doc.Sections {
		for _, f := range s.Fences {
			opens[f.Line] = true
		}
	}
	text := b.doc.Text
	for _, s := range b.doc.Sections {
		for i := range s.Fences {
			f := &s.Fences[i]
			if next := b.nextLine(f.Span.End); next < len(text) && !opens[b.line(next)] {
				end := b.lineEnd(next)
				line := bytes.TrimLeft(text[next:end], " \t>")
				mark := fenceMark(text[f.Span.Start:])
				if len(mark) > 0 && bytes.HasPrefix(line, mark) && len(bytes.Trim(line, string(mark[:1])+" \t\r")) == 0 {
					f.Open = false
					f.Span.End = end
				}
			}
			f.Span.End = f.Span.Start + len(trimRight(f.Span.In(text)))
		}
	}
}

// fenceMark returns the backticks or tildes at the start of text.
func fenceMark(text []byte) []byte {
	n := 0
	for n < len(text) && text[n] == text[0] && (text[0] == '`' || text[0] == '~') {
		n++
	}
	return text[:n]
}

// codes appends the code spans of one paragraph or heading.
func (b *builder) codes(list []string, n ast.Node) []string {
	source := b.doc.Text[b.body:]
	lines := n.Lines()
	var content []byte
	switch lines.Len() {
	case 0:
		return list
	case 1:
		segment := lines.At(0)
		content = source[segment.Start:segment.Stop]
	default:
		for i := range lines.Len() {
			segment := lines.At(i)
			content = append(content, source[segment.Start:segment.Stop]...)
		}
	}
	if bytes.IndexByte(content, '`') < 0 {
		return list
	}
	inTable := false
	if lines.Len() > 1 {
		segment := lines.At(1)
		inTable = isTableRule(source[segment.Start:segment.Stop])
	}
	return appendCodeSpans(list, string(content), inTable)
}

// appendCodeSpans appends the content of the code spans in text, by CommonMark's
// rules: a run of backticks is closed by the next run of the same length, line
// ends become spaces, and one space at each end is dropped. In a table a pipe is
// written "\|", in code too, and a span ends with its line.
func appendCodeSpans(list []string, text string, inTable bool) []string {
	if inTable {
		for line := range strings.Lines(text) {
			first := len(list)
			list = appendCodeSpans(list, line, false)
			for i := first; i < len(list); i++ {
				list[i] = strings.ReplaceAll(list[i], `\|`, "|")
			}
		}
		return list
	}
	// Where the last run of each length begins. Without it, runs of ever new
	// lengths would each search the rest of the text.
	last := map[int]int{}
	for i := strings.IndexByte(text, '`'); i >= 0 && i < len(text); {
		if n := runLength(text[i:]); n > 0 {
			last[n] = i
			i += n
		} else {
			i++
		}
	}
	for i := 0; i < len(text); {
		switch text[i] {
		case '\\':
			i += 2
			continue
		case '`':
		default:
			i++
			continue
		}
		n := runLength(text[i:])
		end := -1
		if last[n] >= i+n {
			end = findRun(text, i+n, n)
		}
		if end < 0 {
			i += n
			continue
		}
		code := strings.ReplaceAll(strings.ReplaceAll(text[i+n:end], "\r\n", " "), "\n", " ")
		if len(code) > 2 && code[0] == ' ' && code[len(code)-1] == ' ' && strings.Trim(code, " ") != "" {
			code = code[1 : len(code)-1]
		}
		list = append(list, code)
		i = end + n
	}
	return list
}

// findRun returns where the next run of exactly n backticks begins, or -1.
func findRun(text string, from, n int) int {
	for i := from; i < len(text); {
		j := strings.IndexByte(text[i:], '`')
		if j < 0 {
			return -1
		}
		i += j
		length := runLength(text[i:])
		if length == n {
			return i
		}
		i += length
	}
	return -1
}

func runLength(text string) int {
	n := 0
	for n < len(text) && text[n] == '`' {
		n++
	}
	return n
}

// isTableRule reports whether line is the second line of a table: | --- | :-: |
func isTableRule(line []byte) bool {
	return bytes.IndexByte(line, '-') >= 0 && bytes.IndexByte(line, '|') >= 0 &&
		len(bytes.Trim(line, "|-: \t\r\n")) == 0
}

// headingText is the heading's source text without its #s and underline.
func headingText(source []byte, h *ast.Heading) string {
	lines := h.Lines()
	if lines.Len() == 1 {
		segment := lines.At(0)
		return strings.TrimSpace(string(source[segment.Start:segment.Stop]))
	}
	var parts []string // a Setext heading may have several lines
	for i := range lines.Len() {
		segment := lines.At(i)
		parts = append(parts, strings.TrimSpace(string(source[segment.Start:segment.Stop])))
	}
	return strings.Join(parts, " ")
}

// trimBlank drops blank lines at both ends of a span, and the last line's end.
// The result begins at the start of a line, so that indentation is kept.
func trimBlank(text []byte, s Span) Span {
	for s.Start < s.End {
		line, next := lineAt(text[:s.End], s.Start)
		if !isBlank(line) {
			break
		}
		s.Start = next
	}
	s.End = s.Start + len(trimRight(s.In(text)))
	return s
}

// isSpace tells what Markdown takes for space, which is ASCII only.
func isSpace(c byte) bool {
	switch c {
	case ' ', '\t', '\n', '\r', '\f', '\v':
		return true
	}
	return false
}

func trimRight(text []byte) []byte {
	n := len(text)
	for n > 0 && isSpace(text[n-1]) {
		n--
	}
	return text[:n]
}

func isBlank(line []byte) bool { return len(trimRight(line)) == 0 }

// lineStarts returns the offset at which each line of text begins.
func lineStarts(text []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(text, []byte("\n")))
	for i := 0; ; {
		j := bytes.IndexByte(text[i:], '\n')
		if j < 0 {
			return starts
		}
		i += j + 1
		starts = append(starts, i)
	}
}

// line returns the 0-based line that the offset lies on.
func (b *builder) line(at int) int {
	return sort.SearchInts(b.lines, at+1) - 1
}

// lineStart returns where the line that the offset lies on begins, but never
// before the body.
func (b *builder) lineStart(at int) int {
	return max(b.lines[b.line(at)], b.body)
}

// nextLine returns where the line after the one at the offset begins.
func (b *builder) nextLine(at int) int {
	if n := b.line(at) + 1; n < len(b.lines) {
		return b.lines[n]
	}
	return len(b.doc.Text)
}

// lineEnd returns where the line ends that the offset lies on, line end excluded.
func (b *builder) lineEnd(at int) int {
	line, _ := lineAt(b.doc.Text, at)
	return at + len(line)
}
