" chubls for ALE. Source this file from your vimrc. It adds a linter named
" chubls; it reports nothing, and answers :ALEHover and :ALECodeAction.
"
" If you name your linters, name chubls too:
"   let g:ale_linters = {'python': ['pyright', 'chubls']}
" To use another program: let g:chubls_executable = '/opt/chubls'

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
