import type { NamedGrant } from "../../provider/access/grants";
import { levelProblem } from "../../provider/access/levels";
import type { LiveOrganization } from "../../provider/access/liveOrganization";
import { judgeResourceType } from "../../provider/access/resourceTypes";
import type { AccessRule, ProjectName } from "../../provider/access/snapshot";
import { byText, type Spell } from "./people";

/** The access rules of one project, as a file can declare them. */
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
    return { remark: `a rule ${of} on ${resource}: it names somebody who is not there any more` };
  const rule = `the rule ${of} that gives ${subject.replace("/", " ")} ${level} on ${resource}`;
  if (resource === "project") {
    if (resourceId != null) return { grant: { resource, subject, level } };
    return { remark: `${rule}: it is malformed, and PostHog reads it as access to the project` };
  }
  if (resourceId != null) return { remark: `${rule} ${resourceId}: it is about a single object` };
  const wrong = judgeResourceType(resource).error ?? levelProblem(resource, level);
  return wrong === undefined ? { grant: { resource, subject, level } } : { remark: `${rule}: ${wrong}` };
}

function byPlace(left: NamedGrant, right: NamedGrant): number {
  return byText(left.resource, right.resource) || byText(left.subject, right.subject);
}
