import { getEventListeners } from "node:events";
import type { AuditFlags } from "../../../cli/audit/request";
import { type Emulator, SYSTEM } from "../../../emulator";
import { add, type Entry, hideOrganizationLog, log } from "../../support/activity";
import { audited, idsOf, recordsOf } from "./support";

const entries: readonly Entry[] = [
  { minute: 0, activity: "created", user: "admin@acme.test", item: "r-1" },
  { minute: 1, scope: "Organization", client: "pulumi-posthog", ip: "203.0.113.9", name: "Acme" },
  { minute: 2, scope: "Team", project: 1, field: "timezone", before: "UTC", after: "Europe/Berlin" },
  { minute: 3, activity: "deleted", impersonated: true, name: "Old" },
  { minute: 4, scope: "PersonalAPIKey", system: true, user: "nobody", name: "CI" },
  { minute: 5, scope: "FeatureFlag", project: 1, name: "beta", client: "web" },
];

const names = (out: string): unknown[] => recordsOf(out).map(({ scope }) => scope);

describe("a table", () => {
  test("has a line for each entry: when, who, what, where, through which program, and what changed", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, entries);
      const { code, out, messages } = await run({ format: "table" });
      expect(code).toBe(0);
      expect(out.split("\n")).toEqual([
        '2026-05-01 00:05:00  owner@acme.test                              changed feature flag "beta": name "A" → "B" (in Default project), through web',
        '2026-05-01 00:04:00  an API key or PostHog itself (not recorded)  changed personal API key "CI": name "A" → "B"',
        '2026-05-01 00:03:00  PostHog staff as owner@acme.test             deleted role "Old": name "A" → "B"',
        '2026-05-01 00:02:00  owner@acme.test                              changed settings of project "Viewers": timezone "UTC" → "Europe/Berlin" (in Default project)',
        '2026-05-01 00:01:00  owner@acme.test                              changed organization "Acme": name "A" → "B", through pulumi-posthog (this package)',
        '2026-05-01 00:00:00  admin@acme.test                              created role "Viewers": name "A" → "B"',
        "",
      ]);
      expect(messages).toEqual([
        expect.stringMatching(
          /^note: PostHog keeps no record of changes to roles, role memberships, access rules and/,
        ),
        expect.stringMatching(/^note: PostHog shows some entries only to its own staff/),
        "note: 1 entry is by PostHog's staff on someone's behalf.",
        expect.stringMatching(/^note: 1 entry names no person: /),
      ]);
    }));

  test("contains neither secrets nor control characters", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, [
        { minute: 1, field: "secret_api_token", before: "phs_0123456789", after: "phs_9876543210" },
        { minute: 2, name: "\u001b[2Jphx_0123456789abcdefghijklmnopqrstuv\nowner@acme.test deleted" },
      ]);
      for (const format of ["table", "jsonl", "csv"] as const) {
        const { out } = await run({ format });
        expect(out).not.toMatch(/ph[xs]_\d/);
        if (format === "table") expect(out.split("\n").join("")).not.toMatch(/\p{Cc}/u);
        if (format !== "csv") expect(out.split("\n")).toHaveLength(3);
      }
    }));
});

describe("a filter", () => {
  const cases: [string, Partial<AuditFlags>, unknown[]][] = [
    ["a preset", { preset: "access" }, ["PersonalAPIKey", "Role", "Organization", "Role"]],
    ["flags", { preset: "flags" }, ["FeatureFlag"]],
    ["kinds", { scope: ["team", "FeatureFlag"] }, ["FeatureFlag", "Team"]],
    ["a person", { user: ["ADMIN@acme.test"] }, ["Role"]],
    ["objects", { object: ["r-1"] }, ["Role"]],
    ["text", { search: "berlin" }, ["Team"]],
    ["a program", { client: ["pulumi-posthog"] }, ["Organization"]],
    ["an address", { ip: ["203.0.*"] }, ["Organization"]],
    ["a time", { since: "2026-05-01T00:01:00Z", until: "2026-05-01T00:02:00Z" }, ["Team", "Organization"]],
    ["a duration", { since: "24h", limit: "1" }, ["FeatureFlag"]],
    ["the order", { oldestFirst: true, limit: "2" }, ["Role", "Organization"]],
    ["PostHog's staff", { staff: true }, ["Role"]],
    ["entries without a person", { system: true }, ["PersonalAPIKey"]],
    ["a project by its name", { project: "default PROJECT" }, ["FeatureFlag", "Team"]],
    ["a project by its number", { project: "1", scope: ["Team"] }, ["Team"]],
  ];
  test.each(cases)("selects %s", (_, flags, expected) =>
    audited(async ({ emulator, run }) => {
      log(emulator, entries);
      expect(names((await run(flags)).out)).toEqual(expected);
    }),
  );

  test("may match nothing, which is not a failure", () =>
    audited(async ({ run }) => {
      expect(await run({ scope: ["Survey"] })).toEqual({
        code: 0,
        out: "",
        messages: ["note: No entries match --scope, up to 2026-05-02 00:00:00."],
        error: "",
      });
    }));

  test("for something that does not exist is an error that names what exists", () =>
    audited(
      async ({ run }) => {
        expect((await run({ project: "Prodction" })).error).toMatch(
          /project "Prodction" cannot be found[\s\S]*the nearest is "Production"\./,
        );
        expect((await run({ project: "Twin" })).error).toMatch(/2 projects have that name: 3, 4/);
        expect((await run({ user: ["gone@acme.test"] })).error).toMatch(
          /gone@acme\.test is not a member[\s\S]*UUID/,
        );
        expect((await run({ project: "99" })).error).toMatch(/PostHog answered 404/);
      },
      {
        organization: {
          projects: [
            { name: "Production", id: 1 },
            { name: "twin", id: 3 },
            { name: "Twin", id: 4 },
          ],
        },
      },
    ));
});

