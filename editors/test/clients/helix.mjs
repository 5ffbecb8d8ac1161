import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { Terminal } from "../terminal.mjs";

export async function helix({ work, editors, folder, home, file, env, until, artefact }) {
  const config = join(home, ".config", "helix");
  mkdirSync(config, { recursive: true });
  copyFileSync(join(editors, "helix", "languages.toml"), join(config, "languages.toml"));
  const terminal = new Terminal(folder, env, [join(work, "helix", "hx"), file]);
  await until("the file is not open", () => /import/.test(terminal.screen()));
  const go = async ({ line, before }) => {
    await terminal.press("Escape");
    await terminal.type(`${line + 1}Ggh`);
    if (before !== "") await terminal.type(`${[...before].length}l`);
  };
  const popup = async (keys, seen) => {
    // The server may still be starting; then Helix says so and shows nothing.
    for (let tries = 0; ; tries++) {
      await terminal.press("Space", keys);
      const end = Date.now() + 2000;
      while (Date.now() < end) {
        if (seen(terminal.screen())) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (tries === 4) return;
      await terminal.press("Escape");
    }
  };
  return {
    async hover(place) {
      await go(place);
      await popup("k", (screen) => / · /.test(screen));
    },
    screen: () => terminal.screen(),
    dismiss: () => terminal.press("Escape"),
    async insert(place, title) {
      await go(place);
      await popup("a", (screen) => screen.includes(title));
      await until("no action is offered", () => terminal.screen().includes(title));
      await this.capture("menu");
      await terminal.press("Enter");
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
