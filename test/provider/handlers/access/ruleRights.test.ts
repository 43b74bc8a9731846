import { withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const resources: readonly [type: string, args: Record<string, unknown>, refusal: RegExp][] = [
  [
    "ProjectMember",
    { projectId: 1, user: "developer@acme.test", accessLevel: "member" },
    /may not change access rules of this project/,
  ],
  [
    "AccessControl",
    { projectId: 1, resource: "insight", accessLevel: "viewer" },
    /may not change access rules of this project/,
  ],
  [
    "AccessControl",
    { projectId: 1, resource: "dashboard", resourceId: 41, accessLevel: "viewer" },
    /may not change access rules of this object\n {2}why: .*the object's creator or manager/,
  ],
  [
    "ProjectAccess",
    { projectId: 1, members: { "developer@acme.test": "member" } },
    /may not change access rules of this project/,
  ],
  [
    "Project",
    { name: "Default project", adopt: true, defaultAccess: "none" },
    /may not change access rules of this project/,
  ],
  [
    "ProjectSecretApiKey",
    { projectId: 1, label: "service", scopes: ["feature_flag:read"] },
    /may not write secret API keys of project 1\n {2}why: .*their level there is member/,
  ],
];

/** A world with the key of someone who is not an organization admin, and a rule for them. */
const world = (level: string) =>
  acmeWorld({
    caller: "analyst@acme.test",
    organization: {
      projects: [
        { name: "Default project", id: 1, objects: [{ resource: "dashboard", id: 41, name: "Sales" }] },
      ],
      accessRules: [
        { project: "Default project", level: "member" },
        { project: "Default project", member: "analyst@acme.test", level },
      ],
    },
  });

describe.each(resources)("%s %j", (type, args, refusal) => {
  test("is refused at preview to a key whose owner may not write it, as by PostHog", () =>
    withWorld(async ({ resource, run }) => {
      const one = resource(type);
      expect(await one.refusals(args)).toEqual([expect.stringMatching(refusal)]);
      run({ preflight: "false" });
      await expect(one.up(args)).rejects.toThrow(
        /PostHog answered 403|could not change it back|could no longer manage|would shut out/,
      );
    }, world("member")));

  test("is written with the key of an admin of the project", () =>
    withWorld(async ({ resource, run }) => {
      const one = resource(type);
      await one.up(args);
      run();
      expect((await one.diff(args)).changes).toBe(false);
    }, world("admin")));
});

test.each(["ai_observability_clusters", "llm_playground", "toolbar"])(
  "a rule on %s is refused at preview for servers of July 2026",
  (type) =>
    withWorld(
      async ({ resource, run }) => {
        const rule = { projectId: 1, resource: type, accessLevel: "viewer" };
        expect(await resource("AccessControl").refusals(rule)).toEqual([
          expect.stringMatching(
            new RegExp(`^resource: this PostHog server does not know the resource type ${type}`),
          ),
        ]);
        run();
        const policy = { projectId: 1, resources: { [type]: { default: "viewer" } } };
        expect(await resource("ProjectAccess").refusals(policy)).toEqual([
          expect.stringMatching(new RegExp(`^resources.${type}: this PostHog server does not know`)),
        ]);
      },
      { emulator: { generation: "2026-07" } },
    ),
);
