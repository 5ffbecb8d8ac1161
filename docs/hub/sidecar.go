package hub

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"time"
	"unicode/utf8"
)

// The files of a source's folder. The first three are chub's.
const (
	metaFile   = "meta.json"
	indexFile  = "search-index.json"
	dataFolder = "data"

	sidecarFile = "chubls.json"        // what was fetched against what
	spareFile   = "chubls-registry.gz" // the last good registry, should chub be killed while it writes its own
)

// sidecar is what chubls knows of the files in a source's folder and chub does
// not: it is the file chubls.json.
type sidecar struct {
	// Hub tells the address that everything came from, without naming it: it
	// may hold a password. What an earlier address gave is fetched again.
	Hub   string `json:"hub,omitempty"`
	Since int64  `json:"since,omitempty"` // when the address became that one, ms

	Registry  copied            `json:"registry"`
	Modules   copied            `json:"modules,omitzero"`
	Documents map[string]copied `json:"documents,omitempty"` // by their name below data
}

// copied is one file as it was fetched.
type copied struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"` // Last-Modified
	Updated  string `json:"updated,omitempty"`  // the registry's lastUpdated at that time
	Listed   int64  `json:"listed,omitempty"`   // the registry's size at that time
	Size     int64  `json:"size"`
	Sum      string `json:"sum"`
	Fetched  int64  `json:"fetched"` // ms
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// is reports whether data is what was fetched.
func (c copied) is(data []byte) bool {
	return c.Sum != "" && c.Size == int64(len(data)) && c.Sum == sum(data)
}

const maxSidecar = 16 << 20

// torn is how long a file that is half written is waited for, three times.
const torn = 30 * time.Millisecond

// sidecar returns what the file says, read again only when it has changed. The
// result is not to be changed.
func (r *Remote) sidecar() sidecar {
	at := r.disk.stat(sidecarFile)
	r.mu.Lock()
	defer r.mu.Unlock()
	if at != r.sideAt || at == (stamp{}) && r.side.Documents == nil {
		r.side, r.sideAt = r.readSidecar(), at
	}
	return r.side
}

func (r *Remote) readSidecar() sidecar {
	var side sidecar
	if data, _, err := r.disk.read(sidecarFile, maxSidecar); err != nil || json.Unmarshal(data, &side) != nil {
		side = sidecar{}
	}
	if side.Hub != r.hub {
		since := side.Since
		if side.Hub != "" {
			since = time.Now().UnixMilli()
		}
		side = sidecar{Hub: r.hub, Since: since}
	}
	return side
}

// note changes the sidecar, together with other processes. What has been
// fetched is noted even if nobody waits for it any more.
func (r *Remote) note(ctx context.Context, change func(*sidecar)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	defer r.disk.lock(ctx, noteLock)()
	r.noting.Lock() // for where there is no lock on disk
	defer r.noting.Unlock()
	side := r.readSidecar()
	if side.Documents == nil {
		side.Documents = map[string]copied{}
	}
	r.mu.Lock()
	pending := r.pending
	r.mu.Unlock()
	maps.Copy(side.Documents, pending)
	change(&side)
	r.disk.write(sidecarFile, encode(side))
	at := r.disk.stat(sidecarFile)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.side, r.sideAt = side, at
	for name, c := range pending {
		if r.pending[name] == c {
			delete(r.pending, name)
		}
	}
}

// noteEvery is how long documents are gathered before they are noted. One that
// is not, because the process was killed, counts as chub's.
const noteEvery = 200 * time.Millisecond

// noteDocument notes a document, soon.
func (r *Remote) noteDocument(name string, c copied) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = maps.Clone(r.pending) // whoever writes it down has the one before
	if r.pending == nil {
		r.pending = map[string]copied{}
	}
	r.pending[name] = c
	if r.flushing || r.ctx.Err() != nil { // close flushes, too
		return
	}
	r.flushing = true
	r.wg.Go(func() {
		select {
		case <-time.After(noteEvery):
		case <-r.ctx.Done():
		}
		r.mu.Lock()
		r.flushing = false
		r.mu.Unlock()
		r.flush()
	})
}

func (r *Remote) flush() {
	r.mu.Lock()
	none := len(r.pending) == 0
	r.mu.Unlock()
	if !none {
		r.note(context.Background(), func(*sidecar) {})
	}
}

// known returns the record of a document.
func (r *Remote) known(name string) (c copied, since int64) {
	side := r.sidecar()
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.pending[name]; ok {
		return c, side.Since
	}
	return side.Documents[name], side.Since
}

// meta is chub's meta.json: when the registry was fetched, and keys of chub's
// own, which are kept.
type meta map[string]json.RawMessage

func (r *Remote) meta() meta {
	m := meta{}
	for range 3 {
		data, _, err := r.disk.read(metaFile, maxConfig)
		if err != nil || json.Unmarshal(data, &m) == nil && m != nil {
			break
		}
		m = meta{}
		time.Sleep(torn) // chub may be writing it
	}
	return m
}

func (m meta) set(key string, value any) { m[key] = encode(value) }

// fetched is when the registry was last known to be the newest; zero is never.
func (m meta) fetched() time.Time {
	var ms float64
	if json.Unmarshal(m["lastUpdated"], &ms) != nil || ms <= 0 || ms > 1e15 {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms))
}

// encode writes JSON as chub does: two spaces, no newline at the end, and no
// escapes for HTML.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic("hub: " + err.Error()) // plain values of ours: cannot happen
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func pack(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

func unpack(data []byte, max int64) []byte {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	all, err := io.ReadAll(io.LimitReader(z, max+1))
	if err != nil || int64(len(all)) > max {
		return nil
	}
	return all
}

// state is what a file on disk is good for.
type state int

const (
	absent  state = iota // not there, or half written
	stale                // better than nothing
	current              // what the registry lists
)

// listed is what the registry says of the files in one folder, which several
// variants may share.
type listed struct {
	updated string // the latest lastUpdated
	size    int64  // of all files together; 0 where the variants disagree
	files   int
}

// judge decides about a file that was found below data. known is the sidecar's
// record of it, if any; since, in ms, is when the source's address changed.
func judge(data []byte, written time.Time, l listed, known copied, since int64) state {
	if known.is(data) {
		if known.Updated == l.updated && known.Listed == l.size {
			return current
		}
		return stale
	}
	// Not ours: chub's, which does not say when it is half done.
	if len(data) == 0 || !utf8.Valid(data) {
		return absent
	}
	old := written.UnixMilli() < since
	if updated, ok := parseDate(l.updated); ok && written.Before(updated) {
		old = true
	}
	switch {
	case old:
		return stale
	case l.files == 1 && l.size > 0 && int64(len(data)) != l.size:
		return absent
	}
	return current
}

func parseDate(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
