import { access, constants, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { run } from "../processes";
import type { PathFindings } from "./versionCheck";
import { ENGINE_PROGRAMS } from "./versionCheck";

/** The file that a shell would run for `program`; undefined if there is none. */
export async function findOnPath(program: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const names = process.platform === "win32" ? [`${program}.exe`, `${program}.cmd`, program] : [program];
  for (const folder of (env.PATH ?? "").split(delimiter).filter((entry) => entry !== "")) {
    for (const name of names) {
      const candidate = join(folder, name);
      if (await isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/** Looks for an installed engine: its version, and its missing programs. */
export async function inspectPath(env: NodeJS.ProcessEnv): Promise<PathFindings & { pulumi?: string }> {
  const pulumi = await findOnPath("pulumi", env);
  if (pulumi === undefined) return { missingPrograms: [] };
  const version = await run(pulumi, ["version"], { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
  // Package managers link only `pulumi` into a folder on PATH. The engine also looks next to the real file.
  const home = { PATH: [dirname(await realpath(pulumi)), env.PATH ?? ""].join(delimiter) };
  const missingPrograms: string[] = [];
  for (const program of ENGINE_PROGRAMS) {
    if ((await findOnPath(program, home)) === undefined) missingPrograms.push(program);
  }
  return { pulumi, versionText: version.stdout || version.stderr, missingPrograms };
}

/** Whether the file exists and is executable. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
