import { emptyResult, remarksOnClients } from "../../../cli/audit/notes";
import type { LogQuery } from "../../../cli/audit/query";
import type { AuditFlags } from "../../../cli/audit/request";
import { hideOrganizationLog, log } from "../../support/activity";
import { type Audited, audited } from "./support";

const now = new Date("2026-05-02T00:00:00Z");

describe("an empty output shows what was searched:", () => {
  const cases: [string, LogQuery, string][] = [
    ["everything", {}, "No entries, up to 2026-05-02 00:00:00."],
    [
      "from a moment on",
      { startDate: "2026-05-01T10:00:00Z" },
      "No entries, from 2026-05-01 10:00:00 to 2026-05-02 00:00:00.",
    ],
    ["up to a time", { endDate: "2026-04-30T23:59:59.999999Z" }, "No entries, up to 2026-04-30 23:59:59."],
    ["one filter", { searchText: "x" }, "No entries match --search, up to 2026-05-02 00:00:00."],
    [
      "several filters",
      { scopes: ["Role"], clients: ["x"], isSystem: true },
      "No entries match --scope, --client and --system, up to 2026-05-02 00:00:00.",
    ],
  ];
  test.each(cases)("%s", (_, query, expected) => {
    expect(emptyResult(query, undefined, now)).toBe(expected);
  });

  test("a preset by its name", () => {
    expect(emptyResult({ scopes: ["Role"] }, "access", now)).toMatch(/^No entries match --preset access, /);
  });
});

describe("a program that is not in the log", () => {
  const cases: [string, string[], string[], string[]][] = [
    [
      "is reported with the one that was likely meant",
      ["pulumi-postho"],
      ["my-tool", "pulumi-posthog"],
      ['The log has no entries of a program "pulumi-postho"; did you mean pulumi-posthog?'],
    ],
    [
      "is reported with those in the log, if none is similar",
      ["zebra"],
      ["my-tool", "web"],
      ['The log has no entries of a program "zebra"; it names my-tool and web.'],
    ],
    [
      "is reported with the first of many",
      ["zebra"],
      Array.from({ length: 12 }, (_, index) => `tool${index}`),
      [expect.stringMatching(/it names tool0, .*, tool9 and 2 others\.$/)],
    ],
    [
      "may be the only one",
      ["zebra"],
      [],
      ['The log has no entries of a program "zebra", and names no programs at all.'],
    ],
    [
      "is reported alongside one that is in the log",
      ["web", "wep"],
      ["web"],
      [expect.stringMatching(/"wep"; did you mean web\?$/)],
    ],
    ["is not one that it names", ["web"], ["web"], []],
  ];
  test.each(cases)("%s", (_, wanted, known, expected) => {
    expect(remarksOnClients(wanted, known)).toEqual(expected);
  });
});

const messages = async ({ run }: Audited, flags: Partial<AuditFlags>): Promise<string> => {
  const result = await run(flags);
  expect(result).toMatchObject({ code: 0, out: "", error: "" });
  return result.messages.join("\n");
};

test.each([
  ["the organization", "new", {}],
  ["one project", "new", { project: "1" }],
  ["projects together", "mid", {}],
] as const)(
  "in the log of %s a misspelled program is reported with the one that was meant",
  (_, generation, flags) =>
    audited(
      async (world) => {
        if (generation === "mid") hideOrganizationLog(world.emulator);
        log(world.emulator, [{ minute: 1, project: 1, scope: "Team", client: "pulumi-posthog" }]);
        const words = await messages(world, { ...flags, scope: ["Team"], client: ["pulumi-postho"] });
        expect(words).toMatch(/^note: No entries match --scope and --client, up to 2026-05-02 00:00:00\.$/m);
        expect(words).toMatch(/^note: .*"pulumi-postho"; did you mean pulumi-posthog\?$/m);
      },
      { generation },
    ),
);

test("on a server that does not list programs, the only note is that nothing was found", () =>
  audited(async (world) => {
    world.emulator.faults.add({ kind: "status", status: 403, path: /available_filters/, times: 9 });
    const words = await messages(world, { scope: ["Team"], client: ["pulumi-postho"] });
    expect(words).toBe("note: No entries match --scope and --client, up to 2026-05-02 00:00:00.");
  }));

test("the first run of a cursor reports that it found nothing, later ones are silent", () =>
  audited(async (world) => {
    const flags = { cursor: `${world.folder}/cursor.json`, scope: ["Team"], search: "zzzz" };
    log(world.emulator, [{ minute: 1, scope: "Role" }]);
    expect(await messages(world, flags)).toMatch(/No entries match --scope and --search/);
    expect(await messages(world, flags)).toBe("");
  }));

describe("an invalid filter is reported by its flag:", () => {
  test("an invalid address", () =>
    audited(async ({ run }) => {
      const { error } = await run({ ip: ["300.1.1.1"] });
      expect(error).toMatch(/Invalid IP address format/);
      expect(error).toMatch(/why: PostHog rejects the value of --ip\.\n {2}fix: Change --ip/);
      expect(error).not.toMatch(/ip_addresses|the program/);
    }));

  test("one that a server of August 2025 does not have", () => {
    const flags = "--client, --ip";
    return audited(
      async ({ emulator, run }) => {
        log(emulator, [{ minute: 1, project: 1, client: "web", ip: "203.0.113.9" }]);
        const { error } = await run({ project: "1", client: ["web"], ip: ["203.0.113.9"] });
        expect(error).toContain(`cannot filter by ${flags}\n`);
        expect(error).toContain(`fix: Leave ${flags} out`);
        expect(error).not.toMatch(/ipAddresses|clients/);
      },
      { generation: "old" },
    );
  });
});
