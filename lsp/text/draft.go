package text

import "slices"

// Draft is a text on its way from one version to the next. It starts as a copy
// of a mapper's text, takes any number of edits, each in terms of the text
// that the edits before it left, and ends as the next version's Mapper. The
// whole run costs one copy of the text and one of the index.
//
// A Draft belongs to one goroutine.
type Draft struct{ m Mapper }

// slack is the room, in bytes, that a draft leaves for text to be typed.
const slack = 256

// Draft starts the next version of the mapper's text.
func (m *Mapper) Draft() *Draft {
	text := append(make([]byte, 0, len(m.text)+slack), m.text...)
	starts := append(make([]int, 0, len(m.starts)+8), m.starts...)
	return &Draft{Mapper{text: text, encoding: m.encoding, starts: starts}}
}

// Len returns the length in bytes of the text as it stands.
func (d *Draft) Len() int { return len(d.m.text) }

// RangeOffsets is Mapper.RangeOffsets for the text as it stands.
func (d *Draft) RangeOffsets(r Range) (start, end int) { return d.m.RangeOffsets(r) }

// Replace puts insert in the place of the bytes from start up to end, which
// must lie in the text.
func (d *Draft) Replace(start, end int, insert string) {
	m := &d.m
	// Whether a line starts at an offset is known from the bytes on its two
	// sides. So the edit leaves alone the starts before start and those after
	// end, which only move; those from start to end are looked for again.
	keep, _ := slices.BinarySearch(m.starts, max(start, 1))
	tail, _ := slices.BinarySearch(m.starts, max(end, 0)+1)
	tail = max(tail, keep)

	m.text = splice(m.text, start, end, insert)
	moved := len(insert) - (end - start)
	for i := tail; i < len(m.starts); i++ {
		m.starts[i] += moved
	}
	fresh := appendStarts(nil, m.text, max(start, 1), start+len(insert))
	m.starts = slices.Replace(m.starts, keep, tail, fresh...)
}

// Mapper ends the draft: it returns the next version, and the draft must not
// be used any more.
func (d *Draft) Mapper() *Mapper { return &d.m }

// splice is slices.Replace for a string into bytes, in place where there is room.
func splice(text []byte, start, end int, insert string) []byte {
	size := len(text) - (end - start) + len(insert)
	if size > cap(text) {
		grown := make([]byte, 0, size+size/8+slack)
		grown = append(grown, text[:start]...)
		grown = append(grown, insert...)
		return append(grown, text[end:]...)
	}
	tail := text[end:]
	text = text[:size]
	copy(text[start+len(insert):], tail)
	copy(text[start:], insert)
	return text
}
