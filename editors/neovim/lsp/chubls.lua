-- chubls for Neovim 0.11 and newer. With this folder on 'runtimepath':
--   vim.lsp.enable('chubls')
-- To change a part: vim.lsp.config('chubls', { cmd = { '/opt/chubls', 'serve' } })

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
