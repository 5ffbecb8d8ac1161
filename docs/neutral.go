package docs

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

const (
	// MaxNeutral is the most Markdown that [Neutral] parses, in bytes. Longer
	// text is shown as one block of code.
	MaxNeutral = 64 << 10

	// maxPasses is how often Neutral parses its own result. One time finds
	// nothing more to do; what is left is for links that hide in links.
	maxPasses = 4

	// maxMarks is how many brackets, and how many angle brackets, one paragraph
	// may have; the public hub's maximum is 5. goldmark looks through all open
	// ones for each that closes.
	maxMarks = 2000

	// maxDestination is the longest destination of a link that stays, in bytes.
	maxDestination = 4000
)

// Neutral returns Markdown in which nothing acts. Text from a hub is data: it
// must not run commands, load pictures or look like something else than it is.
//
//   - Links to http, https and mailto stay. link is asked for what a relative
//     destination leads to, without escapes and entities; false, or a nil link,
//     makes the link its text. So does every other scheme.
//   - Definitions of such references go, since nobody sees them.
//   - HTML, autolinks with other schemes among it, is shown as it was written.
//   - An image becomes a link to its http address, or its description.
//   - Hidden characters are shown as [Visible] shows them, those written as an
//     entity too.
//
// Every other byte stays as it is. Fenced code only has its hidden characters
// shown. What merely looks like a link to a forbidden address gets a backslash,
// since another parser may take it for one.
//
// link may return an http, https, mailto, file or relative destination.
// Neutral(Neutral(s)) is Neutral(s) where link, if asked at all, leaves what it
// returned alone; a file address is text to a second call.
//
// The text must be all of what is shown: a part of it may read otherwise when it
// stands alone. Text beyond [MaxNeutral], with more brackets than anybody writes
// or with links in links in links is shown as one block of code.
func Neutral(markdown string, link func(dest string) (string, bool)) string {
	shown := Visible(markdown)
	n := neutralizer{link: link, answers: map[string]string{}, own: map[string]bool{}, known: map[string]target{}}
	current := shown
	for range maxPasses {
		if len(current) > MaxNeutral {
			break
		}
		if !strings.ContainsAny(current, "[<&") {
			return current // each of the nodes has one of these
		}
		next, ok := n.pass(current)
		if !ok {
			break
		}
		if next = Visible(next); next == current {
			return current
		}
		current = next
	}
	return codeBlock(shown)
}

// NeutralText returns a plain string, such as a description or an id from a
// registry, as one line of Markdown that shows it literally, without blanks at
// its ends. It may be put anywhere into Markdown, at the start of a line too.
//
// A backslash before punctuation counts as an escape that is already there:
// NeutralText(NeutralText(s)) is NeutralText(s).
func NeutralText(s string) string {
	s = strings.TrimSpace(Visible(oneLine.Replace(s)))
	var b strings.Builder
	at := startMark(s)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]) && !hiddenEntity([]byte(s), i+1):
			b.WriteByte(c)
			i++
			b.WriteByte(s[i])
			continue
		case c == '\\' && i+1 == len(s): // would make a line break
			b.WriteByte('\\')
		case c == '&':
			r, size := entity([]byte(s[i:]))
			if size > 0 && hiddenRunes(r) {
				b.WriteString(showAll(r))
				i += size - 1
				continue
			}
			if size > 0 {
				b.WriteByte('\\')
			}
		case c == '_' && i > 0 && i+1 < len(s) && isWord(s[i-1]) && isWord(s[i+1]):
			// snake_case is no emphasis
		case i == at || strings.IndexByte("`*_[]<~|", c) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

var oneLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")

func isWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// startMark returns the offset of the character that makes the start of a line
// a heading, a quote, a list, a rule or a table, or -1.
func startMark(line string) int {
	if line == "" {
		return -1
	}
	switch second := (line + " ")[1]; line[0] {
	case '#', '>', '=':
		return 0
	case '+', '-', ':':
		if strings.IndexByte(" \t-:|=", second) >= 0 {
			return 0
		}
	}
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	if 0 < digits && digits < 10 && digits < len(line) && (line[digits] == '.' || line[digits] == ')') &&
		(digits+1 == len(line) || line[digits+1] == ' ' || line[digits+1] == '\t') {
		return digits
	}
	return -1
}

