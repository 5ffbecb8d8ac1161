package hub

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func ptr(s string) *string { return &s }

func TestLoadConfig(t *testing.T) {
	t.Setenv("CHUB_BUNDLE_URL", "")
	def := SourceConfig{Name: "default"}
	trust := []string{"official", "maintainer", "community"}
	for _, tt := range []struct {
		name, file string
		want       Config
		errors     []string // "line: text" each; the file's path stands before it
		eager      bool     // prefetch is off
	}{
		{name: "empty", file: "# nothing\n", want: Config{Sources: []SourceConfig{def}, Trust: trust}},
		{
			name: "all keys",
			file: "sources:\n  - {name: in, path: ~/guides}\n  - name: out\n    url: https://hub.example/v1\nsource: Official, maintainer\nrefresh_interval: 60\nchubls:\n  offline: true\n  modules:\n    acme.billing: acme/billing\n    helpers: null\n    '@a/b': ~\n",
			want: Config{
				Sources: []SourceConfig{{Name: "in", Path: "~/guides"}, {Name: "out", URL: "https://hub.example/v1"}},
				Trust:   []string{"Official", "maintainer"}, Offline: true, RefreshInterval: time.Minute,
				Modules: map[string]*string{"acme.billing": ptr("acme/billing"), "helpers": nil, "@a/b": nil},
			},
		},
		{name: "one address", file: "cdn_url: https://hub.example/v1\n", want: Config{Sources: []SourceConfig{{Name: "default", URL: "https://hub.example/v1"}}, Trust: trust}},
		{name: "no sources, then an address", file: "sources: []\ncdn_url: x\n", want: Config{Trust: trust}},
		{
			name: "one wrong key keeps the others",
			file: "source: official\nsources: here\nchubls:\n  offline: maybe\n  modules:\n    a: [b]\n    c: d/e\n  colour: red\n",
			want: Config{Sources: []SourceConfig{def}, Trust: []string{"official"}, Modules: map[string]*string{"c": ptr("d/e")}},
			errors: []string{
				`2: "sources" must be a list: write`,
				`4: "offline" must be true or false: write`,
				`6: the module "a" must name an entry or be null: write "a: stripe/payments"`,
				`8: "chubls" has no key "colour"`,
			},
		},
		{
			name: "sources that are none",
			file: "sources:\n- in\n- {path: /x}\n- {name: a}\n- {name: b, path: [x]}\n- {name: ok, path: x}\n",
			want: Config{Sources: []SourceConfig{{Name: "ok", Path: "x"}}, Trust: trust},
			errors: []string{
				"2: a source must have a name and a path or url",
				"3: a source has no name",
				`4: the source "a" has neither a path nor a url`,
				`5: "path" must be a text`,
			},
		},
		{
			name: "chubls' own keys", eager: true,
			file: "chubls: {prefetch: false, hover: {limit: 900}}\nrefresh_interval: 0.5\n",
			want: Config{Sources: []SourceConfig{def}, Trust: trust, HoverLimit: 900, RefreshInterval: time.Second / 2},
		},
		{
			name: "headers",
			file: "sources:\n- name: a\n  url: https://hub.example/v1\n  ca: ~/ca.pem\n  headers:\n    X-Team: ${TEAM}\n    Authorization: {prefix: 'Bearer ', command: [token, get]}\n",
			want: Config{Trust: trust, Sources: []SourceConfig{{Name: "a", URL: "https://hub.example/v1", CA: "~/ca.pem", Headers: []Header{
				{Name: "X-Team", Value: "${TEAM}"}, {Name: "Authorization", Value: "Bearer ", Command: []string{"token", "get"}}}}}},
		},
		{
			name: "wrong values",
			file: "refresh_interval: 6h\ncdn_url: hub.example\nchubls:\n  hover: {limit: -1, size: 3}\n  prefetch: 3\nsources:\n- {name: a, url: 'https://user:secret@'}\n- name: b\n  url: https://hub.example\n  headers:\n    Host: x\n    A B: x\n    C: {prefix: x}\n    D: [x]\n- {name: c, url: https://hub.example, headers: [x]}\n",
			want: Config{Trust: trust},
			errors: []string{
				`1: "refresh_interval" must be a number of seconds: write "refresh_interval: 21600"`,
				`2: "cdn_url" must be the address of a hub`,
				`4: "limit" must be a number of characters`,
				`4: "hover" has no key "size": use limit`,
				`5: "prefetch" must be true or false`,
				`7: "url" must be the address of a hub: write "url: https://hub.example/v1"`,
				`11: "Host" is no header that can be set`,
				`12: "A B" is no header`,
				`13: the header "C" lacks a command`,
				`14: the header "D" must be a text`,
				`15: "headers" must map names to values`,
			},
		},
		{name: "not YAML", file: "sources:\n\t- x\n", want: Config{Sources: []SourceConfig{def}, Trust: trust}, errors: []string{"2: not YAML: "}},
		{name: "a text", file: "hello\n", want: Config{Sources: []SourceConfig{def}, Trust: trust}, errors: []string{"1: the file must hold keys"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"config.yaml": tt.file})
			got, err := LoadConfig(dir)
			tt.want.Dir, tt.want.Prefetch, tt.want.Completion = dir, !tt.eager, true
			if tt.want.RefreshInterval == 0 {
				tt.want.RefreshInterval = 6 * time.Hour
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(SourceConfig{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if len(lines) != len(tt.errors) {
				t.Fatalf("error:\n%v\nwant %q", err, tt.errors)
			}
			for i, want := range tt.errors {
				if !strings.HasPrefix(lines[i], filepath.Join(dir, "config.yaml")+":"+want) {
					t.Errorf("error %q, want file:%s", lines[i], want)
				}
			}
		})
	}
}

func TestLoadConfigWithoutFile(t *testing.T) {
	t.Setenv("CHUB_BUNDLE_URL", "https://hub.example/v2")
	dir := filepath.Join(t.TempDir(), "none")
	cfg, err := LoadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Sources) != 1 || cfg.Sources[0].Name != "default" || cfg.Sources[0].URL != "https://hub.example/v2" {
		t.Errorf("sources = %+v", cfg.Sources)
	}
}

