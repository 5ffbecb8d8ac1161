package analyzer

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"testing"
)

// Many goroutines ask one file, edit it and let it go: each gets an answer, and
// all trees are freed. It is of use with -race.
func TestConcurrentUse(t *testing.T) {
	before := LiveTrees()
	l, text, cursor := host("python", 300)
	f := New(l, text)
	var all sync.WaitGroup
	for n := range 16 {
		f.Retain()
		all.Go(func() {
			defer f.Close()
			for i := range 20 {
				switch (n + i) % 4 {
				case 0:
					if _, ok := f.ReferenceAt(cursor); !ok {
						t.Error("no reference")
					}
				case 1:
					if len(f.Imports()) != 2 {
						t.Errorf("imports %v", f.Imports())
					}
				case 2:
					next := f.Next(append([]byte("#"), text...), []Edit{{Span{}, "#"}})
					if _, ok := next.ReferenceAt(cursor + 1); !ok {
						t.Error("no reference after an edit")
					}
					next.Close()
				case 3:
					f.PlaceAfter(cursor)
					f.Names("client")
				}
			}
		})
	}
	f.Close()
	all.Wait()
	if live := LiveTrees(); live != before {
		t.Errorf("%d trees are held, %d before", live, before)
	}
}

// A day of typing holds no more memory than its first hour: trees live outside
// the Go heap, where nothing but Close frees them.
func TestNoLeak(t *testing.T) {
	before := LiveTrees()
	l, text, cursor := host("typescript", 300)
	round := func() {
		f := New(l, text)
		f.ReferenceAt(cursor)
		for range 3 {
			next := f.Next(append([]byte(" "), f.Text()...), []Edit{{Span{}, " "}})
			f.Close()
			f = next
		}
		f.ReferenceAt(cursor + 3)
		f.Imports()
		f.Close()
	}
	rounds := 150
	if slow {
		rounds = 2000
	}
	for range rounds / 4 {
		round()
	}
	early := residentBytes()
	for range rounds {
		round()
	}
	if live := LiveTrees(); live != before {
		t.Errorf("%d trees are held, %d before", live, before)
	}
	if grown := residentBytes() - early; grown > 32<<20 {
		t.Errorf("memory grew by %d MB over %d rounds", grown>>20, rounds)
	} else {
		t.Logf("memory grew by %d KB over %d rounds", grown>>10, rounds)
	}
}

// residentBytes is the memory of this process, 0 where the system does not tell.
func residentBytes() int {
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(status)
	pages, _ := strconv.Atoi(string(fields[1]))
	return pages * os.Getpagesize()
}
