package workspace

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chubls/chubls/analyzer"
)

// counting counts what is asked of a file system.
type counting struct {
	fs.FS
	opens, stats atomic.Int32
}

func (c *counting) Open(name string) (fs.File, error) {
	c.opens.Add(1)
	return c.FS.Open(name)
}

func (c *counting) Stat(name string) (fs.FileInfo, error) {
	c.stats.Add(1)
	return fs.Stat(c.FS, name)
}

// named is a reference to a name that app.ts imports.
func named(module string, names ...string) analyzer.Reference {
	ref := analyzer.Reference{Module: module, Language: "typescript"}
	for _, n := range names {
		name, called := strings.CutSuffix(n, "()")
		ref.Path = append(ref.Path, analyzer.Segment{Name: name, Called: called})
	}
	return ref
}

// leads is where a reference of app.ts leads, as a sentence.
func leads(x *Files, ref analyzer.Reference) string {
	to, o := x.Follow("app.ts", ref)
	return []string{"foreign", to.Module + " " + to.Path.String(), "lost"}[o]
}

func TestNothingIsReadTwice(t *testing.T) {
	c := &counting{FS: tree(map[string]string{
		"tsconfig.json":  `{"compilerOptions": {"paths": {"@/*": ["src/*"]}}}`,
		"src/index.ts":   `export * from "./none"; export * from "./stripe";`,
		"src/stripe.ts":  `import Stripe from "stripe"; export const stripe = new Stripe("k"); export const local = 1;`,
		"src/unasked.ts": `export const x = 1`,
	})}
	x := &Files{FS: c}
	if _, _, known := x.Known("app.ts", named("@/index", "stripe", "charges")); known || c.opens.Load()+c.stats.Load() != 0 {
		t.Fatal("known before anything was read, or read for it")
	}
	if got := leads(x, named("@/index", "stripe", "charges")); got != "stripe charges" {
		t.Fatal(got)
	}
	if n := c.opens.Load(); n != 3 {
		t.Errorf("%d files were opened, and 3 are on the way", n)
	}
	opens, stats := c.opens.Load(), c.stats.Load()
	for _, ref := range []analyzer.Reference{
		named("@/index", "stripe", "charges"), named("@/index", "stripe", "checkout", "sessions", "create"), named("@/index", "stripe"),
	} {
		if to, o, known := x.Known("app.ts", ref); !known || o != Found || to.Module != "stripe" || to.Path.String() != ref.Path[1:].String() {
			t.Errorf("%s: %v %d %s %s", ref.Path, known, o, to.Module, to.Path)
		}
	}
	// Another name needs a parse, and no disk; then its absence is known too.
	for _, name := range []string{"local", "never"} {
		if _, _, known := x.Known("app.ts", named("@/index", name, "a")); known {
			t.Errorf("%s is known", name)
		}
		if got := leads(x, named("@/index", name, "a")); got != "lost" {
			t.Errorf("%s: %s", name, got)
		}
		if _, o, known := x.Known("app.ts", named("@/index", name, "a")); !known || o != Lost {
			t.Errorf("%s: %v %d", name, known, o)
		}
	}
	if c.opens.Load() != opens || c.stats.Load() != stats {
		t.Errorf("the disk was asked again: %d opens, %d stats", c.opens.Load()-opens, c.stats.Load()-stats)
	}
}

