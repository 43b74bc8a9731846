import { rulesIn } from "../../../support/access";
import { withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const analyst = "analyst@acme.test";
const refusal = /could no longer manage|could not change it back|would shut out the key's own owner/;

/** A world with the key of a member whom the default rule makes a project admin, and these other rules. */
const openWorld = (...rules: { member?: string; level: string }[]) =>
  acmeWorld({
    caller: analyst,
    organization: {
      accessRules: [{ level: "admin" }, ...rules].map((rule) => ({ project: "Default project", ...rule })),
    },
  });
const project = { name: "Default project", adopt: true };
const policy = { projectId: 1, adopt: true };

describe("whom only the rule for everybody makes an admin does not lose that", () => {
  test.each<[type: string, args: Record<string, unknown>]>([
    ["Project", { ...project, defaultAccess: "none" }],
    ["Project", { ...project, defaultAccess: "member" }],
    ["Project", { ...project, accessControl: true }],
    ["Project", { ...project, accessControl: false }],
    ["ProjectAccess", { ...policy, defaultAccess: "none" }],
    ["ProjectAccess", { ...policy, defaultAccess: "member" }],
    ["ProjectMember", { projectId: 1, user: analyst, accessLevel: "none" }],
    ["ProjectMember", { projectId: 1, accessLevel: "none", user: analyst, adopt: true }],
  ])("by %s %j", (type, args) =>
    withWorld(async ({ emulator, resource, run }) => {
      const rules = rulesIn(emulator);
      run({ preflight: "false" });
      await expect(resource(type).up(args)).rejects.toThrow(refusal);
      expect(rulesIn(emulator)).toEqual(rules);
    }, openWorld()),
  );

  test.each<[type: string, args: Record<string, unknown>]>([
    ["Project", project],
    ["ProjectAccess", policy],
  ])("when %s gives the rule up", (type, args) =>
    withWorld(async ({ emulator, resource, run }) => {
      const it = resource(type);
      await it.up({ ...args, defaultAccess: "admin" });
      const rules = rulesIn(emulator);
      run({ preflight: "false" });
      await expect(it.up(args)).rejects.toThrow(refusal);
      expect(rulesIn(emulator)).toEqual(rules);
    }, openWorld()),
  );
});

test("a project that is closed, and the owner's own rule that is removed, leave one of both when they are at once", () =>
  withWorld(
    async ({ emulator, resource, run }) => {
      const own = resource("ProjectMember");
      await own.up({ projectId: 1, user: analyst, accessLevel: "admin", adopt: true });
      run();
      const closed = resource("Project").up({ ...project, defaultAccess: "none" });
      const ended = await Promise.allSettled([closed, own.destroy()]);
      expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(rulesIn(emulator).filter((rule) => rule.endsWith(": admin"))).toHaveLength(1);
    },
    openWorld({ member: analyst, level: "admin" }),
  ));