describe("for programs", () => {
  test("an entry is a line of JSON, with its changes and a summary", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, [{ minute: 2, scope: "Team", project: 1, field: "timezone", client: "pulumi-posthog" }]);
      expect(recordsOf((await run()).out)).toEqual([
        {
          schemaVersion: 1,
          id: expect.any(String),
          createdAt: "2026-05-01T00:02:00.000000Z",
          user: "owner@acme.test",
          userUuid: expect.any(String),
          wasImpersonated: false,
          isSystem: false,
          client: "pulumi-posthog",
          projectId: 1,
          project: "Default project",
          activity: "updated",
          scope: "Team",
          itemId: "1",
          name: "Viewers",
          summary: 'owner@acme.test changed settings of project "Viewers": timezone "A" → "B"',
          changes: [{ field: "timezone", action: "changed", before: "A", after: "B" }],
        },
      ]);
    }));

  test("CSV has a header, unless --no-header is given, and no formulas", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, [{ minute: 1, name: '=HYPERLINK("https://evil.test")', client: "@SUM(A1)" }]);
      const { out } = await run({ format: "csv" });
      const [header, row] = out.split("\r\n");
      expect(header).toMatch(/^createdAt,user,.*,changes,id$/);
      expect(row).toContain(`"'=HYPERLINK(""https://evil.test"")"`);
      expect(row).toContain(",'@SUM(A1),");
      const { out: bare } = await run({ format: "csv", header: false });
      expect(`${header}\r\n${bare}`).toBe(out);
    }));

  test("a long log is read to its end, page by page", () =>
    audited(async ({ emulator, run }) => {
      log(
        emulator,
        Array.from({ length: 2_300 }, (_, index) => ({ minute: index % 1_440 })),
      );
      emulator.clearRequests();
      let texts = 0;
      const { out } = await run({}, { onWrite: () => (texts += 1) });
      expect(new Set(idsOf(out)).size).toBe(2_300);
      expect(texts).toBe(3);
      expect(logRequests(emulator)).toBe(3);
    }));
});

const logRequests = ({ requests }: Emulator): number =>
  requests.filter(({ path }) => path.includes("activity_log")).length;

describe("a note says what is missing:", () => {
  test.each<[string, Partial<AuditFlags>, RegExp | undefined]>([
    [
      "a preset that asks for it",
      { preset: "access" },
      /roles, role memberships, access rules and identity providers/,
    ],
    ["everything", {}, /roles, role memberships, access rules and identity providers/],
    [
      "one kind of it",
      { scope: ["AccessControl"] },
      /changes to access rules\. What still shows them: drift/,
    ],
    ["other kinds", { scope: ["FeatureFlag"] }, undefined],
  ])("what PostHog keeps no record of, first, for %s", (_, flags, sentence) =>
    audited(async ({ emulator, run }) => {
      log(emulator, []);
      const { code, messages } = await run(flags);
      expect(code).toBe(0);
      expect(/^note: PostHog keeps no record of/.test(messages[0] ?? "")).toBe(sentence !== undefined);
      if (sentence !== undefined) expect(messages[0]).toMatch(sentence);
    }),
  );

  test("that what keys change cannot be found by person", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, [{ minute: 1, scope: "Team", user: "admin@acme.test" }]);
      const { messages } = await run({ scope: ["Team"], user: ["admin@acme.test"] });
      expect(messages[0]).toMatch(
        /^note: --user finds only entries that name a person\. What API keys change/,
      );
    }));

  const features = [{ key: "audit_logs", limit: 1, unit: "month" }];

  test("how far back the plan shows the log, if the query reaches further", () =>
    audited(
      async ({ emulator, run }) => {
        const words =
          "note: The plan shows the log for 1 month: entries before 2026-04-02 00:00:00 are missing.";
        log(emulator, [{ minute: 1, scope: "Team" }]);
        expect((await run({ scope: ["Team"], since: "90d" })).messages).toEqual([words]);
        expect((await run({ scope: ["Team"], since: "7d" })).messages).toEqual([]);
      },
      { organization: { features } },
    ));

  test("that a key that cannot read the organization does not know this", () =>
    audited(
      async ({ emulator, run }) => {
        log(emulator, [{ minute: 1, scope: "Team" }]);
        expect(await run({ scope: ["Team"] })).toMatchObject({
          code: 0,
          messages: [
            "note: How far back the plan shows the log is unknown: the key cannot read the organization.",
          ],
        });
      },
      { scopes: ["activity_log:read"] },
    ));

  test("what one project's log omits, unless the query is only about the project", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, [{ minute: 1, project: 1, scope: "FeatureFlag" }]);
      expect((await run({ project: "1", preset: "access" })).messages[1]).toMatch(
        /^note: One project's log leaves out the organization's own entries \(members, roles, /,
      );
      expect((await run({ project: "1", preset: "flags" })).messages).toEqual([]);
    }));
});

