import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Files of the setup itself. They are deleted with `node_modules`. */
export const WORKSHOP = join(ROOT, "node_modules", ".cache", "pulumi-posthog");

/** A command that failed and has reported why: only its exit code is passed on. */
export class CommandFailed extends Error {
  constructor(code) {
    super(`The command ended with code ${code}.`);
    this.code = code;
  }
}

/** Reports what the setup does, on standard error so that a command's own output stays clean. */
export function report(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs a part of the setup: announces it, and then reports the time it took. */
export async function step(title, work) {
  const started = Date.now();
  report(`• ${title} ...`);
  await work();
  report(`✓ ${title}  ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/**
 * Runs a program in this terminal and waits for it. The terminal sends Ctrl-C to the program too, so this process only
 * has to keep waiting. SIGTERM is passed on.
 */
export function runForeground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: "inherit", ...options });
    const wait = () => {};
    const pass = () => child.kill("SIGTERM");
    process.on("SIGINT", wait).on("SIGTERM", pass);
    const settle = (code) => {
      process.off("SIGINT", wait).off("SIGTERM", pass);
      if (code === 0) resolve();
      else reject(new CommandFailed(code));
    };
    child.on("error", (error) => {
      report(`${command}: ${error.message}`);
      settle(127);
    });
    child.on("exit", (code, signal) => settle(signal ? 130 : code));
  });
}

/** Runs an installed tool (`typescript/bin/tsc`) or a compiled command with the current Node. */
export function runNode(script, args = []) {
  return runForeground(process.execPath, [join(ROOT, script), ...args]);
}

/** The text of a file; undefined if it does not exist. */
export function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Writes a file completely or not at all. */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

/** Removes a file or folder, if it exists. */
export function remove(path) {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
