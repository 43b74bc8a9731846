import type { ExpectedRole } from "../../../../provider/engine/program";
import { directoryAfter } from "../../../../provider/handlers/access/projectAccessReview";
import type { Directory } from "../../../../provider/snapshot/accessSnapshot";

const people = ["ann", "bob", "cleo"].map((name, id) => ({
  id: `membership of ${name}`,
  level: 1,
  user: { id, uuid: name, email: `${name}@acme.test` },
}));

const directory: Directory = {
  organization: { id: "o", name: "Acme", slug: "acme" },
  members: people,
  roles: [{ id: "r1", name: "Analysts", members: people.slice(0, 1) }],
};

const withDefaults = (role: Partial<ExpectedRole>): ExpectedRole => ({
  joining: [],
  leaving: [],
  isOpen: false,
  ...role,
});

/** The roles as lines `name: members`, with a question mark if some are unknown. */
function rolesAfter(...expected: Partial<ExpectedRole>[]): string[] {
  const after = directoryAfter(directory, expected.map(withDefaults));
  return after.directory.roles.map(({ id, name, members }) => {
    const names = (members ?? []).map(({ user }) => user.uuid);
    return `${name}: ${[...names, ...(after.openRoles.has(id) ? ["?"] : [])].join(" ")}`;
  });
}

describe("the directory after the program changes roles", () => {
  const cases: [string, Partial<ExpectedRole>[], string[]][] = [
    ["nothing", [], ["Analysts: ann"]],
    ["people who join", [{ id: "r1", joining: ["bob", "cleo"] }], ["Analysts: ann bob cleo"]],
    ["a person who is already in it", [{ id: "r1", joining: ["ann"] }], ["Analysts: ann"]],
    ["a person who leaves", [{ id: "r1", leaving: ["ann"] }], ["Analysts: "]],
    ["a new role", [{ name: "Support", joining: ["bob"] }], ["Analysts: ann", "Support: bob"]],
    ["a new role without members so far", [{ name: "Support" }], ["Analysts: ann", "Support: ?"]],
    ["a role whose people are not known", [{ id: "r1", isOpen: true }], ["Analysts: ann ?"]],
    ["another name", [{ id: "r1", name: "Insights" }], ["Insights: ann"]],
    [
      "another name that another resource already uses",
      [
        { name: "insights", joining: ["bob"] },
        { id: "r1", name: "Insights" },
      ],
      ["Insights: ann bob"],
    ],
    [
      "a new role, and its people one by one",
      [{ name: "Support" }, { name: "support", joining: ["bob"] }, { name: "Support", joining: ["cleo"] }],
      ["Analysts: ann", "Support: bob cleo"],
    ],
    ["a role that no longer exists", [{ id: "r9", joining: ["bob"] }], ["Analysts: ann"]],
    ["a role that exists by now", [{ name: "analysts", joining: ["bob"] }], ["Analysts: ann bob"]],
    ["a role without id and name", [{ joining: ["bob"] }], ["Analysts: ann"]],
  ];
  test.each(cases)("%s", (_, expected, after) => expect(rolesAfter(...expected)).toEqual(after));
});
