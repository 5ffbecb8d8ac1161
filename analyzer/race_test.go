//go:build race

package analyzer

// The race detector makes the many small calls of C code ten times as slow.
func init() { patience *= 10 }
