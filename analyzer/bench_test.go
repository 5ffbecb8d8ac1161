package analyzer

import (
	"bytes"
	"fmt"
	"testing"
)

// hosts are files of about n lines in each language, with a client at the top
// that all functions use; cursor is the offset of a call in the middle.
func host(language string, lines int) (l *Language, text []byte, cursor int) {
	var b bytes.Buffer
	switch language {
	case "python":
		b.WriteString("import os\nimport stytch\n\nclient = stytch.Client(project_id=os.environ['P'])\n")
		for i := 0; bytes.Count(b.Bytes(), []byte{'\n'}) < lines; i++ {
			fmt.Fprintf(&b, "\n\ndef handle_%d(request, size=%d):\n    \"\"\"Handles one request.\"\"\"\n    value = request.get('key_%d')\n    if value is None or len(value) > size:\n        raise ValueError(f'bad {value}')\n    response = client.magic_links.email.login_or_create(email=value)\n    return [item.name for item in response.items if item.size > %d]\n", i, i, i, i)
		}
	default:
		b.WriteString("import Stripe from 'stripe';\nconst client = new Stripe(process.env.KEY!);\n")
		for i := 0; bytes.Count(b.Bytes(), []byte{'\n'}) < lines; i++ {
			fmt.Fprintf(&b, "\n// Handles one request.\nexport async function handle%d(request: Request, size = %d): Promise<string[]> {\n  const value = request.headers.get('key-%d');\n  if (!value || value.length > size) {\n    throw new Error(`bad ${value}`);\n  }\n  const session = await client.checkout.sessions.create({ mode: 'payment', size });\n  return session.items.filter((item) => item.size > %d).map((item) => item.name);\n}\n", i, i, i, i)
		}
	}
	text = b.Bytes()
	verb := map[string]string{"python": "login_or_create", "typescript": "sessions.create"}[language]
	middle := len(text) / 2
	cursor = middle + bytes.Index(text[middle:], []byte(verb)) + len(verb) - 2
	l = ByLanguageID(language)
	l.queries()
	return l, text, cursor
}

func BenchmarkFullParse(b *testing.B) {
	each(b, func(b *testing.B, l *Language, text []byte, cursor int) {
		for b.Loop() {
			f := New(l, text)
			f.mu.Lock()
			f.root()
			f.mu.Unlock()
			f.Close()
		}
	})
}

// A hover right after a one-character edit: what a user who types waits for.
func BenchmarkReferenceAfterEdit(b *testing.B) {
	each(b, func(b *testing.B, l *Language, text []byte, cursor int) {
		f := New(l, text)
		f.ReferenceAt(cursor)
		at := bytes.Index(text, []byte("size")) + 4
		for b.Loop() {
			edit := Edit{Span: Span{at, at}, New: "x"}
			if bytes.HasPrefix(f.Text()[at:], []byte("x")) {
				edit = Edit{Span: Span{at, at + 1}}
			}
			changed := bytes.Join([][]byte{f.Text()[:at], f.Text()[edit.Span.End:]}, []byte(edit.New))
			next := f.Next(changed, []Edit{edit})
			if _, ok := next.ReferenceAt(cursor); !ok {
				b.Fatal("no reference")
			}
			f.Close()
			f = next
		}
		f.Close()
	})
}

func BenchmarkReferenceWarm(b *testing.B) {
	each(b, func(b *testing.B, l *Language, text []byte, cursor int) {
		f := New(l, text)
		defer f.Close()
		for b.Loop() {
			if _, ok := f.ReferenceAt(cursor); !ok {
				b.Fatal("no reference")
			}
		}
	})
}

// The cursor at another place each time.
func BenchmarkReferenceElsewhere(b *testing.B) {
	each(b, func(b *testing.B, l *Language, text []byte, cursor int) {
		f := New(l, text)
		defer f.Close()
		name := text[cursor-3 : cursor+2]
		at := 0
		for b.Loop() {
			next := bytes.Index(text[at+1:], name)
			if next < 0 {
				at = 0
				continue
			}
			at += 1 + next
			if _, ok := f.ReferenceAt(at + 1); !ok {
				b.Fatal("no reference")
			}
		}
	})
}

func BenchmarkImports(b *testing.B) {
	each(b, func(b *testing.B, l *Language, text []byte, cursor int) {
		for b.Loop() {
			f := New(l, text)
			if len(f.Imports()) == 0 {
				b.Fatal("no imports")
			}
			f.Close()
		}
	})
}

func each(b *testing.B, run func(b *testing.B, l *Language, text []byte, cursor int)) {
	for _, language := range []string{"python", "typescript"} {
		for _, lines := range []int{1000, 10000} {
			b.Run(fmt.Sprintf("%s/%d", language, lines), func(b *testing.B) {
				l, text, cursor := host(language, lines)
				run(b, l, text, cursor)
			})
		}
	}
}
