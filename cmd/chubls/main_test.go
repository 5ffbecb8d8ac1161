package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/chubls/chubls/lsp/lsptest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"chubls": main})
}

// TestScript runs the scripts of testdata/script: the whole program, as a
// shell sees it. `go test -run Script/hover ./cmd/chubls` runs one of them.
//
// A script starts with no configuration ($CHUB_DIR is an empty folder) and has
// four commands of its own:
//
//	exec-code CODE PROGRAM ARGS...  is "! exec", for one exit code
//	write FILE TEXT                 writes TEXT, in which Go's escapes hold: \r \x00 \xff
//	fill FILE BYTES                 writes so many bytes of source code
//	frames FILE BODIES              writes the lines of BODIES, each with its Content-Length
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			dir := filepath.Join(env.WorkDir, "chub")
			env.Setenv("CHUB_DIR", dir)
			env.Setenv("HOME", env.WorkDir)
			return os.MkdirAll(dir, 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exec-code": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) < 2 {
					ts.Fatalf("usage: exec-code CODE PROGRAM ARGS...")
				}
				code := 0
				err := ts.Exec(args[1], args[2:]...)
				if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
					code = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if strconv.Itoa(code) != args[0] {
					ts.Fatalf("exit code %d, want %s", code, args[0])
				}
			},
			"write": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) != 2 {
					ts.Fatalf("usage: write FILE TEXT")
				}
				text, err := strconv.Unquote(`"` + strings.ReplaceAll(args[1], `"`, `\"`) + `"`)
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
			},
			"fill": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) != 2 {
					ts.Fatalf("usage: fill FILE BYTES")
				}
				size, err := strconv.Atoi(args[1])
				ts.Check(err)
				const line = "x = 1\n"
				text := strings.Repeat(line, size/len(line)+1)[:size]
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
			},
			"frames": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) != 2 {
					ts.Fatalf("usage: frames FILE BODIES")
				}
				var b strings.Builder
				for line := range strings.Lines(ts.ReadFile(args[1])) {
					body := strings.TrimRight(line, "\r\n")
					fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
			},
		},
	})
}

// TestServe is one short session with the real program, that waits for answers.
func TestServe(t *testing.T) {
	command := exec.Command("chubls", "serve", "--stdio") // put on the path by TestMain
	command.Env = append(os.Environ(), "CHUB_DIR="+t.TempDir())
	e := lsptest.StartProcess(t, command)
	e.Initialize(lsptest.Modern)
	const uri, source = "file:///app.py", "import stytch\nclient = stytch.Client()\nclient.magic_links.email.login_or_create()\n"
	e.Open(uri, "python", source)
	at := e.At(uri, strings.Index(source, "login"))
	hover := e.Hover(uri, at)
	for range 100 { // a guide that is on its way is there soon
		if hover == nil || !strings.HasPrefix(hover.Contents.Value, "Loading") {
			break
		}
		time.Sleep(20 * time.Millisecond)
		hover = e.Hover(uri, at)
	}
	if hover == nil || !strings.HasPrefix(hover.Contents.Value, "### Send a magic link\nstytch/auth · python ") {
		t.Errorf("hover: %+v", hover)
	}
	actions := e.CodeActions(uri, lsptest.Range{Start: at, End: at})
	if len(actions) == 0 {
		t.Fatal("no code action")
	}
	e.Choose(actions[0])
	if after := e.Text(uri); !strings.HasPrefix(after, source) || !strings.Contains(after[len(source):], "client.magic_links.email.login_or_create(") {
		t.Errorf("after %q:\n%s", actions[0].Title, after)
	}
	e.MustCall("shutdown", nil, nil)
	e.Notify("exit", nil)
	if code, err := e.Exit(); code != 0 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
}
