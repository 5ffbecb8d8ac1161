package docs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// outline writes a registry as one line for each variant.
func outline(r *Registry) string {
	var b strings.Builder
	for _, e := range r.Entries {
		fmt.Fprintf(&b, "%s [%s] %s %s\n", e.ID, e.Source, strings.Join(e.Tags, "+"), e.Description)
		for _, v := range e.Variants {
			star := ""
			if v.Recommended {
				star = " *"
			}
			fmt.Fprintf(&b, "  %s %s %s %s %d %s%s\n", v.Language, v.Version, v.Path, strings.Join(v.Files, "+"), v.Size, v.Updated, star)
		}
	}
	return b.String()
}

func variant(fields string) string {
	return `{"docs": [{"id": "a/b", "languages": [{"language": "go", "versions": [{` + fields + `}]}]}]}`
}

func TestParseRegistry(t *testing.T) {
	for _, tt := range []struct {
		name, json, want string
		problems         []string
	}{
		{
			name: "as chub builds it",
			json: `{"version": "1.0.0", "docs": [{"id": "acme/billing", "name": "billing", "description": "Invoices", "source": "official",
				"tags": ["a", "b"], "languages": [
				{"language": "python", "recommendedVersion": "1.10", "versions": [
					{"version": "2.0b1", "path": "acme/docs/billing/py2", "files": ["DOC.md"], "size": 7, "lastUpdated": "2026-01-02"},
					{"version": "1.10", "path": "acme/docs/billing/py", "files": ["DOC.md", "references/x.md"]}]},
				{"language": "js", "versions": [{"version": "3", "path": "acme/docs/billing/js"}]}]}],
				"skills": [{"id": "acme/skill", "path": "x"}]}`,
			want: `acme/billing [official] a+b Invoices
  python 2.0b1 acme/docs/billing/py2 DOC.md 7 2026-01-02
  python 1.10 acme/docs/billing/py DOC.md+references/x.md 0  *
  javascript 3 acme/docs/billing/js DOC.md 0  *
`,
		},
		{
			name: "legacy list, no id, a number as version, tags with commas, null anywhere",
			json: `{"docs": null, "entries": [{"name": "solo", "id": null, "description": null, "tags": " x, y ,", "languages": [
				{"language": "TS", "recommendedVersion": null, "versions": [{"version": 1.10, "path": "./solo//ts/", "files": null, "size": null}]}]},
				{"name": "a skill", "type": "skill"}, {"name": "another skill", "path": "x"}]}`,
			want: "solo [] x+y \n  typescript 1.10 solo/ts DOC.md 0  *\n",
		},
		{
			name: "what is wrong is left out, the rest is read",
			json: `{"docs": [1, null, {"id": ["x"]}, {"id": "a/none"}, {"id": "a/languages", "languages": {"language": "go"}},
				{"id": "a/mixed", "languages": ["go", {"versions": [{"path": "x"}]}, {"language": "go", "versions": [
					"1.0", {"version": {}, "path": "x"}, {"version": "1", "path": "a/../../b"}, {"version": "2", "path": "ok", "files": ["DOC.md", "../../.bashrc"]},
					{"version": "3", "path": "ok", "size": "many"}]}]},
				{"id": "a/mixed", "languages": [{"language": "go", "versions": [{"path": "x"}]}]},
				{"id": "a/\u0007", "languages": []}]}`,
			want: "a/mixed []  \n  go 3 ok DOC.md 0  *\n",
			problems: []string{
				`registry: docs[0] left out: want an object, have number`,
				`registry: docs[1] left out: it has neither an id nor a name`,
				`registry: docs[2] left out: want a text, have ["x"]`,
				`registry: docs[3] (a/none) left out: it has no usable variant`,
				`registry: docs[4] (a/languages) left out: "languages" must be a list`,
				`registry: docs[5] (a/mixed) languages[0] left out: want an object, have string`,
				`registry: docs[5] (a/mixed) languages[1] left out: it has no "language"`,
				`registry: docs[5] (a/mixed) languages[2] versions[0] left out: want an object, have string`,
				`registry: docs[5] (a/mixed) languages[2] versions[1] left out: want a text, have {}`,
				`registry: docs[5] (a/mixed) languages[2] versions[2] left out: unsafe path "a/../../b": it has ".."`,
				`registry: docs[5] (a/mixed) languages[2] versions[3] left out: files: unsafe path "../../.bashrc": it has ".."`,
				`registry: docs[6] (a/mixed) left out: an entry with this id came before`,
				`registry: docs[7] left out: its id has a control character or is not UTF-8: "a/\a"`,
			},
		},
		{name: "an empty list is a registry", json: "\uFEFF{\"docs\": []}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reg, err := ParseRegistry([]byte(tt.json))
			if err != nil {
				t.Fatal(err)
			}
			checkRegistry(t, reg)
			if diff := cmp.Diff(tt.want, outline(reg)); diff != "" {
				t.Error(diff)
			}
			var problems []string
			for _, p := range reg.Problems {
				problems = append(problems, p.Error())
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRegistryOfSomethingElse(t *testing.T) {
	for name, data := range map[string]string{
		"nothing":         "",
		"HTML":            "<!doctype html>",
		"a list":          `[{"id": "a/b"}]`,
		"null":            "null",
		"another object":  `{"name": "package", "version": "1.0.0"}`,
		"not a list":      `{"docs": {"a/b": {}}}`,
		"cut off":         `{"docs": [{"id": "a/b"`,
		"deep nesting":    strings.Repeat("[", 1<<20),
		"deep in an item": `{"docs": [` + strings.Repeat(`{"a":`, 1<<18),
	} {
		start := time.Now()
		_, err := ParseRegistry([]byte(data))
		if !errors.Is(err, ErrNotRegistry) || len(err.Error()) > 300 {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > patience {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func TestParseRegistryBoundsProblems(t *testing.T) {
	reg, err := ParseRegistry([]byte(`{"docs": [` + strings.Repeat("1,", 100_000) + `1]}`))
	if err != nil {
		t.Fatal(err)
	}
	checkRegistry(t, reg)
	if last := reg.Problems[len(reg.Problems)-1].Error(); last != "and 99902 more problems" {
		t.Errorf("last problem: %q", last)
	}
}

func TestUnsafePaths(t *testing.T) {
	for _, path := range []string{
		"/etc", "..", "a/..", "../a", "a/../b", `a\b`, `..\a`, "C:/a", "C:a", `\\host\share`, "a/b:stream",
		"a\\u0000b", "a\\nb", "con", "a/NUL.md", "aux.tar.gz", "Com1", "lpt¹.md", "a./b", "a /b", ".", "./", "", "//a", "...",
		strings.Repeat("a/", 600),
	} {
		reg, err := ParseRegistry([]byte(variant(`"path": "` + strings.ReplaceAll(path, `\`, `\\`) + `"`)))
		if strings.Contains(path, `\u`) || strings.Contains(path, `\n`) {
			reg, err = ParseRegistry([]byte(variant(`"path": "` + path + `"`)))
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(reg.Entries) != 0 || !errors.Is(reg.Problems[0], ErrUnsafePath) {
			t.Errorf("path %q: %s, %v", path, outline(reg), reg.Problems)
		}
	}
	for path, want := range map[string]string{
		"a": "a", "a/b": "a/b", "./a//b/": "a/b", "@scope/x": "@scope/x", ".github/a": ".github/a",
		"a b/ü": "a b/ü", "console": "console", "com": "com", "..a/b..c": "..a/b..c", "com10": "com10",
	} {
		if got, err := CleanPath(path); err != nil || got != want {
			t.Errorf("CleanPath(%q) = %q, %v", path, got, err)
		}
	}
}

func TestNormalizeLanguage(t *testing.T) {
	for name, want := range map[string]string{
		"js": "javascript", " TS ": "typescript", "Py": "python", "rb": "ruby", "cs": "csharp",
		"python": "python", "jsx": "jsx", "tsx": "tsx", "sh": "bash", "": "", "Brainfuck": "brainfuck",
	} {
		if got := NormalizeLanguage(name); got != want {
			t.Errorf("NormalizeLanguage(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestHubRegistry(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(needHub(t), "registry.json"))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	reg, err := ParseRegistry(data)
	took := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	variants := 0
	for _, e := range reg.Entries {
		variants += len(e.Variants)
	}
	t.Logf("parsed %d KB in %v: %d entries, %d variants, %d KB kept", len(data)>>10, took, len(reg.Entries), variants, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>10)
	if len(reg.Entries) != 1553 || variants != 1665 || len(reg.Problems) != 0 {
		t.Errorf("%d entries, %d variants, problems %v", len(reg.Entries), variants, reg.Problems)
	}
	checkRegistry(t, reg)
	runtime.KeepAlive(reg)
	runtime.KeepAlive(data)
}
