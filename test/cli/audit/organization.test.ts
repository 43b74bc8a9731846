import type { AuditFlags } from "../../../cli/audit/request";
import { add, hideOrganizationLog, log } from "../../support/activity";
import { audited, recordsOf } from "./support";

const names = (out: string): unknown[] => recordsOf(out).map(({ scope }) => scope);

describe("the organization's own entries, on a server that has them only in a project's log,", () => {
  const projects = (isShown: boolean) => ({
    organization: {
      projects: [
        { name: "Production", id: 1 },
        { name: "Staging", id: 2, settings: { receive_org_level_activity_logs: isShown } },
      ],
    },
  });
  const missing = /^gap: Entries of the organization itself .* are missing: .*receiveOrgLevelActivityLogs/;

  test.each([
    ["kinds that have some of them", { preset: "access" }],
    ["one of them", { scope: ["Role"] }],
    ["everything", {}],
  ] as [string, Partial<AuditFlags>][])(
    "are a gap if no project shows them, for a query for %s",
    (_, flags) =>
      audited(
        async ({ emulator, folder, run }) => {
          hideOrganizationLog(emulator);
          log(emulator, [{ minute: 1 }, { minute: 2, project: 1, scope: "AccessControl" }]);
          for (const more of [{}, { cursor: `${folder}/cursor.json` }]) {
            const result = await run({ ...flags, ...more });
            expect(result.code).toBe(2);
            expect(result.messages.filter((line) => missing.test(line))).toHaveLength(1);
            expect(names(result.out)).not.toContain("Role");
          }
        },
        { generation: "mid", ...projects(false) },
      ),
  );

  test("do not matter for a query about other kinds", () =>
    audited(
      async ({ emulator, folder, run }) => {
        hideOrganizationLog(emulator);
        log(emulator, [{ minute: 2, project: 1, scope: "FeatureFlag" }]);
        for (const more of [{}, { cursor: `${folder}/cursor.json` }]) {
          const result = await run({ preset: "flags", ...more });
          expect(result.code).toBe(0);
          expect(result.messages.join("\n")).not.toContain("organization itself");
        }
      },
      { generation: "mid", ...projects(false) },
    ));

  test("are complete if a project shows them, even without entries", () =>
    audited(
      async ({ emulator, run }) => {
        hideOrganizationLog(emulator);
        log(emulator, [{ minute: 2, project: 1, scope: "FeatureFlag" }]);
        expect(await run({ preset: "access" })).toMatchObject({ code: 0, out: "" });
      },
      { generation: "mid", ...projects(true) },
    ));

  test("count as shown if there are some and the setting cannot be read, else as missing", () =>
    audited(
      async ({ emulator, run }) => {
        hideOrganizationLog(emulator);
        log(emulator, [{ minute: 2, project: 1, scope: "FeatureFlag" }]);
        emulator.faults.add({ kind: "status", status: 403, path: /\/projects\/\d+\/$/, times: 99 });
        expect((await run()).code).toBe(2);
        add(emulator, { minute: 3 });
        expect((await run()).code).toBe(0);
      },
      { generation: "mid", ...projects(true) },
    ));

  test("are included on request on the oldest servers", () =>
    audited(
      async ({ emulator, run }) => {
        log(emulator, []);
        expect(await run({ preset: "access" })).toMatchObject({ code: 0, out: "" });
        log(emulator, [{ minute: 1 }]);
        const result = await run({ preset: "access" });
        expect(names(result.out)).toEqual(["Role"]);
        expect(result.code).toBe(0);
      },
      { generation: "old", ...projects(false) },
    ));
});
