package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/lsp/text"
)

// patience is how long a command waits for a document to load.
const patience = 10 * time.Second

// maxFile is the largest source file that is read, in bytes.
const maxFile = 8 << 20

// place is a FILE:LINE:COL argument, read.
type place struct {
	path   string
	file   *analyzer.File
	mapper *text.Mapper
	offset int // bytes
}

// openPlace reads FILE:LINE:COL. Line and column count from 1, the column in
// UTF-16 code units, as editors that speak LSP do.
func openPlace(arg string) (*place, error) {
	path, line, column, err := splitPlace(arg)
	if err != nil {
		return nil, exit{2, err.Error()}
	}
	file, err := openFile(path)
	if err != nil {
		return nil, exit{1, err.Error()}
	}
	m := text.NewMapper(file.Text(), text.UTF16)
	return &place{path, file, m, m.PositionOffset(text.Position{Line: uint32(line - 1), Character: uint32(column - 1)})}, nil
}

func splitPlace(arg string) (path string, line, column int, err error) {
	bad := fmt.Errorf("%q is no place in a file: write FILE:LINE:COL, such as app.py:12:8", arg)
	rest, last, ok := cutLast(arg)
	if !ok {
		return "", 0, 0, bad
	}
	path, middle, ok := cutLast(rest)
	if !ok || path == "" {
		return "", 0, 0, bad
	}
	line, lineErr := strconv.Atoi(middle)
	column, columnErr := strconv.Atoi(last)
	if lineErr != nil || columnErr != nil || line < 1 || column < 1 || line > 1<<30 || column > 1<<30 {
		return "", 0, 0, bad
	}
	return path, line, column, nil
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// openFile reads a source file.
func openFile(path string) (*analyzer.File, error) {
	// Asked before it is opened: opening a named pipe would wait for a writer.
	info, err := os.Stat(path)
	language := analyzer.ByPath(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file", path)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s: it is a folder; name the files in it", path)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: it is a special file; chubls reads plain files", path)
	case language == nil:
		return nil, fmt.Errorf("%s: chubls does not know this kind of file; it reads %s", path, strings.Join(extensions(), " "))
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s: larger than %d MB; chubls reads source code", path, maxFile>>20)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, err
	}
	file := analyzer.New(language, data)
	if where, err := filepath.Abs(path); err == nil {
		file.At(where)
	}
	return file, nil
}

func extensions() []string {
	var all []string
	for _, l := range analyzer.Languages {
		all = append(all, l.Extensions...)
	}
	return all
}
