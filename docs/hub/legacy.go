package hub

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chubls/chubls/docs"
)

// ErrRemote is matched by the problem that [Open] reports for a source with a
// url.
//
// Deprecated: [New] fetches.
var ErrRemote = errors.New("remote sources are not supported here")

// Open returns the sources of a configuration without using the network: of a
// remote one only what is cached.
//
// Deprecated: use [New].
func Open(cfg Config) (sources []docs.Source, problems []error) {
	cfg.Offline = true
	h, problems := New(cfg, Observer{})
	for i, s := range h.Sources() {
		if r, ok := s.(*Remote); ok {
			_, err := os.Stat(filepath.Join(r.disk.dir, registryFile))
			if err != nil {
				problems = append(problems, fmt.Errorf("source %q: %w, and chub has not cached it: run `chub update`, or add a local source with \"path:\" to %s", r.name, ErrRemote, filepath.Join(cfg.Dir, configFile)))
				continue
			}
			if !h.configs[i].implicit {
				problems = append(problems, fmt.Errorf("source %q: %w: only what chub has cached of it is shown; `chub update` renews that", r.name, ErrRemote))
			}
		}
		sources = append(sources, s)
	}
	return sources, problems
}
