---@brief
---
--- https://github.com/chubls/chubls
---
--- The guides of [Context Hub](https://github.com/andrewyng/context-hub) under
--- the cursor: hovers for the APIs that a file imports, and their snippets as
--- code actions. It runs beside the other servers of a language.
---
--- Install `chubls` from a release, or with
--- `go install github.com/chubls/chubls/cmd/chubls@latest` (needs a C compiler).
---
--- Settings are those below `chubls` in `~/.chub/config.yaml`:
---
--- ```lua
--- vim.lsp.config('chubls', {
---   settings = { chubls = { offline = true, hover = { limit = 8000 } } },
--- })
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'chubls', 'serve' },
  filetypes = { 'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact' },
  -- One server for a repository; without one, for the nearest project.
  root_markers = {
    '.git',
    'package.json',
    'tsconfig.json',
    'jsconfig.json',
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'requirements.txt',
  },
}
