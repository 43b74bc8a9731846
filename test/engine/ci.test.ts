import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { type Emulator, type SeedInput, startEmulator } from "../../emulator";
import { PulumiStack, Secret } from "../../tools/stack";
import { root } from "../support/sources";
import { expanded, readWorkflow, scriptsOf } from "../support/workflow";

/** Stands in for a program of CI: records its calls and the file that each call gets. */
const stub = (before = ""): string => `#!/bin/sh
${before}
echo "$(basename "$0") $*" >> calls.txt
for argument; do
  case "$argument" in @*) cat "\${argument#@}" >> sent.txt ;; esac
done
`;

/** Example access-matrix with its organization and CI. */
class Ci {
  readonly github: Record<string, string> = {
    "github.event.pull_request.number": "7",
    "github.event.pull_request.base.ref": "main",
    "github.token": "token",
    "github.run_id": "1",
    "secrets.PULUMI_ACCESS_TOKEN": "",
    "secrets.POSTHOG_API_KEY": "phx_owner",
    "secrets.POSTHOG_READ_API_KEY": "phx_reader",
    "secrets.POSTHOG_EMAIL": "owner@acme.example",
    "secrets.POSTHOG_PASSWORD": "a-long-enough-password",
    // GitHub gives an empty text for a missing secret.
    "secrets.POSTHOG_TOTP_SECRET": "",
    "secrets.SIEM_URL": "https://siem.test",
    "secrets.SIEM_TOKEN": "siem-token",
  };

  constructor(
    readonly stack: PulumiStack,
    readonly emulator: Emulator,
  ) {}

  /** Runs a workflow's scripts one after the other, without the installation, until one fails. */
  async run(name: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const workflow = readWorkflow(name);
    const messages: string[] = [];
    for (const { name: title, id, run, env: own = {} } of scriptsOf(workflow)) {
      if (title === "Install") continue;
      await rm(this.file("output.txt"), { force: true });
      const given = Object.entries({ ...workflow.env, ...own }).map(([key, text]) => [
        key,
        expanded(text, this.github),
      ]);
      const result = await this.stack.shell(`export PATH="$PWD/stubs:$PATH"\n${run}`, {
        env: {
          ...Object.fromEntries(given),
          STACK: "dev",
          POSTHOG_HOST: this.emulator.url,
          POSTHOG_REQUESTS_PER_MINUTE: "off",
          PROJECTS: this.projects(),
          GITHUB_REPOSITORY: "acme/posthog",
          GITHUB_OUTPUT: this.file("output.txt"),
          ...env,
        },
      });
      messages.push(result.text);
      if (result.code !== 0) throw new Error(`"${title}" of ${name} failed:\n${messages.join("\n")}`);
      if (id !== undefined) await this.remember(id);
    }
    return messages.join("\n");
  }

  /** The calls since the last time: `gh issue close 3 --comment ...`. */
  async calls(): Promise<string[]> {
    const text = existsSync(this.file("calls.txt")) ? await this.read("calls.txt") : "";
    await rm(this.file("calls.txt"), { force: true });
    return text.split("\n").filter((line) => line !== "");
  }

  read(name: string): Promise<string> {
    return readFile(this.file(name), "utf8");
  }

  file(name: string): string {
    return join(this.stack.project, name);
  }

  /** PostHog's writes since the last time. */
  writes(): string[] {
    const writes = this.emulator.requests.filter(
      ({ method, path }) => method !== "GET" && !path.startsWith("/api/login"),
    );
    this.emulator.clearRequests();
    return writes.map(({ method, path }) => `${method} ${path}`);
  }

  /** The numbers of the projects, which are created in any order. */
  private projects(): string {
    const projects = this.emulator.store.projects.all();
    return projects.map(({ id, name }) => `${name.toLowerCase()}=${id}`).join(",");
  }

  private async remember(id: string): Promise<void> {
    for (const line of (await this.read("output.txt")).split("\n")) {
      const [key, value] = line.split("=");
      if (key && value !== undefined) this.github[`steps.${id}.outputs.${key}`] = value;
    }
  }
}

const readOnly = [
  "access_control:read",
  "activity_log:read",
  "organization:read",
  "organization_member:read",
  "project:read",
  "user:read",
];

