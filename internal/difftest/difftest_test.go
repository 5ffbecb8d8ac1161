package difftest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chubls/chubls/internal/corpus"
)

// least is the precision and the recall that every language must reach.
const least = 0.998

func TestImportsEqualTheOracles(t *testing.T) {
	if os.Getenv("CHUBLS_DIFFTEST") == "" {
		t.Skip("downloads packages and takes minutes; set CHUBLS_DIFFTEST=1 to run it")
	}
	work := workDir(t)
	began := time.Now()
	if err := corpus.Fetch(work, append(slices.Clone(corpus.Packs), oraclePack)); err != nil {
		t.Fatal(err)
	}
	npm, err := corpus.NPM(work, corpus.Packs)
	if err != nil {
		t.Fatal(err)
	}
	python, err := corpus.Python(pythonCommand())
	if err != nil {
		t.Fatal(err)
	}
	formScripts, formPython, err := formsCorpus(filepath.Join(work, "forms"))
	if err != nil {
		t.Fatal(err)
	}
	binary := chubls(t, work)
	t.Logf("corpus: %d files of %d packages, %d files of Python's library (%s)", len(npm.Files), len(corpus.Packs), len(python.Files), since(began))
	if n := len(npm.Files) + len(python.Files); n < 2000 {
		t.Fatalf("the corpus has %d files, want at least 2000", n)
	}

	script, err := filepath.Abs("oracle.mjs")
	if err != nil {
		t.Fatal(err)
	}
	walker, err := filepath.Abs("oracle.py")
	if err != nil {
		t.Fatal(err)
	}
	typescript := filepath.Join(work, oraclePack.Folder(), "lib", "typescript.js")

	began = time.Now()
	oracle := map[string]read{}
	for _, c := range []corpus.Files{npm, formScripts} {
		maps.Copy(oracle, run(t, c, 1000, "node", script, typescript))
	}
	for _, c := range []corpus.Files{python, formPython} {
		maps.Copy(oracle, run(t, c, 500, pythonCommand(), walker))
	}
	t.Logf("oracles: %s", since(began))

	began = time.Now()
	env := quietHub(t)
	ours := map[string]read{}
	for _, c := range []corpus.Files{npm, python, formScripts, formPython} {
		maps.Copy(ours, runChubls(t, c, binary, env))
	}
	t.Logf("chubls: %s", since(began))

	all := newResult()
	var files []string
	refused := map[string]int{}
	for f := range oracle {
		files = append(files, f)
	}
	slices.Sort(files)
	for _, f := range files {
		switch got, ok := ours[f]; {
		case oracle[f].Error != "":
			refused[languageOf(f)]++
		case !ok:
			all.differences = append(all.differences, difference{"refused", languageOf(f), f, "", "chubls printed nothing for it"})
		default:
			all.file(f, oracle[f].Items, got.Items)
		}
	}
	report(t, work, all, files, refused)
}

// report prints everything that decides, writes everything that is known to
// report.txt in the work folder, and judges.
func report(t *testing.T, work string, r *result, files []string, refused map[string]int) {
	t.Helper()
	list, err := readKnown("known.txt")
	if err != nil {
		t.Fatal(err)
	}
	unlisted, stale := sift(list, r.differences, files)

	var b strings.Builder
	fmt.Fprintf(&b, "left out, since the oracle refuses them: %v\n\n%s\n", refused, r.table())
	fmt.Fprintf(&b, "%d differences, %d of them not in known.txt:\n", len(r.differences), len(unlisted))
	for _, d := range r.differences {
		fmt.Fprintf(&b, "  %s\n", d)
	}
	t.Logf("\n%s", b.String())

	slices.SortStableFunc(r.soft, func(x, y difference) int { return strings.Compare(x.What, y.What) })
	shown := map[string]int{}
	for _, d := range r.soft {
		fmt.Fprintf(&b, "%s\n", d)
		if shown[d.What]++; shown[d.What] <= 10 {
			t.Logf("%s", d)
		} else if shown[d.What] == 11 {
			t.Logf("%s: more of them in report.txt", d.What)
		}
	}
	if err := os.WriteFile(filepath.Join(work, "report.txt"), []byte(b.String()), 0o644); err != nil {
		t.Error(err)
	}

	for _, d := range unlisted {
		t.Errorf("not in known.txt: %s", d)
	}
	for _, k := range stale {
		t.Errorf("known.txt:%d: nothing matches this any more: %s", k.line, k.fileGlob)
	}
	for _, l := range []string{"python", "javascript", "typescript"} {
		f := r.languages[l]
		if f == nil {
			t.Errorf("%s: nothing was compared", l)
		} else if f.precision() < least || f.recall() < least {
			t.Errorf("%s: precision %.5f, recall %.5f; want at least %v", l, f.precision(), f.recall(), least)
		}
	}
}

