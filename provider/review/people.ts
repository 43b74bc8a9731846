import { throughWhat } from "../access/change";
import type { AccessIndex, EffectiveAccess } from "../access/effective";
import { organizationAdmin, organizationLevelName } from "../access/levels";
import type { LiveDomain, LiveMember, LiveOrganization } from "../access/liveOrganization";
import { managesObjects, seesItself } from "../access/messages";
import { compareNames } from "../access/naturalOrder";
import { objectRoutes } from "../access/resourceTypes";
import { mayChangeRules, seesClosedProject } from "../access/ruleEffect";
import type { Person } from "../access/snapshot";
import { emailDomain, groupPairs } from "../access/values";
import type { ReviewedAccess, ReviewedPerson, ReviewedProject } from "./model";

/** Someone without rules: what they can do, everyone can do. */
const outsider: Person = { userUuid: "", membershipId: "", email: "", level: 1 };

/** The projects' access for everyone without a rule, alphabetically. */
export function reviewProjects({ access }: LiveOrganization, index: AccessIndex): ReviewedProject[] {
  return access.projects
    .map(({ id, name }) => ({
      projectId: id,
      name,
      defaultAccess: index.onProject(outsider, id).level,
    }))
    .sort(byName);
}

/** Everyone, with what they can do in each project. */
export function reviewPeople(
  live: LiveOrganization,
  index: AccessIndex,
  projects: readonly ReviewedProject[],
): ReviewedPerson[] {
  const accesses = projects.map(({ projectId }) => new ProjectAccesses(index, projectId));
  const roles = roleNames(live);
  const isEnforced = live.domains && enforcedDomains(live.domains);
  return live.members.map((member) => ({
    userUuid: member.userUuid,
    email: member.email,
    name: member.name,
    level: organizationLevelName(member.level),
    roles: roles.get(member.userUuid) ?? none,
    joinedAt: member.joinedAt,
    lastLogin: member.lastLogin,
    has2fa: member.has2fa,
    ssoEnforced: isEnforced?.has(emailDomain(member.email)),
    access: accesses.map((access) => access.of(member)),
  }));
}

/** The domains whose people can sign in only by single sign-on. */
function enforcedDomains(domains: readonly LiveDomain[]): ReadonlySet<string> {
  return new Set(
    domains.filter(({ bypass }) => bypass === undefined).map(({ domain }) => domain.toLowerCase()),
  );
}

const inEffectManager = "in effect manager of its objects, as an admin of the project by a rule";

const none: readonly string[] = [];

function roleNames({ access }: LiveOrganization): Map<string, string[]> {
  return groupPairs(
    [...access.roles]
      .sort(byName)
      .flatMap(({ name, userUuids }) => userUuids.map((userUuid) => [userUuid, name] as const)),
  );
}

/** What people can do in one project. People who can do the same for the same reasons share one object. */
class ProjectAccesses {
  private readonly types: readonly string[];
  private readonly known = new Map<string, ReviewedAccess>();
  private readonly numbers = new Map<EffectiveAccess, number>();

  constructor(
    private readonly index: AccessIndex,
    private readonly projectId: number,
  ) {
    this.types = index.typesWithRules(projectId).sort();
  }

  of(member: LiveMember): ReviewedAccess {
    const onProject = this.index.onProject(member, this.projectId);
    const onTypes = this.types.map((type) => this.index.onType(member, this.projectId, type));
    const key = `${member.level} ${[onProject, ...onTypes].map((access) => this.number(access)).join(" ")}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const isManager = member.level < organizationAdmin && mayChangeRules(this.index, member, this.projectId);
    const made: ReviewedAccess = {
      projectId: this.projectId,
      level: onProject.level,
      through: [
        throughWhat(onProject, member),
        ...(isManager ? [managesObjects] : []),
        ...(seesClosedProject(this.index, member, this.projectId) ? [seesItself] : []),
      ].join(", "),
      resources: onTypes.map((access, at) => {
        const resource = this.types[at] ?? "";
        const isRaised = isManager && access.level !== "manager" && objectRoutes.has(resource);
        const through = throughWhat(access, member);
        return {
          resource,
          level: access.level,
          through: isRaised ? `${through}, ${inEffectManager}` : through,
        };
      }),
    };
    this.known.set(key, made);
    return made;
  }

  private number(access: EffectiveAccess): number {
    const known = this.numbers.get(access);
    if (known !== undefined) return known;
    this.numbers.set(access, this.numbers.size);
    return this.numbers.size - 1;
  }
}

function byName({ name: left }: { name: string }, { name: right }: { name: string }): number {
  return compareNames(left, right);
}