func TestRecheck(t *testing.T) {
	fsys := tree(map[string]string{"lib/stripe.ts": `import Stripe from "stripe"; export const client = new Stripe("k");`})
	c := &counting{FS: fsys}
	x := &Files{FS: c}
	ref := named("./lib/stripe", "client", "charges")
	want := func(what, want string) {
		t.Helper()
		x.Recheck()
		if got := leads(x, ref); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	want("first", "stripe charges")
	old := time.Now().Add(-time.Hour)
	fsys["lib/stripe.ts"] = &fstest.MapFile{Data: []byte(`import OpenAI from "openai"; export const client = new OpenAI("k");`), ModTime: old}
	want("changed", "openai charges")
	// The same time and size: an old file is believed, so nothing is read.
	opens := c.opens.Load()
	x.Recheck()
	if n := c.opens.Load() - opens; n != 0 {
		t.Errorf("%d files were read though nothing had changed", n)
	}
	// Another time and the same text: it is read, and what is known of it stays.
	fsys["lib/stripe.ts"] = &fstest.MapFile{Data: fsys["lib/stripe.ts"].Data, ModTime: old.Add(time.Second)}
	x.Recheck()
	if _, o, known := x.Known("app.ts", ref); !known || o != Found {
		t.Error("what is known of a file was forgotten though its text is the same")
	}
	delete(fsys, "lib/stripe.ts")
	want("deleted", "lost")
	fsys["lib/stripe/index.js"] = &fstest.MapFile{Data: []byte(`const s = require("stripe"); exports.client = s("k")`)}
	want("a folder instead", "stripe charges")
	fsys["lib/stripe.tsx"] = &fstest.MapFile{Data: []byte(`export { resend as client } from "resend"`)}
	want("a file that comes before it", "resend resend.charges")
	fsys["tsconfig.json"] = &fstest.MapFile{Data: []byte(`{"compilerOptions": {"paths": {"#x": ["./lib/stripe.tsx"]}}}`)}
	ref = named("#x", "client")
	want("an alias that is new", "resend resend")
	fsys["tsconfig.json"] = &fstest.MapFile{Data: []byte(`{`), ModTime: old}
	want("an alias that is gone", "lost")
	// A young file may change within the resolution of its time.
	now := time.Now()
	ref = named("./young", "client")
	fsys["young.ts"] = &fstest.MapFile{Data: []byte(`export { client } from "aaa"`), ModTime: now}
	want("young", "aaa client")
	fsys["young.ts"] = &fstest.MapFile{Data: []byte(`export { client } from "bbb"`), ModTime: now}
	want("changed within its time", "bbb client")
}

// What is in an editor counts, not what is on disk.
func TestBuffersWin(t *testing.T) {
	fsys := tree(map[string]string{"lib.ts": `export { client } from "disk"`})
	var open atomic.Pointer[analyzer.File]
	defer func() { open.Load().Close() }()
	x := &Files{FS: fsys, Open: func(name string) *analyzer.File {
		if f := open.Load(); f != nil && (name == "lib.ts" || name == "fresh.ts") {
			return f.Retain()
		}
		return nil
	}}
	if got := leads(x, named("./lib", "client", "x")); got != "disk client.x" {
		t.Error(got)
	}
	open.Store(analyzer.New(analyzer.ByPath("lib.ts"), []byte(`export { client } from "buffer"`)))
	x.Touch()
	for _, module := range []string{"./lib", "./fresh"} { // the second was never saved
		if got := leads(x, named(module, "client", "x")); got != "buffer client.x" {
			t.Errorf("%s: %s", module, got)
		}
		if _, _, known := x.Known("app.ts", named(module, "client", "y")); !known {
			t.Errorf("%s is not known", module)
		}
	}
	// The next version: nothing needs to be told.
	was := open.Load()
	text := `export { client } from "edited"`
	open.Store(was.Next([]byte(text), []analyzer.Edit{{Span: analyzer.Span{Start: 24, End: 30}, New: "edited"}}))
	was.Close()
	if _, _, known := x.Known("app.ts", named("./lib", "client", "x")); known {
		t.Error("what an older version said is taken for known")
	}
	if got := leads(x, named("./lib", "client", "x")); got != "edited client.x" {
		t.Error(got)
	}
}

func TestBounds(t *testing.T) {
	fsys := tree(map[string]string{
		"big.ts":    `export { client } from "big"` + strings.Repeat("\n", maxSource),
		"bin.ts":    "\x00\xff\xfe\x00export",
		"dir.ts/x":  "",
		"long.ts":   "export { client } from '" + strings.Repeat("./", 3000) + "x'",
		"a/b/c.ts":  `export { client } from "../../../outside"`,
		"empty.ts":  "",
		"many.ts":   strings.Repeat("export * from './none';\n", 10) + "export * from './chain0'",
		"starry.py": strings.Repeat("from .starry import *\n", 50),
	})
	for i := range 2 * maxFollows {
		fsys[fmt.Sprintf("chain%d.ts", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `export * from "./chain%d"; export * from "./chain%d";`, i+1, i+2)}
	}
	c := &counting{FS: fsys}
	x := &Files{FS: c}
	start := time.Now()
	for _, module := range []string{"./big", "./bin", "./dir", "./long", "./a/b/c", "./empty", "./many", "../x", "../../etc/passwd", "/etc/passwd", "./\x00", "./\xff", ".", "..", "./", "#", "@/", "~/", "#/../../x", ""} {
		if got := leads(x, named(module, "client", "x")); got != "lost" && got != "foreign" {
			t.Errorf("%q leads to %s", module, got)
		}
	}
	if n := c.opens.Load(); n > maxReads+20 {
		t.Errorf("%d files were opened", n)
	}
	x.Follow("starry.py", analyzer.Reference{Language: "python", Module: ".starry", Path: analyzer.Path{{Name: "x"}}, Star: true})
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("it took %s", d)
	}
}