// codeBlock shows text literally, whatever is in it.
func codeBlock(s string) string {
	if isCodeBlock(s) {
		return s
	}
	mark := strings.Repeat("`", max(3, longestRun(s)+1))
	end := ""
	if strings.HasSuffix(s, "\n") {
		end = "\n"
	}
	return mark + "\n" + strings.TrimSuffix(s, "\n") + "\n" + mark + end
}

// isCodeBlock reports whether s is what codeBlock returns.
func isCodeBlock(s string) bool {
	n := len(fenceMark([]byte(s[:min(len(s), MaxNeutral)])))
	body := strings.TrimSuffix(s, "\n")
	if n < 3 || s[0] != '`' || len(body) < 2*n+2 {
		return false
	}
	inside := body[n : len(body)-n]
	return inside[0] == '\n' && inside[len(inside)-1] == '\n' && body[len(body)-n:] == body[:n] && longestRun(inside) < n
}

// longestRun is the length of the longest run of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// The parsers for neutral text find all that CommonMark has, with and without
// tables: a link may be one to a client with tables only, or to one without.
// Other extensions make no nodes that matter here.
var (
	neutralParser      = newNeutralParser()
	neutralTableParser = newNeutralParser(
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)))
)

func newNeutralParser(more ...parser.Option) parser.Parser {
	return parser.NewParser(append([]parser.Option{
		parser.WithBlockParsers(boundedBlockParsers()...),
		parser.WithInlineParsers( // priorities as in parser.DefaultInlineParsers
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(placed{parser.NewLinkParser()}, 200),
			util.Prioritized(placed{parser.NewAutoLinkParser()}, 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500)),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	}, more...)...)
}

// placed notes where the parser of an inline node began and ended, which
// goldmark's tree does not tell. For links and images it begins at the bracket
// that closes the text.
type placed struct{ parser.InlineParser }

var placesKey = parser.NewContextKey()

func places(pc parser.Context) map[ast.Node]Span {
	return pc.ComputeIfAbsent(placesKey, func() any { return map[ast.Node]Span{} }).(map[ast.Node]Span)
}

func (p placed) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	_, from := block.Position()
	n := p.InlineParser.Parse(parent, block, pc)
	switch n.(type) {
	case *ast.Link, *ast.Image, *ast.AutoLink:
		_, to := block.Position()
		places(pc)[n] = Span{from.Start, to.Start}
	}
	return n
}

// CloseBlock is how the link parser drops brackets that stay open.
func (p placed) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if c, ok := p.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// neutralizer is one call of [Neutral].
type neutralizer struct {
	link    func(string) (string, bool)
	answers map[string]string // what link said; "" for no
	known   map[string]target // by the source of the destination
	own     map[string]bool   // destinations that were put in here
}

// pass rewrites what one parse finds. It refuses text that is too much to
// parse.
func (n *neutralizer) pass(markdown string) (string, bool) {
	source := []byte(markdown)
	if !parsable(source) {
		return "", false
	}
	out, tables := n.rewrite(source, neutralTableParser)
	if tables {
		out, _ = n.rewrite(out, neutralParser)
	}
	return string(out), true
}

// parsable reports whether the text is harmless to parse.
func parsable(source []byte) bool {
	if bytes.Count(source, []byte("\n")) > MaxLines || hugeTable(source) {
		return false
	}
	depth, marks := burden(source)
	// Below this goldmark finds no more quotes and lists, and others do.
	return depth < maxDepth-1 && marks <= maxMarks
}

// burden returns how deep blocks nest, and how many brackets of one kind a
// paragraph has at most. It finds blocks only, which is linear.
func burden(source []byte) (depth, marks int) {
	var walk func(n ast.Node, at int)
	walk = func(n ast.Node, at int) {
		depth = max(depth, at)
		switch n.Kind() {
		case ast.KindParagraph, ast.KindTextBlock, ast.KindHeading:
			square, angle := 0, 0
			for _, s := range linesOf(n) {
				line := source[s.Start:s.Stop]
				square += bytes.Count(line, []byte("["))
				angle += bytes.Count(line, []byte("<"))
			}
			marks = max(marks, square, angle)
			return
		}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			walk(c, at+1)
		}
	}
	walk(blockParser.Parse(text.NewReader(source)), 0)
	return depth, marks
}

// edit is a change of the source.
type edit struct {
	Span
	to string
}

