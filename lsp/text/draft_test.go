package text_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chubls/chubls/lsp/text"
)

func ExampleDraft() {
	m := text.NewMapper([]byte("one\ntwo\n"), text.UTF16)
	d := m.Draft()
	start, end := d.RangeOffsets(text.Range{Start: text.Position{Line: 1}, End: text.Position{Line: 1, Character: 3}})
	d.Replace(start, end, "zwei")
	d.Replace(0, 0, "null\n")
	fmt.Print(string(d.Mapper().Text()))
	// Output:
	// null
	// one
	// zwei
}

// sample makes texts out of pieces that matter to lines and columns.
func sample(random *rand.Rand, pieces int) string {
	kinds := []string{"\r", "\n", "\r\n", "a", "é", "♪", "𝄞", "\xff", "\xc3"}
	var b strings.Builder
	for range pieces {
		b.WriteString(kinds[random.IntN(len(kinds))])
	}
	return b.String()
}

// state is all that a mapper shows.
type state struct {
	Text   string
	Lines  int
	Places []text.Position
}

func stateOf(m *text.Mapper) state {
	s := state{Text: string(m.Text()), Lines: m.Lines()}
	for offset := range len(m.Text()) + 1 {
		s.Places = append(s.Places, m.OffsetPosition(offset))
	}
	return s
}

func TestDraftEqualsRebuild(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		old := text.NewMapper([]byte(sample(random, random.IntN(12))), text.UTF16)
		before := stateOf(old)
		d, plain := old.Draft(), before.Text
		for range 1 + random.IntN(4) {
			start := random.IntN(len(plain) + 1)
			end := start + random.IntN(len(plain)-start+1)
			insert := sample(random, random.IntN(5))
			d.Replace(start, end, insert)
			next := plain[:start] + insert + plain[end:]
			if d.Len() != len(next) {
				t.Fatalf("%q with [%d:%d] = %q has length %d, want %d", plain, start, end, insert, d.Len(), len(next))
			}
			plain = next
		}
		want := stateOf(text.NewMapper([]byte(plain), text.UTF16))
		if diff := cmp.Diff(want, stateOf(d.Mapper())); diff != "" {
			t.Fatalf("draft of %q differs from a rebuild (-want +got):\n%s", before.Text, diff)
		}
		if diff := cmp.Diff(before, stateOf(old)); diff != "" {
			t.Fatalf("the draft changed the version before it (-want +got):\n%s", diff)
		}
	}
}

func FuzzDraft(f *testing.F) {
	f.Add("a\r\nb", 2, 2, "\n")
	f.Add("a\rb", 2, 2, "\n")
	f.Add("a\r\nb", 1, 2, "")
	f.Add("", 0, 0, "\r\n")
	f.Fuzz(func(t *testing.T, old string, start, end int, insert string) {
		if start < 0 || end < start || end > len(old) {
			return
		}
		d := text.NewMapper([]byte(old), text.UTF16).Draft()
		d.Replace(start, end, insert)
		want := text.NewMapper([]byte(old[:start]+insert+old[end:]), text.UTF16)
		if diff := cmp.Diff(stateOf(want), stateOf(d.Mapper())); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkKeystroke(b *testing.B) {
	m := text.NewMapper([]byte(strings.Repeat("const client = new Client({ key })\n", 10_000)), text.UTF16)
	at := text.Position{Line: 5000, Character: 10}
	b.ReportAllocs()
	for b.Loop() {
		d := m.Draft()
		start, end := d.RangeOffsets(text.Range{Start: at, End: at})
		d.Replace(start, end, "x")
		_ = d.Mapper()
	}
}
