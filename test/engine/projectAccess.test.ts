import { rulesIn, setByHand } from "../support/access";
import { changesOf, javascript, withStack } from "./harness";

const objects = [{ resource: "feature_flag", name: "The new checkout", id: 9, key: "new-checkout" }];
const emulator = {
  seed: {
    users: [{ email: "owner@acme.test", password: "a-long-enough-password" }],
    organizations: [
      {
        name: "Acme",
        members: [
          { email: "owner@acme.test", level: "owner" as const },
          { email: "analyst@acme.test" },
          { email: "developer@acme.test" },
        ],
        projects: [{ name: "Production", id: 1, objects }],
      },
    ],
  },
};

const program = (policy: string): string => `
  const analysts = new posthog.Role("analysts", { name: "Analysts", members: ["analyst@acme.test"] });
  const access = new posthog.ProjectAccess("production", { projectId: 1, ${policy} }, { dependsOn: analysts });
  const rule = new posthog.AccessControl("checkout", {
    projectId: 1, resource: "feature_flag", resourceId: "new-checkout", role: analysts.roleId, accessLevel: "viewer",
  });
  exports.grants = access.grants;
  exports.unmanaged = access.unmanaged;
  exports.effective = rule.effective;
`;
const closed = 'defaultAccess: "none", roles: { Analysts: "member" }';
const closedRules = [
  "feature_flag 9 role Analysts: viewer",
  "project default: none",
  "project role Analysts: member",
];

test("a policy is previewed, applied, drifts, fails halfway, is finished and destroyed", () =>
  withStack(
    program(closed),
    async (stack, posthog) => {
      expect((await stack.preview()).text).toMatch(
        /analyst@acme\.test loses admin on Production, keeps member through role Analysts/,
      );
      await stack.up();
      expect(rulesIn(posthog)).toEqual(closedRules);
      expect(await stack.outputs()).toEqual({
        grants: ["project/default: none", "project/role/Analysts: member"],
        unmanaged: [],
        effective: true,
      });
      await stack.preview({ flags: ["--expect-no-changes"] });

      await setByHand(posthog, { role: "Analysts", level: "admin" });
      await setByHand(posthog, { member: "developer@acme.test", level: "admin" });
      await stack.preview({ flags: ["--refresh", "--expect-no-changes"], fails: true });
      await stack.refresh();

      await stack.setProgram(javascript(program(`${closed}, mode: "exclusive", removalLimit: 0.5`)));
      const preview = await stack.preview();
      expect(preview.text).toMatch(
        /analyst@acme\.test loses admin on Production, keeps member through role Analysts/,
      );
      expect(preview.text).toMatch(/developer@acme\.test loses admin on Production, now none/);
      posthog.faults.add({
        kind: "status",
        status: 403,
        method: "PUT",
        path: "/api/projects/1/access_controls",
        skip: 1,
      });
      await stack.up({ fails: true });
      expect(changesOf(await stack.up())).toEqual([expect.stringMatching(/^update production/)]);
      expect(rulesIn(posthog)).toEqual(closedRules);

      await stack.destroy();
      expect(rulesIn(posthog)).toEqual([]);
    },
    { emulator },
  ));

test("a policy is read, adopted, cannot remove too much, and is the only one in its project", () =>
  withStack(
    'const { members, grants } = posthog.ProjectAccess.get("found", "1"); exports.members = members; exports.grants = grants;',
    async (stack, posthog) => {
      for (const member of ["analyst@acme.test", "developer@acme.test"])
        await setByHand(posthog, { member, level: "admin" });
      await stack.up();
      expect(await stack.outputs()).toMatchObject({
        members: { "analyst@acme.test": "admin", "developer@acme.test": "admin" },
      });

      const policy = (more: string): string =>
        `new posthog.ProjectAccess("production", { projectId: 1, members: { "analyst@acme.test": "member" }, ${more} });`;
      await stack.setProgram(javascript(policy("")));
      expect((await stack.preview({ fails: true })).text).toMatch(
        /already exists \(id 1\) and differs in members/,
      );
      await stack.setProgram(javascript(policy('adopt: true, mode: "exclusive", removalLimit: 0')));
      expect((await stack.preview({ fails: true })).text).toMatch(
        /remove 1 of 2 grants, and removalLimit 0 allows 0/,
      );
      const single =
        'new posthog.ProjectMember("dev", { projectId: 1, user: "developer@acme.test", accessLevel: "admin" });';
      await stack.setProgram(javascript(policy('adopt: true, mode: "exclusive"') + single));
      expect((await stack.preview({ fails: true })).text).toMatch(
        /"(dev|production)" and .*"(dev|production)" manage the same thing/,
      );
      await stack.setProgram(javascript(policy('adopt: true, mode: "exclusive"')));
      await stack.up();
      expect(rulesIn(posthog)).toEqual(["project user analyst@acme.test: member"]);
    },
    { emulator },
  ));
