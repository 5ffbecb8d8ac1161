import { commands, type ExtensionContext, Range, type TextEditor, TextEditorRevealType, Uri, ViewColumn, window, workspace } from "vscode";
import type { ShowDocumentParams, ShowDocumentResult } from "vscode-languageclient/node";

import { attempt, type Server } from "./server";

/** The scheme of guides as documents; the server has their text. */
const scheme = "chub";

/** The name of a guide, and of a section of it, as the server has it. */
export interface PageName {
  entry: string;
  language?: string;
  section?: string;
}

/** Keeps the context key chubls.reads, which says that the active file is read, up to date. */
export function activate(context: ExtensionContext, server: Server): void {
  const tell = (): void => void commands.executeCommand("setContext", "chubls.reads", server.reads(window.activeTextEditor?.document));
  context.subscriptions.push(window.onDidChangeActiveTextEditor(tell), server.onDidChange(tell));
}

/** Opens the guide of what the cursor is on. */
export async function openDocumentation(server: Server): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor || !server.reads(editor.document)) {
    void window.showInformationMessage("Put the cursor on a name that comes from a package: its documentation is opened.");
    return;
  }
  await attempt(() => server.execute("chubls.open", server.place(editor.document, editor.selection.active)));
}

/** Opens a guide by its name. */
export async function openEntry(server: Server, page: PageName): Promise<void> {
  await attempt(() => server.execute("chubls.open", page));
}

/**
 * Shows what the server asks to be shown: a guide in the preview of Markdown, from
 * its section on, all else as the client does.
 */
export async function showPage(
  params: ShowDocumentParams,
  next: (params: ShowDocumentParams) => unknown,
): Promise<ShowDocumentResult> {
  const uri = Uri.parse(params.uri);
  if (uri.scheme !== scheme) {
    return (await next(params)) as ShowDocumentResult;
  }
  try {
    await preview(uri, params.selection?.start.line ?? 0);
    return { success: true };
  } catch {
    return { success: false };
  }
}

/**
 * Shows a guide beside the code. The preview begins where the text editor of the
 * same document stands, so there is one for a moment.
 */
async function preview(uri: Uri, line: number): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const at = new Range(line, 0, line, 0);
  const column = window.activeTextEditor?.document.uri.scheme === scheme ? ViewColumn.Active : ViewColumn.Beside;
  const editor = await window.showTextDocument(document, { selection: at, viewColumn: column, preview: true });
  editor.revealRange(at, TextEditorRevealType.AtTop);
  await seen(editor, line);
  await commands.executeCommand("markdown.showPreview", uri);
  const behind = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => (tab.input as { uri?: Uri } | undefined)?.uri?.toString() === uri.toString());
  await window.tabGroups.close(behind, true);
}

/** Waits until a line is the first on the screen, or the last lines are on it. */
function seen(editor: TextEditor, line: number): Promise<void> {
  const there = (): boolean => {
    const visible = editor.visibleRanges[0];
    return visible !== undefined && (visible.start.line === line || (visible.end.line >= editor.document.lineCount - 1 && visible.start.line <= line));
  };
  return new Promise((resolve) => {
    if (there()) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(late);
      moved.dispose();
      resolve();
    };
    const late = setTimeout(finish, 1000);
    const moved = window.onDidChangeTextEditorVisibleRanges((event) => {
      if (event.textEditor === editor && there()) {
        finish();
      }
    });
  });
}
