package main

import (
	"embed"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed all:hub
var hubFiles embed.FS

// smallHub writes the hub of this folder below dir, and returns an environment
// in which it is the only one.
func smallHub(dir string) ([]string, error) {
	source := filepath.Join(dir, "source")
	sub, err := fs.Sub(hubFiles, "hub")
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(source, sub); err != nil {
		return nil, err
	}
	return hubEnv(filepath.Join(dir, "config"), source)
}

// hubEnv writes a configuration with one local source, and returns an
// environment in which it is the one in force. Nothing asks the network.
func hubEnv(dir, source string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{"sources": []any{map[string]string{"name": "bench", "path": source}}})
	if err != nil {
		return nil, err
	}
	// JSON is YAML.
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), config, 0o644); err != nil {
		return nil, err
	}
	env := slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "CHUB") })
	return append(env, "CHUB_DIR="+dir, "CHUB_TELEMETRY=0", "CHUB_FEEDBACK=0"), nil
}
