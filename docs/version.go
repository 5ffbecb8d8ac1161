package docs

import (
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// ForVersion fits owners to the version of the package that a workspace has: an
// entry that documents several shows the one of that release line, and of one
// author's entries those of the line come first. "" leaves all as it is.
func ForVersion(owners []Owner, installed string) []Owner {
	line, ok := releaseLine(installed)
	if !ok || len(owners) == 0 {
		return owners
	}
	fitted := slices.Clone(owners)
	fits := func(v *Variant) bool {
		own, ok := releaseLine(v.Version)
		return ok && own == line
	}
	for i, o := range fitted {
		if fits(o.Variant) {
			continue
		}
		for _, v := range o.Variant.Entry.Variants {
			if v.Language == o.Variant.Language && fits(v) {
				fitted[i].Variant = v
				break
			}
		}
	}
	// Another author's version is that of another package, maybe.
	first := fitted[0]
	same := func(o Owner) bool {
		return o.shelf == first.shelf && author(o.Variant.Entry.ID) == author(first.Variant.Entry.ID)
	}
	if !fits(first.Variant) {
		if i := slices.IndexFunc(fitted, func(o Owner) bool { return same(o) && fits(o.Variant) }); i > 0 {
			best := fitted[i]
			fitted = slices.Insert(slices.Delete(fitted, i, i+1), 0, best)
		}
	}
	return fitted
}

// releaseLine is the part of a version that says what an API looks like: its major
// number, and below 1.0 its minor one.
func releaseLine(version string) (line [2]uint64, ok bool) {
	v, err := semver.NewVersion(strings.TrimSpace(version))
	if err != nil {
		return line, false
	}
	if v.Major() > 0 {
		return [2]uint64{v.Major(), 0}, true
	}
	return [2]uint64{0, v.Minor()}, true
}
