package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/chubls/chubls/docs"
)

// modulesFile is a hub's own table of which of its entries documents which
// module, as `chubls index` writes it. It lies beside registry.json.
const modulesFile = "modules.tsv"

const (
	maxModules = 16 << 20

	// modulesPatience bounds how long a registry waits for the table beside it.
	modulesPatience = 5 * time.Second
)

// Modules implements [docs.Mapped].
func (s *source) Modules() (table []byte, err error) {
	err = s.open(func(fsys fs.FS) error {
		table, err = readFile(fsys, modulesFile, maxModules)
		return err
	})
	return table, err
}

// Modules implements [docs.Mapped]: it is the table in the cache.
func (r *Remote) Modules() ([]byte, error) {
	table, _, err := r.disk.read(modulesFile, maxModules)
	return table, err
}

// fetchModules asks for the table that belongs to a new registry. A hub that has
// none is like most.
func (r *Remote) fetchModules(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, modulesPatience)
	defer cancel()
	have, _, readErr := r.disk.read(modulesFile, maxModules)
	req := request{path: modulesFile, max: maxModules}
	if known := r.sidecar().Modules; readErr == nil && known.is(have) {
		req.etag, req.modified = known.ETag, known.Modified
	}
	data, a, err := r.get(ctx, req)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		_ = r.disk.remove(modulesFile) // that of another registry names the wrong entries
		return
	case err != nil || a.unchanged || isPage(data):
		return
	}
	if _, err := docs.ParseModules(data); err != nil {
		r.observer.Tell(fmt.Errorf("source %q: %w; 'chubls index' writes it anew", r.name, err))
		return
	}
	r.disk.write(modulesFile, data)
	r.note(ctx, func(s *sidecar) { s.Modules = record(data, a, listed{}) })
}
