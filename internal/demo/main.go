// Command demo shows on the files of examples/ what chubls does in an editor: it
// starts the real server, asks it as an editor does, and prints the answers.
//
//	make demo
//
// It needs no network and no configuration: the guides are those inside the binary.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-isatty"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/chubls/chubls/lsp/lsptest"
)

func main() {
	bin := flag.String("bin", filepath.Join("bin", "chubls"), "the chubls binary")
	dir := flag.String("examples", "examples", "the folder of the examples")
	flag.Parse()
	colours = isatty.IsTerminal(os.Stdout.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if err := show(*bin, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// How often the server is asked again for what it has not loaded yet.
const (
	patience = 100
	pause    = 20 * time.Millisecond
)

// files are shown in this order.
var files = []string{"app.py", "checkout.ts", "agent.jsx"}

func show(bin, dir string) (err error) {
	if bin, err = filepath.Abs(bin); err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "chubls-demo-") // an empty configuration
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	env := append(os.Environ(), "CHUB_DIR="+home)

	title("1. What the files import, and which guide documents it")
	if err := imports(bin, dir, env); err != nil {
		return err
	}

	defer recoverTo(&err)
	h := &host{}
	defer h.cleanUp()
	command := exec.Command(bin, "serve", "--stdio")
	command.Env = env
	e := lsptest.StartProcess(h, command)
	e.Initialize(lsptest.Modern)

	title("2. What an editor shows on a call")
	uri, at, err := open(e, dir, "app.py", "login_or_create(")
	if err != nil {
		return err
	}
	hover := e.Hover(uri, at)
	for range patience { // a guide that is on its way is there soon
		if hover == nil || !strings.HasPrefix(hover.Contents.Value, "Loading") {
			break
		}
		time.Sleep(pause)
		hover = e.Hover(uri, at)
	}
	if hover == nil {
		return errors.New("the server shows nothing")
	}
	box(hover.Contents.Value)

	title("3. What a code action inserts")
	uri, at, err = open(e, dir, "checkout.ts", "create({ amount")
	if err != nil {
		return err
	}
	actions := e.CodeActions(uri, lsptest.Range{Start: at, End: at})
	for range patience {
		if len(actions) > 0 {
			break
		}
		time.Sleep(pause)
		actions = e.CodeActions(uri, lsptest.Range{Start: at, End: at})
	}
	if len(actions) == 0 {
		return errors.New("the server offers no action")
	}
	before := e.Text(uri)
	place := fmt.Sprintf("   %s:%d:%d  ", filepath.Join(dir, "checkout.ts"), at.Line+1, at.Character+1)
	fmt.Println(dim(place) + bold(actions[0].Title) + "\n")
	e.Choose(actions[0])
	name := filepath.ToSlash(filepath.Join(dir, "checkout.ts"))
	paint(diff.Diff("a/"+name, []byte(before), "b/"+name, []byte(e.Text(uri))))

	e.MustCall("shutdown", nil, nil)
	e.Notify("exit", nil)
	if code, err := e.Exit(); code != 0 || err != nil {
		return fmt.Errorf("the server ended with %d: %w", code, err)
	}
	fmt.Printf("\n%s editors/README.md says how your editor starts chubls.\n", bold("Next:"))
	return nil
}

// imports prints a table of what `chubls imports --json` says.
func imports(bin, dir string, env []string) error {
	args := []string{"imports", "--json"}
	for _, f := range files {
		args = append(args, filepath.Join(dir, f))
	}
	command := exec.Command(bin, args...)
	command.Env, command.Stderr = env, os.Stderr
	out, err := command.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", bin, err)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	for lines := json.NewDecoder(bytes.NewReader(out)); lines.More(); {
		var f struct {
			File    string
			Imports []struct {
				Module, Entry string
				Line          int
			}
		}
		if err := lines.Decode(&f); err != nil {
			return err
		}
		for _, i := range f.Imports {
			if i.Entry == "" {
				i.Entry = "-"
			}
			fmt.Fprintf(table, "   %s:%d\t%s\t%s\n", f.File, i.Line+1, i.Module, i.Entry)
		}
	}
	return table.Flush()
}

// open opens an example in the editor and finds a place in it.
func open(e *lsptest.Editor, dir, name, mark string) (uri string, at lsptest.Position, err error) {
	path, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return "", at, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", at, err
	}
	offset := bytes.Index(text, []byte(mark))
	if offset < 0 {
		return "", at, fmt.Errorf("%s: there is no %q in it", path, mark)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive
	}
	uri = (&url.URL{Scheme: "file", Path: path}).String()
	language := map[string]string{".py": "python", ".ts": "typescript"}[filepath.Ext(name)]
	e.Open(uri, language, string(text))
	return uri, e.At(uri, offset), nil
}

// host is what the editor of the tests wants of a test. What fails a test ends
// the demo.
type host struct {
	testing.TB // for the methods that the editor does not call
	cleanups   []func()
}

// failure is what a failed host panics with.
type failure struct{ error }

func (h *host) Helper()           {}
func (h *host) Cleanup(f func())  { h.cleanups = append(h.cleanups, f) }
func (h *host) Error(args ...any) { panic(failure{errors.New(fmt.Sprint(args...))}) }
func (h *host) Fatal(args ...any) { h.Error(args...) }
func (h *host) Errorf(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}
func (h *host) Fatalf(format string, args ...any) { h.Errorf(format, args...) }

func (h *host) cleanUp() {
	for _, f := range h.cleanups {
		f()
	}
}

func recoverTo(err *error) {
	switch r := recover().(type) {
	case nil:
	case failure:
		*err = r.error
	default:
		panic(r)
	}
}

// box prints Markdown with a line at its left.
func box(text string) {
	code := false
	for i, line := range strings.Split(text, "\n") {
		fence := strings.HasPrefix(line, "```")
		switch {
		case i == 0:
			line = bold(strings.TrimPrefix(line, "### "))
		case i == 1 || fence:
			line = dim(line)
		case code:
			line = colour("36", line)
		}
		code = code != fence
		for line := range strings.SplitSeq(ansi.Wordwrap(line, 96, ""), "\n") {
			fmt.Println(dim("   │ ") + line)
		}
	}
}

// paint prints a unified diff.
func paint(unified []byte) {
	for line := range strings.Lines(string(unified)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "diff "):
			continue
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			line = bold(line)
		case strings.HasPrefix(line, "@@"):
			line = dim(line)
		case strings.HasPrefix(line, "+"):
			line = colour("32", line)
		case strings.HasPrefix(line, "-"):
			line = colour("31", line)
		}
		fmt.Println("   " + line)
	}
}

func title(text string) { fmt.Printf("\n%s\n\n", bold(text)) }

// colours is set where the output is a terminal that has them.
var colours bool

func colour(code, text string) string {
	if !colours || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func bold(text string) string { return colour("1", text) }
func dim(text string) string  { return colour("2", text) }
