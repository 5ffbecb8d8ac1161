package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// TestPack packs the same files twice, from places and with dates and modes that
// differ, and wants the same bytes.
func TestPack(t *testing.T) {
	type packed struct {
		name string
		mode fs.FileMode
	}
	want := []packed{{"top/README.md", 0o644}, {"top/chubls", 0o755}, {"top/man/man1/chubls.1", 0o644}}
	for name, pack := range map[string]func(string, map[string]string, int64) ([]byte, error){"tar.gz": tarGz, "zip": zipped} {
		var archives [][]byte
		for i := range 2 {
			dir := t.TempDir()
			files := map[string]string{}
			for _, name := range []string{"README.md", "chubls", "man/man1/chubls.1"} {
				file := filepath.Join(dir, filepath.Base(name))
				if err := os.WriteFile(file, []byte("text of "+name), fs.FileMode(0o600|i*0o111)); err != nil {
					t.Fatal(err)
				}
				then := time.Now().Add(-time.Duration(i) * time.Hour)
				if err := os.Chtimes(file, then, then); err != nil {
					t.Fatal(err)
				}
				files[name] = file
			}
			data, err := pack("top", files, 1_700_000_000)
			if err != nil {
				t.Fatal(err)
			}
			archives = append(archives, data)
		}
		if !bytes.Equal(archives[0], archives[1]) {
			t.Errorf("%s: two archives of the same files differ", name)
		}
		var got []packed
		if name == "zip" {
			z, err := zip.NewReader(bytes.NewReader(archives[0]), int64(len(archives[0])))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range z.File {
				got = append(got, packed{f.Name, f.Mode().Perm()})
			}
		} else {
			z, err := gzip.NewReader(bytes.NewReader(archives[0]))
			if err != nil {
				t.Fatal(err)
			}
			for r := tar.NewReader(z); ; {
				h, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, packed{h.Name, fs.FileMode(h.Mode)})
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", name, got, want)
		}
	}
}

func TestFilteredLeavesOutWhatIsBuilt(t *testing.T) {
	f := filtered{fstest.MapFS{"src/a.ts": {}, "src/server/b.ts": {}, "node_modules/x/y": {}, "dist/z": {}, "server/chubls": {}, "old.vsix": {}, "package.json": {}}}
	var got []string
	err := fs.WalkDir(f, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			got = append(got, name)
		}
		return err
	})
	if err != nil || !slices.Equal(got, []string{"package.json", "src/a.ts", "src/server/b.ts"}) {
		t.Errorf("left is %v, %v", got, err)
	}
}
