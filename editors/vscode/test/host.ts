// Tests inside the extension host of a real Visual Studio Code: what the API of the
// editor says about the extension. editors/test runs them; each belongs to one of
// its steps.

import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as vscode from "vscode";

interface Api {
  ready(): Promise<boolean>;
  readonly languages: readonly string[];
}

type Step = "import" | "chain" | "insert" | "undo" | "open" | "edit";
const tests: { step: Step; name: string; run: () => Promise<void> }[] = [];
const test = (step: Step, name: string, run: () => Promise<void>): void => void tests.push({ step, name, run });

const own = vscode.extensions.all.find((e) => e.packageJSON.name === "chubls") as vscode.Extension<Api>;
const api = (): Promise<Api> => Promise.resolve(own.activate());

function file(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, name);
}

async function wait<T>(what: string, look: () => Promise<T | undefined> | T | undefined, seconds = 20): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not after ${seconds} s`);
}

function at(document: vscode.TextDocument, line: string, word: string): vscode.Position {
  const start = document.getText().indexOf(line);
  assert.ok(start >= 0, `there is no ${line}`);
  return document.positionAt(document.getText().indexOf(word, start));
}

const texts = (hovers: vscode.Hover[]): string[] =>
  hovers.flatMap((h) => h.contents.map((c) => (typeof c === "string" ? c : c.value)));

function hover(uri: vscode.Uri, where: vscode.Position, wanted: RegExp): Promise<vscode.Hover[]> {
  return wait(`a hover with ${wanted}`, async () => {
    const found = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", uri, where);
    return texts(found).some((t) => wanted.test(t)) ? found : undefined;
  });
}

for (const [name, line] of [["app.py", "from openai"], ["app.ts", 'from "openai"']] as const) {
  test("import", `an import in ${name}`, async () => {
    const document = await vscode.workspace.openTextDocument(file(name));
    await hover(document.uri, at(document, line, "openai"), /### OpenAI/);
  });
  test("chain", `a call chain in ${name}`, async () => {
    const document = await vscode.workspace.openTextDocument(file(name));
    await hover(document.uri, at(document, "client.chat", "create"), /### Create a chat completion/);
  });
}

test("import", "the server says which languages it reads", async () => {
  assert.ok(await (await api()).ready());
  const events = (own.packageJSON.activationEvents as string[]).map((e) => e.replace("onLanguage:", ""));
  assert.deepEqual([...(await api()).languages].sort(), events.sort());
});

test("chain", "nothing where chubls has nothing", async () => {
  const document = await vscode.workspace.openTextDocument(file("app.py"));
  const found = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, at(document, "def ask", "question"));
  assert.deepEqual(texts(found).filter((t) => t.includes("chubls.open") || t.includes("openai/chat")), []);
});

test("chain", "only the link of our own is trusted, and with one command", async () => {
  const document = await vscode.workspace.openTextDocument(file("app.py"));
  const found = await hover(document.uri, at(document, "client.chat", "create"), /Open the whole guide/);
  const contents = found.flatMap((h) => h.contents).filter((c): c is vscode.MarkdownString => typeof c !== "string");
  for (const one of contents) {
    const trusted = one.value.includes("command:chubls.open");
    assert.deepEqual(one.isTrusted ?? false, trusted ? { enabledCommands: ["chubls.open"] } : false);
    assert.ok(!one.supportHtml);
  }
});

test("chain", "in the cells of a notebook", async () => {
  const cell = (text: string): vscode.NotebookCellData => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "python");
  const notebook = await vscode.workspace.openNotebookDocument(
    "jupyter-notebook",
    new vscode.NotebookData([cell("from openai import OpenAI\nclient = OpenAI()\nclient.chat.completions.create()\n")]),
  );
  const document = notebook.cellAt(0).document;
  await hover(document.uri, at(document, "client.chat", "create"), /### Create a chat completion/);
});

test("insert", "a code action inserts a snippet, with its imports", async () => {
  const document = await vscode.workspace.openTextDocument({ language: "python", content: "import stytch\n\nclient = stytch.Client()\nclient.magic_links.email.login_or_create()\n" });
  await vscode.window.showTextDocument(document);
  const where = at(document, "client.magic", "login_or_create");
  await hover(document.uri, where, /### /);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider", document.uri, new vscode.Range(where, where), undefined, 5,
  );
  const action = actions.find((a) => a.title.startsWith("Insert snippet"));
  assert.ok(action?.edit, `the actions are ${actions.map((a) => a.title).join("; ")}`);
  const before = document.getText();
  assert.ok(await vscode.workspace.applyEdit(action.edit));
  assert.ok(document.getText().length > before.length + 20);
});

test("undo", "one undo takes all of it back", async () => {
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor?.document.isUntitled);
  const inserted = editor.document.getText();
  await vscode.commands.executeCommand("undo");
  assert.notEqual(editor.document.getText(), inserted);
  assert.match(editor.document.getText(), /^import stytch\n\nclient = stytch\.Client\(\)\nclient\.magic_links\.email\.login_or_create\(\)\n$/);
});

test("insert", "the picker inserts what is chosen", async () => {
  const document = await vscode.workspace.openTextDocument({ language: "python", content: "import stytch\n\nclient = stytch.Client()\nclient.magic_links.email.login_or_create()\n" });
  const editor = await vscode.window.showTextDocument(document);
  const where = at(document, "client.magic", "login_or_create");
  await hover(document.uri, where, /### /);
  editor.selection = new vscode.Selection(where, where);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider", document.uri, new vscode.Range(where, where));
  if (!actions.some((a) => a.command?.command === "chubls.pickSnippet")) {
    return; // a server without one
  }
  const before = document.getText();
  const picking = vscode.commands.executeCommand("chubls.insertSnippetHere");
  await wait("the snippet", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return document.getText() !== before ? true : undefined;
  });
  await picking;
});

test("open", "a guide is a document of the server's, and its preview opens", async () => {
  const uri = vscode.Uri.parse("chub://guide/openai/chat/python/DOC.md");
  const document = await vscode.workspace.openTextDocument(uri);
  assert.match(document.getText(), /^\*openai\/chat · python/);
  assert.equal(document.languageId, "markdown");
  const code = await vscode.workspace.openTextDocument(file("app.py"));
  const editor = await vscode.window.showTextDocument(code);
  const where = at(code, "client.chat", "create");
  editor.selection = new vscode.Selection(where, where);
  await vscode.commands.executeCommand("chubls.openDocumentation");
  await wait("the tab of the preview", () =>
    vscode.window.tabGroups.all.flatMap((g) => g.tabs).find((t) => /DOC\.md/.test(t.label) && t.input instanceof vscode.TabInputWebview) ? true : undefined);
  await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
});

test("open", "the server's commands answer", async () => {
  const found = await vscode.commands.executeCommand<{ entry: string }[]>("chubls.search", { query: "stripe" });
  assert.match(found[0]?.entry ?? "", /^stripe\//);
  const status = await vscode.commands.executeCommand<{ offline: boolean }>("chubls.status");
  assert.equal(typeof status.offline, "boolean");
  assert.match(await vscode.commands.executeCommand<string>("chubls.doctor"), /Verdict/);
});

test("open", "all commands of package.json are there", async () => {
  const there = new Set(await vscode.commands.getCommands(true));
  const wanted = (own.packageJSON.contributes.commands as { command: string }[]).map((c) => c.command);
  assert.deepEqual(wanted.filter((c) => !there.has(c)), []);
});

test("open", "a note is shown with the entry, and goes", async () => {
  await vscode.commands.executeCommand("chubls.annotate", { entry: "openai/chat", note: "The key is in the vault" });
  const document = await vscode.workspace.openTextDocument(file("app.py"));
  await hover(document.uri, at(document, "client.chat", "create"), /The key is in the vault/);
  await vscode.commands.executeCommand("chubls.annotate", { entry: "openai/chat", note: "" });
});

test("edit", "a hover in a line that was typed just now", async () => {
  const document = await vscode.workspace.openTextDocument(file("app.py"));
  const editor = await vscode.window.showTextDocument(document);
  const end = document.lineAt(document.lineCount - 1).range.end;
  assert.ok(await editor.edit((e) => e.insert(end, 'late = ["é🎉", client.embeddings.create]\n')));
  await hover(document.uri, at(document, "client.embeddings", "create"), /### Create embeddings/);
  await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("edit", "a server that is no program is told, and the next one serves", async () => {
  const settings = vscode.workspace.getConfiguration("chubls");
  await settings.update("path", "/nowhere/chubls", vscode.ConfigurationTarget.Global);
  await wait("the server to end", async () => ((await (await api()).ready()) ? undefined : true));
  await settings.update("path", undefined, vscode.ConfigurationTarget.Global);
  await wait("the server to be back", async () => ((await (await api()).ready()) ? true : undefined));
  const document = await vscode.workspace.openTextDocument(file("app.py"));
  await hover(document.uri, at(document, "client.chat", "create"), /### Create a chat completion/);
});

test("open", "the search finds a guide and opens it", async () => {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  const searching = vscode.commands.executeCommand("chubls.searchHub");
  await wait("the preview of the first guide", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return vscode.window.tabGroups.all.flatMap((g) => g.tabs).find((t) => /DOC\.md/.test(t.label)) ? true : undefined;
  });
  await searching;
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
});

test("edit", "a program that is no chubls, and one that ends at once, are told", async () => {
  const settings = vscode.workspace.getConfiguration("chubls");
  const script = file("no-server").fsPath;
  for (const says of ["echo '[{\"ids\":[\"python\"]}]'; test \"$1\" = languages", "echo no"]) {
    await writeFile(script, `#!/bin/sh\n${says}\n`, { mode: 0o755 });
    await settings.update("path", script, vscode.ConfigurationTarget.Global);
    await wait("the server to end", async () => ((await (await api()).ready()) ? undefined : true));
    await settings.update("path", undefined, vscode.ConfigurationTarget.Global);
    await wait("the server to be back", async () => ((await (await api()).ready()) ? true : undefined));
  }
});

export async function run(): Promise<void> {
  const passed: string[] = [];
  const failed: { step: Step; name: string; why: string }[] = [];
  for (const { step, name, run } of tests) {
    try {
      await run();
      passed.push(name);
    } catch (error) {
      failed.push({ step, name, why: (error instanceof Error ? error.message : String(error)).split("\n").slice(0, 12).join(" ") });
    }
  }
  const result = process.env["CHUBLS_HOST_RESULT"];
  if (result !== undefined) {
    // Whoever waits for the file must not read half of it.
    const half = join(dirname(result), ".host.json");
    await writeFile(half, JSON.stringify({ passed, failed }, undefined, 2));
    await rename(half, result);
  }
  if (failed.length > 0) {
    throw new Error(`${failed.length} tests failed`);
  }
}
