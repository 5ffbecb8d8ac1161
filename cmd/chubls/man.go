//go:build man

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// The command man is no part of the program that people install: `make dist` builds
// one that has it, with the tag man.
func init() {
	more = append(more, func(std streams) *cobra.Command {
		return &cobra.Command{
			Use:    "man FOLDER",
			Short:  "Write the manual and the shells' completions",
			Args:   cobra.ExactArgs(1),
			Hidden: true,
			RunE:   func(c *cobra.Command, args []string) error { return writeManual(c.Root(), args[0]) },
		}
	})
}

// writeManual writes the pages of section 1 and the completions, made of the tree of
// commands. $SOURCE_DATE_EPOCH is their date.
func writeManual(root *cobra.Command, dir string) error {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return exit{1, "set SOURCE_DATE_EPOCH to the date of the release"}
	}
	date := time.Unix(seconds, 0).UTC()
	root.DisableAutoGenTag = true
	man, completions := filepath.Join(dir, "man", "man1"), filepath.Join(dir, "completions")
	for _, folder := range []string{man, completions} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	header := &doc.GenManHeader{Title: "CHUBLS", Section: "1", Date: &date, Source: "chubls " + version(), Manual: "chubls"}
	if err := doc.GenManTree(root, header, man); err != nil {
		return err
	}
	for name, write := range map[string]func(string) error{
		"chubls.bash": func(file string) error { return root.GenBashCompletionFileV2(file, true) },
		"_chubls":     root.GenZshCompletionFile,
		"chubls.fish": func(file string) error { return root.GenFishCompletionFile(file, true) },
		"chubls.ps1":  root.GenPowerShellCompletionFileWithDesc,
	} {
		if err := write(filepath.Join(completions, name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
