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
	// by ecosystem and module: entry ids, the first is preferred
	owners map[string]map[string][]string
}

func newModules() *Modules { return &Modules{owners: map[string]map[string][]string{}} }

// ModulesOf makes the map of a hub's claims.
func ModulesOf(claims []Claim) *Modules {
	m := newModules()
	for _, c := range claims {
		m.add(c.Ecosystem, c.Module, c.ID)
	}
	return m
}

func (m *Modules) add(ecosystem, module, id string) {
	if m.owners[ecosystem] == nil {
		m.owners[ecosystem] = map[string][]string{}
	}
	m.owners[ecosystem][module] = append(m.owners[ecosystem][module], id)
}

// each calls f for every owner of every module, those of one module in their order.
func (m *Modules) each(f func(ecosystem, module, id string)) {
	if m == nil {
		return
	}
	for ecosystem, modules := range m.owners {
		for module, ids := range modules {
			for _, id := range ids {
				f(ecosystem, module, id)
			}
		}
	}
}

// ParseModules reads a modules.tsv: lines of ecosystem, module, and the ids of
// its entries in order, parted by tabs. Empty lines and those that begin with
// "#" are passed over.
func ParseModules(data []byte) (*Modules, error) {
	m := newModules()
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
	part := newModules()
	m.each(func(ecosystem, module, id string) {
		if entries[id] != nil {
			part.add(ecosystem, module, id)
		}
	})
	return part
}

// over gives the map with that of another below it: what the other says of
// entries that this one knows is left out.
func (m *Modules) over(below *Modules) *Modules {
	both := newModules()
	m.each(both.add)
	known := m.entries()
	below.each(func(ecosystem, module, id string) {
		if !known[ecosystem+"\t"+id] {
			both.add(ecosystem, module, id)
		}
	})
	return both
}

// entries lists what the map has modules of: ecosystem and id, parted by a tab.
func (m *Modules) entries() map[string]bool {
	set := map[string]bool{}
	m.each(func(ecosystem, _, id string) { set[ecosystem+"\t"+id] = true })
	return set
}

// Owners finds the entries of a module: those of the longest prefix of it that
// has any, and that prefix. It allocates nothing: it is asked with every hover.
func (m *Modules) Owners(ecosystem, module string) (ids []string, prefix string) {
	if m == nil || module == noModule || Relative(module) || Standard(ecosystem, module) {
		return nil, ""
	}
	if ecosystem != "python" {
		name := Package(module)
		if Standard(ecosystem, name) {
			return nil, ""
		}
		return m.owners[ecosystem][name], name
	}
	owners := m.owners[ecosystem]
	for prefix = module; prefix != ""; {
		if ids := owners[prefix]; len(ids) > 0 {
			return ids, prefix
		}
		if plain := unversioned(ecosystem, prefix); plain != prefix && len(owners[plain]) > 0 {
			return owners[plain], prefix
		}
		cut := strings.LastIndexByte(prefix, '.')
		prefix = prefix[:max(cut, 0)]
	}
	return nil, ""
}
