package lsp

import (
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// What an editor tells of files only says when to look: what counts is what lies
// on disk then. So the names of the files are not read, and an editor that tells
// too much costs nothing.

func (s *session) didSave(*none)               { s.filesChanged() }
func (s *session) didChangeWatchedFiles(*none) { s.filesChanged() }

func (s *session) filesChanged() {
	if s.Changed != nil {
		s.Changed()
	}
}

// watchedFiles are those that names are followed through, and those that say where
// a module lies.
var watchedFiles = []string{
	"**/*.{py,pyi,js,jsx,mjs,cjs,ts,tsx,mts,cts}", "**/{package,tsconfig*,jsconfig}.json",
}

// watchFiles has the editor tell when files change.
func (s *session) watchFiles() {
	options := map[string]any{}
	var watchers []map[string]any
	for _, glob := range watchedFiles {
		watchers = append(watchers, map[string]any{"globPattern": glob})
	}
	options["watchers"] = watchers
	s.background.Go(func() {
		params := map[string]any{"registrations": []map[string]any{
			{"id": "files", "method": protocol.MethodWorkspaceDidChangeWatchedFiles, "registerOptions": options},
		}}
		if err := protocol.Call(s.base, s.conn, protocol.MethodClientRegisterCapability, params, nil); err != nil && s.base.Err() == nil {
			s.Log.Debug("the editor will not tell when files change", zap.Error(err))
		}
	})
}
