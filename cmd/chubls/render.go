package main

import (
	"os"
	"strings"

	"github.com/charmbracelet/glamour"
	"github.com/mattn/go-isatty"
)

// show prints Markdown: rendered on a terminal, as it is where it is piped.
func show(out *os.File, markdown string) error {
	text := strings.TrimRight(markdown, "\n") + "\n"
	if isatty.IsTerminal(out.Fd()) && os.Getenv("TERM") != "dumb" && os.Getenv("NO_COLOR") == "" {
		if rendered, err := glamour.RenderWithEnvironmentConfig(text); err == nil {
			text = rendered
		}
	}
	_, err := out.WriteString(text)
	return err
}
