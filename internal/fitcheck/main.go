// Command fitcheck puts every example of a hub's guides into real files at
// random places, and has independent judges look at the result: Python's own
// compiler, and esbuild.
//
//	make fitcheck HUB=FOLDER
//
// The files are those of internal/corpus. What is random has a seed, so that a
// run can be repeated. Of each insertion it must hold that
//
//   - the judge finds nothing wrong (there was nothing wrong before),
//   - no line of the file is lost, but for an import that has got more names,
//   - no import stands there twice,
//   - nothing that looks like somebody's key is brought along,
//   - the same once more adds no import, and is good code too.
//
// It prints how many examples there were and what became of them, with the
// exceptions by reason, and fails where these are 0.5 % or more of the examples
// that are good code by themselves.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/fit"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/internal/corpus"
)

// bar is the share of exceptions that is too much.
const bar = 0.005

func main() {
	var c check
	flag.StringVar(&c.hub, "hub", "", "a folder with a built hub: registry.json and documents")
	flag.StringVar(&c.work, "work", "", "the folder that keeps downloads; a folder in the user's cache if empty")
	flag.Uint64Var(&c.seed, "seed", 1, "of what is random")
	flag.IntVar(&c.sample, "n", 0, "how many examples, drawn at random; 0 is all of them")
	flag.IntVar(&c.hosts, "hosts", 150, "how many files of each extension")
	flag.IntVar(&c.show, "show", 3, "how many exceptions of each reason are shown")
	flag.StringVar(&c.keep, "keep", "", "a folder to write the exceptions to, before and after")
	flag.Parse()
	if err := c.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "fitcheck:", err)
		os.Exit(1)
	}
}

type check struct {
	hub, work, keep      string
	seed                 uint64
	sample, hosts, show  int
	mu                   sync.Mutex
	counts               map[string]map[string]int // ecosystem -> outcome -> how often
	exceptions           map[string][]exception    // by reason
	examples, good, lost int
}

type exception struct{ where, what string }

// example is a fence of a guide.
type example struct {
	guide   *docs.Guide
	section *docs.Section
	fence   int
}

func (e example) ecosystem() string { return docs.Ecosystem(e.guide.Variant.Language) }
func (e example) String() string {
	return fmt.Sprintf("%s (%s) %s #%d", e.guide.Variant.Entry.ID, e.guide.Variant.Language, e.section.Key, e.fence)
}

func (c *check) run(ctx context.Context) error {
	began := time.Now()
	c.counts, c.exceptions = map[string]map[string]int{}, map[string][]exception{}
	if c.hub == "" {
		return errors.New("name a built copy of the hub: -hub FOLDER")
	}
	if c.work == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		c.work = filepath.Join(cache, "chubls-test")
	}
	tools := filepath.Join(c.work, "fitcheck")
	if err := installJudges(tools); err != nil {
		return err
	}
	python := "python3"
	if p := os.Getenv("PYTHON"); p != "" {
		python = p
	}
	if err := corpus.Fetch(c.work, corpus.Packs); err != nil {
		return err
	}
	npm, err := corpus.NPM(c.work, corpus.Packs)
	if err != nil {
		return err
	}
	library, err := corpus.Python(python)
	if err != nil {
		return err
	}
	examples, err := readExamples(ctx, c.hub)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(c.seed, 0))
	if c.sample > 0 && c.sample < len(examples) {
		random.Shuffle(len(examples), func(i, j int) { examples[i], examples[j] = examples[j], examples[i] })
		examples = examples[:c.sample]
	}
	workers := runtime.GOMAXPROCS(0)
	judges := make([]map[string]*judge, workers)
	for i := range judges {
		judges[i] = map[string]*judge{}
		for _, ecosystem := range []string{"python", "javascript"} {
			j, err := newJudge(tools, ecosystem, python)
			if err != nil {
				return err
			}
			defer j.close()
			judges[i][ecosystem] = j
		}
	}
	hosts, err := drawHosts(random, []corpus.Files{npm, library}, c.hosts, judges[0])
	if err != nil {
		return err
	}
	byEcosystem := map[string][]host{}
	for _, h := range hosts {
		byEcosystem[h.ecosystem()] = append(byEcosystem[h.ecosystem()], h)
	}
	fmt.Printf("%d examples, %d files, seed %d (%s)\n", len(examples), len(hosts), c.seed, time.Since(began).Round(time.Second))

	tasks := make(chan int)
	failed := make(chan error, workers)
	var wg sync.WaitGroup
	for _, own := range judges {
		wg.Go(func() {
			for i := range tasks {
				e := examples[i]
				// Each example has a chance of its own: the order of the workers is no matter.
				own, random := own[e.ecosystem()], rand.New(rand.NewPCG(c.seed, uint64(i)))
				if err := c.try(e, byEcosystem[e.ecosystem()], own, random); err != nil {
					failed <- err
					return
				}
			}
		})
	}
