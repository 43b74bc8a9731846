import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { build } from "./bootstrap/build.mjs";
import { installDependencies } from "./bootstrap/dependencies.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { CommandFailed, ROOT, report, runNode } from "./bootstrap/shell.mjs";
import { runSuite } from "./bootstrap/suite.mjs";

/**
 * The entry of every npm script: installs whatever is missing, then runs the command. It runs before anything is
 * installed, so it and its imports are plain JavaScript on Node's built-in modules.
 */

const MINIMUM_NODE = [20, 19];

const COMMANDS = {
  demo: async (args) => {
    await setUp();
    await runNode("dist/tools/demo/main.js", args);
  },
  bench: async (args) => {
    await setUp();
    await runNode("dist/bench/index.js", args);
  },
  sweep: async (args) => {
    await withLock(cloneLock(), prepareClone);
    await runNode("dist/tools/sweep/main.js", args);
  },
  docs: async () => {
    await withLock(cloneLock(), prepareClone);
    await runNode("dist/tools/docs/main.js");
  },
  schema: async () => {
    await withLock(cloneLock(), prepareClone);
    await runNode("dist/tools/schema/main.js");
  },
  test: async (args) => {
    await setUp();
    await runSuite(args);
  },
  "test:keycloak": async (args) => {
    await setUp();
    await runNode("dist/tools/keycloak/main.js", args);
  },
  build: async () => {
    await withLock(cloneLock(), prepareClone);
  },
  "build:plugin": async (args) => {
    await withLock(cloneLock(), prepareClone);
    await runNode("dist/tools/plugin/main.js", args);
  },
  "release:check": async (args) => {
    await withLock(cloneLock(), prepareClone);
    await runNode("dist/tools/release/main.js", args);
  },
  // npm calls these before and after it packs.
  prepack: async () => {
    await withLock(cloneLock(), prepareClone);
    await runNode("dist/tools/release/readme.js", ["packing"]);
  },
  postpack: async () => {
    await runNode("dist/tools/release/readme.js");
  },
};

async function setUp() {
  await withLock(cloneLock(), prepareClone);
  await withLock(join(cacheFolder(), "engine.lock"), () => runNode("dist/tools/engine/main.js"));
}

async function prepareClone() {
  await installDependencies();
  await build();
}

/** One lock per clone, outside the clone: `npm ci` empties the only folder in it that git ignores. */
function cloneLock() {
  return join(cacheFolder(), `clone-${createHash("sha256").update(ROOT).digest("hex").slice(0, 16)}.lock`);
}

function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-posthog");
}

function isNodeTooOld(version) {
  const [major, minor] = version.split(".").map(Number);
  return major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1]);
}

async function main([name, ...args]) {
  if (isNodeTooOld(process.versions.node)) {
    report(
      `Node ${process.versions.node} is too old: pulumi-posthog needs Node ${MINIMUM_NODE.join(".")} or newer.`,
    );
    report(
      "Install one from https://nodejs.org or with your version manager, then run the same command again.",
    );
    return 1;
  }
  if (!Object.hasOwn(COMMANDS, name)) {
    report(`Usage: node tools/bootstrap.mjs ${Object.keys(COMMANDS).join(" | ")}`);
    return 2;
  }
  try {
    await COMMANDS[name](args);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandFailed)) report(`The setup failed: ${error.message}`);
    return error instanceof CommandFailed ? error.code : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
