package docs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DocFile is the name of the file that holds a variant's guide.
const DocFile = "DOC.md"

// Registry is the list of what a source offers. It holds guides only: the
// hub's skills are instructions for agents and are skipped.
type Registry struct {
	Entries []*Entry

	// Problems tells which entries or variants were left out, and why. It has
	// at most [MaxProblems] elements.
	Problems []error
}

// Entry is one subject, such as "stripe/payments".
type Entry struct {
	ID          string // author/name; unique in its registry; case-sensitive
	Name        string // often just "package" or "api": show the ID instead
	Description string // one line, may be empty
	Source      string // who vouches for it: official, maintainer, community; may be empty
	Tags        []string
	Variants    []*Variant // at least one, in the registry's order
}

// Variant is an entry for one language and one version of the library.
type Variant struct {
	Entry       *Entry
	Language    string   // normalised by [NormalizeLanguage]; never empty
	Version     string   // as written, "1.10"; may be empty
	Recommended bool     // the version to take when none is asked for; one a language
	Path        string   // folder, relative to the source's root, slash separated; see [CleanPath]
	Files       []string // relative to Path, slash separated; shared, do not change
	Size        int64    // bytes of all its files, as the registry says; 0 is unknown
	Updated     string   // date as written, "2026-03-12"; may be empty
}

// MaxProblems bounds a list of problems. What is beyond it is counted in one
// last element.
const MaxProblems = 100

// ErrNotRegistry is matched by the error for data that is no registry at all.
var ErrNotRegistry = errors.New("not a registry")

// ParseRegistry reads a registry.json.
//
// It accepts the current shape (a list "docs") and the legacy one (a list
// "entries"). An entry or variant with values of the wrong type, or with a
// path that [CleanPath] refuses, is left out and noted in Problems; the rest is
// read. Only data that holds neither list is an error, matching
// [ErrNotRegistry]. Bounding the size of data is the caller's part.
func ParseRegistry(data []byte) (*Registry, error) {
	data = bytes.TrimPrefix(data, []byte(bom))
	var top struct {
		Docs    json.RawMessage `json:"docs"`
		Entries json.RawMessage `json:"entries"`
	}
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, fmt.Errorf("%w: %v; it must be the registry.json that `chub build` writes", ErrNotRegistry, err)
	}
	if isNull(top.Docs) && isNull(top.Entries) {
		return nil, fmt.Errorf(`%w: it has no list "docs"; build one with `+"`chub build`, or name the folder of Markdown files itself as the source", ErrNotRegistry)
	}
	p := registryParser{reg: &Registry{}, interned: map[string]string{}, ids: map[string]bool{}}
	for _, list := range []struct {
		name   string
		data   json.RawMessage
		legacy bool
	}{{"docs", top.Docs, false}, {"entries", top.Entries, true}} {
		if isNull(list.data) {
			continue
		}
		var raw []json.RawMessage
		if err := json.Unmarshal(list.data, &raw); err != nil {
			return nil, fmt.Errorf("%w: %q must be a list of entries", ErrNotRegistry, list.name)
		}
		for i, r := range raw {
			p.entry(fmt.Sprintf("%s[%d]", list.name, i), r, list.legacy)
		}
	}
	p.reg.Problems = p.problems.list()
	return p.reg, nil
}

// NormalizeLanguage maps the name of a language, as front matter, a registry
// or a fence's info string writes it, to the one name used here: lower case,
// with the usual short forms spelled out (js, py, rb). It keeps jsx and tsx,
// which are parsed by other grammars. Unknown names pass through.
func NormalizeLanguage(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if long, ok := languageAliases[name]; ok {
		return long
	}
	return name
}

// The first five are the hub client's own; the others occur as the first word
// of a fence's info string.
var languageAliases = map[string]string{
	"js": "javascript", "ts": "typescript", "py": "python", "rb": "ruby", "cs": "csharp",
	"mjs": "javascript", "cjs": "javascript", "node": "javascript",
	"mts": "typescript", "cts": "typescript",
	"py3": "python", "python3": "python", "ipython": "python",
	"c#": "csharp", "golang": "go", "yml": "yaml",
	"sh": "bash", "shell": "bash", "zsh": "bash",
}