// rewriter collects the edits of one parse.
type rewriter struct {
	*neutralizer
	source []byte
	places map[ast.Node]Span
	edits  []edit
	code   []Span // where an ampersand is an ampersand
	tables bool
	block  ast.Node // the one that open belongs to
	open   int      // its first bracket
}

func (n *neutralizer) rewrite(source []byte, p parser.Parser) (out []byte, tables bool) {
	pc := parser.NewContext()
	root := p.Parse(text.NewReader(source), parser.WithContext(pc))
	w := rewriter{neutralizer: n, source: source, places: places(pc)}
	w.node(root, false)
	w.entities()
	if len(w.edits) == 0 {
		return source, w.tables
	}
	// Where two of them overlap, the one around the other is made.
	slices.SortStableFunc(w.edits, func(a, b edit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		if a.Len() == 0 || b.Len() == 0 { // insertions first
			return a.Len() - b.Len()
		}
		return b.End - a.End
	})
	at := 0
	for _, e := range w.edits {
		if e.Start < at {
			continue
		}
		out = append(out, source[at:e.Start]...)
		out = append(out, e.to...)
		at = e.End
	}
	return append(out, source[at:]...), w.tables
}

func (w *rewriter) replace(start, end int, to string) {
	w.edits = append(w.edits, edit{Span{start, end}, to})
}

// node visits n and what is below it. inLink says that a link which stays is
// around it.
func (w *rewriter) node(n ast.Node, inLink bool) {
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		if n.Info != nil {
			w.code = append(w.code, Span{n.Info.Segment.Start, n.Info.Segment.Stop})
		}
		w.codeLines(n)
		return
	case *ast.CodeBlock:
		w.codeLines(n)
		return
	case *ast.CodeSpan:
		if first, ok := n.FirstChild().(*ast.Text); ok {
			last, _ := n.LastChild().(*ast.Text)
			w.code = append(w.code, Span{first.Segment.Start, last.Segment.Stop})
		}
		return
	case *ast.HTMLBlock:
		w.html(n)
		return
	case *ast.RawHTML:
		for _, s := range n.Segments.Sliced(0, n.Segments.Len()) {
			w.replace(s.Start, s.Stop, literal(w.source[s.Start:s.Stop]))
		}
		return
	case *ast.LinkReferenceDefinition:
		w.definition(n)
		return
	case *ast.AutoLink:
		at := w.places[n]
		if _, k := destination(n.URL(w.source)); n.AutoLinkType == ast.AutoLinkURL && k != outward {
			w.replace(at.Start, at.End, literal(at.In(w.source)))
		}
		return
	case *ast.Link:
		inLink = w.toLink(n) || inLink
	case *ast.Image:
		w.toImage(n, inLink)
	case *ast.Text:
		w.lookalikes(n)
		return
	case *east.Table:
		w.tables = true
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c, inLink)
	}
}

func (w *rewriter) codeLines(n ast.Node) {
	for _, s := range linesOf(n) {
		w.code = append(w.code, Span{s.Start, s.Stop})
	}
}

// toLink rewrites a link and reports whether it stays one.
func (w *rewriter) toLink(n *ast.Link) bool {
	to, keep := w.target(n.Destination)
	tail := w.places[n]
	if keep && to != "" && n.Reference == nil {
		keep = w.retarget(tail.Start+2, tail.End-1, n.Destination, to)
	}
	if !keep {
		w.replace(n.Pos(), n.Pos()+1, w.unmarked(n, n.Pos(), n.Pos()+1))
		w.replace(tail.Start, tail.End, "")
	}
	return keep
}

// toImage makes a link of an image, or its description.
func (w *rewriter) toImage(n *ast.Image, inLink bool) {
	to, keep := w.target(n.Destination)
	if dest, _ := destination(n.Destination); strings.HasPrefix(strings.ToLower(dest), "mailto:") {
		keep = false
	}
	start, tail := n.Pos(), w.places[n]
	nested := false
	_ = ast.Walk(n, func(c ast.Node, _ bool) (ast.WalkStatus, error) {
		switch c.(type) {
		case *ast.Link, *ast.Image, *ast.AutoLink:
			nested = nested || c != n
		}
		return ast.WalkContinue, nil
	})
	plain := !keep || inLink || nested // links do not nest
	if !plain && to != "" && n.Reference == nil {
		plain = !w.retarget(tail.Start+2, tail.End-1, n.Destination, to)
	}
	if plain {
		address := ""
		if keep && !inLink {
			address, _ = destination(n.Destination)
			if to != "" {
				address = to
			}
			address = " (" + NeutralText(address) + ")"
		}
		w.replace(start, start+2, w.unmarked(n, start, start+2))
		w.replace(tail.Start, tail.End, address)
		return
	}
	if start > 0 && w.source[start-1] == '!' && !escaped(w.source, start-1) {
		w.replace(start-1, start-1, "\\")
	}
	w.replace(start, start+1, "")
	if isBlank(w.source[start+2 : tail.Start]) {
		w.replace(tail.Start, tail.Start, "image") // a link that can be seen
	}
}

