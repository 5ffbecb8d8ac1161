// Package analyzer reads source code: which modules a file imports, and what
// the name under a cursor stands for, traced back to the import that brought it.
package analyzer
