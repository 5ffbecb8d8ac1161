package docs

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostile lists inputs that are known to cost Markdown parsers quadratic time
// or unbounded memory, each of at most n bytes and about MaxLines lines.
func hostile(n int) map[string]string {
	repeat := func(s string, n int) string {
		count := n / len(s)
		if lines := strings.Count(s, "\n"); lines > 0 {
			count = min(count, (MaxLines-20)/lines)
		}
		return strings.Repeat(s, count)
	}
	fill := func(s string) string { return repeat(s, n) }
	half := func(s string) string { return repeat(s, n/2) }
	var runs strings.Builder // runs of backticks of ever new lengths
	for i := 1; runs.Len()+i < n; i++ {
		runs.WriteString(strings.Repeat("`", i) + " ")
	}
	var keys strings.Builder
	keys.WriteString("# " + strings.Repeat("a", n/6) + "\n# b\n")
	keys.WriteString("# " + strings.Repeat("a", n/6) + "\n")
	keys.WriteString(half("## x\n"))
	return map[string]string{
		"brackets":              fill("["),
		"images":                fill("!["),
		"links":                 fill("[a]("),
		"link ends":             fill("](x"),
		"closed links":          fill("[a](b"),
		"reference links":       fill("[a][b]"),
		"definitions":           fill("[a]: b\n"),
		"open definitions":      fill("[a]:\n"),
		"quotes":                fill(">"),
		"quotes and lines":      half(">") + "a\n" + half("a\n"),
		"quote lines":           fill(strings.Repeat(">", 500) + "a\n"),
		"nested lists":          fill("- "),
		"lists and blank lines": half("- ") + "a" + half("\n"),
		"numbered lists":        fill("1. "),
		"indented lists":        stairs(n, "- a\n"),
		"empty items":           fill("-\n"),
		"items and blanks":      fill("- a\n\n"),
		"emphasis":              fill("*a "),
		"mixed emphasis":        fill("*a _b "),
		"closing emphasis":      fill("a**b"),
		"stars":                 fill("*"),
		"strikethrough":         fill("~~a "),
		"backticks":             fill("`"),
		"backtick runs":         runs.String(),
		"open code":             fill("`a``"),
		"tags":                  fill("<a "),
		"comments":              fill("<!-- "),
		"autolinks":             fill("<a:"),
		"addresses":             fill("a@"),
		"www":                   fill("www."),
		"processing":            fill("<?"),
		"declarations":          fill("<!A "),
		"cdata":                 fill("<![CDATA["),
		"entities":              fill("&a"),
		"escapes":               fill("\\"),
		"headings":              fill("#\n"),
		"deep headings":         fill("######\n"),
		"long keys":             keys.String(),
		"setext":                fill("a\n=\n"),
		"rules":                 fill("---\n"),
		"fences":                fill("```\n"),
		"open fences":           fill("~~~ a\n"),
		"fences in quotes":      fill("> ```\n"),
		"wide table":            strings.Repeat("a|", n/6) + "\n" + strings.Repeat("-|", n/6) + "\n" + half("a\n"),
		"table rows":            "a|b\n-|-\n" + fill("|\n"),
		"one line":              fill("a"),
		"one paragraph":         fill("a\n"),
		"blank lines":           fill("\n"),
		"spaces":                fill(" "),
		"tabs":                  fill("\t"),
		"indented lines":        fill("        a\n"),
		"carriage returns":      fill("\r"),
		"NUL":                   fill("\x00"),
		"not UTF-8":             fill("\xff"),
		"YAML flow":             "---\na: " + strings.Repeat("[", MaxFrontMatter-20) + "\n---\n",
		"YAML maps":             "---\na: " + strings.Repeat("{a: ", MaxFrontMatter/4-20) + "\n---\n",
		"YAML indents":          "---\n" + strings.Repeat("- ", MaxFrontMatter/2-20) + "\n---\n",
		"YAML anchors":          "---\n" + strings.Repeat("? &a ", MaxFrontMatter/5-20) + "\n---\n",
		"YAML keys":             "---\n" + strings.Repeat("a:\n", MaxFrontMatter/3-20) + "---\n",
		"YAML bomb":             yamlBomb(),
		"open front matter":     "---\n" + fill("a: b\n"),
		"rules on top":          "---\n" + fill("--\n"),
	}
}

// stairs indents each line by one level more than the one before it.
func stairs(n int, line string) string {
	var b strings.Builder
	for i := 0; b.Len()+2*i+len(line) < n; i++ {
		b.WriteString(strings.Repeat("  ", i) + line)
	}
	return b.String()
}

// yamlBomb would have 10^9 elements if its aliases were expanded.
func yamlBomb() string {
	var b strings.Builder
	b.WriteString("---\na0: &a0 [x]\n")
	for i := 1; i < 10; i++ {
		alias := fmt.Sprintf("*a%d", i-1)
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(alias+", ", 10), ", "))
	}
	b.WriteString("tags: *a9\nname: *a9\nmetadata: *a9\n---\n# T\n")
	return b.String()
}

// patience is how long one hostile input may take here. It is far above what
// is needed on a quiet machine, and far below what anything quadratic takes.
const patience = 30 * time.Second

func TestHostileDocuments(t *testing.T) {
	for name, input := range hostile(MaxDocument - 100) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			doc, err := ParseDocument([]byte(input))
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%8v %4d MB  %d sections, %d problems", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, len(doc.Sections), len(doc.Problems))
			if took > patience {
				t.Errorf("took %v", took)
			}
			checkDocument(t, doc)
		})
	}
}

func TestHostilePlaintext(t *testing.T) {
	for name, input := range hostile(MaxPlaintext) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			out := Plaintext(input)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			t.Logf("%8v %4d MB  %d bytes of %d", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, len(out), len(input))
			if took > patience {
				t.Errorf("took %v", took)
			}
		})
	}
}
