package lsp

import (
	"encoding/json"
	"errors"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// stage is where a session is between its start and its end.
type stage int

const (
	stageNew stage = iota
	stageRunning
	stageShutDown
)

// initializeParams is decoded leniently: nothing that an editor says about
// itself is a reason to refuse it.
type initializeParams struct {
	ProcessID  *int64 `json:"processId"`
	ClientInfo struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"clientInfo"`
	RootURI          string          `json:"rootUri"`
	WorkspaceFolders []folder        `json:"workspaceFolders"`
	Capabilities     capabilities    `json:"capabilities"`
	Options          json.RawMessage `json:"initializationOptions"`
}

func (s *session) initialize(p *initializeParams) (work, error) {
	if s.stage != stageNew {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "initialize came twice")
	}
	s.stage = stageRunning
	s.client = understand(&p.Capabilities)
	s.client.opens = s.client.opens || showsUnasked[p.ClientInfo.Name]
	s.client.wholeLines = p.ClientInfo.Name == "" || strings.Contains(strings.ToLower(p.ClientInfo.Name), "kate")
	s.folders.start(p.WorkspaceFolders, p.RootURI)
	s.settings.initial = section(p.Options)
	s.settings.waiting = s.client.tellsSettings
	if s.Buffers != nil {
		s.Buffers(s.documents.file)
	}
	s.configure()
	s.Log.Info("chubls is ready",
		zap.String("version", s.Version), zap.String("editor", p.ClientInfo.Name), zap.String("editorVersion", p.ClientInfo.Version))
	if p.ProcessID != nil {
		go s.watchParent(*p.ProcessID)
	}
	result := &protocol.InitializeResult{
		Capabilities: s.offerGuides(s.client.serverCapabilities()),
		ServerInfo:   protocol.ServerInfo{Name: "chubls", Version: protocol.NewOptional(s.Version)},
	}
	return now{result}, nil
}

// serverCapabilities says what the server does for this editor.
func (c *client) serverCapabilities() protocol.ServerCapabilities {
	yes, incremental := true, protocol.TextDocumentSyncKindIncremental
	server := protocol.ServerCapabilities{
		PositionEncoding: encodingName(c.encoding),
		TextDocumentSync: &protocol.TextDocumentSyncOptions{OpenClose: &yes, Change: &incremental, Save: protocol.Boolean(true)},
		HoverProvider:    protocol.Boolean(true),
		Workspace: &protocol.WorkspaceOptions{
			WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{
				Supported:           &yes,
				ChangeNotifications: protocol.Boolean(true),
			},
		},
	}
	if c.completes {
		server.CompletionProvider = &protocol.CompletionOptions{ResolveProvider: &yes}
	}
	switch c.actions {
	case actionsAsCommands:
		server.CodeActionProvider = protocol.Boolean(true) // options are for literals only
		server.ExecuteCommandProvider = protocol.ExecuteCommandOptions{Commands: announced(c)}
	case actionsInline, actionsLazy:
		lazy := c.actions == actionsLazy
		server.ExecuteCommandProvider = protocol.ExecuteCommandOptions{Commands: announced(c)}
		server.CodeActionProvider = &protocol.CodeActionOptions{
			CodeActionKinds: actionKinds(c),
			ResolveProvider: &lazy,
		}
	}
	return server
}

// announced lists the commands that an editor may run for an action. Those of
// a picker are its extension's own.
func announced(c *client) []string {
	if c.actions != actionsAsCommands {
		return []string{chooseEntry}
	}
	return []string{chooseEntry, insertSnippet}
}

// initialized starts what talks to the editor of its own accord. Before it,
// some editors take the first message that comes for the reply to initialize.
func (s *session) initialized(*none) {
	if s.greeted {
		return
	}
	s.greeted = true
	if s.ClientLog != nil {
		s.ClientLog.attach(s.base, s.conn)
	}
	if s.Window != nil {
		s.Window.attach(s)
	}
	if s.Changed != nil && s.client.watchesFiles {
		s.watchFiles()
	}
	if s.Configure == nil {
		return
	}
	if s.client.tellsSettings {
		s.askSettings()
	}
	if s.client.registersSettings {
		s.watchSettings()
	}
}

func (s *session) shutdown(*none) (work, error) {
	s.stage = stageShutDown
	return nil, nil
}

func (s *session) exit(*none) {
	code := 1 // the protocol's code for an exit without a shutdown
	if s.stage == stageShutDown {
		code = 0
	}
	s.end(code, nil)
}

// errOrphaned ends a session whose editor has died.
var errOrphaned = errors.New("the editor that started chubls is gone")
