import { commands, type Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window } from "vscode";

import { Refused, type Server } from "./server";

/** How the server and its hubs are. */
interface Status {
  version: string;
  offline: boolean;
  configured: boolean;
  loading: string[];
  notes: number;
  sources: { name: string; kind: string; entries: number; age: number; problem?: string }[];
}

/** The time between two looks, in milliseconds: while something loads, and else. */
const busy = 1000;
const calm = 5 * 60_000;

/** The entry of the status bar, with a menu. */
export class StatusItem implements Disposable {
  private readonly item = window.createStatusBarItem("chubls.status", StatusBarAlignment.Right, 90);
  private timer: NodeJS.Timeout | undefined;
  private status: Status | undefined;
  private disposed = false;

  constructor(private readonly server: Server) {
    this.item.name = "chubls";
    this.item.command = "chubls.menu";
    this.show();
    this.item.show();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.item.dispose();
  }

  /** Looks again in a moment. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), 300);
  }

  /** Shows that the server has started or ended. */
  update(): void {
    if (this.server.running) {
      this.soon();
    } else {
      this.status = undefined;
      this.show();
    }
  }

  private async look(): Promise<void> {
    try {
      this.status = await this.server.execute<Status>("chubls.status");
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      this.status = undefined;
    }
    if (this.disposed) {
      return;
    }
    this.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), this.status?.loading.length ? busy : calm);
  }

  private show(): void {
    const { status, server } = this;
    const failed = !server.running && server.problem !== "";
    this.item.backgroundColor = failed ? new ThemeColor("statusBarItem.errorBackground") : undefined;
    if (failed || !server.running) {
      this.item.text = failed ? "$(error) chubls" : "$(book) chubls";
      this.item.tooltip = server.problem || "chubls does not run.";
      return;
    }
    this.item.text = textOf(status);
    this.item.tooltip = tooltipOf(status);
  }

  /** What can be done. */
  async menu(): Promise<void> {
    const { status } = this;
    const items = [
      { label: "$(search) Search the hub…", command: "chubls.searchHub" },
      { label: "$(book) Open documentation for the symbol here", command: "chubls.openDocumentation" },
      { label: "$(insert) Insert a snippet here…", command: "chubls.insertSnippetHere" },
      { label: "$(note) Leave a note on an entry…", command: "chubls.annotateEntry" },
      { label: "$(refresh) Refresh the hub", command: "chubls.refreshHub", ...(status?.offline && status.configured ? { description: "offline" } : {}) },
      { label: "$(pulse) Doctor: what is configured, reachable and cached", command: "chubls.runDoctor" },
      { label: "$(debug-restart) Restart the server", command: "chubls.restart" },
      { label: "$(output) Show the log", command: "chubls.showLog" },
      { label: "$(gear) Settings", command: "workbench.action.openSettings" },
    ];
    const chosen = await window.showQuickPick(items, { title: `chubls ${status?.version ?? ""}`.trim() });
    if (chosen) {
      await commands.executeCommand(chosen.command, ...(chosen.command === "workbench.action.openSettings" ? ["chubls"] : []));
    }
  }
}

function textOf(status: Status | undefined): string {
  if (status === undefined) {
    return "$(book) chubls";
  }
  if (status.loading.length > 0) {
    return "$(loading~spin) chubls";
  }
  if (status.offline && status.configured) {
    return "$(circle-slash) chubls: offline";
  }
  const oldest = Math.max(...status.sources.map((s) => s.age), -1);
  return oldest < 0 ? "$(book) chubls" : `$(book) chubls: ${ago(oldest)}`;
}

function tooltipOf(status: Status | undefined): MarkdownString {
  const text = new MarkdownString();
  if (status === undefined) {
    text.appendText("chubls is starting.");
    return text;
  }
  text.appendText(`chubls ${status.version}${status.offline && status.configured ? ", offline: no network is used" : ""}`);
  if (!status.configured) {
    text.appendText("\n\nNo hub is configured: the guides inside chubls are shown.");
  }
  for (const title of status.loading) {
    text.appendText(`\n\n${title}`);
  }
  for (const s of status.configured ? status.sources : []) {
    const age = s.age < 0 ? "" : `, asked ${ago(s.age)} ago`;
    text.appendText(`\n\n${s.name}: ${s.entries} entries${age}${s.problem ? `. ${s.problem}` : ""}`);
  }
  return text;
}

/** An age in its largest unit. */
export function ago(seconds: number): string {
  for (const [unit, size] of [["d", 86_400], ["h", 3600], ["min", 60]] as const) {
    if (seconds >= size) {
      return `${Math.floor(seconds / size)} ${unit}`;
    }
  }
  return `${Math.floor(seconds)} s`;
}
