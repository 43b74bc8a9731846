import type { ActivityEntry } from "../../../provider/audit/entry";
import { attribute } from "../../../provider/drift/attribute";
import type { Difference, ReadLog } from "../../../provider/drift/model";
import type { Trace } from "../../../provider/drift/traces/trace";

const entry = (over: Partial<ActivityEntry> = {}): ActivityEntry => ({
  id: "e1",
  created_at: "2026-06-02T10:00:00.000000Z",
  activity: "updated",
  scope: "OrganizationMembership",
  item_id: "m1",
  user: { email: "bob@acme.test" },
  client: null,
  detail: { name: "Ann", changes: [{ field: "level", before: 1, after: 8 }] },
  ...over,
});

const level: Trace = {
  scope: "OrganizationMembership",
  activities: ["updated"],
  itemIds: ["m1"],
  fields: ["level"],
  after: [8, "admin"],
};

const difference = (over: Partial<Difference> = {}): Difference => ({
  kind: "changed",
  type: "OrganizationMember",
  title: "member ann@acme.test",
  name: "ann",
  property: "level",
  expected: "member",
  actual: "admin",
  traces: [level],
  ...over,
});

const log = (entries: readonly ActivityEntry[], over: Partial<ReadLog> = {}): ReadLog => ({
  entries,
  since: "2026-06-01T00:00:00.000Z",
  gaps: [],
  ...over,
});

const sets = (after: unknown, id: string, at: string): ActivityEntry =>
  entry({ id, created_at: at, detail: { changes: [{ field: "level", after }] } });

describe("an entry is behind a difference", () => {
  test("when it set the value that PostHog has", () => {
    expect(attribute(difference(), log([entry()]))).toMatchObject({
      kind: "found",
      fit: "exact",
      others: 0,
      entry: { id: "e1" },
    });
  });

  test("of several that did the latest, in whatever order they come; the others are counted", () => {
    const entries = [
      sets(8, "early", "2026-06-02T10:00:00Z"),
      sets(8, "late", "2026-06-04T10:00:00Z"),
      sets(15, "other", "2026-06-03T10:00:00Z"),
    ];
    expect(attribute(difference(), log(entries))).toMatchObject({ entry: { id: "late" }, others: 2 });
  });

  test.each([
    ["another object", entry({ item_id: "m2" })],
    ["another kind of object", entry({ scope: "Organization" })],
    ["another thing that was done", entry({ activity: "deleted" })],
    ["another field", entry({ detail: { changes: [{ field: "user", after: 8 }] } })],
    ["no change at all", entry({ detail: { changes: [] } })],
    ["no detail at all", entry({ detail: null })],
  ])("not when it is about %s", (_, other) => {
    expect(attribute(difference(), log([other]))).toMatchObject({ kind: "none" });
  });

  test("not when it left another value: that is counted, and never named", () => {
    const cause = attribute(difference(), log([sets(15, "other", "2026-06-02T10:00:00Z")]));
    expect(cause).toEqual({
      kind: "none",
      why: "no matching log entry since 2026-06-01; 1 entry about it left other values",
    });
  });

  test("not when it is of a project that the server names, and the difference of another one", () => {
    const trace = { ...level, projectId: 1 };
    const inProject = (team_id: number | null | undefined) =>
      attribute(difference({ traces: [trace] }), log([entry({ team_id })])).kind;
    expect([1, null, undefined, 2].map(inProject)).toEqual(["found", "found", "found", "none"]);
  });

  test("not when it happened before the stack wrote the resource, but for clocks that differ", () => {
    const at = (moment: string, over: Partial<ActivityEntry> = {}) =>
      attribute(
        difference({ writtenAt: "2026-06-02T12:00:00Z" }),
        log([{ ...sets(8, "x", moment), ...over }]),
      ).kind;
    expect(at("2026-06-02T11:00:00Z")).toBe("none");
    expect(at("2026-06-02T11:59:00Z")).toBe("found");
    expect(at("2026-06-02T11:59:00Z", { client: "pulumi-posthog" })).toBe("none");
    expect(at("2026-06-02T13:00:00Z", { client: "pulumi-posthog" })).toBe("found");
  });

  test("in whatever form the log writes the value", () => {
    const with_ = (after: unknown, forms: readonly unknown[]) =>
      attribute(
        difference({ traces: [{ ...level, after: forms }] }),
        log([entry({ detail: { changes: [{ field: "level", after }] } })]),
      ).kind;
    expect(with_("", [null])).toBe("found");
    expect(with_(["b", "a"], [["a", "b"]])).toBe("found");
    expect(with_("Admin", ["admin"])).toBe("found");
    expect(with_({ a: 1, b: 2 }, [{ b: 2, a: 1 }])).toBe("found");
    expect(with_(false, [null])).toBe("none");
  });
});

