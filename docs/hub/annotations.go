package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chubls/chubls/docs"
)

// Annotation is the note that a person or an agent has left on an entry. There
// is one for an entry: a new one takes its place.
type Annotation struct {
	ID      string
	Note    string
	Updated time.Time // zero where the file does not say
}

// stored is the file, with its keys in chub's order.
type stored struct {
	ID        string `json:"id"`
	Note      string `json:"note"`
	UpdatedAt string `json:"updatedAt"`
}

const (
	annotationsFolder = "annotations"
	isoTime           = "2006-01-02T15:04:05.000Z" // as JavaScript writes it

	maxNote  = 1 << 20
	maxNotes = 10_000
)

// Annotations are the notes in chub's folder, annotations/<id>.json, with "--"
// for every "/" of the id.
//
// What was read is kept, and read again when the folder has changed. A file that
// chub has written half counts as the note that it was before.
type Annotations struct {
	disk    *disk
	changed func()

	mu      sync.Mutex
	live    bool            // the folder is watched
	looked  time.Time       // when the folder was read; zero for not yet, or not since it is watched
	known   map[string]note // by file
	asked   bool
	hasty   bool // nobody who asks waits for the disk
	loading sync.Mutex
}

type note struct {
	at stamp
	Annotation
}

// OpenAnnotations opens the notes in chub's folder, which need not exist.
func OpenAnnotations(dir string) *Annotations {
	return &Annotations{disk: newDisk(filepath.Join(dir, annotationsFolder), func(error) {}), known: map[string]note{}}
}

// annotationFile names the file of an entry's note. A source before the id is
// left out, as the note belongs to the entry: chub reads it there and nowhere else.
func annotationFile(id string) (file, entry string, err error) {
	if _, after, ok := strings.Cut(id, ":"); ok {
		id = after
	}
	file = strings.ReplaceAll(id, "/", "--") + ".json"
	clean, err := docs.CleanPath(file)
	if err != nil || clean != file || strings.Contains(file, "/") || id == "" || len(id) > 200 {
		return "", "", fmt.Errorf("%w %q: it cannot be the id of an entry; an id looks like stripe/payments", docs.ErrUnsafePath, id)
	}
	return file, id, nil
}

// Read returns the note on an entry, if there is one. The id may have its source
// before it, as in "acme:billing/api".
func (a *Annotations) Read(id string) (Annotation, bool) {
	file, id, err := annotationFile(id)
	if err != nil {
		return Annotation{}, false
	}
	a.refresh()
	a.mu.Lock()
	defer a.mu.Unlock()
	n, ok := a.known[file]
	if !ok || n.ID != id {
		return Annotation{}, false
	}
	return n.Annotation, true
}

// List returns all notes, by their ids.
func (a *Annotations) List() []Annotation {
	a.refresh()
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []Annotation
	for _, n := range a.known {
		list = append(list, n.Annotation)
	}
	slices.SortFunc(list, func(a, b Annotation) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Write leaves a note on an entry, in the place of the one that is there.
func (a *Annotations) Write(id, text string) (Annotation, error) {
	file, id, err := annotationFile(id)
	if err != nil {
		return Annotation{}, err
	}
	if len(text) > maxNote/2 {
		return Annotation{}, fmt.Errorf("the note on %s has %d bytes: %w: at most %d", id, len(text), docs.ErrTooLarge, maxNote/2)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	text = strings.ToValidUTF8(text, "\uFFFD")
	if err := a.disk.put(file, encode(stored{id, text, now.Format(isoTime)}), true); err != nil {
		return Annotation{}, fmt.Errorf("write the note on %s: %w", id, err)
	}
	a.told()
	return Annotation{id, text, now}, nil
}

// Clear removes the note on an entry, and reports whether there was one.
func (a *Annotations) Clear(id string) (bool, error) {
	file, id, err := annotationFile(id)
	if err != nil {
		return false, err
	}
	if a.disk.stat(file) == (stamp{}) {
		return false, nil
	}
	if err := a.disk.remove(file); err != nil {
		return false, fmt.Errorf("remove the note on %s: %w", id, err)
	}
	a.told()
	return true, nil
}

// told reads what we have written ourselves.
func (a *Annotations) told() {
	if a.look() && a.changed != nil {
		a.changed()
	}
}

// fresh is how long what was read of a folder counts where no event will say that
// it has changed. Hovers come by the dozen, and none of them should read a disk.
const fresh = 500 * time.Millisecond

// refresh reads the folder where no event will say that it has changed.
func (a *Annotations) refresh() {
	a.mu.Lock()
	ready := a.live && !a.looked.IsZero()
	late := !a.looked.IsZero() && a.hasty
	if late && !ready && time.Since(a.looked) > fresh {
		a.looked = time.Now() // one looks for all
		go a.told()
	}
	a.asked = true
	a.mu.Unlock()
	if !ready && !late {
		a.read()
	}
}

// look reads the folder and reports whether a note has changed that somebody may
// have seen.
func (a *Annotations) look() bool {
	changed := a.read()
	a.mu.Lock()
	defer a.mu.Unlock()
	return changed && a.asked
}

func (a *Annotations) watch() (string, bool) { return a.disk.dir, false }

func (a *Annotations) read() (changed bool) {
	a.loading.Lock()
	defer a.loading.Unlock()
	a.mu.Lock()
	before := a.known
	a.mu.Unlock()
	after := map[string]note{}
	root, err := os.OpenRoot(a.disk.dir)
	if err == nil {
		defer root.Close()
		list, err := fs.ReadDir(root.FS(), ".")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false
		}
		for _, f := range list {
			if !strings.HasSuffix(f.Name(), ".json") || !f.Type().IsRegular() || len(after) >= maxNotes {
				continue
			}
			old, had := before[f.Name()]
			info, err := f.Info()
			if err != nil {
				continue // gone since
			}
			at := stamp{info.Size(), info.ModTime().UnixNano()}
			if had && old.at == at {
				after[f.Name()] = old
				continue
			}
			n, ok := readNote(root, f.Name())
			switch {
			case ok:
				n.at = at
				after[f.Name()] = n
			case had: // half written: the next event brings the rest
				after[f.Name()] = old
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.looked = time.Now()
	a.known = after
	return !maps.EqualFunc(before, after, func(a, b note) bool { return a.Annotation == b.Annotation })
}

// readNote reads one file, a few times if it seems to be half written.
func readNote(root *os.Root, name string) (note, bool) {
	for range 3 {
		data, err := readFile(root.FS(), name, maxNote)
		if err != nil {
			return note{}, false
		}
		var s stored
		if json.Unmarshal(data, &s) == nil && s.ID != "" && s.Note != "" {
			at, _ := time.Parse(time.RFC3339, s.UpdatedAt)
			return note{Annotation: Annotation{s.ID, s.Note, at}}, true
		}
		time.Sleep(torn)
	}
	return note{}, false
}
