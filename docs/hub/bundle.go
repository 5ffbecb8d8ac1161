package hub

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"time"

	"github.com/chubls/chubls/docs"
)

const bundleFile = "bundle.tar.gz"

// bundleLimits bound what a bundle may unpack to. That of the public hub holds
// 1,670 files of 19 MB.
type bundleLimits struct {
	packed int64 // bytes to fetch
	total  int64 // bytes unpacked
	file   int64 // bytes of one file
	count  int   // files and folders
	ratio  int64 // unpacked to packed, once there is more than a little
}

var maxBundle = bundleLimits{packed: 256 << 20, total: 512 << 20, file: MaxRegistry, count: 100_000, ratio: 200}

// updateFull fetches the whole hub as one file and puts it into the cache. The
// bundle is read to its end before anything of it is written: one that is cut,
// or that tries something, leaves no trace.
func (r *Remote) updateFull(ctx context.Context) error {
	work := r.observer.Begin(r.from.net.pace.slow, "Fetching all of "+r.name)
	defer work.End()
	temp, err := r.disk.temp()
	if err != nil {
		return err
	}
	defer func() {
		_ = temp.Close()
		_ = os.Remove(temp.Name())
	}()
	_, err = r.from.get(ctx, request{path: bundleFile, max: maxBundle.packed, bundle: true, to: func() (io.Writer, error) {
		if _, err := temp.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return &counter{w: temp, step: work.Step}, temp.Truncate(0)
	}})
	r.outcome(err, errors.Is(err, errUnreachable) || errors.Is(err, errRefused))
	if err != nil {
		return err
	}
	var list, index, table []byte
	files := 0
	if err := walkBundle(temp, maxBundle, func(name string, data []byte) error {
		switch name {
		case registryFile:
			list = data
		case indexFile:
			index = data
		case modulesFile:
			table = data
		default:
			files++
		}
		return nil
	}); err != nil {
		return fmt.Errorf("%s: %w", bundleFile, err)
	}
	if list == nil { // a bundle of documents only
		if err := r.update(ctx, true); err != nil {
			return err
		}
		list, _, err = r.disk.read(registryFile, MaxRegistry)
		if err != nil {
			return err
		}
	}
	reg, err := docs.ParseRegistry(list)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", bundleFile, registryFile, err)
	}

	shared, variants := disagreeing(reg), byFile(reg)
	records := map[string]copied{}
	done := int64(0)
	err = walkBundle(temp, maxBundle, func(name string, data []byte) error {
		if name == registryFile || name == indexFile || name == modulesFile {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if v := variants[name]; v != nil && len(data) <= docs.MaxDocument {
			l, ok := shared[v.Path]
			if !ok {
				l = listing(v)
			}
			data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
			records[name] = record(data, answer{}, l)
		}
		r.disk.writeFast(path.Join(dataFolder, name), data)
		done++
		work.Step(done, int64(files))
		return nil
	})
	if err != nil {
		return err
	}
	before := r.current()
	defer r.disk.lock(ctx, fetchLock)()
	if table != nil {
		r.disk.write(modulesFile, table)
	} else {
		r.fetchModules(ctx)
	}
	r.store(ctx, reg, list, answer{}, records)
	if index != nil {
		r.disk.write(indexFile, index)
	} else if err := r.disk.remove(indexFile); err != nil {
		return err
	}
	r.stampMeta(time.Now(), map[string]any{"fullBundle": true})
	if r.current() != before {
		r.announce()
	}
	return nil
}

// byFile finds a variant for each file that is listed.
func byFile(reg *docs.Registry) map[string]*docs.Variant {
	m := map[string]*docs.Variant{}
	for _, e := range reg.Entries {
		for _, v := range e.Variants {
			for _, f := range v.Files {
				m[path.Join(v.Path, f)] = v
			}
		}
	}
	return m
}

// temp makes a temporary file, outside the folder where that takes none.
func (d *disk) temp() (*os.File, error) {
	if err := os.MkdirAll(d.dir, 0o755); err == nil {
		if f, err := os.OpenFile(d.path(tempPrefix+rand.Text()+".tmp"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			return f, nil
		}
	}
	return os.CreateTemp("", tempPrefix+"*.tmp")
}

// walkBundle calls f with each file of a bundle, under its clean name. Folders
// are passed over; a link, a device or a path that leads out is an error.
func walkBundle(from io.ReadSeeker, max bundleLimits, f func(name string, data []byte) error) error {
	packed, err := from.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	z, err := gzip.NewReader(from)
	if err != nil {
		return fmt.Errorf("not a bundle: %w", err)
	}
	limit := min(max.total, packed*max.ratio+1<<20)
	unpacked := &io.LimitedReader{R: z, N: limit + 1}
	t := tar.NewReader(unpacked)
	for count := 0; ; count++ {
		h, err := t.Next()
		switch {
		case unpacked.N <= 0:
			return fmt.Errorf("%w: it unpacks to more than %d bytes", docs.ErrTooLarge, limit)
		case errors.Is(err, io.EOF):
			// To the end of the stream: its checksum stands there.
			if _, err := io.Copy(io.Discard, unpacked); err != nil {
				return fmt.Errorf("it is damaged: %w", err)
			}
			return nil
		case err != nil:
			return fmt.Errorf("it is damaged: %w", err)
		case count >= max.count:
			return fmt.Errorf("%w: it has more than %d files", docs.ErrTooLarge, max.count)
		}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		default:
			return fmt.Errorf("%w %q: a bundle holds plain files only", docs.ErrUnsafePath, h.Name)
		}
		name, err := docs.CleanPath(h.Name)
		if err != nil {
			return err
		}
		if h.Size > max.file {
			return tooLarge(name, h.Size, max.file)
		}
		data, err := io.ReadAll(io.LimitReader(t, max.file))
		if unpacked.N <= 0 {
			return fmt.Errorf("%w: it unpacks to more than %d bytes", docs.ErrTooLarge, limit)
		}
		if err != nil {
			return fmt.Errorf("%s: it is damaged: %w", name, err)
		}
		if err := f(name, data); err != nil {
			return err
		}
	}
}

// counter tells how much has been written.
type counter struct {
	w    io.Writer
	n    int64
	step func(done, total int64)
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.step(c.n, 0)
	return n, err
}
