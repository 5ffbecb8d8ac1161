package hub

import (
	"path/filepath"
	"strings"
	"testing"

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
	}{
		{name: "empty", file: "# nothing\n", want: Config{Sources: []SourceConfig{def}, Trust: trust}},
		{
			name: "all keys",
			file: "sources:\n  - {name: in, path: ~/guides}\n  - name: out\n    url: https://hub.example/v1\nsource: Official, maintainer\nrefresh_interval: 60\nchubls:\n  offline: true\n  modules:\n    acme.billing: acme/billing\n    helpers: null\n    '@a/b': ~\n",
			want: Config{
				Sources: []SourceConfig{{Name: "in", Path: "~/guides"}, {Name: "out", URL: "https://hub.example/v1"}},
				Trust:   []string{"Official", "maintainer"}, Offline: true,
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
		{name: "not YAML", file: "sources:\n\t- x\n", want: Config{Sources: []SourceConfig{def}, Trust: trust}, errors: []string{"2: not YAML: "}},
		{name: "a text", file: "hello\n", want: Config{Sources: []SourceConfig{def}, Trust: trust}, errors: []string{"1: the file must hold keys"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"config.yaml": tt.file})
			got, err := LoadConfig(dir)
			tt.want.Dir = dir
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
