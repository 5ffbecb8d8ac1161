package lsp

import "time"

// SetParentPoll makes the watch over the parent process quick enough for a test.
func (s *Server) SetParentPoll(d time.Duration) { s.parentPoll = d }

// MaxMessage and MaxText are the limits, for tests that exceed them.
const (
	MaxMessage = maxMessage
	MaxText    = maxText
)
