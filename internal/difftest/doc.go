// Package difftest holds chubls to other people's parsers: on some thousand
// files of real code, "chubls imports" must find the modules that Python's ast
// and TypeScript's compiler find.
//
// It is a test and nothing else, and it is skipped unless CHUBLS_DIFFTEST is
// set, since it downloads packages and takes a minute or two. README.md says
// how to run it and how to read what it prints.
package difftest
