import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PosthogPolicySettings } from "../../provider/policy";
import type { CommandOptions, PulumiStack } from "../../tools/stack";

/** Writes a pack next to the program. Returns the flags that run it, with its configuration file if there is one. */
export async function packFlags(
  stack: PulumiStack,
  settings: PosthogPolicySettings | { index: string } = {},
  config?: object,
): Promise<Required<Pick<CommandOptions, "flags">>> {
  const folder = join(stack.folder, "project", "policy");
  const index =
    "index" in settings
      ? settings.index
      : `require("pulumi-posthog/policy").posthogPolicyPack("acme", ${JSON.stringify(settings)});`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  await writeFile(join(folder, "package.json"), '{ "name": "acme-policies", "version": "1.2.3" }');
  await writeFile(join(folder, "index.js"), index);
  if (config === undefined) return { flags: ["--policy-pack", folder] };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return { flags: ["--policy-pack", folder, "--policy-pack-config", join(folder, "config.json")] };
}

/** The violations that a run printed: `mandatory keys-rotate ci`. */
export function violationsIn(text: string): string[] {
  const lines = text.matchAll(/- \[(\w+)\].*? (\S+) {2}\(\S+: (\S+)\)/g);
  return [...lines].map(([, level, rule, resource]) => `${level} ${rule} ${resource}`).sort();
}
