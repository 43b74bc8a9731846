import { type AccessLevel, compareLevels, highestLevel, levelRange, organizationAdmin } from "./levels";
import { governingType, isConsulted } from "./resourceTypes";
import type { AccessRule, AccessSnapshot, Person } from "./snapshot";

/** Why someone has the level they have. */
type Reason =
  /** Organization admins and owners have the highest level everywhere; no rule is consulted. */
  | { readonly kind: "organizationAdmin" }
  /** A rule on the person. */
  | { readonly kind: "ownRule"; readonly rule: AccessRule }
  /** A rule on a role that the person has. */
  | { readonly kind: "roleRule"; readonly rule: AccessRule; readonly roleName: string }
  /** The rule for everyone. */
  | { readonly kind: "defaultRule"; readonly rule: AccessRule }
  /** No rule: PostHog's built-in default. */
  | { readonly kind: "builtInDefault" }
  /** The plan does not enforce access rules. */
  | { readonly kind: "notEnforced" }
  /** The project is closed to the person. */
  | { readonly kind: "projectClosed" };

/** What someone can do, and why. */
export interface EffectiveAccess {
  readonly level: AccessLevel;
  readonly reason: Reason;
}

/** Answers who can do what, from rules that are indexed once. */
export interface AccessIndex {
  /** Level on the project as a whole. */
  onProject(person: Person, projectId: number): EffectiveAccess;
  /** Level on a type of resource; a type that inherits has its parent's level. */
  onType(person: Person, projectId: number, resource: string): EffectiveAccess;
  /** Level on one object that someone else created; the creator of an object manages it. */
  onObject(person: Person, projectId: number, resource: string, objectId: string): EffectiveAccess;
  /** Types of resource for which the project has type-wide rules that take effect. */
  typesWithRules(projectId: number): string[];
}

/** The rules at one address by subject; of two with the same subject, the higher one. */
interface RuleSet {
  everybody?: EffectiveAccess;
  readonly people: Map<string, EffectiveAccess>;
  readonly roles: Map<string, EffectiveAccess>;
}

/** The answers that apply to someone, at most one of each kind. */
interface Applicable {
  readonly own?: EffectiveAccess;
  readonly role?: EffectiveAccess;
  readonly everybody?: EffectiveAccess;
}

/** The rules of one project: on the project, on whole types by type, on single objects by type and id. */
interface ProjectRules {
  readonly itself: RuleSet;
  readonly types: Map<string, RuleSet>;
  readonly objects: Map<string, RuleSet>;
}

type ConstantKind = "organizationAdmin" | "notEnforced" | "builtInDefault";

const closed: EffectiveAccess = { level: "none", reason: { kind: "projectClosed" } };

/** Indexes a snapshot's rules, so that no later question has to search them. */
export function indexAccess(snapshot: AccessSnapshot): AccessIndex {
  return new RuleIndex(snapshot);
}

class RuleIndex implements AccessIndex {
  private readonly rules: Map<number, ProjectRules>;
  private readonly rolesOf: Map<string, string[]>;
  private readonly constants: Readonly<Record<ConstantKind, Map<string, EffectiveAccess>>> = {
    organizationAdmin: new Map(),
    notEnforced: new Map(),
    builtInDefault: new Map(),
  };

  constructor(private readonly snapshot: AccessSnapshot) {
    this.rules = rulesByProject(snapshot);
    this.rolesOf = rolesByPerson(snapshot);
  }

  onProject(person: Person, projectId: number): EffectiveAccess {
    const always = this.withoutRules(person, "project");
    if (always !== undefined) return always;
    const found = this.applicable(person, this.rules.get(projectId)?.itself);
    // Rules on the person or their roles override the default, even if they are lower.
    return (
      this.mostOf(found.own, found.role) ?? found.everybody ?? this.constant("project", "builtInDefault")
    );
  }

  onType(person: Person, projectId: number, resource: string): EffectiveAccess {
    const type = governingType(resource);
    const always = this.withoutRules(person, type);
    if (always !== undefined) return always;
    if (this.onProject(person, projectId).level === "none") return closed;
    if (!isConsulted(type)) return this.constant(type, "builtInDefault");
    const found = this.applicable(person, this.rules.get(projectId)?.types.get(type));
    // If the highest level wins, the default counts too on types, but not on projects.
    return this.mostOf(found.own, found.role, found.everybody) ?? this.constant(type, "builtInDefault");
  }

