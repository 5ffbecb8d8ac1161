package hub

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watched is a folder that others write to.
type watched interface {
	// watch names the folder, and whether those below it count.
	watch() (dir string, deep bool)
	// look reports whether something has changed that somebody has seen.
	look() bool
}

const (
	settle    = 100 * time.Millisecond // how long a folder is quiet before it is looked at
	pollEvery = 20 * time.Second       // for folders without events, and for old registries
)

// maxWatches is how many folders of one source are watched; beyond it the source
// is polled. Elsewhere than on Linux each file costs a handle.
func maxWatches() int {
	if runtime.GOOS == "linux" {
		return 8192
	}
	return 512
}

// Watch follows changes until Close: of files, which events announce, and of
// registries that have grown old. A command that answers once needs none of it.
func (h *Hub) Watch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil || h.watching {
		return
	}
	h.watching = true
	h.notes.hurry()
	h.wg.Go(h.follow)
}

// Poll looks now at all that may have changed on disk. It is for editors and
// file systems that bring no events; it may take some ten milliseconds.
func (h *Hub) Poll() {
	for _, w := range h.watched {
		if w.look() {
			h.signal()
		}
	}
}

// follow is the loop behind Watch. Events only say when to look: what counts is
// what the folder looks like then.
func (h *Hub) follow() {
	events := &watcher{}
	if w, err := fsnotify.NewWatcher(); err == nil {
		events.Watcher = w
		defer w.Close()
	}
	covered := make([]bool, len(h.watched))
	look := func(i int) {
		if h.watched[i].look() {
			h.signal()
		}
	}
	cover := func() {
		for i, w := range h.watched {
			if covered[i] {
				continue
			}
			covered[i] = events.cover(w.watch())
			if a, ok := w.(*Annotations); ok {
				a.setLive(covered[i])
			}
			if covered[i] {
				look(i) // what has changed before the watch brings no event
			}
		}
	}
	cover()
	pending := map[int]bool{}
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case e, ok := <-events.events():
			if !ok {
				return
			}
			for i, w := range h.watched {
				dir, deep := w.watch()
				if !concerns(dir, deep, e.Name) {
					continue
				}
				if e.Name == filepath.Clean(dir) && e.Has(fsnotify.Remove|fsnotify.Rename) {
					covered[i] = false
					if a, ok := w.(*Annotations); ok {
						a.setLive(false)
					}
				}
				if deep && e.Has(fsnotify.Create) {
					events.cover(e.Name, true)
				}
				pending[i] = true
				quiet.Reset(settle)
			}
		case <-events.errors(): //nolint:errcheck // it says that too many events came: some are lost
			for i := range h.watched {
				pending[i] = true
			}
			quiet.Reset(settle)
		case <-quiet.C:
			for i := range pending {
				look(i)
			}
			clear(pending)
			cover() // a folder may have come into being
		case <-tick.C:
			for i := range h.watched {
				if !covered[i] {
					look(i)
				}
			}
			cover()
			for _, r := range h.remotes {
				if r.wanted() {
					r.refreshSoon()
				}
			}
		}
	}
}

// concerns reports whether an event is of a watched folder. Temporary and hidden
// files are nobody's business.
func concerns(dir string, deep bool, name string) bool {
	base := filepath.Base(name)
	if strings.HasPrefix(base, tempPrefix) || strings.HasSuffix(base, "~") || strings.HasSuffix(base, ".lock") {
		return false
	}
	dir = filepath.Clean(dir)
	if name == dir || filepath.Dir(name) == dir {
		return true
	}
	return deep && strings.HasPrefix(name, dir+string(filepath.Separator))
}

// watcher is fsnotify, or nothing where there is none.
type watcher struct{ *fsnotify.Watcher }

func (w *watcher) events() chan fsnotify.Event {
	if w.Watcher == nil {
		return nil
	}
	return w.Events
}

func (w *watcher) errors() chan error {
	if w.Watcher == nil {
		return nil
	}
	return w.Errors
}

var errTooMany = errors.New("too many folders")

// cover watches a folder, and those below it if deep; false means that it has to
// be polled.
func (w *watcher) cover(dir string, deep bool) bool {
	if w.Watcher == nil {
		return false
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		_ = w.Add(filepath.Dir(dir)) // to see it come into being
		return false
	}
	if !deep {
		return w.Add(dir) == nil
	}
	count := 0
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || !e.IsDir():
			return nil //nolint:nilerr // what cannot be read is not watched
		case name != dir && skipped(e):
			return fs.SkipDir
		}
		if count++; count > maxWatches() {
			return errTooMany
		}
		return w.Add(name)
	})
	return err == nil
}

// hurry says that those who ask do not wait for the disk from now on: they see what
// was there a moment ago.
func (a *Annotations) hurry() {
	a.mu.Lock()
	a.hasty = true
	a.mu.Unlock()
}

func (a *Annotations) setLive(live bool) {
	a.mu.Lock()
	a.live = live
	if live {
		a.looked = time.Time{} // what came before the watch is seen by the next reader
	}
	a.mu.Unlock()
}

// wanted reports whether somebody has asked for the registry.
func (r *Remote) wanted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}
