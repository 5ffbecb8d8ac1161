// A bare client: no editor, only the protocol. It says what an editor must
// show, and what text it must end with.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

import { place } from "./cases.mjs";

/** What the server shows until it has read a guide. */
export const loading = /Loading [^\s]+…/;

class Connection {
  #process;
  #buffer = Buffer.alloc(0);
  #waiting = new Map();
  #id = 0;
  #ended;

  constructor(server, env) {
    this.#process = spawn(server, ["serve"], { env, stdio: ["pipe", "pipe", "ignore"] });
    this.#process.stdout.on("data", (chunk) => this.#read(chunk));
    this.#process.stdin.on("error", () => {}); // its end is told below
    this.#process.on("error", (error) => this.#end(error));
    this.#process.on("exit", () => this.#end(new Error("the server ended")));
  }

  #end(error) {
    this.#ended = error;
    this.#waiting.forEach(({ reject }) => reject(error));
  }

  #read(chunk) {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const head = this.#buffer.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(this.#buffer.subarray(0, head).toString())[1]);
      if (this.#buffer.length < head + 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(head + 4, head + 4 + length).toString());
      this.#buffer = this.#buffer.subarray(head + 4 + length);
      if (message.method && message.id !== undefined) this.#send({ id: message.id, result: null });
      const waiting = !message.method && this.#waiting.get(message.id);
      if (!waiting) continue;
      this.#waiting.delete(message.id);
      if (message.error) waiting.reject(new Error(message.error.message));
      else waiting.resolve(message.result);
    }
  }

  #send(message) {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  notify(method, params) {
    this.#send({ method, params });
  }

  request(method, params) {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  end() {
    this.#process.kill();
  }
}

/** What the server says about a case: the hover of each spot, and the text with the first snippet in it. */
export async function expectations(server, env, folder, test) {
  const connection = new Connection(server, env);
  const late = setTimeout(() => connection.end(), 20_000);
  try {
    await connection.request("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      capabilities: {
        textDocument: {
          hover: { contentFormat: ["markdown"] },
          codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } },
        },
      },
    });
    connection.notify("initialized", {});
    const hovers = {};
    const uri = (name) => pathToFileURL(`${folder}/${name}-${test.file}`).href;
    for (const [name, text] of [["before", test.text], ["after", test.text + test.line + "\n"]]) {
      connection.notify("textDocument/didOpen", { textDocument: { uri: uri(name), languageId: test.languageId, version: 1, text } });
    }
    for (const [name, spot] of Object.entries(test.spots)) {
      const edited = name === "edit";
      const { line, column } = place(edited ? test.text + test.line : test.text, spot);
      const ask = () => connection.request("textDocument/hover", {
        textDocument: { uri: uri(edited ? "after" : "before") },
        position: { line, character: column },
      });
      let hover = await ask();
      for (let tries = 0; tries < 50 && (!hover || loading.test(hover.contents.value)); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        hover = await ask();
      }
      if (!hover) throw new Error(`the server has no hover for ${name}`);
      hovers[name] = shown(hover.contents.value);
      if (!spot.heading.test(hovers[name].title)) throw new Error(`the hover for ${name} is about "${hovers[name].title}"`);
    }
    const { line, column } = place(test.text, test.spots.chain);
    const position = { line, character: column };
    const [action] = await connection.request("textDocument/codeAction", {
      textDocument: { uri: uri("before") },
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    if (!action) throw new Error("the server offers no snippet");
    const inserted = apply(test.text, Object.values(action.edit.changes)[0]);
    if (inserted.length <= test.text.length) throw new Error("the snippet adds nothing");
    const silent = place(test.text, test.none);
    const nothing = await connection.request("textDocument/hover", {
      textDocument: { uri: uri("before") }, position: { line: silent.line, character: silent.column },
    });
    if (nothing !== null) throw new Error(`the hover on ${test.none.word} is ${JSON.stringify(nothing)}, not null`);
    const page = await pageOf(connection, { uri: uri("before"), position });
    return { hovers, action: action.title, inserted, page };
  } finally {
    clearTimeout(late);
    connection.end();
  }
}

/** The guide of a place: what a client that cannot be told to open it is answered. */
async function pageOf(connection, at) {
  const opened = await connection.request("workspace/executeCommand", { command: "chubls.open", arguments: [at] });
  const lines = readFileSync(fileURLToPath(opened.uri), "utf8").split("\n");
  const line = opened.range.start.line;
  if (!/^#+ /.test(lines[line])) throw new Error(`the guide opens at "${lines[line]}"`);
  return { heading: lines[line].replace(/^#+ /, ""), chapters: lines.filter((l) => /^## /.test(l)).map((l) => l.replace(/^## /, "")) };
}

/** The lines of a hover that must be readable on a screen, whatever renders it. */
function shown(markdown) {
  const lines = markdown.split("\n");
  const code = [];
  let fenced = false;
  for (const line of lines) {
    if (line.startsWith("```")) fenced = !fenced;
    else if (fenced && line.trim() !== "") code.push(line.trim());
  }
  if (lines.length < 2) throw new Error(`the hover is only "${markdown}"`);
  return { title: lines[0].replace(/^#+ /, ""), origin: lines[1].trim(), code, markdown };
}

function apply(text, edits) {
  const starts = [0];
  for (let i = 0; i < text.length; i++) if (text[i] === "\n") starts.push(i + 1);
  const offset = (p) => (starts[p.line] ?? text.length) + p.character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((t, e) => t.slice(0, offset(e.range.start)) + e.newText + t.slice(offset(e.range.end)), text);
}