const folder = join(root, "examples/access-matrix");

/** The example's organization, with a read-only key in addition to the one that writes. */
function organization(): SeedInput {
  const seed: SeedInput = parse(readFileSync(join(folder, "organization.yaml"), "utf8"));
  const reader = { user: "owner@acme.example", label: "CI", value: "phx_reader", scopes: readOnly };
  return { ...seed, keys: [...(seed.keys ?? []), reader] };
}

async function withCi(body: (ci: Ci) => Promise<void>): Promise<void> {
  const emulator = await startEmulator({ seed: organization() });
  const stack = await PulumiStack.create({
    program: { folder, main: "index.ts" },
    name: "access-matrix",
    config: {
      "posthog:email": "owner@acme.example",
      "posthog:password": new Secret("a-long-enough-password"),
      "access-matrix:support[0]": "sam@acme.example",
    },
  });
  try {
    const programs = {
      "stubs/gh": stub(
        'case "$*" in "issue list"*) echo "$OPEN_ISSUE" ;; "api repos/"*) echo "$EARLIER_COMMENT" ;; esac',
      ),
      "stubs/curl": stub(),
      "stubs/git": stub('case "$*" in "show "*) cat on-main.yaml; exit ;; esac'),
      "node_modules/.bin/pulumi-posthog": `#!/bin/sh\nexec node "${join(root, "dist/cli/main.js")}" "$@"\n`,
    };
    for (const [path, text] of Object.entries(programs)) {
      await mkdir(dirname(join(stack.project, path)), { recursive: true });
      await writeFile(join(stack.project, path), text, { mode: 0o755 });
    }
    await body(new Ci(stack, emulator));
  } finally {
    await stack.close();
    await emulator.close();
  }
}

const table = "access.yaml";

async function edit(ci: Ci, from: string, to: string): Promise<void> {
  const text = await ci.read(table);
  expect(text).toContain(from);
  await writeFile(ci.file(table), text.replace(from, to));
}

test("from a pull request to the nightly check, the workflows show who gains access, who did what, and the fix", () =>
  withCi(async (ci) => {
    const { emulator } = ci;
    await ci.run("posthog-update");
    expect(ci.writes().length).toBeGreaterThan(5);

    await writeFile(ci.file("on-main.yaml"), await ci.read(table));
    await edit(ci, "members: [dora@acme.example]", "members: [dora@acme.example, sam@acme.example]");
    const preview = await ci.run("posthog-preview");
    expect(preview).toContain("access-data update [diff: ~members]");
    expect((await ci.calls()).filter((call) => !call.startsWith("gh api repos/"))).toEqual([
      "git fetch --depth=1 origin main",
      "gh pr comment 7 --body-file comment.md",
    ]);
    const comment = await ci.read("comment.md");
    expect(comment).toMatch(/sam\\@acme\.example.*gains/);
    expect(comment).toContain("<summary>pulumi preview</summary>");
    expect(ci.writes()).toEqual([]);

    await ci.run("posthog-preview", { EARLIER_COMMENT: "41" });
    expect((await ci.calls()).at(-1)).toBe(
      "gh api --method PATCH repos/acme/posthog/issues/comments/41 --field body=@comment.md --silent",
    );

    await ci.run("posthog-update");
    expect(ci.writes()).toHaveLength(1);

    await ci.run("posthog-drift");
    expect((await ci.calls()).filter((call) => !call.startsWith("gh issue list"))).toEqual([]);

    const { id } = emulator.store.roles.all().find(({ name }) => name === "support") ?? {};
    await fetch(`${emulator.url}/api/organizations/${emulator.organizationId}/roles/${id}/`, {
      method: "PATCH",
      headers: { Authorization: "Bearer phx_owner", "Content-Type": "application/json" },
      body: JSON.stringify({ name: "helpers" }),
    });
    emulator.clearRequests();
    await ci.run("posthog-drift");
    expect((await ci.calls()).at(-1)).toMatch(
      /^gh issue create .*--label posthog-drift --body-file drift\.md$/,
    );
    expect(await ci.read("drift.md")).toMatch(/PostHog keeps no record of changes to roles[\s\S]*helpers/);
    await ci.run("posthog-drift", { OPEN_ISSUE: "3" });
    expect((await ci.calls()).at(-1)).toBe("gh issue edit 3 --body-file drift.md");
    expect(ci.writes()).toEqual([]);

    await ci.run("posthog-update");
    await ci.run("posthog-drift", { OPEN_ISSUE: "3" });
    expect((await ci.calls()).at(-1)).toMatch(/^gh issue close 3 /);
  }));

