import { join } from "node:path";
import { ROOT, readText, remove, report, runForeground, step } from "./shell.mjs";

/** npm's own record of what is in `node_modules`: it writes it last. */
const INSTALLED = join(ROOT, "node_modules", ".package-lock.json");

/** Installs the dependencies when they are not those of the lock file. */
export async function installDependencies() {
  const reason = whyInstall(readText(join(ROOT, "package-lock.json")), readText(INSTALLED));
  if (reason === undefined) return;
  await step(`Installing dependencies from package-lock.json (${reason})`, async () => {
    // Gone first: an installation that is interrupted half-way must not look like the last good one.
    remove(INSTALLED);
    // No install scripts: none is needed, and this package's own would call back into here.
    await npm(["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  });
}

/** Why what is installed is not what the lock file says, or `undefined` when it is. */
function whyInstall(lockText, installedText) {
  if (installedText === "") return "nothing is installed yet";
  const [wanted, installed] = [lockText, installedText].map((text) => JSON.parse(text).packages);
  const differing = Object.entries(wanted).filter(
    ([path, entry]) => isRequired(path, entry) && !isSame(entry, installed[path]),
  );
  if (differing.length === 0) return undefined;
  return `${differing.length} ${differing.length === 1 ? "package differs" : "packages differ"}`;
}

/** Packages for other platforms are in the lock file and rightly not installed; links lead to this repository. */
function isRequired(path, entry) {
  return path.startsWith("node_modules/") && !entry.link && !entry.optional && !entry.peer;
}

function isSame(wanted, installed) {
  return installed?.version === wanted.version && installed?.integrity === wanted.integrity;
}

async function npm(args) {
  const script = process.env.npm_execpath ?? "";
  try {
    if (script.endsWith("npm-cli.js")) await runForeground(process.execPath, [script, ...args]);
    else await runForeground("npm", args, { shell: process.platform === "win32" });
  } catch (error) {
    report("npm could not install the dependencies: see its message above, then run the same command again.");
    throw error;
  }
}
