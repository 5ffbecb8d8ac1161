package docs

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// toHost leads relative links to a host, but none that is called missing or b.
func toHost(dest string) (string, bool) {
	return "https://hub.test/" + dest, !strings.Contains(dest, "missing") && dest != "b"
}

// TestNeutralGolden reads testdata/neutral: what a hub says, and behind a line of
// arrows what is shown of it. In both, ‹1B› stands for the character U+001B.
func TestNeutralGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/neutral/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	const arrows = "\n↓↓↓\n"
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			given, want, _ := strings.Cut(string(data), arrows)
			got := Neutral(spelled(given), toHost)
			if *update {
				if err := os.WriteFile(file, []byte(given+arrows+got+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got+"\n" != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			checkNeutral(t, spelled(given))
		})
	}
}

// spelled puts characters in the place of their numbers.
func spelled(s string) string {
	for {
		before, rest, ok := strings.Cut(s, "‹")
		number, after, _ := strings.Cut(rest, "›")
		if !ok {
			return s
		}
		var r rune
		if _, err := fmt.Sscanf(number, "%X", &r); err != nil {
			return s
		}
		s = before + string(r) + after
	}
}

func TestNeutralText(t *testing.T) {
	for _, c := range []struct{ what, given, want string }{
		{"an id", "stytch/auth", "stytch/auth"},
		{"a date", "2026-01-15", "2026-01-15"},
		{"a version", "1.10", "1.10"},
		{"snake_case", "google_cloud_storage", "google_cloud_storage"},
		{"a sentence", "Pay (in €) - fast, safe & cheap!", "Pay (in €) - fast, safe & cheap!"},
		{"a link", "[pay](command:x)", `\[pay\](command:x)`},
		{"a tag", "<img src=x>", `\<img src=x>`},
		{"emphasis", "*new* _all_ ~gone~ `code`", "\\*new\\* \\_all\\_ \\~gone\\~ \\`code\\`"},
		{"lines", "one\r\ntwo\tthree", "one two three"},
		{"a heading", "# one", `\# one`},
		{"a list", "- one", `\- one`},
		{"a number", "-1 or more", "-1 or more"},
		{"a numbered list", "1. one", `1\. one`},
		{"an underline", "===", `\===`},
		{"a table", "a | b", `a \| b`},
		{"an entity", "AT&amp;T", `AT\&amp;T`},
		{"a hidden entity", "a&#x202E;b", "a⟨U+202E⟩b"},
		{"an escape sequence", "\x1b[31mred", `␛\[31mred`},
		{"an override", "a\u202eb", "a⟨U+202E⟩b"},
		{"no UTF-8", "a\xff", "a⟨0xFF⟩"},
		{"blanks", "    code", "code"},
		{"a last backslash", `a\`, `a\\`},
		{"a path", `C:\dir`, `C:\dir`},
		{"what is escaped stays", `a\*b`, `a\*b`},
	} {
		got := NeutralText(c.given)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
		checkNeutralText(t, c.given)
	}
}

func TestVisible(t *testing.T) {
	for _, c := range []struct{ what, given, want string }{
		{"text", "Grüße, 你好, שלום, مرحبا, नमस्ते\r\n\tx", "Grüße, 你好, שלום, مرحبا, नमस्ते\r\n\tx"},
		{"an escape sequence", "\x1b[2J", "␛[2J"},
		{"one of the terminals of old", "\u009b2J", "⟨U+009B⟩2J"},
		{"NUL, DEL", "\x00\x7f", "␀␡"},
		{"a lone carriage return", "safe\revil", "safe␍evil"},
		{"an override", "a\u202eb\u202c", "a⟨U+202E⟩b⟨U+202C⟩"},
		{"isolates", "\u2066a\u2069", "⟨U+2066⟩a⟨U+2069⟩"},
		{"marks", "\u200ea\u200f\u061c", "⟨U+200E⟩a⟨U+200F⟩⟨U+061C⟩"},
		{"zero width", "pass\u200bword\u2060\ufeff", "pass⟨U+200B⟩word⟨U+2060⟩⟨U+FEFF⟩"},
		{"a joiner between letters", "a\u200db", "a⟨U+200D⟩b"},
		{"a joined emoji", "👩\u200d💻 👩🏽\u200d🚀 🏳\ufe0f\u200d🌈", "👩\u200d💻 👩🏽\u200d🚀 🏳\ufe0f\u200d🌈"},
		{"a coloured sign, a keycap", "⚠\ufe0f 1\ufe0f\u20e3", "⚠\ufe0f 1\ufe0f\u20e3"},
		{"a row of selectors", "⚠\ufe0f\ufe0f\U000e0101", "⚠\ufe0f⟨U+FE0F⟩⟨U+E0101⟩"},
		{"Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"Sinhala", "ශ්\u200dරී", "ශ්\u200dරී"},
		{"the flag of Scotland", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"},
		{"words in tags", "🏴\U000e0068\U000e0069", "🏴⟨U+E0068⟩⟨U+E0069⟩"},
		{"fillers", "\u3164\u115f\u00ad", "⟨U+3164⟩⟨U+115F⟩⟨U+00AD⟩"},
		{"other lines", "a\u2028b\u0085", "a⟨U+2028⟩b⟨U+0085⟩"},
		{"no UTF-8", "a\xffb\ufffd", "a⟨0xFF⟩b⟨U+FFFD⟩"},
	} {
		got := Visible(c.given)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
		if again := Visible(got); again != got {
			t.Errorf("%s: %q becomes %q", c.what, got, again)
		}
	}
}

// What link says is taken, but not everything.
func TestNeutralLink(t *testing.T) {
	for _, c := range []struct{ given, to, want string }{
		{"[a](b.md)", "https://hub.test/b", "[a](https://hub.test/b)"},
		{"[a](b.md 'T')", "https://hub.test/b", "[a](https://hub.test/b 'T')"},
		{"[a](<b c.md>)", "file:///b c.md#L3", "[a](file:///b%20c.md#L3)"},
		{"[a](b.md)", "b.md", "[a](b.md)"},
		{"[a](b.md)", "x) [c](command:d", "a"},
		{"[a](b.md)", "x) [c](d", "[a](x%29%20%5Bc%5D%28d)"},
		{"[a](b.md)", "command:x", "a"},
		{"[a](b.md)", "javascript:x", "a"},
		{"[a](b.md)", "//host/x", "a"},
		{"[a](b.md)", "", "a"},
		{"[a]()", "https://hub.test", "[a](https://hub.test)"},
		{"[a][]\n\n[a]: b.md", "https://hub.test/?a=1&copy;=2", "[a][]\n\n[a]: https://hub.test/?a=1&amp;copy;=2"},
		{"![a](b.png)", "https://hub.test/b.png", "[a](https://hub.test/b.png)"},
	} {
		if got := Neutral(c.given, func(string) (string, bool) { return c.to, true }); got != c.want {
			t.Errorf("%q to %q: got %q, want %q", c.given, c.to, got, c.want)
		}
		if got, want := Neutral("[a](b.md)", nil), "a"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var asked []string
	Neutral("[a](./b%20c\\_&amp;.md#d) [e](./b%20c\\_&amp;.md#d) [f](https://g) [h](command:i)", func(dest string) (string, bool) {
		asked = append(asked, dest)
		return "", false
	})
	if len(asked) != 1 || asked[0] != "./b%20c_&.md#d" {
		t.Errorf("asked for %q", asked)
	}
}

// goldmark sees no link behind two open brackets that are a thousand bytes apart,
// and the clients do.
func TestNeutralLookalike(t *testing.T) {
	far := "a [ b " + strings.Repeat("x ", 600) + "[ "
	for given, want := range map[string]string{
		far + "[c](command:d)":         far + "[c\\](command:d)",
		far + "[c](java&#115;cript:d)": far + "[c\\](java&#115;cript:d)",
		far + "[c](https://d)":         far + "[c](https://d)",
	} {
		if got := Neutral(given, toHost); got != want {
			t.Errorf("got %q, want %q", got[len(far):], want[len(far):])
		}
		checkNeutral(t, given)
	}
}

// Too much to parse is shown as code.
func TestNeutralBounds(t *testing.T) {
	for name, s := range map[string]string{
		"large":          strings.Repeat("[a](command:b) ", MaxNeutral/10),
		"large, fences":  strings.Repeat("```\n[a](command:b)\n````\n", MaxNeutral/20),
		"deep":           strings.Repeat("> ", 40) + "[a](command:b)",
		"links in links": strings.Repeat("[", 20) + strings.Repeat("](b)", 20),
		"brackets":       strings.Repeat("[", maxMarks+1) + "[a](command:b)",
		"huge table":     strings.Repeat("a|", 1000) + "\n" + strings.Repeat("-|", 1000) + "\n" + strings.Repeat("[a](command:b)\n", 200),
		"grows":          "<!--\n" + strings.Repeat(" ", MaxNeutral/2) + "a\n-->",
	} {
		got := Neutral(s, toHost)
		if !isCodeBlock(got) || !strings.Contains(got, strings.TrimSpace(s)) {
			t.Errorf("%s: got %.100q", name, got)
		}
		checkNeutral(t, s)
	}
}

// dangers lists the nodes that are not neutral, with a parser of its own,
// without tables and with them.
func dangers(markdown string) (found []string) {
	source := []byte(markdown)
	for _, md := range []goldmark.Markdown{goldmark.New(), goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))} {
		_ = ast.Walk(md.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			var dest string
			switch n := n.(type) {
			case *ast.RawHTML, *ast.HTMLBlock, *ast.Image:
				found = append(found, n.Kind().String())
				return ast.WalkContinue, nil
			case *ast.Link:
				dest = string(n.Destination)
			case *ast.LinkReferenceDefinition:
				dest = string(n.Destination)
			case *ast.AutoLink:
				if dest = string(n.URL(source)); n.AutoLinkType == ast.AutoLinkEmail {
					return ast.WalkContinue, nil
				}
			default:
				return ast.WalkContinue, nil
			}
			s := strings.ToLower(dest)
			if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "mailto:") {
				found = append(found, n.Kind().String()+" "+dest)
			}
			return ast.WalkContinue, nil
		})
	}
	return found
}

