package hub

import (
	"context"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// Two locks: fetching a registry may take a minute, and nobody who notes what
// he has fetched should wait for that.
const (
	noteLock  = "chubls.lock"
	fetchLock = "chubls-fetch.lock"
)

// lock keeps other chubls processes out of a source's folder until the result
// is called. chub takes no lock. Where there can be none (a read-only home, a
// file system without them), or ctx ends first, the work goes on without:
// every write is whole by itself, and the lock only spares work done twice and
// keeps the lines of two sidecars together.
func (d *disk) lock(ctx context.Context, name string) (unlock func()) {
	if os.MkdirAll(d.dir, 0o755) != nil {
		return func() {}
	}
	l := flock.New(d.path(name))
	if ok, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil || !ok {
		return func() {}
	}
	return func() { _ = l.Close() }
}
