import type { NamedGrant } from "../../provider/access/grants";
import { levelProblem } from "../../provider/access/levels";
import type { LiveOrganization } from "../../provider/access/liveOrganization";
import { judgeResourceType } from "../../provider/access/resourceTypes";
import type { AccessRule, Person, ProjectName } from "../../provider/access/snapshot";
import { isUser } from "../../provider/matrix/schema";

/** The access rules of one project that a file can declare. */
export interface ProjectRules {
  readonly project: ProjectName;
  /** Sorted, people and roles by name. */
  readonly grants: readonly NamedGrant[];
  /** What is left out, as sentences. */
  readonly remarks: readonly string[];
}

/** The rules of every project, people and roles by name. */
export function rulesByProject({ access }: LiveOrganization, spell: Spell): ProjectRules[] {
  const subjectOf = subjects(access, spell);
  const rules = new Map<number, AccessRule[]>(access.projects.map(({ id }) => [id, []]));
  for (const rule of access.rules) rules.get(rule.projectId)?.push(rule);
  return access.projects.map((project) => {
    const read = (rules.get(project.id) ?? []).map((rule) => readRule(rule, project, subjectOf(rule)));
    return {
      project,
      grants: read.flatMap(({ grant }) => grant ?? []).sort(byPlace),
      remarks: [...new Set(read.flatMap(({ remark }) => remark ?? []))].sort(byText),
    };
  });
}

function subjects({ people, roles }: LiveOrganization["access"], spell: Spell) {
  const persons = new Map(people.map((person) => [person.membershipId, `user/${spell(person)}`]));
  const groups = new Map(roles.map(({ id, name }) => [id, `role/${name}`]));
  return ({ membershipId, roleId }: AccessRule): string | undefined => {
    if (membershipId != null) return persons.get(membershipId);
    return roleId == null ? "default" : groups.get(roleId);
  };
}

function readRule(
  { resource, resourceId, level }: AccessRule,
  { name, id }: ProjectName,
  subject: string | undefined,
): { grant?: NamedGrant; remark?: string } {
  const of = `of project ${JSON.stringify(name)} (${id})`;
  if (subject === undefined)
    return { remark: `a rule ${of} on ${resource}: its person or role no longer exists` };
  const rule = `the rule ${of} that grants ${subject.replace("/", " ")} ${level} on ${resource}`;
  if (resource === "project") {
    if (resourceId != null) return { grant: { resource, subject, level } };
    return { remark: `${rule}: it is malformed, and PostHog treats it as access to the project` };
  }
  if (resourceId != null) return { remark: `${rule} ${resourceId}: it is about a single object` };
  const wrong = judgeResourceType(resource).error ?? levelProblem(resource, level);
  return wrong === undefined ? { grant: { resource, subject, level } } : { remark: `${rule}: ${wrong}` };
}

function byPlace(left: NamedGrant, right: NamedGrant): number {
  return byText(left.resource, right.resource) || byText(left.subject, right.subject);
}

/** How a file refers to a person: by e-mail address, or by UUID if the address is invalid or shared. */
export type Spell = (person: Person) => string;

/** How a file refers to each of these people. */
export function spelling(people: readonly Person[]): Spell {
  const holders = new Map<string, number>();
  for (const { email } of people) {
    const address = email.toLowerCase();
    holders.set(address, (holders.get(address) ?? 0) + 1);
  }
  return ({ email, userUuid }) =>
    isUser(email) && holders.get(email.toLowerCase()) === 1 ? email : userUuid;
}

/** Orders texts for readers and for clean diffs, ignoring case. */
export function byText(left: string, right: string): number {
  const [one, other] = [left.toLowerCase(), right.toLowerCase()];
  return one < other ? -1 : one > other ? 1 : left < right ? -1 : left > right ? 1 : 0;
}
