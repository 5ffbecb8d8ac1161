package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/live"
)

// ask opens the desk for one command about a file, which may wait for it. The
// function that it returns ends that.
func ask(ctx context.Context, std streams, file string) (*live.Desk, context.Context, func()) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	report := func(err error) { fmt.Fprintln(std.err, "chubls:", err) }
	desk := live.New(live.Options{Dir: hub.Dir(), Wrong: report, Observer: docs.Observer{Problem: report}})
	var session live.Session
	if path, err := filepath.Abs(file); err == nil {
		session.Folders = hub.WorkspacesOf(path)
	}
	desk.Configure(session)
	return desk, ctx, func() {
		cancel()
		desk.Close()
	}
}
