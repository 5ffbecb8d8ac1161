package fit

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"unicode"

	"github.com/chubls/chubls/analyzer"
)

// values settles the strings of the snippet: a key becomes a lookup in the
// environment, or a placeholder where no lookup can stand, and what the user
// must change becomes a stop.
func (p *plan) values() {
	for _, l := range p.file.Literals() {
		if p.isGone(l.Span) {
			continue
		}
		value := string(p.file.Text()[l.Value.Start:l.Value.End])
		switch key := keyIn(value); {
		case key.whole || secretLabel.MatchString(l.Label) && !pageLabel.MatchString(l.Label) && couldBeKey(value):
			p.secret(l, value)
		case key.found:
			at := analyzer.Span{Start: l.Value.Start + key.start, End: l.Value.Start + key.end}
			p.change(at, "YOUR_"+key.what, p.group("secret "+value))
		case changeable(l.Label, value) && !p.variableName(l):
			p.change(l.Value, value, p.group("value "+value))
		}
	}
	p.looseKeys()
}

// secret replaces a key.
func (p *plan) secret(l analyzer.Literal, value string) {
	name := p.variable(l.Label)
	switch {
	case l.Plain && p.style.python:
		p.change(l.Span, p.module("os")+`.environ["`+name+`"]`, 0)
	case (l.Plain || l.Attribute) && p.environment():
		lookup := "process.env." + name
		if p.typed() {
			lookup += "!"
		}
		if l.Attribute {
			lookup = "{" + lookup + "}"
		}
		p.change(l.Span, lookup, 0)
	default:
		p.change(l.Value, placeholder(l.Label), p.group("secret "+value))
	}
}

// module is how the host spells a Python module that code of ours uses, which is
// imported if need be.
func (p *plan) module(name string) string {
	one := need{Import: analyzer.Import{Module: name, Kind: analyzer.KindImport}}
	for _, h := range p.host.ImportsOf(name) {
		if len(h.Names) == 0 && !p.typing(h) {
			n := one
			n.Local = h.Local
			if p.knows(wholeName(h), n) {
				p.taken[wholeName(h)] = true
				return wholeName(h)
			}
		}
	}
	for _, n := range p.needed {
		if n.Module == name && len(n.Names) == 0 {
			return n.local()
		}
	}
	if p.collides(name, one) || p.file.Binds(name) {
		one.Local = p.fresh(name, false)
	}
	p.needed = append(p.needed, one)
	p.taken[one.local()] = true
	return one.local()
}

// environment reports whether process is the one of Node at the place.
func (p *plan) environment() bool {
	_, _, bound := p.host.KnownAt("process", p.place)
	return !bound && !p.file.Binds("process")
}

// typed reports whether the host is TypeScript, where a lookup may give nothing.
func (p *plan) typed() bool { return p.host.Language().Name == "typescript" }

// variable names the environment variable for a key: after what the key is
// given to, with the package before it where that says little.
func (p *plan) variable(label string) string {
	name := upperSnake(label)
	if name == "" || !secretLabel.MatchString(label) {
		name = "API_KEY"
	}
	if len(strings.Split(name, "_")) > 2 {
		return name
	}
	prefix := p.prefix()
	if prefix == "" || strings.HasPrefix(name, prefix) {
		return name
	}
	return prefix + "_" + name
}

// prefix is the name of the package that the snippet uses first, for the
// environment.
func (p *plan) prefix() string {
	uses := p.file.Uses()
	if ref, ok := p.host.ReferenceAt(p.at.End); ok {
		uses = append(uses, ref) // what it is inserted for
	}
	for _, use := range uses {
		module := use.Module
		if module == "" || module == "os" || strings.HasPrefix(module, ".") || strings.HasPrefix(module, "node:") {
			continue
		}
		module, _, _ = strings.Cut(strings.TrimPrefix(module, "@"), "/")
		module, _, _ = strings.Cut(module, ".")
		return upperSnake(module)
	}
	return ""
}

// upperSnake writes apiKey, api-key and api_key as API_KEY.
func upperSnake(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		switch {
		case r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToUpper(r))
		case b.Len() > 0 && before != '_':
			b.WriteByte('_')
			r = '_'
		}
		before = r
	}
	text := strings.Trim(b.String(), "_")
	if text != "" && unicode.IsDigit(rune(text[0])) {
		text = "_" + text
	}
	return text
}

// placeholder stands where a key stood, and says what belongs there.
func placeholder(label string) string {
	name := upperSnake(label)
	if name == "" || !secretLabel.MatchString(label) {
		name = "API_KEY"
	}
	return "YOUR_" + name
}

// secretLabel matches the names of what must not be in code.
var secretLabel = regexp.MustCompile(`(?i)(api[-_]?keys?$|secret|passw(or)?d$|passphrase|private[-_]?key|access[-_]?key|auth[-_]?token|access[-_]?token|refresh[-_]?token|bearer[-_]?token|service[-_]?role[-_]?key|subscription[-_]?key|signing[-_]?key|encryption[-_]?key|account[-_]?key|master[-_]?key|_token$|^token$|[a-z]Token$)`)

// pageLabel matches what is called a token and is none to hide.
var pageLabel = regexp.MustCompile(`(?i)page|next|continuation|sync|cursor|device|stop|pad|eos|bos|mask`)

