import type { Properties } from "../../../provider/engine/state";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const slug = { organizationId: "acme" };
const uuid = { organizationId: "018F0000-0000-4000-8000-000000000001" };
const account = { account: "other" };

/** The configuration and an account with the same key. */
const config = (): Parameters<typeof withWorld>[1] => {
  const world = acmeWorld();
  const other = { apiKey: world.config.apiKey, organizationId: "acme" };
  return { ...world, config: { ...world.config, accounts: JSON.stringify({ other }) } };
};

/** A preview's errors about the second of two new resources. */
async function refusals(world: World, type: string, one: Properties, other: Properties): Promise<string[]> {
  expect(await world.resource(type, "one").refusals(one)).toEqual([]);
  return world.resource(type, "other").refusals(other);
}

describe("two resources with one natural key", () => {
  const unique: [string, Properties][] = [
    ["Role", { name: "Analysts" }],
    ["OrganizationDomain", { domain: "acme.com" }],
    ["ProjectSecretApiKey", { projectId: 1, label: "CI", scopes: ["feature_flag:read"] }],
    ["OrganizationMember", { user: "new@acme.test" }],
    ["IdentityProvider", { name: "IdP", domains: [], scim: { enabled: true } }],
    ["ProjectMember", { projectId: 1, user: "analyst@acme.test", accessLevel: "member" }],
  ];
  const spellings: [string, Properties, Properties][] = [
    ["spelled alike", {}, {}],
    ["of an organization by UUID and by slug", uuid, slug],
    ["of an account and of none", {}, account],
    ["of an account and by UUID", account, uuid],
  ];
  const cases = unique.flatMap(([type, args]) =>
    spellings.map(([spelled, one, other]) => ({ type, args, spelled, one, other })),
  );
  test.each(cases)("of kind $type are refused at preview, $spelled", ({ type, args, one, other }) =>
    withWorld(async (world) => {
      const [refusal, ...others] = await refusals(world, type, { ...args, ...one }, { ...args, ...other });
      expect(refusal).toContain(`${type} "other" and ${type} "one" manage the same thing`);
      expect(others).toEqual([]);
    }, config()),
  );
});

describe("two personal API keys of one label", () => {
  const args = { label: "CI", scopes: ["insight:read"] };

  test("are refused at preview, unless the second one is declared as such", () =>
    withWorld(async (world) => {
      expect(await refusals(world, "PersonalApiKey", args, { ...args, ...account })).toEqual([
        'label: PersonalApiKey "one" of this program has the label "CI" as well\n' +
          "  fix: choose another label, or set adopt: false for a second key of that label",
      ]);
    }, config()));

  test("are warned about with adopt: false", () =>
    withWorld(async (world) => {
      const second = { ...args, adopt: false };
      expect(await refusals(world, "PersonalApiKey", args, second)).toEqual([]);
      expect(world.messages.join("\n")).toContain(
        'PersonalApiKey "one" of this program has the label "CI" as well',
      );
    }, config()));

  test("stay unchanged if the program already had them", () =>
    withWorld(async (world) => {
      const [one, other] = ["one", "other"].map((name) => world.resource("PersonalApiKey", name));
      await one?.up(args);
      await other?.up({ ...args, adopt: false });
      world.run();
      expect(await one?.refusals(args)).toEqual([]);
      expect(await other?.refusals({ ...args, adopt: false })).toEqual([]);
      expect(await other?.refusals({ ...args, adopt: false, scopes: ["insight:write"] })).toEqual([]);
      expect(world.messages).toEqual([]);
    }, config()));
});
