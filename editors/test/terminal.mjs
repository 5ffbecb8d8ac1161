// A terminal of our own, with an editor in it.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

let count = 0;

export class Terminal {
  #socket = `chubls-${process.pid}-${++count}`;

  constructor(folder, env, command, { columns = 110, rows = 52 } = {}) {
    this.#tmux("-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", folder,
      "env", "-i", ...Object.entries(env).map(([name, value]) => `${name}=${value}`), "TERM=tmux-256color", ...command);
    process.once("exit", () => this.end());
    this.#tmux("set", "-g", "escape-time", "0", ";", "set", "-g", "status", "off", ";", "set", "-ga", "terminal-overrides", ",*:Tc");
  }

  #tmux(...args) {
    return execFileSync("tmux", ["-u", "-L", this.#socket, ...args], {
      encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TMUX: "" },
    });
  }

  /** Presses keys by their names. Escape goes alone: a key right after it would be read as Alt+key. */
  async press(...keys) {
    for (const key of keys) {
      this.#tmux("send-keys", key);
      await new Promise((resolve) => setTimeout(resolve, key === "Escape" ? 120 : 15));
    }
  }

  async type(text) {
    // A last semicolon would be taken for the end of the command.
    this.#tmux("send-keys", "-l", "--", text.replace(/;$/, "\\;"));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }

  screen() {
    return this.#tmux("capture-pane", "-p");
  }

  capture(file) {
    writeFileSync(`${file}.txt`, this.screen());
    writeFileSync(`${file}.ansi`, this.#tmux("capture-pane", "-e", "-p"));
  }

  end() {
    try {
      this.#tmux("kill-server");
    } catch {
      // it ended with its program
    }
  }
}

/** The number before a choice on the screen, undefined where it is not there. */
export function numberOf(screen, title) {
  for (const line of screen.split("\n")) {
    const found = /^\W*(\d+)[:.)] (.*)$/.exec(line);
    if (found?.[2].includes(title)) return found[1];
  }
  return undefined;
}
