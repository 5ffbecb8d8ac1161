import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Terminal } from "../terminal.mjs";

export async function ale({ editors, folder, home, file, env, until, artefact, beside }) {
  const vimrc = join(home, "vimrc");
  writeFileSync(vimrc, [
    "set nocompatible noswapfile laststatus=2 encoding=utf-8 ttimeoutlen=10",
    "set rtp+=/usr/share/vim-ale",
    "filetype plugin on",
    "syntax on",
    // Alone it is set up as the README says; who names the linters names it, too.
    ...(beside ? ["let g:ale_linters_explicit = 1", "let g:ale_linters = {'python': ['chubls', 'second'], 'typescript': ['chubls', 'second']}"] : []),
    "let g:ale_floating_preview = 1",
    `source ${join(editors, "vim", "chubls-ale.vim")}`,
    "runtime plugin/ale.vim",
    ...(beside ? ["python", "typescript"].map((language) =>
      `call ale#linter#Define('${language}', {'name': 'second', 'lsp': 'stdio', 'executable': '${beside[0]}', 'command': '%e ${beside.slice(1).join(" ")}', ` +
      `'language': '${language}', 'project_root': {-> getcwd()}})`) : []),
  ].join("\n") + "\n");
  const terminal = new Terminal(folder, env, ["vim", "-Nu", vimrc, file]);
  await until("the file is not open", () => /import/.test(terminal.screen()));
  const go = ({ line, before }) => terminal.type(`:call cursor(${line + 1}, ${Buffer.byteLength(before) + 1})\r`);
  return {
    // ALE shows the answer that came last: chubls is asked alone, the other as usual.
    hears: "one",
    async hover(place, title) {
      await go(place);
      await terminal.type(beside && !/second/.test(title) ? ":ChublsHover\r" : ":ALEHover\r");
    },
    screen: () => terminal.screen(),
    async openGuide(place) {
      await go(place);
      await terminal.type(":ChublsOpen\r");
    },
    closeGuide: () => terminal.type(":bdelete\r"),
    dismiss: () => terminal.press("h", "l"),
    async insert(place, title) {
      await go(place);
      await terminal.type(":ALECodeAction\r");
      await until("no action is offered", () => terminal.screen().includes(title));
      await this.capture("menu");
      await terminal.type("1\r");
    },
    append: async (line) => {
      await terminal.type(`Go${line}`);
      await terminal.press("Escape");
    },
    undo: () => terminal.press("u"),
    save: () => terminal.type(":silent write\r"),
    capture: async (name) => terminal.capture(artefact(name)),
    close: async () => terminal.end(),
  };
}
