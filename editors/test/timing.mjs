// timing.mjs ROUNDS CLIENT: see timing.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { cases, place } from "./cases.mjs";
import { vscode } from "./clients/vscode.mjs";
import { says } from "./second.mjs";
import { Terminal } from "./terminal.mjs";

const rounds = Number(process.argv[2] ?? 5);
const work = process.env.WORK;
const here = dirname(fileURLToPath(import.meta.url));
const others = join(work, "others", "node_modules");
const server = process.env.SERVER;

// What runs, and what is waited for: on a name that it knows, a text that it shows.
const chain = { python: "Create a chat completion", typescript: "Create a chat completion" };
const servers = {
  none: { command: [process.execPath, join(here, "second.mjs")], text: () => says("create") },
  chubls: { command: [server, "serve"], text: (test) => chain[test.name] },
  pyright: { only: "python", own: true, command: [process.execPath, join(others, "pyright", "langserver.index.js"), "--stdio"], text: () => "(function) def ask" },
  "typescript-language-server": {
    only: "typescript", own: true, command: [process.execPath, join(others, "typescript-language-server", "lib", "cli.mjs"), "--stdio"], text: () => "Promise<any>",
  },
};
const ask = { python: { at: "def ask", word: "ask" }, typescript: { at: "function ask", word: "ask" } };

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const root = mkdtempSync(join(tmpdir(), "chubls-timing-"));
let count = 0;

/** A fresh home and project with the file of a case. */
function fresh(test) {
  const base = join(root, String(++count));
  const folder = join(base, "project");
  const home = join(base, "home");
  mkdirSync(join(folder, ".git"), { recursive: true });
  mkdirSync(home);
  const file = join(folder, test.file);
  writeFileSync(file, test.text);
  return { folder, home, file };
}

async function until(what, check, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if ((await check()) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(what);
}

async function neovim(test, { command, text, own }) {
  const { folder, home, file } = fresh(test);
  const list = command.map((part) => `'${part}'`).join(", ");
  const init = `vim.lsp.config('one', { cmd = { ${list} }, filetypes = { 'python', 'typescript' }, root_markers = { '.git' } }) vim.lsp.enable('one') ` +
    // Before that K would ask a program for the manual.
    "vim.api.nvim_create_autocmd('LspAttach', { callback = function() vim.o.statusline = 'attached' vim.o.laststatus = 2 end })";
  const at = place(test.text, own ? ask[test.name] : test.spots.chain);
  const began = performance.now();
  const terminal = new Terminal(folder, { HOME: home, LANG: "C.UTF-8", PATH: process.env.PATH },
    [join(work, "nvim-0.12", "nvim"), "--clean", "--cmd", `lua ${init}`, `+call cursor(${at.line + 1}, ${Buffer.byteLength(at.before) + 1})`, file]);
  try {
    let asked = 0;
    await until("no hover in Neovim", async () => {
      const screen = terminal.screen();
      if (screen.includes(text(test))) return true;
      // A second K goes into the window of the first, which then shows something else.
      if (screen.includes("attached") && Date.now() - asked > 5000) {
        await terminal.press("K");
        asked = Date.now();
      }
      return false;
    });
    return performance.now() - began;
  } finally {
    terminal.end();
  }
}

/** In VS Code: from the double click on the file, in a window that is ready. */
async function code(test, { command, text, own }, name) {
  const { folder, home, file } = fresh(test);
  const env = { HOME: home, LANG: "C.UTF-8", PATH: [dirname(server), process.env.PATH].join(delimiter), ANY_SERVER: name === "chubls" ? "[]" : JSON.stringify(command) };
  let began = 0;
  const editor = await vscode({
    test, work, folder, home, env, file, until, artefact: (part) => join(root, part),
    extensions: name === "chubls" ? ["vsix/chubls.vsix"] : ["starter/any.vsix"],
    opening: () => (began = performance.now()),
  });
  try {
    const at = place(test.text, own ? ask[test.name] : test.spots.chain);
    let asked = 0;
    await until("no hover in VS Code", async () => {
      if ((await editor.screen()).includes(text(test))) return true;
      if (Date.now() - asked > 600) {
        if (asked > 0) await editor.dismiss();
        await editor.hover(at);
        asked = Date.now();
      }
      return false;
    });
    return performance.now() - began;
  } finally {
    await editor.close();
  }
}

for (const [client, measure] of [["nvim-0.12", neovim], ["vscode", code]]) {
  if (process.argv[3] && process.argv[3] !== client) continue;
  for (const test of cases) {
    const names = Object.keys(servers).filter((name) => (servers[name].only ?? test.name) === test.name);
    const times = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const name of names) { // in turn, so that the machine's moods meet all
        try {
          times[name].push(await measure(test, servers[name], name));
        } catch (error) {
          console.error(`${client} ${test.name} ${name}: ${error.message}`);
        }
      }
    }
    const floor = median(times.none);
    for (const name of names) {
      if (times[name].length === 0) continue;
      const middle = median(times[name]);
      console.log(`${client} ${test.name} ${name}: ${Math.round(middle)} ms, ${(middle / floor).toFixed(2)} of none (${times[name].length} rounds)`);
    }
  }
}
rmSync(root, { recursive: true, force: true, maxRetries: 5 });
process.exit(0);
