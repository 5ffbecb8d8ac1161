import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Terminal } from "../terminal.mjs";

export async function ale({ editors, folder, home, file, env, until, artefact }) {
  const vimrc = join(home, "vimrc");
  writeFileSync(vimrc, [
    "set nocompatible noswapfile laststatus=2 encoding=utf-8 ttimeoutlen=10",
    "set rtp+=/usr/share/vim-ale",
    "filetype plugin on",
    "syntax on",
    "let g:ale_linters_explicit = 1",
    "let g:ale_linters = {'python': ['chubls'], 'typescript': ['chubls']}",
    "let g:ale_floating_preview = 1",
    `source ${join(editors, "vim", "chubls-ale.vim")}`,
    "runtime plugin/ale.vim",
  ].join("\n") + "\n");
  const terminal = new Terminal(folder, env, ["vim", "-Nu", vimrc, file]);
  await until("the file is not open", () => /import/.test(terminal.screen()));
  const go = ({ line, before }) => terminal.type(`:call cursor(${line + 1}, ${Buffer.byteLength(before) + 1})\r`);
  return {
    async hover(place) {
      await go(place);
      await terminal.type(":ALEHover\r");
    },
    screen: () => terminal.screen(),
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
