package answer_test

import (
	"strings"
	"testing"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
)

// A warm hover: what the server does beside reading and writing the wire.
func BenchmarkHoverWarm(b *testing.B) {
	desk := &answer.Desk{Library: docs.NewLibrary(nil, hub.Tree("starter", starter.FS()), docs.Observer{Problem: func(err error) { b.Log(err) }})}
	code := "import stytch\nclient = stytch.Client()\n" + strings.Repeat("def f(x):\n    return client.users.get(x)\n\n", 3000) + "client.magic_links.email.login_or_create()\n"
	f := analyzer.New(analyzer.ByLanguageID("python"), []byte(code))
	defer f.Close()
	at := len(code) - 5
	for b.Loop() {
		h, err := desk.Hover(b.Context(), f, at)
		if err != nil || h == nil {
			b.Fatal("no hover", err)
		}
		if h.Markdown() == "" {
			b.Fatal("empty")
		}
	}
}

// A warm list of actions: what an editor asks for at each move of the cursor.
func BenchmarkActionsWarm(b *testing.B) {
	desk := &answer.Desk{Library: docs.NewLibrary(nil, hub.Tree("starter", starter.FS()), docs.Observer{Problem: func(err error) { b.Log(err) }})}
	code := "import stytch\nclient = stytch.Client()\n" + strings.Repeat("def f(x):\n    return client.users.get(x)\n\n", 3000) + "client.magic_links.email.login_or_create()\n"
	f := analyzer.New(analyzer.ByLanguageID("python"), []byte(code))
	defer f.Close()
	at := analyzer.Span{Start: len(code) - 5, End: len(code) - 5}
	if _, err := desk.Actions(b.Context(), f, at, answer.Offer{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if actions, ok := desk.ActionsNow(f, at, answer.Offer{}); !ok || len(actions) == 0 {
			b.Fatal("no actions")
		}
	}
}
