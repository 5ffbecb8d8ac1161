package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// mode is that of a file in an archive: a program may be run, nothing else is of
// this machine.
func mode(name string) fs.FileMode {
	if base := path.Base(name); base == "chubls" || base == "chubls.exe" {
		return 0o755
	}
	return 0o644
}

// tarGz packs files below a folder of the archive, in the order of their names and
// with one date.
func tarGz(top string, files map[string]string, date int64) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data, err := os.ReadFile(files[name])
		if err != nil {
			return nil, err
		}
		head := &tar.Header{
			Typeflag: tar.TypeReg, Name: path.Join(top, name), Size: int64(len(data)),
			Mode: int64(mode(name)), ModTime: time.Unix(date, 0).UTC(), Format: tar.FormatUSTAR,
		}
		if err := t.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := t.Write(data); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// zipped is tarGz for Windows.
func zipped(top string, files map[string]string, date int64) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data, err := os.ReadFile(files[name])
		if err != nil {
			return nil, err
		}
		head := &zip.FileHeader{Name: path.Join(top, name), Method: zip.Deflate, Modified: time.Unix(date, 0).UTC()}
		head.SetMode(mode(name))
		w, err := z.CreateHeader(head)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// filtered is a folder without what tools have left in it.
type filtered struct{ fs.FS }

// leftOver are names that are built or installed.
var leftOver = []string{"node_modules", "dist", "out", "server"}

// ReadDir implements fs.ReadDirFS.
func (f filtered) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool {
		return name == "." && (slices.Contains(leftOver, e.Name()) || strings.HasSuffix(e.Name(), ".vsix"))
	}), err
}
