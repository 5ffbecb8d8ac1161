package lsptest

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

// wantName is the file of a case that holds what is expected.
const wantName = "want"

// Case is one golden file: a txtar archive with a hub below hub/, sources of
// which one has the cursor, and want.
type Case struct {
	// Path is where the case was read from.
	Path string
	// Archive is the case as it stands.
	Archive *txtar.Archive
	// Hub is the tree below hub/, without that name.
	Hub fs.FS
	// Files are the sources without their markers, by name.
	Files map[string]string
	// Name is the source that has the cursor, and Marked its markers.
	Name string
	Marked
	// Want is what is expected.
	Want string
}

// ReadCase reads a golden file. Markers are read in sources only: a document
// of the hub may hold the same characters.
func ReadCase(file string) (*Case, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Case{Path: file, Archive: txtar.Parse(data), Files: map[string]string{}}
	c.Cursor = -1
	hub := fstest.MapFS{}
	for _, f := range c.Archive.Files {
		below, inHub := strings.CutPrefix(path.Clean(f.Name), "hub/")
		switch {
		case inHub:
			hub[below] = &fstest.MapFile{Data: f.Data}
		case f.Name == wantName:
			c.Want = string(f.Data)
		default:
			m, err := ParseMarked(string(f.Data))
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file, f.Name, err)
			}
			c.Files[f.Name] = m.Text
			if m.Cursor >= 0 && c.Name != "" {
				return nil, fmt.Errorf("%s: a cursor in %s and in %s", file, c.Name, f.Name)
			}
			if m.Cursor >= 0 {
				c.Name, c.Marked = f.Name, m
			}
		}
	}
	if c.Name == "" {
		return nil, fmt.Errorf("%s: no source has a cursor %s", file, cursorMark)
	}
	c.Hub = hub
	return c, nil
}

// URI is the name under which an editor opens one of the case's sources.
func (c *Case) URI(name string) string { return "file:///project/" + name }

// Check compares what was got with want, or writes it there if update is set.
func (c *Case) Check(t testing.TB, got string, update bool) {
	t.Helper()
	if got != "" && !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	if got == c.Want {
		return
	}
	if !update {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", c.Path, got, c.Want)
		return
	}
	files := c.Archive.Files
	i := slices.IndexFunc(files, func(f txtar.File) bool { return f.Name == wantName })
	if i < 0 {
		i = len(files)
		files = append(files, txtar.File{Name: wantName})
		c.Archive.Files = files
	}
	files[i].Data = []byte(got)
	if err := os.WriteFile(c.Path, txtar.Format(c.Archive), 0o666); err != nil {
		t.Error(err)
	}
}

// EachCase runs a test for each golden file of a folder.
func EachCase(t *testing.T, folder string, test func(t *testing.T, c *Case)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files in %s: %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			c, err := ReadCase(file)
			if err != nil {
				t.Fatal(err)
			}
			test(t, c)
		})
	}
}

// OpenAll opens the sources of a case, each in the language of its extension.
func (e *Editor) OpenAll(c *Case) {
	e.t.Helper()
	languages := map[string]string{
		".py": "python", ".pyi": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript",
		".jsx": "javascriptreact", ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "typescriptreact",
	}
	for name, content := range c.Files {
		e.Open(c.URI(name), languages[filepath.Ext(name)], content)
	}
}
