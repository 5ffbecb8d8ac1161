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
}

func newPrefetcher(base context.Context, desk Desk, log *zap.Logger) *prefetcher {
	return &prefetcher{
		base: base, desk: desk, log: log,
		slots:   make(chan struct{}, prefetchWorkers),
		waiting: make(map[uri.URI]*time.Timer),
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
			p.run(lease)
		}
	})
	p.waiting[key] = timer
}

// run does one job.
func (p *prefetcher) run(lease func() *snapshot) {
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("panic in prefetch", zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
		}
	}()
	doc := lease()
	if doc == nil {
		return // closed meanwhile
	}
	defer doc.release()
	p.desk.Prefetch(p.base, doc.file)
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

// forget cancels the waiting job of a document that is closed.
func (p *prefetcher) forget(key uri.URI) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(key)
}

// stop cancels all waiting jobs and waits for the running ones, or for the end
// of patience.
func (p *prefetcher) stop(patience <-chan time.Time) {
	p.mu.Lock()
	p.stopped = true
	for key := range p.waiting {
		p.drop(key)
	}
	p.mu.Unlock()
	idle := make(chan struct{})
	go func() { p.jobs.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-patience:
	}
}
