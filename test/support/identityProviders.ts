import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { type InstalledSdk, installSdk } from "../../tools/identityProviders/sdk";
import { WORLD_VARIABLE, type WorldInput } from "../../tools/identityProviders/world";
import { repositoryRoot } from "../../tools/repository";
import { type ConfigValue, emulatorConfig, PulumiStack, Secret } from "../../tools/stack";
import { describePart } from "./parts";

/** A test's identity provider: the answers of its stand-in and of its metadata addresses. */
export interface IdentityProviderSide {
  /** Address of the documents, without a trailing slash. */
  readonly url: string;
  /** Changes what the identity provider holds. */
  change(world: WorldInput): void;
  /** Serves a document at a path, or none. */
  serve(path: string, document: string | undefined): void;
}

/** What a test of an example works with. */
export interface ExampleRun {
  readonly stack: PulumiStack;
  readonly emulator: Emulator;
  readonly idp: IdentityProviderSide;
}

/** Tests of examples whose SDKs come from npm's registry once, then from the cache. */
export function describeExamples(
  examples: readonly string[],
  tests: (sdks: readonly InstalledSdk[]) => void,
): void {
  const sdks = examples.map(tryInstall);
  const lacking = sdks.find((sdk) => typeof sdk === "string");
  const installed = sdks.filter((sdk) => typeof sdk !== "string");
  describePart(`examples/${examples.join(", ")}`, lacking, () => tests(installed));
}

/** An example's SDK, or why npm could not install it. */
function tryInstall(example: string): InstalledSdk | string {
  try {
    return installSdk(example);
  } catch (error) {
    return `npm could not install its SDK: ${error instanceof Error ? error.message : error}`;
  }
}

/** Runs an example unchanged against an emulator, with stand-ins for the identity provider's plugin and documents. */
export async function withExample(
  example: string,
  packages: readonly InstalledSdk[],
  configure: (idp: IdentityProviderSide) => Record<string, ConfigValue>,
  body: (run: ExampleRun) => Promise<void>,
): Promise<void> {
  await withIdentityProvider(async (idp, world) => {
    const emulator = await startEmulator();
    try {
      const stack = await PulumiStack.create({
        program: { folder: join(repositoryRoot(), "examples", example), main: "index.ts" },
        packages,
        plugins: join(repositoryRoot(), "tools", "identityProviders", "bin"),
        env: { [WORLD_VARIABLE]: world },
        config: {
          ...emulatorConfig(emulator),
          "posthog:requestsPerMinute": "off",
          "posthog:email": emulator.email,
          "posthog:password": new Secret(emulator.password),
          ...configure(idp),
        },
      });
      try {
        await body({ stack, emulator, idp });
      } finally {
        await stack.close();
      }
    } finally {
      await emulator.close();
    }
  });
}

async function withIdentityProvider(
  body: (idp: IdentityProviderSide, world: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "identity-provider-"));
  const world = join(folder, "world.json");
  const documents = new Map<string, string>();
  const server = createServer(({ url = "" }, response) => {
    const { down } = JSON.parse(readFileSync(world, "utf8"));
    const document = documents.get(url);
    if (down === true) return response.destroy();
    response.writeHead(document === undefined ? 404 : 200).end(document);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const change = (state: WorldInput) => writeFileSync(world, JSON.stringify(state));
  change({});
  try {
    await body(
      {
        url: `http://127.0.0.1:${port}`,
        change,
        serve: (path, document) =>
          document === undefined ? documents.delete(path) : documents.set(path, document),
      },
      world,
    );
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}
