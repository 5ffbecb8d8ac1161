// second.mjs: a second language server, which answers hovers and nothing else. It
// stands for pyright or tsserver: chubls must be a good neighbour to them.

/** What it says about a word. */
export const says = (word) => `The second server knows ${word}.`;

const documents = new Map();
let markdown = false;

function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** The word at a position, in UTF-16. */
export function wordAt(line, character) {
  for (const found of line.matchAll(/[\p{L}\p{N}_]+/gu)) {
    if (found.index <= character && character <= found.index + found[0].length) return found[0];
  }
  return undefined;
}

function answer(method, params) {
  switch (method) {
    case "initialize": {
      markdown = params.capabilities?.textDocument?.hover?.contentFormat?.[0] === "markdown";
      return { capabilities: { textDocumentSync: 1, hoverProvider: true }, serverInfo: { name: "second" } };
    }
    case "textDocument/hover": {
      const { line, character } = params.position;
      const word = wordAt(documents.get(params.textDocument.uri)?.split("\n")[line] ?? "", character);
      return word ? { contents: { kind: markdown ? "markdown" : "plaintext", value: says(word) } } : null;
    }
    case "textDocument/didOpen":
      documents.set(params.textDocument.uri, params.textDocument.text);
      return undefined;
    case "textDocument/didChange":
      documents.set(params.textDocument.uri, params.contentChanges.at(-1).text);
      return undefined;
    case "exit":
      return process.exit(0);
    default:
      return null;
  }
}

function serve() {
  let buffer = Buffer.alloc(0);
  process.stdin.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const head = buffer.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(buffer.subarray(0, head).toString())[1]);
      if (buffer.length < head + 4 + length) return;
      const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString());
      buffer = buffer.subarray(head + 4 + length);
      const result = message.method ? answer(message.method, message.params) : undefined;
      if (message.method && message.id !== undefined) send({ id: message.id, result: result ?? null });
    }
  });
  process.stdin.on("end", () => process.exit(0));
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith("second.mjs")) serve();
