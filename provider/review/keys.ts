import { throughWhat } from "../access/change";
import type { AccessIndex, EffectiveAccess } from "../access/effective";
import { type AccessLevel, compareLevels } from "../access/levels";
import type { LiveKey, LiveOrganization } from "../access/liveOrganization";
import { covers } from "../access/scopes";
import type { Person } from "../access/snapshot";
import type { ReviewedAccess, ReviewedKey, ReviewedPerson, ReviewedProject, ReviewedResource } from "./model";

/** The API keys with what each can do in the projects that it can reach, or why it can do nothing. */
export function reviewKeys(
  { keys, members }: LiveOrganization,
  index: AccessIndex,
  people: readonly ReviewedPerson[],
  projects: readonly ReviewedProject[],
): ReviewedKey[] | undefined {
  const accesses = new Map(people.map(({ email, access }) => [email.toLowerCase(), access]));
  const owners = new Map(
    members.map((person) => [
      person.email.toLowerCase(),
      { person, access: accesses.get(person.email.toLowerCase()) ?? [] },
    ]),
  );
  const reach = new KeyReach(index, new Set(projects.map(({ projectId }) => projectId)));
  return keys?.map((key) => {
    const { kind, owner, label, maskValue, scopes, createdAt, lastUsedAt, lastRolledAt, creator } = key;
    const reached = reach.of(key, owners.get(owner?.toLowerCase() ?? ""));
    const [access, withoutAccess] = typeof reached === "string" ? [[], reached] : [reached, undefined];
    const moments = { createdAt, lastUsedAt, lastRolledAt };
    return { kind, owner, label, maskValue, scopes, access, withoutAccess, creator, ...moments };
  });
}

/** The owner of a key, and what they can do. */
interface Owner {
  readonly person: Person;
  readonly access: readonly ReviewedAccess[];
}

/** What keys can do. Keys that have the same scopes, and owners with the same access, share one result. */
class KeyReach {
  private readonly made = new Map<ReviewedAccess, Map<string, ReviewedAccess>>();

  constructor(
    private readonly index: AccessIndex,
    private readonly known: ReadonlySet<number>,
  ) {}

  /** What a key can do in each project that it can use, or why it can use none. */
  of(key: LiveKey, owner: Owner | undefined): readonly ReviewedAccess[] | string {
    if (key.refused !== undefined) return key.refused;
    if (key.scopes.length === 0) return "it has no scopes";
    if (key.kind === "personal" && owner === undefined) return "its owner is not in the organization";
    const grants = grantsInProjects(key.scopes);
    if (grants.length === 0 && !key.scopes.includes(everyScope))
      return "its scopes cover nothing in projects";
    if (key.projectIds.length > 0 && !key.projectIds.some((id) => this.known.has(id)))
      return "it is restricted to other projects";
    return owner === undefined ? this.byScopes(key, grants) : this.byOwner(key, grants, owner);
  }

  /** A project's key belongs to no person: no rule applies to it, and its scopes alone decide. */
  private byScopes({ projectIds }: LiveKey, grants: readonly ScopeGrant[]): ReviewedAccess[] {
    const resources = grants.map((grant) => resourceOf(grant, byScope(grant)));
    return projectIds.filter((id) => this.known.has(id)).map((id) => summedUp(id, resources));
  }

  private byOwner(
    { scopes, projectIds }: LiveKey,
    grants: readonly ScopeGrant[],
    { person, access }: Owner,
  ): ReviewedAccess[] | string {
    const entered = access.filter(
      ({ projectId, level }) =>
        level !== "none" && (projectIds.length === 0 || projectIds.includes(projectId)),
    );
    if (entered.length === 0) return "its owner can open none of its projects";
    const name = scopes.join(" ");
    const reached = entered
      .map((owners) => this.shared(owners, name, () => this.limited(owners, grants, person, scopes)))
      .filter(({ level }) => level !== "none");
    return reached.length === 0 ? "its owner has no access to what its scopes cover" : reached;
  }

  private shared(owners: ReviewedAccess, name: string, make: () => ReviewedAccess): ReviewedAccess {
    const ofOwner = this.made.get(owners) ?? new Map<string, ReviewedAccess>();
    this.made.set(owners, ofOwner);
    const access = ofOwner.get(name) ?? make();
    ofOwner.set(name, access);
    return access;
  }

