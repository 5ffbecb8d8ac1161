package starter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chubls/chubls/docs/starter"
)

// wanted is every document of the registry, and nothing else.
var wanted = []string{
	"anthropic/docs/claude-api/javascript/DOC.md",
	"anthropic/docs/claude-api/python/DOC.md",
	"openai/docs/chat/javascript/DOC.md",
	"openai/docs/chat/python/DOC.md",
	"redis/docs/key-value/javascript/DOC.md",
	"redis/docs/key-value/python/DOC.md",
	"stripe/docs/package/python/DOC.md",
	"stripe/docs/payments/javascript/DOC.md",
	"stytch/docs/auth/javascript/DOC.md",
	"stytch/docs/auth/python/DOC.md",
	"supabase/docs/client/javascript/DOC.md",
	"supabase/docs/package/python/DOC.md",
}

type fence struct {
	File string `json:"file"`
	Line int    `json:"line"` // of the opening line, from 1
	Lang string `json:"lang"`
	Path string `json:"path"` // the heading path it stands under
	Code string `json:"code"`
}

type document struct {
	name   string
	lines  []string
	front  map[string]string // "languages" and the like, without nesting
	h1     []string
	paths  []string // the path of each heading, "H1 > H2 > H3"
	fences []fence
}

var (
	reHeading = regexp.MustCompile(`^(#{1,6})\s+(.+?)\s*$`)
	reFence   = regexp.MustCompile("^(`{3,}|~{3,})\\s*(\\S*)\\s*$")
	reField   = regexp.MustCompile(`^\s*([a-z-]+):\s*(.*?)\s*$`)
)

func parse(name, text string) (*document, error) {
	d := &document{name: name, front: map[string]string{}}
	d.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if d.lines[0] != "---" {
		return nil, errors.New("no front matter at line 1")
	}
	end := 0
	for i, line := range d.lines[1:] {
		if line == "---" {
			end = i + 1
			break
		}
		if m := reField.FindStringSubmatch(line); m != nil {
			d.front[m[1]] = strings.Trim(m[2], `"`)
		}
	}
	if end == 0 {
		return nil, errors.New("the front matter is not closed")
	}
	var (
		stack [7]string
		open  *fence
		mark  string
		code  []string
	)
	for i := end + 1; i < len(d.lines); i++ {
		line := d.lines[i]
		m := reFence.FindStringSubmatch(line)
		switch {
		case open == nil && m != nil:
			open = &fence{File: name, Line: i + 1, Lang: m[2]}
			for _, h := range stack {
				if h != "" {
					open.Path += " > " + h
				}
			}
			open.Path = strings.TrimPrefix(open.Path, " > ")
			mark, code = m[1], nil
		case open != nil && m != nil && m[2] == "" && strings.HasPrefix(m[1], mark):
			open.Code = strings.Join(code, "\n") + "\n"
			d.fences = append(d.fences, *open)
			open = nil
		case open != nil:
			code = append(code, line)
		default:
			h := reHeading.FindStringSubmatch(line)
			if h == nil {
				continue
			}
			level := len(h[1])
			stack[level] = h[2]
			for j := level + 1; j < len(stack); j++ {
				stack[j] = ""
			}
			if level == 1 {
				d.h1 = append(d.h1, h[2])
			}
			d.paths = append(d.paths, strings.Join(stack[1:level+1], " > "))
		}
	}
	if open != nil {
		return nil, fmt.Errorf("line %d: the fence is not closed", open.Line)
	}
	return d, nil
}

