package editors

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// clients and steps are what editors/test/run must tell of, each pair once.
var (
	clients = strings.Fields("vscode nvim-0.12 nvim-0.10 emacs helix ale")
	steps   = strings.Fields("import chain insert undo open edit")
	told    = regexp.MustCompile(`^(\S+) (\S+) (ok|FAIL .+)$`)
)

// TestClients has editors/test/run drive the real editors. What each of its lines
// says is a subtest here.
func TestClients(t *testing.T) {
	if os.Getenv("CHUBLS_EDITORS") == "" {
		t.Skip("it installs and drives real editors, for minutes: make editors")
	}
	script, err := filepath.Abs(filepath.Join(root, "editors", "test", "run"))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), script)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := lines.Text()
		m := told.FindStringSubmatch(line)
		if m == nil || !slices.Contains(clients, m[1]) || !slices.Contains(steps, m[2]) {
			t.Errorf("it prints %q", line)
			continue
		}
		if name := m[1] + " " + m[2]; got[name] != "" {
			t.Errorf("it tells of %s twice", name)
		} else {
			got[name] = m[3]
		}
	}
	failed := c.Wait()
	want := false
	for _, client := range clients {
		for _, step := range steps {
			t.Run(client+"/"+step, func(t *testing.T) {
				verdict := got[client+" "+step]
				t.Logf("%s %s %s", client, step, verdict)
				if verdict != "ok" {
					want = true
					t.Error(verdict)
				}
			})
		}
	}
	if (failed != nil) != want {
		t.Errorf("its exit code says %v, and its lines something else", failed)
	}
}
