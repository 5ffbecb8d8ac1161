import {
  commands,
  EventEmitter,
  type ExtensionContext,
  type Hover,
  type LogOutputChannel,
  MarkdownString,
  type Position,
  type TextDocument,
  window,
  workspace,
} from "vscode";
import {
  CloseAction,
  type DocumentFilter,
  ErrorAction,
  ErrorCodes,
  LanguageClient,
  type LanguageClientOptions,
  ResponseError,
  RevealOutputChannelOn,
  type StaticFeature,
} from "vscode-languageclient/node";

import { askLanguages, locate } from "./locate";
import { showPage } from "./reading";

/** A client that leaves the messages to the Server, and only logs. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Tells the server that there is a picker for snippets, and a clipboard. */
const abilities: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = { ...(capabilities.experimental as object), chubls: { picker: true, copy: true } };
  },
  initialize() {},
  getState: () => ({ kind: "static" }),
  clear() {},
};

/** A request that failed for a reason that the user should read. */
export class Refused extends Error {}

const crashLimit = 5;
const crashTime = 3 * 60_000;

/** The one server of this window. */
export class Server {
  private client: LanguageClient | undefined;
  /** Starts and stops run one after the other. */
  private queue: Promise<void> = Promise.resolve();
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  /** What is wrong, where the server does not run. */
  problem = "";
  /** The languages that the server reads, as it says. */
  languages: readonly string[] = [];

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {}

  get running(): boolean {
    return this.client?.isRunning() ?? false;
  }

  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.end();
      await this.start();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.end());
  }

  async settled(): Promise<boolean> {
    await this.queue;
    return this.running;
  }

  /** Reports whether the server has a command; older ones lack some. */
  has(command: string): boolean {
    return this.client?.initializeResult?.capabilities.executeCommandProvider?.commands.includes(command) ?? false;
  }

  /** Executes one of the server's commands. */
  async execute<T>(command: string, ...args: unknown[]): Promise<T> {
    await this.queue;
    const client = this.client;
    if (!client?.isRunning()) {
      throw new Refused(this.problem || "chubls does not run. Restart Server starts it.");
    }
    try {
      return await client.sendRequest<T>("workspace/executeCommand", { command, arguments: args });
    } catch (error) {
      if (error instanceof ResponseError && error.code === ErrorCodes.InvalidParams && /has no command/.test(error.message)) {
        throw new Refused(`This chubls does not know ${command}: install a newer one.`);
      }
      throw new Refused(error instanceof Error ? error.message : String(error));
    }
  }

  /** The protocol's form of a place in a document. */
  place(document: TextDocument, position: Position): { uri: string; position: { line: number; character: number } } {
    return { uri: document.uri.toString(), position: { line: position.line, character: position.character } };
  }

  /** Reports whether the server reads a document. */
  reads(document: TextDocument | undefined): boolean {
    return document !== undefined && this.languages.includes(document.languageId);
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step, step);
    return this.queue;
  }

  private async start(): Promise<void> {
    this.problem = "";
    const setting = workspace.getConfiguration("chubls").get<string>("path", "");
    const found = locate(this.context.extensionPath, setting, process.env["PATH"]);
    if ("problem" in found) {
      this.tell(found.problem);
      return;
    }
    const asked = await askLanguages(found.command);
    if ("problem" in asked) {
      this.tell(asked.problem);
      return;
    }
    this.languages = asked.languages;
    const life = { started: false };
    const client = new QuietClient("chubls", "chubls", { command: found.command, args: ["serve"] }, this.options(found.command, life));
    client.registerFeature(abilities);
    this.client = client;
    try {
      await client.start();
      life.started = true;
    } catch (error) {
      this.log.error(String(error));
      this.tell(`chubls did not start (${found.command}). The log says why. Another program can be named in the setting chubls.path.`);
    }
    this.changed.fire();
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(String(error)); // it had crashed, or never started
    }
    this.changed.fire();
  }

  private options(command: string, life: { started: boolean }): LanguageClientOptions {
    const crashes: number[] = [];
    return {
      // The cells of notebooks are documents, too.
      documentSelector: this.languages.flatMap((language): DocumentFilter[] =>
        ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ language, scheme })),
      ),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      middleware: {
        provideHover: async (document, position, token, next) => this.withLink(document, position, await next(document, position, token)),
        window: { showDocument: (params, token, next) => showPage(params, (p) => next(p, token)) },
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          if (!life.started) {
            return { action: CloseAction.DoNotRestart, handled: true }; // start tells
          }
          const now = Date.now();
          crashes.push(now);
          if (crashes.filter((then) => now - then < crashTime).length < crashLimit) {
            return { action: CloseAction.Restart, handled: true };
          }
          this.tell(`chubls crashed five times within three minutes and stays off (${command}). The log says why; Restart Server starts it again.`);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }

  /**
   * Adds a link to the whole guide. It stands in a text of its own, the only one
   * that may run a command, and only this one: what a hub wrote runs none.
   */
  private withLink(document: TextDocument, position: Position, hover: Hover | null | undefined): Hover | null | undefined {
    if (!hover || !this.has("chubls.open") || hover.contents.some((c) => typeof c !== "string" && /^Loading [^\n]*…$/.test(c.value))) {
      return hover;
    }
    const args = encodeURIComponent(JSON.stringify([this.place(document, position)]));
    const link = new MarkdownString(`[Open the whole guide](command:chubls.open?${args})`);
    link.isTrusted = { enabledCommands: ["chubls.open"] };
    hover.contents.push(link);
    return hover;
  }

  /** The one message that the user sees when there is no server. */
  private tell(problem: string): void {
    this.problem = problem;
    this.log.error(problem);
    this.changed.fire();
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

/** Does what a command of the user's is for, and tells why it could not. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
    void window.showWarningMessage(error.message);
    return undefined;
  }
}
