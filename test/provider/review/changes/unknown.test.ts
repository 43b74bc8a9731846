import { evaluateMatrix } from "../../../../provider/matrix/evaluate";
import { unknownInMatrix } from "../../../../provider/review/changes/unknown";
import { liveOrganization } from "../../../support/live";

const live = liveOrganization({
  access: {
    projects: [
      { id: 1, name: "Production" },
      { id: 2, name: "Lab" },
      { id: 3, name: "Lab" },
    ],
  },
  invites: [{ id: "1", email: "new@acme.com", level: 1, isExpired: false }],
});

/** The problems of a matrix in that organization, on the 20th of November 2026. */
function wrong(text: string, numbers: Readonly<Record<string, number>> = {}): string[] {
  const today = "2026-11-20";
  const known = { live, projects: new Map(Object.entries(numbers)), today };
  try {
    evaluateMatrix(text, {
      today,
      projects: ["Production", "Lab", ...Object.keys(numbers)],
      check: (matrix) => unknownInMatrix(matrix, known),
    });
    return [];
  } catch (error) {
    return String(error).split("\n  ").slice(1);
  }
}

const team = (members: string, over = "") =>
  `access_matrix:\n  web:\n    Production: {role: member}\n    members: [${members}]\n${over}`;

test.each<[string, string, string[]]>([
  ["someone who is there, in any case, or is invited", team("Ann@acme.com, NEW@acme.com"), []],
  ["someone who is waited for", team("zoe@x.org", "    waitForMembers: true\n"), []],
  ["someone who has left by now", team("{user: zoe@x.org, until: 2026-11-19}"), []],
  [
    "someone whose last day is today",
    team("{user: zoe@x.org, until: 2026-11-20}"),
    ["matrix:4:15 access_matrix.web.members[0]: zoe@x.org is not a member of the organization"],
  ],
  [
    "a person twice, each where they stand",
    team("zoe@x.org", "projects:\n  Production:\n    members: {zoe@x.org: {role: admin}}\n"),
    [
      "matrix:4:15 access_matrix.web.members[0]: zoe@x.org is not a member of the organization",
      "matrix:7:15 projects.Production.members.zoe@x.org: zoe@x.org is not a member of the organization",
    ],
  ],
])("checks the matrix for %s", (_, text, expected) => {
  expect(wrong(text)).toEqual(expected);
});

test("numbers given in addition to the matrix take precedence over its own names", () => {
  const text = "access_matrix:\n  web:\n    Lab: {role: member}\n";
  expect(wrong(text, { Lab: 2 })).toEqual([]);
  expect(wrong(text, { Lab: 9 })).toEqual([expect.stringMatching(/^matrix:3:5 .*unknown project 9/)]);
});
