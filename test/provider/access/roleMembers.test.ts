import fc from "fast-check";
import {
  describePlan,
  ignoring,
  type MembersRequest,
  namesOf,
  planMembers,
  type RolePerson,
  tooManyLeave,
} from "../../../provider/access/roleMembers";

const person = (name: string): RolePerson => ({ userUuid: `uuid-${name}`, email: `${name}@acme.com` });
const people = (names: string): RolePerson[] => names.split(" ").filter(Boolean).map(person);
const namesIn = (list: readonly RolePerson[]): string =>
  list.map(({ email }) => email.replace("@acme.com", "")).join(" ");

interface Case {
  readonly listed: string;
  readonly current: string;
  readonly earlier?: string;
  readonly ignore?: string[];
  readonly mode?: MembersRequest["mode"];
}

const planOf = ({ listed, current, earlier = "", ignore = [], mode = "additive" }: Case) =>
  planMembers({
    listed: people(listed),
    current: people(current),
    earlier: people(earlier),
    mode,
    ignore,
  });

describe("additive, the people of a role", () => {
  const table: [string, Case, string, string, string][] = [
    ["join when they are listed and not in it", { listed: "ann bob", current: "bob" }, "ann", "", ""],
    ["stay when nobody lists them", { listed: "ann", current: "ann eve" }, "", "", "eve"],
    [
      "leave when they are listed no more",
      { listed: "ann", earlier: "ann bob", current: "ann bob" },
      "",
      "bob",
      "",
    ],
    ["who left by hand are not missed", { listed: "ann", earlier: "ann bob", current: "ann" }, "", "", ""],
    ["join once, however often they are listed", { listed: "ann ann", current: "" }, "ann", "", ""],
    [
      "who are ignored neither join nor leave",
      { listed: "ann", earlier: "bob", current: "bob", ignore: ["ann@acme.com", "uuid-bob"] },
      "",
      "",
      "",
    ],
    [
      "who are ignored are not reported either",
      { listed: "", current: "eve", ignore: ["EVE@acme.com"] },
      "",
      "",
      "",
    ],
  ];
  test.each(table)("%s", (_, given, joining, leaving, unmanaged) => {
    const plan = planOf(given);
    expect([namesIn(plan.joining), namesIn(plan.leaving), namesIn(plan.unmanaged)]).toEqual([
      joining,
      leaving,
      unmanaged,
    ]);
  });
});

describe("who is ignored", () => {
  const table: [string, string, boolean][] = [
    ["ann@acme.com", "ANN@ACME.COM", true],
    ["ann@acme.com", "joann@acme.com", false],
    ["*@acme.com", "Bob@acme.com", true],
    ["*@acme.com", "bob@dev.acme.com", false],
    ["UUID-ann", "uuid-ann", true],
    ["uuid-ann", "uuid-bob", false],
  ];
  test.each(table)("%s covers %s: %s", (entry, user, covered) => {
    expect(ignoring([entry])(user)).toBe(covered);
  });
});

describe("exclusive, the people of a role", () => {
  const table: [string, Case, string, string][] = [
    ["leave when nobody lists them", { listed: "ann", current: "ann eve" }, "", "eve"],
    ["all leave when nobody is listed", { listed: "", current: "ann eve" }, "", "ann eve"],
    ["stay when they are ignored", { listed: "ann", current: "ann eve", ignore: ["eve@acme.com"] }, "", ""],
    ["join and leave in one go", { listed: "bob", current: "ann" }, "bob", "ann"],
  ];
  test.each(table)("%s", (_, given, joining, leaving) => {
    const plan = planOf({ ...given, mode: "exclusive" });
    expect([namesIn(plan.joining), namesIn(plan.leaving), plan.unmanaged]).toEqual([joining, leaving, []]);
  });
});

describe("any plan", () => {
  const group = fc.subarray(people("ann bob carl dora eve fred"));
  const aims = fc.record({
    listed: group,
    earlier: group,
    current: group,
    mode: fc.constantFrom<MembersRequest["mode"]>("additive", "exclusive"),
    ignore: group.map((ignored) => ignored.map(({ email }) => email.toUpperCase())),
  });
  const carriedOut = (aim: MembersRequest): RolePerson[] => {
    const { joining, leaving } = planMembers(aim);
    return [...aim.current.filter((one) => !leaving.includes(one)), ...joining];
  };

  test("leaves nothing to do after it is applied", () => {
    fc.assert(
      fc.property(aims, (aim) => {
        const next = planMembers({ ...aim, current: carriedOut(aim), earlier: aim.listed });
        expect([...next.joining, ...next.leaving]).toEqual([]);
      }),
    );
  });

  test("does not touch ignored people", () => {
    fc.assert(
      fc.property(aims, (aim) => {
        const { joining, leaving } = planMembers(aim);
        const ignored = new Set(aim.ignore);
        expect([...joining, ...leaving].filter(({ email }) => ignored.has(email.toUpperCase()))).toEqual([]);
      }),
    );
  });

  test("leaves exactly the listed people in exclusive mode, plus ignored ones", () => {
    fc.assert(
      fc.property(aims, (aim) => {
        const ignored = new Set(aim.ignore);
        const managed = (list: readonly RolePerson[]): string[] =>
          list
            .map(({ email }) => email)
            .filter((email) => !ignored.has(email.toUpperCase()))
            .sort();
        expect(managed(carriedOut({ ...aim, mode: "exclusive" }))).toEqual(managed(aim.listed));
      }),
    );
  });
});

describe("the limit on removals", () => {
  const leaving = (count: number, of: number, ignore: string[] = []) => {
    const all = Array.from({ length: of }, (_, index) => person(`p${index}`));
    return planMembers({ listed: all.slice(count), earlier: [], current: all, mode: "exclusive", ignore });
  };

  test("allows removing one person, and refuses two of four", () => {
    expect(tooManyLeave(leaving(1, 2), 0.25)).toBeUndefined();
    expect(tooManyLeave(leaving(2, 4), 0.25)?.why).toMatch(/2 of 4 people, and removalLimit 0\.25 allows 1/);
    expect(tooManyLeave(leaving(2, 4), 0.5)).toBeUndefined();
  });

  test("does not count ignored people", () => {
    const ignore = ["p4@acme.com", "p5@acme.com", "p6@acme.com", "p7@acme.com"];
    expect(tooManyLeave(leaving(2, 8), 0.25)).toBeUndefined();
    expect(tooManyLeave(leaving(2, 8, ignore), 0.25)?.why).toMatch(/2 of 4 people/);
  });
});

describe("a described plan", () => {
  test("lists who joins and who leaves", () => {
    expect(describePlan(planOf({ listed: "bob ann", current: "eve", mode: "exclusive" }))).toBe(
      "ann@acme.com and bob@acme.com join; eve@acme.com leaves",
    );
  });

  test("is empty where nothing changes", () => {
    expect(describePlan(planOf({ listed: "ann", current: "ann" }))).toBeUndefined();
  });

  test("counts the rest of a long list", () => {
    const many = Array.from({ length: 30 }, (_, index) => person(`p${String(index).padStart(2, "0")}`));
    expect(namesOf(many)).toMatch(/^p00@acme.com, .*p06@acme.com and 23 others$/);
  });
});
