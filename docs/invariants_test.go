package docs

import (
	"bytes"
	"testing"
)

// checkDocument checks what holds for every document, whatever its bytes are.
func checkDocument(t testing.TB, d *Document) {
	t.Helper()
	inside := func(what string, s, outer Span) {
		t.Helper()
		if s.Start > s.End || s.Start < outer.Start || s.End > outer.End {
			t.Errorf("%s: span %v is not inside %v", what, s, outer)
		}
	}
	blank := func(what string, from, to int) {
		t.Helper()
		if from > to {
			t.Errorf("%s: overlap from %d to %d", what, to, from)
		} else if gap := d.Text[from:to]; len(bytes.Trim(gap, " \t\r\n\f\v")) > 0 {
			t.Errorf("%s: text belongs to nothing: %q", what, gap)
		}
	}
	inside("body", d.Body, Span{0, len(d.Text)})
	lines := lineStarts(d.Text)
	keys := map[string]bool{}
	at := d.Body.Start
	for i, s := range d.Sections {
		if keys[s.Key] {
			t.Errorf("key %q twice", s.Key)
		}
		keys[s.Key] = true
		inside("tree of "+s.Key, s.Tree, d.Body)
		inside("own of "+s.Key, s.Own, d.Body)
		if s.Line < 0 || s.Line >= len(lines) || s.Tree.Start < lines[s.Line] ||
			s.Line+1 < len(lines) && s.Tree.Start >= lines[s.Line+1] {
			t.Errorf("section %q: tree %v does not begin on line %d", s.Key, s.Tree, s.Line)
		}
		if (s.Level == 0) != (i == 0 && s.Level == 0) || s.Level > 6 {
			t.Errorf("section %d %q has level %d", i, s.Key, s.Level)
		}
		// Together the sections are the document, in order.
		blank("before "+s.Key, at, s.Tree.Start)
		if s.Own.Len() > 0 {
			inside("own of "+s.Key, s.Own, s.Tree)
			at = s.Own.End
		} else {
			at = s.Tree.Start
		}
		if s.Level > 0 {
			heading := d.Text[s.Tree.Start:s.Own.Start]
			if s.Own.Len() == 0 {
				end := s.Tree.End
				if len(s.Children) > 0 {
					end = s.Children[0].Tree.Start
				}
				heading = d.Text[s.Tree.Start:end]
				at = end
			}
			if len(bytes.TrimSpace(heading)) == 0 {
				t.Errorf("section %q has no heading line", s.Key)
			}
			if len(s.Path) == 0 || s.Path[len(s.Path)-1] != s.Heading {
				t.Errorf("section %q: path %q does not end in its heading", s.Key, s.Path)
			}
		}
		// Together the blocks are the section's own text.
		from := s.Own.Start
		for _, block := range s.Blocks {
			inside("block of "+s.Key, block, s.Own)
			blank("block of "+s.Key, from, block.Start)
			if block.Len() == 0 {
				t.Errorf("empty block in %q", s.Key)
			}
			from = block.End
		}
		blank("after the blocks of "+s.Key, from, s.Own.End)
		for i, f := range s.Fences {
			inside("fence in "+s.Key, f.Span, s.Own)
			if i > 0 && f.Span.Start < s.Fences[i-1].Span.End {
				t.Errorf("fences %d and %d of %q overlap", i-1, i, s.Key)
			}
			if c := d.Text[f.Span.Start]; c != '`' && c != '~' {
				t.Errorf("fence in %q begins with %q", s.Key, c)
			}
		}
		for _, c := range s.Children {
			inside("child "+c.Key, c.Tree, s.Tree)
			if c.Parent != s || c.Level <= s.Level {
				t.Errorf("%q is no child of %q", c.Key, s.Key)
			}
		}
		if i > 0 && s.Level == 0 {
			t.Errorf("a section without heading after others")
		}
	}
	blank("after the sections", at, d.Body.End)
}

// checkRegistry checks what holds for every registry, whatever was read.
func checkRegistry(t testing.TB, r *Registry) {
	t.Helper()
	if len(r.Problems) > MaxProblems {
		t.Errorf("%d problems", len(r.Problems))
	}
	ids := map[string]bool{}
	for _, e := range r.Entries {
		if e.ID == "" || e.Name == "" || len(e.Variants) == 0 || ids[e.ID] {
			t.Errorf("entry %+v", e)
		}
		ids[e.ID] = true
		recommended := map[string]int{}
		for _, v := range e.Variants {
			if v.Entry != e || v.Language == "" || v.Language != NormalizeLanguage(v.Language) || len(v.Files) == 0 {
				t.Errorf("variant %+v", v)
			}
			if v.Recommended {
				recommended[v.Language]++
			} else {
				recommended[v.Language] += 0
			}
			for _, p := range append([]string{v.Path}, v.Files...) {
				if clean, err := CleanPath(p); err != nil || clean != p {
					t.Errorf("path %q of %s: %v", p, e.ID, err)
				}
			}
		}
		for language, n := range recommended {
			if n != 1 {
				t.Errorf("%s has %d recommended versions for %s", e.ID, n, language)
			}
		}
	}
}

// checkCut checks what holds for every cut of a section: it is the beginning of
// the section's text, says when something is missing, and opens no fence that
// would swallow what follows it.
func checkCut(t testing.TB, d *Document, s *Section, limit int) {
	t.Helper()
	cut, left := Cut(d.Text, s.Blocks, limit)
	own := s.Own.In(d.Text)
	if left == 0 && !bytes.HasPrefix([]byte(cut), own) {
		t.Errorf("limit %d: nothing is said to be left out of\n%q\nin\n%q", limit, own, cut)
	}
	common := 0
	for common < min(len(cut), len(own)) && cut[common] == own[common] && cut[common] != "…"[0] {
		common++
	}
	if added := cut[common:]; !bytes.HasPrefix(own[common:], []byte("…"[:1])) && len(bytes.Trim([]byte(added), "\n\t >`~…-?]</prescitylxa")) > 0 {
		t.Errorf("limit %d: not a beginning of the text: %q after\n%q", limit, added, own[:common])
	}
	after, err := ParseDocument([]byte("\n" + cut + "\n\n# after\n"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(after.Sections); n == 0 || after.Sections[n-1].Heading != "after" {
		t.Errorf("limit %d: the cut swallows what follows:\n%s", limit, cut)
	}
}
