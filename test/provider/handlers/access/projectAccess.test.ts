import { SYSTEM } from "../../../../emulator";
import { accessWorld, renamePerson, rulesIn, setByHand, writesOf } from "../../../support/access";
import { withWorld } from "../../../support/driver";

const policy = {
  projectId: 1,
  defaultAccess: "none",
  members: { "analyst@acme.test": "member" },
  roles: { Analysts: "admin" },
  resources: { feature_flag: { default: "viewer", roles: { Analysts: "editor" } } },
};
const policyRules = [
  "feature_flag default: viewer",
  "feature_flag role Analysts: editor",
  "project default: none",
  "project role Analysts: admin",
  "project user analyst@acme.test: member",
];

describe("the access policy of a project", () => {
  test("is written with one request for each grant, and writing it again changes nothing", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(policy);
      expect(access.id).toBe("1");
      expect(rulesIn(world.emulator)).toEqual(policyRules);
      expect(writesOf(world)).toHaveLength(5);
      expect(access.state).toMatchObject({
        grants: [
          "project/default: none",
          "project/role/Analysts: admin",
          "project/user/analyst@acme.test: member",
          "feature_flag/default: viewer",
          "feature_flag/role/Analysts: editor",
        ],
        unmanaged: [],
        subjectIds: { "user/analyst@acme.test": expect.any(String), "role/Analysts": expect.any(String) },
      });
      world.run();
      expect((await access.diff(policy)).changes).toBe(false);
      await access.up(policy);
      expect(writesOf(world)).toEqual([]);
    }, accessWorld()));

  test("changes grant by grant, in place", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(policy);
      world.run();
      const next = { ...policy, members: { "analyst@acme.test": "admin" } };
      expect(await access.diff(next)).toMatchObject({ changes: true, replaces: [] });
      await access.up(next);
      expect(writesOf(world)).toEqual(["PUT /api/projects/1/access_controls"]);
      expect(rulesIn(world.emulator)).toContain("project user analyst@acme.test: admin");
    }, accessWorld()));

  test("is the same for other capitals, the old numbers and an empty part", () =>
    withWorld(async ({ resource, run }) => {
      const access = resource("ProjectAccess");
      await access.up({ projectId: 1, members: { "analyst@acme.test": "member" } });
      run();
      const same = { projectId: "1", members: { "Analyst@ACME.test": 1 } };
      expect(await access.diff(same)).toMatchObject({ changes: false });
      expect((await access.diff({ ...same, projectId: 2 })).replaces).toEqual(["projectId"]);
    }, accessWorld()));

  test("takes people by UUID and roles by id, and shows them as they are written", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const uuid = emulator.store.users.where("email", "analyst@acme.test")[0]?.uuid ?? "";
      const roleId = emulator.store.roles.all()[0]?.id ?? "";
      const args = { projectId: 1, members: { [uuid]: "member" }, roles: { [roleId]: "admin" } };
      const access = resource("ProjectAccess");
      await access.up(args);
      expect(access.state.grants).toEqual([`project/role/${roleId}: admin`, `project/user/${uuid}: member`]);
      run();
      expect((await access.refresh())?.inputs).toEqual(args);
    }, accessWorld()));

  test("removes what is no longer declared, and restores PostHog's default", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const access = resource("ProjectAccess");
      await access.up(policy);
      run();
      await access.up({ projectId: 1, members: policy.members, removalLimit: 1 });
      expect(rulesIn(emulator)).toEqual(["project user analyst@acme.test: member"]);
      expect(access.state).toMatchObject({ grants: ["project/user/analyst@acme.test: member"] });
    }, accessWorld()));

  test("deletes only what it manages; deleting it twice is no error", () =>
    withWorld(
      async ({ emulator, resource, run }) => {
        const access = resource("ProjectAccess");
        await access.up(policy);
        const { id, state, inputs } = access;
        run();
        await access.destroy();
        expect(rulesIn(emulator)).toEqual(["project user developer@acme.test: member"]);
        access.remember(id, state, inputs);
        run();
        await access.destroy();
        expect(rulesIn(emulator)).toEqual(["project user developer@acme.test: member"]);
      },
      accessWorld([{ member: "developer@acme.test", level: "member" }]),
    ));

  test("is read whole by the project's number", () =>
    withWorld(
      async ({ resource }) => {
        const { outputs } = await resource("ProjectAccess").get("1");
        expect(outputs).toMatchObject({
          projectId: 1,
          defaultAccess: "none",
          members: { "analyst@acme.test": "member" },
          roles: {},
          resources: { survey: { roles: { Analysts: "viewer" } } },
          grants: [
            "project/default: none",
            "project/user/analyst@acme.test: member",
            "survey/role/Analysts: viewer",
          ],
          unmanaged: [],
        });
        await expect(resource("ProjectAccess").get("1/user/ann")).rejects.toThrow(/project's number/);
        await expect(resource("ProjectAccess").get("999")).rejects.toThrow(/there is no ProjectAccess/);
      },
      accessWorld([
        { level: "none" },
        { member: "analyst@acme.test", level: "member" },
        { role: "Analysts", resource: "survey", level: "viewer" },
      ]),
    ));
});

