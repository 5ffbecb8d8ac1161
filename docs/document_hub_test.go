package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

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

// hubFiles reads every DOC.md of the public hub.
func hubFiles(t testing.TB) [][]byte {
	t.Helper()
	var files [][]byte
	err := filepath.WalkDir(needHub(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != DocFile {
			return err
		}
		data, err := os.ReadFile(path)
		files = append(files, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// hubDocuments parses every document of the public hub.
func hubDocuments(t testing.TB) []*Document {
	t.Helper()
	var list []*Document
	for _, data := range hubFiles(t) {
		d, err := ParseDocument(data)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

// TestHubDocuments reads the whole public hub, as measured when this was
// written: other figures mean another copy of the hub, or a fault here.
func TestHubDocuments(t *testing.T) {
	files := hubFiles(t)
	start := time.Now()
	var headings, fences, open, codes, problems, untitled int
	for _, data := range files {
		doc, err := ParseDocument(data)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, p := range doc.Problems {
			t.Error(p)
			problems++
		}
		if doc.Meta.Name == "" || len(doc.Meta.Languages) == 0 || len(doc.Meta.Versions) == 0 || doc.Meta.Updated == "" {
			t.Errorf("front matter not read: %+v", doc.Meta)
		}
		h1 := 0
		for _, s := range doc.Sections {
			if s.Level > 0 {
				headings++
			}
			if s.Level == 1 {
				h1++
			}
			codes += len(s.Codes)
			fences += len(s.Fences)
			for _, f := range s.Fences {
				if f.Open {
					open++
				}
			}
		}
		if h1 == 0 {
			untitled++
		}
	}
	t.Logf("parsed %d documents in %v: %d headings, %d fences (%d open), %d code spans", len(files), time.Since(start), headings, fences, open, codes)
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"documents", len(files), 1660},
		{"headings", headings, 31045},
		{"fences", fences, 25493},
		{"fences that never close", open, 0},
		{"documents without a title", untitled, 1},
		{"problems", problems, 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.what, c.got, c.want)
		}
	}
	for _, data := range files {
		doc, _ := ParseDocument(data)
		checkDocument(t, doc)
	}
}
