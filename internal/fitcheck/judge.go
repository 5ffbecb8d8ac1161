package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// esbuild is the judge of JavaScript and TypeScript. Python's is its compiler.
const esbuild = "esbuild@0.28.2"

var (
	//go:embed judge.py
	pythonJudge []byte
	//go:embed judge.mjs
	scriptJudge []byte
)

// judge is a process that says whether code is good.
type judge struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	n   int
}

// installJudges brings esbuild to a folder, and the scripts beside it.
func installJudges(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range map[string][]byte{
		"judge.py": pythonJudge, "judge.mjs": scriptJudge, "package.json": []byte("{\"private\": true}\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "esbuild", "package.json")); err == nil {
		return nil
	}
	npm := exec.Command("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--no-save", esbuild)
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install %s: %w\n%s", esbuild, err, out)
	}
	return nil
}

func newJudge(dir, ecosystem, python string) (*judge, error) {
	cmd := exec.Command("node", filepath.Join(dir, "judge.mjs"), dir)
	if ecosystem == "python" {
		cmd = exec.Command(python, filepath.Join(dir, "judge.py"))
	}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &judge{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

func (j *judge) close() error {
	err := j.in.Close()
	if waited := j.cmd.Wait(); err == nil {
		err = waited
	}
	return err
}

// ask returns what is wrong with the code, "" for nothing.
func (j *judge) ask(code, loader string, alone bool) (string, error) {
	j.n++
	task, err := json.Marshal(map[string]any{"id": j.n, "code": code, "loader": loader, "alone": alone})
	if err != nil {
		return "", err
	}
	if _, err := j.in.Write(append(task, '\n')); err != nil {
		return "", err
	}
	line, err := j.out.ReadBytes('\n')
	if err != nil {
		return "", fmt.Errorf("the judge has ended: %w", err)
	}
	var verdict struct {
		ID    int
		Error string
	}
	if err := json.Unmarshal(line, &verdict); err != nil || verdict.ID != j.n {
		return "", fmt.Errorf("the judge answered %.200q: %v", line, err)
	}
	return verdict.Error, nil
}
