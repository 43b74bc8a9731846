import { indexAccess } from "../../../provider/access/effective";
import { judgeRules, mayChangeRules } from "../../../provider/access/ruleEffect";
import {
  type AccessRule,
  type AccessSnapshot,
  type Person,
  projectRule,
} from "../../../provider/access/snapshot";

const ann: Person = { userUuid: "user-ann", membershipId: "ann", email: "ann@acme.com", level: 1 };
const owner: Person = { userUuid: "user-owner", membershipId: "owner", email: "o@acme.com", level: 15 };

/** Ann is an analyst; nobody is a builder. */
const organization: AccessSnapshot = {
  people: [ann, owner],
  roles: [
    { id: "analysts", name: "Analysts", userUuids: ["user-ann"] },
    { id: "builders", name: "Builders", userUuids: [] },
  ],
  projects: [{ id: 7, name: "Production" }],
  rules: [],
  enforcesRules: true,
  enforcesRoleRules: true,
  mostSpecific: false,
};

type About = Pick<AccessRule, "membershipId" | "roleId" | "level">;
const onProject = (about: About) => projectRule(7, about);
const onType = (resource: string, about: About): AccessRule => ({ ...about, projectId: 7, resource });
const onObject = (resource: string, resourceId: string, about: About): AccessRule => ({
  ...about,
  projectId: 7,
  resource,
  resourceId,
});
const everybody = (level: AccessRule["level"]): About => ({ level });
const forAnn = (level: AccessRule["level"]): About => ({ level, membershipId: "ann" });
const forRole = (roleId: string, level: AccessRule["level"]): About => ({ level, roleId });

function judged(rule: AccessRule, others: AccessRule[] = [], facts: Partial<AccessSnapshot> = {}) {
  return judgeRules({ ...organization, ...facts, rules: [rule, ...others] })(rule);
}

describe("a rule has an effect", () => {
  test.each<[string, AccessRule, AccessRule[]]>([
    ["alone on the project", onProject(forAnn("member")), []],
    [
      "as a person's own, below the project's default",
      onProject(forAnn("member")),
      [onProject(everybody("admin"))],
    ],
    ["on a role that nobody is in yet", onProject(forRole("builders", "member")), []],
    [
      "on a role whose only member has more of their own",
      onProject(forRole("analysts", "member")),
      [onProject(forAnn("admin"))],
    ],
    ["as everybody's", onProject(everybody("none")), [onProject(forAnn("admin"))]],
    [
      "on a type, above the type's default",
      onType("survey", forAnn("manager")),
      [onType("survey", everybody("viewer"))],
    ],
    [
      "on an object, against the type",
      onObject("survey", "3", forAnn("none")),
      [onType("survey", forAnn("manager"))],
    ],
    [
      "on what is in a closed project, for those who are let in",
      onType("survey", everybody("viewer")),
      [onProject(everybody("none"))],
    ],
    [
      "at the same level as another one",
      onType("survey", forAnn("viewer")),
      [onType("survey", everybody("viewer"))],
    ],
  ])("%s", (_case, rule, others) => {
    expect(judged(rule, others)).toBeUndefined();
  });
});

describe("a rule has no effect", () => {
  test.each<[string, AccessRule, AccessRule[]]>([
    [
      "o@acme.com is an organization owner and already has full access",
      onProject({ level: "member", membershipId: "owner" }),
      [],
    ],
    [
      "role Analysts gives admin, and the highest level counts",
      onProject(forAnn("member")),
      [onProject(forRole("analysts", "admin"))],
    ],
    [
      "the rule for everybody gives editor, and the highest level counts",
      onType("survey", forRole("builders", "viewer")),
      [onType("survey", everybody("editor"))],
    ],
    [
      "the project itself is closed to ann@acme.com",
      onType("survey", forAnn("manager")),
      [onProject(everybody("none"))],
    ],
    [
      "the rule for everybody gives viewer on all of survey, and the highest level counts",
      onObject("survey", "3", everybody("editor")),
      [onType("survey", everybody("viewer"))],
    ],
    [
      "rules on all of dashboard_template have no effect: it inherits access from dashboard, so set the rule there",
      onType("dashboard_template", forAnn("viewer")),
      [],
    ],
    ["PostHog stores rules on annotation, but ignores them", onType("annotation", forAnn("viewer")), []],
  ])("because %s", (reason, rule, others) => {
    expect(judged(rule, others)).toBe(reason);
  });

  test("where the plan does not enforce it", () => {
    expect(judged(onProject(forAnn("member")), [], { enforcesRules: false })).toMatch(/access_control/);
    const role = onProject(forRole("analysts", "member"));
    expect(judged(role, [], { enforcesRoleRules: false })).toMatch(/role_based_access/);
  });

  test("for a different reason where the most specific rule counts", () => {
    const viewer = onType("survey", forAnn("viewer"));
    const [role, all] = [
      onType("survey", forRole("analysts", "manager")),
      onType("survey", everybody("editor")),
    ];
    expect(judged(viewer, [role, all], { mostSpecific: true })).toBeUndefined();
    expect(judged(viewer, [role, all])).toBe("role Analysts gives manager, and the highest level counts");
  });

  test("for people who cannot be listed too", () => {
    const hidden = onType("survey", { level: "viewer", membershipId: "hidden" });
    expect(judged(hidden)).toBeUndefined();
    expect(judged(hidden, [onProject(everybody("none"))])).toBe("the project itself is closed to the person");
  });
});

describe("who may change the rules of a project", () => {
  test.each<[string, Person, AccessRule[], boolean]>([
    ["an owner, whatever the rules", owner, [onProject({ level: "none", membershipId: "owner" })], true],
    ["its admin by a rule of their own", ann, [onProject(forAnn("admin"))], true],
    ["its admin by a role", ann, [onProject(forRole("analysts", "admin"))], true],
    ["nobody by PostHog's default", ann, [], false],
    ["everybody by a rule for everybody", ann, [onProject(everybody("admin"))], true],
    ["nobody by another's rule", ann, [onProject(forRole("builders", "admin"))], false],
    ["not its member", ann, [onProject(forAnn("member")), onProject(everybody("admin"))], false],
  ])("%s", (_case, person, rules, may) => {
    expect(mayChangeRules(indexAccess({ ...organization, rules }), person, 7)).toBe(may);
  });

  test("not someone whose own lower rule overrides the role's", () => {
    const rules = [onProject(forAnn("member")), onProject(forRole("analysts", "admin"))];
    const index = indexAccess({ ...organization, rules, mostSpecific: true });
    expect(mayChangeRules(index, ann, 7)).toBe(false);
  });
});
