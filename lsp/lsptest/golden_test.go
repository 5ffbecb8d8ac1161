package lsptest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/chubls/chubls/lsp/lsptest"
)

const golden = `A comment.
-- hub/stripe/DOC.md --
# Stripe «not a marker»
-- other.py --
x = 1
-- app.py --
import str‸ipe
-- want --
old
`

func TestCase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "case.txt")
	if err := os.WriteFile(file, []byte(golden), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := lsptest.ReadCase(file)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "app.py" || c.Text != "import stripe\n" || c.Cursor != 10 || c.Want != "old\n" || len(c.Files) != 2 {
		t.Errorf("got %+v", c)
	}
	if doc, err := fs.ReadFile(c.Hub, "stripe/DOC.md"); err != nil || string(doc) != "# Stripe «not a marker»\n" {
		t.Errorf("hub: %q, %v", doc, err)
	}
	c.Check(t, "new", true)
	if c, err = lsptest.ReadCase(file); err != nil || c.Want != "new\n" {
		t.Errorf("after the update: %q, %v", c.Want, err)
	}
	c.Check(t, "new", false)
}
