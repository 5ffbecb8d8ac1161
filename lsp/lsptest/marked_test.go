package lsptest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chubls/chubls/lsp/lsptest"
)

func TestParseMarked(t *testing.T) {
	got, err := lsptest.ParseMarked("x = «s.Pay‸ment»()\n«é»\n")
	if err != nil {
		t.Fatal(err)
	}
	want := lsptest.Marked{Text: "x = s.Payment()\né\n", Cursor: 9, Spans: [][2]int{{4, 13}, {16, 18}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if back := lsptest.Mark(got.Text, got.Spans...); back != "x = «s.Payment»()\n«é»\n" {
		t.Errorf("marked again: %q", back)
	}
	if line := lsptest.MarkLines(got.Text, got.Spans[1]); line != "«é»" {
		t.Errorf("marked line: %q", line)
	}
}

func TestParseMarkedRefuses(t *testing.T) {
	for _, bad := range []string{"‸ ‸", "«", "»", "« «"} {
		if _, err := lsptest.ParseMarked(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
