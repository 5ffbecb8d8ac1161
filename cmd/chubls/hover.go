package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/chubls/chubls/lsp/text"
)

func hoverCommand(std streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "hover FILE:LINE:COL",
		Short:   "Show what an editor would show there",
		Long:    "Show what an editor would show at a place in a file. LINE and COL count from 1.",
		Example: "  chubls hover app.py:12:8",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := openPlace(args[0])
			if err != nil {
				return err
			}
			defer p.file.Close()
			desk, ctx, cancel := ask(c.Context(), std, p.path)
			defer cancel()
			h, err := desk.Hover(ctx, p.file, p.offset)
			switch {
			case err != nil:
				return exit{1, err.Error()}
			case asJSON && h == nil:
				fmt.Fprintln(std.out, "null")
				return nil
			case asJSON:
				r := p.mapper.OffsetsRange(h.Span.Start, h.Span.End)
				return json.NewEncoder(std.out).Encode(hoverJSON{
					File: p.path, Range: rangeJSON{positionOf(r.Start), positionOf(r.End)},
					Entry: h.Entry, Section: h.Section, Match: h.Quality.String(), Title: h.Title, Markdown: h.Markdown(),
				})
			case h == nil:
				return exit{1, fmt.Sprintf("nothing is documented at %s; 'chubls explain %s' says why", args[0], args[0])}
			}
			return show(std.out, h.Markdown())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object, or null where there is nothing")
	return c
}

// hoverJSON is what `hover --json` prints. Positions are as in LSP: from 0, in
// UTF-16 code units.
type hoverJSON struct {
	File     string    `json:"file"`
	Range    rangeJSON `json:"range"`
	Entry    string    `json:"entry"`
	Section  string    `json:"section"` // "" for the overview
	Match    string    `json:"match"`
	Title    string    `json:"title"`
	Markdown string    `json:"markdown"`
}

type rangeJSON struct {
	Start positionJSON `json:"start"`
	End   positionJSON `json:"end"`
}

type positionJSON struct {
	Line      uint32 `json:"line"`
	Character uint32 `json:"character"`
}

func positionOf(p text.Position) positionJSON { return positionJSON{p.Line, p.Character} }
