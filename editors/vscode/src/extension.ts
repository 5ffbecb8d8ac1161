import { commands, window, workspace, type ExtensionContext, type LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type LanguageClientOptions,
} from "vscode-languageclient/node";

import { locate } from "./locate";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("chubls", { log: true });
  const running = (server = new Server(context, log));
  context.subscriptions.push(
    log,
    commands.registerCommand("chubls.restart", () => running.restart()),
    commands.registerCommand("chubls.showLog", () => log.show()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("chubls.path")) {
        void running.restart();
      }
    }),
  );
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** A client that leaves the messages to the Server, and only logs. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** The one server of this window. */
class Server {
  private client: LanguageClient | undefined;
  /** Starts and stops run one after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {}

  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.end();
      await this.start();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.end());
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    return (this.queue = this.queue.then(step, step));
  }

  private async start(): Promise<void> {
    const setting = workspace.getConfiguration("chubls").get<string>("path", "");
    const found = locate(this.context.extensionPath, setting, process.env["PATH"]);
    if ("problem" in found) {
      this.tell(found.problem);
      return;
    }
    const command = { command: found.command, args: ["serve"] };
    const life = { started: false };
    const client = new QuietClient("chubls", "chubls", command, this.options(found.command, life));
    this.client = client;
    try {
      await client.start();
      life.started = true;
    } catch (error) {
      this.log.error(String(error));
      this.tell(`chubls did not start (${found.command}). The log says why. Another program can be named in the setting chubls.path.`);
    }
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(String(error)); // it had crashed, or never started
    }
  }

  private options(command: string, life: { started: boolean }): LanguageClientOptions {
    const crashes: number[] = [];
    return {
      // The languages are in package.json, once.
      documentSelector: languages(this.context).flatMap((language) => [
        { language, scheme: "file" },
        { language, scheme: "untitled" },
      ]),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          if (!life.started) {
            return { action: CloseAction.DoNotRestart, handled: true }; // start tells
          }
          const now = Date.now();
          crashes.push(now);
          if (crashes.filter((then) => now - then < 3 * 60_000).length < 5) {
            return { action: CloseAction.Restart, handled: true };
          }
          this.tell(`chubls crashed five times within three minutes and stays off (${command}). The log says why; Restart Server starts it again.`);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }

  /** The one message that the user sees when there is no server. */
  private tell(problem: string): void {
    this.log.error(problem);
    const settings = "Open Settings";
    const log = "Show Log";
    const restart = "Restart Server";
    void window.showErrorMessage(problem, settings, log, restart).then((choice) => {
      switch (choice) {
        case settings:
          return commands.executeCommand("workbench.action.openSettings", "chubls.path");
        case log:
          return this.log.show();
        case restart:
          return this.restart();
        default:
          return undefined;
      }
    });
  }
}

function languages(context: ExtensionContext): string[] {
  const events = (context.extension.packageJSON as { activationEvents: string[] }).activationEvents;
  return events.filter((event) => event.startsWith("onLanguage:")).map((event) => event.slice("onLanguage:".length));
}
