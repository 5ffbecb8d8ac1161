package hub

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chubls/chubls/docs"
)

func ids(t *testing.T, s docs.Source) []string {
	t.Helper()
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range reg.Entries {
		list = append(list, e.ID)
	}
	return list
}

func TestNew(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "private"), tree)
	h, problems := New(Config{Dir: dir, Offline: true, Sources: []SourceConfig{
		{Name: "private", Path: "private"},
		{Name: "far", URL: "https://hub.example/v1"},
		{Name: "../up", URL: "https://hub.example/v1"},
		{Name: "private", Path: "elsewhere"},
		{Name: "gone", Path: filepath.Join(dir, "gone")},
		{Name: "odd", URL: "hub.example"},
		{Name: "cert", URL: "https://hub.example", CA: filepath.Join(dir, "no.pem")},
	}}, docs.Observer{})
	defer h.Close()
	sources := h.Sources()
	var names []string
	for _, s := range sources {
		names = append(names, s.Name())
	}
	if diff := cmp.Diff([]string{"private", "far", "gone"}, names); diff != "" {
		t.Error(diff)
	}
	wantProblems := []string{
		`source "../up": the name of a remote source`,
		`source "private" is named twice`,
		`source "odd": its address hub.example is none`,
		`source "cert": certificates: `,
	}
	if len(problems) != len(wantProblems) {
		t.Fatalf("problems: %v", problems)
	}
	for i, want := range wantProblems {
		if !strings.HasPrefix(problems[i].Error(), want) {
			t.Errorf("problem %q, want %q", problems[i], want)
		}
	}
	if diff := cmp.Diff([]string{"acme/billing", "zeta/mail"}, ids(t, sources[0])); diff != "" {
		t.Error("a relative path starts at the configuration:", diff)
	}
	if _, err := sources[1].Registry(); !errors.Is(err, ErrOffline) {
		t.Errorf("a hub that was never fetched: %v", err)
	}
	if _, err := sources[2].Registry(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "check its path") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestTrust(t *testing.T) {
	files := map[string]string{}
	for _, source := range []string{"official", "Maintainer", "community"} {
		name := strings.ToLower(source)
		files["a/docs/"+name+"/DOC.md"] = "---\nname: " + name + "\nlanguages: go\nversions: 1\nsource: " + source + "\n---\n"
	}
	dir := t.TempDir()
	write(t, dir, files)
	for _, tt := range []struct {
		trust []string
		want  []string
	}{
		{nil, []string{"a/community", "a/maintainer", "a/official"}},
		{[]string{"OFFICIAL", "maintainer"}, []string{"a/maintainer", "a/official"}},
		{[]string{"nobody"}, nil},
	} {
		if diff := cmp.Diff(tt.want, ids(t, Folder("x", dir, tt.trust))); diff != "" {
			t.Errorf("trust %v: %s", tt.trust, diff)
		}
	}
	write(t, dir, map[string]string{"registry.json": `{"docs": [{"id": "a/b", "languages": [{"language": "go", "versions": [{"path": "a"}]}]}]}`})
	if diff := cmp.Diff([]string{"a/b"}, ids(t, Folder("x", dir, []string{"official"}))); diff != "" {
		t.Error("an entry without a source passes:", diff)
	}
}

