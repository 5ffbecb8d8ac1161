package docs_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
)

func searchLibrary(t *testing.T) *docs.Library {
	t.Helper()
	guide := func(name, description, tags, languages, body string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("---\nname: " + name + "\ndescription: \"" + description + "\"\nmetadata:\n  languages: \"" + languages +
			"\"\n  versions: \"1.0.0\"\n  tags: \"" + tags + "\"\n---\n# " + name + "\n\n" + body + "\n")}
	}
	own := fstest.MapFS{
		"stripe/docs/payments/python/DOC.md": guide("payments", "Charge cards", "money,cards", "python", "## Create a PaymentIntent\n\n```python\nimport stripe\n```\n\n## Refunds"),
		"acme/docs/pay/javascript/DOC.md":    guide("pay", "Like Stripe", "money", "javascript", "## Pay"),
		"acme/docs/mail/python/DOC.md":       guide("mail", "Send mail", "smtp", "python", "## Send"),
	}
	starter := fstest.MapFS{
		"stripe/docs/payments/javascript/DOC.md": guide("payments", "The starter's", "", "javascript", "## Starter"),
		"redis/docs/package/python/DOC.md":       guide("package", "Keys and values", "cache", "python", "## Get"),
	}
	l := docs.NewLibrary([]docs.Source{hub.Tree("own", own)}, hub.Tree("starter", starter), docs.Observer{Problem: func(err error) { t.Log(err) }})
	t.Cleanup(l.Close)
	return l
}

func TestSearchRanks(t *testing.T) {
	l := searchLibrary(t)
	for query, want := range map[string]string{
		"pay":             "acme/pay stripe/payments", // a whole name, then the start of one
		"stripe":          "stripe/payments acme/pay", // an id, then a description
		"money cards":     "stripe/payments",          // every word must be somewhere
		"STRIPE payments": "stripe/payments",
		"cache":           "redis/package", // the starter's, where nobody else has the entry
		"ail":             "acme/mail",
		"nothing":         "",
		"":                "acme/pay acme/mail redis/package stripe/payments",
	} {
		hits, err := l.Search(context.Background(), query, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range hits {
			got = append(got, h.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %s", query, got, want)
		}
	}
	if hits, _ := l.Search(context.Background(), "", 2); len(hits) != 2 {
		t.Errorf("the limit is 2, and found were %d", len(hits))
	}
}

func TestSearchFindsSectionsOfGuidesAtHand(t *testing.T) {
	l := searchLibrary(t)
	headings := func() (found []string) {
		hits, err := l.Search(context.Background(), "refunds stripe", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hits {
			if h.Section != nil {
				found = append(found, h.Section.Heading)
			}
		}
		return found
	}
	if got := headings(); got != nil {
		t.Errorf("no guide is at hand, and found was %v", got)
	}
	owner, ok, err := l.Find(context.Background(), "own:stripe/payments", "")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := l.Guide(context.Background(), owner); err != nil {
		t.Fatal(err)
	}
	if got := headings(); !slices.Equal(got, []string{"Refunds"}) {
		t.Errorf("found was %v", got)
	}
}

func TestFind(t *testing.T) {
	l := searchLibrary(t)
	for _, test := range []struct {
		id, language, want string
	}{
		{"stripe/payments", "", "own python"},
		{"stripe/payments", "python", "own python"},
		{"stripe/payments", "js", "starter javascript"},
		{"starter:stripe/payments", "", "starter javascript"},
		{"stripe/payments", "go", ""},
		{"other:stripe/payments", "", ""},
		{"payments", "", ""},
		{"", "", ""},
	} {
		o, ok, err := l.Find(context.Background(), test.id, test.language)
		got := ""
		if ok {
			got = o.Source + " " + o.Variant.Language
		}
		if got != test.want || err != nil {
			t.Errorf("Find(%q, %q) is %q, %v; want %q", test.id, test.language, got, err, test.want)
		}
	}
}
