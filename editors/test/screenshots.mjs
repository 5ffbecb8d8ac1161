// screenshots.mjs WORK: copies the pictures of the READMEs from the artefacts of
// the test of Visual Studio Code. Look at them before you commit them.

import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const artefacts = join(process.argv[2], "artefacts");
const images = join(dirname(dirname(fileURLToPath(import.meta.url))), "vscode", "images");
const limit = 300_000; // bytes, of all

mkdirSync(images, { recursive: true });
let size = 0;
for (const [from, to] of [
  ["python-chain", "hover-dark"],
  ["typescript-chain", "hover-light"],
  ["python-menu", "snippet-dark"],
  ["typescript-open", "guide-light"],
]) {
  const file = join(images, `${to}.png`);
  copyFileSync(join(artefacts, `vscode-${from}-picture.png`), file);
  size += statSync(file).size;
}
console.log(`${images}: ${size} bytes`);
if (size > limit) {
  console.error(`that is more than ${limit}: make them smaller`);
  process.exit(1);
}
