package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Config is what config.yaml in chub's folder says, as far as it matters here.
// chub's own keys keep their meaning; those for chubls stand below "chubls",
// and in a source beside its name, where chub ignores them:
//
//	refresh_interval: 21600
//	source: official,maintainer
//	sources:
//	  - name: internal
//	    path: ~/guides
//	  - name: acme
//	    url: https://hub.acme.example/v1
//	    ca: ~/acme-ca.pem
//	    headers:
//	      X-Team: platform
//	      X-Token: ${ACME_TOKEN}
//	      Authorization: {prefix: "Bearer ", command: pass show acme/hub}
//	chubls:
//	  offline: true
//	  prefetch: false
//	  completion: false
//	  hover: {limit: 4000}
//	  modules:
//	    acme_billing: acme/billing
//	    helpers: null
type Config struct {
	// Dir is chub's folder. Relative paths of sources start there.
	Dir string

	// Sources in the order of the file, then those of workspaces. Without any
	// of the user's there is one remote source named "default", as in chub.
	Sources []SourceConfig

	// Trust lists the values of an entry's source that pass. Upper and lower
	// case are the same; an entry without a source passes. Empty lets all pass.
	Trust []string

	// RefreshInterval is how old a registry may get before it is asked for
	// again.
	RefreshInterval time.Duration

	// Offline asks for no network at all.
	Offline bool

	// Undecided asks for no network before [Hub.Decide]: an editor that has yet to
	// tell its settings may say offline in them.
	Undecided bool

	// Prefetch lets documents be fetched when a file imports their package;
	// else only when one is asked for.
	Prefetch bool

	// Completion lets snippets be offered while a package's name is typed.
	Completion bool

	// HoverLimit is how many characters a hover shows of a section; 0 is the default.
	HoverLimit int

	// Modules maps a module as it is imported to the id of its entry, and wins
	// over everything that was found out. nil says that the module has none.
	Modules map[string]*string

	// Workspaces are the folders of repositories that may hold a config.yaml of
	// their own.
	Workspaces []string
}

// SourceConfig names one source. It has a Path or a URL; a Path wins.
type SourceConfig struct {
	Name    string
	Path    string   // folder on disk; "~/" is the home folder
	URL     string   // base address of a remote hub; empty for chub's own default
	Headers []Header // sent to that host and to no other
	CA      string   // PEM file of certificates that are trusted beside the system's

	// Workspace is the folder whose own configuration brought the source, and
	// which it must not leave; empty for a source of the user's.
	Workspace string

	implicit bool // not in the file: the default source of chub
}

// Remote reports whether the source is fetched over the network.
func (s SourceConfig) Remote() bool { return s.Path == "" }

const (
	configFile = "config.yaml"

	// DefaultURL is where chub looks when nothing is configured.
	DefaultURL = "https://cdn.aichub.org/v1"

	defaultRefresh = 21600 * time.Second // as in chub

	maxConfig = 1 << 20 // largest config.yaml that is read, in bytes
)

// Dir is chub's folder: $CHUB_DIR, else .chub in the home folder. It need not
// exist.
func Dir() string {
	if dir := os.Getenv("CHUB_DIR"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ".chub" // no home: as good as any, and usually not there
	}
	return filepath.Join(home, ".chub")
}

// LoadConfig reads config.yaml in chub's folder. Where there is none, the
// defaults hold and there is no error.
//
// The Config is usable even with an error. A key with a wrong value keeps its
// default and the others hold; each such key is one error, joined by
// [errors.Join], that names the file and the line and says what to write.
func LoadConfig(dir string) (Config, error) {
	cfg := defaults(dir)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return cfg, fmt.Errorf("configuration: %s is a file: set CHUB_DIR to a folder", dir)
	}
	data, err := readConfig(os.DirFS(dir), configFile) // a link out of its own folder is the user's
	if err != nil {
		return cfg, fmt.Errorf("configuration in %s: %w", dir, err)
	}
	p := configParser{file: filepath.Join(dir, configFile), cfg: &cfg, keys: userKeys}
	p.parse(data)
	return cfg, errors.Join(p.errs...)
}

// Unconfigured reports whether no source was configured by anybody, so that there
// is only chub's own.
func (c Config) Unconfigured() bool {
	return len(c.Sources) > 0 && c.Sources[0].implicit && c.Sources[0].URL == ""
}

func defaults(dir string) Config {
	return Config{
		Dir:             dir,
		Sources:         []SourceConfig{{Name: "default", URL: os.Getenv("CHUB_BUNDLE_URL"), implicit: true}},
		Trust:           []string{"official", "maintainer", "community"},
		RefreshInterval: defaultRefresh,
		Prefetch:        true,
		Completion:      true,
	}
}

// WithSettings returns the configuration with an editor's settings, in JSON,
// over it: the keys that stand below "chubls" in config.yaml. An editor fills
// its settings from the repository that it has opened, so what opens doors is
// refused here (sources, addresses, headers, trust), and offline can only be
// switched on. Keys that are unknown here may be the editor's own.
//
// As with [LoadConfig], the result is usable even with an error.
func (c Config) WithSettings(data []byte) (Config, error) {
	p := configParser{file: "settings", cfg: &c, keys: settingsKeys}
	p.parse(data)
	return c, errors.Join(p.errs...)
}

// readConfig reads a configuration file; one that is not there is empty.
func readConfig(fsys fs.FS, name string) ([]byte, error) {
	data, err := readFile(fsys, name, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// resolve makes a source's path absolute. chub takes a relative path from the
// working directory; a language server's is wherever the editor happened to be,
// so here it starts at the configuration.
func (c Config) resolve(path string) string {
	path = expandHome(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Dir, path)
}

func expandHome(path string) string {
	if path == "~" || len(path) > 1 && path[0] == '~' && (path[1] == '/' || path[1] == '\\') {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, path[1:])
		}
	}
	return path
}
