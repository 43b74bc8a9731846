import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../command";
import { repositoryRoot } from "../repository";
import { bundlePlugin } from "./bundle";
import { standaloneArchive } from "./standalone";

/**
 * `npm run build:plugin -- [--bundle]`: builds the plugin as one file with a launcher, and as an archive for this
 * platform.
 */
void runCommand(async () => {
  const { values } = parseArgs({ options: { bundle: { type: "boolean" } } });
  const root = repositoryRoot();
  const folder = join(root, "build/plugin");
  const bundle = await bundlePlugin(root, join(folder, "bundle"));
  console.log(relative(root, bundle));
  if (values.bundle === true) return;
  console.log(relative(root, await standaloneArchive(root, bundle, folder)));
});
