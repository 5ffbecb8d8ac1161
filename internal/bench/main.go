// Command bench measures chubls from outside, as an editor meets it, and
// prints the figures as ratios to a floor: a server of the same libraries that
// does nothing. Both are measured by turns in one run, so that the ratios hold
// on a busy machine where times do not.
//
//	go run ./internal/bench
//
// It judges nothing: the targets stand beside the figures. It fails only where
// something could not run.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	var b bench
	flag.StringVar(&b.chubls, "bin", os.Getenv("CHUBLS_BIN"), "the chubls binary; built from this module if empty")
	flag.StringVar(&b.bigHub, "hub", "", "a folder with a whole hub (registry.json and documents), to measure memory with")
	flag.IntVar(&b.samples, "n", 1000, "samples of each operation and server")
	flag.IntVar(&b.starts, "starts", 20, "starts of each server")
	flag.IntVar(&b.edits, "edits", 1000, "edits between the two looks at memory")
	flag.Parse()
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	chubls, floor string // binaries
	bigHub        string
	samples       int
	starts, edits int
	dir, root     string   // a temporary folder, and the workspace in it
	env           []string // with the small hub
	editHover     map[string]times
	firstHover    map[string]times
	parses        map[string]time.Duration
	parsesProblem error
}

func (b *bench) run() (err error) {
	if b.samples < 10 || b.starts < 1 || b.edits < 4 {
		return errors.New("want at least 10 samples, 1 start and 4 edits")
	}
	if b.dir, err = os.MkdirTemp("", "chubls-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	b.root = filepath.Join(b.dir, "workspace")
	if err := os.Mkdir(b.root, 0o755); err != nil {
		return err
	}
	if b.env, err = smallHub(b.dir); err != nil {
		return err
	}
	module, err := b.build()
	if err != nil {
		return err
	}
	fmt.Printf("%s/%s, %d cores, %s; %d samples each, by turns\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), b.samples)

	fmt.Printf("\nTime: chubls against the floor\n%-11s %6s  %-12s %9s %9s %7s  %9s %9s %7s  %s\n",
		"", "lines", "", "p50", "floor", "ratio", "p99", "floor", "ratio", "target")
	b.editHover, b.firstHover = map[string]times{}, map[string]times{}
	for _, language := range []string{"python", "typescript"} {
		for _, lines := range []int{1000, 10000} {
			if err := b.speed(hostFile(language, lines)); err != nil {
				return fmt.Errorf("%s, %d lines: %w", language, lines, err)
			}
		}
	}
	if err := b.start(); err != nil {
		return err
	}

	b.parses, b.parsesProblem = fullParse(module)
	b.againstParse()
	return b.memory()
}

// build makes the binaries that are not given.
func (b *bench) build() (module string, err error) {
	gomod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	module = filepath.Dir(strings.TrimSpace(string(gomod)))
	exe := ""
	if runtime.GOOS == "windows" {
		exe = ".exe"
	}
	make := func(name, pkg string) (string, error) {
		out := filepath.Join(b.dir, name+exe)
		cmd := exec.Command("go", "build", "-o", out, pkg)
		cmd.Dir = module
		if text, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, text)
		}
		return out, nil
	}
	if b.floor, err = make("floor", "./internal/bench/floor"); err != nil {
		return "", err
	}
	if b.chubls == "" {
		b.chubls, err = make("chubls", "./cmd/chubls")
	} else {
		b.chubls, err = filepath.Abs(b.chubls)
	}
	return module, err
}

// pair is a host file open in both servers.
type pair struct{ chubls, floor *document }

func (p pair) close() {
	p.chubls.close()
	p.floor.close()
}