func documents(t *testing.T) []*document {
	t.Helper()
	var docs []*document
	err := fs.WalkDir(starter.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(starter.FS(), p)
		if err != nil {
			return err
		}
		d, err := parse(p, string(text))
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		docs = append(docs, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

func TestEveryDocumentIsThere(t *testing.T) {
	var got []string
	for _, d := range documents(t) {
		got = append(got, d.name)
	}
	slices.Sort(got)
	if !slices.Equal(got, wanted) {
		t.Errorf("files of the registry:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
}

func TestFrontMatter(t *testing.T) {
	reVersion := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	reDate := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	for _, d := range documents(t) {
		parts := strings.Split(d.name, "/")
		for key, want := range map[string]string{"name": parts[2], "languages": parts[3], "source": "maintainer"} {
			if d.front[key] != want {
				t.Errorf("%s: %s is %q, want %q", d.name, key, d.front[key], want)
			}
		}
		for _, key := range []string{"description", "revision", "tags"} {
			if d.front[key] == "" {
				t.Errorf("%s: the front matter has no %s", d.name, key)
			}
		}
		if v := d.front["versions"]; !reVersion.MatchString(v) {
			t.Errorf("%s: versions is %q, want one exact version", d.name, v)
		}
		if v := d.front["updated-on"]; !reDate.MatchString(v) {
			t.Errorf("%s: updated-on is %q, want a date", d.name, v)
		}
	}
}

func TestShape(t *testing.T) {
	for _, d := range documents(t) {
		if n := len(d.lines); n < 100 || n > 250 {
			t.Errorf("%s: %d lines, want 100 to 250", d.name, n)
		}
		if len(d.h1) != 1 {
			t.Errorf("%s: %d H1 headings, want 1: %q", d.name, len(d.h1), d.h1)
			continue
		}
		seen := map[string]bool{}
		for _, p := range d.paths {
			if seen[p] {
				t.Errorf("%s: two headings are %q", d.name, p)
			}
			seen[p] = true
		}
		language := strings.Split(d.name, "/")[3]
		own := 0
		for _, f := range d.fences {
			switch f.Lang {
			case "bash":
			case language:
				own++
			default:
				t.Errorf("%s:%d: a %q fence in a %s document", d.name, f.Line, f.Lang, language)
			}
			if strings.TrimSpace(f.Code) == "" {
				t.Errorf("%s:%d: an empty fence", d.name, f.Line)
			}
		}
		if own < 8 {
			t.Errorf("%s: %d %s fences, want at least 8", d.name, own, language)
		}
		for _, want := range []struct{ section, lang string }{{"Installation", "bash"}, {"Initialization", language}} {
			p := d.h1[0] + " > " + want.section
			if !slices.ContainsFunc(d.fences, func(f fence) bool { return f.Path == p && f.Lang == want.lang }) {
				t.Errorf("%s: no %s fence under %q", d.name, want.lang, p)
			}
		}
	}
}

func TestNoLiteralSecrets(t *testing.T) {
	secrets := []*regexp.Regexp{
		regexp.MustCompile(`\b[sr]k_(live|test)_`),
		regexp.MustCompile(`\bwhsec_`),
		regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{2,}`),
		regexp.MustCompile(`\bsb_(secret|publishable)_`),
		regexp.MustCompile(`\bsecret-(live|test)-`),
		regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}`),
		regexp.MustCompile(`rediss?://[^/\s"']*:[^/\s"'@]+@`),
		regexp.MustCompile(`(?i)\b(api_?key|secret|token)\s*[:=]\s*["'][^"']{20,}["']`),
	}
	for _, d := range documents(t) {
		for i, line := range d.lines {
			for _, re := range secrets {
				if m := re.FindString(line); m != "" {
					t.Errorf("%s:%d: looks like a secret: %q", d.name, i+1, m)
				}
			}
		}
	}
}

// pythonCheck reads fences from stdin and compiles each one with ast only:
// nothing is imported or run. A fence may await at its top level.
const pythonCheck = `
import ast, json, sys
bad = 0
for f in json.load(sys.stdin):
    try:
        compile(f["code"], f["file"], "exec",
                ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as e:
        bad += 1
        print("%s:%d: %s" % (f["file"], f["line"] + (e.lineno or 0), e.msg))
sys.exit(1 if bad else 0)
`

func TestPythonFencesParse(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		skip := strings.FieldsFunc(os.Getenv("CHUBLS_SKIP"), func(r rune) bool { return r == ',' || r == ' ' })
		if slices.Contains(skip, "python3") {
			t.Skip("python3 is not on the PATH and CHUBLS_SKIP lists python3: the Python fences were not parsed")
		}
		t.Fatal("python3 is not on the PATH: install Python 3.8 or newer (the package python3 of most systems), " +
			"or set CHUBLS_SKIP=python3 to leave this test out")
	}
	var fences []fence
	for _, d := range documents(t) {
		if path.Base(path.Dir(d.name)) != "python" {
			continue
		}
		for _, f := range d.fences {
			if f.Lang == "python" {
				fences = append(fences, f)
			}
		}
	}
	if len(fences) < 40 {
		t.Fatalf("%d Python fences found, want at least 40", len(fences))
	}
	in, err := json.Marshal(fences)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", pythonCheck)
	cmd.Stdin = bytes.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%d Python fences: %v\n%s", len(fences), err, out)
	}
}
