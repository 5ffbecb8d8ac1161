package hub

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"

	"github.com/chubls/chubls/docs"
)

// Keep puts a guide that lies in no file of its own into the cache, so that an
// editor can open it, and returns the absolute path of the file. It lies below
// sources, in a folder that no source of chub's has: `cache clear` removes it.
func Keep(dir, source, folder string, text []byte) (string, error) {
	name, err := docs.CleanPath(path.Join("chubls-"+source, dataFolder, folder, docs.DocFile))
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(filepath.Join(dir, "sources")); err != nil {
		return "", err
	}
	d := newDisk(dir, func(error) {})
	if have, _, err := d.read(name, docs.MaxDocument); err != nil || !bytes.Equal(have, text) {
		if err := d.put(name, text, false); err != nil {
			return "", fmt.Errorf("keep the guide where an editor can open it: %w", err)
		}
	}
	return d.path(name), nil
}
