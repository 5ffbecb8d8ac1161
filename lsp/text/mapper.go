// Package text converts between the two ways to name a place in a document.
//
// An editor says "line 3, character 7". A parser says "byte 112". The two
// differ in more than arithmetic: a character is a byte, a UTF-16 code unit or
// a code point, as editor and server agreed at the start (Encoding); a line
// may end with \n, \r\n or a lone \r; and an editor may name places that do not
// exist, such as the character after the last one of a line, which the
// protocol says mean the end of the line.
//
// A Mapper owns all of these conversions for one version of a text, so that
// nothing else in chubls adds or subtracts columns. A Draft takes a Mapper's
// text through a run of edits to the next version, and keeps the index of lines
// as it goes instead of building it again.
//
// What is deliberately absent: any error. Every place that an editor can name
// is clamped to one that exists, because a request that races with an edit is
// normal, and a language server that fails on it is a nuisance.
package text

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"
)

// Encoding says what an editor counts as a character.
type Encoding int

const (
	// UTF16 counts UTF-16 code units: an emoji is two. It is the protocol's
	// default, and so the zero value.
	UTF16 Encoding = iota
	// UTF8 counts bytes.
	UTF8
	// UTF32 counts code points.
	UTF32
)

// Position is a place as an editor names it.
type Position struct {
	// Line counts from 0.
	Line uint32
	// Character counts from 0, in units of the mapper's encoding.
	Character uint32
}

// Range is a half-open range of positions: End is the first position after it.
type Range struct{ Start, End Position }

// Compare orders positions as they stand in a text.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Character, q.Character))
}

// Mapper converts places in one version of a text. It is immutable, and safe
// to use from any goroutine.
//
// A byte that is not part of valid UTF-8 counts as one character in every
// encoding, as the replacement character that stands for it would.
type Mapper struct {
	text     []byte
	encoding Encoding
	// starts holds the byte offset of each line; the first is always 0.
	starts []int
}

// NewMapper indexes a text, which must not change afterwards.
func NewMapper(text []byte, encoding Encoding) *Mapper {
	starts := make([]int, 1, 1+len(text)/32)
	return &Mapper{text: text, encoding: encoding, starts: appendStarts(starts, text, 1, len(text))}
}

// Text returns the text that the mapper was made for. It must not be changed.
func (m *Mapper) Text() []byte { return m.text }

// Encoding returns what the mapper counts as a character.
func (m *Mapper) Encoding() Encoding { return m.encoding }

// Lines returns the number of lines. A text that ends with a line end has an
// empty last line, and an empty text has one line.
func (m *Mapper) Lines() int { return len(m.starts) }

// PositionOffset returns the byte offset of a position. A character beyond the
// end of its line means the end of that line (before its line end), a line
// beyond the last means the end of the text, and a character in the middle of
// a code point means the start of that code point.
func (m *Mapper) PositionOffset(p Position) int {
	if uint64(p.Line) >= uint64(len(m.starts)) {
		return len(m.text)
	}
	start, end := m.line(int(p.Line))
	line := m.text[start:end]
	if m.encoding == UTF8 {
		return start + runeStart(line, int(min(uint64(p.Character), uint64(len(line)))))
	}
	at, units := 0, uint32(0)
	for at < len(line) && units < p.Character {
		if line[at] < utf8.RuneSelf { // nearly all of source code
			at++
			units++
			continue
		}
		size, width := m.step(line[at:])
		if width > p.Character-units {
			break // inside a surrogate pair
		}
		at += size
		units += width
	}
	return start + at
}

// OffsetPosition returns the position of a byte offset. An offset outside the
// text is moved to its nearer end, one in the middle of a code point to the
// start of that code point, and one between \r and \n to before both.
func (m *Mapper) OffsetPosition(offset int) Position {
	offset = max(0, min(offset, len(m.text)))
	i, found := slices.BinarySearch(m.starts, offset)
	if !found {
		i--
	}
	start, end := m.line(i)
	line := m.text[start:end]
	rest := runeStart(line, min(offset, end)-start)
	if m.encoding == UTF8 {
		return Position{Line: uint32(i), Character: uint32(rest)}
	}
	units := uint32(0)
	for at := 0; at < rest; {
		if line[at] < utf8.RuneSelf {
			at++
			units++
			continue
		}
		size, width := m.step(line[at:])
		at += size
		units += width
	}
	return Position{Line: uint32(i), Character: units}
}

// RangeOffsets returns the byte offsets of a range, in order even where the
// range is reversed.
func (m *Mapper) RangeOffsets(r Range) (start, end int) {
	start, end = m.PositionOffset(r.Start), m.PositionOffset(r.End)
	return min(start, end), max(start, end)
}

// OffsetsRange returns the range of the bytes from start up to end.
func (m *Mapper) OffsetsRange(start, end int) Range {
	return Range{Start: m.OffsetPosition(start), End: m.OffsetPosition(end)}
}

// line returns the offsets of line i, without its line end.
func (m *Mapper) line(i int) (start, end int) {
	start, end = m.starts[i], len(m.text)
	if i+1 == len(m.starts) {
		return start, end // the last line has no line end
	}
	end = m.starts[i+1] - 1
	if m.text[end] == '\n' && end > start && m.text[end-1] == '\r' {
		end--
	}
	return start, end
}

// step returns the size in bytes of the first code point of b, and its width
// in the mapper's characters.
func (m *Mapper) step(b []byte) (size int, width uint32) {
	r, size := utf8.DecodeRune(b)
	if m.encoding == UTF16 && r > 0xFFFF {
		return size, 2
	}
	return size, 1
}

// runeStart returns the start of the code point of line that at is inside of,
// or at itself where it is inside of none.
func runeStart(line []byte, at int) int {
	for start := at - 1; start >= 0 && start > at-utf8.UTFMax; start-- {
		if !utf8.RuneStart(line[start]) {
			continue
		}
		if _, size := utf8.DecodeRune(line[start:]); start+size > at {
			return start
		}
		break
	}
	return at
}

// appendStarts appends the starts of lines among the offsets from..to of text,
// both included; from is at least 1. Whether a line starts at an offset
// depends on the bytes before and after it, and on nothing else.
func appendStarts(starts []int, text []byte, from, to int) []int {
	for at := from; at <= to; at++ {
		next := bytes.IndexAny(text[at-1:to], "\r\n")
		if next < 0 {
			break
		}
		at += next
		if text[at-1] == '\n' || at == len(text) || text[at] != '\n' {
			starts = append(starts, at)
		}
	}
	return starts
}
