package difftest

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// known is one line of known.txt: differences that are there, and why.
type known struct {
	line             int
	what             string
	file, module     *regexp.Regexp
	fileGlob, reason string
	matched          bool
}

// readKnown reads lines of "what file module reason", parted by tabs. In file
// and module, * stands for any text.
func readKnown(name string) ([]*known, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []*known
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		if s.Text() == "" || strings.HasPrefix(s.Text(), "#") {
			continue
		}
		c := strings.Split(s.Text(), "\t")
		if len(c) != 4 || c[3] == "" || (c[0] != "missing" && c[0] != "extra" && c[0] != "refused") {
			return nil, fmt.Errorf("%s:%d: want missing, extra or refused, file, module and reason, parted by tabs", name, n)
		}
		list = append(list, &known{line: n, what: c[0], fileGlob: c[1], file: glob(c[1]), module: glob(c[2]), reason: c[3]})
	}
	return list, s.Err()
}

func glob(pattern string) *regexp.Regexp {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
	return regexp.MustCompile(`^(?s:` + quoted + `)$`)
}

// sift parts the differences into those that are listed and those that are
// not, and names the entries that nothing matches. The Python library is the
// machine's, so an entry for a file that it does not have is not at fault.
func sift(list []*known, differences []difference, files []string) (unlisted []difference, stale []*known) {
	for _, d := range differences {
		hit := false
		for _, k := range list {
			if k.what == d.What && k.file.MatchString(d.File) && k.module.MatchString(d.Module) {
				k.matched, hit = true, true
			}
		}
		if !hit {
			unlisted = append(unlisted, d)
		}
	}
	for _, k := range list {
		if k.matched {
			continue
		}
		there := !strings.HasPrefix(k.fileGlob, "python/")
		for _, f := range files {
			there = there || k.file.MatchString(f)
		}
		if there {
			stale = append(stale, k)
		}
	}
	return unlisted, stale
}
