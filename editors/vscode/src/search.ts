import { type QuickPickItem, window } from "vscode";

import type { PageName } from "./reading";
import { attempt, Refused, type Server } from "./server";

/** What the server finds. */
interface Found extends PageName {
  title: string;
  description?: string;
  version?: string;
  trust?: string;
}

interface Item extends QuickPickItem {
  page: PageName;
}

/** How long typing rests before it is searched for, in milliseconds. */
const rest = 60;

/** Searches the hub while the user types, and opens what is chosen. */
export async function search(server: Server): Promise<void> {
  const box = window.createQuickPick<Item>();
  box.title = "Search the hub";
  box.placeholder = "A package, an entry, a heading of a guide that is at hand";
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  let round = 0;
  let timer: NodeJS.Timeout | undefined;
  const ask = async (query: string): Promise<void> => {
    const own = ++round;
    box.busy = true;
    try {
      const found = await server.execute<Found[]>("chubls.search", { query, limit: 200 });
      if (own === round) {
        box.items = found.map(itemOf);
      }
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      box.hide();
      void window.showWarningMessage(error.message);
    } finally {
      if (own === round) {
        box.busy = false;
      }
    }
  };
  const chosen = await new Promise<Item | undefined>((resolve) => {
    box.onDidChangeValue((value) => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(value), rest);
    });
    box.onDidAccept(() => {
      if (box.selectedItems[0]) {
        resolve(box.selectedItems[0]); // else it is still being searched for
        box.hide();
      }
    });
    box.onDidHide(() => resolve(undefined));
    box.show();
    void ask("");
  });
  clearTimeout(timer);
  round++;
  box.dispose();
  if (chosen) {
    await attempt(() => server.execute("chubls.open", chosen.page));
  }
}

function itemOf(found: Found): Item {
  const { entry, language, section, title, description, version, trust } = found;
  const origin = [`${language ?? ""} ${version ?? ""}`.trim(), trust].filter(Boolean).join(" · ");
  return {
    // The server has chosen and ranked: nothing that it found is filtered out.
    alwaysShow: true,
    label: section === undefined ? `$(book) ${entry}` : `$(symbol-string) ${title}`,
    description: section === undefined ? origin : `${entry} · ${origin}`,
    ...(description ? { detail: description } : {}),
    page: { entry, ...(language ? { language } : {}), ...(section ? { section } : {}) },
  };
}
