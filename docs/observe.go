package docs

import (
	"sync"
	"time"
)

// Observer is told of what goes on in the background. Each field may be nil;
// each may be called from any goroutine, and must return soon.
type Observer struct {
	// Work is called when something has been going on for [Slow]: the
	// title says what, as in "Fetching stytch/auth". It returns a function for
	// the progress, in bytes or files where the total is known, else 0, and one
	// for the end. Either may be nil.
	Work func(title string) (progress func(done, total int64), end func())

	// Notice is called once when a hub cannot be reached, with a sentence that
	// says how old what is shown is; and again only after it was reached.
	Notice func(text string)

	// Problem is called with what went wrong and should be mended by the user,
	// such as a disk that is full.
	Problem func(error)
}

// Tell passes a problem on.
func (o Observer) Tell(err error) {
	if o.Problem != nil {
		o.Problem(err)
	}
}

// Slow is how long something may go on before the observer hears of it.
const Slow = 500 * time.Millisecond

// Begin starts a clock; the observer hears of the work when slow has passed. The
// work wants an End.
func (o Observer) Begin(slow time.Duration, title string) *Work {
	w := &Work{}
	if o.Work != nil {
		w.timer = time.AfterFunc(slow, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if !w.ended {
				w.progress, w.done = o.Work(title)
			}
		})
	}
	return w
}

// Work is something that goes on in the background, and may take long.
type Work struct {
	timer *time.Timer

	mu       sync.Mutex
	ended    bool
	progress func(done, total int64)
	done     func()
}

// Step tells how far it has come.
func (w *Work) Step(done, total int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.progress != nil && !w.ended {
		w.progress(done, total)
	}
}

// End tells that it is over.
func (w *Work) End() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended && w.done != nil {
		w.done()
	}
	w.ended = true
}