// checkNeutral checks what holds for every text.
func checkNeutral(t *testing.T, markdown string) {
	t.Helper()
	got := Neutral(markdown, toHost)
	if !utf8.ValidString(got) {
		t.Error("no UTF-8")
	}
	if again := Neutral(got, toHost); again != got {
		t.Errorf("%q\n%q\nbecomes\n%q", markdown, got, again)
	}
	if Visible(got) != got {
		t.Errorf("hidden characters in %q", got)
	}
	if len(got) > MaxNeutral {
		return // one block of code; the parser here would take its time
	}
	if found := dangers(got); len(found) > 0 {
		t.Errorf("%q\n%q\nhas %q", markdown, got, found)
	}
	if got != markdown && Visible(markdown) == markdown && !strings.Contains(markdown, "&") && !strings.Contains(markdown, "](") &&
		len(markdown) <= MaxNeutral && parsable([]byte(markdown)) && len(dangers(markdown)) == 0 {
		t.Errorf("nothing in it, but changed:\n%q\n%q", markdown, got)
	}
}

func checkNeutralText(t *testing.T, s string) {
	t.Helper()
	got := NeutralText(s)
	if again := NeutralText(got); again != got {
		t.Errorf("%q: %q becomes %q", s, got, again)
	}
	if len(got) > MaxNeutral/2-100 {
		return // it stands twice in one of the places, which would be shown as code then
	}
	for _, place := range []string{got, "### " + got, "*" + got + "*", got + " · " + got, "- " + got + "\n- b", "a\n" + got + "\nb\n"} {
		if again := Neutral(place, nil); again != place {
			t.Errorf("%q: %q becomes %q", s, place, again)
		}
		root := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader([]byte(place)))
		if place == got && got != "" && (root.ChildCount() != 1 || root.FirstChild().Kind() != ast.KindParagraph) {
			t.Errorf("%q: %q is no paragraph", s, got)
		}
	}
	root := goldmark.New().Parser().Parse(text.NewReader([]byte(got)))
	_ = ast.Walk(root, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindDocument, ast.KindParagraph, ast.KindText:
		default:
			t.Errorf("%q: %q has a %v", s, got, n.Kind())
		}
		return ast.WalkContinue, nil
	})
}

