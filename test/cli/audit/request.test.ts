import { type AuditFlags, readRequest } from "../../../cli/audit/request";

const now = new Date("2026-06-15T12:00:00Z");
const request = (flags: Partial<AuditFlags>) => readRequest({ format: "table", header: true, ...flags }, now);

describe("flags", () => {
  const cases: [string, Partial<AuditFlags>, object][] = [
    [
      "kinds, in any spelling",
      { scope: ["role", "feature-flag", "Newthing"] },
      { scopes: ["Role", "FeatureFlag", "Newthing"] },
    ],
    [
      "a preset with more kinds",
      { preset: "flags", scope: ["Team", "FeatureFlag"] },
      { scopes: ["FeatureFlag", "EarlyAccessFeature", "Experiment", "ExperimentHoldout", "Team"] },
    ],
    [
      "activities, objects, programs",
      { activity: ["created"], object: ["1"], client: ["x"] },
      { activities: ["created"], itemIds: ["1"], clients: ["x"] },
    ],
    [
      "addresses and text",
      { ip: ["203.0.*"], search: "a,b" },
      { ipAddresses: ["203.0.*"], searchText: "a,b" },
    ],
    ["PostHog's staff", { staff: true }, { wasImpersonated: true }],
    ["PostHog itself", { system: true }, { isSystem: true }],
    [
      "a time",
      { since: "7d", until: "2026-06-10" },
      { startDate: "2026-06-08T12:00:00.000Z", endDate: "2026-06-10T23:59:59.999999Z" },
    ],
    ["the number and the order", { limit: "5", oldestFirst: true }, { limit: 5, oldestFirst: true }],
  ];
  test.each(cases)("select %s", (_, flags, expected) => expect(request(flags).query).toMatchObject(expected));

  test("that are omitted select everything", () => {
    expect(Object.values(request({}).query).filter((value) => value !== undefined)).toEqual([]);
    expect(request({})).toMatchObject({
      overlap: 3_600_000,
      interval: 30_000,
      follow: false,
      users: [],
      remarks: [],
    });
  });

  test("with likely typos get a note only: PostHog may have kinds that this version does not know", () => {
    expect(request({ scope: ["FeatureFlg", "Zebra"] }).remarks).toEqual([
      'unknown kind of object "FeatureFlg"; did you mean FeatureFlag?',
    ]);
    expect(request({ activity: ["create", "updated", "zapped"] }).remarks).toEqual([
      'unknown activity "create"; did you mean created?',
    ]);
  });
});

describe("invalid flags", () => {
  const cases: [string, Partial<AuditFlags>, RegExp][] = [
    ["a filter that an unset variable left empty", { user: [] }, /--user has no value: give one/],
    ["several of them", { object: [], search: "" }, /--object has no value.*--search has no value/],
    ["a moment", { since: "yesterday" }, /--since must be a duration such as 7d.*, not "yesterday"/],
    ["an end before the start", { since: "1d", until: "2d" }, /--since is later than --until/],
    ["a number", { limit: "many" }, /--limit must be a whole number/],
    ["no entries", { limit: "0" }, /--limit must be a whole number/],
    ["a start in the future", { since: "2026-06-16" }, /--since is in the future/],
    ["an interval without --follow", { interval: "1m" }, /--interval needs --follow/],
    ["an overlap without a second read", { overlap: "6h" }, /--overlap needs --cursor or --follow/],
    ["a person", { user: ["ann"] }, /--user must be an e-mail address or a user UUID, not "ann"/],
    ["a short interval", { follow: true, interval: "1s" }, /--interval must be at least 5s/],
    ["a duration", { cursor: "c", overlap: "long" }, /--overlap must be a duration/],
    ["a cursor with an end", { cursor: "c", until: "1d" }, /--cursor reads to the end: omit --until/],
    ["a cursor with a number", { cursor: "c", limit: "5" }, /--cursor reads to the end: omit --limit/],
    [
      "an order with --follow",
      { follow: true, oldestFirst: true },
      /--follow always prints the oldest entries first/,
    ],
    ["two kinds of actor", { staff: true, system: true }, /no entry matches both --staff and --system/],
  ];
  test.each(cases)("such as %s are named", (_, flags, message) => {
    expect(() => request(flags)).toThrow(message);
  });

  test("are all reported together", () => {
    expect(() => request({ since: "x", until: "y", limit: "z", follow: true, interval: "q" })).toThrow(
      /--until; .*--limit; --since .*; --until .*; --limit .*; --interval /,
    );
  });
});
