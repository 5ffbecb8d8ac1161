package main

import (
	"context"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
	"github.com/chubls/chubls/docs/live"
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
		window := lsp.NewWindow()
		desk := live.New(live.Options{
			Dir: hub.Dir(), Watch: true,
			Wrong: func(err error) {
				log.Info(err.Error())
				window.Warn(err.Error())
			},
			Hint: func(text string) { log.Info(text) },
			Observer: docs.Observer{
				Work: window.Work,
				Notice: func(text string) {
					log.Info(text)
					window.Inform(text)
				},
				Problem: func(err error) { log.Warn(err.Error()) },
			},
		})
		defer desk.Close()
		server := &lsp.Server{
			Desk: desk, Log: log, Version: version(), ClientLog: client, Window: window,
			Configure: func(w lsp.Workspace) { desk.Configure(live.Session(w)) },
			Buffers:   desk.Buffers,
			Changed:   desk.Changed,
			Guides:    desk, Doctor: func(ctx context.Context) string { return report(ctx, desk) },
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

// report is the doctor's, for an editor. It asks no hub where the editor's own
// settings say offline.
func report(ctx context.Context, desk *live.Desk) string {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	health, err := desk.Health(ctx)
	var out strings.Builder
	_ = diagnose(ctx, &out, err != nil || health.Offline) // what needs mending stands in the report
	return out.String()
}
