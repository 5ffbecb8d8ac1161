package main

import (
	"errors"
	"runtime/debug"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/starter"
	"github.com/chubls/chubls/lsp"
)

func serveCommand(std streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the language server on standard input and output",
		Args:  cobra.NoArgs,
		RunE:  serve(std),
	}
	addStdio(c)
	return c
}

// addStdio takes the flag that editors add to the command, some of them twice.
func addStdio(c *cobra.Command) {
	c.Flags().Bool("stdio", true, "speak over standard input and output (there is no other way)")
	_ = c.Flags().MarkHidden("stdio")
}

func serve(std streams) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error {
		// The server lives beside an editor all day: memory counts for more than
		// the last bit of speed.
		debug.SetGCPercent(50)
		sink := lsp.NewLogSink(std.err)
		defer sink.Close() // else the last lines, which say most, are lost
		client := lsp.NewClientLog(zapcore.WarnLevel)
		encoder := zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig())
		log := zap.New(zapcore.NewTee(zapcore.NewCore(encoder, sink, zapcore.InfoLevel), client))
		server := &lsp.Server{
			Desk:    newDesk(func(err error) { log.Warn(err.Error()) }, func(err error) { log.Info(err.Error()) }),
			Log:     log,
			Version: version(), ClientLog: client,
		}
		code, err := server.Serve(c.Context(), std.in, std.out)
		if err != nil {
			return exit{code, err.Error()}
		}
		if code != 0 {
			return exit{code: code}
		}
		return nil
	}
}

// newDesk opens the library that the user's configuration names. What is wrong
// with it is reported, and the rest is used. hint takes what is as it is on
// every new machine.
func newDesk(report, hint func(error)) *answer.Desk {
	cfg, err := hub.LoadConfig(hub.Dir())
	for _, err := range each(err) {
		report(err)
	}
	sources, problems := hub.Open(cfg)
	for _, p := range problems {
		if errors.Is(p, hub.ErrRemote) && nothingConfigured(cfg) {
			hint(p)
		} else {
			report(p)
		}
	}
	library := docs.NewLibrary(sources, hub.Tree("starter", starter.FS()), report)
	library.Modules = cfg.Modules
	return &answer.Desk{Library: library}
}

// nothingConfigured reports whether the configuration names no source, so that
// there is only chub's own: a source that somebody wrote down has a path or a url.
func nothingConfigured(cfg hub.Config) bool {
	return len(cfg.Sources) == 1 && cfg.Sources[0].Path == "" && cfg.Sources[0].URL == ""
}

// each parts what errors.Join has joined, so that every error is told as one.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}
