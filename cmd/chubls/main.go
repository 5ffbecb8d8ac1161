// Command chubls shows the documentation of third-party APIs where they are
// used: as a language server for editors, and on the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	// What the editor reads is the protocol. Nothing else may write there.
	stdout := os.Stdout
	os.Stdout = os.Stderr
	// An editor that closes our standard error must not end us.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// streams are where a command reads and writes.
type streams struct{ in, out, err *os.File }

// exit is an error that ends the command with a code; the text may be empty.
type exit struct {
	code int
	text string
}

func (e exit) Error() string { return e.text }

// run runs one command line and returns the exit code: 0, 1 for an error, 2 for
// wrong usage.
func run(ctx context.Context, args []string, std streams) int {
	root := newRoot(std)
	root.SetArgs(args)
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	err := root.ExecuteContext(ctx)
	var e exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		if e.text != "" {
			fmt.Fprintln(std.err, "chubls:", e.text)
		}
		return e.code
	}
	fmt.Fprintf(std.err, "chubls: %s\nRun 'chubls --help' to see how it is used.\n", strings.TrimSpace(err.Error()))
	return 2
}

// newRoot is the tree of commands. Without one, chubls is a server.
func newRoot(std streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "chubls",
		Short: "Documentation of third-party APIs at the cursor",
		Long: `chubls is a language server that shows the guides of Context Hub where the
APIs that they document are used. Editors start it as 'chubls serve'.

The other commands ask the same questions from the command line.`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          serve(std),
	}
	addStdio(root)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		serveCommand(std),
		hoverCommand(std),
		snippetCommand(std),
		importsCommand(std),
		explainCommand(std),
		annotateCommand(std),
		updateCommand(std),
		cacheCommand(std),
		doctorCommand(std),
		indexCommand(std),
		languagesCommand(std),
		versionCommand(std),
	)
	for _, command := range more {
		root.AddCommand(command(std))
	}
	return root
}

// more are commands that only some builds have.
var more []func(streams) *cobra.Command
