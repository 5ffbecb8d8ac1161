package lsp

import (
	"encoding/json"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// Workspace is what the editor has said of what it has open and how it is set.
type Workspace struct {
	// Folders are paths on this machine; a folder that lies elsewhere is left out.
	Folders []string
	// Settings are JSON objects, the parts called "chubls" of all that the editor
	// has told: at the start, when it was asked, and by itself. A later one wins.
	Settings [][]byte
	// Waiting says that the editor was asked for its settings and has yet to answer.
	Waiting bool
}

// settingsSection is the part of an editor's settings that is asked for.
const settingsSection = "chubls"

// settingsGrace is how long the network waits for an editor's settings.
const settingsGrace = 5 * time.Second

// settings are those that the editor has told.
type settings struct {
	mu      sync.Mutex
	initial []byte // initializationOptions
	asked   []byte // workspace/configuration
	told    []byte // workspace/didChangeConfiguration
	waiting bool
	round   int // of asking; only the answer to the last one counts
}

// section finds chubls' part of settings: most editors send it below its name,
// some by itself. nil is none.
func section(raw []byte) []byte {
	var top map[string]json.RawMessage
	if json.Unmarshal(raw, &top) != nil || len(top) == 0 {
		return nil
	}
	if own, ok := top[settingsSection]; ok {
		var part map[string]json.RawMessage
		if json.Unmarshal(own, &part) != nil {
			return nil
		}
		return own
	}
	return raw
}

// configure tells whoever wants to know what the editor has said so far.
func (s *session) configure() {
	if s.Configure == nil {
		return
	}
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	w := Workspace{Waiting: s.settings.waiting}
	for _, f := range s.folders.all() {
		if u := keyOf(f.URI); u.IsFile() {
			w.Folders = append(w.Folders, u.FsPath())
		}
	}
	for _, told := range [][]byte{s.settings.initial, s.settings.told, s.settings.asked} {
		if told != nil {
			w.Settings = append(w.Settings, told)
		}
	}
	s.Configure(w)
}

// askSettings asks the editor for its settings, beside the read loop.
func (s *session) askSettings() {
	s.settings.mu.Lock()
	s.settings.round++
	round := s.settings.round
	s.settings.mu.Unlock()
	arrived := func(part []byte, waiting bool) {
		s.settings.mu.Lock()
		late := round != s.settings.round
		if !late {
			s.settings.waiting = waiting
			if part != nil {
				s.settings.asked = part
			}
		}
		s.settings.mu.Unlock()
		if !late {
			s.configure()
		}
	}
	s.background.Go(func() {
		name := settingsSection
		params := &protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: &name}}}
		slow := time.AfterFunc(settingsGrace, func() { arrived(nil, false) })
		var reply []protocol.LSPAny
		err := protocol.Call(s.base, s.conn, protocol.MethodWorkspaceConfiguration, params, &reply)
		slow.Stop()
		if err != nil || len(reply) == 0 {
			if s.base.Err() == nil {
				s.Log.Info("the editor did not tell its settings", zap.Error(err))
			}
			arrived(nil, false)
			return
		}
		part := section(reply[0])
		if part == nil {
			part = []byte("{}") // what was set before is not set any more
		}
		arrived(part, false)
	})
}

// watchSettings has the editor tell when its settings change.
func (s *session) watchSettings() {
	s.background.Go(func() {
		params := &protocol.RegistrationParams{Registrations: []protocol.Registration{
			{ID: "settings", Method: protocol.MethodWorkspaceDidChangeConfiguration},
		}}
		if err := protocol.Call(s.base, s.conn, protocol.MethodClientRegisterCapability, params, nil); err != nil && s.base.Err() == nil {
			s.Log.Debug("the editor will not tell when its settings change", zap.Error(err))
		}
	})
}

type didChangeConfigurationParams struct {
	Settings json.RawMessage `json:"settings"`
}

func (s *session) didChangeConfiguration(p *didChangeConfigurationParams) {
	if part := section(p.Settings); part != nil {
		s.settings.mu.Lock()
		s.settings.told = part
		s.settings.mu.Unlock()
		s.configure()
	}
	if s.client.tellsSettings {
		s.askSettings()
	}
}

// background is what a session does of its own accord. It ends with the session.
type background struct{ wg sync.WaitGroup }

func (b *background) Go(f func()) { b.wg.Go(f) }

// wait waits for the end of it, or of patience.
func (b *background) wait(patience <-chan time.Time) {
	idle := make(chan struct{})
	go func() { b.wg.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-patience:
	}
}
