package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chubls/chubls/docs"
)

// Remote is a hub behind an address, with its cache: the folder
// sources/<name> below chub's own, which chub uses as well.
//
// What is in the cache is answered from there. The registry is answered even
// when it is old, and renewed in the background; a document is fetched again
// when the registry says that it has changed. When a fetch fails, the copy that
// is there serves.
type Remote struct {
	name     string
	where    string // the address, as it may be shown
	hub      string // tells addresses apart in the sidecar
	trust    []string
	refresh  time.Duration
	from     *remoteHost
	disk     *disk
	observer docs.Observer
	changed  func() // the registry is another one

	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	updates   flights[struct{}]
	documents flights[[]byte]
	wg        sync.WaitGroup

	loading sync.Mutex // one reads the registry at a time
	noting  sync.Mutex // one changes the sidecar at a time

	mu       sync.Mutex
	asked    bool // somebody knows the registry, or knows that there is none
	registry *docs.Registry
	shared   map[string]listed // folders whose variants disagree
	sum      string            // of the registry
	at, bad  stamp             // of the file that it was read from, and of one that was no good
	broken   bool              // the file on disk is no good: renew it
	side     sidecar
	sideAt   stamp
	pending  map[string]copied // documents that the sidecar does not know yet; replaced, not changed
	flushing bool              // they are about to be noted
	missing  map[string]failure
	next     time.Time // no refresh in the background before
	told     bool      // that the hub cannot be reached
}

// failure is remembered for a while, so that a hover does not ask again for
// what is not there.
type failure struct {
	err   error
	until time.Time
}

func newRemote(cfg Config, s SourceConfig, n *network, o docs.Observer, changed func()) (*Remote, error) {
	if name, err := docs.CleanPath(s.Name); err != nil || name != s.Name || strings.Contains(name, "/") || len(name) > 100 {
		return nil, errors.New(`the name of a remote source is the name of its cache folder: use letters, digits and "-" only`)
	}
	from, err := n.remote(s)
	if err != nil {
		return nil, err
	}
	r := &Remote{
		name: s.Name, where: maskURL(from.base), hub: sum([]byte(from.base.String()))[:16],
		trust: cfg.Trust, refresh: cfg.RefreshInterval,
		from: from, disk: newDisk(cfg.cacheDir(s.Name), o.Tell), observer: o, changed: changed,
		missing: map[string]failure{},
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	return r, nil
}

// Name is the source's name in the configuration.
func (r *Remote) Name() string { return r.name }

// Distant implements [docs.Distant]: a document may have to be fetched.
func (r *Remote) Distant() {}

// Registry returns the cached registry at once if there is one, and renews it in
// the background if it is old; else it is fetched. It returns the same value
// until the registry has changed.
func (r *Remote) Registry() (*docs.Registry, error) {
	reg := r.load()
	if reg == nil {
		err := r.update(r.ctx, false)
		if reg = r.load(); reg == nil {
			r.mu.Lock()
			r.asked = true
			r.mu.Unlock()
			if errors.Is(err, ErrOffline) {
				err = fmt.Errorf("%w, and its registry was never fetched: go online once, or add a source with a path", err)
			}
			return nil, fmt.Errorf("source %q: %w", r.name, err)
		}
	} else {
		r.refreshSoon()
	}
	r.mu.Lock()
	r.asked = true
	r.mu.Unlock()
	return reg, nil
}

// load returns the registry on disk, or the last one that was good; nil is none.
func (r *Remote) load() *docs.Registry {
	r.loading.Lock()
	defer r.loading.Unlock()
	at := r.disk.stat(registryFile)
	r.mu.Lock()
	have, known := r.registry, at == r.at || at == r.bad && r.bad != (stamp{})
	r.mu.Unlock()
	if have != nil && known {
		return have
	}
	var data []byte
	var reg *docs.Registry
	for range 3 {
		var err error
		if data, _, err = r.disk.read(registryFile, MaxRegistry); err != nil {
			break
		}
		if reg, err = docs.ParseRegistry(data); err == nil {
			break
		}
		time.Sleep(torn) // chub may be writing it
	}
	if reg == nil && have != nil {
		r.mu.Lock()
		r.bad, r.broken = at, true
		r.mu.Unlock()
		return have
	}
	broken := reg == nil
	if broken {
		packed, _, err := r.disk.read(spareFile, MaxRegistry)
		if err != nil {
			return nil
		}
		data = unpack(packed, MaxRegistry)
		if reg, err = docs.ParseRegistry(data); err != nil {
			return nil
		}
	}
	return r.set(reg, data, at, broken)
}

// set makes a registry the one that is answered.
func (r *Remote) set(reg *docs.Registry, data []byte, at stamp, broken bool) *docs.Registry {
	s := sum(data)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at, r.bad, r.broken = at, stamp{}, broken
	if r.registry == nil || r.sum != s {
		r.shared = disagreeing(reg)
		r.registry, r.sum = trusted(reg, r.trust), s
		clear(r.missing)
	}
	return r.registry
}

// disagreeing finds the folders of which variants say different things.
func disagreeing(reg *docs.Registry) map[string]listed {
	first := map[string]*docs.Variant{}
	var shared map[string]listed
	for _, e := range reg.Entries {
		for _, v := range e.Variants {
			f := first[v.Path]
			if f == nil {
				first[v.Path] = v
				continue
			}
			l, ok := shared[v.Path]
			if !ok {
				l = listing(f)
			}
			if l == listing(v) {
				continue
			}
			if shared == nil {
				shared = map[string]listed{}
			}
			if l.size != v.Size {
				l.size = 0
			}
			l.updated, l.files = max(l.updated, v.Updated), max(l.files, len(v.Files))
			shared[v.Path] = l
		}
	}
	return shared
}

func listing(v *docs.Variant) listed { return listed{v.Updated, v.Size, len(v.Files)} }

// listed is what the registry says of a variant's folder.
func (r *Remote) listed(v *docs.Variant) listed {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, ok := r.shared[v.Path]; ok {
		return l
	}
	return listing(v)
}

// age is how long ago the registry was the newest; negative if never.
func (r *Remote) age() time.Duration {
	at := r.meta().fetched()
	if at.IsZero() {
		return -1
	}
	return time.Since(at)
}

// fresh reports whether the registry need not be asked for.
func (r *Remote) fresh() bool {
	r.mu.Lock()
	broken := r.broken
	r.mu.Unlock()
	age := r.age() // a clock that was set back makes it negative
	if broken || age < 0 || age >= r.refresh {
		return false
	}
	side := r.sidecar()
	return side.Since == 0 || side.Registry.Sum != "" // else it came from another address
}

// refreshSoon renews an old registry in the background, not too often.
func (r *Remote) refreshSoon() {
	if r.from.net.shut() {
		return // whoever decides asks again
	}
	r.mu.Lock()
	early := time.Now().Before(r.next)
	r.mu.Unlock()
	if early || r.current() != nil && r.fresh() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return // close waits for what was started before
	}
	pause := max(r.from.net.pace.down, min(r.refresh, 5*time.Minute))
	if r.registry == nil { // there is nothing at all to show
		pause = min(pause, time.Minute)
	}
	r.next = time.Now().Add(pause)
	r.wg.Go(func() { _ = r.update(r.ctx, false) })
}