describe("an entry whose value cannot be compared counts as likely", () => {
  test("where the log masks the value", () => {
    const masked = entry({ detail: { changes: [{ field: "level", before: "masked", after: "masked" }] } });
    expect(attribute(difference(), log([masked]))).toMatchObject({ kind: "found", fit: "near" });
  });

  test("where the value has no form in the log", () => {
    const { after: _after, ...trace } = level;
    expect(attribute(difference({ traces: [trace] }), log([entry()]))).toMatchObject({ fit: "near" });
  });

  test("where such an entry may be about something else; one that surely fits goes first", () => {
    const vague: Trace = { scope: "Role", activities: ["scim_updated"], itemIds: ["r1"], isIndirect: true };
    const scim = entry({
      id: "scim",
      scope: "Role",
      activity: "scim_updated",
      item_id: "r1",
      created_at: "2026-06-09T00:00:00Z",
    });
    const seen = difference({ traces: [level, vague] });
    expect(attribute(seen, log([scim]))).toMatchObject({ fit: "near", entry: { id: "scim" } });
    expect(attribute(seen, log([scim, entry()]))).toMatchObject({ fit: "exact", entry: { id: "e1" } });
  });
});

describe("the reason is reported if no entry matches", () => {
  const rule: Trace = {
    scope: "AccessControl",
    activities: ["created", "updated"],
    context: { resource: "project", role: null },
    fields: ["access_level"],
    after: ["member"],
  };

  test("PostHog does not log access rules, roles and their people", () => {
    const why = (scope: string) => attribute(difference({ traces: [{ ...rule, scope }] }), log([entry()]));
    expect(why("AccessControl")).toEqual({
      kind: "unrecorded",
      why: "PostHog does not log access rules",
    });
    expect(why("RoleMembership")).toMatchObject({
      why: "PostHog does not log role memberships",
    });
    expect(why("Role")).toMatchObject({ why: "PostHog does not log roles" });
  });

  test("... unless this server does: then the entry is named, or is missing", () => {
    const made = entry({
      scope: "AccessControl",
      activity: "created",
      detail: { changes: [], context: { resource: "project", role: null, access_level: "member" } },
    });
    const seen = difference({ traces: [rule] });
    expect(attribute(seen, log([made]))).toMatchObject({ kind: "found", fit: "exact" });
    const other = {
      ...made,
      detail: { ...made.detail, context: { resource: "survey", access_level: "member" } },
    };
    expect(attribute(seen, log([other]))).toMatchObject({ kind: "none" });
  });

  test("PostHog does not log what has no traces", () => {
    expect(attribute(difference({ traces: [] }), log([]))).toMatchObject({ kind: "unrecorded" });
  });

  test("the log cannot be read, or not the part that would show it", () => {
    const gap = { why: "the plan has no log", fix: "change it" };
    expect(attribute(difference(), log([], { gaps: [gap] }))).toEqual({ kind: "unreadable", ...gap });
    const part = { ...gap, scopes: ["Role"] };
    expect(attribute(difference(), log([], { gaps: [part] }))).toMatchObject({ kind: "none" });
    const own = { ...gap, scopes: ["OrganizationMembership"] };
    expect(attribute(difference(), log([], { gaps: [own] }))).toMatchObject({ kind: "unreadable" });
    expect(attribute(difference(), log([entry()], { gaps: [gap] }))).toMatchObject({ kind: "found" });
  });

  test("unlogged changes stay undecided while the log cannot be read", () => {
    const gap = { why: "the log is for admins and owners", fix: "use another key" };
    const seen = difference({ traces: [rule] });
    expect(attribute(seen, log([], { gaps: [gap] }))).toEqual({ kind: "unreadable", ...gap });
    const part = { ...gap, scopes: ["AccessControl"] };
    expect(attribute(seen, log([], { gaps: [part] }))).toMatchObject({ kind: "unrecorded" });
    expect(attribute(difference({ traces: [] }), log([], { gaps: [gap] }))).toMatchObject({
      kind: "unrecorded",
    });
  });

  test("the difference may be older than the entries that the plan keeps", () => {
    const kept = { keptSince: "2026-06-20T00:00:00Z" };
    expect(attribute(difference(), log([], kept))).toMatchObject({
      why: "no matching log entry; the plan keeps entries only since 2026-06-20",
    });
    const young = difference({ writtenAt: "2026-06-21T00:00:00Z" });
    expect(attribute(young, log([], kept))).toMatchObject({
      why: expect.stringMatching(/no matching log entry since 2026-06-01/),
    });
  });

  test("the last update stopped half-way", () => {
    const half = difference({ isHalfMade: true, writtenAt: "2026-06-02T12:00:00Z" });
    expect(attribute(half, log([]))).toMatchObject({
      kind: "none",
      why: expect.stringMatching(/stopped half-way/),
    });
  });
});