// CleanPath checks that path is plainly below the folder it is relative to, on
// every system, and returns it with slashes and without "." elements.
//
// It refuses an empty or absolute path, "..", a backslash or colon (a drive, or
// a stream on Windows), control characters, invalid UTF-8, elements that end
// in a dot or a space, and names that Windows reserves for devices (con, nul).
// The error matches [ErrUnsafePath].
func CleanPath(path string) (string, error) {
	unsafe := func(why string) (string, error) {
		return "", fmt.Errorf("%w %q: %s", ErrUnsafePath, clip(path, 120), why)
	}
	switch {
	case path == "":
		return unsafe("it is empty")
	case len(path) > 1024:
		return unsafe("it is longer than 1024 bytes")
	case path[0] == '/':
		return unsafe("it must be relative")
	case !utf8.ValidString(path):
		return unsafe("it is not UTF-8")
	case strings.ContainsAny(path, `\:`):
		return unsafe(`it must use "/" and no "\" or ":"`)
	case strings.ContainsFunc(path, unicode.IsControl):
		return unsafe("it has a control character")
	}
	clean := path // usually nothing is to be done, and nothing is allocated
	if !isCleanPath(path) {
		var parts []string
		for part := range strings.SplitSeq(path, "/") {
			if part != "" && part != "." {
				parts = append(parts, part)
			}
		}
		clean = strings.Join(parts, "/")
	}
	if clean == "" {
		return unsafe("it names the root")
	}
	for part := range strings.SplitSeq(clean, "/") {
		if part == ".." {
			return unsafe(`it has ".."`)
		}
		if last := part[len(part)-1]; last == '.' || last == ' ' {
			return unsafe("an element ends in a dot or a space")
		}
		if isReserved(part) {
			return unsafe("Windows reserves the name " + part)
		}
	}
	return clean, nil
}

func isCleanPath(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." {
			return false
		}
	}
	return true
}

// isReserved reports whether Windows takes the name for a device, with or
// without an extension.
func isReserved(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToLower(strings.TrimRight(base, " "))
	switch base {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	if len(base) > 3 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) {
		switch base[3:] {
		case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
			return true
		}
	}
	return false
}

// registryParser carries what one ParseRegistry shares between entries.
type registryParser struct {
	reg      *Registry
	problems problems
	ids      map[string]bool
	interned map[string]string // languages, versions, dates: few values, many uses
	docOnly  []string          // the one file list that nearly all variants share
}

func (p *registryParser) entry(where string, raw json.RawMessage, legacy bool) {
	var in struct {
		ID          flexText        `json:"id"`
		Name        flexText        `json:"name"`
		Type        flexText        `json:"type"`
		Description flexText        `json:"description"`
		Source      flexText        `json:"source"`
		Tags        flexList        `json:"tags"`
		Languages   json.RawMessage `json:"languages"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		p.problems.addf("registry: %s left out: %w", where, jsonProblem(err))
		return
	}
	if legacy && strings.EqualFold(string(in.Type), "skill") {
		return
	}
	id := strings.TrimSpace(string(in.ID))
	if id == "" {
		id = strings.TrimSpace(string(in.Name))
	}
	if err := checkID(id); err != nil {
		p.problems.addf("registry: %s left out: %w", where, err)
		return
	}
	where = fmt.Sprintf("%s (%s)", where, id)
	if p.ids[id] {
		p.problems.addf("registry: %s left out: an entry with this id came before", where)
		return
	}
	e := &Entry{
		ID:          id,
		Name:        string(in.Name),
		Description: string(in.Description),
		Source:      p.intern(string(in.Source)),
		Tags:        in.Tags,
	}
	if e.Name == "" {
		e.Name = id
	}
	var languages []json.RawMessage
	if !isNull(in.Languages) {
		if err := json.Unmarshal(in.Languages, &languages); err != nil {
			p.problems.addf(`registry: %s left out: "languages" must be a list`, where)
			return
		}
	}
	if legacy && len(languages) == 0 {
		return // the legacy list holds skills too, which have no languages
	}
	for i, l := range languages {
		p.language(fmt.Sprintf("%s languages[%d]", where, i), e, l)
	}
	if len(e.Variants) == 0 {
		p.problems.addf("registry: %s left out: it has no usable variant", where)
		return
	}
	p.ids[id] = true
	p.reg.Entries = append(p.reg.Entries, e)
}

func (p *registryParser) language(where string, e *Entry, raw json.RawMessage) {
	var in struct {
		Language    flexText          `json:"language"`
		Recommended flexText          `json:"recommendedVersion"`
		Versions    []json.RawMessage `json:"versions"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		p.problems.addf("registry: %s left out: %w", where, jsonProblem(err))
		return
	}
	language := p.intern(NormalizeLanguage(string(in.Language)))
	if language == "" {
		p.problems.addf(`registry: %s left out: it has no "language"`, where)
		return
	}
	first := len(e.Variants)
	for i, v := range in.Versions {
		p.variant(fmt.Sprintf("%s versions[%d]", where, i), e, language, v)
	}
	added := e.Variants[first:]
	if len(added) == 0 {
		return
	}
	for _, v := range e.Variants[:first] {
		if v.Language == language { // "js" and "javascript" in one entry
			return
		}
	}
	best := added[0]
	for _, v := range added {
		if v.Version == string(in.Recommended) {
			best = v
			break
		}
	}
	best.Recommended = true
}