describe("PostHog's errors are explained:", () => {
  test.each([
    [
      "a missing scope",
      { scopes: ["organization:read"] },
      /missing required scope[\s\S]*add activity_log:read/,
    ],
    [
      "a plan without audit logs",
      { organization: { features: [] } },
      /402 payment_required[\s\S]*audit_logs/,
    ],
    [
      "a plain member",
      { caller: "analyst@acme.test" as const },
      /key's owner is a plain member[\s\S]*--project <name>/,
    ],
    ["a key restricted to projects", { keyProjects: [1] }, /restricted to projects[\s\S]*--project <number>/],
  ])("%s", (_, options, message) =>
    audited(async ({ run }) => {
      expect(await run()).toMatchObject({ code: 1, out: "", error: expect.stringMatching(message) });
    }, options),
  );

  test("a plain member, and a key restricted to projects, read one project's log", async () => {
    for (const options of [{ caller: "analyst@acme.test" as const }, { keyProjects: [1] }]) {
      await audited(async ({ emulator, run }) => {
        log(emulator, entries);
        expect(await run({ project: "1", preset: "flags" })).toMatchObject({ code: 0, error: "" });
      }, options);
    }
  });

  test("a page that fails half-way is an error, after the entries read so far", () =>
    audited(async ({ emulator, run }) => {
      log(
        emulator,
        Array.from({ length: 25 }, (_, minute) => ({ minute })),
      );
      const path = /advanced_activity_logs/;
      emulator.faults.add({ kind: "garbage", path, skip: 2, times: 99 });
      const result = await run({}, { pageSize: 10 });
      expect(result).toMatchObject({ code: 1, error: expect.stringMatching(/instead of PostHog's API/) });
      expect(idsOf(result.out)).toHaveLength(20);
    }));

  test("the command waits silently through a temporary failure", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, entries);
      emulator.faults.add({ kind: "status", status: 503, path: /advanced_activity_logs/ });
      emulator.faults.add({ kind: "dropBefore", path: /advanced_activity_logs/ });
      expect(await run()).toMatchObject({ code: 0, error: "" });
    }));
});

describe.each([
  ["of August 2025", "old"],
  ["from between August 2025 and July 2026", "mid"],
] as const)("a server %s", (_, generation) => {
  const hide = (emulator: Emulator): void => {
    if (generation === "mid") hideOrganizationLog(emulator);
  };
  const organization = {
    projects: [
      { name: "Production", id: 1, settings: { receive_org_level_activity_logs: true } },
      { name: "Staging", id: 2 },
    ],
  };

  test("combines the organization's log from its projects' logs, with a note", () =>
    audited(
      async ({ emulator, run }) => {
        hide(emulator);
        log(emulator, [
          { minute: 1, project: 1, scope: "Team" },
          { minute: 3, project: 2, scope: "FeatureFlag" },
          { minute: 2, scope: "Role" },
          { minute: 4, project: 1, scope: "Insight" },
        ]);
        const { out, messages, code } = await run();
        expect(code).toBe(0);
        expect(recordsOf(out).map(({ scope, project }) => [scope, project])).toEqual([
          ["Insight", "Production"],
          ["FeatureFlag", "Staging"],
          ["Role", undefined],
          ["Team", "Production"],
        ]);
        expect(names((await run({ oldestFirst: true, limit: "2" })).out)).toEqual(["Team", "Role"]);
        expect(messages.join("\n")).toMatch(
          /no log of the whole organization.*the logs of 2 projects were combined/,
        );
        expect(messages.join("\n")).toMatch(/Entries of the organization itself .* only as far as/);
        expect(messages.some((line) => /has no log with filters/.test(line))).toBe(generation === "old");
      },
      { generation, organization },
    ));

  test("without a project has no readable log, and exits with 2", () =>
    audited(
      async ({ emulator, run }) => {
        hide(emulator);
        const { out, messages, code } = await run();
        expect({ out, code }).toEqual({ out: "", code: 2 });
        expect(messages.join("\n")).toMatch(/no project whose log could be read instead/);
      },
      { generation, organization: { projects: [] } },
    ));

  test("with unreadable projects skips them, names them, and exits with 2", () =>
    audited(
      async ({ emulator, run }) => {
        hide(emulator);
        log(emulator, [
          { minute: 1, project: 1 },
          { minute: 2, project: 2 },
        ]);
        emulator.faults.add({ kind: "status", status: 403, path: /projects\/2\/.*activity_log/, times: 99 });
        const result = await run();
        expect(result.code).toBe(2);
        expect(recordsOf(result.out).map(({ itemId }) => itemId)).toHaveLength(1);
        expect(result.messages.join("\n")).toMatch(
          /gap: The log of project "Staging" \(2\) could not be read: .*403/,
        );
      },
      { generation, organization },
    ));
});

