package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

func cacheCommand(std streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "cache",
		Short: "Show or empty the cache of fetched documents, which chub shares",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(cacheStatus(std), cacheClear(std))
	return c
}

// sourceJSON is one source in `cache status --json`.
type sourceJSON struct {
	Name      string     `json:"name"`
	Kind      string     `json:"kind"`
	Where     string     `json:"where"`
	Entries   int        `json:"entries"`
	Documents int        `json:"documents"` // in the cache
	Bytes     int64      `json:"bytes"`     // of these
	Updated   *time.Time `json:"updated"`   // null where it is not known
	Full      bool       `json:"full"`      // the whole hub is in the cache
}

func cacheStatus(std streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Tell what of each source is at hand, and how old it is",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, h := openHub(std)
			defer h.Close()
			all := h.Status(c.Context(), false)
			if asJSON {
				list := []sourceJSON{}
				for _, s := range all {
					one := sourceJSON{s.Name, s.Kind, s.Where, s.Entries, s.Documents, s.Bytes, nil, s.Full}
					if !s.Updated.IsZero() {
						one.Updated = &s.Updated
					}
					list = append(list, one)
				}
				return json.NewEncoder(std.out).Encode(list)
			}
			fmt.Fprintf(std.out, "%s\n", filepath.Join(cfg.Dir, "sources"))
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "SOURCE\tKIND\tENTRIES\tCACHED\tSIZE\tLIST FETCHED")
			for _, s := range all {
				cached, bytes, age := "-", "-", "-" // a folder is read where it lies
				if s.Kind == "remote" {
					cached, bytes, age = fmt.Sprint(s.Documents), size(s.Bytes), ago(s.Age)
				}
				fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\n", s.Name, s.Kind, s.Entries, cached, bytes, age)
			}
			return table.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return c
}

func cacheClear(std streams) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "clear",
		Short: "Remove all that was fetched; notes and configuration stay",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, h := openHub(std)
			defer h.Close()
			where := filepath.Join(cfg.Dir, "sources")
			files, bytes := h.Usage()
			if files == 0 {
				fmt.Fprintf(std.out, "Nothing is cached in %s.\n", where)
				return nil
			}
			what := fmt.Sprintf("%d files, %s in %s", files, size(bytes), where)
			if !yes && !isatty.IsTerminal(std.in.Fd()) {
				return exit{1, fmt.Sprintf("this would remove %s; add --yes if you mean it", what)}
			}
			if !yes {
				fmt.Fprintf(std.out, "Remove %s? Notes and configuration stay. [y/N] ", what)
				line, _ := bufio.NewReader(std.in).ReadString('\n')
				if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
					fmt.Fprintln(std.out, "Nothing was removed.")
					return nil
				}
			}
			if _, _, err := h.Clear(); err != nil {
				return exit{1, fmt.Sprintf("empty the cache: %v", err)}
			}
			fmt.Fprintf(std.out, "Removed %s.\n", what)
			return nil
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}
