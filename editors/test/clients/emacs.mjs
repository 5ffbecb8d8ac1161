import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Terminal } from "../terminal.mjs";

export async function emacs({ editors, folder, home, file, env, until, artefact }) {
  const init = join(home, "init.el");
  writeFileSync(init, `
(setq load-prefer-newer t make-backup-files nil auto-save-default nil create-lockfiles nil
      inhibit-startup-screen t)
(dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa-src/*"))
  (add-to-list 'load-path folder))
(require 'markdown-mode)
(require 'eglot)
;; Emacs 28 has no mode for TypeScript; this stands for the package typescript-mode.
(define-derived-mode typescript-mode js-mode "TypeScript")
(add-to-list 'auto-mode-alist '("\\\\.ts\\\\'" . typescript-mode))
(load "${join(editors, "emacs", "chubls-eglot.el")}")
(add-hook 'python-mode-hook #'eglot-ensure)
(add-hook 'typescript-mode-hook #'eglot-ensure)
`);
  const terminal = new Terminal(folder, env, ["emacs", "-nw", "-Q", "-l", init, file]);
  const run = async (command) => {
    await terminal.press("M-x");
    await terminal.type(`${command}\r`);
  };
  const go = async ({ line, before }) => {
    await terminal.press("M-g", "g");
    await terminal.type(`${line + 1}\r`);
    await terminal.press("C-a");
    await terminal.press("C-u", ...String([...before].length), "C-f");
  };
  await until("no server attached", () => /\[eglot[^\]]*\]/.test(terminal.screen()));
  return {
    async hover(place, title) {
      await go(place);
      // It comes by itself, in short; the whole is a command away.
      await until("nothing in the echo area", () => terminal.screen().split(/^-UU.*$/m).at(-1).includes(title), 4).catch(() => {});
      await this.capture("echo");
      await run("eldoc-doc-buffer");
    },
    screen: () => terminal.screen(),
    dismiss: () => terminal.press("C-x", "1"),
    async insert(place, title) {
      await go(place);
      await run("eglot-code-actions");
      await until("no action is offered", () => terminal.screen().includes(title.slice(0, 40)));
      await this.capture("menu");
      await terminal.press("Enter");
    },
    append: async (line) => {
      await terminal.press("M->");
      await terminal.type(line);
      await terminal.press("Enter");
    },
    undo: () => terminal.press("C-_"),
    save: () => terminal.press("C-x", "C-s"),
    capture: async (name) => terminal.capture(artefact(name)),
    close: async () => terminal.end(),
  };
}
