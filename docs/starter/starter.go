// Package starter is a small registry that is part of the binary.
//
// It lets the first minute work with no network and no set-up: open a file
// that uses Stripe, Stytch, OpenAI, Anthropic, Supabase or Redis, and a hover
// has a guide to show.
//
// The documents lie as in the content tree of Context Hub
// (<author>/docs/<name>/<language>/DOC.md) and carry the hub's ids, such as
// "stripe/payments". So a document of a fetched or local registry with the
// same id takes the place of the one here: this registry is consulted last.
//
// The documents were written for this project. Each one names, in its front
// matter, the SDK version it was checked against. The fences are checked by
// the test of this package (Python) and by typecheck/check.mjs (JavaScript).
package starter

import (
	"embed"
	"io/fs"
)

//go:embed all:hub
var files embed.FS

// FS returns the content tree, rooted at the folder that holds the authors.
func FS() fs.FS {
	sub, err := fs.Sub(files, "hub")
	if err != nil {
		panic("starter: " + err.Error()) // "hub" is a valid path: cannot happen
	}
	return sub
}
