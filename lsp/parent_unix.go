//go:build unix

package lsp

import (
	"errors"
	"syscall"
)

// alive reports whether there is a process with this number. One that belongs
// to another user is there too, though it cannot be signalled.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
