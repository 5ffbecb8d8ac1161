package analyzer

import (
	"regexp"
	"strings"
	"unicode"
)

// Kind says what is under the cursor.
type Kind int

const (
	// KindModule is a module: its specifier in an import, or a name that stands
	// for the whole module.
	KindModule Kind = iota
	// KindName is a name that an import brings, where it is imported.
	KindName
	// KindChain is a use: a name, or a chain of members that starts at one.
	KindChain
	// KindOption is the name of an option of a call: a keyword argument, a key of
	// an object that is an argument, an attribute of an element.
	KindOption
)

// ElementName is the name of a step from something to an element of it:
// client["shop"].insert_one() leads through it, whatever the index.
const ElementName = "[]"

// Segment is one step of a path from a module to a name.
type Segment struct {
	Name string
	// Called is set where the step is the result of calling or constructing
	// Name, so that what follows belongs to that result.
	Called bool
	// Arg is the first argument of the call where that is a short plain string:
	// boto3.client("s3"). It may also be a key or a secret, and is not for showing.
	Arg string
}

// Path is the way from a module to a name: Client() magic_links email send.
type Path []Segment

// Names returns the segments' names.
func (p Path) Names() []string {
	names := make([]string, len(p))
	for i, s := range p {
		names[i] = s.Name
	}
	return names
}

// String joins the segments with dots; a called one has "()" after it.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.Name)
		if s.Called {
			b.WriteString("()")
		}
	}
	return b.String()
}

// service is an argument that may name what a client is for, and is no address, path
// or key.
var service = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,23}$`)

// Service is the argument of a function's call where that may name what an object is
// for, as in client("s3"); else "". What a class is given is a key rather.
func (s Segment) Service() string {
	if s.Name == "" || unicode.IsUpper(rune(s.Name[0])) || !service.MatchString(s.Arg) {
		return ""
	}
	return s.Arg
}

// Equal reports whether two references lead to the same, as far as one can tell
// from their modules and paths, and from what services the path's calls name.
func (r Reference) Equal(o Reference) bool {
	if r.Module != o.Module || r.Called != o.Called || r.Path.String() != o.Path.String() {
		return false
	}
	for i, s := range r.Path {
		if a, b := s.Service(), o.Path[i].Service(); a != "" && b != "" && a != b {
			return false
		}
	}
	return true
}

// Step is one hop from a name back to its import, for explanations.
type Step struct {
	Span Span   // of the binding
	Text string // what it says, such as "client = stytch.Client(...)"
	// File is where it stands, if that is another file than the one that was
	// asked, and Line its line there, from 1.
	File string
	Line int
}

// Reference is what the name under a position stands for, traced back to the
// import that brought it.
type Reference struct {
	Kind     Kind
	Language string // the hub's name of the file's language
	Module   string // the specifier as written
	// Path leads from the module to the name. It is empty for the module itself.
	Path Path
	// Default is set where the path begins at what the module exports by default:
	// import stripe from "./stripe".
	Default bool
	// File is where the import stands that brought the name, if that is another
	// file than the one that was asked.
	File string
	// Star is set where only a star import can have brought the name: whether
	// the module has it is not known.
	Star bool
	// Called is set where the module itself is called: require("stripe")(key).
	Called bool
	// Invoked is set where the chain itself is called, or made an instance of, here.
	Invoked bool
	// Span covers the chain up to and including the name under the position.
	Span Span
	// Constructed names the classes whose instances are arguments of the call
	// that the chain makes: client.send(new XCommand()).
	Constructed []string
	// Option is the name under the position, with no quotes, where that names an
	// option. Path then leads to what is called, and Span is the name's.
	Option string
	// Options names the options of the call that the chain makes, also those in
	// objects that are its arguments, each once; at most 64. An argument that is a call
	// itself is there as "name()", one that is a short plain string as it is quoted, and
	// is not for showing. [File.Uses] lists them.
	Options []string
	// Steps lead from the name back to its import.
	Steps []Step
}
