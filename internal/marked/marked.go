// Package marked reads the marks that tests write into sources: ‸ for a
// cursor, « and » around a range.
package marked

import (
	"fmt"
	"strings"
)

// Source is a text whose marks have been taken out.
type Source struct {
	Text    string
	Cursors []int    // byte offsets in Text
	Ranges  [][2]int // byte offsets [start, end), in order, not nested
}

// Parse takes the marks out of a text.
func Parse(text string) (Source, error) {
	var s Source
	var b strings.Builder
	open := -1
	for _, r := range text {
		switch {
		case r == '‸':
			s.Cursors = append(s.Cursors, b.Len())
		case r == '«' && open < 0:
			open = b.Len()
		case r == '»' && open >= 0:
			s.Ranges = append(s.Ranges, [2]int{open, b.Len()})
			open = -1
		case r == '«' || r == '»':
			return s, fmt.Errorf("%c at byte %d has no counterpart", r, b.Len())
		default:
			b.WriteRune(r)
		}
	}
	if open >= 0 {
		return s, fmt.Errorf("« at byte %d has no counterpart", open)
	}
	s.Text = b.String()
	return s, nil
}

// Line draws a range into the line, or lines, that it stands in.
func Line(text string, start, end int) string {
	from := strings.LastIndexByte(text[:start], '\n') + 1
	to := len(text)
	if i := strings.IndexByte(text[end:], '\n'); i >= 0 {
		to = end + i
	}
	return text[from:start] + "«" + text[start:end] + "»" + text[end:to]
}
