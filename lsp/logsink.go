package lsp

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap/zapcore"
)

const (
	// logSinkSize is how many lines wait for a slow reader; more are dropped.
	logSinkSize = 1024
	// logSyncGrace bounds the wait for a slow reader at the end.
	logSyncGrace = 200 * time.Millisecond
)

// LogSink writes log lines to a stream that nobody may be reading. Some editors
// never drain a server's standard error, and a plain write to a full pipe
// waits for ever; so one goroutine writes, and when it lags behind, lines are
// dropped and their number is written later.
type LogSink struct {
	out     io.Writer
	lines   chan []byte
	dropped atomic.Int64
	syncs   chan chan struct{}
	stop    chan struct{}
	once    sync.Once
}

var _ zapcore.WriteSyncer = (*LogSink)(nil)

// NewLogSink starts a sink. Close ends its goroutine, unless that is stuck in
// a write.
func NewLogSink(out io.Writer) *LogSink {
	s := &LogSink{out: out, lines: make(chan []byte, logSinkSize), syncs: make(chan chan struct{}), stop: make(chan struct{})}
	go s.pump()
	return s
}

// Write implements io.Writer. It never blocks and never fails.
func (s *LogSink) Write(line []byte) (int, error) {
	select {
	case s.lines <- append([]byte(nil), line...): // zap uses the line's memory again
	default:
		s.dropped.Add(1)
	}
	return len(line), nil
}

// Sync waits a moment for the lines so far to be written.
func (s *LogSink) Sync() error {
	grace := time.NewTimer(logSyncGrace)
	defer grace.Stop()
	written := make(chan struct{})
	select {
	case s.syncs <- written:
	case <-s.stop:
		return nil
	case <-grace.C:
		return nil
	}
	select {
	case <-written:
	case <-grace.C:
	}
	return nil
}

// Close writes what waits, as Sync does, and ends the sink.
func (s *LogSink) Close() error {
	err := s.Sync()
	s.once.Do(func() { close(s.stop) })
	return err
}

func (s *LogSink) pump() {
	for {
		select {
		case line := <-s.lines:
			s.write(line)
		case written := <-s.syncs:
			for range len(s.lines) {
				s.write(<-s.lines)
			}
			close(written)
		case <-s.stop:
			return
		}
	}
}

// write writes one line. Errors have nowhere to go.
func (s *LogSink) write(line []byte) {
	_, _ = s.out.Write(line)
	if n := s.dropped.Swap(0); n > 0 {
		_, _ = fmt.Fprintf(s.out, "(%d log lines dropped: nobody was reading)\n", n)
	}
}
