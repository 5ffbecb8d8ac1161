package analyzer

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	sitter "github.com/smacker/go-tree-sitter"
)

// parseLimit bounds one parse, in microseconds: hostile input may be slow, and
// a tree that comes too late helps nobody.
const parseLimit = 1_500_000

// liveTrees counts the trees that are not closed yet.
var liveTrees atomic.Int64

// LiveTrees returns the number of syntax trees that are held, for leak tests.
func LiveTrees() int64 { return liveTrees.Load() }

// tree is a syntax tree whose end is explicit: the binding's finalizers do not
// keep up with an editor. It is not safe for concurrent use, not even to read,
// since the binding fills a cache of nodes while one reads.
type tree struct {
	*sitter.Tree
	cursor *sitter.TreeCursor // of descend, kept from one to the next; nil before the first
}

func newTree(t *sitter.Tree) *tree {
	liveTrees.Add(1)
	return &tree{Tree: t}
}

// copy shares the nodes, not the cache: the copy can be read while t is.
func (t *tree) copy() *tree { return newTree(t.Tree.Copy()) }

func (t *tree) close() {
	if t != nil {
		if t.cursor != nil {
			t.cursor.Close()
		}
		t.Tree.Close()
		liveTrees.Add(-1)
	}
}

// descend lists the nodes around the byte at offset, from the root to the leaf. It
// starts from a list that was made for another offset; none will do.
func (t *tree) descend(path []*sitter.Node, offset int) []*sitter.Node {
	for len(path) > 0 && !(int(path[len(path)-1].StartByte()) <= offset && offset < int(path[len(path)-1].EndByte())) {
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		path = []*sitter.Node{t.RootNode()}
	}
	path = slices.Clip(path)
	if t.cursor == nil {
		t.cursor = sitter.NewTreeCursor(path[len(path)-1])
	} else {
		t.cursor.Reset(path[len(path)-1])
	}
	above := len(path)
	// The cursor stops at the first child that reaches the byte it is given, be it
	// with its end: the next byte makes that the first one that holds the offset,
	// or lies behind it.
	for len(path) < maxNesting && t.cursor.GoToFirstChildForByte(uint32(offset)+1) >= 0 {
		path = append(path, t.cursor.CurrentNode())
	}
	for len(path) > above && int(path[len(path)-1].StartByte()) > offset {
		path = path[:len(path)-1]
	}
	return path
}

// parsers pools parsers, which are costly to make, by grammar.
var parsers sync.Map // *sitter.Language's Language row -> *sync.Pool

// parse reads text, after the edits made to old if there is one. It returns nil
// where no tree could be had in time.
func (l *Language) parse(old *tree, text []byte) *tree {
	pool, _ := parsers.LoadOrStore(l, &sync.Pool{New: func() any {
		p := sitter.NewParser()
		p.SetLanguage(l.grammar())
		p.SetOperationLimit(parseLimit)
		return p
	}})
	p := pool.(*sync.Pool).Get().(*sitter.Parser)
	defer pool.(*sync.Pool).Put(p)
	var base *sitter.Tree
	if old != nil {
		base = old.Tree
	}
	// A context that can be cancelled poisons the parser: the flag may be set
	// after the parse that it was meant for. The operation limit does the work.
	t, err := p.ParseCtx(context.Background(), base, text)
	if err != nil {
		p.Reset() // or the next parse would go on with this one's half-read text
		return nil
	}
	return newTree(t)
}

// sitterEdit describes an edit of text to tree-sitter, which wants bytes and points.
func sitterEdit(text []byte, e Edit) sitter.EditInput {
	return sitter.EditInput{
		StartIndex:  uint32(e.Span.Start),
		OldEndIndex: uint32(e.Span.End),
		NewEndIndex: uint32(e.Span.Start + len(e.New)),
		StartPoint:  pointAt(text, e.Span.Start),
		OldEndPoint: pointAt(text, e.Span.End),
		// NewEndPoint is ignored by the binding.
	}
}
