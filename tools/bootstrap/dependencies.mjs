import { join } from "node:path";
import { ROOT, readText, remove, report, runForeground, step } from "./shell.mjs";

/** npm's record of `node_modules`, which npm writes last. */
const INSTALLED = join(ROOT, "node_modules", ".package-lock.json");

/** Installs the dependencies if they differ from the lock file. */
export async function installDependencies() {
  const reason = whyInstall(readText(join(ROOT, "package-lock.json")), readText(INSTALLED));
  if (reason === undefined) return;
  await step(`Installing dependencies from package-lock.json (${reason})`, async () => {
    // Removed first: an interrupted installation must not look like a good one.
    remove(INSTALLED);
    // No install scripts: none is needed, and this package's own would call this code again.
    await npm(["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  });
}

/** Why the installed packages differ from the lock file; undefined if they match. */
function whyInstall(lockText, installedText) {
  if (installedText === "") return "nothing is installed yet";
  const [wanted, installed] = [lockText, installedText].map((text) => JSON.parse(text).packages);
  const differing = Object.entries(wanted).filter(
    ([path, entry]) => isRequired(path, entry) && !isSame(entry, installed[path]),
  );
  if (differing.length === 0) return undefined;
  return `${differing.length} ${differing.length === 1 ? "package differs" : "packages differ"}`;
}

/** The lock file also lists packages for other platforms, which npm does not install. Links lead to this repository. */
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