func TestScanGoesOnAroundProblems(t *testing.T) {
	doc := func(front string) string { return "---\n" + front + "\n---\n# T\n" }
	reg, err := Tree("x", mapFS(map[string]string{
		"a/docs/good/python/DOC.md":    doc("name: good\nversions: 1\nlanguages: python"),
		"a/docs/named/DOC.md":          doc("name: other\nmetadata: {languages: 'sql,py', versions: '2.0.0-beta.1,2.0.0,10.0,9.1'}"),
		"a/docs/folder/python/DOC.md":  doc("name: folder"),
		"a/docs/broken/python/DOC.md":  doc("name: broken\n  languages: [\nversions: 1"),
		"a/docs/nameless/go/DOC.md":    doc("versions: 1"),
		"a/docs/nolanguage/x/DOC.md":   doc("name: nolanguage"),
		"a/docs/plain/DOC.md":          "# No front matter\n",
		"a/docs/twice/python/DOC.md":   doc("name: good\nversions: 1\nlanguages: python"),
		"a/skills/s/SKILL.md":          doc("name: s"),
		"b/registry.json":              `{"docs": [{"name": "own", "languages": [{"language": "ts", "versions": [{"version": "1", "path": "docs/own"}]}]}, {"id": "b/full", "languages": [{"language": "ts", "versions": [{"version": "1", "path": "../a"}]}]}]}`,
		"b/docs/own/DOC.md":            doc("name: ignored"),
		"c/registry.json":              `{`,
		"dist/registry.json":           `{"docs": []}`,
		".git/docs/x/DOC.md":           doc("name: hidden\nlanguages: go"),
		"README.md":                    "not an author",
		"d/docs/con/python/aux/DOC.md": doc("name: reserved\nlanguages: go"),
	})).Registry()
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range reg.Entries {
		for _, v := range e.Variants {
			have = append(have, strings.TrimSpace(e.ID+" "+v.Language+" "+v.Version)+" "+v.Path)
		}
	}
	if diff := cmp.Diff([]string{
		"a/broken python 1 a/docs/broken/python",
		"a/folder python a/docs/folder/python",
		"a/good python 1 a/docs/good/python",
		"a/other sql 10.0 a/docs/named",
		"a/other sql 9.1 a/docs/named",
		"a/other sql 2.0.0 a/docs/named",
		"a/other sql 2.0.0-beta.1 a/docs/named",
		"a/other python 10.0 a/docs/named",
		"a/other python 9.1 a/docs/named",
		"a/other python 2.0.0 a/docs/named",
		"a/other python 2.0.0-beta.1 a/docs/named",
		"b/own typescript 1 b/docs/own",
	}, have); diff != "" {
		t.Error(diff)
	}
	var problems []string
	for _, p := range reg.Problems {
		problems = append(problems, p.Error())
	}
	for i, want := range []string{
		"a/docs/broken/python/DOC.md: front matter is not usable YAML: ",
		"a/docs/nameless/go/DOC.md: left out: its front matter needs a name",
		"a/docs/nolanguage/x/DOC.md: left out: its front matter needs its languages",
		"a/docs/plain/DOC.md: left out: its front matter needs a name",
		"a/docs/twice/python/DOC.md: left out for python 1: a/docs/good/python/DOC.md is the same",
		"b/registry.json: registry: docs[1] (b/full) languages[0] versions[0] left out: unsafe path",
		"b/registry.json: registry: docs[1] (b/full) left out: it has no usable variant",
		"c/registry.json: not a registry: ",
		"d/docs/con/python/aux/DOC.md: left out: unsafe path",
	} {
		if i >= len(problems) || !strings.HasPrefix(problems[i], want) {
			t.Fatalf("problem %d does not begin with %q:\n%s", i, want, strings.Join(problems, "\n"))
		}
	}
	if len(problems) != 9 {
		t.Errorf("more problems:\n%s", strings.Join(problems[9:], "\n"))
	}
}

func TestScanOfSomethingElse(t *testing.T) {
	_, err := Tree("x", fstest.MapFS{"src/main.c": {Data: []byte("x")}}).Registry()
	if err == nil || !strings.Contains(err.Error(), "neither a registry.json nor documents") {
		t.Errorf("error = %v", err)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, with(tree, "registry.json", registry))
	s := Folder("x", dir, nil)
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	v := reg.Entries[1].Variants[0]
	path := filepath.Join(dir, "zeta", "docs", "mail", "DOC.md")

	if err := os.Truncate(path, 100<<20); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := s.Read(t.Context(), v, docs.DocFile); !errors.Is(err, docs.ErrTooLarge) {
		t.Errorf("100 MB: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("refusing 100 MB took %v", took)
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), v, docs.DocFile); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}

	if err := os.RemoveAll(filepath.Join(dir, "registry.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "registry.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Registry(); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder as the registry: %v", err)
	}
}

