package analyzer

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// A name that stands in very many places is known wherever the cursor is, also
// after a question about another end of the file.
func TestManyPlaces(t *testing.T) {
	var b strings.Builder
	b.WriteString("from stytch import Client\n\n")
	const functions = 400
	for i := range functions {
		fmt.Fprintf(&b, "def f%d(client: Client, size=%d):\n    use(client)\n    client.users%d.get(size)\n\n", i, i, i)
	}
	f := New(ByLanguageID("python"), []byte(b.String()))
	defer f.Close()
	for _, i := range []int{0, functions - 1, functions / 2, 3, functions - 3} {
		name := fmt.Sprintf("users%d", i)
		ref, ok := f.ReferenceAt(bytes.Index(f.Text(), []byte(name+".")))
		if !ok || ref.Path.String() != "Client()."+name {
			t.Errorf("%s: got %v %v", name, ref.Path, ok)
		}
	}
}
