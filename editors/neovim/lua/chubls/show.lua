-- Shows what the server asks to be shown, with its first line on top of the window:
-- a guide is read from its section on.

return function(err, result, context, config)
  local reply = vim.lsp.handlers['window/showDocument'](err, result, context, config)
  if result and not result.external and result.selection and reply and reply.success then
    vim.cmd('normal! zt')
  end
  return reply
end
