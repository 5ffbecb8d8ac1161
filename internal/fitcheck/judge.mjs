// Judges JavaScript and TypeScript with esbuild: reads {"id", "code", "loader",
// "alone"} lines, writes {"id", "error"} lines. With "alone" set, the code may
// return at its top level.
//
//   node judge.mjs FOLDER    FOLDER has node_modules/esbuild

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { transform } = createRequire(join(process.argv[2], "package.json"))("esbuild");

async function judge(code, loader) {
  try {
    await transform(code, { loader, logLevel: "silent", tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } });
    return "";
  } catch (e) {
    const first = e.errors?.[0];
    return first ? `${first.text} (line ${first.location?.line})` : String(e);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  let error = await judge(task.code, task.loader);
  if (error !== "" && task.alone && (await judge(`async function f() {\n${task.code}\n}`, task.loader)) === "") error = "";
  process.stdout.write(JSON.stringify({ id: task.id, error }) + "\n");
}
