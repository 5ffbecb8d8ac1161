package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/lsp/text"
)

// Desk is where the server asks. All of its methods may be called from any
// goroutine, and keep a file for longer than the call only by retaining it.
type Desk interface {
	// Hover says what is documented at a byte offset; nil and no error mean
	// nothing. For a document on its way it waits until ctx ends.
	Hover(ctx context.Context, f *analyzer.File, offset int) (*answer.Hover, error)
	// HoverNow is Hover where the answer is at hand, and false elsewhere. It is
	// asked on the read loop: it never waits, parses or reads.
	HoverNow(f *analyzer.File, offset int) (h *answer.Hover, ok bool)
	// Actions lists what can be done at a span of bytes.
	Actions(ctx context.Context, f *analyzer.File, span analyzer.Span, o answer.Offer) ([]answer.Action, error)
	// ActionsNow is Actions where the answer is at hand, as HoverNow is Hover.
	ActionsNow(f *analyzer.File, span analyzer.Span, o answer.Offer) (actions []answer.Action, ok bool)
	// Picks lists the snippets that the user may pick from at a span, of one entry
	// or of all that are known there.
	Picks(ctx context.Context, f *analyzer.File, span analyzer.Span, entry string) ([]answer.Pick, error)
	// Edits returns what the action called key does. Every edit's span is in
	// f's text, none overlap, and insertions at one place come in their order.
	Edits(ctx context.Context, f *analyzer.File, span analyzer.Span, key string) ([]answer.Edit, error)
	// Completions lists the snippets for a word that ends at an offset.
	Completions(ctx context.Context, f *analyzer.File, offset int) ([]answer.Completion, error)
	// Documentation is the section that a completion's key names, as Markdown.
	Documentation(ctx context.Context, f *analyzer.File, key string) (string, error)
	// Decide keeps what the user has chosen about an import of the file.
	Decide(ctx context.Context, f *analyzer.File, c answer.Choice) error
	// Prefetch loads the documents of the file's imports, or starts to. It may
	// parse. They are needed until ctx ends, with the document or the session.
	Prefetch(ctx context.Context, f *analyzer.File)
}

// Server is what sessions are made of.
type Server struct {
	// Desk answers. It must be set.
	Desk Desk
	// Guides, if set, lets an editor search, open and annotate whole guides.
	Guides Guides
	// Doctor, if set, writes what is configured, reachable and cached.
	Doctor func(ctx context.Context) string
	// Log takes what the server has to say; nil is silence. It must not write
	// to the session's output, and must not block.
	Log *zap.Logger
	// ClientLog, if set, is a core of Log whose entries the session forwards to
	// the editor.
	ClientLog *ClientLog
	// Window, if set, is shown in the editor.
	Window *Window
	// Configure, if set, is told of the editor's workspace and settings: with
	// initialize, and whenever they change. It must return at once.
	Configure func(Workspace)
	// Buffers, if set, is given at the start how to find the version of a file, by its
	// path, that the editor has open: nil for none, and whoever gets it closes it.
	Buffers func(open func(path string) *analyzer.File)
	// Changed, if set, is told that files may have changed on disk, or that others
	// are open than before. It must return at once.
	Changed func()
	// Version is shown to the editor.
	Version string

	// parentPoll is the time between two looks at the parent process; zero
	// means the default.
	parentPoll time.Duration
}

// Times that a person notices, or should not.
const (
	// hoverGrace is how long a hover waits for a document on its way. No editor
	// asks again by itself, so it is as long as a person waits for a hover: a
	// document on disk makes it on a busy machine, and most from a network.
	hoverGrace = 800 * time.Millisecond
	// actionGrace is the same for the actions at a place. Nobody watches for
	// them to appear, but some editors wait for all servers' before they show any.
	actionGrace = 500 * time.Millisecond
	// editGrace is the same for an action that the user has chosen.
	editGrace = 5 * time.Second
	// prefetchDelay is how long typing rests before its imports are looked at.
	prefetchDelay = 300 * time.Millisecond
	// drainGrace is how long the end of a session waits for work in flight. A
	// read that is blocked on a terminal or a pipe cannot be woken, so the wait
	// has an end.
	drainGrace = 250 * time.Millisecond
)

// session is one editor's connection. Fields without a lock of their own
// belong to the read loop; work that runs beside it may read those that
// initialize set, since nothing sets them again.
type session struct {
	*Server
	conn    jsonrpc2.Conn
	base    context.Context // ends with the session
	client  client
	stage   stage
	greeted bool // initialized has come

	documents documents
	folders   folders
	settings  settings
	calls     calls
	prefetch  *prefetcher
	// background is what the session does of its own accord.
	background background
	ended      chan ending
}

// ending is how a session ended.
type ending struct {
	code int
	err  error
}

// Serve runs one session: it reads messages from in and writes them to out
// until the editor says exit, closes in, or is gone, or ctx ends. It returns
// the exit code that the protocol asks for: 0 for an exit after a shutdown and
// for an end of input between two messages, 1 for everything else. An error
// says why a session ended that should not have.
//
// Streams that are also io.Closers are closed at the end.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) (exitCode int, err error) {
	server := *s
	if server.Log == nil {
		server.Log = zap.NewNop()
	}
	base, cancel := context.WithCancel(ctx)
	defer cancel()

	wire := newStream(in, out, server.Log)
	se := &session{
		Server:   &server,
		conn:     jsonrpc2.NewConn(wire, jsonrpc2.WithCodec(codec{})),
		base:     base,
		prefetch: newPrefetcher(base, server.Desk, server.Log),
		ended:    make(chan ending, 1),
	}
	se.client.encoding = text.UTF16
	se.conn.Go(base, se.handle)

	var end ending
	select {
	case end = <-se.ended:
	case <-se.conn.Done():
		end = se.endOfInput()
	case <-wire.broken:
		end = ending{1, fmt.Errorf("cannot write to the editor: %w", wire.writeError())}
	case <-ctx.Done():
		end = ending{1, context.Cause(ctx)}
	}

	cancel()
	_ = wire.Close()
	grace := time.NewTimer(drainGrace)
	defer grace.Stop()
	select {
	case <-se.conn.Done():
	case <-grace.C:
	}
	se.prefetch.stop(grace.C)
	se.background.wait(grace.C)
	se.documents.closeAll()
	return end.code, end.err
}

// endOfInput says what it means that the connection ended by itself.
func (s *session) endOfInput() ending {
	select {
	case end := <-s.ended: // the editor said exit, and then closed the pipe
		return end
	default:
	}
	err := s.conn.Err()
	if err == nil || errors.Is(err, io.EOF) {
		return ending{}
	}
	return ending{1, err}
}

// end ends the session; only the first end counts.
func (s *session) end(code int, err error) {
	select {
	case s.ended <- ending{code, err}:
	default:
	}
}
