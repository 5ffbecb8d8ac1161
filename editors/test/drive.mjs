// drive.mjs CLIENT STEP...: drives one editor through every case, alone and beside a
// second server, and prints a line a step.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { expectations, loading } from "./bare.mjs";
import { cases, place } from "./cases.mjs";
import { ale } from "./clients/ale.mjs";
import { emacs } from "./clients/emacs.mjs";
import { helix } from "./clients/helix.mjs";
import { neovim } from "./clients/neovim.mjs";
import { vscode } from "./clients/vscode.mjs";
import { hostTests } from "./clients/vscode-host.mjs";
import { says } from "./second.mjs";

// A client is a function of a context that gives an editor with the file open:
//   hover(place, title)      show the hover; it may return before it is there
//   screen()                 what can be read now
//   dismiss()                close the hover
//   insert(place, title)     choose the code action
//   openGuide(place, title)  open the whole guide; title is that of the code action
//   guideScreen()            what can be read of it, where that is not screen()
//   guide()                  all of it, where it can be asked
//   closeGuide()             back to the file
//   append(line)             type a line at the end
//   undo(), save(), close()
//   capture(name)            keep the screen as an artefact
// Where context.beside is set, it is the command of a second server to run beside
// chubls. hears(kind) says whether the editor shows both hovers at once.
const clients = {
  "nvim-0.12": neovim("nvim-0.12"),
  "nvim-0.10": neovim("nvim-0.10"),
  helix, emacs, ale, vscode,
};

const [client, ...steps] = process.argv.slice(2);
const work = process.env.WORK;
const server = process.env.SERVER;
const here = dirname(fileURLToPath(import.meta.url));
const artefacts = join(work, "artefacts");
const failures = Object.fromEntries(steps.map((step) => [step, []]));
const root = mkdtempSync(join(tmpdir(), `chubls-${client}-`));

/** Waits until check gives something true, and tells what was missing if it never does. */
async function until(what, check, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  let last;
  do {
    last = await check();
    if (last === true) return;
    await new Promise((resolve) => setTimeout(resolve, 60));
  } while (Date.now() < end);
  throw new Error(`${what} after ${seconds} s${typeof last === "string" ? `: ${last}` : ""}`);
}

/** Reports whether a line can be read on a screen, which may have broken it where a box ends. */
function reads(screen, line) {
  const lines = screen.replaceAll("\u00a0", " ").split("\n");
  if (lines.some((l) => l.includes(line))) return true;
  const inner = lines.map((l) => /[|│](.*)[|│]/.exec(l)?.[1] ?? l);
  const dense = (s) => s.replace(/\s+/g, "");
  return dense(inner.join("")).includes(dense(line));
}

class Run {
  #test;
  #name;
  #expected;
  #context;
  #editor;

