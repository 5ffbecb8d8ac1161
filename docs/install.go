package docs

import (
	"regexp"
	"strings"
)

// Install is one package that a guide tells its reader to install.
type Install struct {
	Package   string // as written, without extras: "google-cloud-storage", "@clerk/nextjs"
	Version   string // of the pin, "" for none
	Ecosystem string
	// Discouraged is set where the guide warns of the package.
	Discouraged bool
}

// installers is the table of commands that install packages: the words that
// begin them, and whose packages they take.
var installers = []struct{ command, ecosystem string }{
	{"pip install", "python"}, {"pip3 install", "python"}, {"pipx install", "python"},
	{"uv add", "python"}, {"uv pip install", "python"}, {"uv tool install", "python"},
	{"poetry add", "python"}, {"pipenv install", "python"}, {"pdm add", "python"}, {"rye add", "python"},
	{"hatch add", "python"}, {"conda install", "python"}, {"mamba install", "python"}, {"micromamba install", "python"},
	{"easy_install", "python"},
	{"npm install", "javascript"}, {"npm i", "javascript"}, {"npm add", "javascript"},
	{"yarn add", "javascript"}, {"pnpm add", "javascript"}, {"pnpm install", "javascript"}, {"pnpm i", "javascript"},
	{"bun add", "javascript"}, {"bun install", "javascript"}, {"deno add", "javascript"}, {"deno install", "javascript"},
	{"npx jsr add", "javascript"}, {"npx expo install", "javascript"}, {"expo install", "javascript"},
	{"go get", "go"}, {"go install", "go"}, {"cargo add", "rust"}, {"gem install", "ruby"}, {"composer require", "php"},
	{"dotnet add package", "csharp"},
}

// optionsWithValue are the options whose value is the next word, not a package.
var optionsWithValue = map[string]bool{
	"-r": true, "--requirement": true, "-c": true, "--channel": true, "--constraint": true, "-e": true,
	"--editable": true, "--index-url": true, "-i": true, "--extra-index-url": true, "-f": true, "--find-links": true,
	"--group": true, "-G": true, "--registry": true, "--filter": true, "-w": true, "--workspace": true, "--prefix": true,
	"-n": true, "--name": true, "--python": true, "-p": true, "-t": true, "--target": true, "--extra": true,
	"-E": true, "--extras": true, "--source": true, "--optional": true, "--tag": true,
}

// InstallsIn reads the install commands of a shell script, or of one line of prose.
func InstallsIn(script string) []Install {
	var found []Install
	script = strings.ReplaceAll(script, "\\\n", " ")
	for line := range strings.Lines(script) {
		// A comment may say what the command is for, never what it installs.
		line, _, _ = strings.Cut(line, " #")
		for _, command := range commandBreak.Split(line, -1) {
			found = append(found, installsOf(command)...)
		}
	}
	return found
}

var (
	commandBreak = regexp.MustCompile(`&&|\|\||;|\|`)
	prompt       = regexp.MustCompile(`^\s*(?:[$%>!#]\s+|!|%|(?:sudo|RUN|python3?\s+-m|py\s+-m|uv\s+run)\s+)+`)
	pythonSpec   = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:(?:===?|~=|>=|@|>|=)\s*v?([0-9][^,;\s]*))?`)
	scriptSpec   = regexp.MustCompile(`^(?:npm:|jsr:)?(@[A-Za-z0-9._~-]+/[A-Za-z0-9._~-]+|[A-Za-z0-9][A-Za-z0-9._~-]*)(?:@[\^~>=v]*([^\s]*))?$`)
)

func installsOf(command string) []Install {
	command = prompt.ReplaceAllString(strings.TrimSpace(command), "")
	words := strings.Fields(command)
	for _, row := range installers {
		n := len(strings.Fields(row.command))
		if len(words) <= n || strings.Join(words[:n], " ") != row.command {
			continue
		}
		var found []Install
		for i := n; i < len(words); i++ {
			word := strings.Trim(words[i], `"'`+"`")
			if strings.HasPrefix(word, "-") {
				if optionsWithValue[word] {
					i++
				}
				continue
			}
			spec := scriptSpec
			if row.ecosystem == "python" {
				spec = pythonSpec
			}
			m := spec.FindStringSubmatch(word)
			if m == nil || strings.Contains(word, "://") || strings.HasPrefix(word, ".") || strings.HasSuffix(word, ".whl") || strings.HasSuffix(word, ".tgz") {
				continue
			}
			found = append(found, Install{Package: m[1], Version: strings.TrimSuffix(m[2], ".*"), Ecosystem: row.ecosystem})
		}
		return found
	}
	return nil
}
