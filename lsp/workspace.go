package lsp

import (
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
)

// folder is a folder that the editor has open.
type folder struct {
	URI  string `json:"uri"`
	Name string `json:"name"`
}

// folders holds the folders that the editor has open, in its order.
type folders struct {
	mu   sync.Mutex
	list []folder
}

// start sets the folders that a session begins with. The root is what editors
// told before there were folders.
func (f *folders) start(list []folder, root string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = list
	if len(list) == 0 && root != "" {
		f.list = []folder{{URI: root}}
	}
}

// all returns the folders.
func (f *folders) all() []folder {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list)
}

func (s *session) didChangeWorkspaceFolders(p *protocol.DidChangeWorkspaceFoldersParams) {
	s.folders.change(p)
	s.configure()
}

// change takes over which folders have come and gone.
func (f *folders) change(p *protocol.DidChangeWorkspaceFoldersParams) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, gone := range p.Event.Removed {
		f.list = slices.DeleteFunc(f.list, func(f folder) bool { return keyOf(f.URI) == gone.URI })
	}
	for _, come := range p.Event.Added {
		f.list = append(f.list, folder{
			URI: strings.Clone(string(come.URI)), Name: strings.Clone(come.Name), // they share the message's memory
		})
	}
}
