package analyzer

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// The seeds have every form that resolution knows, and some that break it.
var seeds = map[string][]string{
	"python": {
		"import os, a.b as c\nfrom . import x\nfrom d import *\nclient = c.Client(x)\nclient.users.get(1)\n",
		"class A:\n    def f(self):\n        self.\n        self. = self.c\n",
		"class A:\n    c: 'os.B' = None\n    def __init__(self, p: os.B):\n        self.c = p\n    async def f(self):\n        async with self.c.open() as g, h(): await g.read()\n",
		"import importlib\nm = importlib.import_module('x')\nfor i in (j for j in m.all()): i.k\ntry:\n  m.f(\nexcept m.E as e: e.g\n<<<<<<< HEAD\nimport y\n",
		"def f():\n\tglobal c\n\tc = __import__('z')\n\treturn lambda q=c: q.r\nmatch f():\n  case A(b=s): s.t\n\"\"\"import u\n",
	},
	"javascript": {
		"import a, { b as c, default as d } from 'm';\nimport * as e from \"n\";\nconst { f, g: { h }, ...i } = require('o');\nconst x = await import(/* p */ `q`);\nnew e.Client(x?.y!).z`w`;\n",
		"class A { f() { this.\nthis. = this.#c } }",
		"class K { #c = new a(); constructor() { this.d = this.#c } async *m({ n, o: [p] }) { for await (const q of this.d.list()) yield q.r } }\nexport * from 's';\nexport * as t from 'u';\n",
		"let v = `${a.b(\nimport {\nimport w from 'w'\n=======\n<A.B c={a.d}>{e.f}</A.B>\n",
	},
	"typescript": {
		"import type { T } from 'm';\nimport x = require('n');\nexport import y = require('o');\nlet c: import('p').U<T> = null!;\nfunction f(this: T, a?: x.Client, private b = new x.B()): Promise<T> { return a as unknown as T }\n",
		"namespace N { export abstract class C<T extends x.Y> { constructor(private readonly k: T) {} m() { return this.k.l } } }\nenum E { A = c.d }\n@x.dec() class D { @x.prop p!: y.Q }\n",
	},
}

// checkFile asks a file everything, and checks that every span lies inside its text.
func checkFile(t *testing.T, f *File, offsets []int) {
	t.Helper()
	inside := func(what string, s Span) {
		if s.Start < 0 || s.Start > s.End || s.End > len(f.Text()) {
			t.Errorf("%s: %v is not inside a text of %d bytes", what, s, len(f.Text()))
		}
	}
	for _, at := range offsets {
		ref, ok := f.ReferenceAt(at)
		if ok {
			inside("reference", ref.Span)
			if ref.Module == "" && f.outer == nil && !bytes.Contains(f.Text(), []byte(`""`)) && !bytes.Contains(f.Text(), []byte(`''`)) && !bytes.Contains(f.Text(), []byte("``")) {
				t.Errorf("a reference at %d to no module: %+v", at, ref)
			}
		}
		for _, s := range ref.Steps {
			inside("step", s.Span)
		}
		if names, known := f.Options(ref, true); !known || len(names) > maxOptions {
			t.Errorf("options %q, known %t", names, known)
		}
		p := f.PlaceAfter(at)
		if p.Offset < 0 || p.Offset > len(f.Text()) {
			t.Errorf("a place at %d", p.Offset)
		}
		for range 2 { // the second is remembered
			if again, known := f.KnownPlaceAfter(at); known && again != p {
				t.Errorf("at %d the place is %+v, and %+v in haste", at, p, again)
			}
		}
	}
	for _, i := range f.Imports() {
		inside("import", i.Span)
		inside("statement", i.Statement)
		for _, n := range i.Names {
			inside("name", n.Span)
			inside("local name", n.LocalSpan)
		}
	}
	for _, u := range f.Uses() {
		inside("use", u.Span)
	}
	for _, s := range f.MultilineStrings() {
		inside("string", s)
	}
	f.PlaceForImports()
	for _, a := range f.Assignments() {
		for _, s := range f.Slice(a.Statement) {
			inside("needed statement", s)
		}
	}
	for _, l := range f.Literals() {
		inside("literal", l.Span)
		inside("its value", l.Value)
	}
	sketch := f.Sketch()
	for _, e := range sketch.Exports {
		inside("export", e.Statement)
		inside("its keyword", e.Keyword)
	}
	whole := Span{0, len(f.Text())}
	for _, at := range offsets {
		if at < 0 || at > len(f.Text()) {
			continue
		}
		p, lines, _ := f.Statements(Span{at / 2, at})
		inside("selection", lines)
		f.Neighbours(at)
		for _, name := range append(sketch.Declared, "a", "self") {
			f.KnownAt(name, p)
			f.Mentions(name, whole)
			for _, s := range f.NamesOf(name) {
				inside("name", s)
				f.Bound(s)
			}
		}
		if ref, ok := f.ReferenceAt(at); ok {
			f.Holders(ref, f.PlaceAfter(at), nil)
			f.ImportsOf(ref.Module)
		}
	}
	f.TopImports()
	if f.Breaks(nil) {
		t.Error("no edits break the file")
	}
	f.HasMarkup()
}

// fuzzFile opens text, edits it at random and asks after each edit. While the
// text has no syntax error, the imports of an edited version must be those of
// the same text opened afresh.
func fuzzFile(t *testing.T, l *Language, text []byte, seed uint64) {
	if len(text) > 4<<10 {
		t.Skip("long texts are for TestHostileText")
	}
	r := rand.New(rand.NewPCG(seed, 0))
	offsets := func() []int {
		return []int{0, len(text), r.IntN(len(text) + 1), r.IntN(len(text) + 1), r.IntN(len(text) + 1), -1, len(text) + 1}
	}
	bits := []string{"", "", "x", ".", "\n", "(", ")", "\"", "'", "`", "import ", "a", "=", " ", "{", "}", "\x00", "é", "\r\n", "#", "/*"}
	f := New(l, text)
	checkFile(t, f, offsets())
	for range 3 {
		var edits []Edit
		for range 1 + r.IntN(3) {
			start := r.IntN(len(text) + 1)
			e := Edit{Span{start, min(len(text), start+r.IntN(6))}, bits[r.IntN(len(bits))]}
			edits = append(edits, e)
			text = slices.Concat(text[:e.Span.Start], []byte(e.New), text[e.Span.End:])
		}
		next := f.Next(text, edits)
		f.Close()
		f = next
		checkFile(t, f, offsets())
		fresh := New(l, text)
		if want := fresh.Imports(); !fresh.Broken() && !f.Broken() && !reflect.DeepEqual(f.Imports(), want) {
			t.Errorf("after edits %+v of %q:\n%+v\nopened afresh:\n%+v", edits, text, f.Imports(), want)
		}
		fresh.Close()
	}
	f.Close()
}

func FuzzPython(f *testing.F)     { fuzzLanguage(f, "python") }
func FuzzJavaScript(f *testing.F) { fuzzLanguage(f, "javascript") }
func FuzzTypeScript(f *testing.F) { fuzzLanguage(f, "typescript", "javascript") }
func FuzzTSX(f *testing.F)        { fuzzLanguage(f, "typescriptreact", "typescript", "javascript") }

func fuzzLanguage(f *testing.F, id string, more ...string) {
	for _, name := range append(more, id) {
		for i, s := range seeds[name] {
			f.Add([]byte(s), uint64(i))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) { fuzzFile(t, ByLanguageID(id), text, seed) })
}
