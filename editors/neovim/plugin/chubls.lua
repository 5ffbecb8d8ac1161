-- The commands of chubls. On Neovim 0.11 and newer, what the server may ask of this
-- plugin is added to the configuration lsp/chubls.lua, which works without it too.

if vim.g.loaded_chubls then
  return
end
vim.g.loaded_chubls = true

vim.api.nvim_create_user_command('Chub', function(command)
  require('chubls').command(command.fargs)
end, {
  nargs = '*',
  desc = 'chubls: read and search the guides of Context Hub',
  complete = function(lead, line)
    return require('chubls').complete(lead, line)
  end,
})

if vim.lsp.config then
  vim.lsp.config('chubls', {
    capabilities = { experimental = require('chubls').abilities },
    handlers = { ['window/showDocument'] = require('chubls.show') },
    commands = require('chubls').client_commands,
  })
end
