import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";

const settings = {
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "security.workspace.trust.startupPrompt": "never",
  "extensions.autoUpdate": "off",
  "extensions.autoCheckUpdates": false,
  "update.mode": "none",
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "typescript.disableAutomaticTypeAcquisition": true,
  "editor.minimap.enabled": false,
};

// A hover is at most a quarter as high as the editor: the sections fit into this one.
const height = 1760;

// Parts of the window that show what it is about.
const pictures = {
  chain: { x: 352, y: 36, width: 928, height: 620 },
  menu: { x: 352, y: 36, width: 928, height: 300 },
  open: { x: 352, y: 36, width: 1248, height: 640 },
};

// One of each, to look at.
const themes = { python: "Default Dark Modern", typescript: "Default Light Modern" };

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Runs a program to its end. */
function run(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (out += chunk));
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve(out) : reject(new Error(`${args[0]} failed: ${out.slice(-400)}`))));
  });
}

/** Starts Chromium. */
export function browse(tools) {
  const { chromium } = createRequire(join(tools, "x.js"))("playwright-core");
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

export async function vscode({ test, work, folder, home, env, until, artefact, beside, opening, extensions: packages }) {
  const tools = join(work, "code-server", "node_modules");
  const node = join(work, "code-server", "node");
  const entry = join(tools, "code-server", "out", "node", "entry.js");
  const data = join(home, `data-${Date.now()}`);
  const extensions = join(home, "extensions");
  mkdirSync(join(data, "User"), { recursive: true });
  writeFileSync(join(data, "User", "settings.json"), JSON.stringify({ ...settings, "workbench.colorTheme": themes[test.name] }));
  // Nothing of chubls on PATH: the server is the one in the package.
  const quiet = { ...env, PATH: process.env.PATH, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
  // Beside another extension the folder is not trusted: what works there works anywhere.
  const trust = beside ? [] : ["--disable-workspace-trust"];
  const folders = ["--user-data-dir", data, "--extensions-dir", extensions];
  if (!existsSync(extensions)) {
    for (const name of packages ?? ["vsix/chubls.vsix", ...(beside ? ["vsix/second.vsix"] : [])]) {
      await run(node, [entry, ...folders, "--install-extension", join(work, name)], quiet);
    }
  }

  const port = await freePort();
  const code = spawn(node, [entry, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, ...folders,
    "--disable-telemetry", "--disable-update-check", ...trust], { env: quiet, stdio: "ignore", detached: true });
  const kill = () => {
    try {
      process.kill(-code.pid);
    } catch {
      // it had ended
    }
  };
  process.once("exit", kill);
  await until("code-server does not answer", () => fetch(`http://127.0.0.1:${port}/healthz`).then((r) => r.ok, () => false), 30);

  const browser = await browse(tools);
  const page = await browser.newPage({ viewport: { width: 1280, height } });
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
  const row = page.locator(".explorer-folders-view .monaco-list-row", { hasText: test.file });
  await row.waitFor({ timeout: 60_000 });
  if (beside) await page.getByText("Restricted Mode").first().waitFor({ timeout: 30_000 });
  opening?.();
  await row.dblclick();
  await page.locator(".monaco-editor .view-line", { hasText: "import" }).first().waitFor({ timeout: 30_000 });

  /** The middle of a word's first letter on the screen. */
  const spot = async ({ text, before }) => {
    const find = () => page.evaluate(([text, column]) => {
      for (const line of document.querySelectorAll(".monaco-editor .view-lines .view-line")) {
        if (line.textContent.replaceAll("\u00a0", " ") !== text) continue;
        let left = column;
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          if (left < node.length) {
            const range = document.createRange();
            range.setStart(node, left);
            range.setEnd(node, left + 1);
            const box = range.getBoundingClientRect();
            return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
          }
          left -= node.length;
        }
      }
      return null;
    }, [text, before.length]);
    let at;
    await until("the line is not on the screen", async () => Boolean((at = await find())), 10);
    return at;
  };
  const hoverText = () => page.evaluate(() =>
    [...document.querySelectorAll(".monaco-hover:not(.hidden) .hover-contents")].map((e) => e.innerText).join("\n"));
  let place0; // where the guide was opened
  /** What the preview of Markdown has, or shows of it. */
  const previewText = async (visible) => {
    for (const frame of page.frames()) {
      const text = await frame.evaluate((visible) => {
        const body = document.querySelector(".markdown-body, body.vscode-body");
        if (!body || document.querySelector(".monaco-workbench")) return "";
        if (!visible) return body.innerText;
        return [...body.querySelectorAll("h1, h2, h3, h4, p, li, pre code, td")].filter((e) => {
          const box = e.getBoundingClientRect();
          return box.height > 0 && box.top < innerHeight && box.bottom > 0;
        }).map((e) => e.innerText).join("\n");
      }, visible).catch(() => "");
      if (text.trim() !== "") return text;
    }
    return "";
  };
  return {
    async hover(place) {
      const { x, y } = await spot(place);
      await page.mouse.move(x + 2, y + 1);
      await page.mouse.move(x, y, { steps: 3 });
    },
    async screen() {
      return (await hoverText()) + "\n" + (await page.evaluate(() =>
        [...document.querySelectorAll(".monaco-editor .view-line")].map((e) => e.textContent).join("\n").replaceAll("\u00a0", " ")));
    },
    async dismiss() {
      await page.mouse.move(640, 800);
      await page.waitForTimeout(400);
    },
    async insert(place, title) {
      const { x, y } = await spot(place);
      const item = page.locator(".action-widget .monaco-list-row", { hasText: title }).first();
      // A menu that opens while the editor is still at work with the click closes again.
      await until("no action is offered", async () => {
        await page.mouse.click(x, y);
        await page.keyboard.press("Control+.");
        return item.waitFor({ state: "visible", timeout: 4000 }).then(() => true, () => page.keyboard.press("Escape"));
      });
      await page.waitForTimeout(300);
      await this.capture("menu");
      const box = await item.boundingBox();
      await page.mouse.move(box.x + 20, box.y + 6);
      await page.mouse.click(box.x + 40, box.y + box.height / 2);
    },
    async openGuide(place) {
      place0 = place;
      await page.setViewportSize({ width: 1600, height }); // there are two editors now
      if (beside) {
        const { x, y } = await spot(place);
        await page.mouse.click(x, y);
        await page.keyboard.press("F1");
        await page.keyboard.type("chubls: Open Documentation");
        await page.locator(".quick-input-list .monaco-list-row", { hasText: "Open Documentation for the Symbol" }).first().waitFor({ timeout: 10_000 });
        await page.keyboard.press("Enter");
        return;
      }
      const link = page.locator(".monaco-hover a", { hasText: "Open the whole guide" }).first();
      await until("the hover has no link", async () => {
        await this.dismiss();
        await this.hover(place);
        return link.waitFor({ state: "visible", timeout: 3000 }).then(() => true, () => false);
      });
      // Into the hover first: it goes when the mouse leaves it.
      const { x, y } = await spot(place);
      await page.mouse.move(x, y + 40, { steps: 6 });
      await link.scrollIntoViewIfNeeded();
      await page.waitForTimeout(200);
      await this.capture("link");
      const box = await link.boundingBox();
      await page.mouse.move(box.x + 20, box.y + box.height / 2, { steps: 6 });
      await page.mouse.click(box.x + 20, box.y + box.height / 2);
    },
    guide: () => previewText(false),
    guideScreen: () => previewText(true),
    async closeGuide() {
      const tab = page.locator(".tab", { hasText: "DOC.md" }).first();
      const box = await tab.locator(".tab-actions").boundingBox();
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await tab.waitFor({ state: "detached", timeout: 5000 });
      await page.setViewportSize({ width: 1280, height });
      const { x, y } = await spot(place0);
      await page.mouse.click(x, y);
    },
    async append(line) {
      await page.keyboard.press("Control+End");
      await page.keyboard.insertText(line);
      await page.keyboard.press("Enter");
    },
    undo: () => page.keyboard.press("Control+z"),
    save: () => page.keyboard.press("Control+s"),
    async capture(name) {
      if (name === "open") await this.dismiss();
      await page.waitForTimeout(300); // the fade-in
      // Of these the READMEs have a copy: see screenshots.mjs.
      const clip = beside ? undefined : pictures[name];
      if (clip) await page.screenshot({ path: `${artefact(name)}-picture.png`, clip });
      await page.screenshot({ path: `${artefact(name)}.png` });
      writeFileSync(`${artefact(name)}.txt`, await this.screen());
    },
    async close() {
      await browser.close().catch(() => {});
      kill();
      const logs = join(data, "logs");
      if (existsSync(logs)) cpSync(logs, artefact("logs"), { recursive: true });
    },
  };
}
