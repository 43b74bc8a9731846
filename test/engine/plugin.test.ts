import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { version } from "../../provider/posthog/version";
import { engineEnvironment, ensureEngine } from "../../tools/engine";
import { ensureHost, lackOfHost } from "../../tools/engine/hosts";
import { bundlePlugin } from "../../tools/plugin/bundle";
import { standaloneArchive } from "../../tools/plugin/standalone";
import { run } from "../../tools/processes";
import { archiveName, platformOf } from "../../tools/release/platforms";
import { schemaPath } from "../../tools/schema/document";
import { describePart } from "../support/parts";
import { root, textOf } from "../support/sources";
import { changesOf } from "./harness";
import { withYamlStack } from "./nativeHarness";

/** A package's exports, by name. */
const names = z.record(z.string(), z.unknown()).transform((all) => Object.keys(all).sort());
const offers = z.object({ version: z.string(), resources: names, functions: names, types: names });

let folder: string;
let bundle: string;
let archive: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plugin-"));
  bundle = await bundlePlugin(root, join(folder, "bundle"));
  archive = await standaloneArchive(root, bundle, folder);
  await pulumi("plugin", "install", "resource", "posthog", version, "--file", archive);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the CLI with separate plugins. */
async function pulumi(...args: readonly string[]): Promise<string> {
  const engine = await ensureEngine();
  const env = {
    ...engineEnvironment(engine, process.env),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  const { code, stdout, text } = await run(join(engine.bin, "pulumi"), args, { cwd: folder, env });
  if (code !== 0) throw new Error(text);
  return stdout;
}

test("the engine installs the archive, and starts its program without Node and without packages", async () => {
  expect(archive).toBe(join(folder, archiveName(version, platformOf(process.platform, process.arch))));
  const installed = offers.parse(JSON.parse(await pulumi("package", "get-schema", "posthog")));
  expect(installed).toEqual(offers.parse(JSON.parse(textOf(schemaPath))));
  expect(installed.version).toBe(version);

  // The launcher next to the bundle starts the same with the machine's Node.
  const launcher = join(folder, "bundle", "pulumi-resource-posthog");
  const caches = join(folder, "caches");
  const env = { ...process.env, XDG_CACHE_HOME: caches };
  const script = `"${launcher}" & sleep 4; kill -INT $!; wait $!`;
  const started = execFileSync("sh", ["-c", script], { encoding: "utf8", env });
  expect(started).toMatch(/^\d+\n$/);
  const keepsCode = Number.parseInt(process.versions.node, 10) >= 22;
  expect(existsSync(join(caches, "pulumi-posthog", "compiled"))).toBe(keepsCode);
  expect(statSync(bundle).size).toBeLessThan(8_000_000);
  expect(readFileSync(bundle, "utf8")).toContain("@license");
});

describePart("yaml", lackOfHost("yaml"), () => {
  beforeAll(() => ensureHost("yaml"), 900_000);

  test("a program that names no plugin runs with the installed one", () =>
    withYamlStack(
      { yaml: { resources: { shop: { type: "posthog:Project", properties: { name: "Shop" } } } } },
      async (stack) => {
        expect(changesOf(await stack.preview())).toEqual(["create shop"]);
      },
      { env: { PULUMI_HOME: join(folder, "home") } },
    ));
});
