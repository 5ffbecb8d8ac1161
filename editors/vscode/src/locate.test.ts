import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";

import { askLanguages, locate } from "./locate";

const name = process.platform === "win32" ? "chubls.exe" : "chubls";

/** A folder that no program lies in. */
function empty(): string {
  return mkdtempSync(join(tmpdir(), "chubls-"));
}

function program(...folders: string[]): string {
  const folder = join(empty(), ...folders);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), "");
  chmodSync(join(folder, name), 0o755);
  return folder;
}

test("the setting comes first", () => {
  const folder = program();
  assert.deepEqual(locate(join(program("server"), ".."), join(folder, name), program()), { command: join(folder, name) });
});

test("then the server inside the extension", () => {
  const server = program("server");
  assert.deepEqual(locate(join(server, ".."), "", program()), { command: join(server, name) });
});

test("then PATH, without its relative folders", () => {
  const folder = program();
  assert.deepEqual(locate("/nowhere", "", ["", ".", empty(), folder].join(delimiter)), { command: join(folder, name) });
});

test("a setting that names nothing is told, not passed over", () => {
  const folder = program();
  for (const setting of ["/nowhere/chubls", folder, "chubls"]) {
    const found = locate("/nowhere", setting, folder);
    assert.match("problem" in found ? found.problem : "", /chubls\.path/);
  }
});

test("nothing anywhere says what to do", () => {
  for (const path of [undefined, "", empty()]) {
    const found = locate("/nowhere", "", path);
    assert.match("problem" in found ? found.problem : "", /Install it, or name it/);
  }
});

function script(text: string): string {
  const file = join(empty(), "program");
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

test("a server says which languages it reads", { skip: process.platform === "win32" }, async () => {
  const program = script(`#!/bin/sh\necho '[{"ids":["python"],"extensions":[".py"]},{"ids":["typescript","tsx"]}]'\n`);
  assert.deepEqual(await askLanguages(program), { languages: ["python", "typescript", "tsx"] });
});

test("what is no server is told, with what to do", { skip: process.platform === "win32" }, async () => {
  for (const [text, why] of [
    ["#!/bin/sh\necho hello\n", /names no languages/],
    ["#!/bin/sh\necho '[1, null, {\"ids\": 7}]'\n", /names no languages/],
    ["#!/bin/sh\nexit 3\n", /does not say/],
    ["\x7fELF for another machine", /does not (run|say)/],
  ] as const) {
    const asked = await askLanguages(script(text));
    assert.match("problem" in asked ? asked.problem : "", why);
    assert.match("problem" in asked ? asked.problem : "", /Install a newer one, or name another in the setting chubls\.path/);
  }
});
