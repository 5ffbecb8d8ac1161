import { join } from "node:path";

import { Terminal } from "../terminal.mjs";

// Both use what editors/neovim has, as a user would.
const inits = {
  "nvim-0.12": "vim.lsp.enable('chubls')",
  "nvim-0.10": "require('chubls').setup()",
};

export const neovim = (version) => async ({ work, editors, folder, file, env, until, artefact }) => {
  const init = [
    `vim.opt.runtimepath:prepend('${join(editors, "neovim")}')`,
    "vim.o.swapfile = false",
    "vim.o.statusline = '%f %{get(b:,\"lsp_ready\",\"\")}'",
    "vim.api.nvim_create_autocmd('LspAttach', { callback = function(e) vim.b[e.buf].lsp_ready = 'attached' vim.cmd.redrawstatus() end })",
    inits[version],
  ].join(" ; ");
  const terminal = new Terminal(folder, env, [join(work, version, "nvim"), "--clean", "--cmd", `lua ${init}`, file]);
  const go = ({ line, before }) => terminal.type(`:call cursor(${line + 1}, ${Buffer.byteLength(before) + 1})\r`);
  await until("no server attached", () => terminal.screen().includes("attached"));
  return {
    async hover(place) {
      await go(place);
      await terminal.press("K");
    },
    screen: () => terminal.screen(),
    dismiss: () => terminal.press("h", "l"),
    async insert(place, title) {
      await go(place);
      if (version === "nvim-0.12") await terminal.type("gra");
      else await terminal.type(":lua vim.lsp.buf.code_action()\r");
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
};