  constructor(test, beside) {
    this.#test = test;
    this.#name = beside ? `${test.name}-beside` : test.name;
    const folder = join(root, this.#name, "project");
    const home = join(root, this.#name, "home");
    mkdirSync(folder, { recursive: true });
    mkdirSync(home);
    mkdirSync(join(folder, ".git"));
    const env = {
      HOME: home, LANG: "C.UTF-8", LC_ALL: "C.UTF-8", COLORTERM: "truecolor",
      PATH: [dirname(server), process.env.PATH].join(delimiter),
    };
    this.#context = {
      test, folder, home, env, work, until,
      beside: beside ? [process.execPath, join(here, "second.mjs")] : undefined,
      editors: dirname(here),
      file: join(folder, test.file),
      artefact: (name) => join(artefacts, `${client}-${this.#name}-${name}`),
    };
  }

  get name() {
    return this.#name;
  }

  async prepare() {
    const { folder, env } = this.#context;
    this.#expected = await expectations(server, env, folder, this.#test);
  }

  async open() {
    await this.close();
    writeFileSync(this.#context.file, this.#test.text);
    this.#editor = await clients[client](this.#context);
  }

  async close() {
    await this.#editor?.close();
    this.#editor = undefined;
  }

  capture(name) {
    return this.#editor?.capture(name);
  }

  async #hover(name, text) {
    const { title, origin, code } = this.#expected.hovers[name];
    const at = place(text, this.#test.spots[name]);
    // An overview is longer than a screen; a section must fit.
    const wanted = [title, origin, ...(name === "import" ? code.slice(0, 1) : code)];
    // Some editors show one server's hover at a time.
    if (this.#context.beside && name === "chain" && this.#editor.hears !== "one") wanted.push(says(at.word));
    await this.#shown(name, at, title, wanted);
  }

  /** Hovers until all that is wanted is on the screen, and nothing of forbidden. */
  async #shown(name, at, title, wanted, forbidden) {
    const editor = this.#editor;
    let asked = 0;
    let when = 0;
    await until("not all on the screen", async () => {
      let screen = await editor.screen();
      // No editor asks again of its own accord; a user does.
      if (Date.now() - when > 4000 || loading.test(screen)) {
        if (asked++ > 0) {
          console.error(`${client}: ${this.#name}: ${name}: hovering again after ${loading.exec(screen)?.[0] ?? "nothing"}`);
          await editor.dismiss();
        }
        await editor.hover(at, title);
        when = Date.now();
        screen = await editor.screen();
      }
      if (forbidden && reads(screen, forbidden)) return `"${forbidden}" is there`;
      const missing = wanted.filter((part) => !reads(screen, part));
      return missing.length === 0 || `${missing.length} of ${wanted.length} lines are missing, first "${missing[0]}"`;
    });
    await editor.capture(name);
    await editor.dismiss();
  }

  async #saved(what, want) {
    await this.#editor.save();
    await until(what, () => {
      const got = readFileSync(this.#context.file, "utf8");
      if (got === want) return true;
      const a = got.split("\n");
      const b = want.split("\n");
      const at = b.findIndex((line, i) => a[i] !== line);
      return `line ${at + 1} is ${JSON.stringify(a[at] ?? null)}, want ${JSON.stringify(b[at] ?? null)}`;
    }, 5);
  }

  async step(name) {
    const { text, line, spots } = this.#test;
    switch (name) {
      case "import":
        return this.#hover(name, text);
      case "chain":
        await this.#hover(name, text);
        if (this.#context.beside) {
          // Where chubls has nothing, the other is heard, and chubls is not.
          const at = place(text, this.#test.none);
          await this.#shown("neighbour", at, says(at.word), [says(at.word)], this.#expected.hovers.chain.origin);
        }
        return undefined;
      case "insert":
        await this.#editor.insert(place(text, spots.chain), this.#expected.action);
        await until("the snippet is not in the buffer", async () => (await this.#editor.screen()).includes(this.#expected.hovers.chain.code[1]));
        await this.#editor.capture(name);
        return this.#saved("the file is not what it should be", this.#expected.inserted);
      case "undo":
        await this.#editor.undo();
        return this.#saved("the file is not what it was", text);
      case "open":
        return this.#open();
      case "edit":
        await this.#editor.append(line);
        await this.#saved("the line did not arrive", text + line + "\n");
        return this.#hover(name, text + line);
    }
    throw new Error("this step is not known");
  }

  async #open() {
    const editor = this.#editor;
    const { page, hovers } = this.#expected;
    await editor.openGuide(place(this.#test.text, this.#test.spots.chain), `Open documentation: ${hovers.chain.title}`);
    const wanted = [page.heading, ...hovers.chain.code];
    await until("the guide is not on the screen at its section", async () => {
      const screen = await (editor.guideScreen?.() ?? editor.screen());
      const missing = wanted.filter((part) => !reads(screen, part));
      return missing.length === 0 || `${missing.length} of ${wanted.length} lines are missing, first "${missing[0]}"`;
    });
    await editor.capture("open");
    // What has no end of its own on the screen is looked through: all of it is there.
    const whole = await editor.guide?.();
    const missing = whole === undefined ? [] : page.chapters.filter((chapter) => !reads(whole, chapter));
    if (missing.length > 0) throw new Error(`the guide lacks ${missing.join(", ")}`);
    await editor.closeGuide();
    await until("the file did not come back", async () => reads(await editor.screen(), this.#test.text.split("\n")[2]), 8);
  }
}

process.on("SIGTERM", () => process.exit(1)); // what was started ends with us

for (const beside of [false, true]) {
  for (const test of cases) {
    const run = new Run(test, beside);
    let broken = "not started";
    const fail = (step, error) => failures[step].push(`${run.name}: ${error.message.replaceAll("\n", " ")}`);
    try {
      await run.prepare();
      for (const step of steps) {
        try {
          if (step === "undo" && broken === "insert") throw new Error("there is nothing to undo, for insert failed");
          if (broken) await run.open();
          broken = "";
          await run.step(step);
        } catch (error) {
          broken = step;
          await Promise.resolve(run.capture(`${step}-FAIL`)).catch(() => {});
          fail(step, error);
        }
      }
    } catch (error) {
      for (const step of steps) fail(step, error);
    } finally {
      await Promise.resolve(run.close()).catch(() => {});
    }
  }
}
if (client === "vscode") {
  // The same steps, asked of the API inside the extension host.
  for (const [step, why] of await hostTests({ work, root, server, until, artefacts })) failures[step]?.push(`extension host: ${why}`);
}
for (const step of steps) console.log(client, step, failures[step].length === 0 ? "ok" : `FAIL ${failures[step].join("; ")}`);
rmSync(root, { recursive: true, force: true, maxRetries: 5 });
process.exit(steps.some((step) => failures[step].length > 0) ? 1 : 0);
