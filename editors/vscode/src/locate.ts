import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

/** The server's program, or why there is none and what to do. */
export type Located = { command: string } | { problem: string };

/**
 * Finds the server: the one that chubls.path names, else the one inside the
 * extension, else the one on PATH. A setting that names nothing is a problem; it
 * does not fall through to another server than the user wanted.
 */
export function locate(extension: string, setting: string, path: string | undefined): Located {
  const name = process.platform === "win32" ? "chubls.exe" : "chubls";
  if (setting.trim() !== "") {
    const command = setting.trim().replace(/^~(?=[/\\])/, homedir());
    if (!isAbsolute(command)) {
      return { problem: `The setting chubls.path must be an absolute path, and is "${setting}".` };
    }
    return runnable(command)
      ? { command }
      : { problem: `The setting chubls.path names ${command}, which is not a program.` };
  }
  const inside = join(extension, "server", name);
  if (runnable(inside)) {
    return { command: inside };
  }
  for (const folder of (path ?? "").split(delimiter)) {
    if (isAbsolute(folder) && runnable(join(folder, name))) {
      return { command: join(folder, name) };
    }
  }
  return { problem: "The chubls program was not found. Install it, or name it in the setting chubls.path." };
}

function runnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