feed:
	for i := range examples {
		select {
		case tasks <- i:
		case err = <-failed:
			break feed
		}
	}
	close(tasks)
	wg.Wait()
	if err != nil {
		return err
	}
	return c.report(time.Since(began))
}

// readExamples lists the fences of all guides of a hub that are in the guide's own language.
func readExamples(ctx context.Context, dir string) ([]example, error) {
	source := hub.Folder("hub", dir, nil)
	registry, err := source.Registry()
	if err != nil {
		return nil, err
	}
	var examples []example
	for _, entry := range registry.Entries {
		for _, v := range entry.Variants {
			if e := docs.Ecosystem(v.Language); e != "python" && e != "javascript" {
				continue
			}
			data, err := source.Read(ctx, v, docs.DocFile)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", entry.ID, err)
			}
			document, err := docs.ParseDocument(data)
			if err != nil {
				continue
			}
			g := docs.NewGuide(v, "hub", document)
			for _, s := range g.Sections {
				for _, n := range g.OwnFences(s) {
					examples = append(examples, example{g, s, n})
				}
			}
		}
	}
	if len(examples) == 0 {
		return nil, fmt.Errorf("%s has no examples in Python, JavaScript or TypeScript", dir)
	}
	return examples, nil
}

// tries is how many files an example is offered to: TypeScript does not go into
// every script, nor does JSX.
const tries = 40

// try puts one example into one file.
func (c *check) try(e example, hosts []host, j *judge, random *rand.Rand) error {
	code := e.section.Fences[e.fence].Code
	loader := "js"
	if e.ecosystem() != "python" {
		loader = map[string]string{"jsx": "jsx", "tsx": "tsx", "typescript": "ts"}[e.section.Fences[e.fence].Language]
		if loader == "" {
			loader = "jsx"
		}
	}
	alone := func() (string, error) {
		wrong, err := j.ask(code, loader, true)
		if err == nil && wrong != "" && loader == "ts" {
			wrong, err = j.ask(code, "tsx", true)
		}
		return wrong, err
	}
	for range tries {
		h := hosts[random.IntN(len(hosts))]
		file := analyzer.New(h.language(), []byte(h.text)).At(h.path)
		if !answer.Offered(file, e.guide, e.section, e.fence) {
			file.Close()
			continue
		}
		err := c.insert(e, h, file, h.position(random), alone, j)
		file.Close()
		return err
	}
	wrong, err := alone()
	if err != nil {
		return err
	}
	if wrong != "" {
		c.count(e, "not offered, and no good code by itself")
	} else {
		c.except(e, "good code that no file is offered", e.String(), code)
	}
	return nil
}

