import { SYSTEM } from "../../../../emulator";
import { accessWorld, renamePerson, rulesIn, setByHand, writesOf } from "../../../support/access";
import { withWorld } from "../../../support/driver";

const onType = { projectId: 1, resource: "feature_flag", role: "Analysts", accessLevel: "editor" };

const [notebookId, featureId] = [
  "018f0000-0000-4000-8000-00000000000b",
  "018f0000-0000-4000-8000-00000000000c",
];
const objects = [
  { resource: "dashboard", name: "Growth", id: 7 },
  { resource: "insight", name: "Funnel", id: 8, shortId: "aB3dE5fG" },
  { resource: "feature_flag", name: "The new checkout", id: 9, key: "new-checkout" },
  { resource: "feature_flag", name: "The newer checkout", id: 10, key: "new-checkout-2" },
  { resource: "notebook", name: "Ideas", id: notebookId, shortId: "nB3dE5fG" },
  { resource: "early_access_feature", name: "Dark mode", id: featureId },
];
const withObjects = accessWorld([], {
  organization: { projects: [{ name: "Default project", id: 1, objects }] },
});

describe("a rule on a type of resource", () => {
  test("is set with one write, and setting it again changes nothing", () =>
    withWorld(async (world) => {
      const rule = world.resource("AccessControl");
      await rule.up(onType);
      const role = world.emulator.store.roles.all()[0]?.id;
      expect(rule.id).toBe(`1/feature_flag/role/${role}`);
      expect(rule.state).toMatchObject({ ...onType, effective: true });
      expect(rule.state).not.toHaveProperty("effectiveReason");
      expect(rulesIn(world.emulator)).toEqual(["feature_flag role Analysts: editor"]);
      world.run();
      await rule.up(onType);
      expect(writesOf(world)).toEqual([]);
    }, accessWorld()));

  const subjects: [string, Record<string, unknown>, RegExp][] = [
    ["everybody", {}, /^1\/survey\/default$/],
    ["a person", { user: "Analyst@acme.test" }, /^1\/survey\/user\/[0-9a-f-]{36}$/],
    ["a role", { role: "analysts" }, /^1\/survey\/role\/[0-9a-f-]{36}$/],
  ];
  test.each(subjects)("is for %s, and is created and deleted alone", (_, who, id) =>
    withWorld(
      async ({ emulator, resource, run }) => {
        const args = { projectId: 1, resource: "survey", accessLevel: "viewer", ...who };
        const rule = resource("AccessControl");
        await rule.up(args);
        expect(rule.id).toMatch(id);
        run();
        expect((await rule.refresh())?.inputs).toEqual(args);
        await rule.up({ ...args, accessLevel: "manager" });
        expect(rulesIn(emulator)).toHaveLength(2);
        await rule.destroy();
        expect(rulesIn(emulator)).toEqual(["insight default: viewer"]);
      },
      accessWorld([{ resource: "insight", level: "viewer" }]),
    ),
  );

  test("is replaced when anything but the level changes", () =>
    withWorld(async ({ resource }) => {
      const rule = resource("AccessControl");
      await rule.up(onType);
      const { role: _, ...everybody } = onType;
      for (const [argument, other] of [
        ["projectId", { ...onType, projectId: 2 }],
        ["resource", { ...onType, resource: "survey" }],
        ["resourceId", { ...onType, resourceId: 9 }],
        ["role", everybody],
      ] as const) {
        expect((await rule.diff(other)).replaces).toEqual([argument]);
      }
      expect(await rule.diff({ ...onType, accessLevel: "viewer" })).toMatchObject({
        changes: true,
        replaces: [],
      });
      expect((await rule.diff({ ...onType, role: "ANALYSTS", projectId: "1" })).changes).toBe(false);
    }, withObjects));

  test("shows a changed level as drift, and a removed rule as deleted", () =>
    withWorld(async (world) => {
      const rule = world.resource("AccessControl");
      await rule.up(onType);
      await setByHand(world.emulator, { role: "Analysts", resource: "feature_flag", level: "viewer" });
      world.run();
      expect((await rule.refresh())?.inputs).toEqual({ ...onType, accessLevel: "viewer" });
      await setByHand(world.emulator, { role: "Analysts", resource: "feature_flag", level: null });
      world.run();
      expect(await rule.refresh()).toBeUndefined();
      world.run();
      await rule.up(onType);
      expect(rulesIn(world.emulator)).toEqual(["feature_flag role Analysts: editor"]);
    }, accessWorld()));

  test("survives a change of the person's e-mail address", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const args = { projectId: 1, resource: "survey", user: "analyst@acme.test", accessLevel: "viewer" };
      const rule = resource("AccessControl");
      await rule.up(args);
      renamePerson(emulator, "analyst@acme.test", "ana@acme.test");
      run();
      expect((await rule.diff({ ...args, user: "ana@acme.test" })).replaces).toEqual([]);
      await rule.up({ ...args, user: "ana@acme.test" });
      expect(rule.state.email).toBe("ana@acme.test");
      expect(rulesIn(emulator)).toEqual(["survey user ana@acme.test: viewer"]);
    }, accessWorld()));

  test("survives renaming the role, with or without a refresh", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const rule = resource("AccessControl");
      await rule.up(onType);
      const role = emulator.store.roles.all()[0];
      emulator.store.roles.update(role?.id ?? "", { name: "Data" }, SYSTEM);
      run();
      expect(await rule.diff({ ...onType, role: "data" })).toMatchObject({ replaces: [] });
      await rule.up({ ...onType, role: "data" });
      expect(rule.state).toMatchObject({ role: "data", roleUuid: role?.id });
      emulator.store.roles.update(role?.id ?? "", { name: "Numbers" }, SYSTEM);
      run();
      expect((await rule.refresh())?.inputs).toEqual({ ...onType, role: "data" });
    }, accessWorld()));

  test("is adopted with a different level only with adopt: true", () =>
    withWorld(
      async (world) => {
        const rule = world.resource("AccessControl");
        expect((await rule.refusals(onType)).join()).toMatch(/already exists .*differs in accessLevel/);
        expect(await rule.refusals({ ...onType, accessLevel: "viewer" })).toEqual([]);
        world.run();
        await rule.up({ ...onType, adopt: true });
        expect(rulesIn(world.emulator)).toEqual(["feature_flag role Analysts: editor"]);
      },
      accessWorld([{ resource: "feature_flag", role: "Analysts", level: "viewer" }]),
    ));

  test("repeats a write whose response was lost, and writes one rule", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({ kind: "dropAfter", method: "PUT", path: /resource_access_controls/ });
      await world.resource("AccessControl").up(onType);
      expect(rulesIn(world.emulator)).toEqual(["feature_flag role Analysts: editor"]);
      expect(writesOf(world)).toHaveLength(2);
    }, accessWorld()));
});

