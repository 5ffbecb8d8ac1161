package lsp

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"go.lsp.dev/uri"
	"go.uber.org/zap"
)

// prefetchWorkers is how many documents are looked at for imports at once.
const prefetchWorkers = 2

// prefetcher tells the Desk about documents, so that what they import is there
// before anybody hovers. It keeps at most one job per document, and looks at
// the version that is current when the job runs, not when it was scheduled.
type prefetcher struct {
	base  context.Context // ends with the session
	desk  Desk
	log   *zap.Logger
	slots chan struct{}
	jobs  sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	waiting map[uri.URI]*time.Timer
	needed  map[uri.URI]context.CancelFunc // what open documents import
}

func newPrefetcher(base context.Context, desk Desk, log *zap.Logger) *prefetcher {
	return &prefetcher{
		base: base, desk: desk, log: log,
		slots:   make(chan struct{}, prefetchWorkers),
		waiting: make(map[uri.URI]*time.Timer),
		needed:  make(map[uri.URI]context.CancelFunc),
	}
}

// schedulePrefetch has a document looked at after a delay in which it is not
// scheduled again.
func (s *session) schedulePrefetch(key uri.URI, delay time.Duration) {
	s.prefetch.schedule(key, delay, func() *snapshot { return s.documents.lease(key) })
}

func (p *prefetcher) schedule(key uri.URI, delay time.Duration, lease func() *snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return
	}
	p.drop(key)
	p.jobs.Add(1)
	var timer *time.Timer
	timer = time.AfterFunc(delay, func() {
		defer p.jobs.Done()
		p.slots <- struct{}{}
		defer func() { <-p.slots }()
		p.mu.Lock()
		late := p.stopped || p.waiting[key] != timer // a newer job has taken over
		if !late {
			delete(p.waiting, key)
		}
		p.mu.Unlock()
		if !late {
			p.run(key, lease)
		}
	})
	p.waiting[key] = timer
}

// run does one job.
func (p *prefetcher) run(key uri.URI, lease func() *snapshot) {
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("panic in prefetch", zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
		}
	}()
	ctx, enough := context.WithCancel(p.base)
	p.mu.Lock()
	before := p.needed[key]
	p.needed[key] = enough
	p.mu.Unlock()
	doc := lease()
	if doc == nil {
		p.forget(key) // closed meanwhile
		return
	}
	defer doc.release()
	p.desk.Prefetch(ctx, doc.file)
	if before != nil {
		before() // what both versions import is needed without a break
	}
}

// drop cancels the document's waiting job; p.mu is held.
func (p *prefetcher) drop(key uri.URI) {
	if timer := p.waiting[key]; timer != nil {
		if timer.Stop() {
			p.jobs.Done()
		}
		delete(p.waiting, key)
	}
}

// forget cancels the waiting job of a document that is closed, and the loading of
// what only that document imports.
func (p *prefetcher) forget(key uri.URI) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(key)
	if enough := p.needed[key]; enough != nil {
		enough()
		delete(p.needed, key)
	}
}

// stop cancels all waiting jobs and waits for the running ones, or for the end
// of patience.
func (p *prefetcher) stop(patience <-chan time.Time) {
	p.mu.Lock()
	p.stopped = true
	for key := range p.waiting {
		p.drop(key)
	}
	for _, enough := range p.needed {
		enough()
	}
	clear(p.needed)
	p.mu.Unlock()
	idle := make(chan struct{})
	go func() { p.jobs.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-patience:
	}
}
