package hub

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/chubls/chubls/docs"
)

// maxScan is how many files and folders of one content tree are looked at.
// The public hub's has 6,100.
const maxScan = 200_000

// scan gathers the registry of a content tree by the rules of `chub build`. A
// folder at the top is an author. Its own registry.json overrides discovery;
// else each DOC.md below it is a document, and its front matter says of what.
// What is wrong with one file is a problem, and the rest goes on.
func scan(fsys fs.FS) (*docs.Registry, error) {
	top, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the folder of the source: %w", err)
	}
	s := scanner{fsys: fsys, entries: map[string]*docs.Entry{}, paths: map[*docs.Entry]string{}}
	authors := 0
	for _, d := range top {
		if !d.IsDir() || d.Name() == "dist" || strings.HasPrefix(d.Name(), ".") {
			continue
		}
		authors++
		if err := s.author(d.Name()); err != nil {
			return nil, err
		}
	}
	if len(s.entries) == 0 && len(s.problems) == 0 {
		return nil, fmt.Errorf("the folder holds neither a %s nor documents: expected <author>/docs/<name>/<language>/%s", registryFile, docs.DocFile)
	}
	reg := &docs.Registry{}
	for _, e := range s.entries {
		finish(e)
		reg.Entries = append(reg.Entries, e)
	}
	sort.Slice(reg.Entries, func(i, j int) bool { return reg.Entries[i].ID < reg.Entries[j].ID })
	if more := len(s.problems) - docs.MaxProblems + 1; more > 1 {
		s.problems = append(s.problems[:docs.MaxProblems-1], fmt.Errorf("and %d more problems", more))
	}
	reg.Problems = s.problems
	return reg, nil
}

type scanner struct {
	fsys     fs.FS
	seen     int
	entries  map[string]*docs.Entry
	paths    map[*docs.Entry]string // the first document of an entry, for messages
	problems []error
}

func (s *scanner) problem(name string, format string, args ...any) {
	s.problems = append(s.problems, fmt.Errorf("%s: %w", name, fmt.Errorf(format, args...)))
}

// file is one file below an author's folder.
type file struct {
	name string // relative to the source's root
	size int64
}

