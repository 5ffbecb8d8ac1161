package difftest

import (
	"slices"
	"testing"
)

// The comparison itself, on made-up files.
func TestComparison(t *testing.T) {
	at := func(module, kind string, line int) found {
		p := position{line, 0}
		return found{Module: module, Kind: kind, Statement: p, Literal: p}
	}
	ofType := at("t", "import-type", 9)
	ofType.Class = "import-type-node"
	r := newResult()
	r.file("x/a.ts",
		[]found{at("a", "import", 0), at("a", "require", 4), at("b", "import", 1), at("c", "import", 2), ofType},
		[]found{at("a", "require", 4), at("b", "import", 7), at("d", "import", 3), at("t", "import-type", 9)})
	var got []string
	for _, d := range r.differences {
		got = append(got, d.What+" "+d.Module+" "+d.Detail)
	}
	want := []string{"missing a import at line 1", "missing c import at line 3", "extra d import at line 4"}
	if !slices.Equal(got, want) {
		t.Errorf("differences: got %q, want %q", got, want)
	}
	f := r.languages["typescript"]
	if f.Oracle != 4 || f.Binary != 3 || f.Both != 2 || f.SameLine != 1 {
		t.Errorf("figures: got %+v", f)
	}
	if f.Class["import-type-node"] != 1 || f.ClassFound["import-type-node"] != 1 {
		t.Errorf("classes: got %v of %v", f.ClassFound, f.Class)
	}
}

func TestKnownDifferences(t *testing.T) {
	list, err := readKnown("known.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range list {
		if k.reason == "" {
			t.Errorf("known.txt:%d has no reason", k.line)
		}
	}
	entry := func(what, file, module string) *known {
		return &known{what: what, fileGlob: file, file: glob(file), module: glob(module)}
	}
	entries := []*known{
		entry("missing", "npm/*.js", "a"), entry("extra", "npm/*", "a"),
		entry("missing", "python/there.py", "*"), entry("missing", "python/gone.py", "*"),
	}
	unlisted, stale := sift(entries,
		[]difference{{What: "missing", File: "npm/p/x.js", Module: "a"}, {What: "missing", File: "npm/p/x.ts", Module: "a"}},
		[]string{"npm/p/x.js", "npm/p/x.ts", "python/there.py"})
	if len(unlisted) != 1 || unlisted[0].File != "npm/p/x.ts" {
		t.Errorf("unlisted: got %v", unlisted)
	}
	if len(stale) != 2 || stale[0] != entries[1] || stale[1] != entries[2] {
		t.Errorf("stale: got %v", stale)
	}
}