test("the review leaves evidence in three formats, and the activity log continues where it stopped", () =>
  withCi(async (ci) => {
    await ci.run("posthog-update");
    await ci.run("posthog-access-review");
    expect(await ci.read("access-review.html")).toContain("ana@acme.example");
    expect(await ci.read("access-review.csv")).toContain("ana@acme.example");
    expect(JSON.parse(await ci.read("access-review.sarif"))).toMatchObject({ version: "2.1.0" });
    const closed = { kind: "status", status: 403, method: "GET", path: /\/domains\/$/ } as const;
    ci.emulator.faults.add({ ...closed, times: 9 });
    await expect(ci.run("posthog-access-review")).rejects.toThrow(
      /"Was everything read\?".*failed[\s\S]*domains/,
    );
    ci.emulator.faults.clear();

    const sent = async (): Promise<string[]> => {
      await rm(ci.file("sent.txt"), { force: true });
      await ci.run("posthog-audit");
      const text = existsSync(ci.file("sent.txt")) ? await ci.read("sent.txt") : "";
      return text.split("\n").filter((line) => line !== "");
    };
    const first = await sent();
    expect(first.length).toBeGreaterThan(5);
    expect(await sent()).toEqual([]);
    await fetch(`${ci.emulator.url}/api/organizations/${ci.emulator.organizationId}/`, {
      method: "PATCH",
      headers: { Authorization: "Bearer phx_owner", "Content-Type": "application/json" },
      body: JSON.stringify({ members_can_invite: false }),
    });
    const second = await sent();
    expect(second.length).toBeGreaterThan(0);
    expect(second.filter((line) => first.includes(line))).toEqual([]);
  }));

test("a run with missing activity log entries sends the others and saves the cursor before it fails", () =>
  withCi(async (ci) => {
    const command = "node_modules/.bin/pulumi-posthog";
    await writeFile(
      ci.file(command),
      "#!/bin/sh\necho '{\"id\":\"late\"}'\necho 'gap: too late' >&2\nexit 2\n",
    );
    await expect(ci.run("posthog-audit")).rejects.toThrow(/"Report missing entries" of posthog-audit failed/);
    expect(await ci.read("sent.txt")).toBe('{"id":"late"}\n');
    const steps = Object.values(readWorkflow("posthog-audit").jobs).flatMap((job) => job.steps);
    expect(steps.slice(-2).map(({ name }) => name)).toEqual([
      "Remember where this run stopped",
      "Report missing entries",
    ]);

    await writeFile(ci.file(command), "#!/bin/sh\nexit 1\n");
    await expect(ci.run("posthog-audit")).rejects.toThrow(/"Read the log" of posthog-audit failed/);
  }));

test("a repeated run of the audit saves its cursor under its own key, where the next one finds it", () => {
  const steps = Object.values(readWorkflow("posthog-audit").jobs).flatMap((job) => job.steps);
  const settings = (action: string, attempt: string): Record<string, string> => {
    const found = steps.find(({ uses }) => uses?.startsWith(`actions/cache/${action}@`))?.with ?? {};
    const github = { "github.run_id": "77", "github.run_attempt": attempt };
    return Object.fromEntries(
      Object.entries(found).map(([name, value]) => [name, expanded(String(value), github)]),
    );
  };
  const [first, second] = [settings("save", "1"), settings("save", "2")];
  expect(first.key).not.toBe(second.key);
  for (const { key, path } of [first, second]) {
    expect(path).toBe(settings("restore", "1").path);
    expect(key?.startsWith(settings("restore", "3")["restore-keys"] ?? "none")).toBe(true);
  }
  expect([first.key, second.key]).not.toContain(settings("restore", "3").key);
});
