// The oracle for JavaScript and TypeScript: reads file names from stdin, one a
// line, and prints one JSON object a line for each, with every module
// specifier that TypeScript's own syntax tree has.
//
//   node oracle.mjs TYPESCRIPT_JS < files
//
// TYPESCRIPT_JS is the path of lib/typescript.js of a 5.x package. A file that
// TypeScript's parser finds an error in is reported as {"file","error"}.
//
// Counted: import and export declarations with a module specifier,
// import x = require("m"), calls require("m") and import("m") with a string
// literal as the first argument. Comments (and so JSDoc) are not.
// Told apart by "class", and neither asked for nor held against anyone:
// "import-type-node" (the type import("m").T) and "template-literal"
// (require(`m`) and import(`m`) without a substitution).

import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const ts = createRequire(import.meta.url)(resolve(process.argv[2]));
const S = ts.SyntaxKind;

for await (const file of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (file === "") continue;
  let out;
  try {
    out = read(file);
  } catch (e) {
    out = { file, error: String(e) };
  }
  if (!process.stdout.write(JSON.stringify(out) + "\n")) {
    await new Promise((r) => process.stdout.once("drain", r));
  }
}

function read(file) {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const wrong = source.parseDiagnostics;
  if (wrong.length > 0) {
    return { file, error: ts.flattenDiagnosticMessageText(wrong[0].messageText, " ") };
  }
  const where = positions(text);
  const items = [];
  const add = (node, literal, kind, names, cls) =>
    items.push({
      module: literal.text,
      kind,
      class: cls ?? (ts.isStringLiteral(literal) ? "" : "template-literal"),
      statement: where(node.getStart(source)),
      literal: where(literal.getStart(source)),
      names: names ?? null,
    });

  // A stack of our own: bundles nest deeper than the engine's.
  const stack = [source];
  while (stack.length > 0) {
    const node = stack.pop();
    switch (node.kind) {
      case S.ImportDeclaration:
        if (ts.isStringLiteral(node.moduleSpecifier)) {
          add(node, node.moduleSpecifier, importKind(node.importClause), importNames(node.importClause));
        }
        break;
      case S.ExportDeclaration:
        if (node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
          add(node, node.moduleSpecifier, "re-export", exportNames(node.exportClause));
        }
        break;
      case S.ImportEqualsDeclaration:
        if (ts.isExternalModuleReference(node.moduleReference)) {
          const e = node.moduleReference.expression;
          if (ts.isStringLiteral(e)) add(node, e, "import-equals");
        }
        break;
      case S.CallExpression: {
        const [first] = node.arguments;
        if (!first || !ts.isStringLiteralLike(first)) break;
        if (node.expression.kind === S.ImportKeyword) add(node, first, "dynamic");
        else if (ts.isIdentifier(node.expression) && node.expression.text === "require") {
          add(node, first, "require", requireNames(node));
        }
        break;
      }
      case S.ImportType:
        if (ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
          add(node, node.argument.literal, "import-type", null, "import-type-node");
        }
        break;
    }
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  items.sort((a, b) => a.literal[0] - b.literal[0] || a.literal[1] - b.literal[1]);
  return { file, items };
}

function importKind(clause) {
  if (!clause) return "side-effect";
  return clause.isTypeOnly ? "import-type" : "import";
}

// Names are what the module exports under: default, * for a namespace, and the
// name before "as".
function importNames(clause) {
  const names = [];
  if (clause?.name) names.push("default");
  const bindings = clause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.push("*");
  else if (bindings) for (const e of bindings.elements) names.push((e.propertyName ?? e.name).text);
  return names;
}

function exportNames(clause) {
  if (!clause || ts.isNamespaceExport(clause)) return ["*"];
  return clause.elements.map((e) => (e.propertyName ?? e.name).text);
}

// requireNames gives the names of const { a, b: c } = require("m"), and null
// for every other shape: those are not compared.
function requireNames(call) {
  const d = call.parent;
  if (!ts.isVariableDeclaration(d) || d.initializer !== call || !ts.isObjectBindingPattern(d.name)) return null;
  const names = [];
  for (const e of d.name.elements) {
    const n = e.propertyName ?? e.name;
    if (e.dotDotDotToken || !ts.isIdentifier(n)) return null;
    names.push(n.text);
  }
  return names;
}

// positions maps a UTF-16 offset to [line, character] as LSP counts them: lines
// end at \n, \r\n or \r only (TypeScript's own table also breaks at U+2028).
function positions(text) {
  const starts = [0];
  for (const m of text.matchAll(/\r\n|\n|\r/g)) starts.push(m.index + m[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const mid = (low + high) >> 1;
      if (starts[mid] <= offset) low = mid;
      else high = mid;
    }
    return [low, offset - starts[low]];
  };
}
