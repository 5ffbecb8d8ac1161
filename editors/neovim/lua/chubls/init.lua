-- What chubls does in Neovim beside the built-in hovers and code actions: the
-- commands below :Chub, and, for Neovim 0.8 to 0.10, which have no vim.lsp.enable,
--   require('chubls').setup()
-- To change a part there: require('chubls').setup({ cmd = { '/opt/chubls', 'serve' } })
-- See :help chubls.

local M = {}

local modern = vim.fn.has('nvim-0.11') == 1

-- Old and new names of one thing.
local get_clients = vim.lsp.get_clients or vim.lsp.get_active_clients
local show_markdown = vim.lsp.util.open_floating_preview

local function tell(text, level)
  vim.notify('chubls: ' .. text, level or vim.log.levels.INFO)
end

---@return table|nil client of the current buffer, or else of any
local function client_of()
  return get_clients({ bufnr = vim.api.nvim_get_current_buf(), name = 'chubls' })[1] or get_clients({ name = 'chubls' })[1]
end

---Executes one of the server's commands.
---@param name string
---@param argument any
---@param done fun(result: any)|nil
---@param client table|nil
---@param missing fun()|nil called where the server does not know the command
local function execute(name, argument, done, client, missing)
  client = client or client_of()
  if not client then
    tell('the server does not run here; :checkhealth chubls says why', vim.log.levels.WARN)
    return
  end
  local function handler(err, result)
    if err and err.message and err.message:find('has no command', 1, true) then
      if missing then
        missing()
      else
        tell('this server does not know ' .. name .. ': install a newer one', vim.log.levels.WARN)
      end
    elseif err then
      tell(err.message or tostring(err), vim.log.levels.WARN)
    elseif done then
      -- An empty list and null are nothing.
      done(result ~= vim.NIL and result or nil)
    end
  end
  local params = { command = name, arguments = { argument } }
  if modern then
    client:request('workspace/executeCommand', params, handler)
  else
    client.request('workspace/executeCommand', params, handler)
  end
end

---@return table argument the place of the cursor, as the server counts
local function here(client)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { uri = params.textDocument.uri, position = params.position }
end

---Searches the hub and opens what is chosen.
---@param words string|nil asked for where there is none
function M.search(words)
  local function find(query)
    if not query then
      return
    end
    execute('chubls.search', { query = query, limit = 100 }, function(found)
      if not found or #found == 0 then
        tell(('nothing is called "%s"'):format(query))
        return
      end
      vim.ui.select(found, {
        prompt = 'Open a guide',
        kind = 'chubls',
        format_item = function(one)
          local name = one.section and (one.title .. '  ' .. one.entry) or one.entry
          local about = vim.trim((one.language or '') .. ' ' .. (one.version or ''))
          local text = name .. '  ' .. about
          if one.description and one.description ~= '' then
            text = text .. '  ' .. one.description
          end
          return text
        end,
      }, function(one)
        if one then
          execute('chubls.open', { entry = one.entry, language = one.language, section = one.section })
        end
      end)
    end)
  end
  if words and words ~= '' then
    find(words)
  else
    vim.ui.input({ prompt = 'Search the hub: ' }, find)
  end
end

---Opens the guide of what the cursor is on, or of an entry.
---@param entry string|nil
function M.open(entry)
  local client = client_of()
  local argument = entry and { entry = entry } or (client and here(client))
  execute('chubls.open', argument, nil, client)
end

-- An older server has the snippets as code actions only.
local function actions()
  vim.lsp.buf.code_action({
    filter = function(action)
      return vim.startswith(action.title, 'Insert snippet')
    end,
  })
end

