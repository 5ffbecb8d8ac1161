package lsp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"
)

const (
	// maxMessage is the largest message, in bytes, that is read into memory. A
	// larger one is skipped: it is some huge file that nobody hovers in.
	maxMessage = 64 << 20
	// maxDeclared is the largest length that a header may declare. Beyond it
	// the header is taken for garbage.
	maxDeclared = 1 << 30
	// maxHeader bounds a message's header, in lines; a line is bounded by the
	// size of the reader's buffer.
	maxHeader = 32
	// keepBuffer is the largest read buffer, in bytes, that is kept for the
	// next message.
	keepBuffer = 1 << 20
)

// stream is the wire: messages with a header each. It replaces the library's
// because there a body that is not a message ends the connection, and here it
// is answered with an error, as JSON-RPC asks, and the next one is read.
type stream struct {
	in     *bufio.Reader
	out    io.Writer
	ends   []any // the two streams as given
	log    *zap.Logger
	buffer []byte

	closing sync.Once
	closed  chan struct{}
	broken  chan struct{} // closed when a write failed

	mu    sync.Mutex // guards what follows, and writing to out
	frame []byte
	err   error // of the write that failed
}

func newStream(in io.Reader, out io.Writer, log *zap.Logger) *stream {
	return &stream{
		in: bufio.NewReader(in), out: out, ends: []any{in, out}, log: log,
		closed: make(chan struct{}), broken: make(chan struct{}),
	}
}

// Read implements jsonrpc2.Stream. A request that it returns is valid until
// the next Read.
func (s *stream) Read(ctx context.Context) (jsonrpc2.Message, int64, error) {
	for {
		select {
		case <-s.closed:
			return nil, 0, io.EOF
		default:
		}
		body, err := s.readFrame()
		if err != nil {
			return nil, 0, err
		}
		message, refusal := decode(body)
		if message != nil {
			return message, int64(len(body)), nil
		}
		s.log.Warn("cannot read a message", zap.Error(refusal.Err()), zap.Int("bytes", len(body)))
		// A peer's broken response gets no reply of its own: that could go on for ever.
		if refusal.respond {
			if _, err := s.Write(ctx, refusal.Response); err != nil {
				return nil, 0, err
			}
		}
	}
}

// readFrame returns the next body, nil for one that was skipped.
func (s *stream) readFrame() ([]byte, error) {
	size, err := readHeader(s.in)
	if err != nil {
		return nil, err
	}
	if size > maxMessage {
		s.log.Warn("skipped a huge message", zap.Int64("bytes", size))
		if _, err := io.CopyN(io.Discard, s.in, size); err != nil {
			return nil, midFrame(err)
		}
		return nil, nil
	}
	if cap(s.buffer) > keepBuffer {
		s.buffer = nil
	}
	// The buffer grows with what arrives, not with what was promised.
	body := bytes.NewBuffer(s.buffer[:0])
	if _, err := io.CopyN(body, s.in, size); err != nil {
		return nil, midFrame(err)
	}
	s.buffer = body.Bytes()
	return s.buffer, nil
}

// midFrame is the error of an input that ended inside a message.
func midFrame(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the input ended in the middle of a message")
	}
	return err
}

// readHeader reads the lines before a body and returns the body's length in bytes.
func readHeader(r *bufio.Reader) (size int64, err error) {
	size = -1
	for lines := 0; ; lines++ {
		raw, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && lines == 0 && len(raw) == 0:
			return 0, io.EOF
		case errors.Is(err, io.EOF):
			return 0, midFrame(err)
		case errors.Is(err, bufio.ErrBufferFull) || err == nil && lines == maxHeader:
			return 0, errors.New("the input is not a language client's: no end of a message header")
		case err != nil:
			return 0, err
		}
		line := strings.TrimRight(string(raw), "\r\n")
		if line == "" && size >= 0 {
			return size, nil
		}
		if line == "" && lines == 0 {
			lines-- // some clients end a body with a line end
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return 0, fmt.Errorf("the input is not a language client's: message header %.80q", line)
		}
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue
		}
		size, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		if err != nil || size < 0 || size > maxDeclared {
			return 0, fmt.Errorf("the input is not a language client's: message header %.80q", line)
		}
	}
}

// refusal is the answer to a body that is not a message.
type refusal struct {
	*jsonrpc2.Response
	respond bool
}

func refuse(id jsonrpc2.ID, code jsonrpc2.Code, message string) refusal {
	return refusal{jsonrpc2.NewResponse(id, nil, jsonrpc2.NewError(code, message)), true}
}

// decode reads a body. It returns the message, or else how to refuse it.
func decode(body []byte) (jsonrpc2.Message, refusal) {
	if !utf8.Valid(body) {
		// One replacement for each bad byte: that is how an editor that sends
		// such a file counts its columns.
		body = []byte(string(bytes.Runes(body)))
	}
	if message, err := jsonrpc2.DecodeMessage(body); err == nil {
		return message, refusal{}
	}
	if !json.Valid(body) {
		return nil, refuse(jsonrpc2.ID{}, jsonrpc2.ParseError, "the message is not JSON")
	}
	var m struct {
		ID            json.RawMessage
		Method        json.RawMessage
		Result, Error json.RawMessage
	}
	if json.Unmarshal(body, &m) != nil {
		return nil, refuse(jsonrpc2.ID{}, jsonrpc2.InvalidRequest, "the message is not an object; batches are not part of the protocol")
	}
	id, known := idOf(m.ID)
	if m.Method == nil && (m.Result != nil || m.Error != nil) {
		// A response. Some clients write "error":null beside a result.
		if known && m.Result != nil && (m.Error == nil || string(m.Error) == "null") {
			return jsonrpc2.NewResponse(id, jsonrpc2.RawMessage(m.Result), nil), refusal{}
		}
		if known {
			return jsonrpc2.NewResponse(id, nil, jsonrpc2.Errorf(jsonrpc2.InternalError, "the editor sent a malformed response: %.200s", m.Error)), refusal{}
		}
		r := refuse(id, jsonrpc2.InvalidRequest, "the response has no usable id")
		r.respond = false
		return nil, r
	}
	return nil, refuse(id, jsonrpc2.InvalidRequest, "the message is neither a request nor a notification nor a response of JSON-RPC 2.0")
}

// Write implements jsonrpc2.Stream. It takes no notice of ctx: a message that
// is half on the wire must be finished.
func (s *stream) Write(_ context.Context, message jsonrpc2.Message) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	const headerRoom = 40
	frame := append(s.frame[:0], make([]byte, headerRoom)...)
	frame = jsonrpc2.AppendMessage(frame, message)
	header := fmt.Sprintf("Content-Length: %d\r\n\r\n", len(frame)-headerRoom)
	start := headerRoom - len(header)
	copy(frame[start:], header)
	if cap(frame) <= keepBuffer {
		s.frame = frame
	}
	n, err := s.out.Write(frame[start:])
	if err != nil {
		s.err = err
		close(s.broken)
	}
	return int64(n), err
}

// writeError returns the error of the write that failed.
func (s *stream) writeError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close implements jsonrpc2.Stream. It does not wait for a read or a write.
func (s *stream) Close() error {
	var errs []error
	s.closing.Do(func() {
		close(s.closed)
		for _, end := range s.ends {
			if c, ok := end.(io.Closer); ok {
				errs = append(errs, c.Close())
			}
		}
	})
	return errors.Join(errs...)
}
