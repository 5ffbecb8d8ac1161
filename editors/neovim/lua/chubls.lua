-- chubls for Neovim 0.8 to 0.10, which have no vim.lsp.enable. With this
-- folder on 'runtimepath':
--   require('chubls').setup()
-- To change a part: require('chubls').setup({ cmd = { '/opt/chubls', 'serve' } })

local M = {}

-- The settings are those of newer versions, from one place.
local function defaults()
  local file = vim.api.nvim_get_runtime_file('lsp/chubls.lua', false)[1]
  return dofile(file)
end

---@param config table|nil what differs from lsp/chubls.lua
function M.setup(config)
  config = vim.tbl_extend('force', defaults(), config or {})
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
      vim.lsp.start({ name = 'chubls', cmd = config.cmd, root_dir = root }, { bufnr = event.buf })
    end,
  })
end

return M
