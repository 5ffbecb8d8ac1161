" chubls for ALE. Source this file from your vimrc. It adds a linter named
" chubls; it reports nothing, and answers :ALEHover and :ALECodeAction.
"
" It joins the linters that ALE has for a language by itself. If you name yours, name
" chubls too:
"   let g:ale_linters = {'python': ['pyright', 'chubls']}
" To use another program: let g:chubls_executable = '/opt/chubls'
"
" :ChublsOpen opens the guide of what the cursor is on. :ChublsHover asks chubls
" alone: where several servers answer, :ALEHover shows the last answer only.

" One server for a repository; without one, for the nearest project.
function! s:Root(buffer) abort
  let l:folder = expand('#' . a:buffer . ':p:h')
  for l:marker in ['.git', 'package.json', 'tsconfig.json', 'jsconfig.json', 'pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt']
    for l:found in [finddir(l:marker, l:folder . ';'), findfile(l:marker, l:folder . ';')]
      if !empty(l:found)
        return fnamemodify(l:found, l:found =~# '[\/]$' ? ':p:h:h' : isdirectory(l:found) ? ':p:h:h' : ':p:h')
      endif
    endfor
  endfor
  return l:folder
endfunction

" ALE has a list of linters for some languages, and leaves out what is not on it.
function! s:Enable(language) abort
  let g:ale_linters = get(g:, 'ale_linters', {})
  if has_key(g:ale_linters, a:language) || get(g:, 'ale_linters_explicit', 0)
    return
  endif
  let l:names = map(copy(ale#linter#Get(a:language)), 'v:val.name')
  if index(l:names, 'chubls') < 0
    let g:ale_linters[a:language] = l:names + ['chubls']
  endif
endfunction

function! s:Define() abort
  " ALE knows JSX and TSX by the names of JavaScript and TypeScript.
  for l:language in ['python', 'javascript', 'typescript']
    call ale#linter#Define(l:language, {
    \   'name': 'chubls',
    \   'lsp': 'stdio',
    \   'executable': {-> get(g:, 'chubls_executable', 'chubls')},
    \   'command': '%e serve',
    \   'language': {buffer -> getbufvar(buffer, '&filetype')},
    \   'project_root': function('s:Root'),
    \ })
    call s:Enable(l:language)
  endfor
endfunction

if exists('g:loaded_ale')
  call s:Define()
else
  augroup chubls
    autocmd!
    autocmd VimEnter * call s:Define()
  augroup END
endif

" What the protocol calls a place: ALE counts lines and bytes from 1. The column is
" counted in UTF-16, as the server does for ALE.
function! s:Place() abort
  let l:before = strpart(getline('.'), 0, col('.') - 1)
  let l:column = 0
  for l:letter in split(l:before, '\zs')
    let l:column += char2nr(l:letter) > 0xffff ? 2 : 1
  endfor
  return {'line': line('.') - 1, 'character': l:column}
endfunction

function! s:Uri() abort
  return ale#path#ToFileURI(expand('%:p'))
endfunction

function! s:Opened(response) abort
  if has_key(a:response, 'error')
    echohl WarningMsg | echomsg 'chubls: ' . a:response.error.message | echohl None
    return
  endif
  let l:where = get(a:response, 'result', v:null)
  if type(l:where) is v:t_dict
    execute 'edit' fnameescape(ale#path#FromFileURI(l:where.uri))
    call cursor(l:where.range.start.line + 1, 1)
    normal! zt
  endif
endfunction

function! s:Open() abort
  call ale#lsp_linter#SendRequest(bufnr(''), 'chubls', [0, 'workspace/executeCommand', {
  \   'command': 'chubls.open',
  \   'arguments': [{'uri': s:Uri(), 'position': s:Place()}],
  \ }], function('s:Opened'))
endfunction

function! s:Hovered(response) abort
  let l:hover = get(a:response, 'result', v:null)
  if type(l:hover) isnot v:t_dict
    return
  endif
  let l:lines = split(l:hover.contents.value, "\n", 1)
  if get(g:, 'ale_floating_preview', 0) || get(g:, 'ale_hover_to_floating_preview', 0)
    call ale#floating_preview#Show(l:lines, {'filetype': 'ale-preview.message'})
  else
    call ale#preview#Show(l:lines, {'filetype': 'ale-preview.message', 'stay_here': 1})
  endif
endfunction

function! s:Hover() abort
  call ale#lsp_linter#SendRequest(bufnr(''), 'chubls', [0, 'textDocument/hover', {
  \   'textDocument': {'uri': s:Uri()}, 'position': s:Place(),
  \ }], function('s:Hovered'))
endfunction

command! ChublsOpen call s:Open()
command! ChublsHover call s:Hover()
