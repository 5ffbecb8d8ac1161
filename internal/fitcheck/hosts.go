package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/internal/corpus"
)

// host is a real file, as it is or with other line ends or tabs.
type host struct {
	name   string // with what was done to it
	path   string // whose ending says the language
	text   string
	loader string // esbuild's
}

func (h host) language() *analyzer.Language { return analyzer.ByPath(h.path) }
func (h host) ecosystem() string            { return docs.Ecosystem(h.language().Name) }

var loaders = map[string]string{
	".js": "js", ".mjs": "js", ".cjs": "js", ".jsx": "jsx",
	".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx",
}

// The sizes of the files that are taken, in bytes: a judge reads each whole.
const (
	smallest = 200
	largest  = 24 << 10
)

// drawHosts takes n files of each of the kinds that there are at random, a third
// of them with line ends of two bytes or with tabs, and of these the ones that
// the judges find nothing wrong with.
func drawHosts(random *rand.Rand, files []corpus.Files, n int, judges map[string]*judge) ([]host, error) {
	kinds := map[string][]string{}
	for _, c := range files {
		for _, name := range c.Files {
			if strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, ".d.mts") || strings.HasSuffix(name, ".d.cts") {
				continue // declarations take no statements
			}
			ext := filepath.Ext(name)
			kinds[ext] = append(kinds[ext], filepath.Join(c.Root, filepath.FromSlash(name)))
		}
	}
	var hosts []host
	for _, ext := range slices.Sorted(maps.Keys(kinds)) {
		paths := kinds[ext]
		random.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		taken := 0
		for _, path := range paths {
			if taken == n {
				break
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			if len(data) < smallest || len(data) > largest || bytes.Contains(data, []byte("@flow")) {
				continue
			}
			h := host{name: filepath.Base(path), path: path, text: string(data), loader: loaders[ext]}
			h.restyle(random.IntN(6))
			wrong, err := judges[h.ecosystem()].ask(h.text, h.loader, false)
			if err != nil {
				return nil, err
			}
			if wrong != "" {
				continue
			}
			file := analyzer.New(h.language(), []byte(h.text))
			if !file.Broken() {
				hosts = append(hosts, h)
				taken++
			}
			file.Close()
		}
	}
	if len(hosts) == 0 {
		return nil, fmt.Errorf("no file of the corpus can be used")
	}
	return hosts, nil
}

// restyle gives a file line ends of two bytes, or tabs for its indentation.
func (h *host) restyle(how int) {
	if how == 0 && !strings.Contains(h.text, "\r") {
		h.name += " (CRLF)"
		h.text = strings.ReplaceAll(h.text, "\n", "\r\n")
	}
	if how == 1 {
		unit := "  "
		if h.ecosystem() == "python" {
			unit = "    "
		}
		h.name += " (tabs)"
		var b strings.Builder
		for line := range strings.Lines(h.text) {
			for strings.HasPrefix(line, unit) {
				line = line[len(unit):]
				b.WriteByte('\t')
			}
			b.WriteString(line)
		}
		h.text = b.String()
	}
}

// position is a random place in a file: mostly on code, sometimes on an empty
// line, at the first character of a line, or at an end of the file.
func (h *host) position(random *rand.Rand) int {
	switch random.IntN(20) {
	case 0:
		return len(h.text)
	case 1:
		return 0
	}
	at := random.IntN(len(h.text))
	start := strings.LastIndexByte(h.text[:at], '\n') + 1
	switch random.IntN(6) {
	case 0: // the next empty line
		if i := strings.Index(h.text[start:], "\n\n"); i >= 0 {
			return start + i + 1
		}
	case 1: // the first character of a line
		return start + len(h.text[start:]) - len(strings.TrimLeft(h.text[start:], " \t"))
	}
	return at
}
