package docs

// Making gives, for the names that a fence takes from the guide's others, the
// statement there that makes what the name stands for. See [Guide.Outer].
func (g *Guide) Making(s *Section, fence int) func(name string) (code string, ok bool) {
	return func(name string) (string, bool) {
		for _, b := range g.bound {
			if b.Name != name || b.section == s && b.fence == fence {
				continue
			}
			code := b.section.Fences[b.fence].Code
			if b.Statement.End > len(code) {
				return "", false
			}
			return code[b.Statement.Start:b.Statement.End], true
		}
		return "", false
	}
}
