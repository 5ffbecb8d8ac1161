package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs/answer"
)

func snippetCommand(std streams) *cobra.Command {
	var list bool
	var pick int
	c := &cobra.Command{
		Use:   "snippet FILE:LINE:COL",
		Short: "Print what inserting a snippet there would change, as a diff",
		Long: `Print what inserting a snippet at a place in a file would change, as a diff: the
first one that an editor would offer there, or with --pick the one of that
number in --list. LINE and COL count from 1. No file is changed.`,
		Example: "  chubls snippet app.py:12:8 --list\n  chubls snippet app.py:12:8 --pick 3 | patch",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("pick") && pick < 1 {
				return exit{2, fmt.Sprintf("--pick %d: snippets are counted from 1", pick)}
			}
			p, err := openPlace(args[0])
			if err != nil {
				return err
			}
			defer p.file.Close()
			desk, ctx, cancel := ask(c.Context(), std, p.path)
			defer cancel()
			at := analyzer.Span{Start: p.offset, End: p.offset}
			actions, err := desk.Actions(ctx, p.file, at, answer.Offer{})
			if err != nil {
				return exit{1, err.Error()}
			}
			picks, err := desk.Picks(ctx, p.file, at, "")
			if err != nil {
				return exit{1, err.Error()}
			}
			choices := listed(actions, picks)
			if len(choices) == 0 {
				return exit{1, fmt.Sprintf("no snippet is offered at %s; 'chubls explain %s' says what is known there", args[0], args[0])}
			}
			if list {
				for i, s := range choices {
					fmt.Fprintf(std.out, "%3d  %s\n", i+1, s.title)
				}
				return nil
			}
			if pick > len(choices) {
				return exit{1, fmt.Sprintf("there are %d snippets at %s: see --list", len(choices), args[0])}
			}
			edits, err := desk.Edits(ctx, p.file, at, choices[max(pick, 1)-1].key)
			if err != nil {
				return exit{1, err.Error()}
			}
			name := filepath.ToSlash(p.path)
			_, err = std.out.Write(diff.Diff(name, p.file.Text(), name, []byte(applied(string(p.file.Text()), edits))))
			return err
		},
	}
	c.Flags().BoolVar(&list, "list", false, "list the snippets that can be inserted there, with their numbers")
	c.Flags().IntVar(&pick, "pick", 1, "the number of the snippet in --list")
	c.MarkFlagsMutuallyExclusive("list", "pick")
	return c
}

// choice is a snippet that can be inserted.
type choice struct{ title, key string }

// listed lists what an editor offers, in its order, and then the rest of the guides.
func listed(actions []answer.Action, picks []answer.Pick) []choice {
	var choices []choice
	seen := map[string]bool{}
	for _, a := range actions {
		if a.Key != "" {
			seen[a.Key] = true
			choices = append(choices, choice{strings.TrimPrefix(a.Title, "Insert snippet: "), a.Key})
		}
	}
	for _, p := range picks {
		if !seen[p.Key] {
			choices = append(choices, choice{fmt.Sprintf("%s (%s)", p.Title, p.Entry), p.Key})
		}
	}
	return choices
}

// applied is the text after edits, which do not overlap and are in its order.
func applied(text string, edits []answer.Edit) string {
	var b strings.Builder
	end := 0
	for _, e := range edits {
		b.WriteString(text[end:e.Span.Start] + e.New)
		end = e.Span.End
	}
	b.WriteString(text[end:])
	return b.String()
}
