package docs

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chubls/chubls/analyzer"
)

// foldName makes the spellings of one name in two languages or for two kinds
// of call alike: loginOrCreate, login_or_create, login_or_create_async.
func foldName(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r != '_' || i == 0 { // what begins with it is private
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.TrimSuffix(b.String(), "async")
}

// sameName reports whether two names are spellings of one. A class is no function:
// Column() of sqlalchemy is not column().
func sameName(a, b string) bool {
	return a == b || alike(a, b) && isClass(a) == isClass(b)
}

// alike reports whether two names fold to one. Most differ in their first letter.
func alike(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	x, _ := utf8.DecodeRuneInString(a)
	y, _ := utf8.DecodeRuneInString(b)
	return unicode.ToLower(x) == unicode.ToLower(y) && foldName(a) == foldName(b)
}

// isClass reports whether a name is spelled like that of a class.
func isClass(name string) bool { return name != "" && unicode.IsUpper(rune(name[0])) }

func lastOf(p analyzer.Path) string {
	if len(p) == 0 {
		return ""
	}
	return p[len(p)-1].Name
}

// builtins are methods of the languages' own strings, lists and promises, which any
// chain may go on with.
var builtins = setOf(`toString toLowerCase toUpperCase toFixed startsWith endsWith includes indexOf replaceAll padStart
	charAt localeCompare splice slice concat flat flatMap some every forEach hasOwnProperty then catch finally
	startswith endswith encode decode lstrip rstrip splitlines setdefault lower upper strip trim`)

// generics are names that say nothing without what they are called on.
var generics = setOf(`get set put post patch delete remove add create update list find all first last send call run
	start stop open close read write push pop append map filter reduce forEach json text data name id items keys values
	value then catch finally log error info warn debug print format parse load save execute exec fetch query search
	request response connect disconnect end next use on off emit init setup from to of is in not and or with as
	count sum min max len size length index join split strip replace lower upper trim insert upsert select where
	order limit commit rollback flush clear copy sort reverse extend contains any each build make new apply bind
	head body headers status url path key type kind mode result results message messages content options config`)

func genericName(name string) bool {
	return builtins[name] || generics[name] || generics[strings.ToLower(name)] || generics[strings.TrimSuffix(strings.TrimSuffix(name, "_async"), "Async")]
}

// own reports whether any of the last n segments of a path is more than the language's
// own: what.toLowerCase().includes() is nobody's API.
func own(p analyzer.Path, n int) bool {
	return slices.ContainsFunc(p[len(p)-n:], func(s analyzer.Segment) bool { return !builtins[s.Name] })
}

// telling reports whether a name says enough by itself: a class, or a name of
// several words.
func telling(name string) bool {
	if name == "" || genericName(name) {
		return false
	}
	if isClass(name) {
		return true
	}
	return len(splitWords(name)) > 1
}