// open starts chubls and, with what chubls answered, the floor.
func (b *bench) open(h host) (p pair, err error) {
	path := filepath.Join(b.root, h.name)
	if err := os.WriteFile(path, []byte(h.text), 0o644); err != nil {
		return p, err
	}
	server, err := launch(b.env, b.root, b.chubls, "serve")
	if err != nil {
		return p, err
	}
	defer func() {
		if err != nil {
			server.close()
		}
	}()
	if p.chubls, err = server.open(path, h); err != nil {
		return p, err
	}
	known, err := p.chubls.warm()
	if err != nil {
		return p, err
	}
	if !known {
		fmt.Printf("%s: hover is null: what follows for this file measures nothing\n", h.name)
	}
	hover, _, err := p.chubls.hover(0)
	if err != nil {
		return p, err
	}
	actions, _, err := p.chubls.actions(0)
	if err != nil {
		return p, err
	}
	if n := count(actions); n == 0 {
		fmt.Printf("%s: codeAction gives no action\n", h.name)
	}
	args := []string{}
	for name, text := range map[string]json.RawMessage{"hover": hover, "actions": actions} {
		file := filepath.Join(b.dir, h.name+"."+name+".json")
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return p, err
		}
		args = append(args, "-"+name, file)
	}
	floor, err := launch(b.env, b.root, b.floor, args...)
	if err != nil {
		return p, err
	}
	if p.floor, err = floor.open(path, h); err != nil {
		floor.close()
	}
	return p, err
}

func count(actions json.RawMessage) int {
	var list []json.RawMessage
	_ = json.Unmarshal(actions, &list) // null and others: none
	return len(list)
}

// speed measures one host file.
func (b *bench) speed(h host) error {
	p, err := b.open(h)
	if err != nil {
		return err
	}
	defer p.close()
	for _, op := range []struct {
		name, target  string
		n             int
		chubls, floor sample
	}{
		// Each place once, with those that are not counted; then all of them again and again.
		{"first there", "", min(b.samples, len(h.uses)*10/11), p.chubls.hover, p.floor.hover},
		{"hover", "p50 <= 1.5", b.samples, p.chubls.hover, p.floor.hover},
		{"codeAction", "p50 <= 2", b.samples, p.chubls.actions, p.floor.actions},
		{"edit+hover", "", b.samples, p.chubls.editHover, p.floor.editHover},
	} {
		t, err := interleave(op.n, op.chubls, op.floor)
		if err != nil {
			return err
		}
		row(h.language, h.lines, op.name, t, op.target)
		if op.name == "edit+hover" && h.lines >= 10000 {
			b.editHover[h.language] = t[0]
		}
	}
	for _, op := range []struct {
		name   string
		sample sample
	}{{"resolve", p.chubls.resolve}, {"edit+resolve", p.chubls.editResolve}} {
		t, err := interleave(max(b.samples/5, 10), op.sample)
		if err != nil {
			return err
		}
		alone(h.language, h.lines, op.name, t[0], "p50 <= 5000µs")
	}
	if h.lines < 10000 {
		return nil
	}
	b.firstHover[h.language], err = p.chubls.firstHovers(h)
	return err
}

// firstHovers opens the file anew under other names: what the first hover
// after an opening takes holds a full parse and what else is done once.
func (c *client) firstHovers(h host) (times, error) {
	t, err := interleave(20, func(i int) (json.RawMessage, time.Duration, error) {
		began := time.Now()
		d, err := c.open(filepath.Join(c.cmd.Dir, fmt.Sprintf("copy%d_%s", i, h.name)), h)
		if err != nil {
			return nil, 0, err
		}
		result, took, err := d.hoverSince(0, began)
		return result, took, errors.Join(err, d.shut())
	})
	if err != nil {
		return nil, err
	}
	return t[0], nil
}

func row(language string, lines int, op string, t []times, target string) {
	size := ""
	if lines > 0 {
		size = fmt.Sprint(lines)
	}
	micro := func(d time.Duration) string { return fmt.Sprintf("%.0fµs", float64(d.Nanoseconds())/1000) }
	a50, b50, a99, b99 := t[0].at(.5), t[1].at(.5), t[0].at(.99), t[1].at(.99)
	fmt.Printf("%-11s %6s  %-12s %9s %9s %7.2f  %9s %9s %7.2f  %s\n", language, size, op,
		micro(a50), micro(b50), ratio(a50, b50), micro(a99), micro(b99), ratio(a99, b99), target)
}

// alone prints a row of something that the floor cannot do.
func alone(language string, lines int, op string, t times, target string) {
	micro := func(d time.Duration) string { return fmt.Sprintf("%.0fµs", float64(d.Nanoseconds())/1000) }
	fmt.Printf("%-11s %6d  %-12s %9s %9s %7s  %9s %9s %7s  %s\n", language, lines, op, micro(t.at(.5)), "", "", micro(t.at(.99)), "", "", target)
}

