import {
  advance,
  type CursorState,
  readCursor,
  settle,
  unseen,
  writeCursor,
} from "../../../provider/audit/cursor";
import { conceal } from "../../../provider/audit/printable";

const hour = 3_600_000;
const entry = (id: string, time: string) => ({ id, created_at: `2026-06-01T${time}Z` });
const start: CursorState = {
  from: "2026-06-01T10:00:00.000Z",
  seen: [
    ["a", "2026-06-01T10:00:00.000000Z"],
    ["b", "2026-06-01T10:30:00.000001Z"],
  ],
};

describe("a cursor", () => {
  test("forwards only entries that it has not seen", () => {
    const page = [entry("a", "10:00:00"), entry("c", "10:00:00"), entry("b", "10:30:00.000001")];
    expect(unseen(start, page).map(({ id }) => id)).toEqual(["c"]);
    expect(unseen({ seen: [] }, page)).toEqual(page);
  });

  const steps: [string, CursorState, CursorState][] = [
    ["stays after an empty page", advance(start, [], hour), start],
    [
      "stays where it is while less than the overlap lies behind, and remembers more",
      advance(start, [entry("c", "10:45:00")], hour),
      { from: start.from, seen: [...start.seen, ["c", "2026-06-01T10:45:00Z"]] },
    ],
    [
      "moves to the overlap before the last entry, and forgets what lies before",
      advance(start, [entry("c", "11:10:00.5")], hour),
      {
        from: "2026-06-01T10:10:00.500Z",
        seen: [
          ["b", "2026-06-01T10:30:00.000001Z"],
          ["c", "2026-06-01T11:10:00.5Z"],
        ],
      },
    ],
    ["remembers an entry once", advance(start, [entry("b", "10:30:00.000001")], hour), start],
    [
      "keeps an entry of the very moment that it moves to",
      settle(start, Date.parse("2026-06-01T11:30:00.000Z"), hour),
      { from: "2026-06-01T10:30:00.000Z", seen: [["b", "2026-06-01T10:30:00.000001Z"]] },
    ],
    ["never moves back", settle(start, Date.parse("2026-06-01T08:00:00Z"), hour), start],
    [
      "has no beginning before something was read",
      settle({ seen: [] }, 0, hour),
      { from: undefined, seen: [] },
    ],
  ];
  test.each(steps)("%s", (_, state, expected) => expect(state).toEqual(expected));

  test("survives being written to its file and read back", () => {
    const of = { organization: "o", scopes: ["Role"] };
    expect(readCursor(writeCursor(of, start), of)).toEqual(start);
    expect(readCursor(writeCursor(of, { seen: [] }), of)).toEqual({ seen: [] });
    expect(readCursor(writeCursor(of, start), { ...of, scopes: ["Team"] })).toEqual({
      problem: "it belongs to a different query: scopes is Role there and Team here",
    });
  });
});

describe("secrets in values", () => {
  const cases: [string, unknown, unknown][] = [
    ["nothing", [null, undefined, true, 1, "text"], [null, undefined, true, 1, "text"]],
    [
      "by the name of their field",
      { a: { client_secret: "x", list: [{ password: 7 }] } },
      { a: { client_secret: "(hidden)", list: [{ password: "(hidden)" }] } },
    ],
    ["that PostHog masks", { config: "masked" }, { config: "(hidden)" }],
    [
      "that are keys in a text",
      ["use phx_abcdef0123 now", "graphs_overview_2"],
      ["use phx_... now", "graphs_overview_2"],
    ],
    ["whether there are any", { is_private: true, token: null }, { is_private: true, token: null }],
  ];
  test.each(cases)("are hidden: %s", (_, value, expected) => expect(conceal(value)).toEqual(expected));
});
