import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { registerAudit } from "../../cli/audit";
import { registerDoctor } from "../../cli/doctor";
import { registerDrift } from "../../cli/drift";
import { registerExport } from "../../cli/export";
import { registerReview } from "../../cli/review";
import { runCommand, withFolder } from "../support/command";
import { withWorld } from "../support/driver";
import { acmeWorld, password } from "../support/seeds";

const world = acmeWorld({ organization: { domains: [{ domain: "acme.test", verified: true }] } });
const { apiKey = "" } = world.config;
const email = "owner@acme.test";
const session = { POSTHOG_EMAIL: email, POSTHOG_PASSWORD: password };

const commands: [(program: Command) => void, string[]][] = [
  ...["table", "json", "csv", "markdown", "sarif", "html"].map(
    (format): [(program: Command) => void, string[]] => [registerReview, ["review", "--format", format]],
  ),
  ...["table", "jsonl", "csv"].map((format): [(program: Command) => void, string[]] => [
    registerAudit,
    ["audit", "--format", format],
  ]),
  ...["table", "json", "markdown", "sarif"].map((format): [(program: Command) => void, string[]] => [
    registerDrift,
    ["drift", "--matrix", "access.yaml", "--format", format],
  ]),
  ...["typescript", "matrix", "import"].map((format): [(program: Command) => void, string[]] => [
    registerExport,
    ["export", "--format", format, "--output", `exported-${format}`],
  ]),
  [registerDoctor, ["doctor"]],
  [registerDoctor, ["doctor", "--json"]],
];

test("no command prints or writes a credential or a secret", () =>
  withWorld(
    ({ emulator, resource }) =>
      withFolder(async (path) => {
        const made = {
          PersonalApiKey: { label: "Reports", scopes: ["insight:read"] },
          ProjectSecretApiKey: { projectId: 1, label: "Flags", scopes: ["feature_flag:read"] },
          OrgSsoSettings: { domain: "acme.test", adopt: true, scim: { enabled: true } },
        };
        const canaries = [apiKey, password];
        for (const [type, args] of Object.entries(made)) {
          const it = resource(type);
          await it.up(args);
          canaries.push(String(it.state.value ?? it.state.scimToken));
        }
        expect(canaries.filter((secret) => secret.length > 10)).toHaveLength(5);
        writeFileSync(path("access.yaml"), 'access_matrix:\n  web: {"Default project": {role: member}}\n');
        Object.assign(process.env, session);
        try {
          for (const [register, args] of commands) {
            const own = args.map((arg) => (/^access|^exported/.test(arg) ? path(arg) : arg));
            const caller = { ...emulator, apiKey };
            const { printed, stderr } = await runCommand(register, caller, own);
            const files = readdirSync(path(""), { recursive: true, withFileTypes: true })
              .filter((file) => file.isFile())
              .map((file) => readFileSync(`${file.parentPath}/${file.name}`, "utf8"));
            const text = [printed, stderr, ...files].join("\n");
            expect([args, text.length > 200]).toEqual([args, true]);
            expect([args, canaries.filter((secret) => text.includes(secret))]).toEqual([args, []]);
          }
        } finally {
          for (const name of Object.keys(session)) delete process.env[name];
        }
      }),
    world,
  ));
