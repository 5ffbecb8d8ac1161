package lsp

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

const (
	// windowSize is how many messages wait for the editor; more are dropped.
	windowSize = 32
	// progressPause is the time between two reports of progress.
	progressPause = 200 * time.Millisecond
)

// Window is where the editor shows what goes on: a message, or the progress of
// long work. What is shown before the session waits for it. It never blocks: when
// the editor reads too slowly, messages are dropped.
//
// It serves one session.
type Window struct {
	queue chan func(*session)
	tasks atomic.Int64
}

// NewWindow makes a window for one session.
func NewWindow() *Window { return &Window{queue: make(chan func(*session), windowSize)} }

// Inform shows a message that nobody needs to act on.
func (w *Window) Inform(text string) { w.show(protocol.MessageTypeInfo, text) }

// Warn shows what the user should mend.
func (w *Window) Warn(text string) { w.show(protocol.MessageTypeWarning, text) }

func (w *Window) show(level protocol.MessageType, text string) {
	w.put(func(s *session) {
		_ = s.conn.Notify(s.base, protocol.MethodWindowShowMessage, &protocol.ShowMessageParams{Type: level, Message: "chubls: " + text})
	})
}

func (w *Window) put(do func(*session)) {
	select {
	case w.queue <- do:
	default:
	}
}

// Work shows that something goes on, until end is called. What done and total
// count, the title says; a total of 0 is unknown.
func (w *Window) Work(title string) (progress func(done, total int64), end func()) {
	t := &task{title: title, token: "chubls-" + strconv.FormatInt(w.tasks.Add(1), 10), moved: make(chan struct{}, 1), ended: make(chan struct{})}
	w.put(func(s *session) {
		if s.client.progress {
			s.background.Go(func() { t.run(s.base, s.conn) })
		}
	})
	return t.progress, t.end
}

// attach shows in the session's editor what is put, until the session ends.
func (w *Window) attach(s *session) {
	s.background.Go(func() {
		for {
			select {
			case <-s.base.Done():
				return
			case do := <-w.queue:
				do(s)
			}
		}
	})
}

// task is one piece of work whose progress is shown.
type task struct {
	title, token string
	moved        chan struct{}
	ended        chan struct{}
	once         sync.Once
	done, total  atomic.Int64
}

func (t *task) progress(done, total int64) {
	t.done.Store(done)
	t.total.Store(total)
	select {
	case t.moved <- struct{}{}:
	default:
	}
}

func (t *task) end() { t.once.Do(func() { close(t.ended) }) }

// run tells the editor of the task, to its end.
func (t *task) run(ctx context.Context, conn jsonrpc2.Conn) {
	select {
	case <-t.ended:
		return // while it waited for its turn
	default:
	}
	token := protocol.String(t.token)
	if protocol.Call(ctx, conn, protocol.MethodWindowWorkDoneProgressCreate, &protocol.WorkDoneProgressCreateParams{Token: token}, nil) != nil {
		return
	}
	send := func(value any) bool {
		raw, err := protocol.Marshal(value)
		return err == nil && conn.Notify(ctx, protocol.MethodProgress, &protocol.ProgressParams{Token: token, Value: raw}) == nil
	}
	if !send(&protocol.WorkDoneProgressBegin{Kind: "begin", Title: t.title}) {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.ended:
			send(&protocol.WorkDoneProgressEnd{Kind: "end"})
			return
		case <-t.moved:
			if !send(t.report()) {
				return
			}
			select {
			case <-time.After(progressPause):
			case <-t.ended:
			case <-ctx.Done():
			}
		}
	}
}

func (t *task) report() *protocol.WorkDoneProgressReport {
	done, total := t.done.Load(), t.total.Load()
	r := &protocol.WorkDoneProgressReport{Kind: "report"}
	if total > 0 {
		percentage := uint32(min(100, done*100/total))
		message := fmt.Sprintf("%d of %d", done, total)
		r.Percentage, r.Message = &percentage, &message
	}
	return r
}
