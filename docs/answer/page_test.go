package answer_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
)

// TestPagesLeadToTheirSections opens every section of every guide of the starter,
// in the file and in the text that is shown: where a page begins stands the heading.
func TestPagesLeadToTheirSections(t *testing.T) {
	library := docs.NewLibrary(nil, hub.Tree("starter", starter.FS()), docs.Observer{Problem: func(err error) { t.Log(err) }})
	defer library.Close()
	desk := &answer.Desk{Library: library}
	entries, err := desk.Search(context.Background(), "", 0)
	if err != nil || len(entries) < 12 {
		t.Fatal(len(entries), err)
	}
	sections := 0
	for _, e := range entries {
		owner, ok, err := library.Find(context.Background(), e.Entry, e.Language)
		if err != nil || !ok {
			t.Fatal(e, err)
		}
		guide, err := library.Guide(context.Background(), owner)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range guide.Sections {
			if s.Level == 0 {
				continue
			}
			sections++
			page, err := desk.PageOf(context.Background(), answer.PageName{Entry: e.Entry, Language: e.Language, Section: s.Key})
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Repeat("#", s.Level) + " " + s.Heading
			if got := strings.Split(string(page.Text), "\n")[page.Line]; got != want {
				t.Errorf("%s %s: the file has %q in its line, want %q", e.Entry, s.Key, got, want)
			}
			text, line := page.Markdown()
			if got := strings.Split(text, "\n")[line]; got != want {
				t.Errorf("%s %s: the page has %q in its line, want %q", e.Entry, s.Key, got, want)
			}
		}
	}
	if sections < 100 {
		t.Errorf("there were only %d sections", sections)
	}
}

// A section that a newer guide does not have any more leads to the top.
func TestPageOfAForgottenSection(t *testing.T) {
	library := docs.NewLibrary(nil, hub.Tree("starter", starter.FS()), docs.Observer{})
	defer library.Close()
	desk := &answer.Desk{Library: library}
	page, err := desk.PageOf(context.Background(), answer.PageName{Entry: "stytch/auth", Language: "python", Section: "Gone › With the wind"})
	if err != nil || page.Section != "" || page.Line != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	if _, line := page.Markdown(); line != 0 {
		t.Errorf("the page opens at line %d", line)
	}
}