// failing refuses to open one file, as a file without read permission does. A
// real one would not do: tests may run as root, who reads everything.
type failing struct {
	fstest.MapFS
	name string
}

func (f failing) Open(name string) (fs.File, error) {
	if name == f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}

func (f failing) Stat(name string) (fs.FileInfo, error) { return f.MapFS.Stat(name) }

func TestUnreadableFile(t *testing.T) {
	s := Tree("x", failing{mapFS(tree), "zeta/docs/mail/DOC.md"})
	reg, err := s.Registry()
	if err != nil {
		t.Fatal(err)
	}
	if len(reg.Entries) != 1 || len(reg.Problems) != 1 || !errors.Is(reg.Problems[0], fs.ErrPermission) {
		t.Errorf("entries %v, problems %v", reg.Entries, reg.Problems)
	}
	if _, err := s.Read(t.Context(), &docs.Variant{Path: "zeta/docs/mail"}, docs.DocFile); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error = %v", err)
	}
}

func TestSymbolicLinksStayInside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("not checked on Windows: making a link needs a privilege there")
		return
	}
	outside := t.TempDir()
	write(t, outside, map[string]string{"secret.md": "secret", "docs/x/go/DOC.md": "---\nname: x\nlanguages: go\n---\n"})
	dir := t.TempDir()
	write(t, dir, tree)
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	link(filepath.Join(outside, "secret.md"), "acme/docs/billing/python/secret.md")
	link(outside, "acme/docs/billing/python/out")
	link(outside, "evil")
	link("../../../../zeta/docs/mail/DOC.md", "acme/docs/billing/python/mail.md")
	s := Folder("x", dir, nil)
	if diff := cmp.Diff([]string{"acme/billing", "zeta/mail"}, ids(t, s)); diff != "" {
		t.Error(diff)
	}
	v := &docs.Variant{Path: "acme/docs/billing/python"}
	for _, file := range []string{"secret.md", "out/secret.md"} {
		if data, err := s.Read(t.Context(), v, file); err == nil {
			t.Errorf("Read(%q) left the folder: %q", file, data)
		}
	}
	if data, err := s.Read(t.Context(), v, "mail.md"); err != nil || string(data) != mailAny {
		t.Errorf("a link inside the folder: %q, %v", data, err)
	}
}

// TestHub compares what is found in the public hub's tree with the registry that
// chub's own builder made of it.
func TestHub(t *testing.T) {
	dir := needHub(t)
	start := time.Now()
	built, err := Folder("hub", dir, nil).Registry()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("built registry: %d entries in %v", len(built.Entries), time.Since(start))
	for _, p := range built.Problems {
		t.Error(p)
	}
	start = time.Now()
	found, err := Tree("hub", without{os.DirFS(dir), registryFile}).Registry()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("content tree: %d entries in %v", len(found.Entries), time.Since(start))
	for _, p := range found.Problems {
		t.Error(p)
	}
	if diff := cmp.Diff(summary(built), summary(found)); diff != "" {
		t.Error(diff)
	}
}

// summary is what a registry says, by id, language and version. Dates and sizes
// of the two ways may differ.
func summary(reg *docs.Registry) map[string]string {
	m := map[string]string{}
	for _, e := range reg.Entries {
		for _, v := range e.Variants {
			m[e.ID+" "+v.Language+" "+v.Version] = strings.Join([]string{
				v.Path, e.Source, e.Description, strings.Join(e.Tags, ","), strings.Join(v.Files, ","), v.Updated}, "|")
		}
	}
	return m
}

// without is a file system that lacks one file.
type without struct {
	fs.FS
	name string
}

func (w without) Open(name string) (fs.File, error) {
	if name == w.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}

// needHub returns the folder of a full copy of the public hub. Such a copy is no
// part of this repository; `make eval` names one.
func needHub(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CHUBLS_HUB")
	if dir == "" {
		t.Skip("missing: CHUBLS_HUB, the folder of a built copy of the public hub (registry.json and its documents)")
	}
	return dir
}
