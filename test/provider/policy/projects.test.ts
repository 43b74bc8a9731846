import type { DeclaredResource, Values } from "../../../provider/policy/rules/declared";
import { deletionProtected, productionClosed } from "../../../provider/policy/rules/projects";
import { declare, found, later, urnOf } from "./support";

const project = (name: string, values: Values = {}): DeclaredResource =>
  declare("Project", name.toLowerCase(), { name, ...values });
const policyOf = (name: string, values: Values): DeclaredResource =>
  declare(
    "ProjectAccess",
    "policy",
    { projectId: later, ...values },
    { sources: { projectId: [urnOf("Project", name)] } },
  );

const unset = 'Project "production": defaultAccess is set neither here nor on a ProjectAccess of the project';

describe("production-closed, of a project by itself", () => {
  test.each<[string, Values, string[]]>([
    ["closed", { defaultAccess: "none" }, []],
    ["closed in PostHog's earlier word", { accessControl: true }, []],
    ["not known yet", { defaultAccess: later }, []],
    ["not known yet in PostHog's earlier word", { accessControl: later }, []],
    ["left open", {}, [unset]],
    [
      "opened",
      { defaultAccess: "member" },
      [
        'Project "production": defaultAccess is member, which opens the project to every member of the organization',
      ],
    ],
    [
      "opened in PostHog's earlier word",
      { accessControl: false },
      [
        'Project "production": accessControl is false, which opens the project to every member of the organization',
      ],
    ],
  ])("that is %s", (_name, values, expected) => {
    expect(found(productionClosed, [project("Production", values)])).toEqual(expected);
  });
});

describe("production-closed, of a project with a policy", () => {
  test.each<[string, DeclaredResource, number]>([
    ["that closes it", policyOf("production", { defaultAccess: "none" }), 0],
    ["whose default is not known yet", policyOf("production", { defaultAccess: later }), 0],
    ["that leaves the default alone", policyOf("production", { members: {} }), 1],
    ["that opens it", policyOf("production", { defaultAccess: 8 }), 1],
    ["of another project", policyOf("staging", { defaultAccess: "none" }), 1],
    ["by its number", declare("ProjectAccess", "policy", { projectId: "2", defaultAccess: "none" }), 0],
    [
      "by another project's number",
      declare("ProjectAccess", "policy", { projectId: 3, defaultAccess: "none" }),
      1,
    ],
    [
      "of which nobody knows yet whose it is",
      declare("ProjectAccess", "policy", { projectId: later, defaultAccess: "none" }),
      0,
    ],
  ])("%s", (_name, policy, count) => {
    const projects = [project("Production", { projectId: 2 }), project("Staging", { projectId: 3 })];
    expect(found(productionClosed, [...projects, policy]).length).toBe(count);
  });

  test("names the resource that opens it, even if the project itself is closed", () => {
    const resources = [
      project("Production", { defaultAccess: "none" }),
      policyOf("production", { defaultAccess: "admin" }),
    ];
    expect(found(productionClosed, resources)).toEqual([
      'ProjectAccess "policy": defaultAccess is admin, which opens the project to every member of the organization',
    ]);
  });

  test("also matches by the policy's name, such as that of a matrix", () => {
    const shop = (values: Values): DeclaredResource =>
      declare("Project", "shop", { name: "Shop", ...values });
    const policy = (values: Values): DeclaredResource => ({
      ...policyOf("shop", values),
      name: "access-prod",
    });
    expect(found(productionClosed, [shop({}), policy({})])).toEqual([
      'Project "shop": defaultAccess is set neither here nor on a ProjectAccess of the project',
    ]);
    expect(found(productionClosed, [shop({ defaultAccess: "member" }), policy({})]).length).toBe(1);
    expect(found(productionClosed, [shop({ defaultAccess: "none" }), policy({})])).toEqual([]);
    expect(found(productionClosed, [shop({}), policy({ defaultAccess: "none" })])).toEqual([]);
  });
});

