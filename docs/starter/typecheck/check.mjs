// Type-checks the JavaScript fences of the starter documents against the real
// type declarations of the SDKs, at the versions package.json pins.
//
//   node docs/starter/typecheck/check.mjs [WORKDIR]
//
// WORKDIR keeps the installed packages between runs; without it a temporary
// folder is made and removed. Needs Node 20 or newer and npm.
//
// How: each fence becomes one TypeScript module. The module starts with the
// fences under "Initialization" (imports, client), and the fence follows in a
// block of its own, so that it may use the client but may not lean on another
// fence, and names never clash. A fence that says it is JavaScript must also
// parse as plain JavaScript. Beside that, each fence is inserted into host files
// by chubls itself (internal/fitstarter, which needs Go). Errors are told as path/DOC.md:line.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const here = dirname(fileURLToPath(import.meta.url));
const hub = resolve(here, "..", "hub");
const keep = process.argv[2] !== undefined;
const work = keep ? resolve(process.argv[2]) : mkdtempSync(join(tmpdir(), "starter-typecheck-"));
const plain = new Set(["javascript", "js"]);
const typed = new Set(["typescript", "ts"]);

let code = 1;
try {
  code = main();
} finally {
  if (!keep) rmSync(work, { recursive: true, force: true });
}
process.exitCode = code;

function main() {
  install();
  const problems = new Set();
  const sources = new Map(); // generated file -> the DOC.md line of each of its lines
  const fenceDir = join(work, "fences");
  rmSync(fenceDir, { recursive: true, force: true });

  let fences = 0;
  let documents = 0;
  for (const file of docFiles(hub)) {
    const doc = relative(hub, file).split(sep).join("/");
    const all = readFences(file);
    if (all.length === 0) continue;
    documents++;
    fences += all.length;
    const setup = all.filter((f) => f.section === "Initialization");
    if (setup.length === 0) problems.add(`${doc}:1: no JavaScript fence under "Initialization"`);
    for (const fence of all) {
      if (plain.has(fence.lang)) parsePlain(doc, fence, problems);
    }
    const dir = join(fenceDir, doc.replaceAll("/", "-").replace(/-DOC\.md$/, ""));
    mkdirSync(dir, { recursive: true });
    for (const fence of [null, ...all.filter((f) => !setup.includes(f))]) {
      const out = generate(setup, fence);
      const target = join(dir, fence === null ? "setup.ts" : `line-${fence.line}.ts`);
      writeFileSync(target, out.map((l) => l.text).join("\n") + "\n");
      sources.set(relative(work, target).split(sep).join("/"), { doc, lines: out.map((l) => l.line) });
    }
  }
  if (fences === 0) problems.add("no fences found");

  const inserted = insertAll(problems);
  const tsc = spawnSync(
    process.execPath,
    [join(work, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json", "--pretty", "false"],
    { cwd: work, encoding: "utf8", maxBuffer: 64 << 20 },
  );
  if (tsc.error) throw tsc.error;
  let last = null;
  for (const line of (tsc.stdout + tsc.stderr).split("\n")) {
    const m = /^(.+?)\((\d+),(\d+)\): (.*)$/.exec(line);
    const source = m && sources.get(m[1].replaceAll("\\", "/"));
    if (source) {
      last = `${source.doc}:${source.lines[Number(m[2]) - 1] ?? 0}: ${m[4]}`;
      problems.add(last);
    } else if (line.startsWith(" ") && last !== null) {
      problems.delete(last);
      last += `\n${line}`;
      problems.add(last);
    } else if (line.trim() !== "") {
      last = null;
      problems.add(line);
    }
  }
  if (tsc.status !== 0 && problems.size === 0) problems.add(`tsc ended with status ${tsc.status}`);

  for (const p of problems) console.error(p);
  if (problems.size > 0) {
    console.error(`${problems.size} problems in ${fences} fences of ${documents} documents`);
    return 1;
  }
  console.log(`${fences} fences of ${documents} documents type-check, and so do they as chubls inserts them (${inserted})`);
  return 0;
}

// insertAll has chubls insert each fence into host files: the results must
// type-check as they are.
function insertAll(problems) {
  const dir = join(work, "inserted");
  rmSync(dir, { recursive: true, force: true });
  const go = spawnSync("go", ["run", "./internal/fitstarter", dir], { cwd: resolve(here, "..", "..", ".."), encoding: "utf8" });
  if (go.error) throw go.error;
  if (go.status !== 0) problems.add(`the fences could not be inserted: ${go.stderr}`);
  return go.stdout.trim();
}

// install brings the pinned packages to the work folder, where they are not
// there yet at exactly these versions.
function install() {
  mkdirSync(work, { recursive: true });
  cpSync(join(here, "package.json"), join(work, "package.json"));
  cpSync(join(here, "tsconfig.json"), join(work, "tsconfig.json"));
  const pins = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).devDependencies;
  const wrong = Object.entries(pins).filter(([name, version]) => installed(name) !== version);
  if (wrong.length === 0) return;
  const npm = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], {
    cwd: work,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.error) throw npm.error;
  if (npm.status !== 0) throw new Error(`npm install ended with status ${npm.status}`);
  for (const [name, version] of Object.entries(pins)) {
    if (installed(name) !== version) throw new Error(`${name} is at ${installed(name)}, want ${version}`);
  }
}

