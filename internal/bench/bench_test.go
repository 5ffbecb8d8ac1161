package main

import (
	"strings"
	"testing"
	"time"
)

func TestHostFiles(t *testing.T) {
	for language, member := range map[string]string{"python": "login_or_create", "typescript": "loginOrCreate"} {
		for _, lines := range []int{1000, 10000} {
			h := hostFile(language, lines)
			if h.text != hostFile(language, lines).text {
				t.Errorf("%s: two calls give two files", h.name)
			}
			text := strings.Split(h.text, "\n")
			if h.lines < lines || h.lines > lines+50 || len(text) != h.lines+1 {
				t.Errorf("%s has %d lines, want about %d", h.name, h.lines, lines)
			}
			if strings.Contains(h.text, "§") {
				t.Errorf("%s has a mark left", h.name)
			}
			if len(h.uses) < lines/50 {
				t.Errorf("%s has only %d uses", h.name, len(h.uses))
			}
			for _, u := range h.uses {
				if l := text[u.Line]; !strings.HasSuffix(l[:u.Character+2], member) {
					t.Fatalf("%s:%d: no %s ends at %d in %q", h.name, u.Line, member, u.Character+2, l)
				}
			}
			if len(h.edits) != 3 {
				t.Fatalf("%s has %d places to edit, want 3", h.name, len(h.edits))
			}
			for _, e := range h.edits {
				if l := text[e.Line]; len(l) != e.Character || !strings.Contains(l, "limit = ") {
					t.Errorf("%s:%d: no place to type a digit: %q", h.name, e.Line, l)
				}
			}
		}
	}
}

func TestTimes(t *testing.T) {
	var all times
	for i := range 100 {
		all = append(all, time.Duration(i+1))
	}
	if p50, p99 := all.at(.5), all.at(.99); p50 != 50 || p99 != 99 {
		t.Errorf("got p50 %d and p99 %d of 1..100", p50, p99)
	}
}

func TestParseBench(t *testing.T) {
	got := parseBench("goos: linux\nBenchmarkFullParse/python/1000-2  20  400 ns/op\n" +
		"BenchmarkFullParse/python/10000-2  20  5000.5 ns/op\t12 B/op\nBenchmarkFullParse/python/10000-2  20  4000 ns/op\n" +
		"BenchmarkFullParse/typescript/10k-2  20  7000 ns/op\nPASS\n")
	if len(got) != 2 || got["python"] != 4000 || got["typescript"] != 7000 {
		t.Errorf("got %v", got)
	}
}