// unmarked is what stands for an opening bracket that goes: nothing, or what
// keeps the text behind it from becoming a list or a heading.
func (w *rewriter) unmarked(n ast.Node, start, end int) string {
	in := linesOf(blockOf(n))
	i, _ := slices.BinarySearchFunc(in, start, func(s text.Segment, at int) int { return s.Stop - at - 1 })
	if i == len(in) || start < in[i].Start || !isBlank(w.source[in[i].Start:start]) {
		return ""
	}
	line, _, _ := bytes.Cut(w.source[end:], []byte("\n"))
	switch at := startMark(string(line)); {
	case at == 0:
		return "\\"
	case at > 0:
		w.replace(end+at, end+at, "\\")
	}
	return ""
}

// blockOf is the block that an inline node stands in.
func blockOf(n ast.Node) ast.Node {
	for n.Type() == ast.TypeInline {
		n = n.Parent()
	}
	return n
}

func linesOf(block ast.Node) []text.Segment {
	return block.Lines().Sliced(0, block.Lines().Len())
}

// retarget puts a new destination in the place of one that stands between from
// and to.
func (w *rewriter) retarget(from, to int, old []byte, dest string) bool {
	part := w.source[from:to]
	i := bytes.Index(part, old)
	if len(bytes.TrimSpace(old)) == 0 {
		if len(bytes.Trim(part, " \t\r\n<>")) > 0 {
			return false // it has a title
		}
		w.replace(from, to, dest)
		return true
	}
	if i < 0 {
		return false
	}
	start, end := from+i, from+i+len(old)
	if start > 0 && w.source[start-1] == '<' && end < len(w.source) && w.source[end] == '>' {
		start, end = start-1, end+1
	}
	w.replace(start, end, dest)
	return true
}

// definition rewrites the destination of a reference, or drops the definition.
func (w *rewriter) definition(n *ast.LinkReferenceDefinition) {
	lines := linesOf(n)
	to, keep := w.target(n.Destination)
	if keep && to == "" || len(lines) == 0 {
		return
	}
	if keep {
		start, end := lines[0].Start, lines[len(lines)-1].Stop
		for i := start; i+1 < end; i++ {
			if w.source[i] == ']' && w.source[i+1] == ':' && !escaped(w.source, i) {
				if w.retarget(i+2, end, n.Destination, to) {
					return
				}
				break
			}
		}
	}
	for _, s := range lines {
		w.replace(s.Start, s.Start+len(bytes.TrimRight(w.source[s.Start:s.Stop], "\r\n")), "")
	}
}

// html shows an HTML block as a paragraph, line by line.
func (w *rewriter) html(n *ast.HTMLBlock) {
	lines := linesOf(n)
	if n.HasClosure() {
		lines = append(slices.Clone(lines), n.ClosureLine)
	}
	// Neither the text before it nor that behind it is a part of it.
	first := bytes.LastIndexByte(w.source[:lines[0].Start], '\n') + 1
	if first > 0 && !w.blankLine(first-1) && n.PreviousSibling() != nil {
		switch n.PreviousSibling().Kind() {
		case ast.KindHeading, ast.KindThematicBreak, ast.KindFencedCodeBlock, ast.KindCodeBlock, ast.KindHTMLBlock:
		default:
			w.blankBefore(first)
		}
	}
	for i, s := range lines {
		line := w.source[s.Start:s.Stop]
		body := bytes.TrimRight(line, "\r\n")
		content := bytes.TrimLeft(body, " \t")
		if len(content) == 0 {
			continue
		}
		var b strings.Builder
		for _, c := range body[:len(body)-len(content)] {
			b.WriteString("&nbsp;")
			if c == '\t' {
				b.WriteString("&nbsp;&nbsp;&nbsp;")
			}
		}
		at := startMark(string(content))
		if at < 0 {
			b.WriteString(literal(content))
		} else {
			b.WriteString(literal(content[:at]) + "\\" + literal(content[at:]))
		}
		if i+1 < len(lines) && !isBlank(w.source[lines[i+1].Start:lines[i+1].Stop]) && !bytes.HasSuffix(body, []byte("  ")) {
			b.WriteString("  ") // a line break
		}
		w.replace(s.Start, s.Start+len(body), b.String())
	}
	last := lines[len(lines)-1]
	next := len(w.source)
	if i := bytes.IndexByte(w.source[max(last.Stop-1, 0):], '\n'); i >= 0 {
		next = max(last.Stop-1, 0) + i + 1
	}
	if next < len(w.source) && !w.blankLine(next) {
		w.blankBefore(next)
	}
}

