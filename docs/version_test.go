package docs

import "testing"

func TestForVersion(t *testing.T) {
	entry := func(id string, versions ...string) *Variant {
		e := &Entry{ID: id}
		for i, version := range versions {
			e.Variants = append(e.Variants, &Variant{Entry: e, Language: "python", Version: version, Recommended: i == 0})
		}
		return e.Variants[0]
	}
	for _, test := range []struct {
		installed, want string
		owners          []*Variant
	}{
		{"", "a/x 3.1.0", []*Variant{entry("a/x", "3.1.0", "2.9.1")}},
		{"2.0", "a/x 2.9.1", []*Variant{entry("a/x", "3.1.0", "2.9.1")}},
		{"3", "a/x 3.1.0", []*Variant{entry("a/x", "3.1.0", "3.0.0")}},
		{"1.0", "a/x 3.1.0", []*Variant{entry("a/x", "3.1.0", "2.9.1")}},
		{"0.27", "a/x 0.27.2", []*Variant{entry("a/x", "0.28.1", "0.27.2")}},
		{"2.0", "a/y 2.1.0", []*Variant{entry("a/x", "3.1.0"), entry("a/y", "2.1.0")}},
		{"2.0", "a/x 3.1.0", []*Variant{entry("a/x", "3.1.0"), entry("b/y", "2.1.0")}},
		{"rubbish", "a/x rubbish", []*Variant{entry("a/x", "rubbish")}},
		{"2.0", "a/x rubbish", []*Variant{entry("a/x", "rubbish")}},
	} {
		var owners []Owner
		for _, v := range test.owners {
			owners = append(owners, Owner{Variant: v})
		}
		got := ForVersion(owners, test.installed)
		if len(got) != len(owners) || got[0].Variant.Entry.ID+" "+got[0].Variant.Version != test.want {
			t.Errorf("installed %q: %s %s, want %s", test.installed, got[0].Variant.Entry.ID, got[0].Variant.Version, test.want)
		}
		if owners[0].Variant != test.owners[0] {
			t.Error("the owners that were given have changed")
		}
	}
	if got := ForVersion(nil, "1.0"); len(got) != 0 {
		t.Error("owners from nothing")
	}
}
