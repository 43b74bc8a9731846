import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../provider/posthog/version";
import { run } from "../processes";
import { archiveName, platformOf, pluginName } from "../release/platforms";

/** Node looks for this in its own binary to find an embedded program (Node: single executable applications). */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** Packs a bundle and this Node into one program for this platform. Returns the archive. */
export async function standaloneArchive(root: string, bundle: string, folder: string): Promise<string> {
  const platform = platformOf(process.platform, process.arch);
  const workshop = mkdtempSync(join(tmpdir(), "pulumi-posthog-plugin-"));
  try {
    const name = platform.os === "windows" ? `${pluginName}.exe` : pluginName;
    await makeProgram(root, bundle, workshop, join(workshop, name));
    copyFileSync(join(root, "LICENSE"), join(workshop, "LICENSE"));
    mkdirSync(folder, { recursive: true });
    const archive = archiveName(version, platform);
    // Names without a drive: one of the two programs called tar on Windows reads a drive letter as a host.
    await execute("tar", ["-czf", archive, name, "LICENSE"], workshop);
    copyFileSync(join(workshop, archive), join(folder, archive));
    return join(folder, archive);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

async function makeProgram(root: string, bundle: string, workshop: string, program: string): Promise<void> {
  const [settings, blob] = [join(workshop, "sea.json"), join(workshop, "sea.blob")];
  const content = { main: bundle, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true };
  writeFileSync(settings, JSON.stringify(content));
  await execute(process.execPath, ["--experimental-sea-config", settings], root);
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  const isMac = process.platform === "darwin";
  // macOS only runs signed programs, and embedding the bundle invalidates Node's signature.
  if (isMac) await execute("codesign", ["--remove-signature", program], root);
  await execute(
    process.execPath,
    [
      join(root, "node_modules/postject/dist/cli.js"),
      program,
      "NODE_SEA_BLOB",
      blob,
      "--sentinel-fuse",
      fuse,
      ...(isMac ? ["--macho-segment-name", "NODE_SEA"] : []),
    ],
    root,
  );
  if (isMac) await execute("codesign", ["--sign", "-", program], root);
}

async function execute(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, text } = await run(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args[0] ?? ""} failed:\n${text.trim()}`);
}
