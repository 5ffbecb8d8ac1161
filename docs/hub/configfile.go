package hub

import (
	"os"
	"path/filepath"
)

// watchedConfig is a file of the configuration, which people edit while a server
// runs.
type watchedConfig struct {
	dir     string
	at      stamp
	changed func()
}

func watchConfig(dir string, changed func()) *watchedConfig {
	w := &watchedConfig{dir: dir, changed: changed}
	w.at = w.stamp()
	return w
}

func (w *watchedConfig) watch() (string, bool) { return w.dir, false }

// look is called by one goroutine. It tells by itself: the sources have not
// changed.
func (w *watchedConfig) look() bool {
	if now := w.stamp(); now != w.at {
		w.at = now
		w.changed()
	}
	return false
}

func (w *watchedConfig) stamp() stamp {
	info, err := os.Stat(filepath.Join(w.dir, configFile))
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime().UnixNano()}
}
