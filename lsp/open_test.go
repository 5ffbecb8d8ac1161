package lsp

import (
	"strings"
	"testing"

	"github.com/chubls/chubls/docs/answer"
)

// Whatever an editor calls a document, reading its name does not fail; and what the
// server has called one is read as what it is.
func FuzzPageURI(f *testing.F) {
	for _, seed := range [][2]string{
		{"stripe/payments", "python"}, {"team:acme/billing", "javascript"}, {"a b/c#d?e%f", "ts"}, {"é/🎉", "python"}, {"", ""}, {"chub://guide/x", "y"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, entry, language string) {
		pageOf(entry)
		name := answer.PageName{Entry: entry, Language: language}
		got, ok := pageOf(pageURI(name))
		if entry == "" || strings.ContainsRune(language, '/') {
			return // no entry has such a name
		}
		if !ok || got != name {
			t.Errorf("%+v is called %s, which is read as %+v, %t", name, pageURI(name), got, ok)
		}
	})
}
