package analyzer

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Functions that call each other, methods of one name, branches in branches:
// what is looked at for one question is bounded.
func TestHostileCalls(t *testing.T) {
	var calls, methods, branches, returns strings.Builder
	for i := range 200 {
		fmt.Fprintf(&calls, "def f%d(c):\n    c.users%d\n", i, i)
		for j := range 20 {
			fmt.Fprintf(&calls, "    f%d(c=f%d(x))\n", (i*7+j)%200, (i*11+j)%200)
		}
		fmt.Fprintf(&methods, "class A%d:\n    def go(self, c):\n        c.users%d\n        x%d.go(y%d).go(c).go(self.go(c))\n", i, i, i, i)
		fmt.Fprintf(&methods, "x%d = A%d(x%d, y%d)\ny%d = x%d.go(A%d())\n", i, (i+1)%200, (i+3)%200, i, i, (i+2)%200, i)
		fmt.Fprintf(&branches, "if a:\n    c = c.a(b)\n    b = c or b\nelse:\n    c = b.b(c)\nc.users%d\n", i)
		fmt.Fprintf(&returns, "def r%d(c):\n    if c: return r%d(c) or r%d(c)\n    return r%d(r%d(c))\nr%d(1).users%d\n", i, (i+1)%200, (i+2)%200, (i+3)%200, (i+5)%200, i, i)
	}
	for name, code := range map[string]string{"calls": calls.String(), "methods": methods.String(), "branches": branches.String(), "returns": returns.String()} {
		t.Run(name, func(t *testing.T) {
			f := New(ByLanguageID("python"), []byte(code))
			defer f.Close()
			f.Broken()
			for _, i := range []int{0, 99, 199} {
				start := time.Now()
				f.ReferenceAt(strings.Index(code, fmt.Sprintf("users%d\n", i)))
				if took := time.Since(start); took > patience {
					t.Errorf("users%d took %v", i, took)
				} else {
					t.Logf("users%d: %v", i, took)
				}
			}
		})
	}
}
