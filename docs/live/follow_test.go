package live

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
)

// billed is a workspace whose app.py imports a client from another file.
const billed = "from shop.bills import client\n\nclient.bills.send(7)\n"

// project writes files below a fresh folder, and gives that.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

// across is what is shown on send in app.py, "" for nothing.
func across(t *testing.T, d *Desk, f *analyzer.File) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	h, err := d.Hover(ctx, f, strings.Index(string(f.Text()), "send"))
	if err != nil {
		t.Fatal(err)
	}
	if h == nil {
		return ""
	}
	return h.Markdown()
}

// becomes waits for what is shown to begin like want.
func becomes(t *testing.T, d *Desk, f *analyzer.File, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got = across(t, d, f); strings.HasPrefix(got, want) && (want != "" || got == "") {
			return
		}
	}
	t.Errorf("the hover is %q, want %q", got, want)
}

func appOf(t *testing.T, dir, text string) *analyzer.File {
	t.Helper()
	f := analyzer.New(analyzer.ByLanguageID("python"), []byte(text)).At(filepath.Join(dir, "app.py"))
	t.Cleanup(f.Close)
	return f
}

const (
	makes = "import zenbill\nclient = zenbill.Client()\n"
	other = "class Client: pass\nclient = Client()\n"
)

func TestFollow(t *testing.T) {
	url, _ := cdn(t)
	d, _ := start(t, "sources: [{name: default, url: "+url+"}]\n")
	dir := project(t, map[string]string{"shop/__init__.py": "", "shop/bills.py": makes, "app.py": billed})
	d.Configure(Session{Folders: []string{dir}})
	f := appOf(t, dir, billed)
	becomes(t, d, f, sent)
	at := strings.Index(billed, "send")
	if h, ok := d.HoverNow(f, at); !ok || h == nil {
		t.Error("what was shown is not at hand")
	}
	// The explanation names the file and the line.
	e, err := d.Explain(t.Context(), f, at)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, s := range e.Steps {
		found = found || s.File == filepath.Join(dir, "shop", "bills.py") && s.Line == 2 && s.Text == "client = zenbill.Client()"
	}
	if !found {
		t.Errorf("no step in the other file: %+v", e.Steps)
	}

	// Nobody tells that the file has changed: it is noticed after a while.
	write(t, filepath.Join(dir, "shop", "bills.py"), other)
	becomes(t, d, f, "")
	// Somebody tells.
	write(t, filepath.Join(dir, "shop", "bills.py"), makes)
	d.Changed()
	start := time.Now()
	becomes(t, d, f, sent)
	if took := time.Since(start); took > recheck {
		t.Errorf("a change that was told of took %s", took)
	}
	// It goes, and comes back: that it was not there is not kept either.
	if err := os.Remove(filepath.Join(dir, "shop", "bills.py")); err != nil {
		t.Fatal(err)
	}
	d.Changed()
	becomes(t, d, f, "")
	write(t, filepath.Join(dir, "shop", "bills.py"), makes)
	becomes(t, d, f, sent)
}

// What an editor has open counts before it is saved.
func TestFollowBuffers(t *testing.T) {
	url, _ := cdn(t)
	d, _ := start(t, "sources: [{name: default, url: "+url+"}]\n")
	dir := project(t, map[string]string{"shop/__init__.py": "", "shop/bills.py": other, "app.py": billed})
	var open atomic.Pointer[analyzer.File]
	d.Buffers(func(path string) *analyzer.File {
		if f := open.Load(); f != nil && path == filepath.Join(dir, "shop", "bills.py") {
			return f.Retain()
		}
		return nil
	})
	d.Configure(Session{Folders: []string{dir}})
	f := appOf(t, dir, billed)
	becomes(t, d, f, "")
	buffer := analyzer.New(f.Language(), []byte(makes))
	defer buffer.Close()
	open.Store(buffer)
	d.Changed()
	becomes(t, d, f, sent)
	open.Store(nil)
	d.Changed()
	becomes(t, d, f, "")
}

// A file in no open folder is followed within its repository, and no further.
func TestFollowInRepository(t *testing.T) {
	url, _ := cdn(t)
	d, _ := start(t, "sources: [{name: default, url: "+url+"}]\n")
	dir := project(t, map[string]string{
		"outside.py": makes, "repo/.git/HEAD": "", "repo/shop/__init__.py": "", "repo/shop/bills.py": makes,
		"repo/deep/app.py": "", "loose/bills.py": makes,
	})
	d.Configure(Session{})
	becomes(t, d, appOf(t, filepath.Join(dir, "repo"), billed), sent)
	if err := os.Symlink("../outside.py", filepath.Join(dir, "repo", "linked.py")); err != nil {
		t.Skip(err)
	}
	for _, text := range []string{"from .linked import client\nclient.bills.send(7)\n", "from ..outside import client\nclient.bills.send(7)\n"} {
		if got := across(t, d, appOf(t, filepath.Join(dir, "repo"), text)); got != "" {
			t.Errorf("%q left the repository: %s", text, got)
		}
	}
	if got := across(t, d, appOf(t, filepath.Join(dir, "loose"), "from .bills import client\nclient.bills.send(7)\n")); got != "" {
		t.Errorf("a file that lies in nothing was followed: %s", got)
	}
}

// The repository that makes a documented package reads its guide.
func TestFollowOwnPackage(t *testing.T) {
	url, _ := cdn(t)
	d, _ := start(t, "sources: [{name: default, url: "+url+"}]\n")
	dir := project(t, map[string]string{
		"pyproject.toml": "[project]\nname = 'zenbill'\n", "zenbill/__init__.py": "from somebody import Thing as Client\n",
		"shop/__init__.py": "", "shop/bills.py": makes,
	})
	d.Configure(Session{Folders: []string{dir}})
	becomes(t, d, appOf(t, dir, billed), sent)
	becomes(t, d, appOf(t, dir, "import zenbill\nzenbill.Client().bills.send(7)\n"), sent)
}

func BenchmarkHoverAcross(b *testing.B) {
	dir := b.TempDir()
	write(b, filepath.Join(dir, "home", "config.yaml"), "sources: []\n")
	write(b, filepath.Join(dir, "work", "src", "lib", "openai.ts"), `import OpenAI from "openai"; export const ai = new OpenAI();`)
	write(b, filepath.Join(dir, "work", "src", "lib", "index.ts"), `export * from "./openai";`)
	write(b, filepath.Join(dir, "work", "tsconfig.json"), `{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*"]}}}`)
	d := New(Options{Dir: filepath.Join(dir, "home")})
	defer d.Close()
	d.Configure(Session{Folders: []string{filepath.Join(dir, "work")}})
	for name, text := range map[string]string{
		"here":   "import OpenAI from \"openai\";\nconst ai = new OpenAI();\nai.chat.completions.create();\n",
		"across": "import { ai } from \"@/lib\";\nai.chat.completions.create();\n",
	} {
		b.Run(name, func(b *testing.B) {
			f := analyzer.New(analyzer.ByLanguageID("typescript"), []byte(text)).At(filepath.Join(dir, "work", "src", "app.ts"))
			defer f.Close()
			at := strings.Index(text, "create")
			if h, err := d.Hover(b.Context(), f, at); err != nil || h == nil {
				b.Fatal(h, err)
			}
			for b.Loop() {
				if _, ok := d.HoverNow(f, at); !ok {
					b.Fatal("not at hand")
				}
			}
		})
	}
}
