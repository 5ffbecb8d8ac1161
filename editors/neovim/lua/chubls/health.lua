-- :checkhealth chubls

local M = {}

local health = vim.health
-- Neovim before 0.10 has other names.
local start, ok = health.start or health.report_start, health.ok or health.report_ok
local info, warn, failed = health.info or health.report_info, health.warn or health.report_warn, health.error or health.report_error

local get_clients = vim.lsp.get_clients or vim.lsp.get_active_clients

---@return string program that would be started
local function program()
  local config = vim.lsp.config and vim.lsp.config.chubls
  local client = get_clients({ name = 'chubls' })[1]
  local cmd = client and client.config.cmd or config and config.cmd
  return type(cmd) == 'table' and cmd[1] or 'chubls'
end

---@return string|nil output, or nil where it failed
local function run(...)
  local out = vim.fn.system({ ... })
  return vim.v.shell_error <= 1 and out or nil, vim.v.shell_error
end

function M.check()
  start('chubls: Neovim')
  if vim.fn.has('nvim-0.11') == 1 then
    ok('vim.lsp.enable is there')
    if vim.lsp.is_enabled and not vim.lsp.is_enabled('chubls') then
      warn('chubls is not enabled', { "Write vim.lsp.enable('chubls') into init.lua" })
    end
  elseif vim.fn.has('nvim-0.8') == 1 then
    ok("there is vim.lsp.start: require('chubls').setup() uses it")
  else
    failed('Neovim is older than 0.8', { 'Install a newer one' })
  end

  start('chubls: the program')
  local name = program()
  if vim.fn.executable(name) == 0 then
    failed(name .. ' is no program on $PATH', {
      'go install github.com/chubls/chubls/cmd/chubls@latest (needs a C compiler), or the program of a release',
      "Or name it: vim.lsp.config('chubls', { cmd = { '/opt/chubls', 'serve' } })",
    })
    return
  end
  local version, languages = run(name, 'version'), run(name, 'languages')
  if not version or not languages then
    failed(vim.fn.exepath(name) .. ' is no chubls that this plugin can use', { 'Install a newer one' })
    return
  end
  ok(vim.trim(version))
  info('It reads: ' .. table.concat(vim.split(vim.trim(languages), '\n'), '; '))

  start('chubls: buffers')
  local clients = get_clients({ name = 'chubls' })
  if #clients == 0 then
    info('The server runs when a file of one of these languages is open.')
  end
  for _, client in ipairs(clients) do
    ok(('attached in %s'):format(client.config.root_dir or 'no folder'))
  end

  start('chubls: the hub')
  local report, code = run(name, 'doctor', '--offline')
  for _, line in ipairs(vim.split(report or '', '\n', { plain = true, trimempty = true })) do
    if line:find('PROBLEM', 1, true) then
      warn(vim.trim(line))
    else
      info(line)
    end
  end
  if code == 0 then
    ok('nothing is to be mended')
  end
end

return M
