package lsp_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

// serveVariable makes the test binary a server on its standard streams: a pipe
// of the system differs from one of Go's in that a blocked read cannot be woken.
const serveVariable = "CHUBLS_TEST_SERVE"

func serveProcess() {
	server := &lsp.Server{Desk: &desk{}, Version: "test"}
	server.SetParentPoll(10 * time.Millisecond)
	code, err := server.Serve(context.Background(), os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func startProcess(t *testing.T) *lsptest.Editor {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	command := exec.Command(program)
	// The race detector would sleep for a second at the end.
	command.Env = append(os.Environ(), serveVariable+"=1", "GORACE=atexit_sleep_ms=0")
	return lsptest.StartProcess(t, command)
}

func TestProcess(t *testing.T) {
	tests := []struct {
		name string
		do   func(e *lsptest.Editor)
		want int
	}{
		{"shutdown, exit", func(e *lsptest.Editor) { e.MustCall("shutdown", nil, nil); e.Notify("exit", nil) }, 0},
		{"exit alone", func(e *lsptest.Editor) { e.Notify("exit", nil) }, 1},
		{"end of input", func(e *lsptest.Editor) { e.HangUp() }, 0},
		{"garbage", func(e *lsptest.Editor) { e.SendRaw("garbage\n") }, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := startProcess(t)
			e.Initialize(lsptest.Modern)
			works(t, e)
			began := time.Now()
			test.do(e)
			if code, err := e.Exit(); code != test.want || err != nil {
				t.Errorf("exit code %d, %v; want %d", code, err, test.want)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("the end took %v", took)
			}
		})
	}
}

func TestProcessWhoseParentDies(t *testing.T) {
	parent := exec.Command("sleep", "60")
	if err := parent.Start(); err != nil {
		t.Skip(err)
	}
	e := startProcess(t)
	e.InitializeWith(map[string]any{"processId": parent.Process.Pid, "capabilities": map[string]any{}})
	works(t, e)
	_ = parent.Process.Kill()
	_ = parent.Wait()
	if code, err := e.Exit(); code != 1 || err != nil { // though its input is still open
		t.Errorf("exit code %d, %v", code, err)
	}
}
