import fc from "fast-check";
import {
  compareLevels,
  highestLevel,
  isAccessLevel,
  isAtLeast,
  levelProblem,
  levelRange,
  organizationLevelName,
  organizationLevelOf,
  organizationLevels,
  projectLevelOf,
  projectLevels,
  resourceLevels,
} from "../../../provider/access/levels";

describe("organization levels", () => {
  test.each([
    [1, "member"],
    [8, "admin"],
    [15, "owner"],
    ["member", "member"],
    ["admin", "admin"],
    ["owner", "owner"],
  ] as const)("reads %s as %s", (given, expected) => {
    expect(organizationLevelOf(given)).toBe(expected);
    expect(organizationLevelName(organizationLevels[expected])).toBe(expected);
  });

  test("show a number that PostHog adds later as that number, never under a wrong name", () => {
    expect(organizationLevelName(3)).toBe("level 3");
  });
});

describe("project levels", () => {
  test.each([
    [1, "member"],
    [8, "admin"],
    ["none", "none"],
    ["member", "member"],
    ["admin", "admin"],
  ] as const)("reads %s as %s", (given, expected) => {
    expect(projectLevelOf(given)).toBe(expected);
  });
});

describe("the range of levels", () => {
  test.each([
    ["project", ["none", "member", "admin"], "admin", "admin"],
    ["action", ["viewer", "editor", "manager"], "editor", "manager"],
    ["activity_log", ["none", "viewer"], "viewer", "viewer"],
    ["toolbar", ["none", "viewer"], "viewer", "viewer"],
    ["feature_flag", ["none", "viewer", "editor", "manager"], "editor", "manager"],
    ["something_new", ["none", "viewer", "editor", "manager"], "editor", "manager"],
    ["constructor", ["none", "viewer", "editor", "manager"], "editor", "manager"],
  ])("of %s is what PostHog allows there", (resource, levels, byDefault, highest) => {
    expect(levelRange(resource)).toEqual({ levels, default: byDefault });
    expect(highestLevel(resource)).toBe(highest);
  });

  test.each([
    ["feature_flag", "editor", undefined],
    ["action", "none", "cannot be none: for action it must be viewer, editor or manager"],
    ["activity_log", "editor", "cannot be editor: for activity_log it must be none or viewer"],
    ["project", "viewer", "cannot be viewer: for project it must be none, member or admin"],
    ["dashboard", "admin", "cannot be admin: for dashboard it must be none, viewer, editor or manager"],
    [
      "dashboard",
      "superuser",
      "is not an access level: for dashboard it must be none, viewer, editor or manager",
    ],
    ["dashboard", "Editor", "is not an access level"],
    ["dashboard", "", "is not an access level"],
  ])("judges a rule on %s with the level %j", (resource, level, expected) => {
    const problem = levelProblem(resource, level);
    expect(problem?.slice(0, expected?.length)).toBe(expected);
  });

  test("tells a level from other words", () => {
    expect([...projectLevels, ...resourceLevels].every(isAccessLevel)).toBe(true);
    expect(["owner", "toString", "", "NONE"].some(isAccessLevel)).toBe(false);
  });
});

describe("comparing levels", () => {
  test.each([
    ["project", projectLevels],
    ["resource", resourceLevels],
  ])("follows the order of %s levels", (_, levels) => {
    fc.assert(
      fc.property(fc.nat(levels.length - 1), fc.nat(levels.length - 1), (left, right) => {
        const [one, other] = [levels[left] ?? "none", levels[right] ?? "none"];
        expect(Math.sign(compareLevels(one, other))).toBe(Math.sign(left - right));
        expect(isAtLeast(one, other)).toBe(left >= right);
      }),
    );
  });
});
