import { indexAccess } from "../../../provider/access/effective";
import type { AccessLevel } from "../../../provider/access/levels";
import {
  type AccessRule,
  type AccessSnapshot,
  type Person,
  projectRule,
} from "../../../provider/access/snapshot";

const ann: Person = { userUuid: "user-ann", membershipId: "member-ann", email: "ann@acme.com", level: 1 };
const bob: Person = { userUuid: "user-bob", membershipId: "member-bob", email: "bob@acme.com", level: 1 };
const owner: Person = {
  userUuid: "user-owner",
  membershipId: "member-owner",
  email: "o@acme.com",
  level: 15,
};

const production = 7;
/** Ann is in both roles, Bob in none. */
const organization: AccessSnapshot = {
  people: [ann, bob, owner],
  roles: [
    { id: "role-a", name: "Analysts", userUuids: ["user-ann"] },
    { id: "role-b", name: "Builders", userUuids: ["user-ann"] },
    { id: "role-c", name: "Nobody", userUuids: [] },
  ],
  projects: [{ id: production, name: "Production" }],
  rules: [],
  enforcesRules: true,
  enforcesRoleRules: true,
  mostSpecific: false,
};

const subjects = {
  own: { membershipId: "member-ann" },
  roleA: { roleId: "role-a" },
  roleB: { roleId: "role-b" },
  roleC: { roleId: "role-c" },
  others: { membershipId: "member-bob" },
  everybody: {},
} as const;
type Levels = Partial<Record<keyof typeof subjects, AccessLevel>>;

function rulesFor(
  levels: Levels,
  make: (rule: Pick<AccessRule, "membershipId" | "roleId" | "level">) => AccessRule,
): AccessRule[] {
  return Object.entries(subjects).flatMap(([name, subject]) => {
    const level = levels[name as keyof typeof subjects];
    return level === undefined ? [] : [make({ ...subject, level })];
  });
}

const onProject = (levels: Levels) => rulesFor(levels, (rule) => projectRule(production, rule));
const onType = (resource: string, levels: Levels) =>
  rulesFor(levels, (rule) => ({ ...rule, projectId: production, resource }));
const onObject = (resource: string, resourceId: string, levels: Levels) =>
  rulesFor(levels, (rule) => ({ ...rule, projectId: production, resource, resourceId }));

function shown({ level, reason }: { level: string; reason: { kind: string; roleName?: string } }): string {
  return `${level} ${reason.roleName ?? reason.kind}`;
}

describe("access to a project", () => {
  test.each<[Levels, string, string]>([
    [{}, "admin builtInDefault", "admin builtInDefault"],
    [{ everybody: "none" }, "none defaultRule", "none defaultRule"],
    [{ everybody: "member" }, "member defaultRule", "member defaultRule"],
    [{ everybody: "none", own: "member" }, "member ownRule", "member ownRule"],
    [{ everybody: "admin", own: "member" }, "member ownRule", "member ownRule"],
    [{ everybody: "admin", own: "none" }, "none ownRule", "none ownRule"],
    [{ everybody: "admin", roleA: "member" }, "member Analysts", "member Analysts"],
    [{ roleA: "member", roleB: "admin" }, "admin Builders", "admin Builders"],
    [{ roleA: "none", roleB: "member" }, "member Builders", "member Builders"],
    [{ own: "member", roleA: "admin" }, "admin Analysts", "member ownRule"],
    [{ own: "none", roleA: "admin" }, "admin Analysts", "none ownRule"],
    [{ own: "admin", roleA: "member" }, "admin ownRule", "admin ownRule"],
    [{ own: "admin", roleA: "admin" }, "admin ownRule", "admin ownRule"],
    [{ others: "none", roleC: "none" }, "admin builtInDefault", "admin builtInDefault"],
    [{ everybody: "member", others: "admin" }, "member defaultRule", "member defaultRule"],
  ])(
    "with %j is %s where the highest rule wins, and %s where the most specific one does",
    (levels, legacy, specific) => {
      const snapshot = { ...organization, rules: onProject(levels) };
      expect(shown(indexAccess(snapshot).onProject(ann, production))).toBe(legacy);
      expect(shown(indexAccess({ ...snapshot, mostSpecific: true }).onProject(ann, production))).toBe(
        specific,
      );
    },
  );

  test("is the highest for organization admins, whatever the rules say", () => {
    const index = indexAccess({ ...organization, rules: onProject({ everybody: "none" }) });
    expect(shown(index.onProject(owner, production))).toBe("admin organizationAdmin");
    expect(shown(index.onProject({ ...ann, level: 8 }, production))).toBe("admin organizationAdmin");
  });

  test("ignores rules on roles where the plan does not enforce them", () => {
    const rules = onProject({ everybody: "none", roleA: "admin" });
    const index = indexAccess({ ...organization, rules, enforcesRoleRules: false });
    expect(shown(index.onProject(ann, production))).toBe("none defaultRule");
  });

  test("ignores every rule where the plan enforces none", () => {
    const index = indexAccess({
      ...organization,
      rules: onProject({ everybody: "none" }),
      enforcesRules: false,
    });
    expect(shown(index.onProject(ann, production))).toBe("member notEnforced");
    expect(shown(index.onType(ann, production, "dashboard"))).toBe("editor notEnforced");
    expect(shown(index.onProject(owner, production))).toBe("admin organizationAdmin");
  });

  test("ignores malformed rules that name no project, and those of other projects", () => {
    const rules: AccessRule[] = [
      { projectId: production, resource: "project", level: "none" },
      { projectId: production, resource: "project", resourceId: "8", level: "none" },
      projectRule(8, { level: "none" }),
    ];
    const index = indexAccess({ ...organization, rules });
    expect(shown(index.onProject(ann, production))).toBe("admin builtInDefault");
    expect(index.typesWithRules(production)).toEqual([]);
  });

  test("takes the higher of two rules that a race left at one address", () => {
    const rules = [
      ...onProject({ own: "member" }),
      ...onProject({ own: "admin" }),
      ...onProject({ own: "none" }),
    ];
    expect(
      shown(indexAccess({ ...organization, rules, mostSpecific: true }).onProject(ann, production)),
    ).toBe("admin ownRule");
  });
});

