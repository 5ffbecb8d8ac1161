package main

import (
	"errors"
	"io/fs"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
)

// open opens the library that the user's configuration names, with the hub
// that feeds it, which wants a Close. What is wrong is reported, and the rest
// is used. hint takes what is as it is on every new machine.
func open(report func(error), hint func(string)) (*answer.Desk, *hub.Hub) {
	cfg, err := hub.LoadConfig(hub.Dir())
	for _, err := range each(err) {
		report(err)
	}
	quiet := report
	if nothingConfigured(cfg) {
		// chub would go to its own hub now. What nobody configured, nobody asked to
		// be told about: what chub has fetched is used, and nothing is dialled.
		cfg.Offline = true
		quiet = func(err error) {
			if errors.Is(err, hub.ErrOffline) || errors.Is(err, fs.ErrNotExist) {
				hint(err.Error())
				return
			}
			report(err)
		}
	}
	sources, problems := hub.New(cfg, hub.Observer{
		Notice:  hint,
		Problem: quiet,
	})
	for _, p := range problems {
		quiet(p)
	}
	library := docs.NewLibrary(sources.Sources(), hub.Tree("starter", starter.FS()), quiet)
	library.Modules = cfg.Modules
	return &answer.Desk{
		Library: library,
		Limit:   cfg.HoverLimit,
		Lazy:    !cfg.Prefetch,
		Note: func(id string) (answer.Note, bool) {
			a, ok := sources.Annotations().Read(id)
			return answer.Note{Text: a.Note, Updated: a.Updated}, ok
		},
	}, sources
}

// nothingConfigured reports whether the configuration names no source, so that
// there is only chub's own: a source that somebody wrote down has a path or a url.
func nothingConfigured(cfg hub.Config) bool {
	return len(cfg.Sources) == 1 && cfg.Sources[0].Path == "" && cfg.Sources[0].URL == ""
}

// each parts what errors.Join has joined, so that every error is told as one.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}
