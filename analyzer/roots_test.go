package analyzer

import (
	"strings"
	"testing"
)

func TestRootOf(t *testing.T) {
	code := "from shop.clients import stripe\nclass A:\n    def f(self):\n        self.pay = stripe\n        self.pay.refunds.create()\n        stripe.refunds.create()\n"
	f := New(ByLanguageID("python"), []byte(code))
	defer f.Close()
	for _, chain := range []string{"self.pay", "stripe"} {
		at := strings.LastIndex(code, chain+".refunds") + len(chain) + len(".refunds.cr")
		ref, ok := f.ReferenceAt(at)
		if !ok {
			t.Fatalf("%s: nothing", chain)
		}
		got, ok := f.RootOf(ref, func(r Reference) bool { return r.Module == "shop.clients" && r.Path.String() == "stripe" })
		if !ok || got != chain {
			t.Errorf("%s: got %q", chain, got)
		}
		if got, ok := f.RootOf(ref, func(r Reference) bool { return r.Path.String() == "openai" }); ok {
			t.Errorf("%s: %q stands for what it does not", chain, got)
		}
	}
}
