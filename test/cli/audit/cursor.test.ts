import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import type { AuditFlags } from "../../../cli/audit/request";
import { type Emulator, SYSTEM } from "../../../emulator";
import { add, log } from "../../support/activity";
import { type Audited, audited, idsOf } from "./support";

/** The ids of all log entries, oldest first. */
const everything = ({ store }: Emulator): string[] =>
  store.activity
    .all()
    .sort((left, right) => (left.created_at < right.created_at ? -1 : 1))
    .map(({ id }) => id);

const cursorIn = ({ folder }: Audited): string => join(folder, "cursor.json");

test("a run continues where the last one stopped, oldest first, and a third one prints nothing", () =>
  audited(async (world) => {
    const cursor = cursorIn(world);
    log(world.emulator, [{ minute: 1 }, { minute: 2 }, { minute: 2 }]);
    const first = await world.run({ cursor });
    expect(first).toMatchObject({ code: 0, error: "" });
    expect(idsOf(first.out)).toEqual(everything(world.emulator));
    const later = [add(world.emulator, { minute: 2 }), add(world.emulator, { minute: 3 })];
    const second = await world.run({ cursor });
    expect(idsOf(second.out)).toEqual(later);
    expect(await world.run({ cursor })).toMatchObject({ code: 0, out: "", messages: [] });
    expect(readdirSync(world.folder)).toEqual(["cursor.json"]);
  }));

test("an entry that appears late is found, as late as the overlap allows", () =>
  audited(async (world) => {
    const cursor = cursorIn(world);
    log(world.emulator, [{ minute: 600 }]);
    await world.run({ cursor, overlap: "30m" });
    const late = add(world.emulator, { minute: 571 });
    add(world.emulator, { minute: 569 });
    expect(idsOf((await world.run({ cursor, overlap: "30m" })).out)).toEqual([late]);
  }));

test("entries that arrive during a run are left to the next one, even with the same timestamp", () =>
  audited(async (world) => {
    const cursor = cursorIn(world);
    log(
      world.emulator,
      Array.from({ length: 20 }, (_, minute) => ({ minute })),
    );
    const before = everything(world.emulator);
    const during: string[] = [];
    const first = await world.run(
      { cursor },
      {
        pageSize: 5,
        onWrite: () => {
          during.push(add(world.emulator, { minute: 19 }), add(world.emulator, { minute: 30 }));
          // In the part that has already been read: only the next run can find it.
          during.push(add(world.emulator, { minute: 0.5 }));
        },
      },
    );
    const second = await world.run({ cursor });
    const all = [...idsOf(first.out), ...idsOf(second.out)];
    expect(new Set(all)).toEqual(new Set([...before, ...during]));
    expect(all.length).toBe(before.length + during.length);
  }));

test("--since is where the first run starts, and has no effect on later ones", () =>
  audited(async (world) => {
    const cursor = cursorIn(world);
    log(world.emulator, [{ minute: 1 }]);
    const wanted = add(world.emulator, { minute: 700 });
    expect(idsOf((await world.run({ cursor, since: "2026-05-01T10:00:00Z" })).out)).toEqual([wanted]);
    const next = add(world.emulator, { minute: 720 });
    expect(idsOf((await world.run({ cursor, since: "1m" })).out)).toEqual([next]);
  }));

describe("an interrupted run", () => {
  const many = Array.from({ length: 30 }, (_, minute) => ({ minute: minute * 10 }));

  test("that fails half-way reports that, keeps what was written, and the next one has the rest", () =>
    audited(async (world) => {
      const cursor = cursorIn(world);
      log(world.emulator, many);
      const path = /organizations\/.*advanced_activity_logs/;
      const mend = world.emulator.faults.add({ kind: "status", status: 400, path, skip: 3, times: 99 });
      const first = await world.run({ cursor }, { pageSize: 10 });
      expect(first).toMatchObject({
        code: 1,
        error: expect.stringMatching(/^reading the activity log failed/),
      });
      expect(idsOf(first.out)).toHaveLength(20);
      mend();
      const second = await world.run({ cursor }, { pageSize: 10 });
      expect([...idsOf(first.out), ...idsOf(second.out)]).toEqual(everything(world.emulator));
    }));

  test("without a reader leaves the cursor after the last page that was written", () =>
    audited(async (world) => {
      const cursor = cursorIn(world);
      log(world.emulator, many);
      const first = await world.run({ cursor }, { pageSize: 10, writes: 2 });
      expect(first).toMatchObject({
        code: 1,
        error: expect.stringMatching(/nobody reads the output any more/),
      });
      const second = await world.run({ cursor });
      expect([...idsOf(first.out), ...idsOf(second.out)]).toEqual(everything(world.emulator));
    }));

  test("that is stopped exits with 130, and the next one has the rest", () =>
    audited(async (world) => {
      const cursor = cursorIn(world);
      log(world.emulator, many);
      const stop = new AbortController();
      const first = await world.run(
        { cursor },
        { pageSize: 10, stop: stop.signal, onWrite: () => stop.abort() },
      );
      expect(first.code).toBe(130);
      expect(idsOf(first.out)).toHaveLength(10);
      const second = await world.run({ cursor });
      expect([...idsOf(first.out), ...idsOf(second.out)]).toEqual(everything(world.emulator));
    }));
});

