package fit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chubls/chubls/analyzer"
)

// long is a file of about n lines with one client that every function uses.
func long(l *analyzer.Language, n int) (text string, cursor int) {
	var b strings.Builder
	if l.Name == "python" {
		b.WriteString("import os\nfrom acme import Client\n\nclient = Client(os.environ[\"KEY\"])\n\n")
		for i := 0; strings.Count(b.String(), "\n") < n; i++ {
			fmt.Fprintf(&b, "def f%d(items, name):\n    response = client.users.get(name)\n    for item in items:\n        print(item, response)\n    return response\n\n", i)
			if i%100 == 99 {
				continue
			}
		}
	} else {
		b.WriteString("import { Client } from \"acme\";\n\nconst client = new Client(process.env.KEY);\n\n")
		for i := range n / 7 {
			fmt.Fprintf(&b, "export async function f%d(items, name) {\n  const response = await client.users.get(name);\n  for (const item of items) {\n    console.log(item, response);\n  }\n  return response;\n}\n", i)
		}
	}
	text = b.String()
	return text, strings.LastIndex(text[:len(text)*3/4], "users.get") + 6
}

// BenchmarkEdits fits an example into a file of 10,000 lines, right after a
// keystroke: nothing of the version is known but its tree.
func BenchmarkEdits(b *testing.B) {
	for _, ext := range []string{"python", "typescript"} {
		l := analyzer.ByLanguageID(ext)
		text, cursor := long(l, 10_000)
		code := "from acme import Client, Webhook\n\nclient = Client(key=\"k\")\n\nresponse = client.users.create(email=\"a@b.co\")\nprint(response, Webhook)\n"
		if ext != "python" {
			code = "import { Client, Webhook } from \"acme\";\n\nconst client = new Client(\"k\");\n\nconst response = await client.users.create({ email: \"a@b.co\" });\nconsole.log(response, Webhook);\n"
		}
		b.Run(ext, func(b *testing.B) {
			file := analyzer.New(l, []byte(text))
			file.ReferenceAt(cursor)
			b.ResetTimer()
			for i := range b.N {
				b.StopTimer()
				edit := analyzer.Edit{Span: analyzer.Span{Start: len(text) - 1, End: len(text) - 1}, New: "\n"}
				if i%2 == 1 {
					edit = analyzer.Edit{Span: analyzer.Span{Start: len(text) - 1, End: len(text)}, New: ""}
				}
				now := string(file.Text()[:edit.Span.Start]) + edit.New + string(file.Text()[edit.Span.End:])
				next := file.Next([]byte(now), []analyzer.Edit{edit})
				file.Close()
				file = next
				file.ReferenceAt(cursor)
				b.StartTimer()
				if _, err := Edits(file, analyzer.Span{Start: cursor, End: cursor}, Snippet{Language: l, Code: code}); err != nil {
					b.Fatal(err)
				}
			}
			file.Close()
		})
	}
}
