package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func explainCommand(std streams) *cobra.Command {
	return &cobra.Command{
		Use:     "explain FILE:LINE:COL",
		Short:   "Say step by step why this is shown there",
		Example: "  chubls explain app.py:12:8",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := openPlace(args[0])
			if err != nil {
				return err
			}
			defer p.file.Close()
			desk, ctx, cancel := ask(c.Context(), std, p.path)
			defer cancel()
			e, err := desk.Explain(ctx, p.file, p.offset)
			if err != nil {
				return exit{1, err.Error()}
			}
			for _, s := range e.Steps {
				where := ""
				if s.Span.End > 0 {
					at := p.mapper.OffsetPosition(s.Span.Start)
					where = fmt.Sprintf("%s:%d:%d: ", p.path, at.Line+1, at.Character+1)
				}
				if s.File != "" {
					where = fmt.Sprintf("%s:%d: ", nearby(s.File), s.Line)
				}
				if _, err := fmt.Fprintf(std.out, "%-10s %s%s\n", s.What, where, s.Text); err != nil {
					return exit{1, err.Error()}
				}
			}
			return nil
		},
	}
}

// nearby is a path as seen from the current folder, where it lies below that.
func nearby(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(here, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}
