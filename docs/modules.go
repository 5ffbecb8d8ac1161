package docs

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Modules maps modules to the entries that document them.
type Modules struct {
	owners map[string][]string // ecosystem and module -> entry ids, the first is preferred
}

// ModulesOf makes the map of a hub's claims.
func ModulesOf(claims []Claim) *Modules {
	m := &Modules{owners: map[string][]string{}}
	for _, c := range claims {
		m.add(c.Ecosystem, c.Module, c.ID)
	}
	return m
}

func (m *Modules) add(ecosystem, module, id string) {
	key := ecosystem + "\t" + module
	m.owners[key] = append(m.owners[key], id)
}

// ParseModules reads a modules.tsv: lines of ecosystem, module, and the ids of
// its entries in order, parted by tabs. Empty lines and those that begin with
// "#" are passed over.
func ParseModules(data []byte) (*Modules, error) {
	m := &Modules{owners: map[string][]string{}}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) < 3 {
			return nil, fmt.Errorf("modules.tsv:%d: want ecosystem, module and entries parted by tabs", n)
		}
		for _, id := range fields[2:] {
			m.add(fields[0], fields[1], id)
		}
	}
	return m, lines.Err()
}

// noModule stands for the modules of entries that have none: their documents
// were read, and need not be read again.
const noModule = "-"

// Format writes the claims as a modules.tsv that ParseModules reads, with the
// entries of facts that claim nothing. claims must be in the order of Claims.
func Format(claims []Claim, facts []*Facts) []byte {
	var b bytes.Buffer
	b.WriteString("# Which entry documents which module: ecosystem, module, entries in order. Written by chubls index.\n")
	claiming := ModulesOf(claims).entries()
	idle := map[string][]string{}
	for _, f := range facts {
		if !claiming[f.Ecosystem+"\t"+f.ID] && !slices.Contains(idle[f.Ecosystem], f.ID) {
			idle[f.Ecosystem] = append(idle[f.Ecosystem], f.ID)
		}
	}
	for _, ecosystem := range slices.Sorted(maps.Keys(idle)) {
		slices.Sort(idle[ecosystem])
		fmt.Fprintf(&b, "%s\t%s\t%s\n", ecosystem, noModule, strings.Join(idle[ecosystem], "\t"))
	}
	for i, c := range claims {
		if i > 0 && claims[i-1].Ecosystem == c.Ecosystem && claims[i-1].Module == c.Module {
			fmt.Fprintf(&b, "\t%s", c.ID)
			continue
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\t%s\t%s", c.Ecosystem, c.Module, c.ID)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// only gives the part of the map that is about the entries.
func (m *Modules) only(entries map[string]*Entry) *Modules {
	part := &Modules{owners: map[string][]string{}}
	if m == nil {
		return part
	}
	for key, ids := range m.owners {
		for _, id := range ids {
			if entries[id] != nil {
				part.owners[key] = append(part.owners[key], id)
			}
		}
	}
	return part
}

// over gives the map with that of another below it: what the other says of
// entries that this one knows is left out.
func (m *Modules) over(below *Modules) *Modules {
	both := &Modules{owners: maps.Clone(m.owners)}
	known := m.entries()
	for key, ids := range below.owners {
		ecosystem, _, _ := strings.Cut(key, "\t")
		for _, id := range ids {
			if !known[ecosystem+"\t"+id] {
				both.owners[key] = append(slices.Clip(both.owners[key]), id)
			}
		}
	}
	return both
}

// entries lists what the map has modules of: ecosystem and id, parted by a tab.
func (m *Modules) entries() map[string]bool {
	set := map[string]bool{}
	for key, ids := range m.owners {
		ecosystem, _, _ := strings.Cut(key, "\t")
		for _, id := range ids {
			set[ecosystem+"\t"+id] = true
		}
	}
	return set
}

// Owners finds the entries of a module: those of the longest prefix of it that
// has any. rest is what of the module lies below that prefix.
func (m *Modules) Owners(ecosystem, module string) (ids []string, prefix string) {
	if m == nil || module == noModule || Relative(module) || Standard(ecosystem, module) {
		return nil, ""
	}
	if ecosystem != "python" {
		name := Package(module)
		if Standard(ecosystem, name) {
			return nil, ""
		}
		return m.owners[ecosystem+"\t"+name], name
	}
	for prefix = module; prefix != ""; {
		if ids := m.owners[ecosystem+"\t"+prefix]; len(ids) > 0 {
			return ids, prefix
		}
		if plain := unversioned(ecosystem, prefix); plain != prefix && len(m.owners[ecosystem+"\t"+plain]) > 0 {
			return m.owners[ecosystem+"\t"+plain], prefix
		}
		cut := strings.LastIndexByte(prefix, '.')
		prefix = prefix[:max(cut, 0)]
	}
	return nil, ""
}