describe("undeclared grants", () => {
  const undeclared = accessWorld([
    { member: "developer@acme.test", level: "admin" },
    { member: "developer@acme.test", resource: "survey", level: "manager" },
    { role: "Analysts", level: "member" },
    { resource: "insight", level: "viewer" },
    { member: "analyst@acme.test", level: "member" },
  ]);
  const declared = { projectId: 1, members: { "analyst@acme.test": "member" } };
  const unmanaged = [
    "project/role/Analysts: member",
    "project/user/developer@acme.test: admin",
    "insight/default: viewer",
    "survey/user/developer@acme.test: manager",
  ];

  test("stay in additive mode, and the preview lists them", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(declared);
      expect(access.state).toMatchObject({ grants: ["project/user/analyst@acme.test: member"], unmanaged });
      expect(writesOf(world)).toEqual([]);
      expect(world.messages.join("\n")).toMatch(/keeps undeclared grants: project\/role\/Analysts: member/);
    }, undeclared));

  test("are removed in exclusive mode, on types of resource too", () =>
    withWorld(async ({ emulator, resource }) => {
      await resource("ProjectAccess").up({ ...declared, mode: "exclusive", removalLimit: 1 });
      expect(rulesIn(emulator)).toEqual(["project user analyst@acme.test: member"]);
    }, undeclared));

  test("stay in exclusive mode if they are ignored", () =>
    withWorld(async ({ emulator, resource, messages }) => {
      const access = resource("ProjectAccess");
      const ignore = ["Developer@acme.test", "Contractors"];
      await access.up({ ...declared, mode: "exclusive", removalLimit: 1, ignore });
      expect(rulesIn(emulator)).toEqual([
        "project user analyst@acme.test: member",
        "project user developer@acme.test: admin",
        "survey user developer@acme.test: manager",
      ]);
      expect(access.state.unmanaged).toEqual([]);
      expect(messages.join("\n")).toMatch(/warning: .*ignore lists Contractors, but no person or role/);
    }, undeclared));

  test("stay when a policy starts to ignore them", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(declared);
      world.run();
      await access.up({ projectId: 1, ignore: ["analyst@acme.test"] });
      expect(writesOf(world)).toEqual([]);
      expect(access.state.grants).toEqual([]);
    }, undeclared));

  test("do not include the project's default in exclusive mode", () =>
    withWorld(
      async (world) => {
        const access = world.resource("ProjectAccess");
        await access.up({ ...declared, mode: "exclusive" });
        expect(access.state.unmanaged).toEqual(["project/default: none"]);
        expect(rulesIn(world.emulator)).toEqual([
          "project default: none",
          "project user analyst@acme.test: member",
        ]);
      },
      accessWorld([{ level: "none" }]),
    ));

  test("give a warning if they are malformed and open a closed project, and are removed in exclusive mode", () =>
    withWorld(async (world) => {
      await setByHand(world.emulator, { resource: "project", level: "admin" });
      const access = world.resource("ProjectAccess");
      await access.up(declared);
      expect(world.messages.join("\n")).toMatch(/warning: .*1 malformed rule, which may open it/);
      expect(access.state.unmanaged).toEqual(["project (malformed)/default: admin"]);
      world.run();
      await access.up({ ...declared, mode: "exclusive" });
      expect(rulesIn(world.emulator)).toEqual(["project user analyst@acme.test: member"]);
    }, accessWorld()));
});

