package hub

import (
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// netrc returns the login for a host from $NETRC or ~/.netrc; nil where there
// is none. The entry "default" is passed over: it would give a password to
// every hub that is configured.
func netrc(host string) *url.Userinfo {
	file := os.Getenv("NETRC")
	if file == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		name := ".netrc"
		if runtime.GOOS == "windows" {
			name = "_netrc"
		}
		file = filepath.Join(home, name)
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxConfig {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return parseNetrc(string(data), host)
}

func parseNetrc(text, host string) *url.Userinfo {
	var words []string
	macro := false
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			macro = false // an empty line ends a macro
		case macro || strings.HasPrefix(fields[0], "#"):
		case fields[0] == "macdef":
			macro = true
		default:
			words = append(words, fields...)
		}
	}
	var login, password string
	in := false
	for i := 0; i < len(words); i++ {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch words[i] {
		case "machine", "default":
			if in && password != "" {
				return url.UserPassword(login, password)
			}
			in = words[i] == "machine" && strings.EqualFold(next, host)
			login, password = "", ""
			if words[i] == "machine" {
				i++
			}
		case "login", "password", "account":
			i++
			switch {
			case !in:
			case words[i-1] == "login":
				login = next
			case words[i-1] == "password":
				password = next
			}
		}
	}
	if in && password != "" {
		return url.UserPassword(login, password)
	}
	return nil
}
