import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { as, at, badValue, IDS, twoOrganizations } from "../support";

/**
 * Changes to access rules after July 2026. No recording covers them: each test names the pull request of PostHog's
 * public repository that shows the change.
 */

let emulator: Emulator;
let july: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ seed: twoOrganizations() });
  july = await startEmulator({ seed: twoOrganizations(), generation: "2026-07" });
});
afterEach(() => {
  emulator.reset();
  july.reset();
});
afterAll(async () => {
  await emulator.close();
  await july.close();
});

const PROJECT = `/api/projects/${IDS.website}/access_controls/`;
const DASHBOARD = `/api/projects/${IDS.website}/dashboards/1/access_controls/`;
const RULE = { access_level: "none", organization_member: IDS.analystMember };

describe("rules are deleted with their object (pull request 104434)", () => {
  const dashboardRules = ({ store }: Emulator) =>
    store.accessRules.all().filter(({ resource }) => resource === "dashboard");

  test.each([
    ["deleted", ({ store }: Emulator) => store.objects.delete("dashboard:1", SYSTEM)],
    ["hidden", ({ store }: Emulator) => store.objects.update("dashboard:1", { deleted: true }, SYSTEM)],
  ])("if the object is %s", async (_how, remove) => {
    for (const server of [emulator, july]) {
      await as(server, "owner").put(DASHBOARD, RULE);
      await as(server, "owner").put(PROJECT, RULE);
      remove(server);
    }
    expect(dashboardRules(emulator)).toEqual([]);
    expect(dashboardRules(july)).toHaveLength(1);
    expect(emulator.store.accessRules.all()).toMatchObject([{ resource: "project" }]);
  });
});

test("an object's rules show what would apply without them (pull requests 76045 and 83468)", async () => {
  const inherited = { access_level: "editor", source: "system_default" };
  expect(at(await as(emulator, "owner").get(DASHBOARD), "inherited_access")).toMatchObject(inherited);
  expect(at(await as(emulator, "owner").get(PROJECT), "inherited_access")).toBeNull();
  expect((await as(july, "owner").get(DASHBOARD)).body).not.toHaveProperty("inherited_access");
});

test("a rule is only for people and roles of the organization (posthog/ee/api/rbac/access_control.py)", async () => {
  const foreign = [
    { access_level: "member", organization_member: IDS.globexMember },
    { access_level: "member", role: IDS.globexRole },
  ];
  for (const rule of foreign) {
    expect(await as(july, "owner").put(PROJECT, rule)).toMatchObject({ status: 200 });
    expect(await as(emulator, "owner").put(PROJECT, rule)).toMatchObject(
      badValue(
        `The ${"role" in rule ? "role" : "member"} must belong to the same organization as this project.`,
      ),
    );
  }
});
