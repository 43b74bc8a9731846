import { SYSTEM } from "../../../emulator";
import { handlers } from "../../../provider/handlers";
import { projectSecretApiKeys } from "../../../provider/posthog/apiKeys";
import { listRoles } from "../../../provider/posthog/roles";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const crashes = ({ emulator }: World): string[] =>
  emulator.requests.filter(({ status }) => status === 500).map(({ method, path }) => `${method} ${path}`);

test("a project that PostHog creates while it answers 500 is created once", () =>
  withWorld(
    async (world) => {
      const { emulator, resource } = world;
      emulator.store.organizations.update(
        emulator.organizationId,
        { members_can_create_projects: true },
        SYSTEM,
      );
      const project = resource("Project");
      await project.up({ name: "Staging" });
      expect(crashes(world)).toHaveLength(1);
      expect(emulator.store.projects.all().filter(({ name }) => name === "Staging")).toHaveLength(1);
      expect(emulator.store.projects.get(Number(project.id))?.name).toBe("Staging");
    },
    acmeWorld({ generation: "2026-07", caller: "analyst@acme.test" }),
  ));

interface WrongValue {
  readonly world: Parameters<typeof acmeWorld>[0];
  readonly write: (world: World) => Promise<unknown>;
  readonly names: RegExp;
}

const wrongValues: Record<string, WrongValue> = {
  "a default role that was deleted meanwhile": {
    world: { generation: "2026-07", organization: { roles: [{ name: "Analysts" }] } },
    write: async ({ emulator, resource, host }) => {
      const settings = resource("OrganizationSettings");
      await listRoles(host().connection());
      for (const { id } of emulator.store.roles.all()) emulator.store.roles.delete(id, SYSTEM);
      await settings.up({ defaultRoleId: "Analysts" });
    },
    names: /defaultRoleId: the organization has no role/,
  },
  "a label that another key of the project was given meanwhile": {
    world: { generation: "2026-07" },
    write: async ({ emulator, resource, run, host }) => {
      const one = resource("ProjectSecretApiKey", "one");
      await one.up({ projectId: 1, label: "Other", scopes: ["feature_flag:read"] });
      const two = resource("ProjectSecretApiKey", "two");
      await two.up({ projectId: 1, label: "Two", scopes: ["feature_flag:read"] });
      run({ preflight: "false" });
      await projectSecretApiKeys(host().connection(), 1).list();
      emulator.store.projectSecretApiKeys.update(one.id.replace("1/", ""), { label: "One" }, SYSTEM);
      await two.up({ projectId: 1, label: "One", scopes: ["feature_flag:read"] });
    },
    names: /label: project 1 already has a key "One"/,
  },
  "a primary dashboard that August 2025 cannot take away": {
    world: { generation: "2025-08" },
    write: async ({ emulator, resource }) => {
      const settings = { ...emulator.store.projects.get(1)?.settings, primary_dashboard: 5 };
      emulator.store.projects.update(1, { settings }, SYSTEM);
      await resource("Project").up({
        name: "Default project",
        settings: { primaryDashboard: null, surveysOptIn: true },
        adopt: true,
      });
    },
    names: /primaryDashboard: servers of August 2025/,
  },
  "a retention that the plan does not include": {
    world: { generation: "2026-07", organization: { features: ["access_control"] } },
    write: ({ resource }) =>
      resource("Project").up({
        name: "Default project",
        settings: { sessionRecordingRetentionPeriod: "5y" },
        adopt: true,
      }),
    names: /retention of recordings \(sessionRecordingRetentionPeriod\)/,
  },
};

describe("a 500 that means a wrong value is not retried, and the error names the argument", () => {
  test.each(Object.entries(wrongValues))("%s", (_, { world, write, names }) =>
    withWorld(async (driven) => {
      driven.run({ preflight: "false" });
      await expect(write(driven)).rejects.toThrow(names);
      expect(crashes(driven)).toHaveLength(1);
    }, acmeWorld(world)),
  );
});

describe.each(["2025-08", "2026-07", "current"] as const)("on a server of %s", (generation) => {
  test.each([...handlers.keys()])("a malformed id of a %s gives a clear error, never a crash", (type) =>
    withWorld(async (world) => {
      await expect(world.resource(type).get("zz")).rejects.toThrow(/zz|not a|no /);
      expect(crashes(world)).toEqual([]);
    }, acmeWorld({ generation })),
  );
});

test.each(["2025-08", "2026-07", "current"] as const)(
  "a malformed organization id gives a clear error, and does not crash a server of %s",
  (generation) =>
    withWorld(async (world) => {
      world.run({ organizationId: "not-a-uuid" });
      expect((await world.resource("Project").refusals({ name: "Staging" })).join()).toMatch(
        /no access to organization "not-a-uuid"/,
      );
      expect(crashes(world)).toEqual([]);
    }, acmeWorld({ generation })),
);
