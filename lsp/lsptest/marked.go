package lsptest

import (
	"fmt"
	"strings"
)

// The markers that tests write into sources.
const (
	cursorMark = "‸"
	openMark   = "«"
	closeMark  = "»"
)

// Marked is a source whose markers have been read.
type Marked struct {
	// Text is the source without its markers.
	Text string
	// Cursor is the byte offset of ‸ in Text, or -1 without one.
	Cursor int
	// Spans are the ranges between « and » in Text, as byte offsets [start, end).
	Spans [][2]int
}

// ParseMarked reads the markers of a source: at most one ‸, and ranges « » that
// do not nest. The cursor may be inside a range.
func ParseMarked(source string) (Marked, error) {
	m := Marked{Cursor: -1}
	var b strings.Builder
	open := -1
	for source != "" {
		at := strings.IndexAny(source, cursorMark+openMark+closeMark)
		if at < 0 {
			b.WriteString(source)
			break
		}
		b.WriteString(source[:at])
		source = source[at:]
		switch {
		case strings.HasPrefix(source, cursorMark):
			if m.Cursor >= 0 {
				return m, fmt.Errorf("a second %s at byte %d", cursorMark, b.Len())
			}
			m.Cursor = b.Len()
			source = source[len(cursorMark):]
		case strings.HasPrefix(source, openMark):
			if open >= 0 {
				return m, fmt.Errorf("%s inside %s at byte %d", openMark, openMark, b.Len())
			}
			open = b.Len()
			source = source[len(openMark):]
		default:
			if open < 0 {
				return m, fmt.Errorf("%s without %s at byte %d", closeMark, openMark, b.Len())
			}
			m.Spans = append(m.Spans, [2]int{open, b.Len()})
			open = -1
			source = source[len(closeMark):]
		}
	}
	if open >= 0 {
		return m, fmt.Errorf("%s without %s at byte %d", openMark, closeMark, open)
	}
	m.Text = b.String()
	return m, nil
}

// Mark writes ranges into a text: the opposite of ParseMarked. The ranges must
// be in order and must not overlap.
func Mark(text string, spans ...[2]int) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s[0]] + openMark + text[s[0]:s[1]] + closeMark)
		at = s[1]
	}
	return b.String() + text[at:]
}

// MarkLines is Mark for one range, cut down to the lines that it touches: what
// a golden file shows of a hover's range.
func MarkLines(text string, span [2]int) string {
	from := strings.LastIndexByte(text[:span[0]], '\n') + 1
	to := len(text)
	if end := strings.IndexByte(text[span[1]:], '\n'); end >= 0 {
		to = span[1] + end
	}
	return Mark(text[from:to], [2]int{span[0] - from, span[1] - from})
}