// blankLine reports whether the line at an offset has nothing in it but quote
// marks.
func (w *rewriter) blankLine(at int) bool {
	start := bytes.LastIndexByte(w.source[:at], '\n') + 1
	line, _, _ := bytes.Cut(w.source[start:], []byte("\n"))
	return len(bytes.Trim(line, " \t\r>")) == 0
}

// blankBefore puts a blank line before the one that begins at start, in the same
// quote.
func (w *rewriter) blankBefore(start int) {
	rest := w.source[start:]
	prefix := rest[:len(rest)-len(bytes.TrimLeft(rest, " \t>"))]
	end := "\n"
	if bytes.HasSuffix(w.source[:start], []byte("\r\n")) {
		end = "\r\n"
	}
	w.replace(start, start, strings.TrimRight(string(prefix), " \t")+end)
}

// maxScheme is how far lookalikes looks for a scheme. It has room for one that
// is written in entities.
const maxScheme = 256

// lookalikes escapes what reads like a link to a forbidden address and is none
// to goldmark, which is not the one that shows it: it gives up behind open
// brackets that are far apart, for instance.
func (w *rewriter) lookalikes(n *ast.Text) {
	if block := blockOf(n); block != w.block {
		w.block, w.open = block, firstOpen(w.source, linesOf(block))
	}
	for at := n.Segment.Start; ; {
		i := bytes.IndexByte(w.source[at:n.Segment.Stop], ']')
		if i < 0 {
			return
		}
		at += i + 1
		if at >= len(w.source) || w.source[at] != '(' || at < w.open || escaped(w.source, at-1) {
			continue
		}
		rest := w.source[at+1 : min(len(w.source), at+1+maxScheme)]
		rest = bytes.TrimLeft(rest, " \t\r\n><")
		if end := bytes.IndexAny(rest, " \t\r\n<>)"); end >= 0 {
			rest = rest[:end]
		}
		if !bytes.ContainsAny(rest, ":;/\\") {
			continue
		}
		if _, k := destination(rest); k == forbidden {
			w.replace(at-1, at-1, "\\")
		}
	}
}

// firstOpen returns where the first bracket is that can open a link.
func firstOpen(source []byte, lines []text.Segment) int {
	for _, s := range lines {
		for i := s.Start; i < s.Stop; i++ {
			if source[i] == '[' && !escaped(source, i) {
				return i
			}
		}
	}
	return len(source)
}

// entities shows hidden characters that are written as an entity.
func (w *rewriter) entities() {
	slices.SortFunc(w.code, func(a, b Span) int { return a.Start - b.Start })
	code := w.code
	for at := 0; ; {
		i := bytes.IndexByte(w.source[at:], '&')
		if i < 0 {
			return
		}
		at += i
		for len(code) > 0 && code[0].End <= at {
			code = code[1:]
		}
		r, size := entity(w.source[at:])
		if size == 0 || len(code) > 0 && code[0].Start <= at || !hiddenRunes(r) {
			at++
			continue
		}
		start := at
		if escaped(w.source, at) {
			start-- // plain text already, but what shows it may resolve it nonetheless
		}
		w.replace(start, at+size, showAll(r))
		at += size
	}
}

