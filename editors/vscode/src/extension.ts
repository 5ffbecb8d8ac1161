import { commands, type ExtensionContext, env, window, workspace } from "vscode";

import { annotate, doctor, refresh } from "./care";
import { activate as activateReading, openDocumentation, openEntry } from "./reading";
import { search } from "./search";
import { Server } from "./server";
import { insertSnippet, pickSnippet } from "./snippets";
import { StatusItem } from "./status";

let server: Server | undefined;

/** What the extension's tests may look at. */
export interface Api {
  /** Resolves when the server has answered, or is known not to run. */
  ready(): Promise<boolean>;
  readonly languages: readonly string[];
}

export async function activate(context: ExtensionContext): Promise<Api> {
  const log = window.createOutputChannel("chubls", { log: true });
  const running = new Server(context, log);
  server = running;
  const status = new StatusItem(running);
  const command = (name: string, run: (...args: never[]) => unknown): void => {
    context.subscriptions.push(commands.registerCommand(name, run));
  };
  context.subscriptions.push(log, status, running.onDidChange(() => status.update()));
  activateReading(context, running);
  command("chubls.searchHub", () => search(running));
  command("chubls.openDocumentation", () => openDocumentation(running));
  command("chubls.openEntry", openEntry.bind(undefined, running));
  command("chubls.insertSnippetHere", () => insertSnippet(running));
  // What the server's code actions ask of the extension.
  command("chubls.pickSnippet", (place: object) => pickSnippet(running, place));
  command("chubls.copyText", ({ text }: { text: string }) => env.clipboard.writeText(text));
  command("chubls.annotateEntry", (entry?: string) => annotate(running, entry));
  command("chubls.refreshHub", () => refresh(running, status));
  command("chubls.restart", () => running.restart());
  command("chubls.showLog", () => log.show());
  command("chubls.runDoctor", () => doctor(running));
  command("chubls.menu", () => status.menu());
  context.subscriptions.push(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("chubls.path")) {
        void running.restart();
      } else if (event.affectsConfiguration("chubls")) {
        status.soon();
      }
    }),
  );
  const started = running.restart();
  await started;
  return {
    ready: () => running.settled(),
    get languages() {
      return running.languages;
    },
  };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
