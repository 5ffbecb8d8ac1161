package docs

import "testing"

func TestPackage(t *testing.T) {
	for _, test := range []struct{ specifier, want string }{
		{"stripe", "stripe"},
		{"stripe/lib/x.js", "stripe"},
		{"stripe@14", "stripe"},
		{"stripe@14/lib", "stripe"},
		{"@scope/name", "@scope/name"},
		{"@scope/name/deep/er", "@scope/name"},
		{"@scope/name@1.2.3/deep", "@scope/name"},
		{"@scope", "@scope"},
		{"@types/stripe", "stripe"},
		{"@types/babel__core/x", "@babel/core"},
		{"npm:stripe@^14.0", "stripe"},
		{"npm:@scope/name@1/x", "@scope/name"},
		{"jsr:@std/assert@1", "@std/assert"},
		{"https://esm.sh/stripe@14.0.0?target=deno", "stripe"},
		{"https://esm.sh/v135/@scope/name@1/x", "@scope/name"},
		{"https://cdn.jsdelivr.net/npm/stripe@14/+esm", "stripe"},
		{"https://example.com/stripe.js", ""},
		{"bun:test", ""},
		{"data:text/javascript,1", ""},
		{"", ""},
	} {
		if got := Package(test.specifier); got != test.want {
			t.Errorf("%s: %q, want %q", test.specifier, got, test.want)
		}
	}
}

var lookups = []struct{ ecosystem, module string }{
	{"python", "google.cloud.pubsub_v1.types"},
	{"python", "stripe.checkout.Session"},
	{"python", "os.path"},
	{"python", "some_module_of_nobody.that.is.rather.long"},
	{"javascript", "@aws-sdk/client-s3/dist/types"},
	{"javascript", "npm:stripe@14/lib"},
	{"javascript", "node:fs/promises"},
	{"javascript", "./relative"},
}

func shippedTable(t testing.TB) *Modules {
	m, err := ParseModules(hubModules)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A module is looked up with every hover.
func TestLookupsAllocateNothing(t *testing.T) {
	m := shippedTable(t)
	for _, l := range lookups {
		if n := testing.AllocsPerRun(100, func() { m.Owners(l.ecosystem, l.module) }); n > 0 {
			t.Errorf("%s: %v allocations", l.module, n)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	m := shippedTable(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l := lookups[i%len(lookups)]
		m.Owners(l.ecosystem, l.module)
	}
}

func BenchmarkParseModules(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		shippedTable(b)
	}
}
