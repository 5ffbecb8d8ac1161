package lsp_test

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/live"
	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

const guidesCode = `import stytch

client = stytch.Client(project_id="p", secret="s")
client.magic_links.email.login_or_create(email="a@b.c")
`

// reader is an editor that reads guides.
type reader struct {
	*lsptest.Editor
	t   *testing.T
	dir string // chub's folder

	mu    sync.Mutex
	shown []shown
}

type shown struct {
	URI       string
	TakeFocus bool
	Selection lsptest.Range
}

// startReader begins a session over the starter's guides, and what config says,
// with an editor that has these capabilities beside what Modern has.
func startReader(t *testing.T, config, window, workspace string) *reader {
	t.Helper()
	r := &reader{t: t, dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(r.dir, "config.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	desk := live.New(live.Options{Dir: r.dir, Observer: docs.Observer{Problem: func(err error) { t.Log(err) }}})
	t.Cleanup(desk.Close)
	r.Editor = lsptest.Start(t, (&lsp.Server{
		Desk: desk, Guides: desk, Version: "test", Doctor: func(context.Context) string { return "All is well." },
		Configure: func(w lsp.Workspace) { desk.Configure(live.Session(w)) },
	}).Serve)
	r.OnRequest = func(method string, params json.RawMessage) (any, *lsptest.ReplyError) {
		var s shown
		if method == "window/showDocument" && json.Unmarshal(params, &s) == nil {
			r.mu.Lock()
			r.shown = append(r.shown, s)
			r.mu.Unlock()
			return map[string]bool{"success": true}, nil
		}
		return nil, &lsptest.ReplyError{Code: -32601, Message: method}
	}
	r.Initialize(strings.NewReplacer(`{
	"general"`, `{"window": {`+window+`},
	"general"`, `"workspace": {`, `"workspace": {`+workspace).Replace(lsptest.Modern))
	r.Open(file, "python", guidesCode)
	return r
}

// run executes a command; the argument is JSON, "" is none.
func (r *reader) run(command, argument string, result any) {
	r.t.Helper()
	params := map[string]any{"command": command}
	if argument != "" {
		params["arguments"] = []json.RawMessage{json.RawMessage(argument)}
	}
	r.MustCall("workspace/executeCommand", params, result)
}

// at is the argument of a command about the place of a word.
func (r *reader) at(word string) string {
	where := r.At(file, strings.Index(guidesCode, word))
	raw, _ := json.Marshal(map[string]any{"uri": file, "position": where})
	return string(raw)
}

const opens = `"showDocument": {"support": true}`

func TestOpenShowsTheFileAtTheSection(t *testing.T) {
	r := startReader(t, "", opens, "")
	var result any
	r.run("chubls.open", r.at("login_or_create"), &result)
	if result != nil || len(r.shown) != 1 || !r.shown[0].TakeFocus {
		t.Fatalf("result %v, shown %+v", result, r.shown)
	}
	u, err := url.Parse(r.shown[0].URI)
	if err != nil || u.Scheme != "file" {
		t.Fatalf("shown was %s", r.shown[0].URI)
	}
	text, err := os.ReadFile(filepath.FromSlash(u.Path))
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(text), "\n")[r.shown[0].Selection.Start.Line]
	if !strings.HasPrefix(line, "#") || !strings.Contains(strings.ToLower(line), "magic link") {
		t.Errorf("the editor was led to the line %q", line)
	}
	if !strings.HasPrefix(u.Path, filepath.ToSlash(r.dir)+"/sources/") {
		t.Errorf("the guide was kept in %s: not in the cache", u.Path)
	}
}

func TestOpenTellsWhereToAnEditorThatCannotBeTold(t *testing.T) {
	r := startReader(t, "", "", "")
	var result struct {
		URI   string
		Range lsptest.Range
	}
	r.run("chubls.open", `{"entry": "stytch/auth", "language": "python"}`, &result)
	if !strings.HasPrefix(result.URI, "file:///") || !strings.HasSuffix(result.URI, "/DOC.md") || result.Range.Start.Line != 0 {
		t.Errorf("result %+v", result)
	}
}

func TestOpenOfNothing(t *testing.T) {
	r := startReader(t, "", opens, "")
	for argument, want := range map[string]string{
		r.at("import"):                     "nothing is documented there",
		`{"entry": "no/such"}`:             "chubls.search",
		`{"uri": "file:///not/open.py"}`:   "name of an entry",
		`7`:                                "not what it takes",
		`{"entry": "../../etc", "uri": 1}`: "not what it takes",
	} {
		reply := r.Call("workspace/executeCommand", map[string]any{"command": "chubls.open", "arguments": []json.RawMessage{json.RawMessage(argument)}})
		if reply.Error == nil || !strings.Contains(reply.Error.Message, want) {
			t.Errorf("%s: %+v, want an error with %q", argument, reply.Error, want)
		}
	}
	if len(r.shown) > 0 {
		t.Errorf("shown was %+v", r.shown)
	}
}

func TestOpenAsAVirtualDocument(t *testing.T) {
	r := startReader(t, "", opens, `"textDocumentContent": {}, `)
	r.run("chubls.open", r.at("login_or_create"), nil)
	if len(r.shown) != 1 || r.shown[0].URI != "chub://guide/stytch/auth/python/DOC.md" {
		t.Fatalf("shown was %+v", r.shown)
	}
	var content struct{ Text string }
	for _, name := range []string{r.shown[0].URI, "chub://guide/stytch%2Fauth/python/DOC.md"} {
		r.MustCall("workspace/textDocumentContent", map[string]any{"uri": name}, &content)
		lines := strings.Split(content.Text, "\n")
		if !strings.HasPrefix(lines[0], "*stytch/auth · python") {
			t.Errorf("the first line is %q", lines[0])
		}
		if line := lines[r.shown[0].Selection.Start.Line]; !strings.HasPrefix(line, "#") || !strings.Contains(strings.ToLower(line), "magic link") {
			t.Errorf("the editor was led to the line %q", line)
		}
	}
	for _, name := range []string{"chub://guide/DOC.md", "chub://guide/a/b/python/other", "chub://elsewhere/a/python/DOC.md", "file:///etc/passwd", "chub:", ":"} {
		if reply := r.Call("workspace/textDocumentContent", map[string]any{"uri": name}); reply.Error == nil {
			t.Errorf("%s has content", name)
		}
	}
	if _, err := os.Stat(filepath.Join(r.dir, "sources")); err == nil {
		t.Error("a guide was written that nobody needs as a file")
	}
}

func TestVirtualDocumentsAreHarmless(t *testing.T) {
	tree := t.TempDir()
	guide := filepath.Join(tree, "acme", "docs", "evil", "python", "DOC.md")
	if err := os.MkdirAll(filepath.Dir(guide), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "---\nname: evil\ndescription: \"Evil\"\nmetadata:\n  languages: \"python\"\n  versions: \"1.0\"\n---\n# Evil\n\n## Run\n\n" +
		"[run](command:workbench.action.terminal.new) <script>alert(1)</script> ![x](https://evil.example/pixel.png)\n"
	if err := os.WriteFile(guide, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	config, _ := json.Marshal(tree)
	r := startReader(t, "sources: [{name: acme, path: "+string(config)+"}]\n", opens, `"textDocumentContent": {}, `)
	var content struct{ Text string }
	r.MustCall("workspace/textDocumentContent", map[string]any{"uri": "chub://guide/acme/evil/python/DOC.md"}, &content)
	if !strings.Contains(content.Text, "## Run") {
		t.Fatalf("the section is not there: %s", content.Text)
	}
	for _, bad := range []string{"(command:", " <script", "![x]"} {
		if strings.Contains(content.Text, bad) {
			t.Errorf("the document has %q: %s", bad, content.Text)
		}
	}
}

func TestOpenAction(t *testing.T) {
	r := startReader(t, "", opens, "")
	hover := r.At(file, strings.Index(guidesCode, "login_or_create"))
	for r.Hover(file, hover) == nil { // until the guide is there
	}
	actions := r.CodeActions(file, lsptest.Range{Start: hover, End: hover})
	i := slices.IndexFunc(actions, func(a lsptest.Action) bool { return strings.HasPrefix(a.Title, "Open documentation: ") })
	if i < 1 {
		t.Fatalf("the action is the %d. of %+v", i+1, actions)
	}
	var command struct {
		Command   string
		Arguments []json.RawMessage
	}
	if err := json.Unmarshal(r.Resolve(actions[i]).Command, &command); err != nil || len(command.Arguments) != 1 {
		t.Fatal(err, command)
	}
	r.run(command.Command, string(command.Arguments[0]), nil)
	if len(r.shown) != 1 || r.shown[0].Selection.Start.Line == 0 {
		t.Errorf("shown was %+v", r.shown)
	}
	none := r.At(file, strings.Index(guidesCode, "import"))
	for _, a := range append(r.CodeActions(file, lsptest.Range{Start: none, End: none}), r.CodeActions(file, lsptest.Range{Start: hover, End: hover}, "refactor")...) {
		if strings.HasPrefix(a.Title, "Open documentation") {
			t.Errorf("offered was %+v", a)
		}
	}
}

func TestSearch(t *testing.T) {
	r := startReader(t, "", opens, "")
	type result struct{ Entry, Language, Section, Title string }
	var found []result
	r.run("chubls.search", `"stytch"`, &found)
	if len(found) < 2 || found[0].Entry != "stytch/auth" || found[0].Section != "" {
		t.Errorf("found %+v", found)
	}
	r.run("chubls.search", `{"query": "stytch", "limit": 1}`, &found)
	if len(found) != 1 {
		t.Errorf("found %+v", found)
	}
	r.run("chubls.search", `"no such thing"`, &found)
	if len(found) != 0 {
		t.Errorf("found %+v", found)
	}
	r.run("chubls.search", "", &found)
	if len(found) < 6 {
		t.Errorf("without words found %+v", found)
	}
	// Sections come from the guides at hand.
	for r.Hover(file, r.At(file, strings.Index(guidesCode, "login_or_create"))) == nil {
	}
	r.run("chubls.search", `"magic link"`, &found)
	i := slices.IndexFunc(found, func(f result) bool { return f.Section != "" })
	if i < 0 {
		t.Fatalf("found %+v", found)
	}
	raw, _ := json.Marshal(map[string]string{"entry": found[i].Entry, "language": found[i].Language, "section": found[i].Section})
	r.run("chubls.open", string(raw), nil)
	if len(r.shown) != 1 || r.shown[0].Selection.Start.Line == 0 {
		t.Errorf("shown was %+v", r.shown)
	}
}

func TestStatusAnnotateRefreshDoctor(t *testing.T) {
	r := startReader(t, "chubls: {offline: true}\nsources: [{name: hub, url: \"https://hub.invalid/v1\"}]\n", opens, "")
	var status struct {
		Version string
		Offline bool
		Loading []string
		Notes   int
		Sources []struct {
			Name, Kind string
			Age        int64
		}
	}
	r.run("chubls.status", "", &status)
	if status.Version != "test" || !status.Offline || status.Loading == nil || len(status.Sources) != 1 || status.Sources[0].Name != "hub" || status.Sources[0].Age != -1 {
		t.Errorf("status %+v", status)
	}
	var note string
	r.run("chubls.annotate", `{"entry": "stytch/auth", "note": "The key is in the vault"}`, &note)
	r.run("chubls.annotate", `{"entry": "stytch/auth"}`, &note)
	if note != "The key is in the vault" {
		t.Errorf("the note is %q", note)
	}
	if h := r.Hover(file, r.At(file, strings.Index(guidesCode, "stytch"))); h == nil || !strings.Contains(h.Contents.Value, "in the vault") {
		t.Errorf("the hover lacks the note: %+v", h)
	}
	r.run("chubls.annotate", `{"entry": "stytch/auth", "note": ""}`, &note)
	if note != "" {
		t.Errorf("the note is still %q", note)
	}
	for command, want := range map[string]string{"chubls.refresh": "offline", "chubls.annotate": "id of an entry"} {
		reply := r.Call("workspace/executeCommand", map[string]any{"command": command})
		if reply.Error == nil || !strings.Contains(reply.Error.Message, want) {
			t.Errorf("%s: %+v, want an error with %q", command, reply.Error, want)
		}
	}
	var report string
	r.run("chubls.doctor", "", &report)
	if report != "All is well." {
		t.Errorf("the report is %q", report)
	}
}

func TestGuidesAreOffered(t *testing.T) {
	guides := live.New(live.Options{Dir: t.TempDir()})
	defer guides.Close()
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Guides: guides}).Serve)
	var result struct {
		Capabilities struct {
			ExecuteCommandProvider struct{ Commands []string }
			Experimental           struct{ Chubls struct{ Languages []string } }
			Workspace              struct{ TextDocumentContent struct{ Schemes []string } }
		}
	}
	e.MustCall("initialize", map[string]any{"processId": nil, "rootUri": nil, "capabilities": map[string]any{}}, &result)
	c := result.Capabilities
	if !slices.Contains(c.ExecuteCommandProvider.Commands, "chubls.open") || slices.Contains(c.ExecuteCommandProvider.Commands, "chubls.doctor") {
		t.Errorf("commands %v: there is no doctor", c.ExecuteCommandProvider.Commands)
	}
	if !slices.Contains(c.Experimental.Chubls.Languages, "typescriptreact") || !slices.Equal(c.Workspace.TextDocumentContent.Schemes, []string{"chub"}) {
		t.Errorf("capabilities %+v", c)
	}
}