func (c *check) insert(e example, h host, file *analyzer.File, at int, alone func() (string, error), j *judge) error {
	line := 1 + strings.Count(h.text[:at], "\n")
	where := fmt.Sprintf("%s:%d (offset %d) <- %s", h.path, line, at, e)
	span := analyzer.Span{Start: at, End: at}
	snippet := answer.Snippet(e.guide, e.section, e.fence)
	edits, unfit := fit.Edits(file, span, snippet)
	if unfit != nil {
		wrong, err := alone()
		if err != nil {
			return err
		}
		if wrong != "" {
			c.count(e, "not inserted, and no good code by itself")
		} else {
			c.except(e, unfit.Error(), where, "")
		}
		return nil
	}
	once, moved := apply(h.text, edits, at)
	wrong, err := j.ask(once, h.loader, false)
	if err != nil {
		return err
	}
	if wrong != "" {
		fault, err := alone()
		if err != nil {
			return err
		}
		if fault != "" {
			c.except(e, "offered, and no good code by itself: "+class(fault), where, fault)
			return nil
		}
		c.except(e, "judge: "+class(wrong), where, wrong+"\n"+showEdits(edits))
		c.write(h, once)
		return nil
	}
	if lost := lostLine(file, h.text, once); lost != "" {
		c.except(e, "a line is lost", where, lost)
	}
	for _, edit := range edits {
		if key := keys.FindString(edit.New); key != "" && !strings.Contains(key, "YOUR_") {
			c.except(e, "a literal key is left", where, key)
		}
	}
	after := analyzer.New(h.language(), []byte(once)).At(h.path)
	defer after.Close()
	if double := doubled(file, after); double != "" {
		c.except(e, "an import stands twice", where, double+"\n"+showEdits(edits))
	}
	again, err := fit.Edits(after, analyzer.Span{Start: moved, End: moved}, snippet)
	if err != nil {
		c.except(e, "the second time: "+err.Error(), where, "")
		return nil
	}
	twice, _ := apply(once, again, moved)
	last := analyzer.New(h.language(), []byte(twice)).At(h.path)
	defer last.Close()
	if more := len(topImports(last)) - len(topImports(after)); more > 0 {
		c.except(e, "an import is added a second time", where, showEdits(edits)+"\n"+showEdits(again))
	}
	if wrong, err = j.ask(twice, h.loader, false); err != nil {
		return err
	}
	if wrong != "" {
		c.except(e, "judge, the second time: "+class(wrong), where, wrong+"\n"+showEdits(again))
		c.write(h, twice)
		return nil
	}
	c.count(e, "inserted")
	return nil
}

func apply(text string, edits []fit.Edit, cursor int) (after string, moved int) {
	var b strings.Builder
	end := 0
	moved = cursor
	for _, e := range edits {
		b.WriteString(text[end:e.Span.Start] + e.New)
		end = e.Span.End
		if e.Span.End <= cursor {
			moved += len(e.New) - (e.Span.End - e.Span.Start)
		}
	}
	b.WriteString(text[end:])
	return b.String(), min(moved, b.Len())
}

func showEdits(edits []fit.Edit) string {
	var b strings.Builder
	for _, e := range edits {
		fmt.Fprintf(&b, "--- at %d\n%s", e.Span.Start, e.New)
	}
	return b.String()
}

// lostLine finds a line of before that after does not have in its order.
func lostLine(file *analyzer.File, before, after string) string {
	imports := file.Imports()
	lines := strings.Split(after, "\n")
	next, offset := 0, 0
	for line := range strings.Lines(before) {
		start := offset
		offset += len(line)
		text := strings.TrimSuffix(line, "\n")
		if strings.TrimSpace(text) == "" {
			continue
		}
		from := next
		for next < len(lines) && strings.TrimSuffix(lines[next], "\r") != strings.TrimSuffix(text, "\r") {
			next++
		}
		if next == len(lines) {
			merged := slices.ContainsFunc(imports, func(i analyzer.Import) bool {
				if len(i.Names) == 0 {
					return false
				}
				end := i.Names[len(i.Names)-1].LocalSpan.End
				return start <= end && end <= offset
			})
			if !merged {
				return text
			}
			next = from
			continue
		}
		next++
	}
	return ""
}

// keys matches what looks like a key: by its own shape, or a long value of
// what is called one. It is not the list that package fit works with.
var keys = regexp.MustCompile(`\b[sr]k_(live|test)_\w|\bwhsec_\w|\bsk-[A-Za-z0-9]{8}|\bAKIA[A-Z0-9]{12}|\bgh[ps]_[A-Za-z0-9]{8}|\bxox[bp]-\w|` +
	`\bAIza[\w-]{20}|\beyJ[\w-]{12,}\.|-----BEGIN [A-Z ]*PRIVATE KEY-----|://[^\s/:@"'{}$<>]+:[^\s/"'@{}$<>]+@|` +
	`(?i:api_?key|secret|password|access_?token|auth_?token)["']?\s*[:=]\s*["'][A-Za-z0-9+/_.-]{20,}["']`)

type imported struct {
	module, name, local string
	typeOnly            bool
}

