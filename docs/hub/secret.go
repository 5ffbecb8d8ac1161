package hub

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Header is one HTTP header of a source. Its value is a secret: it is never
// printed, and never sent to a host other than the source's.
type Header struct {
	Name    string
	Value   string   // ${NAME} stands for the environment variable; with a Command, what stands before its output
	Command []string // prints the rest of the value; empty for none
}

// String leaves the value out.
func (h Header) String() string { return h.Name + ": " + h.From() }

// GoString leaves the value out.
func (h Header) GoString() string { return h.String() }

// From says where the value comes from, without it.
func (h Header) From() string {
	switch names := variables(h.Value); {
	case len(h.Command) > 0:
		return "from a command"
	case len(names) > 0:
		return "from $" + strings.Join(names, ", $")
	}
	return "***"
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

func variables(text string) []string {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

const (
	commandTime = 10 * time.Second
	maxToken    = 16 << 10
)

// secrets works out the values of a source's headers and remembers them.
type secrets struct {
	headers []Header

	mu     sync.Mutex
	values map[string]string
}

// get returns the headers' values. A command runs once, until forget.
func (s *secrets) get(ctx context.Context) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values != nil {
		return s.values, nil
	}
	values := map[string]string{}
	for _, h := range s.headers {
		value, err := h.value(ctx)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", h.Name, err)
		}
		values[h.Name] = value
	}
	s.values = values
	return values, nil
}

// forget makes commands run again: their token was refused. It reports whether
// that can change anything.
func (s *secrets) forget() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = nil
	for _, h := range s.headers {
		if len(h.Command) > 0 {
			return true
		}
	}
	return false
}

func (h Header) value(ctx context.Context) (string, error) {
	for _, name := range variables(h.Value) {
		if os.Getenv(name) == "" {
			return "", fmt.Errorf("the environment variable %s is not set: set it where the editor starts, or use a command", name)
		}
	}
	value := variable.ReplaceAllStringFunc(h.Value, func(m string) string {
		return strings.TrimSpace(os.Getenv(m[2 : len(m)-1]))
	})
	if len(h.Command) > 0 {
		token, err := run(ctx, h.Command)
		if err != nil {
			return "", err
		}
		value += token
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return "", errors.New("the value has more than one line")
	}
	return value, nil
}

// run returns what a token command prints. Neither its output nor what it
// complains about gets into the error.
func run(ctx context.Context, command []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("its command took longer than %v: it must not ask for anything", commandTime)
	case errors.As(err, &exit):
		return "", fmt.Errorf("its command failed (%s): run it by hand", exit.ProcessState)
	case err != nil:
		return "", errors.New("its command cannot be started: check that it exists")
	}
	token := strings.TrimSpace(string(out))
	if token == "" || len(token) > maxToken {
		return "", errors.New("its command must print the token and nothing else")
	}
	return token, nil
}

// shell is a command line as its system reads it.
func shell(line string) []string {
	if runtime.GOOS == "windows" {
		return []string{"cmd", "/c", line}
	}
	return []string{"sh", "-c", line}
}

// mask is an address as it may be shown: without user, password and query.
func mask(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "***"
	}
	return maskURL(u)
}

func maskURL(u *url.URL) string {
	shown := *u
	if shown.User != nil {
		shown.User = url.User("xxx")
	}
	if shown.RawQuery != "" {
		shown.RawQuery = "***"
	}
	shown.Fragment, shown.RawFragment = "", ""
	return shown.String()
}
