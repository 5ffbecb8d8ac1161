package hub

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// disk is a folder that other processes use at the same time, chub among them.
//
// A file is written beside itself and renamed, so nobody ever reads half of one
// of ours. Where that fails (a full disk, a home that is read-only), the file
// stays in memory and is served from there; the trouble is told once.
//
// Names are relative, with slashes. The folder is opened as an os.Root for each
// call: neither ".." nor a symbolic link leads out, and a folder that was
// removed meanwhile is made anew.
type disk struct {
	dir    string
	report func(error)

	mu     sync.Mutex
	memory map[string][]byte // what could not be written
	held   int               // bytes in memory
	told   string            // the trouble that was told last
}

const (
	tempPrefix = ".chubls-"
	tempAge    = time.Hour // an older temporary file is left over from a killed process

	// maxHeld is how much is kept in memory for want of a disk. Beyond it a
	// document is fetched again when it is needed.
	maxHeld = 32 << 20
)

func newDisk(dir string, report func(error)) *disk {
	return &disk{dir: dir, report: report, memory: map[string][]byte{}}
}

// read returns a file of at most max bytes and when it was written.
func (d *disk) read(name string, max int64) ([]byte, time.Time, error) {
	d.mu.Lock()
	held, ok := d.memory[name]
	d.mu.Unlock()
	if ok {
		return bytes.Clone(held), time.Now(), nil
	}
	root, err := os.OpenRoot(d.dir)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil {
		return nil, time.Time{}, err
	}
	data, err := readFile(root.FS(), name, max)
	return data, info.ModTime(), err
}

// stat tells the size and time of a file, zero where it is not there.
func (d *disk) stat(name string) stamp {
	root, err := os.OpenRoot(d.dir)
	if err != nil {
		return stamp{}
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime().UnixNano()}
}

// stamp tells two states of a file apart.
type stamp struct{ size, time int64 }

// write puts a file in place in one step. It never fails: see disk.
func (d *disk) write(name string, data []byte) {
	d.keep(name, data, d.put(name, data, true))
}

// writeFast is write for many files in a row: a power cut may leave some of
// them empty, and the sidecar's checksums tell.
func (d *disk) writeFast(name string, data []byte) {
	d.keep(name, data, d.put(name, data, false))
}

func (d *disk) keep(name string, data []byte, err error) {
	d.mu.Lock()
	before, held := d.memory[name]
	if held {
		d.held -= len(before)
		delete(d.memory, name)
	}
	if err == nil {
		d.told = ""
		d.mu.Unlock()
		return
	}
	for other, old := range d.memory {
		if d.held+len(data) <= maxHeld {
			break
		}
		d.held -= len(old)
		delete(d.memory, other)
	}
	d.memory[name] = bytes.Clone(data)
	d.held += len(data)
	if cause := errors.Unwrap(err); cause != nil {
		err = cause // without the name of the temporary file
	}
	fresh := d.told != err.Error()
	d.told = err.Error()
	d.mu.Unlock()
	if fresh {
		d.report(fmt.Errorf("write to %s: %w; what is fetched stays in memory until that is mended", d.dir, err))
	}
}

func (d *disk) put(name string, data []byte, sync bool) (err error) {
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(d.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if parent := path.Dir(name); parent != "." {
		if err := root.MkdirAll(parent, 0o755); err != nil {
			return err
		}
	}
	temp := tempPrefix + rand.Text() + ".tmp"
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(temp)
		}
	}()
	_, err = f.Write(data)
	if err == nil && sync {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := rename(root, temp, name); err != nil {
		return err
	}
	if sync && runtime.GOOS != "windows" { // the rename itself; as good as the system allows
		if folder, err := root.Open(path.Dir(name)); err == nil {
			_ = folder.Sync()
			_ = folder.Close()
		}
	}
	return nil
}

// rename tries again for a moment: Windows refuses while somebody reads the
// file that is to be replaced.
func rename(root *os.Root, from, to string) error {
	for wait := time.Millisecond; ; wait *= 2 {
		err := root.Rename(from, to)
		if err == nil || runtime.GOOS != "windows" || wait > 500*time.Millisecond || errors.Is(err, fs.ErrNotExist) {
			return err
		}
		time.Sleep(wait)
	}
}

// remove takes files away; what is not there is no trouble.
func (d *disk) remove(name string) error {
	d.mu.Lock()
	d.held -= len(d.memory[name])
	delete(d.memory, name)
	d.mu.Unlock()
	root, err := os.OpenRoot(d.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.RemoveAll(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// forget drops what is kept in memory.
func (d *disk) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.memory)
	d.held, d.told = 0, ""
}

// sweep removes what killed processes have left at the top of the folder.
func (d *disk) sweep() {
	root, err := os.OpenRoot(d.dir)
	if err != nil {
		return
	}
	defer root.Close()
	list, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return
	}
	for _, f := range list {
		if !strings.HasPrefix(f.Name(), tempPrefix) || !f.Type().IsRegular() {
			continue
		}
		if info, err := f.Info(); err == nil && time.Since(info.ModTime()) > tempAge {
			_ = root.Remove(f.Name())
		}
	}
}

// usage counts the files below a folder of the disk.
func (d *disk) usage(name string) (files int, size int64) {
	root, err := os.OpenRoot(d.dir)
	if err != nil {
		return 0, 0
	}
	defer root.Close()
	_ = fs.WalkDir(root.FS(), name, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil //nolint:nilerr // what cannot be read takes no room
		}
		if info, err := e.Info(); err == nil {
			files++
			size += info.Size()
		}
		if files > maxScan {
			return fs.SkipAll
		}
		return nil
	})
	return files, size
}

// path is a file's name for other libraries. Use it for names of our own only.
func (d *disk) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }
