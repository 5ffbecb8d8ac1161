package docs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ExamplePlaintext() {
	fmt.Println(Plaintext("## Use `Charge`\n\n" +
		"**Never** log a [key](https://example.org/keys), see [below](#below):\n\n" +
		"1. Set `STRIPE_KEY`\n2. Run\n\n" +
		"```python\nclient = Client(key=\"*\")\nclient.charge()\n```\n\n" +
		"| Name | Type |\n|---|---|\n| `amount` | int |\n"))
	// Output:
	// Use Charge
	//
	// Never log a key (https://example.org/keys), see below:
	//
	// 1. Set STRIPE_KEY
	// 2. Run
	//
	// client = Client(key="*")
	// client.charge()
	//
	// Name   | Type
	// -------|-----
	// amount | int
}

func TestPlaintext(t *testing.T) {
	for _, tt := range []struct{ name, markdown, want string }{
		{"empty", "", ""},
		{"headings", "# A\n### *B* ##\nC\n=\n", "A\n\nB\n\nC"},
		{"emphasis", "*a* __b__ ***c*** ~~d~~ snake_case 2*3*4", "a b c d snake_case 234"},
		{"escapes and entities", `\*a\* &lt;b&gt; &copy; &#65; &nope;`, "*a* <b> © A &nope;"},
		{"line breaks", "a\nb  \nc\\\nd", "a\nb\nc\nd"},
		{"code stays as it is", "``a ` *b*`` `&lt;`", "a ` *b* &lt;"},
		{"fences", "```py\n# *x*\n\n  <b>y</b> &lt;\n```\n\n~~~\nz", "# *x*\n\n  <b>y</b> &lt;\n\nz"},
		{"indented code", "a\n\n    b\n      c\n", "a\n\nb\n  c"},
		{"links", "[a](http://x/y) <http://z> [http://q](http://q) [m](mailto:a@b) [a@b](mailto:a@b) [](https://e) [rel](../x) [ref][r]\n\n[r]: https://r", "a (http://x/y) http://z http://q m (mailto:a@b) a@b https://e rel ref (https://r)"},
		{"images", "![alt](https://x/y.png) ![](https://z) ![only](z.png)", "alt (https://x/y.png) https://z only"},
		{"tight list", "- a\n- b\n  - c\n    d\n- [ ] e", "- a\n- b\n  - c\n    d\n- [ ] e"},
		{"loose list", "3. a\n\n   b\n\n4. c", "3. a\n\n   b\n\n4. c"},
		{"code in a list", "- a\n  ```sh\n  x\n\n  y\n  ```\n- b", "- a\n\n  x\n\n  y\n- b"},
		{"empty item", "-\n- a", "-\n- a"},
		{"quote", "> a\n> b\n>\n> - c", "> a\n> b\n>\n> - c"},
		{"rule", "a\n\n***\n\nb", "a\n\n---\n\nb"},
		{"HTML", "<details>\n<summary>More</summary>\n\na<br>b <kbd>K</kbd> <!-- no --> c\n\n</details>\n", "More\n\na\nb K  c"},
		{"what only looks like HTML", "Use <your-key> or List<String> <T>.\n\n<YOUR_ID>\n", "Use <your-key> or List<String> <T>.\n\n<YOUR_ID>"},
		{"table", "| a | b | c |\n|:--|--:|---|\n| `x\\|y` | **z** | [l](http://u) |\n| only |\n", "a    | b | c\n-----|---|-------------\nx|y  | z | l (http://u)\nonly |   |"},
		{"a table with a long cell", "a|b\n-|-\n" + strings.Repeat("x", 60) + "|y\n", "a" + strings.Repeat(" ", 39) + " | b\n" + strings.Repeat("-", 40) + "-|--\n" + strings.Repeat("x", 60) + " | y"},
		{"CRLF", "# a\r\n\r\n```\r\nb\r\nc\r\n```\r\n", "a\n\nb\nc"},
		{"not Markdown enough to parse", strings.Repeat("*", MaxPlaintext+1), strings.Repeat("*", MaxPlaintext+1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Plaintext(tt.markdown)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCut(t *testing.T) {
	long := strings.Repeat("word ", 20) // 100 characters
	for _, tt := range []struct {
		name, text string
		limit      int
		want       string
		left       int
	}{
		{"all fits", "one\n\n\ntwo\n", 100, "one\n\n\ntwo", 0},
		{"whole blocks only", "one\n\ntwo three\n\nfour\nfive\n", 16, "one\n\ntwo three", 2},
		{"characters, not bytes", "ÄÖÜ\n\nÄÖÜ\n", 8, "ÄÖÜ\n\nÄÖÜ", 0},
		{"at least the first block", "one two three\nfour\n\nfive\n", 10, "one two three\nfour", 1},
		{"never inside a fence", "one\n\n```js\na\n\nb\n```\n", 12, "one", 4},
		{"never inside a table", "one\n\n|a|\n|-|\n|b|\n", 12, "one", 3},
		{"a huge fence is cut at a line and closed", "```js\naaaaaaaaa\nbbbbbbbbb\n\nccccccccc\nddddddddd\n```\n", 20, "```js\naaaaaaaaa\n```", 3},
		{"the closing fence has the length of the opening one", "~~~~js\na\n" + strings.Repeat("~~~\nb\n", 20) + "~~~~\n", 20, "~~~~js\na\n~~~\nb\n~~~\n~~~~", 37},
		{"a huge list with a fence", "- a\n\n  ```js\n  b\n" + strings.Repeat("  c\n", 20) + "  ```\n- d\n", 20, "- a\n\n  ```js\n  b\n  ```", 21},
		{"a huge quote with a fence", "> a\n> ```\n" + strings.Repeat("> b\n", 20), 16, "> a\n> ```\n> b\n> ```", 19},
		{"a huge table keeps its head", "|a|\n|-|\n" + strings.Repeat("|b|\n", 20), 12, "|a|\n|-|\n|b|", 19},
		{"a huge paragraph of one line is cut at a word", long, 24, "word word word word…", 1},
		{"an open fence is closed", "one\n\n```js\na\n", 100, "one\n\n```js\na\n```", 0},
		{"an open comment is closed", "one\n\n<!--\na\n", 100, "one\n\n<!--\na\n-->", 0},
		{"no room at all", "one\n\ntwo\n", 0, "o…", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, tt.text)
			s := d.Sections[0]
			checkCut(t, d, s, tt.limit)
			got, left := Cut(d.Text, s.Blocks, tt.limit)
			if got != tt.want || left != tt.left {
				t.Errorf("got %q, %d lines left out\nwant %q, %d", got, left, tt.want, tt.left)
			}
		})
	}
}

func TestCutOfSeveralSections(t *testing.T) {
	d := parse(t, "# T\na\n## B\nb\n## C\nc\n")
	var blocks []Span
	for _, s := range d.Sections {
		blocks = append(blocks, s.Blocks...)
	}
	if got, left := Cut(d.Text, blocks, 5); got != "a\n\nb" || left != 1 {
		t.Errorf("got %q, %d", got, left)
	}
	if got, left := Cut(d.Text, nil, 5); got != "" || left != 0 {
		t.Errorf("got %q, %d", got, left)
	}
}

// TestHubRender cuts and renders every section of the public hub.
func TestHubRender(t *testing.T) {
	sections := 0
	for _, d := range hubDocuments(t) {
		for _, s := range d.Sections {
			sections++
			for _, limit := range []int{200, 1500} {
				checkCut(t, d, s, limit)
			}
			plain := Plaintext(string(s.Own.In(d.Text)))
			for _, f := range s.Fences {
				// A fence inside a list is indented with it.
				if code := strings.Trim(f.Code, "\n"); !strings.Contains(plain, code) && !strings.Contains(unindent(plain), unindent(code)) {
					t.Errorf("%s: code is not intact in\n%s", s.Key, plain)
				}
			}
		}
	}
	t.Logf("%d sections", sections)
}

func unindent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return strings.TrimSpace(b.String())
}