// update renews the registry if it is old, or in any case. Those who ask at the
// same time share one update, and processes go one after the other.
func (r *Remote) update(ctx context.Context, force bool) error {
	if err := r.from.net.allow(ctx); err != nil {
		return err
	}
	key := "registry"
	if force {
		key = "registry, new"
	}
	_, err := r.updates.do(ctx, r.ctx, key, func(ctx context.Context) (struct{}, error) {
		waiting, cancel := context.WithTimeout(ctx, r.from.net.pace.total)
		defer cancel()
		defer r.disk.lock(waiting, fetchLock)()
		r.disk.sweep()
		before := r.current()
		var err error
		if force || !r.fresh() || r.load() == nil {
			err = r.fetchRegistry(ctx, force)
		} // else another process was quicker
		r.outcome(err, err != nil && ctx.Err() == nil)
		if now := r.load(); now != before && now != nil {
			r.announce()
		}
		return struct{}{}, err
	})
	return err
}

func (r *Remote) current() *docs.Registry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.registry
}

// announce tells of a new registry those who have asked for the old one.
func (r *Remote) announce() {
	r.mu.Lock()
	asked := r.asked
	r.mu.Unlock()
	if asked {
		r.changed()
	}
}

// look reads the registry again if chub, or another chubls, has written it.
func (r *Remote) look() bool {
	before := r.current()
	after := r.load()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked && after != before
}

func (r *Remote) watch() (string, bool) { return r.disk.dir, false }

