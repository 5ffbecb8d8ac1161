// Package realhub gives tests real guides to read: the small built registry
// that is part of the npm package of Context Hub's own client. It has 115
// documents, in the shapes that authors really write.
//
// The package is fetched once, with npm and so with the user's own registry
// settings, and kept in a cache folder. Nothing of it is executed.
package realhub

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Package is the npm package that the guides are taken from.
const Package = "@aisuite/chub@0.1.1"

const (
	inside  = "package/dist/" // where in the package the registry lies
	name    = "chub-0.1.1"
	maxSize = 64 << 20 // of all files together
)

// Folder returns a folder with registry.json and the documents, for
// hub.Folder. Nobody may write there.
//
// It lies in $CHUBLS_WORK, or else in chubls-test in the user's cache folder.
// Where it is not there and cannot be fetched, the test is skipped, and on CI
// it fails.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := fetch()
	if err == nil {
		return dir
	}
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
	return ""
}

func fetch() (string, error) {
	work := os.Getenv("CHUBLS_WORK")
	if work == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("set CHUBLS_WORK to a folder for downloads: %w", err)
		}
		work = filepath.Join(cache, "chubls-test")
	}
	work, err := filepath.Abs(work) // a test's own folder is the package's
	if err != nil {
		return "", err
	}
	dir := filepath.Join(work, name)
	if _, err := os.Stat(filepath.Join(dir, "registry.json")); err == nil {
		return dir, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("missing: npm, which fetches real guides to test with (package %s); install Node.js 20 or newer", Package)
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return "", err
	}
	part, err := os.MkdirTemp(work, name+".part-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(part)
	command := exec.Command(npm, "pack", Package, "--silent", "--ignore-scripts", "--pack-destination", part)
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack %s, which fetches real guides to test with: %w: is there a network?\n%s", Package, err, out)
	}
	archives, err := filepath.Glob(filepath.Join(part, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return "", fmt.Errorf("npm pack %s left %d archives: %w", Package, len(archives), err)
	}
	tree := filepath.Join(part, name)
	if err := unpack(archives[0], tree); err != nil {
		return "", fmt.Errorf("%s: %w", Package, err)
	}
	// Several tests may do this at once: the first one's folder stands.
	if err := os.Rename(tree, dir); err != nil {
		if _, there := os.Stat(filepath.Join(dir, "registry.json")); there != nil {
			return "", err
		}
	}
	return dir, nil
}

// unpack writes the registry in an archive to a new folder.
func unpack(archive, dir string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // no name in the archive leads out of it
	if err != nil {
		return err
	}
	defer root.Close()
	left := int64(maxSize)
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		file, ok := strings.CutPrefix(h.Name, inside)
		if !ok || h.Typeflag != tar.TypeReg {
			continue
		}
		if left -= h.Size; left < 0 {
			return fmt.Errorf("more than %d bytes", maxSize)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		file = filepath.FromSlash(file)
		if err := root.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
}
