package text_test

import (
	"fmt"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/chubls/chubls/lsp/text"
)

// The note is 3 bytes, one UTF-16 unit; the clef is 4 bytes, two UTF-16 units.
const song = "do ♪ re\r\n𝄞 mi\rfa\n"

func Example() {
	m := text.NewMapper([]byte(song), text.UTF16)
	offset := m.PositionOffset(text.Position{Line: 1, Character: 3})
	fmt.Printf("%q\n", m.Text()[offset:offset+2])
	fmt.Println(m.OffsetPosition(offset))
	// Output:
	// "mi"
	// {1 3}
}

func TestPositionOffset(t *testing.T) {
	tests := []struct {
		name            string
		encoding        text.Encoding
		line, character uint32
		want            int
	}{
		{"start", text.UTF16, 0, 0, 0},
		{"after the note, in UTF-16", text.UTF16, 0, 4, 6},
		{"after the note, in bytes", text.UTF8, 0, 6, 6},
		{"inside the note's bytes is its start", text.UTF8, 0, 5, 3},
		{"after the note, in code points", text.UTF32, 0, 4, 6},
		{"end of a line is before its line end", text.UTF16, 0, 7, 9},
		{"beyond the end of a line is its end", text.UTF16, 0, 99, 9},
		{"the largest character is the end of the line", text.UTF8, 0, 1<<32 - 1, 9},
		{"line after \\r\\n", text.UTF16, 1, 0, 11},
		{"inside a surrogate pair is the start of the rune", text.UTF16, 1, 1, 11},
		{"after a surrogate pair", text.UTF16, 1, 2, 15},
		{"after the clef, in code points", text.UTF32, 1, 1, 15},
		{"line after a lone \\r", text.UTF16, 2, 1, 20},
		{"the empty last line", text.UTF16, 3, 5, 22},
		{"beyond the last line is the end", text.UTF16, 4, 0, 22},
		{"the largest line is the end", text.UTF16, 1<<32 - 1, 7, 22},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := text.NewMapper([]byte(song), test.encoding)
			got := m.PositionOffset(text.Position{Line: test.line, Character: test.character})
			if got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestOffsetPosition(t *testing.T) {
	tests := []struct {
		name     string
		encoding text.Encoding
		offset   int
		want     text.Position
	}{
		{"before the text is its start", text.UTF16, -1, text.Position{}},
		{"inside the note is its start", text.UTF16, 4, text.Position{Line: 0, Character: 3}},
		{"inside the note is its start, in bytes", text.UTF8, 5, text.Position{Line: 0, Character: 3}},
		{"between \\r and \\n is before both", text.UTF16, 10, text.Position{Line: 0, Character: 7}},
		{"after the clef", text.UTF16, 15, text.Position{Line: 1, Character: 2}},
		{"after the clef, in bytes", text.UTF8, 15, text.Position{Line: 1, Character: 4}},
		{"after the clef, in code points", text.UTF32, 15, text.Position{Line: 1, Character: 1}},
		{"after the text is its end", text.UTF16, 99, text.Position{Line: 3}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := text.NewMapper([]byte(song), test.encoding).OffsetPosition(test.offset); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestReversedRangeIsPutInOrder(t *testing.T) {
	m := text.NewMapper([]byte("abc\ndef"), text.UTF16)
	start, end := m.RangeOffsets(text.Range{Start: text.Position{Line: 1, Character: 1}, End: text.Position{Character: 2}})
	if start != 2 || end != 5 {
		t.Errorf("got %d..%d, want 2..5", start, end)
	}
}

func TestInvalidBytesCountOneEach(t *testing.T) {
	bad := []byte("a\xff\xfe\xc3b\xf0\x9f\x8e")
	for _, encoding := range encodings {
		m := text.NewMapper(bad, encoding)
		for i := range len(bad) + 1 {
			p := text.Position{Character: uint32(i)}
			if got := m.PositionOffset(p); got != i {
				t.Errorf("encoding %d: position %d is offset %d", encoding, i, got)
			}
			if got := m.OffsetPosition(i); got != p {
				t.Errorf("encoding %d: offset %d is position %v", encoding, i, got)
			}
		}
	}
}

var encodings = []text.Encoding{text.UTF16, text.UTF8, text.UTF32}

// naive is the mapper written as one walk over the text, slowly and plainly:
// for each place where a cursor can stand, its position.
type naive struct {
	offsets   []int
	positions []text.Position
}

func newNaive(b []byte, encoding text.Encoding) naive {
	var n naive
	var p text.Position
	for at := 0; ; {
		n.offsets, n.positions = append(n.offsets, at), append(n.positions, p)
		if at == len(b) {
			return n
		}
		r, size := utf8.DecodeRune(b[at:])
		switch {
		case r == '\r' && at+1 < len(b) && b[at+1] == '\n':
			at += 2
			p = text.Position{Line: p.Line + 1}
			continue
		case r == '\r' || r == '\n':
			p = text.Position{Line: p.Line + 1}
		case encoding == text.UTF8:
			p.Character += uint32(size)
		case encoding == text.UTF16:
			p.Character += uint32(utf16.RuneLen(r))
		default:
			p.Character++
		}
		at += size
	}
}

// offset returns the last place not after p.
func (n naive) offset(p text.Position) int {
	for i := len(n.positions) - 1; i >= 0; i-- {
		if q := n.positions[i]; q.Compare(p) <= 0 {
			if p.Line > n.positions[len(n.positions)-1].Line {
				return n.offsets[len(n.offsets)-1]
			}
			return n.offsets[i]
		}
	}
	return 0
}

// position returns the position of the last place not after offset.
func (n naive) position(offset int) text.Position {
	for i := len(n.offsets) - 1; i >= 0; i-- {
		if n.offsets[i] <= offset {
			return n.positions[i]
		}
	}
	return text.Position{}
}

func checkAgainstNaive(t *testing.T, b []byte) {
	t.Helper()
	for _, encoding := range encodings {
		m, n := text.NewMapper(b, encoding), newNaive(b, encoding)
		for offset := -1; offset <= len(b)+1; offset++ {
			if got, want := m.OffsetPosition(offset), n.position(offset); got != want {
				t.Fatalf("%q, encoding %d: offset %d is %v, want %v", b, encoding, offset, got, want)
			}
		}
		for line := range uint32(m.Lines() + 1) {
			for character := range uint32(len(b) + 2) {
				p := text.Position{Line: line, Character: character}
				if got, want := m.PositionOffset(p), n.offset(p); got != want {
					t.Fatalf("%q, encoding %d: position %v is %d, want %d", b, encoding, p, got, want)
				}
			}
		}
		for i, offset := range n.offsets {
			if got := m.PositionOffset(m.OffsetPosition(offset)); got != offset {
				t.Fatalf("%q, encoding %d: offset %d comes back as %d (place %d)", b, encoding, offset, got, i)
			}
		}
	}
}

func FuzzMapper(f *testing.F) {
	for _, seed := range []string{"", "a", "\r", "\n", "\r\n", "\r\r\n\n", song, "a\xffb\r\xc3", "\xf0\x9f\x8e\x89é\r\n\x80"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 64 {
			b = b[:64] // the reference is slow
		}
		checkAgainstNaive(t, b)
	})
}
