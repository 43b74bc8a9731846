import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const who = { user: "analyst@acme.test" };

test.each([
  ["ProjectMember", { projectId: 1, ...who, accessLevel: 8 }, '"admin" instead of 8'],
  [
    "ProjectAccess",
    { projectId: 1, defaultAccess: 8, members: { [who.user]: 1, "developer@acme.test": 8 } },
    '"member" instead of 1 and "admin" instead of 8',
  ],
  ["OrganizationMember", { ...who, level: 15 }, '"owner" instead of 15'],
  [
    "OrganizationMember",
    { user: "new@acme.test", invite: { projectAccess: [{ projectId: 1, accessLevel: 1 }] } },
    '"member" instead of 1',
  ],
  ["Project", { name: "Shop", defaultAccess: 1 }, '"member" instead of 1'],
])("the preview of a %s with %j shows the names to use", (type, args, words) =>
  withWorld(async ({ resource, messages }) => {
    await resource(type).check(args);
    const said = messages.filter((message) => message.includes("levels have names"));
    expect(said).toEqual([expect.stringContaining(`levels have names: write ${words}`)]);
  }, acmeWorld()),
);

test("a preview has no message about levels by name", () =>
  withWorld(async ({ resource, messages }) => {
    await resource("ProjectMember").check({ projectId: 1, ...who, accessLevel: "member" });
    expect(messages.join("\n")).not.toContain("levels have names");
  }, acmeWorld()));