func TestDir(t *testing.T) {
	t.Setenv("CHUB_DIR", "/elsewhere")
	if got := Dir(); got != "/elsewhere" {
		t.Errorf("Dir() = %q", got)
	}
	t.Setenv("CHUB_DIR", "")
	if got := Dir(); filepath.Base(got) != ".chub" {
		t.Errorf("Dir() = %q", got)
	}
}

func TestSettingsOpenNoDoors(t *testing.T) {
	cfg := defaults("/x")
	cfg.Modules = map[string]*string{"a": ptr("b/c")}
	got, err := cfg.WithSettings([]byte(`{"offline": true, "prefetch": false, "hover": {"limit": 500}, "modules": {"stripe": "stripe/payments"}, "trace": {"server": "off"}, "path": "chubls"}`))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Offline || got.Prefetch || got.HoverLimit != 500 || len(got.Modules) != 2 || *got.Modules["stripe"] != "stripe/payments" {
		t.Errorf("settings = %+v", got)
	}
	if len(cfg.Modules) != 1 {
		t.Error("the settings changed a map of another configuration")
	}
	if again, _ := got.WithSettings([]byte(`{"offline": false}`)); !again.Offline {
		t.Error("settings switched offline off")
	}
	for _, door := range []string{
		`{"sources": [{"name": "x", "path": "/"}]}`, `{"cdn_url": "https://evil.example"}`, `{"headers": {"A": "b"}}`,
		`{"source": "all"}`, `{"command": "rm"}`, `{"ca": "x"}`, `{"refresh_interval": 0}`,
	} {
		after, err := cfg.WithSettings([]byte(door))
		if err == nil || !strings.HasPrefix(err.Error(), "settings:1: ") || !strings.Contains(err.Error(), "cannot come from an editor's settings") {
			t.Errorf("%s: %v", door, err)
		}
		if diff := cmp.Diff(cfg, after, cmpopts.IgnoreUnexported(SourceConfig{})); diff != "" {
			t.Errorf("%s opened a door: %s", door, diff)
		}
	}
	for _, nothing := range []string{"", "null", "{}"} {
		if _, err := cfg.WithSettings([]byte(nothing)); err != nil {
			t.Errorf("%q: %v", nothing, err)
		}
	}
}

