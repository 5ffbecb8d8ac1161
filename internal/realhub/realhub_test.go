package realhub

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/chubls/chubls/analyzer"
	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/answer"
	"github.com/chubls/chubls/docs/hub"
)

func open(t *testing.T) (docs.Source, *docs.Registry) {
	t.Helper()
	source := hub.Folder("real", Folder(t), nil)
	registry, err := source.Registry()
	if err != nil {
		t.Fatal(err)
	}
	return source, registry
}

func TestDocumentsParse(t *testing.T) {
	source, registry := open(t)
	for _, p := range registry.Problems {
		t.Error(p)
	}
	seen := map[string]bool{}
	for _, e := range registry.Entries {
		for _, v := range e.Variants {
			seen[v.Path] = true
			data, err := source.Read(t.Context(), v, docs.DocFile)
			if err != nil {
				t.Error(err)
				continue
			}
			d, err := docs.ParseDocument(data)
			if err != nil {
				t.Errorf("%s: %v", v.Path, err)
				continue
			}
			for _, p := range d.Problems {
				t.Errorf("%s: %v", v.Path, p)
			}
			if d.Meta.Name != e.Name || len(d.Sections) == 0 {
				t.Errorf("%s: name %q, %d sections", v.Path, d.Meta.Name, len(d.Sections))
			}
		}
	}
	if len(registry.Entries) != 69 || len(seen) != 115 {
		t.Errorf("%d entries in %d documents, want 69 in 115", len(registry.Entries), len(seen))
	}
}

func TestIndex(t *testing.T) {
	source, _ := open(t)
	table, err := docs.Index(t.Context(), source, docs.Observer{Problem: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	modules, err := docs.ParseModules(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ ecosystem, module, want string }{
		{"python", "stripe", ""}, // there is no guide for it in this version
		{"javascript", "stripe", "stripe/payments"},
		{"python", "openai", "openai/chat"},
		{"javascript", "openai", "openai/chat"},
		{"python", "stytch", "stytch/auth"},
		{"javascript", "stytch", "stytch/auth"},
		{"python", "anthropic", "anthropic/claude-api"},
		{"javascript", "@anthropic-ai/sdk", "anthropic/claude-api"},
		{"python", "redis", "redis/key-value"},
		{"javascript", "@supabase/supabase-js", "supabase/client"},
		{"javascript", "@clerk/nextjs", "clerk/auth"},
		{"python", "boto3", "aws/s3"},
		{"javascript", "@aws-sdk/client-s3", "aws/s3"},
		{"python", "google.cloud.bigquery", "google/bigquery"},
		{"python", "twilio", "twilio/messaging"},
		{"python", "os", ""},
		{"javascript", "node:fs", ""},
		{"javascript", "./stripe", ""},
		{"python", "dotenv", ""},
		{"javascript", "express", ""},
	} {
		ids, _ := modules.Owners(test.ecosystem, test.module)
		got := ""
		if len(ids) > 0 {
			got = ids[0]
		}
		if got != test.want {
			t.Errorf("%s %s belongs to %q, want %q", test.ecosystem, test.module, got, test.want)
		}
	}
}

// How many documents must answer for the first call that they make: with their
// own entry, and with one of its sections (a client that is made of a default
// import shows the overview). The others are printed by -v.
const (
	leastEntries  = 107
	leastSections = 100
)

// TestDocumentsShowThemselves hovers the first call of each document that leads
// to an import, as if its code block were a file.
func TestDocumentsShowThemselves(t *testing.T) {
	source, registry := open(t)
	desk := &answer.Desk{Library: docs.NewLibrary([]docs.Source{source}, nil, docs.Observer{Problem: func(err error) { t.Error(err) }})}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute) // with the race detector, on a busy machine
	defer cancel()
	entries, sections, asked := 0, 0, 0
	for _, e := range registry.Entries {
		for _, v := range e.Variants {
			if !v.Recommended {
				continue
			}
			f, offset := firstCall(t, source, v)
			if f == nil {
				t.Logf("%s: no code block makes a call of an import of its own", v.Path)
				continue
			}
			asked++
			h, err := desk.Hover(ctx, f, offset)
			switch {
			case err != nil:
				t.Errorf("%s: %v", v.Path, err)
			case h == nil:
				t.Logf("%s: nothing is shown for %s", v.Path, lineAt(f, offset))
			case h.Entry != e.ID:
				t.Logf("%s: %s is shown for %s", v.Path, h.Entry, lineAt(f, offset))
			case h.Section == "":
				t.Logf("%s: the overview is shown for %s", v.Path, lineAt(f, offset))
				entries++
			default:
				entries++
				sections++
			}
			f.Close()
		}
	}
	t.Logf("of %d documents %d show their entry, %d a section", asked, entries, sections)
	if entries < leastEntries || sections < leastSections {
		t.Errorf("of %d documents %d show their entry and %d a section, want at least %d and %d", asked, entries, sections, leastEntries, leastSections)
	}
}

// firstCall finds the first call in a document that an import in the same code
// block leads to, but for those of the language's own modules and of dotenv, which
// guides begin with and no guide is about. The file is the caller's to close.
func firstCall(t *testing.T, source docs.Source, v *docs.Variant) (f *analyzer.File, offset int) {
	t.Helper()
	data, err := source.Read(t.Context(), v, docs.DocFile)
	if err != nil {
		t.Fatal(err)
	}
	d, err := docs.ParseDocument(data)
	if err != nil {
		t.Fatal(err)
	}
	guide := &docs.Guide{Document: d, Variant: v} // to know its own code blocks, no more
	for _, s := range guide.Sections {
		for _, n := range guide.OwnFences(s) {
			f := analyzer.New(guide.LanguageOf(s.Fences[n]), []byte(s.Fences[n].Code))
			uses := f.Uses()
			uses = slices.DeleteFunc(uses, func(u analyzer.Reference) bool {
				return u.Module == "" || u.Module == "dotenv" || docs.Relative(u.Module) || docs.Standard(docs.Ecosystem(u.Language), u.Module)
			})
			slices.SortStableFunc(uses, func(a, b analyzer.Reference) int { return a.Span.End - b.Span.End })
			for _, u := range uses {
				if bytes.HasPrefix(f.Text()[u.Span.End:], []byte("(")) {
					return f, u.Span.End - 1
				}
			}
			f.Close()
		}
	}
	return nil, 0
}

func lineAt(f *analyzer.File, offset int) []byte {
	text := f.Text()
	start := bytes.LastIndexByte(text[:offset], '\n') + 1
	end := bytes.IndexByte(text[offset:], '\n')
	if end < 0 {
		return text[start:]
	}
	return text[start : offset+end]
}
