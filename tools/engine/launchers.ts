import { chmod, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isExecutable } from "./onPath";

/** Each launcher starts the part of the Node SDK that the program's own `@pulumi/pulumi` brings. */
const LAUNCHERS: Record<string, string> = {
  "pulumi-resource-pulumi-nodejs": `#!/bin/sh
# Serves dynamic providers: finds the SDK from the program's folder, which is the working directory.
exec node -e 'process.argv.splice(1, 0, "dynamic-provider"); require("@pulumi/pulumi/cmd/dynamic-provider")' -- "$@"
`,
  "pulumi-analyzer-policy": `#!/bin/sh
# Runs a policy pack: the second argument is its folder, from which the SDK is found.
exec node -e 'process.argv.splice(1, 0, "policy-pack"); require(require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [process.argv[3]] }))' -- "$@"
`,
};

/** Puts the launchers that are not there yet beside the engine's programs. */
export async function writeLaunchers(bin: string): Promise<void> {
  for (const [name, script] of Object.entries(LAUNCHERS)) {
    const launcher = join(bin, name);
    if (!(await isExecutable(launcher))) await writeWhole(launcher, script);
  }
}

/** Under its final name there is never half a script: another run may be starting it. */
async function writeWhole(launcher: string, script: string): Promise<void> {
  const temporary = `${launcher}.partial-${process.pid}`;
  await writeFile(temporary, script);
  await chmod(temporary, 0o755);
  await rename(temporary, launcher);
}
