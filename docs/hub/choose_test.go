package hub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	id := "acme/billing"
	for _, test := range []struct{ name, before, after, wrong string }{
		{"nothing", "", "chubls:\n  modules:\n    '@acme/sdk': acme/billing\n    legacy: null\n", ""},
		{"comments", "# ours\nsources:\n  - {name: ours, path: guides} # here\nchubls:\n  modules:\n    # why\n    legacy: old/one\n", "# ours\nsources:\n  - {name: ours, path: guides} # here\nchubls:\n  modules:\n    # why\n    legacy: null\n    '@acme/sdk': acme/billing\n", ""},
		{"no keys yet", "chubls:\n", "chubls:\n  modules:\n    '@acme/sdk': acme/billing\n    legacy: null\n", ""},
		{"not YAML", "chubls: [\n", "", "config.yaml:"},
		{"a list", "- a\n", "", "must hold keys"},
		{"another kind", "chubls: {modules: 7}\n", "", `"modules" must hold keys`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			name := filepath.Join(dir, ".chub", "config.yaml")
			if test.before != "" {
				write(t, dir, map[string]string{".chub/config.yaml": test.before})
			}
			err := Choose(dir, "@acme/sdk", &id)
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) || slurp(t, name) != test.before {
					t.Errorf("%v\n%s", err, slurp(t, name))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := Choose(dir, "legacy", nil); err != nil {
				t.Fatal(err)
			}
			if got := slurp(t, name); got != test.after {
				t.Errorf("%s\nwant\n%s", got, test.after)
			}
			w, err := LoadWorkspace(dir)
			if err != nil || w.Modules["@acme/sdk"] == nil || *w.Modules["@acme/sdk"] != id || w.Modules["legacy"] != nil {
				t.Errorf("%+v, %v", w.Modules, err)
			}
		})
	}
}

// A repository may have put a link there.
func TestChooseFollowsNoLink(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, ".chub")); err != nil {
		t.Skip(err)
	}
	id := "a/b"
	if err := Choose(dir, "x", &id); err == nil {
		t.Error("written through a link")
	}
	if list, _ := os.ReadDir(outside); len(list) > 0 {
		t.Error("written outside the workspace")
	}
}
