package analyzer

import "slices"

// maxPiece is the largest part of a text that is parsed by itself, in bytes.
const maxPiece = 64 << 10

// Breaks reports whether edits put a syntax error into a file that has none. The
// edits are in the order of the text and do not overlap. Only the statements of
// the top level that they touch are parsed anew, with those around them.
func (f *File) Breaks(edits []Edit) bool {
	f.mu.Lock()
	root := f.root()
	if root == nil || root.HasError() {
		f.mu.Unlock()
		return false
	}
	f.listTop()
	pieces := f.pieces(edits)
	f.mu.Unlock()
	for _, p := range pieces {
		if len(p) > maxPiece {
			return f.breaksWhole(edits)
		}
	}
	for _, p := range pieces {
		t := f.language.parse(nil, p)
		if t == nil {
			return true
		}
		broken := t.RootNode().HasError()
		t.close()
		if broken {
			return true
		}
	}
	return false
}

// pieces are the parts of the text that edits touch, edited: each from the
// statement before its first edit to the second one after its last.
func (f *File) pieces(edits []Edit) [][]byte {
	var pieces [][]byte
	for i := 0; i < len(edits); {
		start, end := f.reach(edits[i].Span)
		last := i + 1
		for ; last < len(edits) && edits[last].Span.Start <= end; last++ {
			_, end = f.reach(edits[last].Span)
		}
		var piece []byte
		at := start
		for _, e := range edits[i:last] {
			piece = append(append(piece, f.text[at:e.Span.Start]...), e.New...)
			at = e.Span.End
		}
		pieces = append(pieces, append(piece, f.text[at:max(at, end)]...))
		i = last
	}
	return pieces
}

// reach widens a span to whole statements of the top level, with one before it
// and two behind it.
func (f *File) reach(s Span) (start, end int) {
	first, _ := slices.BinarySearchFunc(f.top, s.Start, func(t topNode, at int) int { return t.Start - at })
	if first = max(first-1, 0); first < len(f.top) {
		start = min(f.top[first].Start, s.Start)
	} else {
		start = s.Start
	}
	next, _ := slices.BinarySearchFunc(f.top, s.End, func(t topNode, at int) int { return t.End - at - 1 })
	end = max(s.End, start)
	if next = min(next+1, len(f.top)-1); next >= 0 {
		end = max(end, f.top[next].End)
	}
	return start, end
}

// breaksWhole is Breaks for long statements: the whole text is parsed again, from
// the tree that there is.
func (f *File) breaksWhole(edits []Edit) bool {
	text := slices.Clone(f.text)
	backwards := slices.Clone(edits)
	slices.Reverse(backwards) // so that none moves those that follow
	for _, e := range backwards {
		text = slices.Replace(text, e.Span.Start, e.Span.End, []byte(e.New)...)
	}
	next := f.Next(text, backwards)
	defer next.Close()
	return next.Broken()
}
