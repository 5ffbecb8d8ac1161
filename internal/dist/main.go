// Command dist builds what a release has: for each target an archive of the program
// and an extension for Visual Studio Code with the program inside, then lists of
// what is in them (SBOM), and checksums. `make dist` runs it.
//
// Two runs give the same bytes: every path, date and order that a tool would write
// down is taken away or set. The date is that of the commit.
//
// Programs need a C compiler for their target, since the parsers are C. Debian has
// those for Linux on arm64 and for Windows; what runs on macOS is built there.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// target is a platform that there is a release for.
type target struct {
	name   string // as VS Code calls it
	os     string
	arch   string
	cc     string // where the compiler is not the machine's own
	static bool   // no library of the system is needed
	ld     string // for the linker of C
}

var targets = []target{
	{name: "linux-x64", os: "linux", arch: "amd64", cc: "x86_64-linux-gnu-gcc", static: true},
	{name: "linux-arm64", os: "linux", arch: "arm64", cc: "aarch64-linux-gnu-gcc", static: true},
	{name: "win32-x64", os: "windows", arch: "amd64", cc: "x86_64-w64-mingw32-gcc", static: true, ld: "-Wl,--no-insert-timestamp"},
	{name: "darwin-x64", os: "darwin", arch: "amd64"},
	{name: "darwin-arm64", os: "darwin", arch: "arm64"},
}

// sbomTool lists the modules of a program.
const sbomTool = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0"

func main() {
	out := flag.String("out", "dist", "folder of the release; emptied first")
	only := flag.String("targets", "", "names of targets, with commas between them; else all that this machine has a compiler for")
	flag.Parse()
	if err := run(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// release is one run.
type release struct {
	version string
	date    int64  // seconds
	work    string // a folder that goes
	out     string
	env     []string
}

func run(out, only string) (err error) {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	r := &release{}
	data, err := os.ReadFile("VERSION")
	if err != nil {
		return fmt.Errorf("run it at the top of the repository: %w", err)
	}
	r.version = strings.TrimSpace(string(data))
	if r.date, err = dateOf(); err != nil {
		return err
	}
	r.env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(r.date, 10), "TZ=UTC", "LC_ALL=C")
	if r.out, err = filepath.Abs(out); err != nil {
		return err
	}
	if r.work, err = os.MkdirTemp("", "chubls-dist-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.work)) }()
	if err := errors.Join(os.RemoveAll(r.out), os.MkdirAll(r.out, 0o755)); err != nil {
		return err
	}
	if err := r.manual(); err != nil {
		return fmt.Errorf("the manual: %w", err)
	}
	if err := r.prepareExtension(); err != nil {
		return fmt.Errorf("the extension: %w", err)
	}
	for _, t := range chosen {
		fmt.Fprintln(os.Stderr, t.name)
		program, err := r.build(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		if err := r.archive(t, program); err != nil {
			return fmt.Errorf("%s: the archive: %w", t.name, err)
		}
		if err := r.extension(t, program); err != nil {
			return fmt.Errorf("%s: the extension: %w", t.name, err)
		}
		if err := r.modules(t, program); err != nil {
			return fmt.Errorf("%s: the list of parts: %w", t.name, err)
		}
	}
	if err := r.packages(); err != nil {
		return fmt.Errorf("the list of the extension's parts: %w", err)
	}
	return r.sums()
}

// choose finds the targets by their names, or those that can be built here.
func choose(names string) ([]target, error) {
	var chosen []target
	for _, t := range targets {
		switch {
		case names == "" && t.buildable():
		case names != "" && slices.Contains(strings.Split(names, ","), t.name):
			if !t.buildable() {
				return nil, fmt.Errorf("there is no compiler for %s here: %s", t.name, cmpOr(t.cc, "it is built on macOS"))
			}
		default:
			continue
		}
		chosen = append(chosen, t)
	}
	if len(chosen) == 0 || names != "" && len(chosen) != len(strings.Split(names, ",")) {
		return nil, fmt.Errorf("no such target in %q, or none that can be built here", names)
	}
	return chosen, nil
}

func cmpOr(text, other string) string {
	if text != "" {
		return text
	}
	return other
}

// buildable reports whether there is a C compiler for the target.
func (t target) buildable() bool {
	if t.os == "darwin" {
		return runtime.GOOS == "darwin" // its compiler builds for both
	}
	if t.os == runtime.GOOS && t.arch == runtime.GOARCH {
		return true
	}
	_, err := exec.LookPath(t.cc)
	return err == nil
}

// dateOf is the date of the release: $SOURCE_DATE_EPOCH, else that of the commit.
func dateOf() (int64, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return 0, fmt.Errorf("the date of the commit: %w; set SOURCE_DATE_EPOCH where there is no git", err)
		}
		text = strings.TrimSpace(string(out))
	}
	return strconv.ParseInt(text, 10, 64)
}

// do runs a program; what it says is shown where it fails.
func (r *release) do(dir string, env []string, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, append(slices.Clone(r.env), env...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

func (r *release) flags(t target) []string {
	ld := "-s -w -buildid= -X main.release=" + r.version
	tags := "osusergo,netgo"
	c := t.ld
	if t.static {
		c = strings.TrimSpace("-static " + c)
	}
	if c != "" {
		ld += fmt.Sprintf(" -linkmode=external -extldflags '%s'", c)
	}
	return []string{"build", "-trimpath", "-buildvcs=false", "-tags", tags, "-ldflags", ld}
}

// build builds the program for a target.
func (r *release) build(t target) (string, error) {
	program := filepath.Join(r.work, t.name, "chubls")
	if t.os == "windows" {
		program += ".exe"
	}
	env := []string{"CGO_ENABLED=1", "GOOS=" + t.os, "GOARCH=" + t.arch, "GOFLAGS=", "CGO_CFLAGS=-O2"}
	if t.os != runtime.GOOS || t.arch != runtime.GOARCH {
		if t.cc != "" {
			env = append(env, "CC="+t.cc)
		}
	}
	return program, r.do("", env, "go", append(r.flags(t), "-o", program, "./cmd/chubls")...)
}

// manual writes the man pages and completions.
func (r *release) manual() error {
	return r.do("", []string{"GOFLAGS="}, "go", "run", "-tags", "man", "-ldflags", "-X main.release="+r.version, "./cmd/chubls", "man", filepath.Join(r.work, "doc"))
}

// contents are the files of an archive, by their names in it.
func (r *release) contents(program string) (map[string]string, error) {
	files := map[string]string{
		filepath.Base(program): program, "LICENSE": "LICENSE", "README.md": "README.md",
	}
	add := func(top, below string) error {
		return filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			rel, err := filepath.Rel(top, path)
			files[filepath.ToSlash(filepath.Join(below, rel))] = path
			return err
		})
	}
	err := add(filepath.Join(r.work, "doc"), "")
	for _, editor := range []string{"emacs", "helix", "kate", "neovim", "sublime", "vim", "zed"} {
		err = errors.Join(err, add(filepath.Join("editors", editor), "editors/"+editor))
	}
	files["editors/README.md"] = "editors/README.md"
	return files, err
}

// archive packs the program with its manual and the editors' settings.
func (r *release) archive(t target, program string) error {
	files, err := r.contents(program)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("chubls-%s-%s", r.version, t.name)
	pack, ending := tarGz, ".tar.gz"
	if t.os == "windows" {
		pack, ending = zipped, ".zip"
	}
	data, err := pack(name, files, r.date)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, name+ending), data, 0o644)
}