func (s *scanner) author(author string) error {
	data, err := readFile(s.fsys, path.Join(author, registryFile), MaxRegistry)
	switch {
	case err == nil:
		s.override(author, data)
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		s.problem(path.Join(author, registryFile), "%w", err)
		return nil
	}

	var files []file
	err = fs.WalkDir(s.fsys, author, func(name string, d fs.DirEntry, err error) error {
		if s.seen++; s.seen > maxScan {
			return fmt.Errorf("the folder has more than %d files: is it a content tree? expected <author>/docs/<name>/<language>/%s", maxScan, docs.DocFile)
		}
		if err != nil {
			s.problem(name, "%w", err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		f := file{name: name}
		if info, err := d.Info(); err == nil {
			f.size = info.Size()
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		return err
	}
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	for _, f := range files {
		if path.Base(f.name) == docs.DocFile {
			s.document(author, f.name, files)
		}
	}
	return nil
}

// override takes an author's own registry, whose paths and ids are relative to
// the author.
func (s *scanner) override(author string, data []byte) {
	name := path.Join(author, registryFile)
	reg, err := docs.ParseRegistry(data)
	if err != nil {
		s.problem(name, "%w", err)
		return
	}
	for _, p := range reg.Problems {
		s.problem(name, "%w", p)
	}
	for _, e := range reg.Entries {
		if !strings.Contains(e.ID, "/") {
			e.ID = author + "/" + e.ID
		}
		if first, ok := s.entries[e.ID]; ok {
			s.problem(name, "left out: the id %s is that of %s", e.ID, s.paths[first])
			continue
		}
		for _, v := range e.Variants {
			v.Path = path.Join(author, v.Path)
		}
		s.entries[e.ID] = e
		s.paths[e] = name
	}
}

// document adds one DOC.md. files are all files of its author, sorted.
func (s *scanner) document(author, name string, files []file) {
	dir, err := docs.CleanPath(path.Dir(name))
	if err != nil {
		s.problem(name, "left out: %w", err)
		return
	}
	head, err := readHead(s.fsys, name)
	if err != nil {
		s.problem(name, "left out: %w", err)
		return
	}
	meta, _, problems := docs.ParseFrontMatter(head)
	for _, p := range problems {
		s.problem(name, "%w", p)
	}
	if meta.Name == "" || strings.ContainsAny(meta.Name, "\n\r\t\\") || len(meta.Name) > 100 {
		s.problem(name, `left out: its front matter needs a name: write "name: package" between two lines "---" at the top`)
		return
	}
	if len(meta.Languages) == 0 {
		// Most folders are called after their language.
		if language := docs.NormalizeLanguage(path.Base(dir)); folderLanguages[language] {
			meta.Languages = []string{language}
		} else {
			s.problem(name, `left out: its front matter needs its languages: write "metadata: {languages: python}"`)
			return
		}
	}
	versions := meta.Versions
	if len(versions) == 0 {
		versions = []string{""} // chub build refuses this; here it only means that no version is known
	}
	if meta.Source == "" {
		meta.Source = "community" // as chub build has it
	}

	id := author + "/" + meta.Name
	e := s.entries[id]
	if e == nil {
		e = &docs.Entry{ID: id, Name: meta.Name, Description: meta.Description, Source: meta.Source, Tags: meta.Tags}
		s.paths[e] = name
	}
	if e.Description == "" { // each language's document may say what another one lacks
		e.Description = meta.Description
	}
	if len(e.Tags) == 0 {
		e.Tags = meta.Tags
	}
	names, size := below(files, dir)
	for _, language := range meta.Languages {
		for _, version := range versions {
			if other := find(e, language, version); other != nil {
				s.problem(name, "left out for %s %s: %s is the same entry, language and version", language, version, path.Join(other.Path, docs.DocFile))
				continue
			}
			e.Variants = append(e.Variants, &docs.Variant{
				Entry: e, Language: language, Version: version,
				Path: dir, Files: names, Size: size, Updated: meta.Updated,
			})
		}
	}
	if len(e.Variants) > 0 {
		s.entries[id] = e
	}
}

// folderLanguages are the folder names that stand in for a missing language.
var folderLanguages = map[string]bool{
	"python": true, "javascript": true, "typescript": true, "go": true, "ruby": true, "java": true,
	"csharp": true, "rust": true, "php": true, "kotlin": true, "swift": true, "bash": true, "sql": true,
}

func find(e *docs.Entry, language, version string) *docs.Variant {
	for _, v := range e.Variants {
		if v.Language == language && v.Version == version {
			return v
		}
	}
	return nil
}

// below returns the files in a folder, relative to it, and their size.
func below(files []file, dir string) (names []string, size int64) {
	prefix := dir + "/"
	for i := sort.Search(len(files), func(i int) bool { return files[i].name >= prefix }); i < len(files); i++ {
		name, ok := strings.CutPrefix(files[i].name, prefix)
		if !ok {
			break
		}
		size += files[i].size
		if name, err := docs.CleanPath(name); err == nil {
			names = append(names, name)
		}
	}
	return names, size
}

// finish orders an entry's variants, the newest version of each language
// first, and recommends that one.
func finish(e *docs.Entry) {
	for _, v := range e.Variants {
		if v.Recommended {
			return // from an author's own registry, which has its own order
		}
	}
	order := map[string]int{}
	for _, v := range e.Variants {
		if _, ok := order[v.Language]; !ok {
			order[v.Language] = len(order)
		}
	}
	sort.SliceStable(e.Variants, func(i, j int) bool {
		a, b := e.Variants[i], e.Variants[j]
		if a.Language != b.Language {
			return order[a.Language] < order[b.Language]
		}
		return newer(a.Version, b.Version)
	})
	done := map[string]bool{}
	for _, v := range e.Variants {
		v.Recommended = !done[v.Language]
		done[v.Language] = true
	}
}

// newer compares versions part by part, numbers as numbers. A pre-release is
// older than its release. It need not understand every scheme: what matters is
// which one of a few is shown when no version is asked for.
func newer(a, b string) bool {
	a, b = strings.TrimPrefix(a, "v"), strings.TrimPrefix(b, "v")
	a, preA, _ := strings.Cut(a, "-")
	b, preB, _ := strings.Cut(b, "-")
	if c := compareParts(a, b); c != 0 {
		return c > 0
	}
	if (preA == "") != (preB == "") {
		return preA == ""
	}
	return compareParts(preA, preB) > 0
}

func compareParts(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, y := "0", "0"
		if i < len(as) {
			x = as[i]
		}
		if i < len(bs) {
			y = bs[i]
		}
		if isNumber(x) && isNumber(y) { // longer is larger, whatever the size
			x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// readHead reads the beginning of a file: enough for its front matter.
func readHead(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a plain file")
	}
	if info.Size() > docs.MaxDocument {
		return nil, tooLarge(name, info.Size(), docs.MaxDocument)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const first = 4 << 10 // nearly always enough
	head, err := io.ReadAll(io.LimitReader(f, first))
	if err != nil || len(head) < first {
		return head, err
	}
	if _, body, problems := docs.ParseFrontMatter(head); body > 0 && len(problems) == 0 {
		return head, nil
	}
	rest, err := io.ReadAll(io.LimitReader(f, docs.MaxFrontMatter))
	return append(head, rest...), err
}
