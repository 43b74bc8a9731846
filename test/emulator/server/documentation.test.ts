import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import ts from "typescript";
import { registerEmulate } from "../../../cli/emulate";
import * as emulatorModule from "../../../emulator";
import { type Emulator, startEmulator } from "../../../emulator";
import { asSession, at, withKey } from "../support";

const PAGE = readFileSync(join(__dirname, "..", "..", "..", "docs", "emulator.md"), "utf8");

function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, text = ""]) => text,
  );
}

describe("the seed in the documentation", () => {
  let folder: string;
  let emulator: Emulator;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "emulator-docs-"));
    const path = join(folder, "acme.yaml");
    writeFileSync(path, blocks("yaml")[0] ?? "");
    emulator = await startEmulator({ seed: path });
  });
  afterAll(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  test("starts an emulator with everything that it names", async () => {
    expect(emulator).toMatchObject({
      organizationId: "0190a0c4-0000-7000-8000-000000000001",
      email: "ann@acme.test",
      password: "correct-horse",
      totpSecret: "JBSWY3DPEHPK3PXP",
      apiKey: "phx_known_beforehand",
    });
    const { store } = emulator;
    const sizes = { users: store.users, rules: store.accessRules, keys: store.personalApiKeys };
    expect(Object.entries(sizes).map(([name, rows]) => `${name} ${rows.size}`)).toEqual([
      "users 2",
      "rules 3",
      "keys 2",
    ]);
    const ann = withKey(emulator, "phx_known_beforehand");
    expect(at(await ann.get("/api/projects/1/"), "timezone")).toBe("Europe/Berlin");
    expect(await ann.get("/api/projects/2/dashboards/20/access_controls/")).toMatchObject({ status: 200 });
  });

  test("has the domain whose record the shell example publishes", async () => {
    const [, path = "", body = ""] =
      /curl -X POST "\$POSTHOG_HOST([^"]+)".*?-d '([^']+)'/s.exec(blocks("sh").join()) ?? [];
    const published = await fetch(`${emulator.url}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    expect(published.status).toBe(200);
    emulator.store.users.update(1, { totp_secret: null }, emulatorModule.SYSTEM);
    const session = await asSession(emulator, emulator.email, emulator.password);
    const domain = emulator.store.domains.where("domain", "acme.dev")[0]?.id;
    expect(
      await session.post(`/api/organizations/${emulator.organizationId}/domains/${domain}/verify/`),
    ).toMatchObject({ body: { is_verified: true } });
  });
});

test("the programs in the documentation run in order and print what it says", async () => {
  const imported = /^import \{ ([^}]+) \} from "pulumi-posthog\/emulator";$/gm;
  const source = blocks("ts").join("\n").replace(imported, "const { $1 } = emulatorModule;");
  const program = `return (async () => {\n${source}\nawait emulator.close();\n})();`;
  const { outputText } = ts.transpileModule(program, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const logged: unknown[] = [];
  const process = { env: {} as Record<string, string> };
  const run = new Function("emulatorModule", "console", "process", "fetch", outputText);
  await run(emulatorModule, { log: (value: unknown) => logged.push(value) }, process, fetch);
  expect(logged).toEqual([
    expect.stringMatching(/^PATCH \/api\/organizations\/[0-9a-f-]+\/ 200$/),
    expect.stringMatching(/^PATCH \/api\/organizations\/[0-9a-f-]+\/ ignores enforce_3fa$/),
    "Organization updated",
    2,
    [200, 200, 200, 429],
    "Analysts",
  ]);
  expect(Object.keys(process.env)).toEqual(["POSTHOG_HOST", "POSTHOG_API_KEY", "POSTHOG_ORGANIZATION_ID"]);
});

test("the flags in the documentation are the command's", () => {
  const program = new Command();
  registerEmulate(program);
  const flags = program.commands[0]?.options.map(({ flags: text }) => text);
  const documented = [...PAGE.matchAll(/^\| `(--[^`]+)` \|/gm)].map(([, text]) => text);
  expect(documented).toEqual(flags);
});

test("the requests in the documentation are served", async () => {
  const emulator = await startEmulator();
  const rows = [...PAGE.matchAll(/^\| `(GET|POST)`?(?:, `(DELETE))? (\/_emulator\/[\w-]+)` \|/gm)];
  expect(rows).toHaveLength(9);
  for (const [, first = "", second, path = ""] of rows) {
    for (const method of [first, second].filter((one) => one !== undefined)) {
      const { status } = await fetch(`${emulator.url}${path}`, { method });
      expect({ method, path, served: status !== 404 && status !== 405 }).toEqual({
        method,
        path,
        served: true,
      });
    }
  }
  await emulator.close();
});
