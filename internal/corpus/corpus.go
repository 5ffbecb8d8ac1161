// Package corpus brings real code to the tests that need some: packages from
// npm, and the standard library of the Python that is at hand.
//
// Packages are fetched once, with npm and so with the user's own registry and
// proxy settings, and kept in a folder. Nothing of them is executed.
package corpus

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Pack is one npm package of the corpus, at one version.
type Pack struct {
	Name, Version string
	Dirs          []string // what of it is read; all of it if empty
}

// Packs is the corpus: chosen so that every extension, ESM and CommonJS, hand
// written and compiled code, declarations, JSX, decorators and tests all occur.
var Packs = []Pack{
	{"@angular/core", "22.2.6", nil},
	{"@aws-sdk/client-s3", "3.1169.0", nil},
	{"@kobalte/core", "0.13.14", nil},
	{"@reduxjs/toolkit", "2.14.0", nil},
	{"@tanstack/react-query", "5.108.0", nil},
	{"@tiptap/core", "3.34.0", nil},
	{"@types/node", "26.6.6", nil},
	{"@types/react", "19.3.0", nil},
	{"ajv", "8.20.0", nil},
	{"effect", "3.22.4", []string{"src", "dist/cjs"}},
	{"es-abstract", "1.24.2", []string{"2025", "helpers"}},
	{"eslint", "10.15.0", nil},
	{"expo-router", "58.0.6", []string{"build"}},
	{"graphql", "17.1.0", []string{"execution", "language"}},
	{"mocha", "12.0.3", nil},
	{"openai", "7.57.0", []string{"src", "core", "helpers", "internal", "lib"}},
	{"preact", "11.2.0", nil},
	{"qs", "6.17.1", nil},
	{"react-native-reanimated", "4.7.1", []string{"src", "plugin"}},
	{"react-select", "5.10.2", nil},
	{"resolve", "1.22.14", nil},
	{"rxjs", "7.8.2", []string{"src", "dist/cjs"}},
	{"socket.io", "4.8.4", nil},
	{"solid-js", "1.9.19", nil},
	{"stripe", "23.1.0", nil},
	{"three", "0.187.0", []string{"src", "examples"}},
	{"tldraw", "5.4.2", []string{"src", "dist-esm"}},
	{"typeorm", "1.1.1", []string{"driver", "commands", "metadata", "query-builder"}},
	{"typescript", "5.9.3", nil},
	{"undici", "8.12.4", nil},
	{"vite", "8.3.8", nil},
	{"webpack", "5.112.2", []string{"lib"}},
	{"zod", "4.6.7", []string{"src", "v4/core"}},
}

// maxSize keeps out the two bundles of the compiler itself (6 and 9 MB).
const maxSize = 2 << 20

// Extensions are those of the source files that are kept of a package.
var Extensions = []string{".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"}

// Spec is how npm is asked for it.
func (p Pack) Spec() string { return p.Name + "@" + p.Version }

// Folder is its name below the folder that it is fetched to.
func (p Pack) Folder() string {
	return strings.NewReplacer("@", "", "/", "-").Replace(p.Name) + "-" + p.Version
}

// Files is a folder of files that one oracle reads.
type Files struct {
	Label string // stands before the file names in reports
	Root  string
	Files []string // relative to root, with slashes, sorted
}

// Fetch brings the packages to dir where they are not there yet. It asks
// the npm client for them ("npm pack"), so that the user's registry and proxy
// settings hold; no dependency is installed and no script is run.
func Fetch(dir string, packs []Pack) error {
	var wanted []Pack
	for _, p := range packs {
		if _, err := os.Stat(filepath.Join(dir, p.Folder())); err != nil && !slices.ContainsFunc(wanted, func(w Pack) bool { return w.Spec() == p.Spec() }) {
			wanted = append(wanted, p)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	balls, err := os.MkdirTemp(dir, "pack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(balls)
	args := []string{"pack", "--silent", "--pack-destination", balls}
	for _, p := range wanted {
		args = append(args, p.Spec())
	}
	npm := exec.Command("npm", args...)
	npm.Dir = balls
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack: %w\n%s", err, out)
	}
	for _, p := range wanted {
		if err := unpack(filepath.Join(balls, p.Folder()+".tgz"), filepath.Join(dir, p.Folder())); err != nil {
			return fmt.Errorf("%s: %w", p.Spec(), err)
		}
	}
	return nil
}

// unpack writes the source files of a package below dir, without the one
// folder that every package has around its content.
func unpack(ball, dir string) (err error) {
	f, err := os.Open(ball)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		_, name, _ := strings.Cut(h.Name, "/")
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(name) || !slices.Contains(Extensions, path.Ext(name)) {
			continue
		}
		target := filepath.Join(part, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, text, 0o644); err != nil {
			return err
		}
	}
	return os.Rename(part, dir)
}

// NPM lists the files of the packages below dir.
func NPM(dir string, packs []Pack) (Files, error) {
	c := Files{Label: "npm/", Root: dir}
	for _, p := range packs {
		dirs := p.Dirs
		if len(dirs) == 0 {
			dirs = []string{"."}
		}
		before := len(c.Files)
		for _, d := range dirs {
			if err := c.walk(path.Join(p.Folder(), d), Extensions); err != nil {
				return c, err
			}
		}
		if len(c.Files) == before {
			return c, fmt.Errorf("%s has no source files in %v", p.Spec(), dirs)
		}
	}
	slices.Sort(c.Files)
	return c, nil
}

// Python lists the standard library of the interpreter, with its tests.
func Python(python string) (Files, error) {
	out, err := exec.Command(python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		return Files{}, fmt.Errorf("%s: %w", python, err)
	}
	c := Files{Label: "python/", Root: strings.TrimSpace(string(out))}
	err = c.walk(".", []string{".py"})
	slices.Sort(c.Files)
	return c, err
}

func (c *Files) walk(dir string, extensions []string) error {
	return filepath.WalkDir(filepath.Join(c.Root, filepath.FromSlash(dir)), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "site-packages" || d.Name() == "dist-packages" {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !slices.Contains(extensions, path.Ext(d.Name())) {
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > maxSize {
			return err
		}
		rel, err := filepath.Rel(c.Root, name)
		if err != nil {
			return err
		}
		c.Files = append(c.Files, filepath.ToSlash(rel))
		return nil
	})
}
