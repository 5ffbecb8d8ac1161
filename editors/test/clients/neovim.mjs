import { join } from "node:path";

import { numberOf, Terminal } from "../terminal.mjs";

// Both use what editors/neovim has, as a user would.
const inits = {
  "nvim-0.12": "vim.lsp.enable('chubls')",
  "nvim-0.10": "require('chubls').setup()",
};

const list = (command) => `{ ${command.map((part) => `'${part}'`).join(", ")} }`;

// A second server, each in the way of its version.
const seconds = {
  "nvim-0.12": (command) =>
    `vim.lsp.config('second', { cmd = ${list(command)}, filetypes = { 'python', 'typescript' }, root_markers = { '.git' } }) ; vim.lsp.enable('second')`,
  "nvim-0.10": (command) =>
    `vim.api.nvim_create_autocmd('FileType', { callback = function() vim.lsp.start({ name = 'second', cmd = ${list(command)}, root_dir = vim.fn.getcwd() }) end })`,
};

export const neovim = (version) => async ({ work, editors, folder, file, env, until, artefact, beside }) => {
  const init = [
    `vim.opt.runtimepath:prepend('${join(editors, "neovim")}')`,
    "vim.o.swapfile = false",
    "vim.o.statusline = '%f %{get(b:,\"lsp_ready\",\"\")}'",
    "vim.api.nvim_create_autocmd('LspAttach', { callback = function(e) vim.b[e.buf].lsp_ready = (vim.b[e.buf].lsp_ready or '') .. ' attached' vim.cmd.redrawstatus() end })",
    inits[version],
    ...(beside ? [seconds[version](beside)] : []),
  ].join(" ; ");
  const terminal = new Terminal(folder, env, [join(work, version, "nvim"), "--clean", "--cmd", `lua ${init}`, file]);
  const go = ({ line, before }) => terminal.type(`:call cursor(${line + 1}, ${Buffer.byteLength(before) + 1})\r`);
  await until("no server attached", () => terminal.screen().includes(beside ? "attached attached" : "attached"));
  const actions = async (place) => {
    await go(place);
    if (version === "nvim-0.12") await terminal.type("gra");
    else await terminal.type(":lua vim.lsp.buf.code_action()\r");
  };
  return {
    async hover(place) {
      await go(place);
      await terminal.press("K");
    },
    screen: () => terminal.screen(),
    dismiss: () => terminal.press("h", "l"),
    async insert(place, title) {
      await actions(place);
      await until("no action is offered", () => terminal.screen().includes(title));
      await this.capture("menu");
      await terminal.type("1\r");
    },
    async openGuide(place, title) {
      if (!beside) {
        await go(place);
        await terminal.type(":Chub open\r");
        return;
      }
      await actions(place);
      let number;
      await until("the guide is not offered", () => (number = numberOf(terminal.screen(), title)) !== undefined);
      await terminal.type(`${number}\r`);
    },
    closeGuide: () => terminal.type(":bdelete\r"),
    append: async (line) => {
      await terminal.type(`Go${line}`);
      await terminal.press("Escape");
    },
    undo: () => terminal.press("u"),
    save: () => terminal.type(":silent write\r"),
    capture: async (name) => terminal.capture(artefact(name)),
    close: async () => terminal.end(),
  };
};
