package difftest

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chubls/chubls/internal/corpus"
)

// oraclePack is the parser that JavaScript and TypeScript are compared with.
// The 7.x line has no JavaScript API.
var oraclePack = corpus.Pack{Name: "typescript", Version: "5.9.3"}

// formsCorpus writes the hand-made files of testdata/forms below dir: as they
// are, with line ends of two bytes, and with a byte order mark.
func formsCorpus(dir string) (scripts, python corpus.Files, err error) {
	scripts = corpus.Files{Label: "forms/", Root: dir}
	python = scripts
	entries, err := os.ReadDir(filepath.Join("testdata", "forms"))
	if err != nil {
		return scripts, python, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return scripts, python, err
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join("testdata", "forms", e.Name()))
		if err != nil {
			return scripts, python, err
		}
		text := strings.ReplaceAll(string(raw), "\r\n", "\n") // as a checkout may have it
		for variant, text := range map[string]string{
			"":      text,
			"crlf.": strings.ReplaceAll(text, "\n", "\r\n"),
			"bom.":  "\ufeff" + afterShebang(text), // a mark and a shebang exclude each other
		} {
			name := variant + e.Name()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				return scripts, python, err
			}
			if path.Ext(name) == ".py" {
				python.Files = append(python.Files, name)
			} else {
				scripts.Files = append(scripts.Files, name)
			}
		}
	}
	slices.Sort(scripts.Files)
	slices.Sort(python.Files)
	return scripts, python, nil
}

func afterShebang(text string) string {
	if strings.HasPrefix(text, "#!") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}
