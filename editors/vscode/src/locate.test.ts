import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";

import { locate } from "./locate";

const name = process.platform === "win32" ? "chubls.exe" : "chubls";

function program(...folders: string[]): string {
  const folder = join(mkdtempSync(join(tmpdir(), "chubls-")), ...folders);
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
  assert.deepEqual(locate("/nowhere", "", ["", ".", tmpdir(), folder].join(delimiter)), { command: join(folder, name) });
});

test("a setting that names nothing is told, not passed over", () => {
  const folder = program();
  for (const setting of ["/nowhere/chubls", folder, "chubls"]) {
    const found = locate("/nowhere", setting, folder);
    assert.match("problem" in found ? found.problem : "", /chubls\.path/);
  }
});

test("nothing anywhere says what to do", () => {
  for (const path of [undefined, "", tmpdir()]) {
    const found = locate("/nowhere", "", path);
    assert.match("problem" in found ? found.problem : "", /Install it, or name it/);
  }
});
