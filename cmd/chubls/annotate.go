package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
)

func annotateCommand(std streams) *cobra.Command {
	var clear, list bool
	c := &cobra.Command{
		Use:   "annotate ID [NOTE]",
		Short: "Leave a note on an entry, which hovers and chub show with it",
		Long: `Leave a note on an entry, which hovers and chub show with it. There is one note
for an entry: a new one takes its place. Without NOTE the note is shown; "-"
reads it from standard input.`,
		Example: "  chubls annotate stripe/payments \"Our test key is in the vault\"\n  chubls annotate --list",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case list && (clear || len(args) > 0):
				return fmt.Errorf("--list stands alone")
			case list:
				return nil
			case clear && len(args) != 1:
				return fmt.Errorf("--clear wants the id of one entry")
			case len(args) == 0 || len(args) > 2:
				return fmt.Errorf("annotate wants the id of an entry, and a note in quotes")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			notes := hub.OpenAnnotations(hub.Dir())
			if list {
				return listNotes(std, notes)
			}
			id := args[0]
			switch {
			case clear:
				had, err := notes.Clear(id)
				if err != nil {
					return exit{1, err.Error()}
				}
				if !had {
					fmt.Fprintf(std.out, "There is no note on %s.\n", id)
					return nil
				}
				fmt.Fprintf(std.out, "The note on %s is gone.\n", id)
			case len(args) == 1:
				note, ok := notes.Read(id)
				if !ok {
					fmt.Fprintf(std.out, "There is no note on %s.\n", id)
					return nil
				}
				printNote(std, note)
			default:
				return writeNote(std, notes, id, args[1])
			}
			return nil
		},
	}
	c.Flags().BoolVar(&clear, "clear", false, "remove the note")
	c.Flags().BoolVar(&list, "list", false, "list all notes")
	return c
}

// maxNote is the longest note that is read from standard input, in bytes.
const maxNote = 1 << 20

func writeNote(std streams, notes *hub.Annotations, id, text string) error {
	if text == "-" {
		data, err := io.ReadAll(io.LimitReader(std.in, maxNote))
		if err != nil {
			return exit{1, fmt.Sprintf("read the note: %v", err)}
		}
		text = strings.TrimRight(string(data), "\r\n")
	}
	if strings.TrimSpace(text) == "" {
		return exit{2, "the note is empty; to remove the one that is there, add --clear"}
	}
	note, err := notes.Write(id, text)
	if err != nil {
		return exit{1, err.Error()}
	}
	fmt.Fprintf(std.out, "The note on %s is written.\n", note.ID)
	return nil
}

func listNotes(std streams, notes *hub.Annotations) error {
	all := notes.List()
	if len(all) == 0 {
		fmt.Fprintln(std.out, "There are no notes.")
	}
	for _, n := range all {
		printNote(std, n)
	}
	return nil
}

// printNote prints a note. Whoever wrote it has no say in what the terminal does.
func printNote(std streams, n hub.Annotation) {
	day := ""
	if !n.Updated.IsZero() {
		day = " (" + n.Updated.Format(time.DateOnly) + ")"
	}
	text := strings.ReplaceAll(docs.Visible(n.Note), "\n", "\n  ")
	fmt.Fprintf(std.out, "%s%s\n  %s\n", docs.Visible(n.ID), day, text)
}
