import fc from "fast-check";
import { changeLine, describeChange } from "../../../provider/access/change";
import { indexAccess } from "../../../provider/access/effective";
import {
  type AccessLevel,
  compareLevels,
  projectLevels,
  resourceLevels,
} from "../../../provider/access/levels";
import { resourceTypes } from "../../../provider/access/resourceTypes";
import {
  type AccessRule,
  type AccessSnapshot,
  type Person,
  projectRule,
} from "../../../provider/access/snapshot";

const ids = ["0", "1", "2", "3"] as const;
const people: Person[] = ids.map((id) => ({
  userUuid: `user-${id}`,
  membershipId: `member-${id}`,
  email: `${id}@acme.com`,
  level: id === "3" ? 8 : 1,
}));
const projects = [
  { id: 1, name: "One" },
  { id: 2, name: "Two" },
];
const types = ["dashboard", "feature_flag", "activity_log"];

const subject = fc.oneof(
  fc.record({ membershipId: fc.constantFrom(...people.map((person) => person.membershipId)) }),
  fc.record({ roleId: fc.constantFrom("role-a", "role-b") }),
  fc.constant({}),
);
const rule: fc.Arbitrary<AccessRule> = fc.oneof(
  fc
    .tuple(fc.constantFrom(1, 2), subject, fc.constantFrom(...projectLevels))
    .map(([projectId, about, level]) => projectRule(projectId, { ...about, level })),
  fc
    .tuple(fc.constantFrom(1, 2), subject, fc.constantFrom(...resourceLevels), fc.constantFrom(...types))
    .map(([projectId, about, level, resource]) => ({ ...about, projectId, resource, level })),
);
const snapshot: fc.Arbitrary<AccessSnapshot> = fc
  .record({
    rules: fc.array(rule, { maxLength: 12 }),
    inA: fc.subarray(people.map((person) => person.userUuid)),
    inB: fc.subarray(people.map((person) => person.userUuid)),
    enforcesRules: fc.boolean(),
    enforcesRoleRules: fc.boolean(),
    mostSpecific: fc.boolean(),
  })
  .map(({ inA, inB, ...rest }) => ({
    ...rest,
    people,
    projects,
    roles: [
      { id: "role-a", name: "A", userUuids: inA },
      { id: "role-b", name: "B", userUuids: inB },
    ],
  }));

/** Every query of a snapshot. */
const questions = people.flatMap((person) =>
  projects.flatMap(({ id }) =>
    ["project", ...types].map((resource) => ({ person, projectId: id, resource })),
  ),
);
type Question = (typeof questions)[number];

function ask(of: AccessSnapshot, { person, projectId, resource }: Question) {
  const index = indexAccess(of);
  return resource === "project"
    ? index.onProject(person, projectId)
    : index.onType(person, projectId, resource);
}

/** The same answer, computed the slow and plain way. */
function slowly(of: AccessSnapshot, question: Question): AccessLevel {
  const { person, projectId, resource } = question;
  const builtIn: AccessLevel =
    resource === "project" ? "admin" : resource === "activity_log" ? "viewer" : "editor";
  const highest: AccessLevel =
    resource === "project" ? "admin" : resource === "activity_log" ? "viewer" : "manager";
  if (person.level >= 8) return highest;
  if (!of.enforcesRules) return resource === "project" ? "member" : builtIn;
  if (resource !== "project" && slowly(of, { ...question, resource: "project" }) === "none") return "none";
  const here = of.rules.filter((one) => one.projectId === projectId && one.resource === resource);
  const own = here.filter((one) => one.membershipId === person.membershipId);
  const roles = of.roles.filter((role) => role.userUuids.includes(person.userUuid)).map((role) => role.id);
  const byRole = here.filter((one) => of.enforcesRoleRules && one.roleId && roles.includes(one.roleId));
  const forAll = here.filter((one) => !one.membershipId && !one.roleId);
  const steps = of.mostSpecific
    ? [own, byRole, forAll]
    : resource === "project"
      ? [[...own, ...byRole], forAll]
      : [[...own, ...byRole, ...forAll]];
  const deciding = steps.find((step) => step.length > 0) ?? [];
  const levels = deciding.map((one) => one.level).sort(compareLevels);
  return levels[levels.length - 1] ?? builtIn;
}

