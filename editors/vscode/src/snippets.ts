import { MarkdownString, type QuickPickItem, Uri, window, workspace } from "vscode";

import { attempt, type Server } from "./server";

/** A snippet that the server offers for a place. */
interface Snippet {
  title: string;
  section?: string;
  entry: string;
  preview: string;
  key: string;
}

/** Where it is to go; the server's own action has more in it, which is handed back. */
interface Place {
  uri: string;
  position: { line: number; character: number };
  version?: number;
}

interface Item extends QuickPickItem {
  snippet: Snippet;
}

/** Offers the snippets of what the cursor is on. */
export async function insertSnippet(server: Server): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor || !server.reads(editor.document)) {
    void window.showInformationMessage("Put the cursor on a name that comes from a package: its snippets are offered.");
    return;
  }
  await pickSnippet(server, server.place(editor.document, editor.selection.active));
}

/** Lets the user choose a snippet, with its code below the title, and has the server insert it. */
export async function pickSnippet(server: Server, at: object): Promise<void> {
  await attempt(async () => {
    const place = at as Place;
    const uri = Uri.parse(place.uri);
    const document = workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());
    const version = place.version ?? document?.version;
    const snippets = await server.execute<Snippet[] | null>("chubls.pickSnippet", place);
    if (!snippets || snippets.length === 0) {
      void window.showInformationMessage("The guide has no snippet for this place.");
      return;
    }
    const chosen = await choose(snippets, document?.languageId ?? "");
    if (chosen) {
      await server.execute("chubls.insertSnippet", { uri: place.uri, position: place.position, key: chosen.key, version });
    }
  });
}

async function choose(snippets: Snippet[], language: string): Promise<Snippet | undefined> {
  const box = window.createQuickPick<Item>();
  box.title = `Insert a snippet from ${snippets[0]?.entry ?? "the guide"}`;
  box.placeholder = "The code of the chosen one is shown below its title";
  box.matchOnDetail = true;
  box.items = snippets.map((snippet) => {
    const code = new MarkdownString();
    code.appendCodeblock(snippet.preview, language);
    return {
      label: snippet.title,
      ...(snippet.section && snippet.section !== snippet.title ? { description: snippet.section } : {}),
      detail: snippet.preview.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 4).join("  ⏎  "),
      tooltip: code,
      snippet,
    };
  });
  const chosen = await new Promise<Snippet | undefined>((resolve) => {
    box.onDidAccept(() => {
      resolve(box.selectedItems[0]?.snippet);
      box.hide();
    });
    box.onDidHide(() => resolve(undefined));
    box.show();
  });
  box.dispose();
  return chosen;
}
