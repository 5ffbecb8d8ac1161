import { execFile } from "node:child_process";
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
    return runnable(command) ? { command } : { problem: `The setting chubls.path names ${command}, which is not a program.` };
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
  return {
    problem: `There is no chubls program for this platform (${process.platform}-${process.arch}) in the extension, and none on PATH. Install it, or name it in the setting chubls.path.`,
  };
}

function runnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The languages that a server reads, or why it is none and what to do. */
export type Asked = { languages: string[] } | { problem: string };

/** How long a program may take to say which languages it reads, in milliseconds. */
const askTime = 15_000;

/** Asks a program which languages it reads, as editors call them. */
export function askLanguages(command: string): Promise<Asked> {
  const wrong = (why: string): Asked => ({
    problem: `${command} is no chubls that this extension can use: ${why}. Install a newer one, or name another in the setting chubls.path.`,
  });
  return new Promise((resolve) => {
    execFile(command, ["languages", "--json"], { timeout: askTime, windowsHide: true }, (error, out) => {
      if (error?.code === "ENOEXEC" || error?.code === "UNKNOWN") {
        resolve(wrong(`it does not run on this platform (${process.platform}-${process.arch})`));
      } else if (error) {
        resolve(wrong(error.killed ? "it does not answer" : "it does not say which languages it reads"));
      } else {
        const languages = parseLanguages(out);
        resolve(languages.length > 0 ? { languages } : wrong("it names no languages"));
      }
    });
  });
}

function parseLanguages(out: string): string[] {
  try {
    const list: unknown = JSON.parse(out);
    return Array.isArray(list) ? list.flatMap((row: { ids?: unknown }) => (Array.isArray(row?.ids) ? row.ids.map(String) : [])) : [];
  } catch {
    return [];
  }
}
