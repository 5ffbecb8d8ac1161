package workspace

import (
	"testing"
	"testing/fstest"
)

func tree(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestPython(t *testing.T) {
	x := Scan(tree(map[string]string{
		"redis.py":                       "",
		"config/settings.py":             "",
		"openai/chat.py":                 "", // examples, no package
		"requirements-dev.txt":           "openai>=1\n# a comment\n-r other.txt\nAnthropic[bedrock] ; python_version > '3'\n",
		"pyproject.toml":                 "[project]\ndependencies = ['cohere~=5']\n[tool.poetry.group.dev.dependencies]\nmistralai = '*'\n",
		"src/stytch/__init__.py":         "",
		"app/__init__.py":                "",
		"app/models/__init__.py":         "",
		"app/models/stripe.py":           "",
		"app/models/other.py":            "",
		"llm/cohere.py":                  "",
		"llm/groq.py":                    "",
		"llm/main.py":                    "",
		"services/api/src/twilio/x.py":   "",
		"services/api/tests/t.py":        "",
		".venv/lib/boto3/__init__.py":    "",
		"env/pyvenv.cfg":                 "",
		"env/lib/pinecone/__init__.py":   "",
		"node_modules/x/flask.py":        "",
		"scripts/requests/__init__.py":   "",
		"types/stubs/httpx/__init__.pyi": "",
	}))
	for _, test := range []struct {
		file, module string
		want         bool
	}{
		{"main.py", "redis", true},
		{"app/views.py", "redis.asyncio", true},
		{"redis.py", "redis", false}, // a file is not its own import
		{"main.py", "config", true},
		{"main.py", "openai", false},        // declared: the folder has no __init__.py
		{"openai/chat.py", "openai", false}, // the folder that it lies in itself
		{"main.py", "stytch", true},
		{"app/models/other.py", "stripe", false}, // beside it, but in a package
		{"main.py", "app.models", true},
		{"llm/main.py", "cohere", false}, // declared
		{"llm/main.py", "groq", true},
		{"services/api/tests/t.py", "twilio", true},
		{"main.py", "twilio", false},
		{"main.py", "boto3", false},
		{"main.py", "pinecone", false},
		{"main.py", "flask", false},
		{"main.py", "requests", false},
		{"scripts/run.py", "requests", true},
		{"main.py", "nothing", false},
		{"main.py", "", false},
	} {
		if got := x.Owns(test.file, "python", test.module); got != test.want {
			t.Errorf("%s imports %s: own %t, want %t", test.file, test.module, got, test.want)
		}
	}
}

// In the repository of the package itself its guide is what one wants to read.
func TestOwnProject(t *testing.T) {
	for name, text := range map[string]string{
		"pyproject.toml":     "[project]\nname = 'Send-Grid'\n",
		"sub/pyproject.toml": "[tool.poetry]\nname = 'sendgrid'\n",
		"setup.py":           "from setuptools import setup\nsetup(\n    name='sendgrid',\n    version=1)\n",
		"setup.cfg":          "[metadata]\nname = sendgrid\n",
	} {
		x := Scan(tree(map[string]string{name: text, "sendgrid/__init__.py": "", "other/__init__.py": ""}))
		if x.Owns("examples/mail.py", "python", "sendgrid.helpers") {
			t.Errorf("%s: sendgrid is taken for a module of its own repository", name)
		}
		if !x.Owns("examples/mail.py", "python", "other") {
			t.Errorf("%s: other is not owned", name)
		}
	}
}

func TestJavaScript(t *testing.T) {
	x := Scan(tree(map[string]string{
		"package.json":              `{"name": "acme", "workspaces": ["packages/*"]}`,
		"packages/sdk/package.json": `{"name": "@acme/sdk"}`,
		"tsconfig.json": `{
			// a comment, and a comma too many
			"compilerOptions": {"baseUrl": ".", "paths": {"utils/*": ["./src/utils/*"], "stripe": ["./src/stripe.ts"], "react": ["./node_modules/@types/react"], "*": ["./types/*"]},},
		}`,
		"web/tsconfig.app.json":            `{"compilerOptions": {"paths": {"lib-*/x": ["./lib/*"]}}}`,
		"broken/tsconfig.json":             `{"compilerOptions": `,
		"broken/package.json":              `[1]`,
		"node_modules/openai/package.json": `{"name": "openai"}`,
	}))
	for _, test := range []struct {
		file, module string
		want         bool
	}{
		{"src/a.ts", "@acme/sdk", true},
		{"src/a.ts", "@acme/sdk/deep", true},
		{"src/a.ts", "acme/x", false}, // the project itself
		{"src/a.ts", "@acme/other", false},
		{"src/a.ts", "utils/format", true},
		{"src/a.ts", "utils", false},
		{"src/a.ts", "stripe", true},
		{"src/a.ts", "stripe/lib", false},
		{"src/a.ts", "react", false},
		{"src/a.ts", "openai", false},
		{"web/src/a.ts", "lib-a/x", true},
		{"src/a.ts", "lib-a/x", false},
		{"website/a.ts", "lib-a/x", false},
	} {
		if got := x.Owns(test.file, "javascript", test.module); got != test.want {
			t.Errorf("%s imports %s: own %t, want %t", test.file, test.module, got, test.want)
		}
	}
	var none *Index
	if none.Owns("a.py", "python", "redis") {
		t.Error("nothing was scanned, and owns something")
	}
}

func FuzzManifests(f *testing.F) {
	f.Add([]byte(`{"name": "a", "compilerOptions": {"paths": {"a*": ["b"]}}}`))
	f.Add([]byte("[project]\ndependencies = ['a']\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := fstest.MapFS{}
		for _, name := range []string{"package.json", "tsconfig.json", "requirements.txt", "pyproject.toml", "Pipfile", "a.py"} {
			fsys[name] = &fstest.MapFile{Data: data}
		}
		x := Scan(fsys)
		x.Owns("b.py", "python", "a")
		x.Owns("b.ts", "javascript", string(data))
	})
}

func TestVersion(t *testing.T) {
	x := Scan(tree(map[string]string{
		"requirements.txt":    "stripe==10.2\nopenai[datalib] >= 1.3, < 2 ; python_version > '3.8'\nredis\nold<3\nurl @ https://example.com/x-9.tgz\n",
		"pyproject.toml":      "[tool.poetry.dependencies]\nhttpx = '^0.27'\nboto3 = {version = '~1.34.2', extras = ['crt']}\n",
		"package.json":        `{"dependencies": {"stripe": "^14.1.0", "next": "latest"}, "devDependencies": {"typescript": "~5.4"}}`,
		"web/package.json":    `{"dependencies": {"stripe": "npm:stripe@9", "react": ">=17 <19"}}`,
		"broken/package.json": `{"dependencies": 7}`,
	}))
	for _, test := range []struct{ file, ecosystem, name, want string }{
		{"a.py", "python", "stripe", "10.2"},
		{"a.py", "python", "OpenAI", "1.3"},
		{"a.py", "python", "redis", ""},
		{"a.py", "python", "old", ""},
		{"a.py", "python", "url", ""},
		{"a.py", "python", "httpx", "0.27"},
		{"a.py", "python", "boto3", "1.34.2"},
		{"src/a.ts", "javascript", "stripe", "14.1.0"},
		{"src/a.ts", "javascript", "next", ""},
		{"src/a.ts", "javascript", "typescript", "5.4"},
		{"web/src/a.ts", "javascript", "stripe", "9"},
		{"web/src/a.ts", "javascript", "react", "17"},
		{"web/src/a.ts", "javascript", "typescript", "5.4"},
		{"src/a.ts", "javascript", "react", ""},
	} {
		if got := x.Version(test.file, test.ecosystem, test.name); got != test.want {
			t.Errorf("%s: %s %q, want %q", test.file, test.name, got, test.want)
		}
	}
}

func TestCommonJS(t *testing.T) {
	x := Scan(tree(map[string]string{
		"package.json":        `{"type": "commonjs"}`,
		"web/package.json":    `{"type": "module"}`,
		"api/package.json":    `{"name": "api"}`,
		"broken/package.json": `{"type": 7}`,
	}))
	for file, want := range map[string]bool{
		"a.js": true, "src/deep/a.js": true, "broken/a.js": true, "web/a.js": false, "web/src/a.js": false, "api/a.js": false,
	} {
		if got := x.CommonJS(file); got != want {
			t.Errorf("%s: %t, want %t", file, got, want)
		}
	}
	if (*Index)(nil).CommonJS("a.js") {
		t.Error("what is not known is CommonJS")
	}
}
