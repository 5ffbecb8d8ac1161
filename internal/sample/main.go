// Command sample draws random calls of third-party packages from real code and
// prints what a hover shows on each, to be judged by a person: is the section that
// is shown the one that documents the call?
//
//	go run ./internal/sample -hub FOLDER [-n 150] [-seed 1] REPOSITORY...
//
// A repository is a folder with source files. Calls that show nothing are counted
// and not printed, overviews are printed in one line.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/live"
)

func main() {
	hub := flag.String("hub", "", "folder of a built hub")
	n := flag.Int("n", 150, "how many specific sections to print")
	seed := flag.Uint64("seed", 1, "of the random numbers")
	lines := flag.Int("lines", 30, "how many lines of a section to print")
	flag.Parse()
	if *hub == "" || flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*hub, flag.Args(), *n, *lines, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "sample:", err)
		os.Exit(1)
	}
}

// call is one place where code calls something that an import brought.
type call struct {
	root, file string
	offset     int // of the last byte of the name
}

func run(hub string, roots []string, n, lines int, seed uint64) error {
	dir, err := os.MkdirTemp("", "sample-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if hub, err = filepath.Abs(hub); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), fmt.Appendf(nil, "sources: [{name: hub, path: %q}]\n", hub), 0o600); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, seed))
	var calls []call
	for i, root := range roots {
		if roots[i], err = filepath.Abs(root); err != nil {
			return err
		}
		found, err := callsIn(roots[i])
		if err != nil {
			return err
		}
		random.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
		calls = append(calls, found[:min(len(found), 2000)]...) // a large repository does not outweigh the others
	}
	random.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })

	desk := live.New(live.Options{Dir: dir})
	defer desk.Close()
	desk.Configure(live.Session{Folders: roots})
	counts := map[string]int{}
	alike := map[string]int{} // entry and name -> how often
	for _, c := range calls {
		if counts["specific"] == n {
			break
		}
		if err := show(desk, c, counts, alike, lines); err != nil {
			return err
		}
	}
	fmt.Println(counts)
	return nil
}

// callsIn lists the calls of a folder's files that lead to an import.
func callsIn(root string) ([]call, error) {
	var calls []call
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git") {
			return filepath.SkipDir
		}
		l := analyzer.ByPath(path)
		if l == nil || !e.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || len(text) > 200<<10 {
			return err
		}
		f := analyzer.New(l, text)
		defer f.Close()
		for _, ref := range f.Uses() {
			if ref.Module != "" && ref.Invoked && !docs.Standard(docs.Ecosystem(ref.Language), ref.Module) {
				calls = append(calls, call{root, path, ref.Span.End - 1})
			}
		}
		return nil
	})
	return calls, err
}

// show prints what is shown at a call.
func show(desk *live.Desk, c call, counts, alike map[string]int, lines int) error {
	text, err := os.ReadFile(c.file)
	if err != nil {
		return err
	}
	f := analyzer.New(analyzer.ByPath(c.file), text).At(c.file)
	defer f.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	h, err := desk.Hover(ctx, f, c.offset)
	if err != nil {
		return err
	}
	if h == nil {
		counts["nothing"]++
		return nil
	}
	ref, _ := f.ReferenceAt(c.offset)
	name := h.Entry
	if len(ref.Path) > 0 {
		name += " " + ref.Path[len(ref.Path)-1].Name
	}
	if alike[name]++; alike[name] > 1 {
		return nil // what everybody does a hundred times is asked for once
	}
	rel, _ := filepath.Rel(filepath.Dir(c.root), c.file)
	row := bytes.Count(text[:c.offset], []byte{'\n'}) + 1
	if h.Section == "" {
		counts["overview"]++
		fmt.Printf("overview: %s:%d: %s (%s)\n", rel, row, ref.Path, h.Entry)
		return nil
	}
	counts["specific"]++
	counts[h.Quality.String()]++
	all := strings.Split(string(text), "\n")
	fmt.Printf("\n#### %d  %s:%d  %s of %s  [%s]\n", counts["specific"], rel, row, ref.Path, ref.Module, h.Quality)
	for _, line := range all[max(0, row-2):min(len(all), row+3)] {
		fmt.Println("    " + line[:min(len(line), 150)])
	}
	body := strings.Split(h.Markdown(), "\n")
	body = slices.DeleteFunc(body, func(l string) bool { return strings.TrimSpace(l) == "" })
	fmt.Println(strings.Join(body[:min(len(body), lines)], "\n"))
	return nil
}