// escaped reports whether a backslash makes the character plain.
func escaped(source []byte, at int) bool {
	n := 0
	for n < at && source[at-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// literal escapes text within a paragraph so that it shows as it is. A pipe that
// is escaped stays so: it may stand in a table.
func literal(s []byte) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\':
			if i+1 < len(s) && s[i+1] == '|' {
				b.WriteByte(c)
				i++
			} else {
				b.WriteByte('\\')
			}
		case '`', '*', '_', '[', ']', '<', '~', '|':
			b.WriteByte('\\')
		case '&':
			r, size := entity(s[i:])
			if size > 0 && hiddenRunes(r) {
				b.WriteString(showAll(r))
				i += size - 1
				continue
			}
			if size > 0 {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// reach is where a destination leads.
type reach int

const (
	forbidden reach = iota
	relative
	outward // http, https, mailto
)

// destination resolves the source of a destination and says where it leads.
func destination(raw []byte) (string, reach) {
	if len(raw) > maxDestination {
		return "", forbidden
	}
	s := resolved(string(raw))
	k := schemeReach(s)
	// Resolved twice is once too often, but somebody may do it, or not at all.
	for _, other := range []string{clean(string(raw)), resolved(s), resolved(resolved(s))} {
		if schemeReach(other) == forbidden {
			k = forbidden
		}
	}
	return s, k
}

func resolved(s string) string {
	return clean(string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations([]byte(s))))))
}

// clean drops what browsers drop.
func clean(s string) string {
	return strings.TrimFunc(lineEnds.Replace(s), func(r rune) bool { return r <= ' ' })
}

var lineEnds = strings.NewReplacer("\t", "", "\n", "", "\r", "")

func schemeReach(s string) reach {
	lower := strings.ToLower(s[:min(len(s), 8)])
	for _, scheme := range []string{"http://", "https://", "mailto:"} {
		if strings.HasPrefix(lower, scheme) {
			return outward
		}
	}
	if i := strings.IndexAny(s, ":/?#\\"); i >= 0 && s[i] == ':' {
		return forbidden
	}
	if len(s) > 1 && strings.IndexByte(`/\`, s[0]) >= 0 && strings.IndexByte(`/\`, s[1]) >= 0 {
		return forbidden // another host, by whatever scheme the client has
	}
	return relative
}

// target says whether a link may stay, and what its destination becomes; "" is
// what it is.
type target struct {
	to   string
	keep bool
}

func (n *neutralizer) target(raw []byte) (to string, keep bool) {
	if n.own[string(raw)] {
		return "", true
	}
	t, ok := n.known[string(raw)]
	if !ok {
		t = n.newTarget(raw)
		n.known[string(raw)] = t
	}
	return t.to, t.keep
}

func (n *neutralizer) newTarget(raw []byte) target {
	dest, k := destination(raw)
	if k != relative {
		return target{keep: k == outward}
	}
	to, asked := n.answers[dest]
	if !asked {
		to = n.ask(dest)
		n.answers[dest] = to
		n.own[to] = to != ""
	}
	if to == string(raw) {
		return target{keep: true}
	}
	return target{to, to != ""}
}

func (n *neutralizer) ask(dest string) string {
	if n.link == nil {
		return ""
	}
	to, ok := n.link(dest)
	to = strings.TrimSpace(to)
	if !ok || schemeReach(to) == forbidden && !strings.HasPrefix(strings.ToLower(to), "file://") {
		return ""
	}
	var b strings.Builder
	for i := range len(to) {
		if c := to[i]; c <= ' ' || c == 0x7f || strings.IndexByte("<>\"()\\`|[]{}^*", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else if c == '&' {
			if _, size := entity([]byte(to[i:])); size > 0 {
				b.WriteString("&amp;")
			} else {
				b.WriteByte(c)
			}
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// entity reads a character reference at the start of s.
func entity(s []byte) (characters string, size int) {
	if len(s) < 4 || s[0] != '&' {
		return "", 0
	}
	end := bytes.IndexByte(s[:min(len(s), 40)], ';')
	if end < 0 {
		return "", 0
	}
	name := string(s[1:end])
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex := strings.TrimLeft(digits, "xX"); len(hex) == len(digits)-1 {
			digits, base = hex, 16
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil {
			return "", 0
		}
		return string(rune(min(n, unicode.MaxRune+1))), end + 1
	}
	e, ok := util.LookUpHTML5EntityByName(name)
	if !ok {
		return "", 0
	}
	return string(e.Characters), end + 1
}

// hiddenRunes reports whether an entity stands for something that hides. An
// entity is no place for the rare uses that such characters have in writing,
// but READMEs have their emoji made coloured with it.
func hiddenRunes(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return invisible(r) && r != 0xFE0E && r != 0xFE0F
	})
}

