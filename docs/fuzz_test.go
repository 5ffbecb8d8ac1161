package docs

import "testing"

// The seeds are small and each stands for a rule: headings in fences, fences in
// lists, what never closes, other line ends, bytes that are no text.
var documentSeeds = []string{
	"",
	"\uFEFF# T\n",
	"---\nname: x\nmetadata: {languages: \"py, js\", versions: 1.10}\n---\n# T\n\ntext `code`\n\n## A\n\n```python\n# no heading\n```\n",
	"---\r\nname: x\r\n---\r\n# T\r\n\r\n```js\r\na\r\n```\r\n",
	"---\nname: x\nno end\n\n# T\n",
	"---\na: &a [x, x]\nb: &b [*a, *a]\nname: *b\n---\n",
	"---\n",
	"T\n=\nA `b`\n-\n- ```\n  x\n  ```\n> ```\n> y\n> ```\n```\nz",
	"# # #\n#\n####### seven\n### a ###\n#no\n\x00\xff\n",
	"- - - - > > 1. 2) ```\n\t\t```\n",
	"> ```\n> a\n```b\nc\n```\n",
	"| a | b |\n|---|:-:|\n| `x\\|y` | **z** |\n",
	"<!--\n# x\n-->\n\n<pre>\n# y\n\n# z\n</pre>\n",
	"[a]: b\n[c](<d> \"e\") ![f](g) <h@i.j> <https://k> ***l*** ``m ` n``\n",
	"~~~~\n```\n~~~\n~~~~ \n",
	"a\n\v\n# b\n\f\n",
	"    code\n\n\tcode\n# h\n",
	"  *  0\n\t\t```", // a tab before a fence in a list
	"* a\n\n  ```\n\n\n  b\n\n* c\n\n\n# d\n",
}

func FuzzParseDocument(f *testing.F) {
	for _, s := range documentSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := ParseDocument(data)
		if err != nil {
			t.Skip("too large")
		}
		checkDocument(t, doc)
	})
}

func FuzzParseRegistry(f *testing.F) {
	for _, s := range []string{
		`{"docs":[{"id":"a/b","languages":[{"language":"js","versions":[{"version":1.10,"path":"a/b","files":["DOC.md"],"size":1}],"recommendedVersion":"1.10"}]}]}`,
		`{"entries":[{"name":"a","tags":"x, y","languages":[{"language":"py","versions":[{"path":"../x"}]}]}]}`,
		`{"docs":[null,1,"",[],{}],"entries":null}`,
		`[]`, `{}`, ``, `{"docs":{}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reg, err := ParseRegistry(data)
		if err != nil {
			return
		}
		checkRegistry(t, reg)
	})
}

func FuzzPlaintext(f *testing.F) {
	for _, s := range documentSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, markdown string) {
		s := Plaintext(markdown)
		if len(s) > 100*len(markdown)+100 {
			t.Errorf("%d bytes became %d", len(markdown), len(s))
		}
	})
}

func FuzzCut(f *testing.F) {
	for i, s := range documentSeeds {
		f.Add([]byte(s), 7*i)
	}
	f.Fuzz(func(t *testing.T, data []byte, limit int) {
		doc, err := ParseDocument(data)
		if err != nil {
			t.Skip("too large")
		}
		for _, s := range doc.Sections {
			checkCut(t, doc, s, limit)
		}
	})
}