describe("a rule on one object", () => {
  const cases: [string, Record<string, unknown>, string, string, string][] = [
    [
      "a dashboard by its number",
      { resource: "dashboard", resourceId: 7 },
      "7",
      "dashboard 7",
      "dashboards/7",
    ],
    ["an insight by its number", { resource: "insight", resourceId: "8" }, "8", "insight 8", "insights/8"],
    [
      "an insight by its short id",
      { resource: "insight", resourceId: "aB3dE5fG" },
      "8",
      "insight 8",
      "insights/8",
    ],
    [
      "a feature flag by its key, though another begins alike",
      { resource: "feature_flag", resourceId: "new-checkout" },
      "9",
      "feature_flag 9",
      "feature_flags/9",
    ],
    [
      "a notebook by its short id",
      { resource: "notebook", resourceId: "nB3dE5fG" },
      "nB3dE5fG",
      `notebook ${notebookId}`,
      "notebooks/nB3dE5fG",
    ],
    [
      "a notebook by its stored id",
      { resource: "notebook", resourceId: notebookId },
      "nB3dE5fG",
      `notebook ${notebookId}`,
      "notebooks/nB3dE5fG",
    ],
    [
      "a type whose address is no plural",
      { resource: "early_access_feature", resourceId: featureId },
      featureId,
      `early_access_feature ${featureId}`,
      `early_access_feature/${featureId}`,
    ],
  ];
  test.each(cases)("finds %s", (_, what, objectId, stored, path) =>
    withWorld(async (world) => {
      const { emulator, resource, run, requests } = world;
      const args = { projectId: 1, user: "analyst@acme.test", accessLevel: "viewer", ...what };
      const rule = resource("AccessControl");
      await rule.up(args);
      expect(rulesIn(emulator)).toEqual([`${stored} user analyst@acme.test: viewer`]);
      expect(writesOf(world)).toEqual([`PUT /api/projects/1/${path}/access_controls`]);
      expect(rule.state.objectId).toBe(objectId);
      run();
      expect((await rule.refresh())?.inputs).toEqual(args);
      const lookUps = requests().filter(
        (request) => /^GET .api.projects/.test(request) && !request.endsWith("access_controls"),
      );
      expect(lookUps).toEqual([]);
      await rule.destroy();
      expect(rulesIn(emulator)).toEqual([]);
    }, withObjects),
  );

  test("is the same object under each of its names", () =>
    withWorld(async ({ resource }) => {
      const rule = resource("AccessControl");
      const flag = { projectId: 1, resource: "feature_flag", accessLevel: "viewer" };
      await rule.up({ ...flag, resourceId: "new-checkout" });
      expect((await rule.diff({ ...flag, resourceId: 9 })).replaces).toEqual([]);
      expect((await rule.diff({ ...flag, resourceId: "new-checkout-2" })).replaces).toEqual(["resourceId"]);
      const [refusal] = await resource("AccessControl", "two").refusals({ ...flag, resourceId: 9 });
      expect(refusal).toMatch(/AccessControl "two" and AccessControl "it" manage the same thing/);
      expect(await resource("AccessControl", "three").refusals({ ...flag, resourceId: 10 })).toEqual([]);
    }, withObjects));

  test("is deleted with its object, but not when the object cannot be read", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const rule = resource("AccessControl");
      await rule.up({ projectId: 1, resource: "dashboard", resourceId: 7, accessLevel: "viewer" });
      emulator.faults.add({ kind: "status", status: 403, path: /dashboards\/7/ });
      run();
      await expect(rule.refresh()).rejects.toThrow(/answered 403/);
      emulator.store.objects.update("dashboard:7", { deleted: true }, SYSTEM);
      run();
      expect(await rule.refresh()).toBeUndefined();
    }, withObjects));

  test("is read by an id that people can type", () =>
    withWorld(async ({ resource }) => {
      const rule = resource("AccessControl");
      await rule.up({
        projectId: 1,
        resource: "feature_flag",
        resourceId: 9,
        role: "Analysts",
        accessLevel: "none",
      });
      const { outputs, id } = await resource("AccessControl").get(
        "1/feature_flag/new-checkout/role/analysts",
      );
      expect(id).toBe(rule.id);
      expect(outputs).toMatchObject({
        resource: "feature_flag",
        resourceId: "9",
        role: "Analysts",
        accessLevel: "none",
      });
      await expect(resource("AccessControl").get("1/feature_flag")).rejects.toThrow(
        /is not the id of an AccessControl/,
      );
      await expect(resource("AccessControl").get("1/survey/default")).rejects.toThrow(
        /there is no AccessControl/,
      );
    }, withObjects));

  test("costs one list for all rules on the object, however many there are", () =>
    withWorld(async (world) => {
      const people = ["analyst@acme.test", "developer@acme.test"];
      for (const user of people)
        await world
          .resource("AccessControl", user)
          .up({ projectId: 1, resource: "dashboard", resourceId: 7, user, accessLevel: "viewer" });
      world.run();
      for (const user of people) await world.resource("AccessControl", user).refresh();
      expect(world.requests().filter((request) => request.includes("access_controls"))).toEqual([
        "GET /api/projects/1/dashboards/7/access_controls",
        "GET /api/projects/1/access_controls",
        "GET /api/projects/1/resource_access_controls",
      ]);
    }, withObjects));
});