func TestLoadWorkspace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{".chub/config.yaml": `
sources:
  - {name: team, path: docs/guides}
  - {name: all, path: .}
  - {name: up, path: ../elsewhere}
  - {name: root, path: /etc}
  - {name: home, path: ~/guides}
  - {name: far, url: https://evil.example}
  - {name: both, path: docs, headers: {A: b}}
cdn_url: https://evil.example
source: anyone
chubls:
  modules: {acme: acme/billing, helpers: null}
  offline: true
telemetry: false
`})
	w, err := LoadWorkspace(dir)
	var have []string
	for _, s := range w.Sources {
		have = append(have, s.Name+" "+s.Path)
		if s.Workspace != dir || s.Remote() {
			t.Errorf("source %+v", s)
		}
	}
	// "~" is a name like any other below the workspace.
	if diff := cmp.Diff([]string{"team docs/guides", "all .", "home ~/guides"}, have); diff != "" {
		t.Error(diff)
	}
	if len(w.Modules) != 2 {
		t.Errorf("modules %v", w.Modules)
	}
	wants := []string{":8: \"url\" is refused", ":9: \"headers\" is refused", ":10: \"cdn_url\"", ":11: \"source\"", ":14: \"offline\"", ":15: \"telemetry\"",
		`: the source "up" must lie inside the workspace`, `: the source "root" must lie`}
	problems := strings.Split(err.Error(), "\n")
	if len(problems) != len(wants) {
		t.Fatalf("problems: %v", err)
	}
	for i, want := range wants {
		if !strings.HasPrefix(problems[i], filepath.Join(dir, ".chub", "config.yaml")+want) {
			t.Errorf("problem %q, want %q", problems[i], want)
		}
	}

	cfg := Config{Sources: []SourceConfig{{Name: "team", Path: "/mine"}}, Modules: map[string]*string{"acme": ptr("mine/own")}}
	merged := cfg.WithWorkspaces(w, w)
	have = nil
	for _, s := range merged.Sources {
		have = append(have, s.Name)
	}
	if diff := cmp.Diff([]string{"team", "team-2", "all", "home", "team-3", "all-2", "home-2"}, have); diff != "" {
		t.Error(diff)
	}
	if len(cfg.Sources) != 1 || *merged.Modules["acme"] != "mine/own" || len(merged.Modules) != 2 {
		t.Errorf("merged = %+v", merged)
	}

	if w, err := LoadWorkspace(t.TempDir()); err != nil || len(w.Sources) != 0 {
		t.Errorf("without a file: %+v, %v", w, err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	s := SourceConfig{Name: "a", URL: "https://user:hunter2@hub.example/v1?sig=hunter2", Headers: []Header{
		{Name: "A", Value: "hunter2"}, {Name: "B", Value: "hunter2 ${TOKEN}"}, {Name: "C", Command: []string{"echo", "hunter2"}}}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, s.Headers); strings.Contains(text, "hunter2") {
			t.Errorf("%s: %s", format, text)
		}
	}
	if text := mask(s.URL); text != "https://xxx@hub.example/v1?***" {
		t.Errorf("mask = %s", text)
	}
}

func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // making a link needs a privilege there
	}
	outside := t.TempDir()
	write(t, outside, map[string]string{"config.yaml": "chubls: {modules: {a: b/c}}\n"})
	write(t, outside, tree2("guides"))
	link := func(from string, parts ...string) {
		t.Helper()
		to := filepath.Join(parts...)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(from, to); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	link(filepath.Join(outside, "config.yaml"), dir, "config.yaml")
	if cfg, err := LoadConfig(dir); err != nil || len(cfg.Modules) != 1 {
		t.Errorf("the user's own link: %v, %v", cfg.Modules, err)
	}
	repo := t.TempDir()
	link(filepath.Join(outside, "config.yaml"), repo, ".chub", "config.yaml")
	if w, err := LoadWorkspace(repo); err == nil || len(w.Modules) != 0 {
		t.Errorf("a repository's link: %v, %v", w.Modules, err)
	}
	repo = t.TempDir()
	link(filepath.Join(outside, "guides"), repo, "docs")
	write(t, repo, map[string]string{".chub/config.yaml": "sources: [{name: x, path: docs}]"})
	w, err := LoadWorkspace(repo)
	if err != nil {
		t.Fatal(err)
	}
	if reg, err := start(t, Config{Dir: t.TempDir()}.WithWorkspaces(w)).Sources()[0].Registry(); err == nil {
		t.Errorf("a source that is a link out of the repository: %v", reg.Entries)
	}
}
