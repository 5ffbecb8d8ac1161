import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Terminal } from "../terminal.mjs";

export async function helix({ work, editors, folder, home, file, env, until, artefact, beside }) {
  const config = join(home, ".config", "helix");
  mkdirSync(config, { recursive: true });
  let languages = readFileSync(join(editors, "helix", "languages.toml"), "utf8");
  if (beside) {
    const [command, ...args] = beside;
    languages = languages.replace(/language-servers = \[.*"chubls"\]/g, 'language-servers = ["second", "chubls"]') +
      `\n[language-server.second]\ncommand = ${JSON.stringify(command)}\nargs = ${JSON.stringify(args)}\n`;
  }
  writeFileSync(join(config, "languages.toml"), languages);
  const terminal = new Terminal(folder, env, [join(work, "helix-forky", "hx"), file]);
  await until("the file is not open", () => /import/.test(terminal.screen()));
  const go = async ({ line, before }) => {
    await terminal.press("Escape");
    await terminal.type(`${line + 1}Ggh`);
    if (before !== "") await terminal.type(`${[...before].length}l`);
  };
  const popup = async (keys, seen, wantsSecond = false) => {
    // The server may still be starting; then Helix says so and shows nothing.
    for (let tries = 0; ; tries++) {
      await terminal.press("Space", keys);
      const end = Date.now() + 2000;
      while (Date.now() < end) {
        if (seen(terminal.screen())) return;
        // One hover at a time: the next.
        if (beside && keys === "k" && !wantsSecond && /The second server/.test(terminal.screen())) await terminal.press("M-n");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (tries === 4) return;
      await terminal.press("Escape");
    }
  };
  return {
    async hover(place, title) {
      await go(place);
      const second = /second/.test(title);
      await popup("k", (screen) => (second ? screen.includes(title) : / · /.test(screen)), second);
    },
    screen: () => terminal.screen(),
    hears: "one",
    dismiss: () => terminal.press("Escape"),
    async insert(place, title) {
      await go(place);
      await popup("a", (screen) => screen.includes(title));
      await until("no action is offered", () => terminal.screen().includes(title));
      await this.capture("menu");
      await terminal.press("Enter");
    },
    async openGuide(place, title) {
      await go(place);
      await popup("a", (screen) => screen.includes(title.slice(0, 40)));
      // The first is chosen already.
      const lines = terminal.screen().split("\n");
      const first = lines.findIndex((l) => l.includes("Insert snippet"));
      const at = lines.findIndex((l) => l.includes(title.slice(0, 40)));
      if (at < 0) throw new Error("the guide is not offered");
      for (let i = first; i < at; i++) await terminal.press("Down");
      await terminal.press("Enter");
    },
    closeGuide: async () => {
      await terminal.press("Escape");
      await terminal.type(":buffer-close\r");
    },
    append: async (line) => {
      await terminal.press("Escape");
      await terminal.type("geo ");
      await terminal.press("C-u"); // away with the indentation, of which there is some now
      // At a hand's speed: Helix 25.01 sends the changes of a burst out of order.
      for (const letter of line) await terminal.type(letter);
      await terminal.press("Escape");
    },
    undo: () => terminal.press("u"),
    save: async () => {
      await terminal.press("Escape");
      await terminal.type(":write\r");
    },
    capture: async (name) => terminal.capture(artefact(name)),
    close: async () => terminal.end(),
  };
}
