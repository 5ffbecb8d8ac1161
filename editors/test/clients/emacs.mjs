import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Terminal } from "../terminal.mjs";

// Eglot has one server for a buffer.
const withEglot = (editors) => `
(require 'eglot)
(load "${join(editors, "emacs", "chubls-eglot.el")}")
(add-hook 'python-mode-hook #'eglot-ensure)
(add-hook 'typescript-mode-hook #'eglot-ensure)
`;

// lsp-mode has several.
const withLspMode = (editors, second) => `
(require 'lsp-mode)
(setq lsp-auto-guess-root t lsp-session-file (expand-file-name "lsp-session" (getenv "HOME"))
      lsp-headerline-breadcrumb-enable nil lsp-enable-snippet nil lsp-enable-file-watchers nil
      lsp-modeline-code-actions-enable nil lsp-restart 'ignore)
(load "${join(editors, "emacs", "chubls-lsp-mode.el")}")
(lsp-register-client
 (make-lsp-client :new-connection (lsp-stdio-connection '(${second.map((part) => JSON.stringify(part)).join(" ")}))
                  :activation-fn (lsp-activate-on "python" "typescript")
                  :priority 9 :server-id 'second))
(add-hook 'python-mode-hook #'lsp)
(add-hook 'typescript-mode-hook #'lsp)
`;

export async function emacs({ editors, folder, home, file, env, until, artefact, beside }) {
  const init = join(home, "init.el");
  writeFileSync(init, `
(setq load-prefer-newer t make-backup-files nil auto-save-default nil create-lockfiles nil
      inhibit-startup-screen t)
(dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa-src/*"))
  (add-to-list 'load-path folder))
(require 'markdown-mode)
;; Emacs 28 has no mode for TypeScript; this stands for the package typescript-mode.
(define-derived-mode typescript-mode js-mode "TypeScript")
(add-to-list 'auto-mode-alist '("\\\\.ts\\\\'" . typescript-mode))
${beside ? withLspMode(editors, beside) : withEglot(editors)}
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
  const attached = beside ? /LSP\[.*chubls|LSP\[.*second.*chubls/ : /\[eglot[^\]]*\]/;
  await until("no server attached", () => attached.test(terminal.screen()) || tailOf(terminal.screen()), 40);
  return {
    async hover(place, title) {
      await go(place);
      if (beside) return run("lsp-describe-thing-at-point");
      // It comes by itself, in short; the whole is a command away.
      await until("nothing in the echo area", () => terminal.screen().split(/^-UU.*$/m).at(-1).includes(title), 4).catch(() => {});
      await this.capture("echo");
      await run("eldoc-doc-buffer");
    },
    screen: () => terminal.screen(),
    dismiss: () => terminal.press("C-x", "1"),
    async insert(place, title) {
      await go(place);
      await run(beside ? "lsp-execute-code-action" : "eglot-code-actions");
      if (beside) {
        await until("no action is offered", () => /Select code action/.test(terminal.screen()));
        await terminal.press("Tab");
      }
      await until("no action is offered", () => terminal.screen().includes(title.slice(0, 40)));
      await this.capture("menu");
      if (beside) await terminal.type(title);
      await terminal.press("Enter");
    },
    async openGuide(place, title) {
      await go(place);
      if (!beside) return run("chubls-open");
      await run("lsp-execute-code-action");
      await until("no action is offered", () => /Select code action/.test(terminal.screen()));
      await terminal.type(`${title}\r`);
    },
    async closeGuide() {
      await terminal.press("C-x", "k", "Enter");
      await terminal.press("C-x", "1");
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

/** The last lines of a screen, to be told where something is missing there. */
const tailOf = (screen) => screen.trimEnd().split("\n").slice(-3).join(" / ");