describe("a cursor is rejected", () => {
  const refused = async (world: Audited, flags: Partial<AuditFlags>): Promise<string> => {
    const before = readFileSync(cursorIn(world), "utf8");
    const result = await world.run({ cursor: cursorIn(world), ...flags });
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(readFileSync(cursorIn(world), "utf8")).toBe(before);
    expect(readdirSync(world.folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
    return result.error;
  };

  test.each([
    ["empty", "", /it is empty/],
    ["cut off", '{"version":1,"of":{', /is damaged/],
    ["of another version", '{"version":2,"of":{},"seen":[]}', /not a cursor of this version/],
    ["something else", '{"name":"pulumi-posthog"}', /not a cursor of this version/],
    ["with an invalid time", '{"version":1,"of":{},"from":"yesterday","seen":[]}', /is damaged/],
  ])("that is %s", (_, text, message) =>
    audited(async (world) => {
      writeFileSync(cursorIn(world), text);
      const error = await refused(world, {});
      expect(error).toMatch(message);
      expect(error).toMatch(/fix: Choose another file with --cursor/);
    }),
  );

  const others: [string, Partial<AuditFlags>, RegExp][] = [
    ["other kinds", { scope: ["Team"] }, /scopes is Role there and Team here/],
    ["fewer filters", {}, /scopes is Role there and any here/],
    ["a preset", { preset: "flags", scope: ["Role"] }, /preset is any there and flags here/],
    ["another person", { scope: ["Role"], user: ["admin@acme.test"] }, /users is any there and .* here/],
    [
      "a project",
      { scope: ["Role"], project: "1" },
      /host is any there and .*project is any there and 1 here and organization is .* there and any here/,
    ],
  ];
  test.each(others)("that belongs to %s", (_, flags, message) =>
    audited(async (world) => {
      expect(await world.run({ cursor: cursorIn(world), scope: ["Role"] })).toMatchObject({ code: 0 });
      expect(await refused(world, flags)).toMatch(message);
    }),
  );

  test("of another organization", () =>
    audited(async (world) => {
      const of = { organization: "018f0000-0000-4000-8000-0000000000ff" };
      writeFileSync(cursorIn(world), JSON.stringify({ version: 1, of, seen: [] }));
      expect(await refused(world, {})).toMatch(/organization is 018f0000-0000-4000-8000-0000000000ff there/);
    }));

  test("that cannot be written, before anything is read", () =>
    audited(async (world) => {
      const cursor = join(world.folder, "missing", "cursor.json");
      const result = await world.run({ cursor });
      expect(result.error).toMatch(/cannot be written \(ENOENT\)/);
      expect(result.out).toBe("");
      mkdirSync(join(world.folder, "taken"));
      expect((await world.run({ cursor: join(world.folder, "taken") })).error).toMatch(
        /cannot be read \(EISDIR\)/,
      );
    }));
});

test("the same filters in a different order match the same cursor", () =>
  audited(async (world) => {
    const cursor = cursorIn(world);
    await world.run({ cursor, scope: ["Role", "Team"], user: ["admin@acme.test", "OWNER@acme.test"] });
    const again = { cursor, scope: ["team", "role"], user: ["owner@acme.test", "admin@acme.test"] };
    expect(await world.run(again)).toMatchObject({ code: 0, error: "" });
  }));

test("entries that the plan hid before a run could print them are a gap, with its own exit code", () =>
  audited(
    async (world) => {
      const of = { organization: world.emulator.organizationId };
      const file = { version: 1, of, from: "2026-03-01T00:00:00.000Z", seen: [] };
      writeFileSync(cursorIn(world), JSON.stringify(file));
      log(world.emulator, [{ minute: 1 }]);
      const result = await world.run({ cursor: cursorIn(world) });
      expect(result.code).toBe(2);
      expect(result.messages).toEqual([
        "gap: The plan shows the log for 30 days: entries from 2026-03-01 00:00:00, where the last run stopped, to 2026-04-02 00:00:00 are no longer shown.",
      ]);
      expect((await world.run({ cursor: cursorIn(world) })).code).toBe(0);
    },
    { organization: { features: [{ key: "audit_logs", limit: 30, unit: "days" }] } },
  ));

/** What happens between two writes of a run, or between two runs. */
interface Step {
  /** Entries that appear, in minutes before the latest one; negative numbers are later. */
  readonly lateness: readonly number[];
  /** The number of pages after which the reader is gone. */
  readonly breaksAfter?: number;
}

const step: fc.Arbitrary<Step> = fc.record(
  {
    lateness: fc.array(fc.integer({ min: -20, max: 59 }), { maxLength: 6 }),
    breaksAfter: fc.integer({ min: 0, max: 3 }),
  },
  { requiredKeys: ["lateness"] },
);

describe.each(["new", "mid", "old"] as const)("on servers of the generation %s", (generation) => {
  test(
    "the runs of a cursor print every entry exactly once, whenever entries arrive and wherever runs stop",
    () =>
      audited(
        async (world) => {
          await fc.assert(
            fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
              await holds(world, steps);
            }),
            { numRuns: generation === "new" ? 40 : 15 },
          );
        },
        { generation },
      ),
    60_000,
  );
});

async function holds(world: Audited, steps: readonly Step[]): Promise<void> {
  const { emulator, folder } = world;
  const cursor = join(folder, `${Math.random()}.json`);
  for (const { id } of emulator.store.activity.all()) emulator.store.activity.delete(id, SYSTEM);
  let latest = 100;
  const arrive = ({ lateness }: Step): void => {
    for (const late of lateness) {
      const minute = Math.max(0, latest - late);
      add(emulator, { minute, project: 1 });
      latest = Math.max(latest, minute);
    }
  };
  const result: string[] = [];
  for (const one of steps) {
    arrive(one);
    const options = { pageSize: 4, writes: one.breaksAfter, onWrite: () => arrive(one) };
    result.push(...idsOf((await world.run({ cursor }, options)).out));
  }
  result.push(...idsOf((await world.run({ cursor })).out));
  expect([...result].sort()).toEqual(everything(emulator).sort());
}