// hiddenEntity reports whether such an entity begins at i.
func hiddenEntity(s []byte, i int) bool {
	r, size := entity(s[i:])
	return size > 0 && hiddenRunes(r)
}

// Visible shows characters that control, reorder or hide: ␛ for an escape,
// ⟨U+202E⟩ for an override of the direction. These are
//
//   - control characters other than tab and line ends; a carriage return only
//     counts as one before a line feed, since clients differ in that,
//   - the separators U+2028 and U+2029, for the same reason,
//   - all that Unicode calls default-ignorable or formatting: directional marks,
//     overrides and isolates, zero-width characters, soft hyphens, fillers, tags,
//     byte order marks,
//   - bytes that are no UTF-8, as ⟨0xFF⟩, and U+FFFD, at which goldmark stops
//     reading a tag.
//
// They stay where writing needs them: a joiner between emoji, or behind a letter
// of a script that has joiners; one variation selector behind a character that has
// variants; the tags of the three flags that are made of them.
func Visible(s string) string {
	clean := true
	for i := 0; clean && i < len(s); i++ {
		c := s[i]
		clean = c >= ' ' && c < 0x7f || c == '\n' || c == '\t'
	}
	if clean {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	last := ' ' // the character before, as it is shown
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == 0x1F3F4 {
			if flag := flagTags(s[i+size:]); flag > 0 {
				b.WriteString(s[i : i+size+flag])
				i += size + flag
				last = 0xE007F
				continue
			}
		}
		next, _ := utf8.DecodeRuneInString(s[i+size:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "⟨0x%02X⟩", s[i])
			r = '⟩'
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"), !invisible(r), belongs(last, r, next):
			b.WriteString(s[i : i+size])
		default:
			b.WriteString(show(r))
			r = '⟩'
		}
		last = r
		i += size
	}
	return b.String()
}

// invisible reports whether a character is shown by its number, in most places.
func invisible(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r >= ' ' && r < 0x7f:
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // these are seen
		return false
	case r == utf8.RuneError, r == 0x2028, r == 0x2029, 0xE0000 <= r && r <= 0xE0FFF:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// belongs reports whether an invisible character has its place between two
// others.
func belongs(before, r, after rune) bool {
	switch {
	case r == 0x200C || r == 0x200D: // joiners
		if unicode.In(before, joining...) && unicode.In(before, unicode.L, unicode.M) {
			return true
		}
		return r == 0x200D && pictorial(before) && pictorial(after)
	case 0xFE00 <= r && r <= 0xFE0F:
		if before == '⟩' || invisible(before) {
			return false
		}
		if r >= 0xFE0E && unicode.In(before, unicode.S, unicode.P, unicode.N) || before == 0x2139 {
			return true
		}
		return unicode.In(before, unicode.Sm, unicode.Han, unicode.Myanmar, unicode.Phags_Pa)
	case 0xE0100 <= r && r <= 0xE01EF:
		return unicode.Is(unicode.Han, before)
	case 0x180B <= r && r <= 0x180F && r != 0x180E:
		return unicode.Is(unicode.Mongolian, before) && unicode.IsLetter(before)
	}
	return false
}

// pictorial reports whether a character may be joined to an emoji.
func pictorial(r rune) bool {
	if 0x2400 <= r && r <= 0x243F || r == utf8.RuneError {
		return false // what controls are shown as
	}
	return unicode.In(r, unicode.So) || r == 0xFE0F || r == 0xE007F || 0x1F3FB <= r && r <= 0x1F3FF || 0x2190 <= r && r <= 0x21FF
}

// joining are the scripts that write with joiners.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic, unicode.Hanifi_Rohingya, unicode.Adlam,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// flagTags returns the length of the tags that make a black flag one of
// England, Scotland or Wales.
func flagTags(s string) int {
	for _, name := range []string{"gbeng", "gbsct", "gbwls"} {
		tags := strings.Map(func(r rune) rune { return 0xE0000 + r }, name) + "\U000E007F"
		if strings.HasPrefix(s, tags) {
			return len(tags)
		}
	}
	return 0
}

func show(r rune) string {
	switch {
	case r < ' ':
		return string(0x2400 + r)
	case r == 0x7f:
		return "␡"
	}
	return fmt.Sprintf("⟨U+%04X⟩", r)
}

// showAll shows the characters of an entity.
func showAll(s string) string {
	var b strings.Builder
	for _, r := range s {
		if invisible(r) {
			b.WriteString(show(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
