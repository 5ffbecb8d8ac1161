package hub

import (
	"context"
	"sync"
)

// flights lets those who want the same thing at the same time share the work.
// Unlike x/sync/singleflight it ends the work when the last one who waits for
// it has gone.
type flights[T any] struct {
	mu  sync.Mutex
	all map[string]*flight[T]
	wg  sync.WaitGroup
}

type flight[T any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	value   T
	err     error
}

// do returns what work gives for the key. The context of the work has the
// values of base, and ends when everybody's has.
func (f *flights[T]) do(ctx, base context.Context, key string, work func(context.Context) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	f.mu.Lock()
	if err := base.Err(); err != nil {
		f.mu.Unlock()
		return none, err
	}
	w := f.all[key]
	if w == nil {
		if f.all == nil {
			f.all = map[string]*flight[T]{}
		}
		var shared context.Context
		w = &flight[T]{done: make(chan struct{})}
		shared, w.cancel = context.WithCancel(base)
		f.all[key] = w
		f.wg.Go(func() {
			w.value, w.err = work(shared)
			w.cancel()
			f.leave(key, w, true)
			close(w.done)
		})
	}
	w.waiting++
	f.mu.Unlock()
	select {
	case <-w.done:
		return w.value, w.err
	case <-ctx.Done():
		f.leave(key, w, false)
		return none, ctx.Err()
	}
}

// leave takes a flight off the board when it has landed, or when nobody waits
// for it any more: who comes later starts a new one.
func (f *flights[T]) leave(key string, w *flight[T], landed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !landed {
		if w.waiting--; w.waiting > 0 {
			return
		}
		w.cancel()
	}
	if f.all[key] == w {
		delete(f.all, key)
	}
}

// wait returns when no work goes on any more. base has ended before.
func (f *flights[T]) wait() {
	f.mu.Lock()
	//lint:ignore SA2001 nothing starts after this
	f.mu.Unlock() //nolint:staticcheck // as above
	f.wg.Wait()
}
