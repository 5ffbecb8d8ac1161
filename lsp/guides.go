package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
)

// Guides is where the server asks about whole guides, and about the hubs that they
// come from. Its methods may be called from any goroutine, and wait until ctx ends.
type Guides interface {
	// PageAt is the guide that is shown at a byte offset; nil is none.
	PageAt(ctx context.Context, f *analyzer.File, offset int) (*answer.Page, error)
	// PageOf finds a guide by its name.
	PageOf(ctx context.Context, name answer.PageName) (*answer.Page, error)
	// PageFile is the path of a file on this machine that has the page's text.
	PageFile(p *answer.Page) (string, error)
	// Search finds entries and sections.
	Search(ctx context.Context, words string, limit int) ([]answer.Result, error)
	// Health tells how the sources are. It asks no hub.
	Health(ctx context.Context) (answer.Health, error)
	// Refresh asks the hubs for what is new, and says what came of it.
	Refresh(ctx context.Context) (string, error)
	// NoteOn returns the note on an entry, "" for none.
	NoteOn(ctx context.Context, entry string) (string, error)
	// Annotate leaves a note on an entry; an empty one removes it.
	Annotate(ctx context.Context, entry, note string) error
}

// Commands that an editor offers its user. Each has one argument, an object;
// README.md of editors describes them.
const (
	openGuide     = "chubls.open"     // openArgument
	searchGuides  = "chubls.search"   // a text, or searchArgument -> [answer.Result]
	tellStatus    = "chubls.status"   // -> statusResult
	refreshHubs   = "chubls.refresh"  // -> a sentence
	annotateEntry = "chubls.annotate" // annotateArgument -> the note that is there now
	runDoctor     = "chubls.doctor"   // -> a report
)

// guideCommands is the table of the commands about whole guides. Their second
// halves run beside the read loop.
var guideCommands = map[string]func(s *session, argument []byte) (work, error){
	openGuide:     (*session).open,
	searchGuides:  (*session).search,
	tellStatus:    (*session).status,
	refreshHubs:   (*session).refresh,
	annotateEntry: (*session).annotate,
	runDoctor:     (*session).doctor,
}

// guideCommand finds a command about whole guides, nil where there is none.
func (s *session) guideCommand(name string) func(s *session, argument []byte) (work, error) {
	if s.Guides == nil || name == runDoctor && s.Doctor == nil {
		return nil
	}
	return guideCommands[name]
}

// offerGuides says what the server can do with whole guides, and which languages
// it reads: an editor need not have a list of its own.
func (s *session) offerGuides(server protocol.ServerCapabilities) protocol.ServerCapabilities {
	if s.Guides == nil {
		return server
	}
	var own struct {
		Chubls struct {
			Languages []string `json:"languages"`
		} `json:"chubls"`
	}
	for _, l := range analyzer.Languages {
		own.Chubls.Languages = append(own.Chubls.Languages, l.IDs...)
	}
	if raw, err := json.Marshal(own); err == nil {
		server.Experimental = raw
	}
	for _, name := range slices.Sorted(maps.Keys(guideCommands)) {
		if s.guideCommand(name) != nil {
			server.ExecuteCommandProvider.Commands = append(server.ExecuteCommandProvider.Commands, name)
		}
	}
	server.Workspace.TextDocumentContent = &protocol.TextDocumentContentOptions{Schemes: []string{pageScheme}}
	return server
}

// argumentOf reads a command's argument.
func argumentOf(raw []byte, to any) error {
	if err := json.Unmarshal(raw, to); err != nil {
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the command's argument is not what it takes: %v", err)
	}
	return nil
}

// failed gives an error of the desk's the code of a request that was in order.
func failed(err error) error {
	if errors.Is(err, docs.ErrLoading) || errors.Is(err, context.DeadlineExceeded) {
		return jsonrpc2.Errorf(codeRequestFailed, "the guide is still on its way; try again in a moment")
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return jsonrpc2.NewError(codeRequestFailed, err.Error())
}

type searchArgument struct {
	Query string `json:"query"`
	Limit int    `json:"limit"`
}

func (s *session) search(argument []byte) (work, error) {
	var p searchArgument
	if json.Unmarshal(argument, &p.Query) != nil {
		if err := argumentOf(argument, &p); err != nil {
			return nil, err
		}
	}
	return later(func(ctx context.Context) (any, error) {
		ctx, stop := newPatience(ctx, editGrace)
		defer stop()
		found, err := s.Guides.Search(ctx, p.Query, p.Limit)
		if err != nil {
			return nil, failed(err)
		}
		return encoded(found)
	}), nil
}

// statusResult is what chubls.status answers.
type statusResult struct {
	Version string `json:"version"`
	answer.Health
}

func (s *session) status([]byte) (work, error) {
	return later(func(ctx context.Context) (any, error) {
		ctx, stop := newPatience(ctx, editGrace)
		defer stop()
		health, err := s.Guides.Health(ctx)
		if err != nil {
			return nil, failed(err)
		}
		return encoded(statusResult{s.Version, health})
	}), nil
}

func (s *session) refresh([]byte) (work, error) {
	return later(func(ctx context.Context) (any, error) {
		told, err := s.Guides.Refresh(ctx)
		if err != nil {
			return nil, failed(err)
		}
		return encoded(told)
	}), nil
}

// annotateArgument names an entry. Without a note the one that is there is read.
type annotateArgument struct {
	Entry string  `json:"entry"`
	Note  *string `json:"note"`
}

func (s *session) annotate(argument []byte) (work, error) {
	var p annotateArgument
	if err := argumentOf(argument, &p); err != nil {
		return nil, err
	}
	if p.Entry == "" {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, `the command wants the id of an entry: {"entry": "stripe/payments"}`)
	}
	return later(func(ctx context.Context) (any, error) {
		ctx, stop := newPatience(ctx, editGrace)
		defer stop()
		if p.Note != nil {
			if err := s.Guides.Annotate(ctx, p.Entry, *p.Note); err != nil {
				return nil, failed(err)
			}
		}
		note, err := s.Guides.NoteOn(ctx, p.Entry)
		if err != nil {
			return nil, failed(err)
		}
		return encoded(note)
	}), nil
}

func (s *session) doctor([]byte) (work, error) {
	return later(func(ctx context.Context) (any, error) { return encoded(s.Doctor(ctx)) }), nil
}

// encoded writes a result of no protocol type.
func encoded(v any) (any, error) {
	raw, err := json.Marshal(v)
	return jsonrpc2.RawMessage(raw), err
}