  /** The owner's access, limited by the scopes. */
  private limited(
    owners: ReviewedAccess,
    grants: readonly ScopeGrant[],
    person: Person,
    scopes: readonly string[],
  ): ReviewedAccess {
    if (scopes.includes(everyScope)) return everything(owners);
    const resources = grants.map((grant) => {
      const own = this.onGrant(grant.resource, person, owners.projectId);
      return resourceOf(
        grant,
        compareLevels(own.level, grant.level) < 0 ? ofOwner(own, person) : byScope(grant),
      );
    });
    return summedUp(owners.projectId, resources);
  }

  private onGrant(resource: string, person: Person, projectId: number): EffectiveAccess {
    if (resource !== "project" && resource !== "access_control")
      return this.index.onType(person, projectId, resource);
    const onProject = this.index.onProject(person, projectId);
    if (resource === "project") return onProject;
    // In PostHog, admins by their own rule may change access rules; admins by the default may not.
    const isNamed = ["organizationAdmin", "ownRule", "roleRule"].includes(onProject.reason.kind);
    return { ...onProject, level: isNamed && onProject.level === "admin" ? "editor" : "viewer" };
  }
}

type Limit = Pick<ReviewedResource, "level" | "through">;

const resourceOf = ({ resource }: ScopeGrant, limit: Limit): ReviewedResource => ({ resource, ...limit });
const byScope = ({ level, scope }: ScopeGrant): Limit => ({ level, through: `by its scope ${scope}` });
const asOwner = (through: string): string => `like its owner, ${through}`;

function ofOwner(access: EffectiveAccess, person: Person): Limit {
  return { level: access.level, through: asOwner(throughWhat(access, person)) };
}

/** What a key with all scopes can do: everything that its owner can. */
function everything({ projectId, level, through, resources }: ReviewedAccess): ReviewedAccess {
  const those = [{ resource: "project", level, through }, ...resources].map((one) => ({
    ...one,
    through: asOwner(one.through),
  }));
  return { projectId, level, through: asOwner(through), resources: those };
}

/** The highest level of a key in a project, in place of the full list. */
function summedUp(projectId: number, resources: readonly ReviewedResource[]): ReviewedAccess {
  const levels = resources.map(plainLevel);
  const level = levels.reduce((one, other) => (rank(other) > rank(one) ? other : one), "none");
  const reasons = new Set(resources.filter((_, at) => levels[at] === level).map(({ through }) => through));
  const [reason = "", ...others] = reasons;
  return { projectId, level, through: others.length === 0 ? reason : "by its scopes", resources };
}

/** Shows what a key can do as levels on types of resource: one that only reads settings is a viewer. */
function plainLevel({ resource, level }: ReviewedResource): KeyLevel {
  if (resource === "access_control" && level === "editor") return "admin";
  return level === "member" ? "viewer" : level;
}

const keyLevels = ["none", "viewer", "editor", "manager", "admin"] as const;
type KeyLevel = (typeof keyLevels)[number];
const rank = (level: KeyLevel): number => keyLevels.indexOf(level);

/** What a key's scopes allow on one kind of thing in a project. */
interface ScopeGrant {
  /** The scope's object: a type of resource, `project`, or something without access rules. */
  readonly resource: string;
  readonly scope: string;
  /** The highest level that the scope allows. */
  readonly level: AccessLevel;
}

/**
 * Scope objects of the organization and the person (PostHog: `posthog/scopes.py`), which do not give access to any
 * project.
 */
const outsideProjects: ReadonlySet<string> = new Set([
  "billing",
  "organization",
  "organization_integration",
  "organization_member",
  "user",
]);

const everyScope = "*";

/** What scopes allow in a project, one entry per kind of thing, alphabetically. */
function grantsInProjects(scopes: readonly string[]): ScopeGrant[] {
  const objects = [...new Set(scopes.map((scope) => scope.split(":")[0] ?? ""))].sort();
  const canRule = covers(scopes, "access_control:write");
  return objects
    .filter((resource) => resource !== everyScope && !outsideProjects.has(resource))
    .map((resource) => {
      const writes = scopes.includes(`${resource}:write`);
      const scope = writes ? `${resource}:write` : `${resource}:read`;
      return { resource, scope, level: mostOn(resource, writes, canRule) };
    });
}

/** Only managers may change access rules, which takes a separate scope. */
function mostOn(resource: string, writes: boolean, canRule: boolean): AccessLevel {
  if (resource === "project") return writes ? "admin" : "member";
  if (!writes) return "viewer";
  return canRule && resource !== "access_control" ? "manager" : "editor";
}
