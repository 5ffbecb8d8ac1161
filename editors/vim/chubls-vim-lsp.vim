" chubls for vim-lsp. Source this file from your vimrc. Not tested.
"
" It runs beside the other servers of a file: :LspHover asks them all,
" :LspCodeAction lists the actions of all.

augroup chubls
  autocmd!
  autocmd User lsp_setup call lsp#register_server({
  \   'name': 'chubls',
  \   'cmd': {server_info -> ['chubls', 'serve']},
  \   'allowlist': ['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact'],
  \   'root_uri': {server_info -> lsp#utils#path_to_uri(lsp#utils#find_nearest_parent_file_directory(
  \     lsp#utils#get_buffer_path(),
  \     ['.git/', 'package.json', 'pyproject.toml', 'setup.py', 'requirements.txt']))},
  \ })
augroup END