// fetchRegistry asks for the registry, and for chub's search index beside it.
func (r *Remote) fetchRegistry(ctx context.Context, force bool) error {
	defer r.observer.Begin(r.from.net.pace.slow, "Fetching the list of "+r.name).End()
	req := request{path: registryFile, max: r.from.net.pace.list}
	side := r.sidecar()
	r.mu.Lock()
	// Asked with the mark of another copy, the hub might say that nothing is new.
	if !force && !r.broken && r.registry != nil && r.sum == side.Registry.Sum && r.at != (stamp{}) && r.at == r.disk.stat(registryFile) {
		req.etag, req.modified = side.Registry.ETag, side.Registry.Modified
	}
	r.mu.Unlock()
	data, a, err := r.get(ctx, req)
	if err != nil {
		return err
	}
	now := time.Now()
	if !a.unchanged {
		reg, err := docs.ParseRegistry(data)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", r.where, registryFile, err)
		}
		r.fetchModules(ctx) // before the registry is announced, which is read together with it
		r.store(ctx, reg, data, a, nil)
	}
	available, known := r.fetchIndex(ctx, !a.unchanged, force)
	more := map[string]any{}
	if known {
		more["searchIndexAvailable"], more["searchIndexCheckedAt"] = available, now.UnixMilli()
	}
	r.stampMeta(now, more)
	return nil
}

// store puts a registry in the place of the one before, and the records of the
// documents that came with it, if any, beside it.
func (r *Remote) store(ctx context.Context, reg *docs.Registry, data []byte, a answer, documents map[string]copied) {
	r.disk.write(registryFile, data)
	r.disk.write(spareFile, pack(data))
	r.set(reg, data, r.disk.stat(registryFile), false)
	r.note(ctx, func(s *sidecar) {
		s.Registry = record(data, a, listed{})
		maps.Copy(s.Documents, documents)
		prune(s, reg)
	})
}

// stampMeta says in chub's file that the registry is the newest.
func (r *Remote) stampMeta(now time.Time, more map[string]any) {
	m := r.meta()
	m.set("lastUpdated", now.UnixMilli())
	for key, value := range more {
		m.set(key, value)
	}
	r.disk.write(metaFile, encode(m))
}

// fetchIndex keeps chub's search index in step with a new registry, where chub
// has one, or by force. chubls itself has no use for it.
func (r *Remote) fetchIndex(ctx context.Context, renewed, force bool) (available, known bool) {
	have := r.disk.stat(indexFile) != (stamp{})
	if !force && !(renewed && have) {
		return false, false
	}
	data, _, err := r.get(ctx, request{path: indexFile, max: r.from.net.pace.list})
	if err == nil && json.Valid(data) {
		r.disk.write(indexFile, data)
		return true, true
	}
	_ = r.disk.remove(indexFile) // that of another registry would find the wrong things
	return false, errors.Is(err, fs.ErrNotExist)
}

// prune forgets the documents that are no longer listed.
func prune(s *sidecar, reg *docs.Registry) {
	if len(s.Documents) == 0 {
		return
	}
	listed := map[string]bool{}
	for _, e := range reg.Entries {
		for _, v := range e.Variants {
			for _, f := range v.Files {
				listed[path.Join(v.Path, f)] = true
			}
		}
	}
	for name := range s.Documents {
		if !listed[name] {
			delete(s.Documents, name)
		}
	}
}

func (r *Remote) get(ctx context.Context, req request) ([]byte, answer, error) {
	var body bytes.Buffer
	req.to = func() (io.Writer, error) {
		body.Reset()
		return &body, nil
	}
	a, err := r.from.get(ctx, req)
	return body.Bytes(), a, err
}

// outcome tells once that the hub is down: it cannot be reached, or what it says
// is of no use.
func (r *Remote) outcome(err error, down bool) {
	r.mu.Lock()
	first := down && !r.told
	if down || err == nil {
		r.told = down
	}
	have := r.registry != nil
	r.mu.Unlock()
	if !first {
		return
	}
	text := fmt.Sprintf("The hub %q: %v. ", r.name, err)
	switch age := r.age(); {
	case !have:
		text += "Nothing of it is at hand yet."
	case age < 0:
		text += "What is at hand is shown."
	default:
		text += "What is shown is " + ageText(age) + " old."
	}
	if r.observer.Notice != nil {
		r.observer.Notice(text)
	}
}

func ageText(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}

// Read returns one file that the registry lists, from the cache if what
// is there is the newest, else from the hub. When that fails, or ctx ends, an
// older copy serves. A fetch ends when nobody waits for it any more.
func (r *Remote) Read(ctx context.Context, v *docs.Variant, file string) ([]byte, error) {
	data, err := r.read(ctx, v, file)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", r.name, err)
	}
	return data, nil
}

func (r *Remote) read(ctx context.Context, v *docs.Variant, file string) ([]byte, error) {
	name, err := member(v, file)
	if err != nil {
		return nil, err
	}
	l := r.listed(v)
	have, state := r.cached(name, l)
	if state == current {
		return have, nil
	}
	data, err := r.fetch(ctx, v, name, l)
	if err != nil && state == stale {
		return have, nil
	}
	return bytes.Clone(data), err
}

