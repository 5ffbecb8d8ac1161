package main

import (
	"fmt"
	"os"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
)

// openHub opens the sources of the user's configuration, for a command about
// themselves. It wants a Close. What is wrong is told, and the rest is used.
func openHub(std streams) (hub.Config, *hub.Hub) {
	report := func(err error) { fmt.Fprintln(std.err, "chubls:", err) }
	cfg, err := hub.LoadConfig(hub.Dir())
	if err != nil {
		report(err)
	}
	h, problems := hub.New(cfg, docs.Observer{Work: showWork(std.err), Problem: report})
	for _, p := range problems {
		report(p)
	}
	return cfg, h
}

// terminal reports whether somebody looks at what is written.
func terminal(f *os.File) bool {
	return isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb"
}

// showWork draws bars on a terminal; elsewhere it is nil, which shows nothing.
func showWork(out *os.File) func(title string) (func(done, total int64), func()) {
	if !terminal(out) {
		return nil
	}
	return func(title string) (func(done, total int64), func()) {
		bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(title),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
		_ = bar.RenderBlank() // something is seen before the first step
		progress := func(done, total int64) {
			if total > 0 {
				bar.ChangeMax64(total)
			}
			_ = bar.Set64(done)
		}
		return progress, func() { _ = bar.Finish() }
	}
}

// ago tells an age; negative is unknown.
func ago(age time.Duration) string {
	if age < 0 {
		return "never"
	}
	return humanize.RelTime(time.Now().Add(-age), time.Now(), "ago", "ahead of the clock")
}

// size tells bytes.
func size(bytes int64) string { return humanize.Bytes(uint64(max(bytes, 0))) }
