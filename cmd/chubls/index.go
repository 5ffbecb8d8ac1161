package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
)

func indexCommand(std streams) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "index FOLDER",
		Short: "Write the table of which entry documents which module",
		Long: `Read all documents of a hub's folder and write the table from modules to the
entries that document them. A hub that ships it as modules.tsv spares its
readers the search.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
				return exit{1, args[0] + ": there is no such folder; name the one that holds registry.json or the guides"}
			}
			table, err := docs.Index(c.Context(), hub.Folder(args[0], args[0], nil), docs.Observer{
				Work:    showWork(std.err),
				Problem: func(err error) { fmt.Fprintln(std.err, "chubls:", err) },
			})
			if err != nil {
				return exit{1, fmt.Sprintf("%s: %v", args[0], err)}
			}
			if output == "" {
				_, err = std.out.Write(table)
			} else {
				err = os.WriteFile(output, table, 0o644)
			}
			if err != nil {
				return exit{1, err.Error()}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file instead of standard output")
	return c
}
