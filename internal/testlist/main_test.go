package main

import (
	"strings"
	"testing"
)

const stream = `{"Action":"start","Package":"p"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"pass","Package":"p","Test":"TestGood","Elapsed":0}
{"Action":"output","Package":"p","Test":"TestBad","Output":"    x_test.go:3: it broke\n"}
{"Action":"fail","Package":"p","Test":"TestBad","Elapsed":0}
{"Action":"output","Package":"p","Test":"TestIdle","Output":"=== RUN   TestIdle\n"}
{"Action":"output","Package":"p","Test":"TestIdle","Output":"    x_test.go:9: missing: node; install it\n"}
{"Action":"output","Package":"p","Test":"TestIdle","Output":"--- SKIP: TestIdle (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestIdle","Elapsed":0}
{"Action":"fail","Package":"p","Elapsed":0.1}
{"ImportPath":"q","Action":"build-output","Output":"q.go:1: syntax error\n"}
{"Action":"fail","Package":"q","Elapsed":0}
not json
`

func TestAccount(t *testing.T) {
	var out strings.Builder
	all := map[string]verdict{}
	for _, v := range read(strings.NewReader(stream), &out, false) {
		all[v.Test] = v
	}
	const want = "Skipped: 1\n  p TestIdle\n      x_test.go:9: missing: node; install it\nFailed: 2\n  p TestBad\n  q\n1 passed, 2 failed\n"
	if got := account(all); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, s := range []string{"it broke", "syntax error", "FAIL\tq", "not json"} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("the run does not print %q:\n%s", s, out.String())
		}
	}
}
