// The tests inside the extension host: editors/vscode/test/host.ts, started by a
// workbench in a browser.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cases } from "../cases.mjs";
import { browse, freePort } from "./vscode.mjs";

/** Runs them; what failed is a list of [step, why]. */
export async function hostTests({ work, root, until, artefacts }) {
  const tools = join(work, "code-server", "node_modules");
  const home = join(root, "host");
  const folder = join(home, "project");
  const result = join(artefacts, "vscode-host.json");
  const log = join(artefacts, "vscode-host.log");
  mkdirSync(join(folder, ".git"), { recursive: true });
  for (const test of cases) writeFileSync(join(folder, test.file), test.text);
  const port = await freePort();
  const main = join(tools, "code-server", "lib", "vscode", "out", "server-main.js");
  const code = spawn(join(work, "code-server", "node"), [main, "--host", "127.0.0.1", "--port", String(port), "--without-connection-token",
    "--server-data-dir", join(home, "server"), "--user-data-dir", join(home, "user"), "--extensions-dir", join(home, "extensions"),
    "--telemetry-level", "off", "--enable-smoke-test-driver", "--accept-server-license-terms"], {
    env: { ...process.env, HOME: home, CHUB_DIR: join(home, ".chub"), CHUBLS_HOST_RESULT: result, EXTENSIONS_GALLERY: '{"serviceUrl":""}' },
    stdio: "ignore", detached: true,
  });
  const kill = () => {
    try {
      process.kill(-code.pid);
    } catch {
      // it had ended
    }
  };
  process.once("exit", kill);
  let browser;
  try {
    await until("the workbench's server does not answer", () => fetch(`http://127.0.0.1:${port}/version`).then((r) => r.ok, () => false), 30);
    browser = await browse(tools);
    const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
    const lines = [];
    page.on("console", (message) => lines.push(message.text()));
    const at = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
    const payload = JSON.stringify([
      ["extensionDevelopmentPath", at(join(work, "vsix"))],
      ["extensionTestsPath", at(join(work, "vsix", "out", "host.js"))],
    ]);
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`);
    try {
      await until("the tests did not end", () => existsSync(result), 90);
    } finally {
      writeFileSync(log, lines.join("\n"));
      await page.screenshot({ path: join(artefacts, "vscode-host.png") });
    }
    const told = JSON.parse(readFileSync(result, "utf8"));
    console.error(`vscode: extension host: ${told.passed.length} tests passed, ${told.failed.length} failed`);
    return told.failed.map(({ step, name, why }) => [step, `${name}: ${why}`]);
  } catch (error) {
    return [["import", error.message]];
  } finally {
    await browser?.close().catch(() => {});
    kill();
  }
}
