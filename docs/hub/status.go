package hub

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Status is what is known of one source, for `doctor` and `cache status`. No
// field holds a secret.
type Status struct {
	Name      string
	Kind      string // remote, built folder or content tree
	Workspace bool   // a repository has brought it
	Where     string // address or folder

	Credentials []string // where they come from: "Authorization: from $TOKEN", "netrc"

	Asked     bool          // whether the hub was tried
	Reachable bool          // it answered
	Took      time.Duration // how fast

	Entries   int           // in the registry, where it is at hand
	Documents int           // files in the cache
	Bytes     int64         // of these
	Updated   time.Time     // when the registry was last the newest; zero is unknown
	Age       time.Duration // the same; negative is unknown
	Full      bool          // the whole hub was fetched
	Problem   error         // what is wrong
}

// Status tells about every source. With ask, each remote hub is tried.
func (h *Hub) Status(ctx context.Context, ask bool) []Status {
	var all []Status
	for i, source := range h.sources {
		s := Status{Name: source.Name(), Age: -1, Workspace: h.configs[i].Workspace != ""}
		switch source := source.(type) {
		case *local:
			s.Kind, s.Where = source.kind(), source.dir
			reg, err := source.Registry()
			if s.Problem = err; reg != nil {
				s.Entries = len(reg.Entries)
			}
		case *Remote:
			source.status(ctx, ask, &s)
		}
		all = append(all, s)
	}
	return all
}

func (r *Remote) status(ctx context.Context, ask bool, s *Status) {
	s.Kind, s.Where = "remote", r.where
	for _, h := range r.from.secrets.headers {
		s.Credentials = append(s.Credentials, h.String())
	}
	if r.from.auth != "" {
		s.Credentials = append(s.Credentials, "Authorization: from "+r.from.auth)
	}
	if reg := r.load(); reg != nil {
		s.Entries = len(reg.Entries)
	}
	s.Documents, s.Bytes = r.disk.usage(dataFolder)
	m := r.meta()
	s.Updated, s.Age = m.fetched(), r.age()
	s.Full = strings.TrimSpace(string(m["fullBundle"])) == "true"
	switch {
	case r.from.net.shut():
		s.Problem = ErrOffline
	case ask:
		s.Asked = true
		began := time.Now()
		side := r.sidecar().Registry
		_, s.Problem = r.from.get(ctx, request{
			path: registryFile, max: r.from.net.pace.list, etag: side.ETag, modified: side.Modified,
			to: func() (io.Writer, error) { return io.Discard, nil },
		})
		s.Took, s.Reachable = time.Since(began), s.Problem == nil
	}
}

// Usage tells how much was fetched, by chubls or by chub.
func (h *Hub) Usage() (files int, size int64) {
	return newDisk(h.cfg.Dir, h.observer.Tell).usage("sources")
}

// Clear removes everything that was fetched, by chubls or by chub, and tells how
// much that was. It leaves alone the configuration and the notes.
func (h *Hub) Clear() (files int, size int64, err error) {
	files, size = h.Usage()
	root, err := os.OpenRoot(h.cfg.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	defer root.Close()
	if err := root.RemoveAll("sources"); err != nil {
		return 0, 0, err
	}
	for _, r := range h.remotes {
		r.drop()
	}
	return files, size, nil
}

// drop forgets what is in memory.
func (r *Remote) drop() {
	r.loading.Lock()
	defer r.loading.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.registry, r.shared, r.sum, r.at, r.bad, r.broken = nil, nil, "", stamp{}, stamp{}, false
	r.side, r.sideAt, r.pending, r.next = sidecar{}, stamp{}, nil, time.Time{}
	clear(r.missing)
	r.disk.forget()
}
