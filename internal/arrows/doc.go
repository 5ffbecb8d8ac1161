// Package arrows has no code: its test checks which package may import which,
// and a few other things that are deliberately absent. ARCHITECTURE.md draws
// the picture; the table in arrows_test.go is what holds.
package arrows
