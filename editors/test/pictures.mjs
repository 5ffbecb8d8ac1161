// pictures.mjs WORK: makes a PNG of every terminal screen in the artefacts, where there is a browser.

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const work = process.argv[2];
const artefacts = join(work, "artefacts");
const chromiumPath = "/usr/bin/chromium";
const tools = join(work, "code-server", "node_modules");
const screens = readdirSync(artefacts).filter((name) => name.endsWith(".ansi"));
if (screens.length === 0) process.exit(0);
if (!existsSync(chromiumPath) || !existsSync(join(tools, "playwright-core"))) {
  console.error("no pictures of the terminal screens: they need Chromium and the client vscode");
  process.exit(0);
}

const basic = ["#000", "#c33", "#4a4", "#c90", "#48c", "#a5a", "#4aa", "#ccc", "#777", "#f66", "#7d7", "#fd6", "#7af", "#d8d", "#7dd", "#fff"];
function indexed(n) {
  if (n < 16) return basic[n];
  if (n > 231) return `rgb(${[0, 0, 0].fill(8 + (n - 232) * 10)})`;
  const c = n - 16;
  return `rgb(${[Math.floor(c / 36), Math.floor(c / 6) % 6, c % 6].map((v) => (v ? 55 + v * 40 : 0))})`;
}

function html(ansi) {
  let style = {};
  const escape = (s) => s.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
  const out = [];
  for (const part of ansi.split(/(\x1b\[[0-9;:]*m)/)) {
    const codes = /^\x1b\[([0-9;:]*)m$/.exec(part);
    if (!codes) {
      const [front, back] = style.reverse ? [style.back ?? "#1c1c1c", style.front ?? "#ddd"] : [style.front, style.back];
      out.push(`<span style="${front ? `color:${front};` : ""}${back ? `background:${back};` : ""}${style.bold ? "font-weight:bold;" : ""}${style.italic ? "font-style:italic;" : ""}${style.line ? "text-decoration:underline;" : ""}">${escape(part.replace(/\x1b[^m]*?[\\(][AB0]?|[\x0e\x0f]/g, ""))}</span>`);
      continue;
    }
    const list = codes[1].split(/[;:]/).map(Number);
    for (let i = 0; i < list.length; i++) {
      const n = list[i];
      const colour = () => {
        if (list[i + 1] === 5) return indexed(list[(i += 2)]);
        const rgb = list.slice(i + 2, i + 5);
        i += 4;
        return `rgb(${rgb})`;
      };
      if (n === 0) style = {};
      else if (n === 1) style.bold = true;
      else if (n === 3) style.italic = true;
      else if (n === 4) style.line = true;
      else if (n === 7) style.reverse = true;
      else if (n >= 30 && n <= 37) style.front = basic[n - 30];
      else if (n === 38) style.front = colour();
      else if (n === 39) style.front = undefined;
      else if (n >= 40 && n <= 47) style.back = basic[n - 40];
      else if (n === 48) style.back = colour();
      else if (n === 49) style.back = undefined;
      else if (n >= 90 && n <= 97) style.front = basic[n - 82];
      else if (n >= 100 && n <= 107) style.back = basic[n - 92];
    }
  }
  return `<meta charset="utf-8"><body style="margin:8px;background:#1c1c1c;color:#ddd"><pre style="font:14px/1.25 'DejaVu Sans Mono',monospace;margin:0">${out.join("")}</pre>`;
}

const { chromium } = createRequire(join(tools, "x.js"))("playwright-core");
const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 960, height: 930 } });
for (const name of screens) {
  await page.setContent(html(readFileSync(join(artefacts, name), "utf8")));
  await page.screenshot({ path: join(artefacts, name.replace(/ansi$/, "png")) });
  rmSync(join(artefacts, name));
}
await browser.close();
