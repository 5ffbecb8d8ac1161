package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// fullParse is the time of a full parse of a 10k-line file of each language,
// as "go test ./analyzer -bench FullParse" tells it on its own files, which
// are of the same length. A benchmark's name holds the language and 10k or
// 10000.
func fullParse(module string) (map[string]time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "./analyzer", "-run", "^$", "-bench", "FullParse", "-benchtime", "20x", "-count", "3")
	cmd.Dir = module
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go test -bench FullParse: %w\n%s", err, out)
	}
	found := parseBench(string(out))
	if len(found) == 0 {
		return nil, errors.New("package analyzer has no benchmark FullParse of a 10k-line file")
	}
	return found, nil
}

var benchLine = regexp.MustCompile(`(?m)^BenchmarkFullParse(\S*)\s+\d+\s+([0-9.]+) ns/op`)

// parseBench takes the shortest of each language's runs: the one that other
// work on the machine held up least, and the hardest to be a tenth of.
func parseBench(out string) map[string]time.Duration {
	found := map[string]time.Duration{}
	for _, m := range benchLine.FindAllStringSubmatch(out, -1) {
		name := strings.ToLower(m[1])
		if !strings.Contains(name, "10k") && !strings.Contains(name, "10000") {
			continue
		}
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue
		}
		for _, l := range []string{"python", "typescript"} {
			took := time.Duration(ns)
			if old, ok := found[l]; strings.Contains(name, l) && (!ok || took < old) {
				found[l] = took
			}
		}
	}
	return found
}
