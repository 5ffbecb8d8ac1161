package lsp

import (
	"context"
	"sync"
	"time"
)

// patience is a context that ends a while after somebody begins to wait for
// it. Most answers are at hand and nobody waits: they are spared the timer,
// which costs more than the answer.
type patience struct {
	context.Context
	limit time.Duration

	mu      sync.Mutex
	waiting context.Context // nil until the first Done
	cancel  context.CancelFunc
}

// newPatience makes the context, and the function that frees its clock.
func newPatience(ctx context.Context, limit time.Duration) (context.Context, func()) {
	p := &patience{Context: ctx, limit: limit}
	return p, p.stop
}

// Done starts the clock.
func (p *patience) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting, p.cancel = context.WithTimeout(p.Context, p.limit)
	}
	return p.waiting.Done()
}

func (p *patience) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		return p.Context.Err()
	}
	return p.waiting.Err()
}

func (p *patience) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		p.cancel()
	}
}