func (p *registryParser) variant(where string, e *Entry, language string, raw json.RawMessage) {
	var in struct {
		Version flexText `json:"version"`
		Path    flexText `json:"path"`
		Files   flexList `json:"files"`
		Size    flexInt  `json:"size"`
		Updated flexText `json:"lastUpdated"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		p.problems.addf("registry: %s left out: %w", where, jsonProblem(err))
		return
	}
	path, err := CleanPath(string(in.Path))
	if err != nil {
		p.problems.addf("registry: %s left out: %w", where, err)
		return
	}
	for i, f := range in.Files {
		// One such name says that somebody tries: none of the variant is taken.
		if in.Files[i], err = CleanPath(f); err != nil {
			p.problems.addf("registry: %s left out: files: %w", where, err)
			return
		}
	}
	v := &Variant{
		Entry:    e,
		Language: language,
		Version:  p.intern(string(in.Version)),
		Path:     path,
		Files:    in.Files,
		Size:     int64(in.Size),
		Updated:  p.intern(string(in.Updated)),
	}
	if len(v.Files) == 0 || len(v.Files) == 1 && v.Files[0] == DocFile {
		if p.docOnly == nil {
			p.docOnly = []string{DocFile}
		}
		v.Files = p.docOnly
	}
	e.Variants = append(e.Variants, v)
}

func (p *registryParser) intern(s string) string {
	if s == "" {
		return ""
	}
	if known, ok := p.interned[s]; ok {
		return known
	}
	p.interned[s] = s
	return s
}

// checkID refuses what cannot be an id: it becomes part of file names, command
// lines and the second line of a hover.
func checkID(id string) error {
	switch {
	case id == "":
		return errors.New("it has neither an id nor a name")
	case len(id) > 200:
		return fmt.Errorf("its id is longer than 200 bytes: %q", clip(id, 60))
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl):
		return fmt.Errorf("its id has a control character or is not UTF-8: %q", id)
	}
	return nil
}

// flexText is a string that may be written as a number, a boolean or null.
// A number keeps its digits: the version 1.10 is not 1.1.
type flexText string

func (t *flexText) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = flexText(s)
		return nil
	case 'n':
		*t = ""
		return nil
	case '{', '[':
		return fmt.Errorf("want a text, have %s", clip(string(data), 40))
	}
	*t = flexText(data)
	return nil
}

// flexList is a list of texts that may be written as "a, b", or be null.
type flexList []string

func (l *flexList) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		var items []flexText
		if err := json.Unmarshal(data, &items); err != nil {
			return err
		}
		*l = make(flexList, 0, len(items))
		for _, item := range items {
			if s := strings.TrimSpace(string(item)); s != "" {
				*l = append(*l, s)
			}
		}
		return nil
	}
	var s flexText
	if err := s.UnmarshalJSON(data); err != nil {
		return fmt.Errorf("want a list of texts: %w", err)
	}
	*l = splitComma(string(s))
	return nil
}

// flexInt is a count that is informative only: what is no number is 0.
type flexInt int64

func (n *flexInt) UnmarshalJSON(data []byte) error {
	var f float64
	if json.Unmarshal(data, &f) == nil && f > 0 && f < 1<<53 {
		*n = flexInt(f)
	}
	return nil
}

// splitComma splits "a, b" into its parts, without empty ones.
func splitComma(s string) []string {
	var parts []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || string(raw) == "null"
}

// jsonProblem rewords the error of encoding/json, which names Go types.
func jsonProblem(err error) error {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		if typ.Field == "" {
			return fmt.Errorf("want an object, have %s", typ.Value)
		}
		return fmt.Errorf("%q has the wrong type: %s", typ.Field, typ.Value)
	}
	return err
}

// clip shortens s to at most n bytes, for messages.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// problems collects up to MaxProblems errors and counts the others.
type problems struct {
	errs []error
	more int
}

func (p *problems) addf(format string, args ...any) {
	if len(p.errs) >= MaxProblems-1 {
		p.more++
		return
	}
	p.errs = append(p.errs, fmt.Errorf(format, args...))
}

func (p *problems) list() []error {
	if p.more > 0 {
		return append(p.errs, fmt.Errorf("and %d more problems", p.more))
	}
	return p.errs
}
