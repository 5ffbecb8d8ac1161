package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/chubls/chubls/docs/hub"
)

func updateCommand(std streams) *cobra.Command {
	var o hub.UpdateOptions
	c := &cobra.Command{
		Use:   "update",
		Short: "Fetch the newest lists of the hubs, and the cached documents that have changed",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, h := openHub(std)
			defer h.Close()
			if cfg.Unconfigured() {
				return exit{1, fmt.Sprintf("no hub is configured: write \"sources: [{name: default, url: https://hub.example/v1}]\" to config.yaml in %s", cfg.Dir)}
			}
			failed := h.Update(c.Context(), o)
			switch {
			case errors.Is(failed, context.Canceled):
				return exit{1, "stopped; what was fetched is kept"}
			case errors.Is(failed, hub.ErrOffline):
				return exit{1, failed.Error() + "\nIt is \"offline: true\" below \"chubls\" in config.yaml that says so."}
			}
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			remotes := 0
			for _, s := range h.Status(c.Context(), false) {
				if s.Kind == "remote" {
					remotes++
					fmt.Fprintf(table, "%s\t%d entries\t%d documents\t%s\n", s.Name, s.Entries, s.Documents, ago(s.Age))
				}
			}
			if err := table.Flush(); err != nil {
				return exit{1, err.Error()}
			}
			switch {
			case failed != nil:
				return exit{1, failed.Error()}
			case remotes == 0:
				fmt.Fprintln(std.out, "All sources are folders: they are read where they lie, and need no update.")
			}
			return nil
		},
	}
	c.Flags().BoolVar(&o.Force, "force", false, "fetch the cached documents again, changed or not")
	c.Flags().BoolVar(&o.Full, "full", false, "fetch the whole hub as one bundle, for use without a network")
	return c
}
