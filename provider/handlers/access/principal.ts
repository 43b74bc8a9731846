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
interface DeclaredPrincipal {
  readonly user?: string;
  readonly role?: string;
}

/** Everybody who has no rule of their own. */
export const everybody: Principal = {};

/** A principal as PostHog takes it. */
export const rulePrincipalOf = ({ member, role }: Principal): RulePrincipal => ({
  member: member?.id,
  role: role?.id,
});

/** The principal that the last part of a rule's id names; undefined when the person or role no longer exists. */
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

/** The declared principal; it has to exist. */
export async function requirePrincipal(
  connection: Connection,
  { user, role }: DeclaredPrincipal,
): Promise<Principal> {
  if (role !== undefined) return { role: await requireRole(connection, role) };
  return user === undefined ? everybody : { member: await requireMember(connection, user) };
}

/**
 * The declared principal; undefined for a role that another resource of the program is about to create.
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

/** The declared principal; undefined when it does not exist. */
export async function lookUpPrincipal(
  connection: Connection,
  { user, role }: DeclaredPrincipal,
): Promise<Principal | undefined> {
  if (role !== undefined) return findPrincipal(connection, "role", role);
  return user === undefined ? everybody : findPrincipal(connection, "user", user);
}

/** The last part of a rule's id: `user/<UUID>`, `role/<id>` or `default`. */
export function principalPath({ member, role }: Principal): string {
  if (member !== undefined) return `user/${member.user.uuid}`;
  return role === undefined ? "default" : `role/${role.id}`;
}

/** The last parts of the addresses of rules for a person or role, in every spelling that the program may use. */
export async function principalPaths({ user, role }: DeclaredPrincipal, aliases: Aliases): Promise<string[]> {
  const users = user === undefined ? [] : (await aliases.user(user)).map((name) => `user/${name}`);
  const roles = role === undefined ? [] : (await aliases.role(role)).map((name) => `role/${name}`);
  return [...users, ...roles];
}

/** A principal as arguments: as declared where that names the same one, else as PostHog has it. */
export function asDeclared(
  { member, role }: Principal,
  declared: DeclaredPrincipal,
  state: Properties,
): DeclaredPrincipal {
  if (role !== undefined) return { role: roleAsDeclared(declared.role ?? role.name, role, state) };
  return member === undefined ? {} : { user: personAsDeclared(declared.user, member.user, {}) };
}

/** The outputs about a principal: what stays when a name changes. */
export function principalOutputs({ member, role }: Principal): Record<string, string> {
  if (role !== undefined) return { roleUuid: role.id };
  if (member === undefined) return {};
  return { userUuid: member.user.uuid, membershipId: member.id, email: member.user.email };
}

/** Whether another spelling of a person or role still names the one in state. */
export async function isSamePrincipal(
  connection: Connection,
  argument: PropertyKey,
  declared: unknown,
  state: Properties,
): Promise<boolean> {
  if (argument === "user") return isSamePerson(connection, declared, state);
  return argument === "role" && isSameRole(connection, declared, state);
}

/** PostHog deletes the rules of a person who leaves; a person who is only hidden from the key's owner still has them. */
export async function refuseHidden(
  state: Properties,
  hasRule: (principal: RulePrincipal) => Promise<boolean>,
): Promise<void> {
  const { membershipId: member, email } = state;
  if (typeof member !== "string" || !(await hasRule({ member }))) return;
  throw new NotFoundError(
    `the access rule of ${String(email)} exists, but the key's owner cannot see the person`,
    {
      why: "The organization shows its members to admins only.",
      fix: "Use the key of an organization admin.",
    },
  );
}
