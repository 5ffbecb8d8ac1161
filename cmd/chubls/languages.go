package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/chubls/chubls/analyzer"
)

// languageJSON is one language in `languages --json`.
type languageJSON struct {
	IDs        []string `json:"ids"` // as LSP calls it
	Extensions []string `json:"extensions"`
}

func languagesCommand(std streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "languages",
		Short: "List the languages that are read, as editors call them",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				list := []languageJSON{}
				for _, l := range analyzer.Languages {
					list = append(list, languageJSON{l.IDs, l.Extensions})
				}
				return json.NewEncoder(std.out).Encode(list)
			}
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			for _, l := range analyzer.Languages {
				fmt.Fprintf(table, "%s\t%s\n", strings.Join(l.IDs, " "), strings.Join(l.Extensions, " "))
			}
			return table.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON array, for an editor's extension")
	return c
}
