package answer_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/chubls/chubls/docs"
	"github.com/chubls/chubls/docs/hub"
)

// The shipped table must be the one that the hub's documents give.
func TestShippedTableIsFresh(t *testing.T) {
	folder := os.Getenv("CHUBLS_HUB")
	if folder == "" {
		t.Skip("needs a whole hub: make eval HUB=FOLDER")
	}
	got, err := docs.Index(t.Context(), hub.Folder("hub", folder, nil), docs.Observer{Problem: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../modules.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/modules.tsv is stale for this hub: run make generate HUB=FOLDER and read the diff")
	}
}
