package docs

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describe writes a document's sections, one paragraph each: key, level and
// line, own text, inline code, fences.
func describe(d *Document) string {
	var b strings.Builder
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "%d:%d %s\n", s.Line, s.Level, s.Key)
		if s.Own.Len() > 0 {
			fmt.Fprintf(&b, "  own %q\n", s.Own.In(d.Text))
		}
		if len(s.Codes) > 0 {
			fmt.Fprintf(&b, "  codes %q\n", s.Codes)
		}
		for _, f := range s.Fences {
			open := ""
			if f.Open {
				open = " open"
			}
			fmt.Fprintf(&b, "  fence %d %q %q%s\n", f.Line, f.Language, f.Code, open)
		}
	}
	return b.String()
}

func parse(t testing.TB, text string) *Document {
	t.Helper()
	d, err := ParseDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	checkDocument(t, d)
	return d
}

func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }

func TestSections(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"blank", "\n \n\t\n", ""},
		{
			"one title, sections below it",
			lines("# Stripe", "", "Pay.", "", "## Install", "", "```bash", "pip install stripe", "```", "", "### From source", "## Use `stripe.Charge`", "Call `create`."),
			lines(
				"0:1 Stripe", `  own "Pay."`,
				"4:2 Install", "  own \"```bash\\npip install stripe\\n```\"", `  fence 6 "bash" "pip install stripe\n"`,
				"10:3 Install › From source",
				"11:2 Use `stripe.Charge`", "  own \"Call `create`.\"", `  codes ["stripe.Charge" "create"]`),
		},
		{
			"lines count from the top of the file",
			lines("---", "name: x", "---", "# T", "## A"),
			lines("3:1 T", "4:2 A"),
		},
		{
			"two titles stand in the paths",
			lines("# A", "## x", "# B", "## x"),
			lines("0:1 A", "1:2 A › x", "2:1 B", "3:2 B › x"),
		},
		{
			"text before the first heading",
			lines("", "Hello.", "", "## A"),
			lines("1:0 ", `  own "Hello."`, "3:2 A"),
		},
		{
			"only text",
			lines("Hello `x`."),
			lines("0:0 ", "  own \"Hello `x`.\"", `  codes ["x"]`),
		},
		{
			"repeated headings are told apart by path, then by number",
			lines("# T", "## Email", "### Example", "## SMS", "### Example", "### Example", "## SMS", "### Example#2", "## SMS#2"),
			lines("0:1 T", "1:2 Email", "2:3 Email › Example", "3:2 SMS", "4:3 SMS › Example", "5:3 SMS › Example#2", "6:2 SMS#2",
				"7:3 SMS › Example#2#2", "8:2 SMS#2#2"),
		},
		{
			"word for word",
			lines("# 1. Use **`x`** &amp; <b>y</b> ##", "##   C#   ", "###\tTab", "## \\# escaped #\\#", "#", "#no heading", "####### seven"),
			lines("0:1 1. Use **`x`** &amp; <b>y</b>", `  codes ["x"]`,
				"1:2 1. Use **`x`** &amp; <b>y</b> › C#",
				"2:3 1. Use **`x`** &amp; <b>y</b> › C# › Tab",
				`3:2 1. Use **`+"`x`"+`** &amp; <b>y</b> › \# escaped #\#`,
				"4:1 ", `  own "#no heading\n####### seven"`),
		},
		{
			"headings with an underline",
			lines("Title", "of two lines", "===", "text", "", "Sub", "---", "", "- a", "---"),
			lines("0:1 Title of two lines", `  own "text"`, "5:2 Sub", `  own "- a\n---"`),
		},
		{
			"what looks like a heading and is none",
			lines("# T", "```sh", "# comment", "```", "    # code", "<!--", "# hidden", "-->", "", "> # quoted", "", "- # listed", "", "~~~", "# a", "```", "# b", "~~~"),
			lines("0:1 T", "  own "+fmt.Sprintf("%q", strings.TrimSuffix(lines("```sh", "# comment", "```", "    # code", "<!--", "# hidden", "-->", "", "> # quoted", "", "- # listed", "", "~~~", "# a", "```", "# b", "~~~"), "\n")),
				`  fence 1 "bash" "# comment\n"`, `  fence 13 "" "# a\n`+"```"+`\n# b\n"`),
		},
		{
			"levels may be skipped",
			lines("## A", "#### B", "### C", "# D"),
			lines("0:2 A", "1:4 A › B", "2:3 A › C", "3:1 D"),
		},
		{
			"byte order mark and CRLF stay in the text",
			"\uFEFF# T\r\n\r\n```js\r\na\r\n\r\nb\r\n```\r\n\r\n## `x`\r\ny\r\n",
			lines("0:1 T", "  own \"```js\\r\\na\\r\\n\\r\\nb\\r\\n```\"", `  fence 2 "javascript" "a\n\nb\n"`, "8:2 `x`", `  own "y"`, `  codes ["x"]`),
		},
		{
			"bytes that are no text",
			"# a\x00b\n\xff\xfe `\x80`\n",
			lines("0:1 a\x00b", `  own "\xff\xfe `+"`\\x80`\"", `  codes ["\x80"]`),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, describe(parse(t, tt.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTree(t *testing.T) {
	d := parse(t, lines("# T", "a", "## A", "b", "### B", "c", "", "## C"))
	a := d.Sections[1]
	if got, want := string(a.Tree.In(d.Text)), "## A\nb\n### B\nc"; got != want {
		t.Errorf("tree = %q, want %q", got, want)
	}
	if got, want := string(a.Own.In(d.Text)), "b"; got != want {
		t.Errorf("own = %q, want %q", got, want)
	}
	b := a.Children[0]
	if b.Parent != a || a.Parent != d.Sections[0] || d.Sections[0].Parent != nil || len(d.Sections[0].Children) != 2 {
		t.Error("the sections do not nest as the headings do")
	}
	if diff := cmp.Diff([]string{"A", "B"}, b.Path); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"T"}, d.Sections[0].Path); diff != "" {
		t.Error(diff)
	}
}

func TestFences(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []Fence // without spans; Span is checked as text
		spans      []string
	}{
		{
			"language and info",
			lines("```Py title=\"a b\"", "x", "```", "~~~", "~~~", "```jsx{1,2}", "```"),
			[]Fence{{Language: "python", Info: `Py title="a b"`, Code: "x\n"}, {Line: 3}, {Language: "jsx{1,2}", Info: "jsx{1,2}", Line: 5}},
			[]string{"```Py title=\"a b\"\nx\n```", "~~~\n~~~", "```jsx{1,2}\n```"},
		},
		{
			"in a list, without its indentation",
			lines("1. one", "", "   ```go", "   func() {", "   \tx()", "", "   }", "   ```", "2. ```go", "   y", "   ```"),
			[]Fence{{Language: "go", Info: "go", Line: 2, Code: "func() {\n\tx()\n\n}\n"}, {Language: "go", Info: "go", Line: 8, Code: "y\n"}},
			[]string{"```go\n   func() {\n   \tx()\n\n   }\n   ```", "```go\n   y\n   ```"},
		},
		{
			"in a quote",
			lines("> ```js", "> a", "> ```", "> b"),
			[]Fence{{Language: "javascript", Info: "js", Code: "a\n"}},
			[]string{"```js\n> a\n> ```"},
		},
		{
			"ended by its quote, another one behind it",
			lines("> ```js", "> a", "```", "b", "```"),
			[]Fence{{Language: "javascript", Info: "js", Code: "a\n", Open: true}, {Line: 2, Code: "b\n"}},
			[]string{"```js\n> a", "```\nb\n```"},
		},
		{
			"never closed",
			lines("```js", "a", "", "# no heading", ""),
			[]Fence{{Language: "javascript", Info: "js", Code: "a\n\n# no heading\n\n", Open: true}},
			[]string{"```js\na\n\n# no heading"},
		},
		{
			"opened by the last line",
			"text\n```",
			[]Fence{{Line: 1, Open: true}},
			[]string{"```"},
		},
		{
			"a longer fence holds a shorter one, and needs its own length to close",
			lines("````md", "```js", "```", "````  "),
			[]Fence{{Language: "md", Info: "md", Code: "```js\n```\n"}},
			[]string{"````md\n```js\n```\n````"},
		},
		{
			"no line end at the end",
			"```\na\n```",
			[]Fence{{Code: "a\n"}},
			[]string{"```\na\n```"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, tt.text)
			var spans []string
			var fences []Fence
			for _, s := range d.Sections {
				for _, f := range s.Fences {
					spans = append(spans, string(f.Span.In(d.Text)))
					f.Span = Span{}
					fences = append(fences, f)
				}
			}
			if diff := cmp.Diff(tt.want, fences); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.spans, spans); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCodes(t *testing.T) {
	for text, want := range map[string][]string{
		"`a` and ``b ` c`` and `` `d` ``": {"a", "b ` c", "`d`"},
		"two `li\nnes`":                   {"li nes"},
		"> in `quo\n> tes`":               {"quo tes"},
		"- `a`\n- b\n  - `c`":             {"a", "c"},
		"\\`no` `":                        {" "},
		"`never closed ``":                nil,
		"`a``b`":                          {"a``b"},
		"`C:\\` x":                        {`C:\`},
		"[`x`](y) **`z`**":                {"x", "z"},
		"| a | `b` |\n|---|---|\n| `c\\|d` | `e` |\n| ` | f` |": {"b", "c|d", "e", " | f"},
		"```\n`no`\n```\n\n    `no`":                            nil,
	} {
		var got []string
		for _, s := range parse(t, text).Sections {
			got = append(got, s.Codes...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestBlocks(t *testing.T) {
	d := parse(t, lines("# T", "", "one", "two", "", "- a", "", "  ```", "  x", "", "  ```", "- b", "", "| a |", "|---|", "| b |", "", "```", "", "y", "```", "[l]: http://x", "", "    code", "***", "> q"))
	var got []string
	for _, b := range d.Sections[0].Blocks {
		got = append(got, string(b.In(d.Text)))
	}
	if diff := cmp.Diff([]string{
		"one\ntwo",
		"- a\n\n  ```\n  x\n\n  ```\n- b",
		"| a |\n|---|\n| b |",
		"```\n\ny\n```",
		"[l]: http://x",
		"    code",
		"***",
		"> q",
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFrontMatter(t *testing.T) {
	for _, tt := range []struct {
		name, text, body string
		want             Meta
		problem          string
	}{
		{
			name: "as the hub has it",
			text: "---\nname: package\ndescription: \"Pay: now\"\nmetadata:\n  languages: \"python, JS\"\n  versions: \"14.4.1\"\n  revision: 1\n  updated-on: 2026-03-12\n  source: maintainer\n  tags: \"a,b\"\n---\n# T\n",
			body: "# T\n",
			want: Meta{Name: "package", Description: "Pay: now", Languages: []string{"python", "javascript"}, Versions: []string{"14.4.1"},
				Revision: "1", Updated: "2026-03-12", Source: "maintainer", Tags: []string{"a", "b"}},
		},
		{
			name: "keys at the top, lists, numbers that are versions",
			text: "---\nname: x\nlanguages: [ts]\nversions: [1.10, 2]\ntags:\n- a\n- null\n- [b]\n---\nB",
			body: "B",
			want: Meta{Name: "x", Languages: []string{"typescript"}, Versions: []string{"1.10", "2"}, Tags: []string{"a"}},
		},
		{name: "below metadata wins", text: "---\nmetadata: {source: official}\nsource: community\n---\n", want: Meta{Source: "official"}},
		{name: "null", text: "---\nname: ~\nmetadata: null\ntags:\n---\nB", body: "B"},
		{name: "empty", text: "---\n---\nB", body: "B"},
		{name: "comments only", text: "---\n# x\n---\nB", body: "B"},
		{name: "CRLF and byte order mark", text: "\uFEFF---\r\nname: x\r\n---\r\nB", body: "B", want: Meta{Name: "x"}},
		{name: "none", text: "# T\n---\n", body: "# T\n---\n"},
		{name: "a line on top is none", text: "---\n\n# T\n", body: "---\n\n# T\n"},
		{name: "just the line", text: "---", body: "---"},
		{name: "four dashes", text: "----\nname: x\n---\n", body: "----\nname: x\n---\n"},
		{
			name: "never closed", text: "---\nname: x\nversions: 1.2\n\n# T\n", body: "\n# T\n",
			want: Meta{Name: "x", Versions: []string{"1.2"}}, problem: "front matter has no end",
		},
		{
			name: "closed too late", text: "---\nname: x\n\n" + strings.Repeat("text\n", MaxFrontMatter/5+1) + "---\n", body: "\n" + strings.Repeat("text\n", MaxFrontMatter/5+1) + "---\n",
			want: Meta{Name: "x"}, problem: "front matter has no end",
		},
		{
			name: "not YAML", text: "---\nname: 'x'\ndescription: a: b: c\nmetadata:\n  languages: [py\n---\nB", body: "B",
			want: Meta{Name: "x", Description: "a: b: c", Languages: []string{"python"}}, problem: "front matter is not usable YAML: ",
		},
		{name: "a list", text: "---\n- name: x\n---\nB", body: "B", problem: `line 1: want keys`},
		{name: "not UTF-8", text: "---\nname: x\ndescription: \xff\n---\nB", body: "B", want: Meta{Name: "x", Description: "\uFFFD"}, problem: "not UTF-8"},
		{name: "an alias", text: "---\na: &a [js]\nlanguages: *a\nname: *a\n---\nB", body: "B", want: Meta{Name: "js", Languages: []string{"javascript"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, tt.text)
			if diff := cmp.Diff(tt.want, d.Meta); diff != "" {
				t.Error(diff)
			}
			if got := string(d.Body.In(d.Text)); got != tt.body {
				t.Errorf("body = %q, want %q", clip(got, 60), clip(tt.body, 60))
			}
			switch {
			case tt.problem == "" && len(d.Problems) > 0:
				t.Errorf("problems: %v", d.Problems)
			case tt.problem != "" && (len(d.Problems) != 1 || !strings.Contains(d.Problems[0].Error(), tt.problem)):
				t.Errorf("problems: %v, want %q", d.Problems, tt.problem)
			}
		})
	}
}

func TestTitle(t *testing.T) {
	for text, want := range map[string]string{
		"# `x` guide\n# other\n":        "`x` guide",
		"---\nname: x\n---\n## Sub\n":   "x",
		"---\nname: x\n---\n#\n":        "x",
		"text":                          "",
		"---\nname: x\n---\n## A\n# B#": "B#",
	} {
		if got := parse(t, text).Title; got != want {
			t.Errorf("title of %q = %q, want %q", text, got, want)
		}
	}
}

func TestTooLarge(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", MaxDocument+1), strings.Repeat("\n", MaxLines+1)} {
		if _, err := ParseDocument([]byte(text)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
	d := parse(t, strings.Repeat("# a\n", MaxSections+5)+"end\n")
	if len(d.Sections) != MaxSections || len(d.Problems) != 1 {
		t.Errorf("%d sections, problems %v", len(d.Sections), d.Problems)
	}
}
