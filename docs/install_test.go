package docs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInstallsIn(t *testing.T) {
	for script, want := range map[string][]Install{
		"pip install stripe":                              {{Package: "stripe", Ecosystem: "python"}},
		"$ python -m pip install 'redis[hiredis]==5.0.1'": {{Package: "redis", Version: "5.0.1", Ecosystem: "python"}},
		"uv add \"fastapi>=0.110\" httpx":                 {{Package: "fastapi", Version: "0.110", Ecosystem: "python"}, {Package: "httpx", Ecosystem: "python"}},
		"poetry add --group dev pytest":                   {{Package: "pytest", Ecosystem: "python"}},
		"conda install -c conda-forge lightgbm":           {{Package: "lightgbm", Ecosystem: "python"}},
		"npm install --save @slack/web-api@7.1.0 express": {{Package: "@slack/web-api", Version: "7.1.0", Ecosystem: "javascript"}, {Package: "express", Ecosystem: "javascript"}},
		"npm i -D typescript # for development":           {{Package: "typescript", Ecosystem: "javascript"}},
		"deno add npm:zod jsr:@std/path":                  {{Package: "zod", Ecosystem: "javascript"}, {Package: "@std/path", Ecosystem: "javascript"}},
		"cd app && yarn add react \\\n  react-dom":        {{Package: "react", Ecosystem: "javascript"}, {Package: "react-dom", Ecosystem: "javascript"}},
		"pip install -r requirements.txt":                 nil,
		"pip install git+https://example.com/x.git":       nil,
		"pip install .":                                   nil,
		"npm install":                                     nil,
		"echo pip install nothing-here":                   nil,
	} {
		if diff := cmp.Diff(want, InstallsIn(script)); diff != "" {
			t.Errorf("%q: -want +got\n%s", script, diff)
		}
	}
}