// start measures from the start of the process to the initialize reply.
func (b *bench) start() error {
	once := func(name string, args ...string) sample {
		return func(int) (json.RawMessage, time.Duration, error) {
			c, err := launch(b.env, b.root, name, args...)
			if err != nil {
				return nil, 0, err
			}
			c.close()
			return nil, c.start, nil
		}
	}
	t, err := interleave(b.starts, once(b.chubls, "serve"), once(b.floor))
	if err == nil {
		row("", 0, "start", t, "")
	}
	return err
}

// againstParse compares a keystroke and its hover with parsing the file anew.
func (b *bench) againstParse() {
	fmt.Println("\nHover right after one character typed into a 10k-line file, against parsing it in full (target: p50 <= 0.1)")
	if b.parsesProblem != nil {
		fmt.Println("  no full parse to compare with:", b.parsesProblem)
	}
	for _, l := range []string{"python", "typescript"} {
		edit := b.editHover[l].at(.5)
		if parse, ok := b.parses[l]; ok {
			fmt.Printf("  %-11s %8.2f ms of %8.2f ms, a full parse in package analyzer: %.3f\n", l, ms(edit), ms(parse), ratio(edit, parse))
		}
		first := b.firstHover[l].at(.5)
		fmt.Printf("  %-11s %8.2f ms of %8.2f ms, didOpen and the first hover:        %.3f\n", l, ms(edit), ms(first), ratio(edit, first))
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// memory looks at the resident size of the servers.
func (b *bench) memory() error {
	fmt.Println("\nMemory (VmRSS, MB)")
	if _, err := rss(os.Getpid()); err != nil {
		fmt.Println("  this system does not tell it:", err)
		return nil
	}
	for _, l := range []string{"python", "typescript"} {
		if err := b.growth(hostFile(l, 10000)); err != nil {
			return err
		}
	}
	if b.bigHub == "" {
		fmt.Println("  with a whole hub: not measured, no -hub given")
		return nil
	}
	hub, err := filepath.Abs(b.bigHub)
	if err != nil {
		return err
	}
	env, err := hubEnv(filepath.Join(b.dir, "big"), hub)
	if err != nil {
		return err
	}
	for _, l := range []string{"python", "typescript"} {
		if err := b.withHub(env, hostFile(l, 1000)); err != nil {
			return err
		}
	}
	return nil
}

// growth opens a file and edits it, with a hover after each edit.
func (b *bench) growth(h host) error {
	p, err := b.open(h)
	if err != nil {
		return err
	}
	defer p.close()
	seen := make([]float64, 0, 5)
	look := func() error {
		mb, err := rss(p.chubls.cmd.Process.Pid)
		seen = append(seen, mb)
		return err
	}
	if err := look(); err != nil {
		return err
	}
	for i := range b.edits {
		if _, _, err := p.chubls.editHover(i); err != nil {
			return err
		}
		if (i+1)%(b.edits/4) == 0 {
			if err := look(); err != nil {
				return err
			}
		}
	}
	floor, err := rss(p.floor.cmd.Process.Pid)
	if err != nil {
		return err
	}
	last := seen[len(seen)-1]
	fmt.Printf("  %-11s 10k lines: %.1f after open (floor %.1f); over %d edits %.1f; last to first quarter %.2f (target: flat, about 1)\n",
		h.language, seen[0], floor, b.edits, seen[1:], last/seen[1])
	return nil
}

// withHub opens a small file with a whole hub as the source.
func (b *bench) withHub(env []string, h host) error {
	c, err := launch(env, b.root, b.chubls, "serve")
	if err != nil {
		return err
	}
	defer c.close()
	path := filepath.Join(b.root, h.name)
	if err := os.WriteFile(path, []byte(h.text), 0o644); err != nil {
		return err
	}
	d, err := c.open(path, h)
	if err != nil {
		return err
	}
	known, err := d.warm()
	if err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // what goes on behind the first answer
	mb, err := rss(c.cmd.Process.Pid)
	if err != nil {
		return err
	}
	note := ""
	if !known {
		note = " (but hover is null)"
	}
	fmt.Printf("  %-11s 1k lines, with a whole hub: %.1f%s (target: < 80)\n", h.language, mb, note)
	return nil
}
