package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap/zapcore"
)

// clientLogSize is how many entries wait for the editor; more are dropped.
const clientLogSize = 256

// ClientLog is a zap core whose entries go to the editor as window/logMessage.
// Entries from before the session wait for it. It never blocks: when the
// editor reads too slowly, entries are dropped.
type ClientLog struct {
	zapcore.LevelEnabler
	encoder zapcore.Encoder
	queue   chan *protocol.LogMessageParams // shared by all cores that With made
}

// NewClientLog makes a core for the entries that level enables. It serves one
// session at a time.
func NewClientLog(level zapcore.LevelEnabler) *ClientLog {
	return &ClientLog{
		LevelEnabler: level,
		// The editor shows the time and the level itself.
		encoder: zapcore.NewConsoleEncoder(zapcore.EncoderConfig{MessageKey: "message", EncodeDuration: zapcore.StringDurationEncoder, ConsoleSeparator: " "}),
		queue:   make(chan *protocol.LogMessageParams, clientLogSize),
	}
}

// With implements zapcore.Core.
func (c *ClientLog) With(fields []zapcore.Field) zapcore.Core {
	with := *c
	with.encoder = c.encoder.Clone()
	for _, f := range fields {
		f.AddTo(with.encoder)
	}
	return &with
}

// Check implements zapcore.Core.
func (c *ClientLog) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

// Write implements zapcore.Core.
func (c *ClientLog) Write(e zapcore.Entry, fields []zapcore.Field) error {
	line, err := c.encoder.EncodeEntry(e, fields)
	if err != nil {
		return err
	}
	defer line.Free()
	select {
	case c.queue <- &protocol.LogMessageParams{Type: messageType(e.Level), Message: strings.TrimSuffix(line.String(), "\n")}:
	default:
	}
	return nil
}

// Sync implements zapcore.Core. There is nothing to wait for.
func (c *ClientLog) Sync() error { return nil }

// messageType is the protocol's level of a zap level.
func messageType(level zapcore.Level) protocol.MessageType {
	switch {
	case level >= zapcore.ErrorLevel:
		return protocol.MessageTypeError
	case level == zapcore.WarnLevel:
		return protocol.MessageTypeWarning
	case level == zapcore.InfoLevel:
		return protocol.MessageTypeInfo
	default:
		return protocol.MessageTypeLog
	}
}

// attach sends the entries to an editor until ctx ends.
func (c *ClientLog) attach(ctx context.Context, conn jsonrpc2.Conn) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case entry := <-c.queue:
				// An error means that the editor is gone, which others notice too;
				// logging it here would come back here.
				_ = conn.Notify(ctx, protocol.MethodWindowLogMessage, entry)
			}
		}
	}()
}
