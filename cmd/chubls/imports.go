package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/lsp/text"
)

func importsCommand(std streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "imports FILE...",
		Short:   "List what files import, and the entries that document it",
		Example: "  chubls imports app.py lib/*.ts --json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			desk, ctx, cancel := ask(c.Context(), std, args[0])
			defer cancel()
			out := json.NewEncoder(std.out)
			out.SetEscapeHTML(false)
			failed := 0
			for _, path := range args {
				f, err := openFile(path)
				if err != nil {
					fmt.Fprintln(std.err, "chubls:", err)
					failed++
					continue
				}
				imports, err := desk.Imports(ctx, f)
				m := text.NewMapper(f.Text(), text.UTF16)
				language := f.Language().Name
				f.Close()
				switch {
				case errors.Is(err, docs.ErrLoading):
					return exit{1, fmt.Sprintf("a source did not answer in %v; try again, or set offline: true below chubls: in config.yaml", patience)}
				case err != nil:
					return exit{1, err.Error()}
				case asJSON:
					err = out.Encode(importsOf(path, language, m, imports))
				default:
					err = printImports(std, path, m, imports)
				}
				if err != nil {
					return exit{1, err.Error()}
				}
			}
			if failed > 0 {
				return exit{code: 1}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line for each file")
	return c
}

// fileJSON is what `imports --json` prints for each file. Positions are those
// of the module's specifier, as in LSP: from 0, in UTF-16 code units.
type fileJSON struct {
	File     string       `json:"file"`
	Language string       `json:"language"`
	Imports  []importJSON `json:"imports"`
}

type importJSON struct {
	Module    string     `json:"module"`
	Kind      string     `json:"kind"`
	Line      uint32     `json:"line"`
	Character uint32     `json:"character"`
	Names     []nameJSON `json:"names"`
	Entry     *string    `json:"entry"`
}

type nameJSON struct {
	Name  string  `json:"name"`
	Entry *string `json:"entry"`
}

func importsOf(path, language string, m *text.Mapper, imports []answer.Import) fileJSON {
	file := fileJSON{File: path, Language: language, Imports: []importJSON{}}
	for _, i := range imports {
		at := m.OffsetPosition(i.Span.Start)
		one := importJSON{i.Module, string(i.Kind), at.Line, at.Character, []nameJSON{}, orNull(i.Entry)}
		for _, n := range i.Names {
			one.Names = append(one.Names, nameJSON{n.Name, orNull(n.Entry)})
		}
		file.Imports = append(file.Imports, one)
	}
	return file
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func printImports(std streams, path string, m *text.Mapper, imports []answer.Import) error {
	var b strings.Builder
	for _, i := range imports {
		at := m.OffsetPosition(i.Span.Start)
		fmt.Fprintf(&b, "%s:%d:%d\t%s\t%s\n", path, at.Line+1, at.Character+1, i.Module, entries(i))
	}
	_, err := std.out.WriteString(b.String())
	return err
}

// entries names the entry of an import, or those of its names where they differ.
func entries(i answer.Import) string {
	if i.Entry != "" {
		return i.Entry
	}
	var parts []string
	for _, n := range i.Names {
		if n.Entry != "" {
			parts = append(parts, n.Name+"="+n.Entry)
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, " ")
}