// Links may lead to another place of the workspace, and not out of it.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a right of their own")
	}
	top := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(top, name)); err != nil {
			t.Fatal(err)
		}
	}
	write("outside/secret.ts", `export { client } from "secret"`)
	write("in/lib/inner.ts", `export { client } from "inner"`)
	link("lib", "in/linked")
	link("../outside", "in/out")
	link(filepath.Join(top, "outside", "secret.ts"), "in/direct.ts")
	link("loop.ts", "in/loop.ts")
	link("missing", "in/dangling.ts")
	root, err := os.OpenRoot(filepath.Join(top, "in"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	x := &Files{FS: root.FS()}
	for module, want := range map[string]string{
		"./linked/inner": "inner client", "./out/secret": "lost", "./direct": "lost", "./loop": "lost", "./dangling": "lost",
		"../outside/secret": "lost", "./lib/../linked/inner": "inner client",
	} {
		if got := leads(x, named(module, "client")); got != want {
			t.Errorf("%s: %s, want %s", module, got, want)
		}
	}
}

// Many may ask while the files change.
func TestConcurrency(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Error(err)
		}
	}
	write("lib.ts", `export { client } from "a"`)
	var buffer atomic.Pointer[analyzer.File]
	x := &Files{FS: os.DirFS(dir), Open: func(name string) *analyzer.File {
		if f := buffer.Load(); f != nil && name == "buffer.ts" {
			return f.Retain()
		}
		return nil
	}}
	first := analyzer.New(analyzer.ByPath("a.ts"), []byte(`export { client } from "buffer"`))
	defer first.Close()
	buffer.Store(first)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				switch i {
				case 0:
					write("lib.ts", fmt.Sprintf(`export { client } from "a%d"`, n))
				case 1:
					x.Recheck()
				case 2:
					x.Touch()
				default:
					ref := named([]string{"./lib", "./buffer"}[n%2], "client", fmt.Sprint("m", n))
					x.Known("app.ts", ref)
					to, o := x.Follow("app.ts", ref)
					if o == Found && to.Path.String() != ref.Path.String() {
						t.Errorf("%s became %s", ref.Path, to.Path)
					}
				}
			}
		})
	}
	wg.Wait()
	x.Recheck()
	if got := leads(x, named("./lib", "client")); got != "a49 client" {
		t.Error(got)
	}
}

// A workspace with files without end costs what is on the way.
func TestHugeWorkspace(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 20_000 {
		fsys[fmt.Sprintf("src/d%d/f%d.ts", i%200, i)] = &fstest.MapFile{Data: []byte(`export const x = 1`)}
	}
	fsys["src/lib/stripe.ts"] = &fstest.MapFile{Data: []byte(`export { stripe } from "stripe"`)}
	c := &counting{FS: fsys}
	x := &Files{FS: c}
	if got := leads(x, named("./src/lib/stripe", "stripe")); got != "stripe stripe" {
		t.Error(got)
	}
	if o, s := c.opens.Load(), c.stats.Load(); o != 1 || s > 10 {
		t.Errorf("%d opens and %d stats for one file", o, s)
	}
}

func FuzzFollow(f *testing.F) {
	f.Add("./b", `import S from "stripe"; export const x = new S(); export * from "./a"; export { default as y } from "./b"`, `module.exports = { x: require("./a"), ...y }; class K extends K { get x() { return this.x } }`, `{"exports": {"./*": ["./*"]}, "imports": {"#*": {"a": "./*.js"}}, "compilerOptions": {"baseUrl": "..", "paths": {"*": ["*"]}}, "extends": ["./tsconfig.json"]}`)
	f.Add(".b", "from .a import *\nfrom . import x\nclass A(A):\n  x: 'A' = x\n__all__ = [x\n", "from ...b import x as y\nx = x\n", "")
	f.Add("#x/../..", "export default (() => x)(); export = x; export { x as default, 'a b' as x }", "exports.x = exports = module.exports = x;", "{}")
	f.Fuzz(func(t *testing.T, module, a, b, manifest string) {
		fsys := fstest.MapFS{}
		for name, text := range map[string]string{
			"a.ts": a, "b.js": b, "a.py": a, "b/__init__.py": b, "b/index.tsx": a, "x/a.py": b,
			"package.json": manifest, "tsconfig.json": manifest, "x/package.json": manifest,
		} {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		index := Scan(fsys)
		before := analyzer.LiveTrees()
		x := &Files{FS: fsys, Index: func() *Index { return index }}
		for _, from := range []string{"x/app.ts", "x/app.py"} {
			for _, p := range [][]string{nil, {"x"}, {"x()", "x", "y()"}, {"default", "x"}} {
				ref := named(module, p...)
				ref.Language = analyzer.ByPath(from).Name
				for _, ref.Default = range []bool{false, true} {
					start := time.Now()
					to, o := x.Follow(from, ref)
					if d := time.Since(start); d > 5*time.Second {
						t.Errorf("it took %s", d)
					}
					again, o2, known := x.Known(from, ref)
					if known && (o != o2 || to.Module != again.Module || to.Path.String() != again.Path.String() || len(to.Steps) != len(again.Steps)) {
						t.Errorf("%s %s: %d %s %s, then %d %s %s", ref.Module, ref.Path, o, to.Module, to.Path, o2, again.Module, again.Path)
					}
					for _, s := range to.Steps {
						if s.Line < 1 || bytes.Count(fsys[s.File].Data, []byte{'\n'}) < s.Line-1 {
							t.Errorf("a step at %s:%d", s.File, s.Line)
						}
					}
				}
			}
		}
		if n := analyzer.LiveTrees(); n != before {
			t.Errorf("%d trees are left", n-before)
		}
	})
}
