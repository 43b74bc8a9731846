import { handlers } from "../../../provider/handlers";
import { scenarios, seedOf } from "../../../tools/sweep/scenarios";
import { withWorld } from "../../support/driver";

/** One scenario of each kind, on the newest server. */
const kinds = [...handlers.keys()].map((type) => {
  const scenario = scenarios.find((one) => one.type === type && one.generation === undefined);
  const onAnyServer = scenario ?? scenarios.find((one) => one.type === type);
  if (onAnyServer === undefined) throw new Error(`no scenario has a ${type}`);
  return [type, onAnyServer] as const;
});

/** The ids that people type, if they differ from the resource's. */
const typed: Readonly<Record<string, (id: string) => string>> = {
  OrganizationMember: (id) => id.toUpperCase(),
  IdentityProvider: () => "okta",
  Role: () => "analysts",
  RoleMembers: () => "team",
  RoleMembership: () => "Team/ANALYST@acme.test",
  ProjectMember: () => "1/user/Analyst@acme.test",
  OrgSsoSettings: () => "acme.test",
  OrganizationDomain: () => "acme.test",
};

const isKey = (type: string): boolean => type.endsWith("ApiKey");

test.each(kinds)("an imported %s equals the created one, and needs no update", (type, scenario) =>
  withWorld(
    async ({ resource, run, requests, messages }) => {
      const made = await resource(type, "made").up(scenario.before);
      run();
      const it = resource(type, "imported");
      const imported = await it.import(typed[type]?.(made.id) ?? made.id);
      expect(imported.id).toBe(made.id);
      expect(Object.values(imported.inputs)).not.toContain(null);
      expect(requests().filter((request) => !/^GET|login/.test(request))).toEqual([]);
      expect(messages.filter((message) => message.includes("only once"))).toHaveLength(isKey(type) ? 1 : 0);
      const { changed } = await it.diff(imported.inputs);
      expect(changed).toEqual([]);
      run();
      expect(await it.refusals(imported.inputs)).toEqual([]);
      const refreshed = await it.refresh();
      expect(refreshed).toEqual({ id: imported.id, inputs: imported.inputs, outputs: imported.outputs });
    },
    { emulator: { seed: seedOf(scenario), generation: scenario.generation } },
  ),
);

test("an imported project includes its default access and its settings", () =>
  withWorld(async ({ resource, run }) => {
    const settings = { anonymizeIps: true, sessionRecordingSampleRate: 0.25, appUrls: ["https://acme.test"] };
    const args = { name: "Shop", timezone: "Europe/Berlin", defaultAccess: "none", settings };
    const { id } = await resource("Project", "made").up(args);
    run();
    const { inputs } = await resource("Project", "imported").import(id);
    expect(inputs).toMatchObject({ name: "Shop", timezone: "Europe/Berlin", defaultAccess: "none" });
    expect(inputs.settings).toMatchObject({ anonymizeIps: true, appUrls: ["https://acme.test"] });
    expect(inputs).not.toHaveProperty("accessControl");
  }));

test("importing something that does not exist fails", () =>
  withWorld(async ({ resource }) => {
    await expect(resource("Project").import("77")).rejects.toThrow('no Project with the id "77"');
  }));
