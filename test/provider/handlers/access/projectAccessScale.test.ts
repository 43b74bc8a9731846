import { accessWorld, rulesIn, writesOf } from "../../../support/access";
import { type Driven, withWorld } from "../../../support/driver";

const people = Array.from({ length: 250 }, (_, index) => `person${index}@acme.test`);
const crowd = accessWorld([], {
  people,
  organization: {
    members: [{ email: "owner@acme.test", level: "owner" }, ...people.map((email) => ({ email }))],
    roles: [],
  },
});

describe("500 grants of one project", () => {
  const levels = (level: string) => Object.fromEntries(people.map((user) => [user, level]));
  const policy = {
    projectId: 1,
    members: levels("member"),
    resources: { survey: { members: levels("viewer") } },
  };

  test("take one write each, two lists of rules, and everybody in the organization once", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(policy);
      expect(writesOf(world)).toHaveLength(500);
      const reads = world.requests().filter((request) => request.startsWith("GET"));
      expect(reads.filter((request) => request.includes("access_controls"))).toHaveLength(2);
      expect(reads.length).toBeLessThanOrEqual(9);
      expect(JSON.stringify(access.state).length).toBeLessThan(120_000);

      world.run();
      await access.refresh();
      expect(world.requests().length).toBeLessThanOrEqual(7);
      world.run();
      await access.up({ ...policy, members: { ...policy.members, "person7@acme.test": "admin" } });
      expect(writesOf(world)).toHaveLength(1);
    }, crowd));
});

describe.each(["old", "mid", "new"] as const)("on a server of the %s generation", (generation) => {
  test("a policy is written, read back and deleted", () => {
    const world = accessWorld([{ member: "developer@acme.test", level: "admin" }]);
    return withWorld(
      async ({ emulator, resource, run }) => {
        const access = resource("ProjectAccess");
        const policy = {
          projectId: 1,
          defaultAccess: "none",
          roles: { Analysts: "member" },
          resources: { feature_flag: { default: "viewer" } },
          mode: "exclusive",
          removalLimit: 1,
        };
        await access.up(policy);
        expect(rulesIn(emulator)).toEqual([
          "feature_flag default: viewer",
          "project default: none",
          "project role Analysts: member",
        ]);
        run();
        expect((await access.refresh())?.inputs).toEqual(policy);
        await access.destroy();
        expect(rulesIn(emulator)).toEqual([]);
      },
      { ...world, emulator: { ...world.emulator, generation } },
    );
  });
});

describe("a policy alongside other resources of the program", () => {
  const analyst = { projectId: 1, members: { "analyst@acme.test": "member" } };
  const single = { projectId: 1, user: "Analyst@acme.test", accessLevel: "member" };
  const other = { projectId: 1, user: "developer@acme.test", accessLevel: "member" };
  const exclusive = { ...analyst, mode: "exclusive" };
  const cases: [string, [string, Record<string, unknown>], [string, Record<string, unknown>]][] = [
    ["the same grant in another policy", ["ProjectAccess", analyst], ["ProjectAccess", analyst]],
    [
      "the same default",
      ["ProjectAccess", { projectId: 1, defaultAccess: "none" }],
      ["ProjectAccess", { projectId: "1", defaultAccess: "member" }],
    ],
    ["the same person's single access", ["ProjectAccess", analyst], ["ProjectMember", single]],
    ["single access before it in exclusive mode", ["ProjectMember", other], ["ProjectAccess", exclusive]],
    ["single access after it in exclusive mode", ["ProjectAccess", exclusive], ["ProjectMember", other]],
    [
      "a single rule on a type in exclusive mode",
      ["ProjectAccess", exclusive],
      ["AccessControl", { projectId: 1, resource: "survey", accessLevel: "viewer" }],
    ],
    [
      "a single rule on a type that it manages",
      ["AccessControl", { projectId: 1, resource: "survey", role: "Analysts", accessLevel: "viewer" }],
      ["ProjectAccess", { projectId: 1, resources: { survey: { roles: { analysts: "viewer" } } } }],
    ],
  ];
  test.each(cases)("is refused with %s, naming both", (_, [firstType, firstArgs], [secondType, secondArgs]) =>
    withWorld(async ({ resource }) => {
      expect(await resource(firstType, "one").refusals(firstArgs)).toEqual([]);
      const [refusal] = await resource(secondType, "two").refusals(secondArgs);
      expect(refusal).toMatch(`${secondType} "two" and ${firstType} "one" manage the same thing`);
    }, accessWorld()),
  );

  const together: [string, (driven: (type: string, name: string) => Driven) => Promise<string[]>][] = [
    [
      "single access of others in additive mode",
      async (resource) => {
        await resource("ProjectAccess", "one").refusals(analyst);
        return resource("ProjectMember", "two").refusals(other);
      },
    ],
    [
      "a rule on a single object in exclusive mode",
      async (resource) => {
        await resource("ProjectAccess", "one").refusals(exclusive);
        return resource("AccessControl", "two").refusals({
          projectId: 1,
          resource: "survey",
          resourceId: "018f0000-0000-4000-8000-00000000000a",
          accessLevel: "viewer",
        });
      },
    ],
  ];
  test.each(together)("is accepted with %s", (_, refusals) =>
    withWorld(
      async ({ resource }) => expect(await refusals(resource)).toEqual([]),
      accessWorld([], {
        organization: {
          projects: [
            {
              name: "Default project",
              id: 1,
              objects: [{ resource: "survey", name: "NPS", id: "018f0000-0000-4000-8000-00000000000a" }],
            },
          ],
        },
      }),
    ),
  );
});
