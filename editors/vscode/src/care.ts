import { ProgressLocation, window, workspace } from "vscode";

import type { PageName } from "./reading";
import { attempt, type Server } from "./server";
import type { StatusItem } from "./status";

/** Leaves a note on an entry, or removes it. */
export async function annotate(server: Server, entry?: string): Promise<void> {
  await attempt(async () => {
    const id = entry ?? (await chooseEntry(server));
    if (!id) {
      return;
    }
    const before = await server.execute<string>("chubls.annotate", { entry: id });
    const note = await window.showInputBox({
      title: `Note on ${id}`,
      prompt: before ? "An empty note removes the one that is there." : "Hovers show it above the guide, and so does chub.",
      value: before,
    });
    if (note === undefined || note === before) {
      return;
    }
    await server.execute("chubls.annotate", { entry: id, note });
    void window.showInformationMessage(note ? `The note on ${id} is written.` : `The note on ${id} is gone.`);
  });
}

async function chooseEntry(server: Server): Promise<string | undefined> {
  const found = await server.execute<(PageName & { description?: string })[]>("chubls.search", { query: "" });
  const ids = [...new Map(found.map((f) => [f.entry, f])).values()];
  const chosen = await window.showQuickPick(
    ids.map((f) => ({ label: f.entry, ...(f.description ? { detail: f.description } : {}) })),
    { title: "Leave a note on which entry?", matchOnDetail: true },
  );
  return chosen?.label;
}

/** Asks the hubs for what is new. */
export async function refresh(server: Server, status: StatusItem): Promise<void> {
  await attempt(async () => {
    const told = await window.withProgress({ location: ProgressLocation.Window, title: "chubls: asking the hubs" }, () =>
      server.execute<string>("chubls.refresh"),
    );
    status.soon();
    void window.showInformationMessage(told);
  });
}

/** Shows the doctor's report as a document, to be read or pasted. */
export async function doctor(server: Server): Promise<void> {
  await attempt(async () => {
    const report = await server.execute<string>("chubls.doctor");
    await window.showTextDocument(await workspace.openTextDocument({ content: report, language: "plaintext" }));
  });
}
