// Package lsp speaks the Language Server Protocol for chubls. It converts what
// an editor asks into bytes and offsets, asks the Desk, and converts the answer
// back. It is the only importer of go.lsp.dev, and it decides nothing about
// documentation.
//
// # One session
//
// [Server.Serve] runs one session over a pair of streams. Read rpc.go first: it
// holds the table of methods. A request has two halves. The first runs on the
// read loop, in the order of the wire: it decodes the parameters and leases a
// snapshot of the document. The second, the work, runs beside the read loop and
// sees only that snapshot. So edits are always applied in order, and an answer
// always belongs to the version that was current when it was asked for. The
// halves are in the type of a handler, so that it cannot mix them up.
//
// The read loop never parses, never waits for the Desk and never calls the
// editor.
//
// # What cannot end a session
//
// Editors differ, and several write things that the protocol does not allow.
// Nothing that arrives inside a well-framed message ends the session: not a
// body that is no JSON, not a batch, not an unknown notification, not a field
// of the wrong type, not a handler that panics. Where framing itself is lost
// there is no next message to find, and the session ends with an error.
//
// # Snippets
//
// codeaction.go tells what can be inserted, command.go the commands that do so for
// editors that want it another way, with what an extension of chubls' own needs to
// know of them: see pickSnippet there. completion.go offers the same snippets
// while a package's name is typed.
//
// # What is absent
//
// No os.Exit: Serve returns the exit code that the protocol asks for. No
// diagnostics: chubls has nothing to complain about. No reading of files.
package lsp