// known are keys that tell by their shape whose they are.
var known = regexp.MustCompile(`\b(sk|pk|rk)[-_](live|test|proj|ant|or)[-_A-Za-z0-9]*|\bsk-[A-Za-z0-9][-A-Za-z0-9_.]*|\bwhsec_\w*|\bsb_(secret|publishable)_\w*|\bsecret-(live|test)-[-\w]*|\b(AKIA|ASIA)[A-Z0-9]{8,}|\bgh[pousr]_\w+|\bgithub_pat_\w+|\bxox[abeprs]-[-\w]+|\bxapp-[-\w]+|\bAIza[-\w]{10,}|\beyJ[-\w]{10,}[-\w.]*|\bSG\.[-\w.]{6,}|\bkey-[0-9a-f]{16,}|\bre_[A-Za-z0-9]{8,}\w*|\bhf_[A-Za-z0-9]{6,}|\bglpat-[-\w]{6,}|\bnpm_[A-Za-z0-9]{10,}|\bshp(at|ca|pa|ss)_\w+|\bpat[A-Za-z0-9]{10,}\.\w+|\bdop_v1_\w+|\br8_\w{6,}|\bgsk_\w{4,}|\bpplx-\w{4,}|\bpcsk_\w{4,}|\blin_api_\w+|\bntn_\w{8,}|\bsecret_[A-Za-z0-9]{10,}|\bEAA[A-Za-z0-9]{10,}|\b\d{8,10}:AA[-\w]{20,}`)

// credentials are those in an address: scheme://user:password@host.
var credentials = regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^\s/:@"']*:([^\s/@"'{}$<>]+)@`)

// privateKey is one that is written out.
var privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?`)

// bearer is a key in a header.
var bearer = regexp.MustCompile(`(?:Bearer|Basic|Token|Bot) ([-\w.+/=]{8,})$`)

type keyFound struct {
	whole, found bool
	start, end   int
	what         string
}

// keyIn finds a key in a value.
func keyIn(value string) (k keyFound) {
	if at := known.FindStringIndex(value); at != nil {
		return keyFound{at[0] == 0 && at[1] == len(value), true, at[0], at[1], "API_KEY"}
	}
	if at := credentials.FindStringSubmatchIndex(value); at != nil {
		return keyFound{false, true, at[2], at[3], "PASSWORD"}
	}
	if at := bearer.FindStringSubmatchIndex(value); at != nil {
		return keyFound{false, true, at[2], at[3], "API_KEY"}
	}
	if looksRandom(value) {
		return keyFound{true, true, 0, len(value), "API_KEY"}
	}
	return k
}

// looksRandom reports whether a value is one long word of many different
// characters, as keys are and text is not.
func looksRandom(value string) bool {
	if len(value) < 32 || len(value) > 512 {
		return false
	}
	count, upper, lower, digit := map[rune]int{}, false, false, false
	for _, r := range value {
		switch {
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsLower(r):
			lower = true
		case unicode.IsDigit(r):
			digit = true
		case r == '-' || r == '_' || r == '+' || r == '=':
		default:
			return false
		}
		count[r]++
	}
	entropy := 0.0
	for _, n := range count {
		share := float64(n) / float64(len(value))
		entropy -= share * math.Log2(share)
	}
	return digit && upper && lower && entropy > 4.2
}

// couldBeKey reports whether a value that is called a key may be one, rather
// than a word that says which.
func couldBeKey(value string) bool {
	return value != "" && !strings.ContainsAny(value, " \t{}$()/") && !strings.HasPrefix(value, "process.env")
}

// looseKeys replaces keys outside the strings of one line, such as in comments.
func (p *plan) looseKeys() {
	for _, at := range known.FindAllIndex(p.file.Text(), -1) {
		if span := (analyzer.Span{Start: at[0], End: at[1]}); !p.isGone(span) && !p.inCode(span) {
			p.change(span, "YOUR_API_KEY", 0)
		}
	}
	for _, at := range privateKey.FindAllIndex(p.file.Text(), -1) {
		p.change(analyzer.Span{Start: at[0], End: at[1]}, "YOUR_PRIVATE_KEY", 0)
	}
	for _, at := range credentials.FindAllSubmatchIndex(p.file.Text(), -1) {
		p.change(analyzer.Span{Start: at[2], End: at[3]}, "YOUR_PASSWORD", 0)
	}
}

// inCode reports whether a span is a name of the snippet's code.
func (p *plan) inCode(span analyzer.Span) bool {
	for _, at := range p.file.Names(string(p.file.Text()[span.Start:span.End])) {
		if at == span {
			return true
		}
	}
	return span.Start > 0 && p.file.Text()[span.Start-1] == '.'
}

// variableName reports whether a literal names an environment variable.
func (p *plan) variableName(l analyzer.Literal) bool {
	text := p.file.Text()
	before := text[max(0, l.Span.Start-16):l.Span.Start]
	return bytes.Contains(before, []byte("env")) && bytes.ContainsAny(before, "([")
}

// changeableLabel matches the names of what is the user's own.
var changeableLabel = regexp.MustCompile(`(?i)(^|_)(id|ids|email|url|uri|phone|phone_number|username|user|bucket|domain|host|to|from|project|account|name)$|[a-z](Id|Ids|Email|Url|Uri|URL|URI|Phone|PhoneNumber|Username|Bucket|Domain|Name)$`)

// changeableValue matches what is an example by its looks: an address, a URL,
// an id, a blank to fill in.
var changeableValue = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.\w+$|^[a-z][a-z0-9+.-]*://\S+$|^\+?\d[\d\s()-]{7,}$|^[A-Za-z]{2,12}[-_][A-Za-z0-9_-]*\d[A-Za-z0-9_-]*$|^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-|^(?i)(your|my)[-_ ].*|^<.*>$|^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|(?i)example\.(com|org|net)`)

// changeable reports whether a value is the example's, and the user's is another.
func changeable(label, value string) bool {
	if value == "" || len(value) > 300 {
		return false
	}
	return changeableValue.MatchString(value) || changeableLabel.MatchString(label) && !strings.ContainsAny(value, "{}$")
}
