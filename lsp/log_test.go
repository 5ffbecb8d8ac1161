package lsp_test

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/chubls/chubls/lsp"
	"github.com/chubls/chubls/lsp/lsptest"
)

func TestLogReachesTheEditor(t *testing.T) {
	client := lsp.NewClientLog(zapcore.InfoLevel)
	log := zap.New(client)
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Log: log, ClientLog: client}).Serve)
	log.Info("before the session", zap.String("who", "cmd"))
	e.Initialize(lsptest.Modern)
	log.With(zap.Int("n", 7)).Error("after it began")
	log.Debug("not for the editor")
	e.AwaitNote("window/logMessage", func(p string) bool {
		return strings.Contains(p, "before the session") && strings.Contains(p, "cmd") && strings.Contains(p, `"type":3`)
	})
	e.AwaitNote("window/logMessage", func(p string) bool {
		return strings.Contains(p, "after it began") && strings.Contains(p, "7") && strings.Contains(p, `"type":1`)
	})
	e.Notify("initialized", nil) // a second one does not start a second log
	works(t, e)
	for _, n := range e.Notes() {
		if strings.Contains(string(n.Params), "not for the editor") {
			t.Errorf("got %s", n.Params)
		}
	}
}

func TestNothingIsSentBeforeTheAnswerToInitialize(t *testing.T) {
	client := lsp.NewClientLog(zapcore.DebugLevel)
	log := zap.New(client)
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Log: log, ClientLog: client}).Serve)
	for i := range 1000 {
		log.Info("early", zap.Int("i", i)) // more than fit: the rest is dropped
	}
	e.MustCall("initialize", map[string]any{}, nil)
	if notes := e.Notes(); len(notes) > 0 {
		t.Errorf("%d notifications, the first is %s", len(notes), notes[0].Params)
	}
}

// blocked is a standard error that nobody reads, until it is opened.
type blocked struct {
	open chan struct{}
	mu   sync.Mutex
	got  strings.Builder
}

func (b *blocked) Write(p []byte) (int, error) {
	<-b.open
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got.Write(p)
}

func TestUndrainedStderrDoesNotHangTheServer(t *testing.T) {
	stderr := &blocked{open: make(chan struct{})}
	sink := lsp.NewLogSink(stderr)
	log := zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig()), sink, zapcore.DebugLevel))
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Log: log}).Serve)
	e.Initialize(lsptest.Modern)
	for i := range 5000 {
		e.Notify(fmt.Sprintf("$/noise%d", i), nil) // a line each
	}
	works(t, e)
	began := time.Now()
	if err := sink.Sync(); err != nil || time.Since(began) > 2*time.Second {
		t.Errorf("sync took %v, %v", time.Since(began), err)
	}
	close(stderr.open)
	log.Info("the end")
	if err := sink.Close(); err != nil {
		t.Error(err)
	}
	stderr.mu.Lock()
	defer stderr.mu.Unlock()
	if got := stderr.got.String(); !strings.Contains(got, "log lines dropped") || strings.Contains(got, "$/noise4999") {
		t.Errorf("%d bytes were written, without a word of what was dropped", len(got))
	}
}

func TestClosedStderrIsSurvived(t *testing.T) {
	r, w := io.Pipe()
	_ = r.Close()
	sink := lsp.NewLogSink(w)
	defer sink.Close()
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), sink, zapcore.DebugLevel))
	e := lsptest.Start(t, (&lsp.Server{Desk: &desk{}, Log: log}).Serve)
	e.Initialize(lsptest.Modern)
	works(t, e)
}