  onObject(person: Person, projectId: number, resource: string, objectId: string): EffectiveAccess {
    const always = this.withoutRules(person, resource);
    if (always !== undefined) return always;
    if (this.onProject(person, projectId).level === "none") return closed;
    const found = this.applicable(
      person,
      this.rules.get(projectId)?.objects.get(objectKey(resource, objectId)),
    );
    const named = this.mostOf(found.own, found.role);
    if (named !== undefined) return named;
    const onType = this.onType(person, projectId, resource);
    const typeHasRule = onType.reason.kind !== "builtInDefault";
    const [first, second] = this.snapshot.mostSpecific
      ? [found.everybody, onType]
      : [typeHasRule ? onType : undefined, found.everybody];
    return first ?? second ?? onType;
  }

  typesWithRules(projectId: number): string[] {
    const types = [...(this.rules.get(projectId)?.types.keys() ?? [])];
    return types.filter((type) => type !== "project" && governingType(type) === type && isConsulted(type));
  }

  /** What is certain before any rule is read. */
  private withoutRules(person: Person, resource: string): EffectiveAccess | undefined {
    if (person.level >= organizationAdmin) return this.constant(resource, "organizationAdmin");
    return this.snapshot.enforcesRules ? undefined : this.constant(resource, "notEnforced");
  }

  private applicable(person: Person, rules: RuleSet | undefined): Applicable {
    if (rules === undefined) return {};
    let role: EffectiveAccess | undefined;
    if (rules.roles.size > 0) {
      for (const roleId of this.rolesOf.get(person.userUuid) ?? [])
        role = higher(role, rules.roles.get(roleId));
    }
    return { own: rules.people.get(person.membershipId), role, everybody: rules.everybody };
  }

  /** The deciding one among answers given from the most to the least specific. */
  private mostOf(...answers: (EffectiveAccess | undefined)[]): EffectiveAccess | undefined {
    return this.snapshot.mostSpecific
      ? answers.find((answer) => answer !== undefined)
      : answers.reduce(higher, undefined);
  }

  private constant(resource: string, kind: ConstantKind): EffectiveAccess {
    const known = this.constants[kind].get(resource);
    if (known !== undefined) return known;
    const made = { level: constantLevel(resource, kind), reason: { kind } };
    this.constants[kind].set(resource, made);
    return made;
  }
}

function constantLevel(resource: string, kind: ConstantKind): AccessLevel {
  if (kind === "organizationAdmin") return highestLevel(resource);
  // Without the feature, people have the same level in a project as in the organization.
  if (kind === "notEnforced" && resource === "project") return "member";
  return levelRange(resource).default;
}

/** The higher of two answers; if they are equal, the earlier one, which is more specific. */
function higher(
  one: EffectiveAccess | undefined,
  other: EffectiveAccess | undefined,
): EffectiveAccess | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareLevels(other.level, one.level) > 0 ? other : one;
}

function objectKey(resource: string, objectId: string): string {
  return `${resource}\n${objectId}`;
}

function rulesByProject(snapshot: AccessSnapshot): Map<number, ProjectRules> {
  const roleNames = new Map(snapshot.roles.map((role) => [role.id, role.name]));
  const projects = new Map<number, ProjectRules>();
  for (const rule of snapshot.rules) {
    const project = entryOf<number, ProjectRules>(projects, rule.projectId, () => ({
      itself: newRuleSet(),
      types: new Map(),
      objects: new Map(),
    }));
    const set = ruleSetFor(project, rule);
    if (rule.membershipId) {
      addTo(set.people, rule.membershipId, { level: rule.level, reason: { kind: "ownRule", rule } });
    } else if (!rule.roleId) {
      set.everybody = higher(set.everybody, { level: rule.level, reason: { kind: "defaultRule", rule } });
    } else if (snapshot.enforcesRoleRules) {
      const roleName = roleNames.get(rule.roleId) ?? rule.roleId;
      addTo(set.roles, rule.roleId, { level: rule.level, reason: { kind: "roleRule", rule, roleName } });
    }
  }
  return projects;
}

function ruleSetFor(project: ProjectRules, { projectId, resource, resourceId }: AccessRule): RuleSet {
  if (resourceId === undefined || resourceId === null) return entryOf(project.types, resource, newRuleSet);
  if (resource === "project" && resourceId === String(projectId)) return project.itself;
  return entryOf(project.objects, objectKey(resource, resourceId), newRuleSet);
}

function newRuleSet(): RuleSet {
  return { people: new Map(), roles: new Map() };
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function addTo(answers: Map<string, EffectiveAccess>, subject: string, answer: EffectiveAccess): void {
  answers.set(subject, higher(answers.get(subject), answer) ?? answer);
}

function rolesByPerson(snapshot: AccessSnapshot): Map<string, string[]> {
  const roles = new Map<string, string[]>();
  for (const { id, userUuids } of snapshot.roles) {
    for (const userUuid of userUuids) entryOf<string, string[]>(roles, userUuid, () => []).push(id);
  }
  return roles;
}
