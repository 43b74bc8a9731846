import { isAccessLevel } from "./levels";
import { type AccessRule, projectRule } from "./snapshot";
import { compareTexts } from "./values";

/** A grant's subject and object. The subject is a person or a role; without either it is everyone. */
export interface GrantTarget {
  /** `project`, or a type of resource such as `feature_flag`. */
  readonly resource: string;
  /** The person's membership id. */
  readonly membershipId?: string;
  readonly roleId?: string;
}

/** What someone may do with a project as a whole, or with one type of resource in it. */
export interface Grant extends GrantTarget {
  /** As PostHog spells it; levels that this version does not know pass. */
  readonly level: string;
}

/** A grant by its readable parts. */
export interface NamedGrant {
  readonly resource: string;
  /** The subject: `default`, `user/ann@acme.com` or `role/Analysts`. */
  readonly subject: string;
  readonly level: string;
}

/**
 * The name for a rule that PostHog keeps on the type `project` instead of on the project itself. Nothing should create
 * one, and PostHog reads it as access to the project for its subject.
 */
export const malformedProject = "project (malformed)";

/** A grant's identity: two grants with the same target are the same grant, whatever their level. */
export function targetKey({ resource, membershipId, roleId }: GrantTarget): string {
  if (membershipId !== undefined) return `${resource}/user/${membershipId}`;
  return roleId === undefined ? `${resource}/default` : `${resource}/role/${roleId}`;
}

/** Whether a grant is the default, for everyone without their own. */
export function isDefault({ membershipId, roleId }: GrantTarget): boolean {
  return membershipId === undefined && roleId === undefined;
}

/** Parses a written subject: `user/ann@acme.com` is the user `ann@acme.com`, `default` is everyone. */
export function subjectParts(subject: string): { kind: "user" | "role"; name: string } | undefined {
  const [, kind, name] = /^(user|role)\/(.+)$/s.exec(subject) ?? [];
  return kind === undefined || name === undefined
    ? undefined
    : { kind: kind === "user" ? "user" : "role", name };
}

/** A grant as one line of state: `project/user/ann@acme.com: admin`. */
export function grantText({ resource, subject, level }: NamedGrant): string {
  return `${resource}/${subject}: ${level}`;
}

/** Parses a line of {@link grantText}; undefined if it is not one. */
export function parseGrantText(text: string): NamedGrant | undefined {
  const [, resource, subject, level] = /^([^/]+)\/(default|(?:user|role)\/.+): ([^:]+)$/s.exec(text) ?? [];
  if (resource === undefined || subject === undefined || level === undefined) return undefined;
  return { resource, subject, level };
}

/** Orders resources and grants for readers: the project before its contents, then alphabetically. */
export function byProjectFirst(left: string, right: string): number {
  const inside = (text: string): number => (/^project(\/|$)/.test(text) ? 0 : 1);
  return inside(left) - inside(right) || compareTexts(left, right);
}

/** Grants on a project and its types as rules; omits levels that this version does not know. */
export function rulesOf(projectId: number, grants: readonly Grant[]): AccessRule[] {
  return grants.flatMap(({ resource, membershipId, roleId, level }) => {
    if (!isAccessLevel(level)) return [];
    if (resource === "project") return [projectRule(projectId, { membershipId, roleId, level })];
    const type = resource === malformedProject ? "project" : resource;
    return [{ projectId, resource: type, membershipId, roleId, level }];
  });
}

/** The rules of one project as grants, without those on single objects. */
export function grantsOf(projectId: number, rules: readonly AccessRule[]): Grant[] {
  return rules.flatMap((rule) => {
    const onItself = rule.resource === "project" && rule.resourceId === String(projectId);
    if (rule.projectId !== projectId || (rule.resourceId != null && !onItself)) return [];
    const resource = rule.resource === "project" && !onItself ? malformedProject : rule.resource;
    const { membershipId, roleId, level } = rule;
    return [
      {
        resource,
        ...(membershipId == null ? {} : { membershipId }),
        ...(roleId == null ? {} : { roleId }),
        level,
      },
    ];
  });
}
