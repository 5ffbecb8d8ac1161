package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
)

// What follows serves who reads whole guides, and who looks after the hub.

// PageAt is that of [answer.Desk].
func (d *Desk) PageAt(ctx context.Context, f *analyzer.File, offset int) (*answer.Page, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.PageAt(ctx, f, offset)
}

// PageOf is that of [answer.Desk].
func (d *Desk) PageOf(ctx context.Context, name answer.PageName) (*answer.Page, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.PageOf(ctx, name)
}

// PageFile is the absolute path of a file with the page's text. A guide that lies
// in no file, such as one of the starter's, is written to the cache first.
func (d *Desk) PageFile(p *answer.Page) (string, error) {
	if p.Path != "" {
		return p.Path, nil
	}
	return hub.Keep(d.Dir, p.Source, p.Folder, p.Text)
}

// Search is that of [answer.Desk].
func (d *Desk) Search(ctx context.Context, words string, limit int) ([]answer.Result, error) {
	desk, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return desk.Search(ctx, words, limit)
}

// at is the state of now. It waits for the first one, until ctx ends.
func (d *Desk) at(ctx context.Context) (*state, error) {
	if _, err := d.current(ctx); err != nil {
		return nil, err
	}
	return d.now.Load(), nil
}

// Health tells how the sources are. It asks no hub, and reads the cache.
func (d *Desk) Health(ctx context.Context) (answer.Health, error) {
	s, err := d.at(ctx)
	if err != nil {
		return answer.Health{}, err
	}
	h := answer.Health{
		Offline: s.cfg.Offline, Configured: !s.cfg.Unconfigured(), Loading: d.works.titles(),
		Notes: len(s.hub.Annotations().List()), Sources: []answer.HealthSource{},
	}
	for _, one := range s.hub.Status(ctx, false) {
		told := answer.HealthSource{Name: one.Name, Kind: one.Kind, Entries: one.Entries, Age: -1}
		if one.Kind == "remote" && one.Age >= 0 {
			told.Age = int64(one.Age / time.Second)
		}
		if one.Problem != nil && !errors.Is(one.Problem, hub.ErrOffline) {
			told.Problem = one.Problem.Error()
		}
		h.Sources = append(h.Sources, told)
	}
	return h, nil
}

// Refresh asks the hubs for their newest lists, and for those of the cached guides
// that have changed. What it returns says what came of it.
func (d *Desk) Refresh(ctx context.Context) (string, error) {
	s, err := d.at(ctx)
	switch {
	case err != nil:
		return "", err
	case s.cfg.Unconfigured():
		return "", fmt.Errorf("no hub is configured, so there is nothing to refresh: name one below \"sources\" in config.yaml in %s", d.Dir)
	}
	if err := s.hub.Update(ctx, hub.UpdateOptions{}); err != nil {
		return "", err
	}
	s.Library.Reload()
	entries, remotes := 0, 0
	for _, one := range s.hub.Status(ctx, false) {
		entries += one.Entries
		if one.Kind == "remote" {
			remotes++
		}
	}
	if remotes == 0 {
		return fmt.Sprintf("All sources are folders, which are read where they lie: %d entries.", entries), nil
	}
	return fmt.Sprintf("The lists are the newest now: %d entries.", entries), nil
}

// NoteOn returns the note on an entry, "" where there is none.
func (d *Desk) NoteOn(ctx context.Context, entry string) (string, error) {
	s, err := d.at(ctx)
	if err != nil {
		return "", err
	}
	note, _ := s.hub.Annotations().Read(entry)
	return note.Note, nil
}

// Annotate leaves a note on an entry, in the place of the one that is there. An
// empty one only removes that.
func (d *Desk) Annotate(ctx context.Context, entry, note string) error {
	s, err := d.at(ctx)
	if err != nil {
		return err
	}
	if note == "" {
		_, err = s.hub.Annotations().Clear(entry)
		return err
	}
	_, err = s.hub.Annotations().Write(entry, note)
	return err
}

// works is what goes on in the background.
type works struct {
	mu   sync.Mutex
	next int
	on   map[int]string
}

// noting passes work on to show, which may be nil, and keeps its title until it
// ends.
func (w *works) noting(show func(string) (func(done, total int64), func())) func(string) (func(done, total int64), func()) {
	return func(title string) (func(done, total int64), func()) {
		var progress func(done, total int64)
		var end func()
		w.mu.Lock()
		if w.on == nil {
			w.on = map[int]string{}
		}
		w.next++
		id := w.next
		w.on[id] = title
		w.mu.Unlock()
		if show != nil {
			progress, end = show(title)
		}
		return progress, func() {
			w.mu.Lock()
			delete(w.on, id)
			w.mu.Unlock()
			if end != nil {
				end()
			}
		}
	}
}

// titles lists what goes on, the oldest first.
func (w *works) titles() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := []string{}
	ids := make([]int, 0, len(w.on))
	for id := range w.on {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		list = append(list, w.on[id])
	}
	return list
}
