package answer_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/analyzer/workspace"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
)

// Resolve says what a name of another file stands for, where that is known.
func TestResolve(t *testing.T) {
	files := &workspace.Files{FS: fstest.MapFS{"shop/clients.py": {Data: []byte("import stytch\nclient = stytch.Client()\n")}}}
	desk := &answer.Desk{
		Library: docs.NewLibrary(nil, nil, docs.Observer{}),
		Follow: func(ctx context.Context, _ string, ref analyzer.Reference) (analyzer.Reference, workspace.Outcome, error) {
			if ctx.Err() == nil {
				to, o := files.Follow("app.py", ref)
				return to, o, nil
			}
			to, o, known := files.Known("app.py", ref)
			if !known {
				return ref, o, docs.ErrLoading
			}
			return to, o, nil
		},
	}
	code := "from shop.clients import client, other\nclient.users.get()\nother.x()\n"
	f := analyzer.New(analyzer.ByLanguageID("python"), []byte(code)).At("/project/app.py")
	defer f.Close()
	for name, want := range map[string]string{"users": "stytch Client().users", "x": "shop.clients other.x"} {
		at := strings.LastIndex(code, name)
		ref, _ := f.ReferenceAt(at)
		if got := desk.Resolve(f, ref); got.Module != "shop.clients" {
			t.Errorf("%s: known before anybody asked: %s", name, got.Module)
		}
		if _, err := desk.Hover(t.Context(), f, at); err != nil {
			t.Fatal(err)
		}
		if got := desk.Resolve(f, ref); got.Module+" "+got.Path.String() != want {
			t.Errorf("%s: got %s %s, want %s", name, got.Module, got.Path, want)
		}
	}
}
