import fc from "fast-check";
import { type PageData, packRow, unpackRow, widthFor } from "../../../cli/review/page/model/data";
import { indexFindings, worst } from "../../../cli/review/page/model/findings";
import { unpack } from "../../../cli/review/page/model/matrix";
import {
  hashOf,
  initialState,
  isFiltered,
  stateOf,
  type ViewState,
  withoutFilters,
} from "../../../cli/review/page/model/state";
import { makeView, printPlan, type View } from "../../../cli/review/page/model/view";
import { packReview } from "../../../cli/review/page/pack";
import type { AccessReview, FindingSubject, ReviewedPerson } from "../../../provider/review/model";
import { madeUpReview } from "../../support/reviews";

/** A review as the page's script gets it. */
function carried(review: AccessReview): PageData {
  return JSON.parse(JSON.stringify(packReview(review)));
}

function person(
  email: string,
  projects: Record<number, "none" | "member" | "admin">,
  more = {},
): ReviewedPerson {
  const access = Object.entries(projects).map(([projectId, level]) => ({
    projectId: Number(projectId),
    level,
    through: `through role ${level}`,
    resources: [],
  }));
  return { userUuid: email, email, level: "member", roles: [], access, ...more };
}

const keyOfProject = { kind: "project", scopes: ["query:read"], access: [] } as const;

const small: AccessReview = {
  organization: { id: "1", name: "Acme", host: "https://eu.posthog.com" },
  readAt: "2026-11-23T09:30:00Z",
  projects: [
    { projectId: 7, name: "Staging", defaultAccess: "admin" },
    { projectId: 9, name: "Production", defaultAccess: "none" },
  ],
  people: [
    person("ann@acme.com", { 7: "member", 9: "none" }, { name: "Zoe Ann", roles: ["Support"] }),
    person("bob@acme.com", { 7: "admin", 9: "member" }, { level: "admin" }),
    person("cleo@else.org", { 7: "admin", 9: "admin" }, { level: "owner", name: "Cleo" }),
  ],
  keys: [
    { kind: "personal", owner: "bob@acme.com", maskValue: "phx_…12", scopes: ["*"], access: [] },
    {
      kind: "project",
      label: "Export",
      scopes: ["query:read"],
      access: [{ projectId: 9, level: "viewer", through: "by its scope query:read", resources: [] }],
    },
  ],
  findings: [
    finding("outside", "high", { person: "CLEO@else.org" }),
    finding("open-project", "medium", { projectId: 7 }),
    finding("wide-key", "medium", { key: 0 }),
    finding("no-sso", "medium", { domain: "acme.com" }),
    finding("direct-grant", "low", { person: "bob@acme.com", projectId: 9 }),
    finding("small-role", "low", { role: "Support" }),
    finding("one-owner", "low", {}),
  ],
  omissions: [],
};

function finding(rule: string, severity: "high" | "medium" | "low", subject: FindingSubject) {
  return {
    rule,
    severity,
    message: `${rule}.`,
    evidence: ["shown"],
    fix: "mend it",
    subject,
    fingerprint: "",
  };
}

const data = carried(small);
const matrix = unpack(data);
const index = indexFindings(data, matrix);

function view(choice: Partial<ViewState> = {}): View {
  return makeView(matrix, index, { ...initialState, ...choice });
}

/** The names in a view. */
function named(choice: Partial<ViewState> = {}) {
  const { people, keys, columns, findings } = view(choice);
  return {
    people: people.map((subject) => subject.person?.email.split("@")[0]).join(" "),
    keys: keys.map(({ title }) => title).join(" "),
    columns: columns.map((column) => matrix.projects[column]?.name).join(" "),
    findings: findings.map(({ rule }) => rule).join(" "),
  };
}

describe("a page has the whole review", () => {
  test("every person's level, reason and resources survive packing", () => {
    const review = madeUpReview({ people: 60, projects: 9, keys: 12 });
    const read = unpack(carried(review));
    const people = read.subjects.filter((subject) => subject.person !== undefined);
    const found = people.map((subject) =>
      read.cellsOf(subject).map(({ level, through, resources }) => ({ level, through, resources })),
    );
    expect(found).toEqual(review.people.map(({ access }) => access.map(({ projectId: _, ...cell }) => cell)));
    expect(people.map(({ roles }) => roles)).toEqual(review.people.map(({ roles }) => roles));
  });

  test("a key has no access to projects outside its restriction", () => {
    const levels = matrix.subjects.map((subject) => matrix.cellsOf(subject).map(({ level }) => level));
    expect(levels.slice(3)).toEqual([
      ["none", "none"],
      ["none", "viewer"],
    ]);
  });

  test("equal cells and rows are packed once", () => {
    const twins = ["a@x.y", "b@x.y", "c@x.y"].map((email) => person(email, { 7: "member", 9: "member" }));
    const { cells, rows } = packReview({ ...small, people: twins, keys: [] });
    expect([cells.length, rows.length]).toEqual([2, 1]);
  });

  test("positions of any size survive packing", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500_000), { maxLength: 60 }), (positions) => {
        const width = widthFor(Math.max(0, ...positions) + 1);
        expect(unpackRow(packRow(positions, width), width)).toEqual(positions);
      }),
    );
  });

  test.each([
    [0, 1],
    [64, 1],
    [65, 2],
    [4096, 2],
    [4097, 3],
  ])("%d items need positions of %d characters", (count, width) => expect(widthFor(count)).toBe(width));
});