describe("for any rules", () => {
  test("the index answers as a plain search through the rules does", () => {
    fc.assert(
      fc.property(snapshot, (any) => {
        for (const question of questions) expect(ask(any, question).level).toBe(slowly(any, question));
      }),
    );
  });

  test("adding a rule at least as high as someone's level takes nothing away where the highest wins", () => {
    fc.assert(
      fc.property(snapshot, rule, fc.constantFrom(...questions), (any, more, question) => {
        const legacy = { ...any, mostSpecific: false };
        const before = ask(legacy, question).level;
        const applies = more.resource === question.resource && more.projectId === question.projectId;
        if (!applies || compareLevels(more.level, before) < 0) return;
        const after = ask({ ...legacy, rules: [...legacy.rules, more] }, question).level;
        expect(compareLevels(after, before)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("someone's own rule decides alone where the most specific one does", () => {
    fc.assert(
      fc.property(snapshot, (any) => {
        const specific = { ...any, mostSpecific: true };
        for (const question of questions) {
          const { reason, level } = ask(specific, question);
          if (reason.kind === "ownRule") expect(level).toBe(reason.rule.level);
          const own = specific.rules.some(
            (one) =>
              one.membershipId === question.person.membershipId &&
              one.projectId === question.projectId &&
              one.resource === question.resource,
          );
          if (own)
            expect(["ownRule", "organizationAdmin", "notEnforced", "projectClosed"]).toContain(reason.kind);
        }
      }),
    );
  });

  test("a rule about someone else changes nothing for a person", () => {
    fc.assert(
      fc.property(snapshot, rule, (any, more) => {
        const others = questions.filter(
          ({ person }) => more.membershipId && more.membershipId !== person.membershipId,
        );
        for (const question of others) {
          expect(ask({ ...any, rules: [...any.rules, more] }, question)).toEqual(ask(any, question));
        }
      }),
    );
  });

  test("the order of the rules does not matter", () => {
    fc.assert(
      fc.property(snapshot, (any) => {
        const reversed = { ...any, rules: [...any.rules].reverse() };
        for (const question of questions)
          expect(ask(reversed, question).level).toBe(ask(any, question).level);
      }),
    );
  });
});

describe("for any change", () => {
  test("nothing is reported if nothing changes", () => {
    fc.assert(
      fc.property(snapshot, (any) => {
        expect(describeChange(any, { ...any, rules: [...any.rules] })).toEqual([]);
      }),
    );
  });

  test("what a change gains, its reverse loses", () => {
    fc.assert(
      fc.property(snapshot, snapshot, (one, other) => {
        const flat = (from: AccessSnapshot, to: AccessSnapshot, direction: string) =>
          describeChange(from, to)
            .flatMap(({ person, changes }) => changes.map((change) => ({ person, ...change })))
            .filter((change) => change.direction === direction)
            .map(({ person, project, resource }) => `${person.email} ${project.id} ${resource}`)
            .sort();
        expect(flat(one, other, "gains")).toEqual(flat(other, one, "loses"));
        expect(flat(one, other, "keeps")).toEqual(flat(other, one, "keeps"));
      }),
    );
  });

  test("every difference of level is listed, or is part of entering or leaving the project", () => {
    fc.assert(
      fc.property(snapshot, snapshot, (one, other) => {
        const listed = new Set(
          describeChange(one, other).flatMap(({ person, changes }) =>
            changes
              .filter(({ direction }) => direction !== "keeps")
              .map(({ project, resource }) => `${person.email} ${project.id} ${resource}`),
          ),
        );
        for (const question of questions) {
          const [was, is] = [ask(one, question), ask(other, question)];
          if (was.level === is.level || one.enforcesRules !== other.enforcesRules) continue;
          const key = (resource: string) => `${question.person.email} ${question.projectId} ${resource}`;
          expect(listed.has(key(question.resource)) || listed.has(key("project"))).toBe(true);
        }
      }),
    );
  });

  test("each person gets one line, whatever happens to them", () => {
    fc.assert(
      fc.property(snapshot, snapshot, (one, other) => {
        for (const change of describeChange(one, other)) {
          expect(changeLine(change)).toMatch(/^\d@acme\.com (gains|keeps|loses) /);
          expect(changeLine(change)).not.toMatch(/undefined|\n|\[object/);
        }
      }),
    );
  });
});

describe("for a large organization", () => {
  test("5,000 people in 50 projects are resolved and compared within seconds", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => ({
      userUuid: `u${at}`,
      membershipId: `m${at}`,
      email: `${at}@acme.com`,
      level: at % 100 === 0 ? 8 : 1,
    }));
    const fifty = Array.from({ length: 50 }, (_, at) => ({ id: at + 1, name: `Project ${at}` }));
    const roles = Array.from({ length: 100 }, (_, at) => ({
      id: `r${at}`,
      name: `Role ${at}`,
      userUuids: many.filter((_person, index) => (index + at) % 20 === 0).map((person) => person.userUuid),
    }));
    const rules = fifty.flatMap(({ id: projectId }) => [
      projectRule(projectId, { level: "none" }),
      ...roles.map(({ id }) => projectRule(projectId, { roleId: id, level: "member" })),
      ...resourceTypes
        .slice(0, 5)
        .map((resource): AccessRule => ({ projectId, resource, roleId: "r1", level: "viewer" })),
    ]);
    const before: AccessSnapshot = {
      people: many,
      projects: fifty,
      roles,
      rules,
      enforcesRules: true,
      enforcesRoleRules: true,
      mostSpecific: false,
    };
    const after = { ...before, rules: rules.filter((one) => one.projectId !== 1 || one.roleId !== "r2") };
    const started = Date.now();
    const changes = describeChange(before, after);
    expect(Date.now() - started).toBeLessThan(8_000);
    // Role 2 shares its members with four other roles, so they keep their access through one of those.
    expect(changes).toHaveLength(250);
    expect(changes.every(({ changes: [first] }) => first?.direction === "keeps")).toBe(true);
  });
});
