package docs_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
)

// wholeHub is the folder of a built copy of the public hub.
func wholeHub(t *testing.T) string {
	folder := os.Getenv("CHUBLS_HUB")
	if folder == "" {
		t.Skip("needs a whole hub: make eval HUB=FOLDER")
	}
	return folder
}

// truth is one row of a table of what a module's entry is: language, module,
// entry ("-" for none), other entries that will do.
type truth struct {
	language, module, entry string
	also                    []string
}

func truths(t *testing.T) []truth {
	name := os.Getenv("CHUBLS_TRUTH")
	if name == "" {
		t.Skip("needs a table of modules and their entries: make eval HUB=FOLDER TRUTH=FILE")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []truth
	for lines, first := bufio.NewScanner(f), true; lines.Scan(); first = false {
		if fields := strings.Split(lines.Text(), "\t"); !first && len(fields) > 3 {
			rows = append(rows, truth{fields[0], fields[1], fields[2], strings.FieldsFunc(fields[3], func(r rune) bool { return strings.ContainsRune(" ,;", r) })})
		}
	}
	return rows
}

// measure compares what a library says with the truth, and gives the answers.
func measure(t *testing.T, what string, rows []truth, l *docs.Library, leastPrecision, leastRecall float64) map[string][]string {
	answers := map[string][]string{}
	right, wrong, missed, preferred, silent := 0, 0, 0, 0, 0
	for _, row := range rows {
		owners, err := l.Owners(t.Context(), row.language, row.module)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, o := range owners {
			ids = append(ids, o.ID)
		}
		answers[row.language+" "+row.module] = ids
		switch {
		case row.entry == "-" && len(ids) == 0:
			silent++
		case row.entry == "-":
			wrong++
			t.Logf("%s: %s %s is no package of the hub, got %s", what, row.language, row.module, ids[0])
		case len(ids) > 0 && (ids[0] == row.entry || slices.Contains(row.also, ids[0])):
			right++
			if ids[0] == row.entry {
				preferred++
			}
		default:
			missed++
			if len(ids) > 0 {
				wrong++
			}
			t.Logf("%s: %s %s is %s, got %v", what, row.language, row.module, row.entry, ids)
		}
	}
	precision, recall := float64(right)/float64(max(1, right+wrong)), float64(right)/float64(max(1, right+missed))
	t.Logf("%s: %d modules, precision %.3f, recall %.3f, preferred %d of %d, silent %d", what, len(rows), precision, recall, preferred, right+missed, silent)
	if precision < leastPrecision || recall < leastRecall {
		t.Errorf("%s: precision %.3f and recall %.3f, want %.2f and %.2f", what, precision, recall, leastPrecision, leastRecall)
	}
	return answers
}

// What the entries of a hub are about is told from its documents alone, too; and
// of a hub on a network as of one on disk, from the documents of a few candidates.
func TestEvidenceAlone(t *testing.T) {
	folder, rows := wholeHub(t), truths(t)
	observer := docs.Observer{Problem: func(err error) { t.Error(err) }}
	restore := docs.WithoutTable()
	defer restore()
	near := docs.NewLibrary([]docs.Source{hub.Folder("hub", folder, nil)}, nil, observer)
	defer near.Close()
	want := measure(t, "documents on disk", rows, near, .98, .95)

	var mu sync.Mutex
	fetched := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".md") {
			mu.Lock()
			fetched[r.URL.Path] = true
			mu.Unlock()
		}
		http.ServeFile(w, r, filepath.Join(folder, filepath.FromSlash(r.URL.Path)))
	}))
	defer server.Close()
	remote, problems := hub.New(hub.Config{Dir: t.TempDir(), Sources: []hub.SourceConfig{{Name: "hub", URL: server.URL}}}, observer)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	defer remote.Close()
	far := docs.NewLibrary(remote.Sources(), nil, observer)
	defer far.Close()
	got := measure(t, "documents on a network", rows, far, .98, .95)
	same := 0
	for module, ids := range want {
		if slices.Equal(ids, got[module]) {
			same++
		} else {
			t.Logf("%s: %v on disk, %v on a network", module, ids, got[module])
		}
	}
	t.Logf("%d of %d answers are the same, of %d fetched documents", same, len(want), len(fetched))
	if len(fetched) > 3*len(rows) {
		t.Errorf("%d documents were fetched for %d modules, want at most 3 for each", len(fetched), len(rows))
	}

	// With the table that is in the binary nothing is fetched, and nothing differs.
	restore()
	clear(fetched)
	known := docs.NewLibrary(remote.Sources(), nil, observer)
	defer known.Close()
	for module, ids := range measure(t, "table, and a network", rows, known, .99, .98) {
		if !slices.Equal(ids, want[module]) {
			t.Errorf("%s: %v by the table, %v by the documents", module, ids, want[module])
		}
	}
	if len(fetched) > 0 {
		t.Errorf("documents were fetched: %v", fetched)
	}
}
