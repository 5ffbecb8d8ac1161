package lsp

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/protocol"
	"go.uber.org/goleak"
)

func TestWorkspaceFolders(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := &session{Server: &Server{}}
	s.folders.start(nil, "file:///C:/a")
	s.didChangeWorkspaceFolders(&protocol.DidChangeWorkspaceFoldersParams{Event: protocol.WorkspaceFoldersChangeEvent{
		Added:   []protocol.WorkspaceFolder{{URI: "file:///b", Name: "b"}},
		Removed: []protocol.WorkspaceFolder{{URI: keyOf("file:///c:/a")}, {URI: "file:///never"}},
	}})
	if diff := cmp.Diff([]folder{{URI: "file:///b", Name: "b"}}, s.folders.all()); diff != "" {
		t.Error(diff)
	}
}