var neutralSeeds = []string{
	"[a](command:x) ![b](http://c) <d:e> <f@g.h> <i> <!-- j --> [k]: l",
	"[a]: command:x 'y'\n[b]: <z.md>\n\n[a] [b][a] ![b][] [c][B]\n",
	"> <div>\n> *a*\n> # b\n>\n> c\n<!--\n\n    d\n-->e\n- <pre>\n\tf\n",
	"| `a | [b](command:c)` |\n|---|---|\n| [d | e](command:f) | <g h=\"\\|\"> |\n",
	"[a\n> b](command:c\n'd\n1. e')\n> [f\n> g](h.md)\n",
	"[![a](http://b)](http://c) [![a](http://b)](command:c) ![a [b](c)](http://d) !![e](http://f)",
	"a&#x202E;b \\&#27; `&#27;` [c](http://d&zwj;e \"&lrm;\")\n\n    &#27;\n",
	"[1. a](command:b)\n[# c](command:d)\n[---](command:e)\n",
	"\x1b\r\u202e\xff\u2028👩\u200d💻",
	"``` a&lrm;\n<b>\u200b\n```\n",
	"t\n=\n[a](java\\script&colon;b) [c](<\tdata:d>) [e](//f) [g](\\\\\\\\h)",
}

func FuzzNeutral(f *testing.F) {
	for _, s := range append(neutralSeeds, documentSeeds...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, markdown string) { checkNeutral(t, markdown) })
}