// prepareExtension copies the extension and installs what it is built with.
func (r *release) prepareExtension() error {
	dir := filepath.Join(r.work, "vscode")
	if err := os.CopyFS(dir, filtered{os.DirFS(filepath.Join("editors", "vscode"))}); err != nil {
		return err
	}
	license, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "LICENSE"), license, 0o644); err != nil {
		return err
	}
	return r.do(dir, nil, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
}

// extension packs the extension for a target.
func (r *release) extension(t target, program string) error {
	dir := filepath.Join(r.work, "vscode")
	server := filepath.Join(dir, "server")
	if err := errors.Join(os.RemoveAll(server), os.MkdirAll(server, 0o755)); err != nil {
		return err
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(server, filepath.Base(program)), data, 0o755); err != nil {
		return err
	}
	name := filepath.Join(r.out, fmt.Sprintf("chubls-%s-%s.vsix", r.version, t.name))
	return r.do(dir, nil, "npm", "run", "--silent", "package", "--", "--target", t.name, "--out", name)
}

// modules lists the modules that are in a program.
func (r *release) modules(t target, program string) error {
	list := filepath.Join(r.out, fmt.Sprintf("chubls-%s-%s.cdx.json", r.version, t.name))
	err := r.do("", []string{"GOFLAGS="}, "go", "run", sbomTool, "bin", "-json", "-licenses", "-noserial", "-version", "v"+r.version, "-output", list, program)
	if err != nil {
		return err
	}
	return r.settle(list)
}

// packages lists the packages that the extension is made with.
func (r *release) packages() error {
	c := exec.Command("npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only")
	c.Dir, c.Env, c.Stderr = filepath.Join(r.work, "vscode"), r.env, os.Stderr
	data, err := c.Output()
	if err != nil {
		return fmt.Errorf("npm sbom: %w", err)
	}
	packages := filepath.Join(r.out, fmt.Sprintf("chubls-vscode-%s.cdx.json", r.version))
	if err := os.WriteFile(packages, data, 0o644); err != nil {
		return err
	}
	return r.settle(packages)
}

// settle takes from a list of parts what differs from run to run: its number, its
// date, and what the machine is called.
func (r *release) settle(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var list map[string]any
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	delete(list, "serialNumber")
	if meta, ok := list["metadata"].(map[string]any); ok {
		delete(meta, "timestamp")
		if part, ok := meta["component"].(map[string]any); ok {
			part["version"] = r.version
			delete(part, "properties")
		}
		delete(meta, "properties")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(list); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// sums writes the checksums of all files, as sha256sum does.
func (r *release) sums() error {
	list, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	sums := map[string]string{}
	for _, f := range list {
		data, err := os.ReadFile(filepath.Join(r.out, f.Name()))
		if err != nil {
			return err
		}
		sums[f.Name()] = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(b.String()), 0o644)
}