describe("access to a type of resource", () => {
  test.each<[Levels, string, string]>([
    [{}, "editor builtInDefault", "editor builtInDefault"],
    [{ everybody: "viewer" }, "viewer defaultRule", "viewer defaultRule"],
    [{ everybody: "manager", own: "viewer" }, "manager defaultRule", "viewer ownRule"],
    [{ everybody: "none", own: "viewer" }, "viewer ownRule", "viewer ownRule"],
    [{ everybody: "editor", roleA: "none", roleB: "viewer" }, "editor defaultRule", "viewer Builders"],
    [{ own: "none", roleA: "viewer" }, "viewer Analysts", "none ownRule"],
    [{ own: "viewer", everybody: "viewer" }, "viewer ownRule", "viewer ownRule"],
    [{ roleA: "viewer" }, "viewer Analysts", "viewer Analysts"],
    [{ others: "manager", roleC: "manager" }, "editor builtInDefault", "editor builtInDefault"],
  ])(
    "with %j is %s where the highest rule wins, and %s where the most specific one does",
    (levels, legacy, specific) => {
      const snapshot = { ...organization, rules: onType("dashboard", levels) };
      expect(shown(indexAccess(snapshot).onType(ann, production, "dashboard"))).toBe(legacy);
      expect(
        shown(indexAccess({ ...snapshot, mostSpecific: true }).onType(ann, production, "dashboard")),
      ).toBe(specific);
    },
  );

  test("is that of the parent where the type inherits, and rules on the child do not count", () => {
    const rules = [
      ...onType("warehouse_view", { own: "none" }),
      ...onType("warehouse_objects", { own: "viewer" }),
    ];
    const index = indexAccess({ ...organization, rules });
    expect(shown(index.onType(ann, production, "warehouse_view"))).toBe("viewer ownRule");
    expect(index.typesWithRules(production)).toEqual(["warehouse_objects"]);
  });

  test.each([
    ["activity_log", "viewer", "viewer"],
    ["action", "editor", "manager"],
    ["feature_flag", "editor", "manager"],
  ])("of %s is %s without a rule, and %s for organization admins", (resource, byDefault, highest) => {
    const index = indexAccess(organization);
    expect(shown(index.onType(ann, production, resource))).toBe(`${byDefault} builtInDefault`);
    expect(shown(index.onType(owner, production, resource))).toBe(`${highest} organizationAdmin`);
  });

  test("is none in a project that is closed to the person, even with a rule on the type", () => {
    const rules = [
      ...onProject({ everybody: "none", others: "member" }),
      ...onType("dashboard", { own: "manager" }),
    ];
    const index = indexAccess({ ...organization, rules });
    expect(shown(index.onType(ann, production, "dashboard"))).toBe("none projectClosed");
    expect(shown(index.onObject(ann, production, "dashboard", "1"))).toBe("none projectClosed");
    expect(shown(index.onType(bob, production, "dashboard"))).toBe("editor builtInDefault");
  });
});

describe("access to one object", () => {
  test.each<[Levels, Levels, string, string]>([
    [{}, {}, "editor builtInDefault", "editor builtInDefault"],
    [{ own: "none" }, { everybody: "manager" }, "none ownRule", "none ownRule"],
    [{ own: "none", roleA: "editor" }, {}, "editor Analysts", "none ownRule"],
    [{ everybody: "none" }, {}, "none defaultRule", "none defaultRule"],
    [{ everybody: "none" }, { everybody: "editor" }, "editor defaultRule", "none defaultRule"],
    [{ everybody: "editor" }, { own: "none" }, "none ownRule", "editor defaultRule"],
    [{}, { roleB: "viewer" }, "viewer Builders", "viewer Builders"],
    [{ others: "none" }, { others: "none" }, "editor builtInDefault", "editor builtInDefault"],
  ])(
    "with %j on it and %j on its type is %s, or %s by the most specific rule",
    (object, type, legacy, specific) => {
      const rules = [...onObject("dashboard", "1", object), ...onType("dashboard", type)];
      const snapshot = { ...organization, rules };
      expect(shown(indexAccess(snapshot).onObject(ann, production, "dashboard", "1"))).toBe(legacy);
      expect(
        shown(indexAccess({ ...snapshot, mostSpecific: true }).onObject(ann, production, "dashboard", "1")),
      ).toBe(specific);
    },
  );

  test("counts rules on objects of an inheriting type, below the parent's rules on the type", () => {
    const rules = [
      ...onObject("warehouse_view", "v", { own: "viewer" }),
      ...onType("warehouse_objects", { everybody: "none" }),
    ];
    const index = indexAccess({ ...organization, rules });
    expect(shown(index.onObject(ann, production, "warehouse_view", "v"))).toBe("viewer ownRule");
    expect(shown(index.onObject(ann, production, "warehouse_view", "w"))).toBe("none defaultRule");
    expect(shown(index.onObject(owner, production, "warehouse_view", "w"))).toBe("manager organizationAdmin");
  });
});
