package marked

import (
	"reflect"
	"testing"
)

func TestParse(t *testing.T) {
	got, err := Parse("é‸ = «a.b‸»\n")
	want := Source{Text: "é = a.b\n", Cursors: []int{2, 8}, Ranges: [][2]int{{5, 8}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, bad := range []string{"«", "»", "««»", "«»»"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) has no error", bad)
		}
	}
	if got := Line("x\na.b = 1\ny", 2, 5); got != "«a.b» = 1" {
		t.Errorf("Line gives %q", got)
	}
}
