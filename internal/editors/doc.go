// Package editors has no code: its test holds the files of editors/ and the README
// to what the program says of itself. The languages come from the analyzer's table,
// the settings from that of docs/hub. `go test ./internal/editors -update` writes
// what can be written, and says what must be mended by hand.
package editors
