package main

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const module = "github.com/chubls/chubls"

// TestGoInstall installs the program as users do, by the path of its module: from a
// proxy that has this checkout as a version. What a module leaves out (a file that
// git does not have, a link) would be missed here.
func TestGoInstall(t *testing.T) {
	if os.Getenv("CHUBLS_DIST") == "" {
		t.Skip("it compiles the parsers anew: make dist-check")
	}
	list := exec.Command("git", "ls-files", "-z")
	list.Dir = filepath.Join("..", "..")
	out, err := list.Output()
	if err != nil {
		t.Skip("this is no checkout of git")
	}
	const version = "v0.0.1-test"
	proxy := t.TempDir()
	at := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(at, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		info, err := os.Lstat(filepath.Join("..", "..", name))
		if err != nil || !info.Mode().IsRegular() {
			continue // removed and not yet committed; a module has no links
		}
		data, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(module + "@" + version + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list": version + "\n", version + ".mod": string(mod), version + ".info": `{"Version":"` + version + `","Time":"2026-01-01T00:00:00Z"}`,
	} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before, err := exec.Command("go", "env", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	// The modules that are at hand are taken from there; ours goes into a cache of its own.
	bin, modules := t.TempDir(), t.TempDir()
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", modules).Run() }) // Go makes it read-only
	have := "file://" + filepath.ToSlash(strings.TrimSpace(string(cache))) + "/cache/download"
	install := exec.Command("go", "install", module+"/cmd/chubls@"+version)
	install.Dir = t.TempDir()
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOMODCACHE="+modules, "GOFLAGS=", "CGO_ENABLED=1", "GONOSUMDB="+module, "GONOSUMCHECK=1",
		"GOPROXY=file://"+filepath.ToSlash(proxy)+","+have+","+strings.TrimSpace(string(before)))
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program := filepath.Join(bin, "chubls")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	told, err := exec.Command(program, "version").Output()
	if err != nil || !strings.HasPrefix(string(told), "chubls "+version) {
		t.Errorf("the program says %q, %v", told, err)
	}
}