describe("a rule on an object of a type that this version does not know", () => {
  const rows = {
    results: [{ resource: "hologram", resource_id: "5", name: "H", short_id: null, access_level: "viewer" }],
  };
  const rule = { resource: "hologram", resource_id: "5", access_level: "editor" };
  const args = { projectId: 1, resource: "hologram", resourceId: "5", accessLevel: "editor", adopt: true };

  test("is written and read through PostHog's address for every type, with a warning", () =>
    withWorld(async (world) => {
      const { emulator, resource, messages } = world;
      emulator.faults.add({
        kind: "status",
        status: 200,
        body: rows,
        path: /access_control_default_objects/,
        times: 2,
      });
      emulator.faults.add({ kind: "status", status: 200, body: rule, path: /access_control_object_rules/ });
      const access = resource("AccessControl");
      await access.up(args);
      expect(messages.join("\n")).toMatch(/warning: .*this version does not know the resource type hologram/);
      expect(writesOf(world)).toEqual(["PUT /api/projects/1/access_control_object_rules"]);
      world.run();
      expect((await access.refresh())?.inputs).toMatchObject({ accessLevel: "viewer" });
    }, accessWorld()));

  test("is refused on servers without that address", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("AccessControl").refusals(args)).join()).toMatch(
          /this server \(of about July 2026\) has no access rules/,
        );
      },
      { ...accessWorld(), emulator: { ...accessWorld().emulator, generation: "old" } },
    ));
});
