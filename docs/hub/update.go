package hub

import (
	"context"
	"errors"
	"fmt"
	"path"
	"sync"
	"sync/atomic"

	"github.com/chubls/chubls/docs"
)

// UpdateOptions say how thorough an update is.
type UpdateOptions struct {
	Force bool // fetch again what seems to be the newest
	Full  bool // fetch the whole hub as one bundle
	All   bool // fetch every document that is listed, one by one
}

// Update renews the registry of every remote source, and those of its cached
// documents that have changed. A source that cannot be updated does not hinder
// the others; each is one of the joined errors.
func (h *Hub) Update(ctx context.Context, o UpdateOptions) error {
	var wg sync.WaitGroup
	errs := make([]error, len(h.remotes))
	for i, r := range h.remotes {
		wg.Go(func() {
			if err := r.renew(ctx, o); err != nil {
				errs[i] = fmt.Errorf("source %q: %w", r.name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// renew is Update for one source.
func (r *Remote) renew(ctx context.Context, o UpdateOptions) error {
	if err := r.from.net.allow(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	clear(r.missing)
	r.mu.Unlock()
	r.from.host.again()
	if o.Full {
		return r.updateFull(ctx)
	}
	if err := r.update(ctx, true); err != nil {
		return err
	}
	type job struct {
		v    *docs.Variant
		file string
	}
	var jobs []job
	done := map[string]bool{}
	for _, e := range r.load().Entries {
		for _, v := range e.Variants {
			for _, file := range v.Files {
				name := path.Join(v.Path, file)
				if done[name] {
					continue
				}
				done[name] = true
				_, state := r.cached(name, r.listed(v))
				if state == stale || state == current && o.Force || state == absent && o.All {
					jobs = append(jobs, job{v, file})
				}
			}
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	w := r.observer.Begin(r.from.net.pace.slow, fmt.Sprintf("Fetching %d documents of %s", len(jobs), r.name))
	defer w.End()
	var (
		wg    sync.WaitGroup
		ready atomic.Int64
		mu    sync.Mutex
		errs  []error
		queue = make(chan job)
	)
	for range perHost {
		wg.Go(func() {
			for j := range queue {
				name := path.Join(j.v.Path, j.file)
				if _, err := r.fetch(ctx, j.v, name, r.listed(j.v)); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
				w.Step(ready.Add(1), int64(len(jobs)))
			}
		})
	}
	for _, j := range jobs {
		if ctx.Err() != nil {
			break
		}
		queue <- j
	}
	close(queue)
	wg.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(errs) > 0:
		return fmt.Errorf("%d of %d documents could not be fetched, the first: %w", len(errs), len(jobs), errs[0])
	}
	return nil
}