describe("findings link to their subject", () => {
  test.each([
    ["a person, whatever the case of the address", 0, { row: 2, concerns: [] }],
    ["a project", 1, { column: 0, concerns: [] }],
    ["a key", 2, { row: 3, concerns: [] }],
    ["the people of a domain", 3, { concerns: [0, 1], search: "@acme.com" }],
    ["a person in a project", 4, { row: 1, column: 1, concerns: [] }],
    ["the people of a role", 5, { concerns: [0], search: "Support" }],
    ["the organization", 6, { concerns: [] }],
  ])("%s", (_, position, place) => {
    expect(index.all[position]).toMatchObject(place);
    expect(index.all[position]?.row).toBe("row" in place ? place.row : undefined);
    expect(index.all[position]?.column).toBe("column" in place ? place.column : undefined);
  });

  test("cells, rows and projects have their findings, and the worst severity", () => {
    expect(index.ofCell(1, 1).map(({ rule }) => rule)).toEqual(["direct-grant"]);
    expect(index.ofCell(1, 0)).toEqual([]);
    expect(index.ofRow(2).map(({ rule }) => rule)).toEqual(["outside"]);
    expect(index.ofColumn(0).map(({ rule }) => rule)).toEqual(["open-project"]);
    expect([worst(index.all), worst(index.all.slice(4)), worst([])]).toEqual(["high", "low", undefined]);
  });

  test("a finding about someone outside the review has no row", () => {
    const gone = carried({
      ...small,
      findings: [finding("left", "high", { person: "dan@acme.com", projectId: 4 })],
    });
    expect(indexFindings(gone, unpack(gone)).all[0]).toMatchObject({ rule: "left", concerns: [] });
    expect(indexFindings(gone, unpack(gone)).all[0]).not.toMatchObject({ row: expect.anything() });
  });
});

describe("filters keep", () => {
  const all = { people: "ann bob cleo", keys: "Export phx_…12", columns: "Staging Production" };

  test.each<[string, Partial<ViewState>, object]>([
    ["everything at first", {}, all],
    ["rows with all words", { query: "ZOE supp" }, { people: "ann", keys: "" }],
    ["keys of an owner", { query: "bob@" }, { people: "bob", keys: "phx_…12" }],
    ["nothing if no row has the word", { query: "nobody" }, { people: "", keys: "" }],
    ["projects by part of the name", { project: "prod" }, { ...all, columns: "Production" }],
    ["projects by number", { project: "7" }, { ...all, columns: "Staging" }],
    ["rows with a level", { level: "none" }, { people: "ann", keys: "Export phx_…12" }],
    [
      "a level in the shown projects only",
      { level: "none", project: "stag" },
      { people: "", keys: "Export phx_…12" },
    ],
    ["a level in the organization", { level: "org:owner" }, { people: "cleo", keys: "" }],
    ["people", { show: "people" }, { people: "ann bob cleo", keys: "" }],
    ["keys", { show: "keys" }, { people: "", keys: "Export phx_…12" }],
    ["rows with findings", { finding: "any" }, { people: "bob cleo", keys: "phx_…12" }],
    [
      "rows with findings of a severity",
      { finding: "high" },
      { people: "cleo", keys: "", findings: "outside" },
    ],
    ["people of a domain with a finding", { finding: "no-sso" }, { people: "ann bob", keys: "" }],
    ["projects with a finding", { finding: "open-project" }, { ...all, columns: "Staging" }],
    [
      "everything for a finding about the organization",
      { finding: "one-owner" },
      { ...all, findings: "one-owner" },
    ],
    [
      "findings about what is shown, and about the organization",
      { query: "bob", project: "prod" },
      { findings: "wide-key no-sso direct-grant one-owner" },
    ],
  ])("%s", (_, choice, expected) => expect(named(choice)).toMatchObject(expected));
});

