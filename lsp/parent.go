package lsp

import (
	"time"

	"go.uber.org/zap"
)

// defaultParentPoll is the time between two looks at the parent process.
const defaultParentPoll = 3 * time.Second

// watchParent ends the session when the editor's process is gone, for the
// editors that die without closing the pipe. A process that is not there to
// begin with is not watched: the number is then from another machine or
// container, and says nothing.
func (s *session) watchParent(pid int64) {
	if pid <= 0 || pid != int64(int(pid)) || !alive(int(pid)) {
		s.Log.Debug("the parent process is not visible from here", zap.Int64("pid", pid))
		return
	}
	poll := s.parentPoll
	if poll == 0 {
		poll = defaultParentPoll
	}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		select {
		case <-s.base.Done():
			return
		case <-tick.C:
			if !alive(int(pid)) {
				s.end(1, errOrphaned)
				return
			}
		}
	}
}