test("a server of August 2025 lacks some filters, which is an error", () =>
  audited(
    async ({ emulator, run }) => {
      log(emulator, [{ minute: 1, project: 1, ip: "203.0.113.9" }]);
      expect(await run({ ip: ["203.0.113.9"] })).toMatchObject({
        code: 1,
        out: "",
        error: expect.stringMatching(/cannot filter by --ip/),
      });
    },
    { generation: "old" },
  ));

test("an old server's unfiltered log is read only as far back as the query reaches", () =>
  audited(
    async ({ emulator, run }) => {
      log(
        emulator,
        Array.from({ length: 360 }, (_, minute) => ({ minute, project: 1, scope: "Team" })),
      );
      emulator.clearRequests();
      const { out } = await run({ scope: ["Team"], since: "2026-05-01T04:00:00Z" });
      expect(idsOf(out)).toHaveLength(120);
      const plain = emulator.requests.filter(({ path }) => path.includes("/activity_log/"));
      expect(plain).toHaveLength(2);
    },
    { generation: "old" },
  ));

test("entries that disappear while pages are read end the log, and do not break it", () =>
  audited(
    async ({ emulator, run }) => {
      const all = Array.from({ length: 200 }, (_, minute) => ({ minute, project: 1, scope: "Team" }));
      log(emulator, all);
      const result = await run({ project: "1", scope: ["Team"] }, { onWrite: () => log(emulator, []) });
      expect(result).toMatchObject({ code: 0, error: "" });
      expect(idsOf(result.out)).toHaveLength(100);
    },
    { generation: "mid" },
  ));

describe("--follow", () => {
  test(
    "prints what happens from now on, survives temporary failures, and stops cleanly",
    () =>
      audited(async ({ emulator, run }) => {
        log(emulator, entries);
        const stop = new AbortController();
        const later: string[] = [];
        const running = run(
          { follow: true },
          { stop: stop.signal, onWrite: () => (later.length < 2 ? happen() : stop.abort()) },
        );
        const happen = (): void => void later.push(add(emulator, { minute: 6 + later.length }));
        await waitFor(() => logRequests(emulator) >= 3);
        emulator.faults.add({ kind: "garbage", path: /advanced_activity_logs/ });
        happen();
        const result = await running;
        expect(result.code).toBe(0);
        expect(idsOf(result.out)).toEqual(later);
        expect(result.messages).toEqual([
          expect.stringMatching(/^note: PostHog keeps no record of /),
          expect.stringMatching(/^warning: .*Trying again in 0\.02 s\.$/),
        ]);
      }),
    40_000,
  );

  test("runs for days without using more memory", () =>
    audited(async ({ emulator, run }) => {
      log(emulator, entries);
      const stop = new AbortController();
      const running = run({ follow: true, since: "1d" }, { stop: stop.signal });
      await waitFor(() => logRequests(emulator) >= 40);
      expect(getEventListeners(stop.signal, "abort").length).toBeLessThanOrEqual(2);
      stop.abort();
      expect(await running).toMatchObject({ code: 0, error: "" });
    }));

  test(
    "stops with an error when continuing is useless",
    () =>
      audited(async ({ emulator, run }) => {
        log(emulator, entries);
        const result = await run({ follow: true, since: "2026-05-01" }, { onWrite: () => revoke(emulator) });
        expect(result).toMatchObject({ code: 1, error: expect.stringMatching(/401/) });
        expect(idsOf(result.out)).toHaveLength(entries.length);
      }),
    20_000,
  );
});

function revoke({ store }: Emulator): void {
  for (const { id } of store.personalApiKeys.all()) store.personalApiKeys.delete(id, SYSTEM);
}

async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
