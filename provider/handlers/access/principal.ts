import type { Aliases } from "../../engine/definition";
import type { Properties } from "../../engine/state";
import type { RulePrincipal } from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { NotFoundError } from "../../posthog/errors";
import { listMembers, type Member, memberOf, requireMember } from "../../posthog/members";
import { listRoles, type Role, requireRole, roleOf } from "../../posthog/roles";
import {
  isSamePerson,
  isSameRole,
  personAsDeclared,
  resolvePlannedRole,
  roleAsDeclared,
} from "../references";

/** Whom an access rule is for: a person, a role, or with neither everybody. */
export interface Principal {
  readonly member?: Member;
  readonly role?: Role;
}

/** Whom an access rule is for, as the program writes it. */
export interface DeclaredPrincipal {
  readonly user?: string;
  readonly role?: string;
}

/** Everybody who has no rule of their own. */
export const everybody: Principal = {};

/** Whom a rule is for, as PostHog takes it. */
export const subjectOf = ({ member, role }: Principal): RulePrincipal => ({
  member: member?.id,
  role: role?.id,
});

/** Whom the last part of a rule's id means; undefined when the person has left or the role was deleted. */
export async function findPrincipal(
  connection: Connection,
  kind: string,
  token: string,
): Promise<Principal | undefined> {
  if (kind === "role") {
    const role = roleOf(token, await listRoles(connection));
    return role === undefined ? undefined : { role };
  }
  const member = memberOf(token, await listMembers(connection));
  return member === undefined ? undefined : { member };
}

/** Whom the program means; they have to be there. */
export async function requirePrincipal(
  connection: Connection,
  { user, role }: DeclaredPrincipal,
): Promise<Principal> {
  if (role !== undefined) return { role: await requireRole(connection, role) };
  return user === undefined ? everybody : { member: await requireMember(connection, user) };
}

/**
 * Whom the program means; undefined where it is a role that another of its resources is about to make.
 *
 * @param inProgram whether a resource of the program claims an address.
 */
export async function resolvePlanned(
  connection: Connection,
  declared: DeclaredPrincipal,
  inProgram: (address: string) => boolean,
): Promise<Principal | undefined> {
  if (declared.role === undefined) return requirePrincipal(connection, declared);
  const role = await resolvePlannedRole(connection, declared.role, inProgram);
  return role === undefined ? undefined : { role };
}

/** Whom the program means; undefined when they are not there. */
export async function lookUpPrincipal(
  connection: Connection,
  { user, role }: DeclaredPrincipal,
): Promise<Principal | undefined> {
  if (role !== undefined) return findPrincipal(connection, "role", role);
  return user === undefined ? everybody : findPrincipal(connection, "user", user);
}

/** The last part of a rule's id: `user/<UUID>`, `role/<id>` or `default`. */
export function subjectPath({ member, role }: Principal): string {
  if (member !== undefined) return `user/${member.user.uuid}`;
  return role === undefined ? "default" : `role/${role.id}`;
}

/** Whom a rule is for in the words of its resource: as declared where that means the same, else as PostHog has it. */
export function asDeclared(
  { member, role }: Principal,
  declared: DeclaredPrincipal,
  state: Properties,
): DeclaredPrincipal {
  if (role !== undefined) return { role: roleAsDeclared(declared.role ?? role.name, role, state) };
  if (member === undefined) return {};
  return { user: personAsDeclared(declared.user, member.user, {}) };
}

/** What a rule's resource tells of a person or role besides its arguments: what stays when a name changes. */
export function whoOutputs({ member, role }: Principal): Record<string, string> {
  if (role !== undefined) return { roleUuid: role.id };
  if (member === undefined) return {};
  return { userUuid: member.user.uuid, membershipId: member.id, email: member.user.email };
}

/** The last parts of the ids of rules for a person or role, in every spelling that the program may use. */
export async function principalPaths({ user, role }: DeclaredPrincipal, aliases: Aliases): Promise<string[]> {
  const users = user === undefined ? [] : (await aliases.user(user)).map((name) => `user/${name}`);
  const roles = role === undefined ? [] : (await aliases.role(role)).map((name) => `role/${name}`);
  return [...users, ...roles];
}

/** Whether another way to write a person or role still means the one in state. */
export async function isSamePrincipal(
  connection: Connection,
  argument: PropertyKey,
  declared: unknown,
  state: Properties,
): Promise<boolean> {
  if (argument === "user") return isSamePerson(connection, declared, state);
  return argument === "role" && isSameRole(connection, declared, state);
}

/** A person who left took their rules along; one who is only hidden from the key's owner still has them. */
export async function refuseHidden(
  state: Properties,
  hasRule: (subject: RulePrincipal) => Promise<boolean>,
): Promise<void> {
  const { membershipId: member, email } = state;
  if (typeof member !== "string" || !(await hasRule({ member }))) return;
  throw new NotFoundError(`the access rule of ${String(email)} is there, but the person cannot be seen`, {
    why: "The organization hides members from those who are not admins.",
    fix: "Use the key of an organization admin.",
  });
}