func since(t time.Time) time.Duration { return time.Since(t).Round(100 * time.Millisecond) }

// workDir is the folder that keeps the packages between runs.
func workDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CHUBLS_WORK")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(cache, "chubls-difftest")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pythonCommand is the interpreter whose library and whose ast are used.
func pythonCommand() string {
	if p := os.Getenv("PYTHON"); p != "" {
		return p
	}
	if p, err := exec.LookPath("python3"); err == nil {
		return p
	}
	return "python"
}

// chubls is the binary under test: CHUBLS_BIN, or one that is built now.
func chubls(t *testing.T, work string) string {
	t.Helper()
	if bin := os.Getenv("CHUBLS_BIN"); bin != "" {
		bin, err := filepath.Abs(bin)
		if err != nil {
			t.Fatal(err)
		}
		return bin
	}
	bin := filepath.Join(work, "chubls")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", bin, "../../cmd/chubls").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// quietHub is an environment in which chubls has a hub with nothing in it, so
// that it needs no network.
func quietHub(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "empty")
	if err := os.MkdirAll(source, 0o755); err != nil {
		t.Fatal(err)
	}
	registry := `{"version":"1.0.0","generated":"2026-01-01T00:00:00.000Z","docs":[],"skills":[]}`
	config, err := json.Marshal(map[string]any{"sources": []any{map[string]string{"name": "empty", "path": source}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		filepath.Join(source, "registry.json"): registry,
		filepath.Join(dir, "config.yaml"):      string(config), // JSON is YAML
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return append(os.Environ(), "CHUB_DIR="+dir, "CHUB_TELEMETRY=0", "CHUB_FEEDBACK=0")
}

// read is what one side says of a file.
type read struct {
	Items []found
	Error string
}

// batches calls do for every so many files, on all cores, and gives up at the
// first error.
func batches(t *testing.T, files []string, size int, do func(files []string) error) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for batch := range slices.Chunk(files, size) {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if err := do(batch); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// run asks an oracle, which takes file names on stdin.
func run(t *testing.T, c corpus.Files, size int, name string, args ...string) map[string]read {
	t.Helper()
	all := map[string]read{}
	var mu sync.Mutex
	batches(t, c.Files, size, func(files []string) error {
		cmd := exec.Command(name, args...)
		cmd.Dir = c.Root
		cmd.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
		return lines(cmd, func(line []byte) error {
			var o struct {
				File, Error string
				Items       []found
			}
			if err := json.Unmarshal(line, &o); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			all[c.Label+o.File] = read{o.Items, o.Error}
			return nil
		})
	})
	if len(all) != len(c.Files) {
		t.Fatalf("%s told of %d files of %d", name, len(all), len(c.Files))
	}
	return all
}

// runChubls asks "chubls imports".
func runChubls(t *testing.T, c corpus.Files, binary string, env []string) map[string]read {
	t.Helper()
	all := map[string]read{}
	var mu sync.Mutex
	batches(t, c.Files, 100, func(files []string) error {
		cmd := exec.Command(binary, append([]string{"imports", "--json"}, files...)...)
		cmd.Dir, cmd.Env = c.Root, env
		err := lines(cmd, func(line []byte) error {
			var o struct {
				File    string
				Imports []struct {
					Module, Kind    string
					Line, Character int
					Names           []struct{ Name string }
				}
			}
			if err := json.Unmarshal(line, &o); err != nil {
				return err
			}
			var r read
			for _, i := range o.Imports {
				at := position{i.Line, i.Character}
				f := found{Module: i.Module, Kind: i.Kind, Statement: at, Literal: at, Names: []string{}}
				for _, n := range i.Names {
					f.Names = append(f.Names, n.Name)
				}
				r.Items = append(r.Items, f)
			}
			mu.Lock()
			defer mu.Unlock()
			all[c.Label+filepath.ToSlash(o.File)] = r
			return nil
		})
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			// It may refuse a file and go on: what it did not print is told of later.
			t.Log(err)
			return nil
		}
		return err
	})
	return all
}

// lines runs a command and hands on each line of its output, also where the
// command fails in the end.
func lines(cmd *exec.Cmd, each func(line []byte) error) error {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, failed := cmd.Output()
	if failed != nil {
		failed = fmt.Errorf("%s: %w\n%.4000s", filepath.Base(cmd.Path), failed, stderr.Bytes())
	}
	r := bufio.NewReader(bytes.NewReader(out))
	for {
		line, err := r.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := each(line); err != nil {
				return fmt.Errorf("%s: %w in %.200s", filepath.Base(cmd.Path), err, line)
			}
		}
		if err != nil {
			return failed
		}
	}
}