function installed(name) {
  const file = join(work, "node_modules", ...name.split("/"), "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : null;
}

function docFiles(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((e) => (e.isDirectory() ? docFiles(join(dir, e.name)) : e.name === "DOC.md" ? [join(dir, e.name)] : []));
}

// readFences returns the JavaScript and TypeScript fences of a document, with
// the H2 each stands under. line is the number of the opening line.
function readFences(file) {
  const fences = [];
  let open = null;
  let section = "";
  readFileSync(file, "utf8").split("\n").forEach((text, i) => {
    const mark = /^(`{3,}|~{3,})\s*(\S*)\s*$/.exec(text);
    if (open === null) {
      const h2 = /^##\s+(.+?)\s*$/.exec(text);
      if (h2) section = h2[1];
      if (mark) open = { mark: mark[1], lang: mark[2], line: i + 1, section, code: [] };
    } else if (mark && mark[2] === "" && mark[1].startsWith(open.mark)) {
      fences.push(open);
      open = null;
    } else {
      open.code.push({ text, line: i + 1 });
    }
  });
  return fences.filter((f) => plain.has(f.lang) || typed.has(f.lang));
}

// split parts a fence into its import statements, which must stand at the top
// level of a module, and the rest. "export" is blanked, since the rest goes
// into a block.
function split(fence) {
  const imports = [];
  const body = [];
  let inside = false;
  for (const { text, line } of fence.code) {
    if (!inside && !/^import[\s{*"']/.test(text)) {
      body.push({ text: text.replace(/^export (?!default\b)/, "       "), line });
      continue;
    }
    imports.push({ text, line });
    inside = !/["'];?\s*$/.test(text);
  }
  return { imports, body };
}

function generate(setup, fence) {
  const top = setup.map(split);
  const own = fence === null ? { imports: [], body: [] } : split(fence);
  const known = new Set(top.flatMap((p) => p.imports.map((l) => l.text)));
  const out = [
    ...top.flatMap((p) => p.imports),
    ...own.imports.filter((l) => !known.has(l.text)),
    ...top.flatMap((p) => p.body),
  ];
  if (fence !== null) out.push({ text: "{", line: fence.line }, ...own.body, { text: "}", line: fence.line });
  out.push({ text: "export {};", line: fence?.line ?? 1 });
  return out;
}

function parsePlain(doc, fence, problems) {
  const body = split(fence).body.map((l) => l.text).join("\n");
  try {
    new vm.Script(`(async () => {\n${body}\n})`, { filename: `${doc}:${fence.line}` });
  } catch (e) {
    problems.add(`${doc}:${fence.line}: not plain JavaScript: ${e.message}`);
  }
}