describe("drift of a policy", () => {
  test("shows every grant that was changed or removed by hand", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(policy);
      await setByHand(world.emulator, { member: "analyst@acme.test", level: "admin" });
      await setByHand(world.emulator, { role: "Analysts", level: null });
      await setByHand(world.emulator, { resource: "feature_flag", level: "none" });
      await setByHand(world.emulator, { level: null });
      world.run();
      expect((await access.refresh())?.inputs).toEqual({
        projectId: 1,
        defaultAccess: "admin",
        members: { "analyst@acme.test": "admin" },
        roles: {},
        resources: { feature_flag: { default: "none", roles: { Analysts: "editor" } } },
      });
      expect((await access.diff(policy)).changes).toBe(true);
      world.run();
      await access.up(policy);
      expect(writesOf(world)).toHaveLength(4);
      expect(rulesIn(world.emulator)).toEqual(policyRules);
    }, accessWorld()));

  test("shows new grants as unmanaged in additive mode", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(policy);
      await setByHand(world.emulator, { member: "developer@acme.test", level: "admin" });
      world.run();
      await access.refresh();
      expect(access.state.unmanaged).toEqual(["project/user/developer@acme.test: admin"]);
      expect((await access.diff(policy)).changes).toBe(false);
    }, accessWorld()));

  test("shows new grants as changes in exclusive mode, and the next update removes them", () =>
    withWorld(async (world) => {
      const exclusive = { projectId: 1, members: policy.members, mode: "exclusive" };
      const access = world.resource("ProjectAccess");
      await access.up(exclusive);
      await setByHand(world.emulator, { role: "Analysts", level: "admin" });
      await setByHand(world.emulator, { member: "developer@acme.test", resource: "survey", level: "viewer" });
      world.run();
      expect((await access.refresh())?.inputs).toEqual({
        ...exclusive,
        roles: { Analysts: "admin" },
        resources: { survey: { members: { "developer@acme.test": "viewer" } } },
      });
      expect((await access.diff(exclusive)).changes).toBe(true);
      world.run();
      await access.up({ ...exclusive, removalLimit: 0.7 });
      expect(rulesIn(world.emulator)).toEqual(["project user analyst@acme.test: member"]);
    }, accessWorld()));

  test("does not include a person's new address or a role's new name, and their grants stay managed", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const access = resource("ProjectAccess");
      await access.up(policy);
      renamePerson(emulator, "analyst@acme.test", "ana@acme.test");
      const role = emulator.store.roles.all()[0];
      emulator.store.roles.update(role?.id ?? "", { name: "Data" }, SYSTEM);
      run();
      await access.refresh();
      expect((await access.diff(policy)).changes).toBe(false);
      run();
      const renamed = {
        ...policy,
        members: { "ana@acme.test": "member" },
        roles: { Data: "admin" },
        resources: {},
      };
      await access.up({ ...renamed, removalLimit: 1 });
      expect(rulesIn(emulator)).toEqual([
        "project default: none",
        "project role Data: admin",
        "project user ana@acme.test: member",
      ]);
      run();
      await access.up({ projectId: 1, removalLimit: 1 });
      expect(rulesIn(emulator)).toEqual([]);
    }, accessWorld()));

  test("names a role called __proto__ by its id, because the state cannot keep such a name", () =>
    withWorld(
      async ({ resource, run, emulator }) => {
        const access = resource("ProjectAccess");
        await access.up({ projectId: 1, mode: "exclusive", members: { "analyst@acme.test": "member" } });
        const role = emulator.store.roles.all()[0];
        expect(role?.name).toBe("__proto__");
        await setByHand(emulator, { role: "__proto__", level: "admin" });
        run();
        await access.refresh();
        expect(access.state.roles).toEqual({ [String(role?.id)]: "admin" });
      },
      accessWorld([], { organization: { roles: [{ name: "__proto__", members: [] }] } }),
    ));

  test("is the whole policy when the project is deleted", () =>
    withWorld(async ({ emulator, resource, run, messages }) => {
      const access = resource("ProjectAccess");
      await access.up(policy);
      emulator.store.projects.delete(1, SYSTEM);
      run();
      expect(await access.refresh()).toBeUndefined();
      expect(messages.join()).toMatch(/was deleted outside this program/);
    }, accessWorld()));

  test("does not delete a policy that cannot be read", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const access = resource("ProjectAccess");
      await access.up(policy);
      run();
      emulator.faults.add({ kind: "status", status: 404, path: "/api/projects/1/access_controls" });
      await expect(access.refresh()).rejects.toThrow(/answered 404/);
    }, accessWorld()));
});