---Offers snippets and inserts the chosen one.
---@param place table { uri, position }, as the server counts, and what its action has beside
---@param client_id integer
function M.pick(place, client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  local buffer = vim.uri_to_bufnr(place.uri)
  local versions = vim.lsp.util.buf_versions
  local version = place.version or versions and versions[buffer] or vim.b[buffer].changedtick
  execute('chubls.pickSnippet', place, function(snippets)
    if not snippets or #snippets == 0 then
      tell('the guide has no snippet for this place')
      return
    end
    vim.ui.select(snippets, {
      prompt = 'Insert a snippet from ' .. snippets[1].entry,
      kind = 'chubls',
      format_item = function(one)
        local first = vim.trim((one.preview or ''):match('[^\n]*%S[^\n]*') or '')
        return one.title .. (first ~= '' and '  │ ' .. first or '')
      end,
    }, function(one)
      if one then
        local argument = { uri = place.uri, position = place.position, key = one.key, version = version }
        execute('chubls.insertSnippet', argument, nil, client)
      end
    end)
  end, client, actions)
end

---Offers the snippets of what the cursor is on.
function M.snippet()
  local client = client_of()
  if client then
    M.pick(here(client), client.id)
  else
    execute('chubls.pickSnippet') -- which tells
  end
end

---What the server may ask of the editor: the names are those of its code actions.
M.client_commands = {
  ['chubls.pickSnippet'] = function(command, context)
    M.pick(command.arguments[1], context.client_id)
  end,
  ['chubls.copyText'] = function(command)
    vim.fn.setreg('+', command.arguments[1].text)
    vim.fn.setreg('"', command.arguments[1].text)
  end,
}

---What the editor can do, for the server.
M.abilities = { chubls = { picker = true, copy = true } }

---Leaves a note on an entry.
---@param entry string|nil asked for where there is none
---@param note string|nil asked for where there is none
function M.annotate(entry, note)
  local function write(id)
    if not id or id == '' then
      return
    end
    local function keep(text)
      if not text then
        return
      end
      execute('chubls.annotate', { entry = id, note = text }, function()
        tell(text == '' and ('the note on ' .. id .. ' is gone') or ('the note on ' .. id .. ' is written'))
      end)
    end
    if note and note ~= '' then
      keep(note)
      return
    end
    execute('chubls.annotate', { entry = id }, function(before)
      vim.ui.input({ prompt = 'Note on ' .. id .. ' (empty removes it): ', default = before or '' }, keep)
    end)
  end
  if entry and entry ~= '' then
    write(entry)
  else
    vim.ui.input({ prompt = 'Leave a note on which entry? ' }, write)
  end
end

---Asks the hubs for what is new.
function M.refresh()
  execute('chubls.refresh', vim.empty_dict(), tell)
end

---Says how the server and its hubs are.
function M.status()
  execute('chubls.status', vim.empty_dict(), function(status)
    local lines = { status.version .. (not status.configured and ', no hub is configured' or status.offline and ', offline' or '') }
    for _, title in ipairs(status.loading) do
      lines[#lines + 1] = title
    end
    for _, source in ipairs(status.sources) do
      local age = source.age >= 0 and (', asked %d h ago'):format(math.floor(source.age / 3600)) or ''
      lines[#lines + 1] = ('%s: %d entries%s'):format(source.name, source.entries, age)
    end
    tell(table.concat(lines, '\n'))
  end)
end

---Shows what is configured, reachable and cached.
function M.doctor()
  execute('chubls.doctor', vim.empty_dict(), function(report)
    vim.cmd.new()
    local buffer = vim.api.nvim_get_current_buf()
    vim.bo[buffer].buftype = 'nofile'
    vim.bo[buffer].bufhidden = 'wipe'
    vim.bo[buffer].swapfile = false
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(report, '\n', { plain = true, trimempty = true }))
    vim.bo[buffer].modifiable = false
  end)
end

---Shows the hovers of all servers in one window. Neovim 0.11 does so by itself;
---before it, the last answer takes the place of the others.
function M.hover()
  local buffer = vim.api.nvim_get_current_buf()
  -- Servers count alike here: UTF-16 is all that Neovim before 0.11 offers by default.
  local params = vim.lsp.util.make_position_params()
  vim.lsp.buf_request_all(buffer, 'textDocument/hover', params, function(replies)
    local lines = {}
    local ids = vim.tbl_keys(replies)
    table.sort(ids)
    for _, id in ipairs(ids) do
      local hover = replies[id].result
      if hover and hover.contents then
        local more = vim.lsp.util.convert_input_to_markdown_lines(hover.contents)
        while more[#more] == '' do
          more[#more] = nil
        end
        if #more > 0 then
          if #lines > 0 then
            vim.list_extend(lines, { '', '---', '' })
          end
          vim.list_extend(lines, more)
        end
      end
    end
    if #lines > 0 then
      show_markdown(lines, 'markdown', { focus_id = 'textDocument/hover' })
    end
  end)
end

local subcommands = {
  search = function(words)
    M.search(table.concat(words, ' '))
  end,
  open = function(words)
    M.open(words[1])
  end,
  snippet = M.snippet,
  annotate = function(words)
    M.annotate(words[1], table.concat(vim.list_slice(words, 2), ' '))
  end,
  refresh = M.refresh,
  status = M.status,
  doctor = M.doctor,
}

local function names()
  local list = vim.tbl_keys(subcommands)
  table.sort(list)
  return list
end

---Runs :Chub.
---@param words string[]
function M.command(words)
  local run = subcommands[words[1] or 'search']
  if not run then
    tell(('there is no :Chub %s; there are %s'):format(words[1], table.concat(names(), ', ')), vim.log.levels.WARN)
    return
  end
  run(vim.list_slice(words, 2))
end

---Completes :Chub.
function M.complete(lead, line)
  if #vim.split(vim.trim(line:sub(1, #line - #lead)), '%s+') > 1 then
    return {}
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names())
end

-- The settings are those of newer versions, from one place.
local function defaults()
  local file = vim.api.nvim_get_runtime_file('lsp/chubls.lua', false)[1]
  return dofile(file)
end

---Starts chubls for its languages on Neovim 0.8 to 0.10.
---@param config table|nil what differs from lsp/chubls.lua
function M.setup(config)
  config = vim.tbl_extend('force', defaults(), config or {})
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.experimental = vim.tbl_extend('force', capabilities.experimental or {}, M.abilities)
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('chubls', { clear = true }),
    pattern = config.filetypes,
    callback = function(event)
      local root
      for _, marker in ipairs(config.root_markers) do
        local found = vim.fs.find(marker, { upward = true, path = vim.fs.dirname(vim.api.nvim_buf_get_name(event.buf)) })
        if found[1] then
          root = vim.fs.dirname(found[1])
          break
        end
      end
      vim.lsp.start({
        name = 'chubls',
        cmd = config.cmd,
        root_dir = root,
        settings = config.settings,
        capabilities = capabilities,
        handlers = { ['window/showDocument'] = require('chubls.show') },
        commands = M.client_commands,
        on_attach = function(client, buffer)
          vim.keymap.set('n', 'K', M.hover, { buffer = buffer, desc = 'Hovers of all servers' })
          if config.on_attach then
            config.on_attach(client, buffer)
          end
        end,
      }, { bufnr = event.buf })
    end,
  })
end

return M
