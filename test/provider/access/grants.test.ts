import { byProjectFirst, grantText, parseGrantText, targetKey } from "../../../provider/access/grants";

describe("a grant as a line of state", () => {
  test.each([
    ["project/default: none", { resource: "project", subject: "default", level: "none" }],
    [
      "project/user/ann@acme.com: admin",
      { resource: "project", subject: "user/ann@acme.com", level: "admin" },
    ],
    [
      "feature_flag/role/R&D: Web/Mobile: editor",
      { resource: "feature_flag", subject: "role/R&D: Web/Mobile", level: "editor" },
    ],
    ["project/role/two\nlines: admin", { resource: "project", subject: "role/two\nlines", level: "admin" }],
    [
      "project (malformed)/default: admin",
      { resource: "project (malformed)", subject: "default", level: "admin" },
    ],
  ])("is %s, and can be read back", (line, grant) => {
    expect(grantText(grant)).toBe(line);
    expect(parseGrantText(line)).toEqual(grant);
  });

  test.each(["", "project", "project/default", "project/team/x: admin", "project/user/: admin"])(
    "is never %p",
    (line) => {
      expect(parseGrantText(line)).toBeUndefined();
    },
  );
});

test("the same person, role or default on the same thing is one place", () => {
  expect(targetKey({ resource: "insight", membershipId: "m" })).toBe("insight/user/m");
  expect(targetKey({ resource: "insight", roleId: "m" })).toBe("insight/role/m");
  expect(targetKey({ resource: "insight" })).toBe("insight/default");
});

test("rules on the project itself sort before rules on its contents", () => {
  const lines = [
    "action/default",
    "project/user/b",
    "survey/default",
    "project/default",
    "project (malformed)/default",
  ];
  expect([...lines].sort(byProjectFirst)).toEqual([
    "project/default",
    "project/user/b",
    "action/default",
    "project (malformed)/default",
    "survey/default",
  ]);
});