describe("production-closed, of a policy whose project is not in the stack", () => {
  const policy = (name: string, values: Values): DeclaredResource =>
    declare("ProjectAccess", name, { projectId: 2, ...values });
  const leaves =
    'ProjectAccess "access-production_project": defaultAccess is not set, so project 2 is open unless someone made it private by hand';

  test.each<[string, Values, string[]]>([
    ["closes it", { defaultAccess: "none" }, []],
    ["leaves its default alone", { members: { "ann@acme.test": "admin" } }, [leaves]],
    ["leaves its default alone and takes every other grant away", { mode: "exclusive" }, [leaves]],
    ["opens it", { defaultAccess: "member" }, [expect.stringContaining("defaultAccess is member")]],
    ["has a default that is not known yet", { defaultAccess: later }, []],
    ["leaves the default alone of a project that is not known yet", { projectId: later }, []],
    [
      "opens a project that is not known yet",
      { projectId: later, defaultAccess: "admin" },
      [expect.stringContaining("defaultAccess is admin")],
    ],
  ])("that %s", (_name, values, expected) => {
    expect(found(productionClosed, [policy("access-production_project", values)])).toEqual(expected);
    expect(found(productionClosed, [policy("access-staging_project", values)])).toEqual([]);
  });

  test("another policy of the same project may close it, or open it", () => {
    const bare = policy("access-production_project", {});
    const other = (values: Values): DeclaredResource => policy("everybody", { projectId: "2", ...values });
    expect(found(productionClosed, [bare, other({ defaultAccess: "none" })])).toEqual([]);
    expect(found(productionClosed, [bare, other({ defaultAccess: later })])).toEqual([]);
    expect(found(productionClosed, [bare, other({})])).toEqual([leaves]);
    expect(found(productionClosed, [bare, other({ defaultAccess: "member" })])).toEqual([
      expect.stringContaining('ProjectAccess "everybody": defaultAccess is member'),
    ]);
    expect(found(productionClosed, [bare, other({ projectId: 3, defaultAccess: "none" })])).toEqual([leaves]);
  });

  test("is excluded by the policy's name", () => {
    const settings = { except: ["access-production_project"] };
    expect(found(productionClosed, [policy("access-production_project", {})], settings)).toEqual([]);
  });
});

describe("what counts as production", () => {
  test.each([
    ["Production", true],
    ["prod", true],
    ["EU-Prod", true],
    ["Shop (production)", true],
    ["prod_2", true],
    ["Product", false],
    ["Reproduction", false],
    ["Preprod", false],
    ["Staging", false],
  ])("%s: %s", (name, counts) => {
    expect(found(productionClosed, [declare("Project", "it", { name })]).length).toBe(counts ? 1 : 0);
    expect(found(productionClosed, [declare("Project", name, { name: later })]).length).toBe(counts ? 1 : 0);
  });

  test("a project with an unknown name is not one, unless its resource's name matches", () => {
    expect(found(productionClosed, [declare("Project", "shop", { name: later })])).toEqual([]);
  });

  test("can be configured", () => {
    const resources = [project("Live shop"), project("Production")];
    expect(found(productionClosed, resources, { projects: "^live\\b" })).toEqual([
      expect.stringContaining('Project "live shop"'),
    ]);
    expect(found(productionClosed, resources, { projects: "live|prod", except: ["production"] }).length).toBe(
      1,
    );
  });

  test("an invalid pattern is reported once, with the setting", () => {
    expect(productionClosed.judge([project("Production")], { projects: "(" })).toEqual([
      {
        what: "invalid settings of production-closed: production-closed.projects: must be a regular expression",
        fix: "correct them in the pack, or in the file of --policy-pack-config",
      },
    ]);
    expect(deletionProtected.reach({ projects: "(" })).toBe("stack");
  });
});

describe("deletion-protected", () => {
  test.each<[Values, number]>([
    [{ deletionProtection: false }, 1],
    [{ deletionProtection: true }, 0],
    [{ deletionProtection: later }, 0],
    [{}, 0],
  ])("a project with %j breaks it %i times", (values, count) => {
    expect(found(deletionProtected, [project("Sandbox", values)])).toEqual(
      Array(count).fill('Project "sandbox": deletionProtection is false'),
    );
  });

  test("applies to the configured projects", () => {
    const resources = [project("Sandbox", { deletionProtection: false })];
    expect(found(deletionProtected, resources, { projects: "prod" })).toEqual([]);
    expect(found(deletionProtected, resources, { except: ["sandbox"] })).toEqual([]);
  });
});
