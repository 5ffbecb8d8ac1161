package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
)

func doctorCommand(std streams) *cobra.Command {
	var offline bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Tell what is configured, reachable and cached, to be pasted into a bug report",
		Long: `Tell what is configured, reachable and cached, and which editors' settings name
chubls. It prints no secret: values of headers, tokens and passwords are left out.
It ends with exit code 1 if something needs mending.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(c.Context(), patience)
			defer cancel()
			return diagnose(ctx, std.out, offline)
		},
	}
	c.Flags().BoolVar(&offline, "offline", false, "do not try the hubs")
	return c
}

// diagnose writes the whole report. Its error is an exit, with code 1 if something
// needs mending.
func diagnose(ctx context.Context, out io.Writer, offline bool) error {
	d := &doctor{out: out}
	d.home, _ = os.UserHomeDir()
	d.program()
	cfg := d.configuration()
	if offline {
		cfg.Offline = true
	}
	d.environment()
	d.sources(ctx, cfg)
	d.workspace()
	d.editors()
	return d.verdict()
}

// doctor writes the report, and remembers what needs mending.
type doctor struct {
	out  io.Writer
	home string
	ills []string
}

func (d *doctor) head(title string) { fmt.Fprintf(d.out, "\n%s\n", title) }

func (d *doctor) say(what, format string, args ...any) {
	fmt.Fprintf(d.out, "  %-18s %s\n", what, d.tilde(fmt.Sprintf(format, args...)))
}

func (d *doctor) ill(what string, err error) {
	d.ills = append(d.ills, what)
	d.say("PROBLEM", "%v", err)
}

// tilde leaves the user's name out of paths.
func (d *doctor) tilde(text string) string {
	if len(d.home) > 1 {
		text = strings.ReplaceAll(text, d.home, "~")
	}
	return text
}

func (d *doctor) program() {
	fmt.Fprintf(d.out, "chubls %s %s/%s %s\n", version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

func (d *doctor) configuration() hub.Config {
	d.head("Configuration")
	dir := hub.Dir()
	cfg, err := hub.LoadConfig(dir)
	d.say("folder", "%s", dir)
	if _, missing := os.Stat(filepath.Join(dir, "config.yaml")); missing != nil {
		d.say("config.yaml", "none: only the guides inside chubls and what chub has fetched are shown")
	}
	for _, line := range lines(err) {
		d.ill("the configuration", errors.New(line))
	}
	d.say("offline", "%t", cfg.Offline)
	d.say("prefetch", "%t", cfg.Prefetch)
	d.say("hover limit", "%d bytes", cmp.Or(cfg.HoverLimit, answer.DefaultLimit))
	d.say("trust", "%s", strings.Join(cfg.Trust, ", "))
	d.say("refresh", "every %s", cfg.RefreshInterval)
	d.say("modules", "%d of the user's own", len(cfg.Modules))
	d.say("notes", "%d", len(hub.OpenAnnotations(dir).List()))
	if err := writable(dir); err != nil {
		d.ill("the cache's folder", fmt.Errorf("nothing can be kept in %s: %w", dir, err))
	}
	return cfg
}

// writable reports whether files can be made in a folder, or where it would be.
func writable(dir string) error {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(dir, ".chubls-doctor-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// environment names the variables that matter. Their values may be secret; of an
// address the host is shown.
func (d *doctor) environment() {
	d.head("Environment")
	none := true
	for _, name := range []string{
		"CHUB_DIR", "CHUB_BUNDLE_URL", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC", "NO_COLOR",
	} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		none = false
		switch u, err := url.Parse(value); {
		case !strings.Contains(strings.ToLower(name), "proxy") && !strings.HasSuffix(name, "_URL"):
			d.say(name, "%s", value)
		case err == nil && u.Host != "":
			d.say(name, "%s://%s", u.Scheme, u.Host)
		default:
			d.say(name, "set")
		}
	}
	if none {
		d.say("variables", "none is set")
	}
}

func (d *doctor) sources(ctx context.Context, cfg hub.Config) {
	d.head("Sources")
	if cfg.Unconfigured() {
		cfg.Offline = true // nobody has asked to go there
		d.say("configured", "none; the default one is read from the cache alone")
	}
	h, problems := hub.New(cfg, docs.Observer{Problem: func(err error) { d.ill("a source", err) }})
	defer h.Close()
	for _, err := range problems {
		d.ill("a source", err)
	}
	for _, s := range h.Status(ctx, true) {
		d.say(s.Name, "%s, %s", s.Kind, s.Where)
		table := tabwriter.NewWriter(d.out, 0, 0, 1, ' ', 0)
		row := func(what, format string, args ...any) {
			fmt.Fprintf(table, "    %s\t%s\n", what, d.tilde(fmt.Sprintf(format, args...)))
		}
		row("entries", "%d", s.Entries)
		if s.Kind == "remote" {
			row("cached", "%d documents, %s; the list was fetched %s", s.Documents, size(s.Bytes), ago(s.Age))
		}
		for _, c := range s.Credentials {
			row("credentials", "%s", c)
		}
		switch {
		case s.Asked && s.Reachable:
			row("reachable", "yes, in %v", s.Took.Round(time.Millisecond))
		case errors.Is(s.Problem, hub.ErrOffline):
			row("reachable", "not tried: offline")
		case s.Problem != nil:
			d.ills = append(d.ills, "the source "+s.Name)
			row("PROBLEM", "%v", s.Problem)
		}
		_ = table.Flush()
	}
}

func (d *doctor) workspace() {
	d.head("Workspace")
	here, err := os.Getwd()
	if err != nil {
		d.say("folder", "%v", err)
		return
	}
	found := hub.WorkspacesOf(filepath.Join(here, "x"))
	if len(found) == 0 || filepath.Join(found[0], ".chub") == filepath.Clean(hub.Dir()) {
		d.say(".chub/config.yaml", "none here")
		return
	}
	if _, err := os.Stat(filepath.Join(found[0], ".chub", "config.yaml")); err != nil {
		d.say(".chub/config.yaml", "none in %s", found[0])
		return
	}
	w, err := hub.LoadWorkspace(found[0])
	d.say(".chub/config.yaml", "in %s: %d sources, %d modules", found[0], len(w.Sources), len(w.Modules))
	for _, line := range lines(err) {
		d.ill("the workspace's configuration", errors.New(line))
	}
}

// settingsFiles are where editors are told of chubls: see editors/README.md.
// Patterns are relative to the home folder.
var settingsFiles = []struct{ editor, pattern string }{
	{"VS Code", ".vscode*/extensions/*chubls*/package.json"},
	{"VS Code", ".config/Code*/User/settings.json"},
	{"VS Code", "Library/Application Support/Code*/User/settings.json"},
	{"VS Code", "AppData/Roaming/Code*/User/settings.json"},
	{"Neovim", ".config/nvim/init.lua"},
	{"Neovim", ".config/nvim/lsp/*.lua"},
	{"Neovim", ".config/nvim/lua/*.lua"},
	{"Neovim", ".config/nvim/lua/*/*.lua"},
	{"Vim", ".vimrc"},
	{"Vim", ".vim/vimrc"},
	{"Vim", ".vim/coc-settings.json"},
	{"Helix", ".config/helix/languages.toml"},
	{"Zed", ".config/zed/settings.json"},
	{"Emacs", ".emacs"},
	{"Emacs", ".emacs.d/*.el"},
	{"Emacs", ".config/emacs/*.el"},
	{"Kate", ".config/kate/lspclient/settings.json"},
	{"Sublime Text", ".config/sublime-text*/Packages/User/LSP.sublime-settings"},
	{"Sublime Text", "Library/Application Support/Sublime Text*/Packages/User/LSP.sublime-settings"},
}

func (d *doctor) editors() {
	d.head("Editors")
	none := true
	for _, s := range settingsFiles {
		if d.home == "" {
			break
		}
		home := os.DirFS(d.home)
		names, _ := fs.Glob(home, s.pattern) // the patterns are ours
		for _, name := range names[:min(len(names), 100)] {
			if mentions(home, name) {
				none = false
				d.say(s.editor, "chubls stands in ~/%s", name)
			}
		}
	}
	if none {
		d.say("settings", "none names chubls; the README says how an editor is told of it")
	}
}

// mentions reports whether a plain file of a reasonable size names chubls.
func mentions(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 1<<20 {
		return false
	}
	data, err := fs.ReadFile(fsys, name)
	return err == nil && bytes.Contains(data, []byte("chubls"))
}

func (d *doctor) verdict() error {
	d.head("Verdict")
	if len(d.ills) == 0 {
		fmt.Fprintln(d.out, "  All is well.")
		return nil
	}
	fmt.Fprintf(d.out, "  To be mended: %s.\n", strings.Join(d.ills, ", "))
	return exit{code: 1}
}

// lines parts errors that were joined; none for nil.
func lines(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}
