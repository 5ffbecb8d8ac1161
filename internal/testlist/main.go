// Command testlist runs `go test` and keeps an account of it, so that at the end
// of several runs one list can say what was skipped, and why.
//
//	go run ./internal/testlist -to FILE -- -race ./...   run, and add to the account
//	go run ./internal/testlist -summary FILE             print it
//
// A run prints what fails, in full, and a line for each package. The summary
// ends in a line such as "512 passed, 0 failed"; its numbers count tests with
// their subtests, each once, and a package that does not build as one failure.
// A test that one run skips and another one runs was not skipped.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	to := flag.String("to", "", "the file to add the account of this run to")
	from := flag.String("summary", "", "print the account in this file, and run nothing")
	show := flag.Bool("v", false, "print the output of tests that pass too")
	flag.Parse()
	var err error
	if *from != "" {
		err = summary(*from)
	} else {
		err = run(*to, *show, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testlist:", err)
		os.Exit(1)
	}
}

// event is one of `go test -json`.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// verdict is what the account has of one test.
type verdict struct {
	Test   string // with its package
	Action string // pass, skip or fail
	Reason string `json:",omitempty"` // of a skip
}

func run(to string, show bool, args []string) error {
	command := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	verdicts := read(out, os.Stdout, show)
	failed := command.Wait()
	if to != "" {
		if err := add(to, verdicts); err != nil {
			return err
		}
	}
	if exit := (*exec.ExitError)(nil); errors.As(failed, &exit) {
		return errors.New("go test failed; what failed stands above")
	}
	return failed
}

// read follows a run: it prints what people want to see and returns a verdict
// for each test.
func read(events io.Reader, out io.Writer, show bool) []verdict {
	var verdicts []verdict
	output := map[string][]string{} // of tests and packages that have no verdict yet
	failures := map[string]bool{}   // packages with a failed test
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if line == "" && err != nil {
			return verdicts
		}
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprint(out, line) // go test may also say something plain
			continue
		}
		name := e.Package
		if e.Test != "" {
			name += " " + e.Test
		}
		switch e.Action {
		case "output":
			output[name] = append(output[name], e.Output)
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "pass", "fail", "skip":
			text := strings.Join(output[name], "")
			delete(output, name)
			if e.Test == "" {
				if e.Action == "fail" {
					fmt.Fprint(out, text)
					if !failures[e.Package] { // it did not build, or ended before its tests did
						verdicts = append(verdicts, verdict{Test: name, Action: "fail"})
					}
				}
				if e.Action != "skip" { // a package without tests
					fmt.Fprintf(out, "%s\t%s\t%.1fs\n", strings.ToUpper(e.Action), e.Package, e.Elapsed)
				}
				continue
			}
			v := verdict{Test: name, Action: e.Action}
			if e.Action == "fail" {
				failures[e.Package] = true
			}
			if e.Action == "skip" {
				v.Reason = reason(text)
			}
			if e.Action == "fail" || show {
				fmt.Fprint(out, text)
			}
			verdicts = append(verdicts, v)
		}
	}
}

// reason finds what a test said when it was skipped.
func reason(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") {
			continue
		}
		said = append(said, line)
	}
	return strings.Join(said, " ")
}

func add(file string, verdicts []verdict) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	lines := json.NewEncoder(w)
	for _, v := range verdicts {
		if err := lines.Encode(v); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(w.Flush(), f.Close())
}

func summary(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	all := map[string]verdict{}
	for lines := json.NewDecoder(f); ; {
		var v verdict
		if err := lines.Decode(&v); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if weight[v.Action] >= weight[all[v.Test].Action] {
			all[v.Test] = v
		}
	}
	fmt.Print(account(all))
	return nil
}

// weight orders the verdicts of two runs of one test.
var weight = map[string]int{"skip": 1, "pass": 2, "fail": 3}

func account(all map[string]verdict) string {
	count := map[string]int{}
	var skipped, failed strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := all[name]
		count[v.Action]++
		switch v.Action {
		case "skip":
			fmt.Fprintf(&skipped, "  %s\n      %s\n", v.Test, v.Reason)
		case "fail":
			fmt.Fprintf(&failed, "  %s\n", v.Test)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Skipped: %d\n%s", count["skip"], skipped.String())
	if count["fail"] > 0 {
		fmt.Fprintf(&b, "Failed: %d\n%s", count["fail"], failed.String())
	}
	fmt.Fprintf(&b, "%d passed, %d failed\n", count["pass"], count["fail"])
	return b.String()
}
