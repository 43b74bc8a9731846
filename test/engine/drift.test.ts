import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Emulator } from "../../emulator";
import { repositoryRoot } from "../../tools/repository";
import { type PulumiStack, Secret } from "../../tools/stack";
import { program } from "../support/drift";
import { acmeWorld } from "../support/seeds";
import { withStack } from "./harness";

const source = `
  const role = new posthog.Role("editors", { name: "Editors", members: ["analyst@acme.test"] });
  new posthog.ProjectAccess("web", { projectId: 1, roles: { Editors: "member" } }, { dependsOn: [role] });
  new posthog.ProjectSecretApiKey("flags", { projectId: 1, label: "flags", scopes: ["feature_flag:read"] });
`;

const adminKey = "phx_admin0key";

/** Organization Acme, whose admin has a personal key. */
function world(): Parameters<typeof withStack>[2] {
  const { emulator, config } = acmeWorld();
  const keys = [
    ...(emulator.seed.keys ?? []),
    { user: "admin@acme.test", label: "terraform", value: adminKey },
  ];
  return {
    emulator: { seed: { ...emulator.seed, keys } },
    config: { "posthog:apiKey": new Secret(config.apiKey ?? "") },
    session: false,
  };
}

/** The stack's drift as the command shows it. */
async function drift(stack: PulumiStack, flags: readonly string[], code: number): Promise<string> {
  const result = await stack.tool(["drift", "--stack", "dev", ...flags]);
  if (result.code !== code) throw new Error(`drift ended with ${result.code}:\n${result.text}`);
  return result.stdout;
}

/** The command's output for a report that is piped into it, with the configuration in the environment. */
function explain(report: string, emulator: Emulator): Promise<string> {
  const main = join(repositoryRoot(), "dist", "cli", "main.js");
  const env = {
    ...process.env,
    POSTHOG_HOST: emulator.url,
    POSTHOG_API_KEY: emulator.apiKey,
    POSTHOG_ORGANIZATION_ID: emulator.organizationId,
  };
  return new Promise((resolve, reject) => {
    const args = [main, "drift", "--explain", "-"];
    const child = execFile(process.execPath, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
      if (error?.code === 2) resolve(stdout);
      else reject(new Error(`drift ended with ${error?.code ?? 0}: ${stderr}`));
    });
    child.stdin?.end(report);
  });
}

/** An admin's changes in PostHog, through a program that names itself. */
async function meddle(emulator: Emulator): Promise<void> {
  const admin = program(emulator, adminKey, "terraform");
  const role = emulator.store.roles.where("name", "Editors")[0]?.id ?? "";
  const key = emulator.store.projectSecretApiKeys.all()[0]?.id ?? "";
  const organization = `organizations/${emulator.organizationId}`;
  await admin("PATCH", `${organization}/roles/${role}/`, { name: "Writers" });
  await admin("PUT", "projects/1/access_controls/", { role, access_level: "admin" });
  await admin("DELETE", `projects/1/project_secret_api_keys/${key}/`);
}

/** A command that prints the engine's event log. */
const withLog = (command: string): string =>
  `${command} --event-log events.json >refresh.txt; cat events.json`;

/** The forms in which the engine reports a refresh. The last one writes what it found to the state. */
const refreshes = [
  "pulumi refresh --preview-only --json",
  "pulumi preview --refresh --json",
  "PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 pulumi refresh --preview-only --json",
  withLog("pulumi refresh --preview-only"),
  withLog("pulumi refresh --preview-only --run-program"),
  withLog("pulumi preview --refresh"),
  withLog("pulumi refresh --yes"),
];

async function printed(stack: PulumiStack, command: string): Promise<string> {
  const { code, stdout, text } = await stack.shell(command, { env: { PULUMI_STACK: "dev" } });
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${text}`);
  return stdout;
}

const changed = [
  /Role editors name: "Editors" → "Writers"\n {4}actor unknown: PostHog does not log roles/,
  /ProjectAccess web roles\.Editors: "member" → "admin"\n {4}actor unknown: PostHog does not log access rules/,
  /ProjectSecretApiKey flags no longer exists\n {4}an API key, through terraform, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: deleted project secret API key "flags"/,
];

test("drift shows who changed what outside of Pulumi, from the stack and from a refresh's output", () =>
  withStack(
    source,
    async (stack, emulator) => {
      await stack.up();
      expect(await drift(stack, ["--unmanaged", "ignore"], 0)).toMatch(/No drift; 3 resources compared\./);

      await meddle(emulator);
      const text = await drift(stack, [], 2);
      for (const line of changed) expect(text).toMatch(line);
      expect(text).toMatch(/Unmanaged: \d+, not counted as drift/);
      const json = JSON.parse(await drift(stack, ["--format", "json", "--unmanaged", "ignore"], 2));
      expect(json.differences[0]).toMatchObject({
        place: { file: "index.js", line: expect.any(Number) },
        cause: {
          kind: "found",
          who: "an API key, through terraform",
          client: "terraform",
          isThisPackage: false,
        },
      });

      for (const run of refreshes) {
        const explained = await explain(await printed(stack, run), emulator);
        for (const line of changed) expect(explained).toMatch(line);
        expect(explained).toContain("3 differences; 3 resources compared.");
      }
      await expect(explain(await printed(stack, withLog("pulumi preview")), emulator)).rejects.toThrow(
        /drift ended with 1: [\s\S]*It shows no refreshed resource/,
      );

      await stack.up({ flags: ["--refresh"] });
      expect(await drift(stack, ["--unmanaged", "ignore"], 0)).toMatch(/No drift; 3 resources compared\./);
    },
    world(),
  ));