func FuzzNeutralText(f *testing.F) {
	for _, s := range append(neutralSeeds, documentSeeds...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkNeutralText(t, s) })
}

// What is not neutral costs no more time than the rest.
func TestHostileNeutral(t *testing.T) {
	half := func(s string) string { return strings.Repeat(s, MaxNeutral/2/len(s)) }
	inputs := hostile(MaxNeutral)
	for name, s := range map[string]string{
		"commands":       half("[a](command:b) "),
		"images in line": half("![a](http://b) "),
		"nested images":  half("![") + half("](http://b)"),
		"definitions":    half("[a]: command:b\n\n[a]\n"),
		"many names":     half("[a]\n\n[a]: b\n"),
		"blocks of HTML": half("<div>\n\n"),
		"lines of HTML":  "<div>\n" + half("*\n"),
		"tags in a line": half("<a b='c'>"),
		"lookalikes":     half("](command:a "),
		"half a link":    half("](") + half(" "),
		"entities":       half("&lrm;"),
		"escapes":        half("\\") + half("\\&lrm;"),
		"overrides":      half("\u202e"),
		"cells":          "a|b\n-|-\n" + half("[a](b)|`\n"),
		"long target":    "[a]: <http:" + half("/") + ">\n\n" + half("[a] \n\n"),
		"line starts":    half("[a](b)\n") + half("x\n"),
		"paragraphs":     half(strings.Repeat("[", 1999) + "\n\n"),
		"paragraphs <":   half(strings.Repeat("<a ", 1999) + "\n\n"),
	} {
		inputs[name] = s
	}
	for name, s := range maps.Clone(inputs) { // with something to do in it
		s = strings.Replace(s, "\n", "\n[a](command:b)\n\n", 1)
		inputs[name+" and a link"] = "[a](command:b)" + s[:min(len(s), MaxNeutral-20)]
	}
	worst := time.Duration(0)
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			out := Neutral(input, toHost)
			took := time.Since(start)
			worst = max(worst, took)
			if took > 20*time.Millisecond {
				t.Log("slow")
			}
			t.Logf("%8v  %d bytes of %d, code: %v", took.Round(time.Millisecond), len(out), len(input), isCodeBlock(out))
			if took > patience {
				t.Errorf("took %v", took)
			}
			if again := Neutral(out, toHost); again != out {
				t.Errorf("%.50q: changed again", input)
			}
		})
	}
	t.Logf("worst: %v", worst)
}

// Only documents that have something in them change, all of the public hub.
func TestNeutralHub(t *testing.T) {
	files := hubFiles(t)
	changed, code, worst, all := 0, 0, time.Duration(0), time.Duration(0)
	deepest, most := 0, 0
	reasons := map[string]int{}
	for _, data := range files {
		body := string(data)
		if doc, err := ParseDocument(data); err == nil {
			body = string(doc.Body.In(doc.Text))
		}
		depth, marks := burden([]byte(body))
		deepest, most = max(deepest, depth), max(most, marks)
		start := time.Now()
		got := Neutral(body, toHost)
		took := time.Since(start)
		all += took
		worst = max(worst, took)
		if isCodeBlock(got) {
			code++
		}
		why := map[string]bool{}
		for _, d := range dangers(body) {
			kind, _, _ := strings.Cut(d, " ")
			why[kind] = true
		}
		if Visible(body) != body {
			why["hidden characters"] = true
		}
		if got == body != (len(why) == 0) {
			t.Errorf("changed: %v, though it has %v: %.80q", got != body, why, body)
		}
		for k := range why {
			reasons[k]++
		}
		if got != body {
			changed++
		}
		if found := dangers(got); len(found) > 0 {
			t.Errorf("%q in %.80q", found, body)
		}
		if again := Neutral(got, toHost); again != got {
			t.Errorf("changed again: %.80q", body)
		}
	}
	t.Logf("%d of %d documents change, %d to code: %v; %v in all, %v at most; depth %d, %d brackets in a paragraph", changed, len(files), code, reasons, all.Round(time.Millisecond), worst, deepest, most)
}
