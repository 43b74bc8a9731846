import { readFileSync } from "node:fs";
import { registerReview } from "../../../cli/review";
import { exitCodeOf } from "../../../cli/review/exitCode";
import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import type { Omission } from "../../../provider/access/liveOrganization";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { type Ran, runCommand, withFolder } from "../../support/command";
import { liveOrganization } from "../../support/live";
import { acmeWorld } from "../../support/seeds";

const { emulator: world } = acmeWorld({
  organization: {
    members: [{ email: "owner@acme.test", level: "owner" }, { email: "developer@acme.test" }],
    projects: [
      { name: "Website", id: 1 },
      { name: "Staging", id: 2 },
    ],
  },
});

/** Runs `review` while PostHog rejects requests with one of these paths. */
async function review(args: readonly string[], refused: readonly RegExp[], status = 403): Promise<Ran> {
  const emulator: Emulator = await startEmulator(world);
  try {
    const { users } = emulator.store;
    for (const { id } of users.all()) users.update(id, { has_social_auth: true }, SYSTEM);
    for (const path of refused) emulator.faults.add({ kind: "status", status, path, times: 99 });
    return await runCommand(registerReview, emulator, ["review", ...args]);
  } finally {
    await emulator.close();
  }
}

const omission = (over: Partial<Omission>): Omission => ({
  part: "domains",
  what: "sign-on",
  why: "Refused.",
  fix: "Ask.",
  ...over,
});

describe("a run with --fail-on", () => {
  test.each([
    ["passes if everything was read", [], "low", [], 0],
    ["fails if unread parts could contain findings", [omission({})], "high", [], 1],
    ["passes with that part allowed", [omission({})], "high", ["domains"], 0],
    ["fails with other parts allowed", [omission({})], "low", ["keys", "invites"], 1],
    ["passes if they could only contain lesser findings", [omission({ part: "invites" })], "medium", [], 0],
    ["passes if the caller can never read the missing part", [omission({ isExpected: true })], "low", [], 0],
  ] as const)("%s", (_, omissions, failOn, allowUnread, code) => {
    expect(exitCodeOf({ findings: [], omissions }, { failOn, allowUnread })).toBe(code);
  });

  test("reports findings first", () => {
    const { findings } = reviewOrganization(liveOrganization({ domains: [] }));
    expect(findings.map(({ severity }) => severity)).toContain("high");
    expect(exitCodeOf({ findings, omissions: [omission({})] }, { failOn: "high" })).toBe(2);
  });

  test("says what it could not read, and how to ignore that", async () => {
    const refused = [/\/domains\//, /\/personal_api_keys\//];
    const company = ["--company-domains", "acme.test"];
    const failed = await review([...company, "--fail-on", "high", "--format", "json"], refused);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(/^not read: sign-on of the e-mail domains\. .*\nfix: /m);
    expect(failed.stderr).toMatch(
      /incomplete: findings as severe as high may be in what could not be read; --allow-unread (domains,keys|keys,domains) ignores/,
    );
    const passed = await review(
      [...company, "--fail-on", "high", "--allow-unread", "domains,keys", "--format", "json"],
      refused,
    );
    expect(passed.exitCode).toBe(0);
    expect(passed.stderr).toMatch(/not read: sign-on/);
    expect(passed.stderr).not.toMatch(/incomplete/);
  });
});

test("files of every format and the terminal show what was not read", () =>
  withFolder(async (path) => {
    const files = ["a.html", "a.json", "a.csv", "a.md", "a.sarif", "a.txt"].map(path);
    const { stderr, printed, exitCode } = await review(["--output", files.join(",")], [/\/domains\//]);
    expect({ printed, exitCode }).toEqual({ printed: "", exitCode: 0 });
    expect(stderr).toMatch(/^not read: sign-on of the e-mail domains\. /m);
    for (const file of files) {
      expect(readFileSync(file, "utf8").replace(/\s+/g, " ")).toContain("sign-on of the e-mail domains");
    }
    const [run] = JSON.parse(readFileSync(path("a.sarif"), "utf8")).runs;
    expect(run.invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: expect.arrayContaining([
          { level: "error", message: { text: expect.stringMatching(/^Not read: sign-on.*\nFix: /) } },
          { level: "note", message: { text: expect.stringMatching(/^Not read: the personal API keys of/) } },
        ]),
      },
    ]);
    const csv = readFileSync(path("a.csv"), "utf8").trimEnd().split("\r\n");
    expect(csv.filter((row) => row.startsWith("not read,"))).toHaveLength(2);
    expect(csv.at(-1)).toMatch(/^not read,,/);
  }));

test("what no key can read does not make a run in SARIF unsuccessful", async () => {
  const { printed } = await review(["--format", "sarif"], []);
  expect(JSON.parse(printed).runs[0].invocations).toMatchObject([
    { executionSuccessful: true, toolExecutionNotifications: [{ level: "note" }] },
  ]);
});

test.each([
  [["--allow-unread", "domains"], /--allow-unread needs --fail-on/],
  [["--fail-on", "low", "--allow-unread", "domain"], /Unknown part "domain"; did you mean "domains"\?/],
])("%j is rejected", async (args, message) => {
  await expect(review(args, [])).rejects.toThrow(message);
});