describe("rows are in the chosen order", () => {
  test.each([
    ["email", "ann bob cleo"],
    ["name", "bob cleo ann"],
    ["level", "cleo bob ann"],
    ["findings", "cleo bob ann"],
    ["reach", "cleo bob ann"],
    ["project:9", "cleo bob ann"],
    ["project:12345", "ann bob cleo"],
    ["nonsense", "ann bob cleo"],
    ["constructor", "ann bob cleo"],
  ])("%s", (sort, people) => expect(named({ sort }).people).toBe(people));

  test.each(["email", "name", "level", "findings", "reach", "project:1"])(
    "with numbers by value, by %s",
    (sort) => {
      const numbers = ["10", "2", "1"];
      const people = numbers.map((number) => person(`web${number}@acme.com`, { 1: "member" }));
      const keys = numbers.map((number) => ({ ...keyOfProject, label: `Job ${number}` }));
      const projects = [{ projectId: 1, name: "Web", defaultAccess: "none" as const }];
      const numbered = carried({ ...small, projects, people, keys, findings: [] });
      const read = unpack(numbered);
      const sorted = makeView(read, indexFindings(numbered, read), { ...initialState, sort });
      expect(sorted.people.map(({ title }) => title)).toEqual([
        "web1@acme.com",
        "web2@acme.com",
        "web10@acme.com",
      ]);
      expect(sorted.keys.map(({ title }) => title)).toEqual(["Job 1", "Job 2", "Job 10"]);
    },
  );

  test("one severe finding comes before many lesser ones", () => {
    const many = Array.from({ length: 50 }, () => finding("lesser", "low", { person: "ann@acme.com" }));
    const review = carried({
      ...small,
      findings: [...many, finding("worse", "medium", { person: "bob@acme.com" })],
    });
    const read = unpack(review);
    const sorted = makeView(read, indexFindings(review, read), { ...initialState, sort: "findings" });
    expect(sorted.people.map(({ title }) => title)).toEqual(["bob@acme.com", "Zoe Ann", "Cleo"]);
  });
});

describe("the address of the page", () => {
  const text = fc.string({ unit: "binary" });

  test("restores every state", () => {
    const states = fc.record({
      query: text,
      project: text,
      level: text,
      finding: text,
      sort: text,
      show: text,
      theme: text,
    });
    fc.assert(fc.property(states, (state) => expect(stateOf(hashOf(state))).toEqual(wellFormed(state))));
  });

  test("omits what equals the initial state", () => {
    expect(hashOf(initialState)).toBe("");
    expect(hashOf({ ...initialState, finding: "high", theme: "dark" })).toBe("#finding=high&theme=dark");
  });

  test.each(["", "#", "#=&&==", "#unknown=1", "#%E0%A4%A"])(
    "with unknown parts, such as %j, gives the initial state",
    (hash) => expect(stateOf(hash)).toEqual(initialState),
  );

  test("does not lose order and colors when filters are cleared", () => {
    const state = { ...initialState, sort: "name", theme: "dark" };
    expect(isFiltered(state)).toBe(false);
    expect(isFiltered({ ...state, query: "a" })).toBe(true);
    expect(withoutFilters({ ...state, query: "a", show: "keys" })).toEqual(state);
  });

  /** Addresses cannot contain halves of characters. */
  function wellFormed(state: ViewState): ViewState {
    return stateOf(`#${new URLSearchParams({ ...state }).toString()}`);
  }
});

describe("the printed page", () => {
  test("has everything, with as many projects next to each other as fit on a page", () => {
    const columns = Array.from({ length: 50 }, (_, column) => column);
    const plan = printPlan({ ...view(), columns });
    expect(plan.rows.map(({ index: row }) => row)).toEqual([0, 1, 2, 4, 3]);
    expect(plan.columnGroups.map(({ length }) => length)).toEqual([24, 24, 2]);
    expect(plan.columnGroups.flat()).toEqual(columns);
    expect(plan.findings).toHaveLength(7);
    expect(plan.notes).toEqual([]);
  });

  test("omits what is too much for a browser, with a note", () => {
    const subject = view().people[0];
    if (subject === undefined) throw new Error("The view is empty.");
    const columns = Array.from({ length: 50 }, (_, column) => column);
    const plan = printPlan({ ...view(), people: Array.from({ length: 5_000 }, () => subject), columns });
    expect(plan.rows).toHaveLength(1_200);
    expect(plan.notes).toEqual([
      "Showing the first 1,200 of 5,002 people and keys: set filters to print the others.",
    ]);
  });

  test("without projects has no tables, only the findings", () => {
    const read = carried({
      ...small,
      projects: [],
      people: [],
      keys: [],
      findings: [finding("one-owner", "low", {})],
    });
    const empty = makeView(unpack(read), indexFindings(read, unpack(read)), initialState);
    expect(printPlan(empty)).toMatchObject({
      rows: [],
      columnGroups: [],
      notes: [],
      findings: [{ rule: "one-owner" }],
    });
  });
});