// declares matches what stands before the call of a top-level require.
var declares = regexp.MustCompile(`^(const|let|var)\s[^=]*=\s*$`)

// topImports lists what a file's top-level imports bring.
func topImports(f *analyzer.File) []imported {
	var found []imported
	for _, i := range f.Imports() {
		top, ok := f.TopStatement(i.Statement.Start)
		if !ok || i.Kind == analyzer.KindReExport || i.Kind == analyzer.KindDynamic || (i.Kind == analyzer.KindRequire && len(i.Names) == 0) {
			continue
		}
		lead := string(f.Text()[top.Start:i.Statement.Start])
		if i.Kind == analyzer.KindRequire && !declares.MatchString(lead) || i.Kind != analyzer.KindRequire && lead != "" {
			continue
		}
		typeOnly := i.Kind == analyzer.KindImportType
		if len(i.Names) == 0 {
			found = append(found, imported{i.Module, "", i.Local, typeOnly})
		}
		for _, n := range i.Names {
			found = append(found, imported{i.Module, n.Name, n.Local, typeOnly})
		}
	}
	return found
}

// doubled finds an import that after has more often than before, and more than once.
func doubled(before, after *analyzer.File) string {
	had, has := map[imported]int{}, map[imported]int{}
	for _, i := range topImports(before) {
		had[i]++
	}
	for _, i := range topImports(after) {
		if has[i]++; has[i] > max(1, had[i]) {
			return fmt.Sprintf("%+v", i)
		}
	}
	return ""
}

func (c *check) count(e example, outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts[e.ecosystem()] == nil {
		c.counts[e.ecosystem()] = map[string]int{}
	}
	c.counts[e.ecosystem()][outcome]++
	c.examples++
	if outcome == "inserted" {
		c.good++
	}
}

func (c *check) except(e example, reason, where, what string) {
	c.count(e, "exception")
	c.mu.Lock()
	defer c.mu.Unlock()
	reason = e.ecosystem() + ": " + reason
	c.exceptions[reason] = append(c.exceptions[reason], exception{where, what})
}

// write keeps a bad result for a look.
func (c *check) write(h host, text string) {
	if c.keep == "" {
		return
	}
	c.mu.Lock()
	n := c.lost
	c.lost++
	c.mu.Unlock()
	_ = os.MkdirAll(c.keep, 0o755)
	_ = os.WriteFile(filepath.Join(c.keep, fmt.Sprintf("%03d%s", n, filepath.Ext(h.path))), []byte(text), 0o644)
}

// class is a judge's message without what differs from file to file.
func class(message string) string {
	var b strings.Builder
	quoted := false
	for _, r := range message {
		switch {
		case r == '"' || r == '\'':
			quoted = !quoted
			if quoted {
				b.WriteString("…")
			}
		case quoted || r >= '0' && r <= '9':
		default:
			b.WriteRune(r)
		}
	}
	text, _, _ := strings.Cut(b.String(), " (line")
	return text
}

func (c *check) report(took time.Duration) error {
	bad := 0
	for _, ecosystem := range []string{"python", "javascript"} {
		for _, outcome := range slices.Sorted(maps.Keys(c.counts[ecosystem])) {
			fmt.Printf("%-11s %6d  %s\n", ecosystem, c.counts[ecosystem][outcome], outcome)
		}
		bad += c.counts[ecosystem]["exception"]
	}
	var reasons []string
	for r := range c.exceptions {
		reasons = append(reasons, r)
	}
	slices.SortFunc(reasons, func(a, b string) int { return len(c.exceptions[b]) - len(c.exceptions[a]) })
	for _, r := range reasons {
		fmt.Printf("%6d  %s\n", len(c.exceptions[r]), r)
		for i, x := range c.exceptions[r] {
			if i == c.show {
				break
			}
			fmt.Printf("        %s\n          %s\n", x.where, strings.ReplaceAll(strings.TrimSpace(x.what), "\n", "\n          "))
		}
	}
	share := float64(bad) / float64(max(1, bad+c.good))
	fmt.Printf("%d exceptions in %d examples that are good code: %.2f %% (bar %.1f %%), in %s\n", bad, bad+c.good, share*100, bar*100, took.Round(time.Second))
	if share >= bar {
		return errors.New("too many exceptions")
	}
	return nil
}