// Locate implements [docs.Located].
func (r *Remote) Locate(v *docs.Variant, file string) (string, bool) {
	name, err := member(v, file)
	if err != nil {
		return "", false
	}
	return located(r.disk.dir, path.Join(dataFolder, name))
}

// member checks that a variant has a file, and returns its name below data.
func member(v *docs.Variant, file string) (string, error) {
	dir, err := docs.CleanPath(v.Path) // nobody has checked a variant that was built by hand
	if err != nil {
		return "", err
	}
	file, err = docs.CleanPath(file)
	if err != nil {
		return "", err
	}
	name := path.Join(dir, file)
	if file == docs.DocFile || slices.Contains(v.Files, file) {
		return name, nil
	}
	for _, f := range v.Files {
		if strings.HasPrefix(f, file+"/") {
			return "", fmt.Errorf("read %s: it is a folder: a plain file must stand there", name)
		}
	}
	return "", fmt.Errorf("read %s: the registry lists no such file: %w", name, fs.ErrNotExist)
}

// cached returns what the cache has of a file, and what it is good for.
func (r *Remote) cached(name string, l listed) ([]byte, state) {
	for try := 1; ; try++ {
		known, since := r.known(name)
		data, written, err := r.disk.read(path.Join(dataFolder, name), docs.MaxDocument)
		if err != nil {
			return nil, absent
		}
		state := judge(data, written, l, known, since)
		if state != absent || try == 3 || time.Since(written) > time.Second {
			return data, state
		}
		time.Sleep(torn) // chub may be writing it
	}
}

// fetch gets a document and puts it into the cache.
func (r *Remote) fetch(ctx context.Context, v *docs.Variant, name string, l listed) ([]byte, error) {
	if err := r.from.net.allow(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r.mu.Lock()
	failed, ok := r.missing[name]
	r.mu.Unlock()
	if ok && time.Now().Before(failed.until) {
		return nil, failed.err
	}
	return r.documents.do(ctx, r.ctx, name, func(ctx context.Context) ([]byte, error) {
		title := name
		if v.Entry != nil {
			title = v.Entry.ID
		}
		defer r.observer.Begin(r.from.net.pace.slow, "Fetching "+title).End()
		data, err := r.fetchDocument(ctx, name, l)
		if ctx.Err() == nil {
			r.outcome(err, errors.Is(err, errUnreachable) || errors.Is(err, errRefused))
			r.remember(name, err)
		}
		return data, err
	})
}

func (r *Remote) fetchDocument(ctx context.Context, name string, l listed) ([]byte, error) {
	file := path.Join(dataFolder, name)
	req := request{path: name, max: docs.MaxDocument}
	if l.files == 1 {
		req.size = l.size
	}
	known, _ := r.known(name)
	have, _, err := r.disk.read(file, docs.MaxDocument)
	if err == nil && known.is(have) {
		req.etag, req.modified = known.ETag, known.Modified
	}
	data, a, err := r.get(ctx, req)
	if err != nil {
		return nil, err
	}
	if a.unchanged {
		data = have
		a.etag, a.modified = known.ETag, known.Modified
	} else {
		if isPage(data) {
			return nil, fmt.Errorf("%w: it answers with a web page: is there a login or a proxy in between?", errUnreachable)
		}
		data = bytes.ToValidUTF8(data, []byte("\uFFFD")) // as chub stores it
		r.disk.write(file, data)
	}
	r.noteDocument(name, record(data, a, l))
	return data, nil
}

func record(data []byte, a answer, l listed) copied {
	return copied{
		ETag: a.etag, Modified: a.modified, Updated: l.updated, Listed: l.size,
		Size: int64(len(data)), Sum: sum(data), Fetched: time.Now().UnixMilli(),
	}
}

// isPage reports whether data is a web page, which no document begins like.
func isPage(data []byte) bool {
	head := bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 200)]))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

// remember keeps a failure for a while, a lasting one for longer.
func (r *Remote) remember(name string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		delete(r.missing, name)
		return
	}
	if len(r.missing) >= 1024 {
		clear(r.missing)
	}
	keep := r.from.net.pace.down
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, docs.ErrTooLarge) {
		keep = r.from.net.pace.forget
	}
	r.missing[name] = failure{err, time.Now().Add(keep)}
}

// close ends what goes on in the background, and waits for that.
func (r *Remote) close() {
	r.mu.Lock()
	r.cancel()
	r.mu.Unlock()
	r.wg.Wait()
	r.updates.wait()
	r.documents.wait()
	r.flush()
}
