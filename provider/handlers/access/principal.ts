import * as z from "zod";
import { sameText } from "../../arguments/fields";
import { type Aliases, isAdoption, type Review } from "../../engine/definition";
import { type Finding, notice } from "../../engine/finding";
import type { Properties } from "../../engine/state";
import { isUnfinished, unfinishedIn } from "../../engine/unfinished";
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

/** An access rule's subject: a person, a role, or everyone if it has neither. */
export interface Principal {
  readonly member?: Member;
  readonly role?: Role;
}

/** The subject of an access rule, as the program writes it. */
interface DeclaredPrincipal {
  readonly user?: string;
  readonly role?: string;
}

/** Everyone who has no rule of their own. */
export const everybody: Principal = {};

/** A principal in PostHog's form. */
export const rulePrincipalOf = ({ member, role }: Principal): RulePrincipal => ({
  member: member?.id,
  role: role?.id,
});

/** The principal in the last part of a rule's id; undefined if the person or role no longer exists. */
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

/**
 * The declared principal; it has to exist.
 *
 * @param state the resource's state, which still identifies the principal after a change of address or name in PostHog.
 */
export async function requirePrincipal(
  connection: Connection,
  { user, role }: DeclaredPrincipal,
  state: Properties = {},
): Promise<Principal> {
  if (role !== undefined) {
    const roles = await listRoles(connection);
    const found = roleOf(role, roles) ?? inState(role, state.role, state.roleUuid, (id) => roleOf(id, roles));
    return { role: found ?? (await requireRole(connection, role)) };
  }
  if (user === undefined) return everybody;
  const members = await listMembers(connection);
  const found =
    memberOf(user, members) ?? inState(user, state.user, state.userUuid, (id) => memberOf(id, members));
  return { member: found ?? (await requireMember(connection, user)) };
}

function inState<T>(
  declared: string,
  stored: unknown,
  id: unknown,
  find: (id: string) => T | undefined,
): T | undefined {
  return sameText(stored, declared) && typeof id === "string" ? find(id) : undefined;
}

/**
 * The declared principal; undefined for a role that another resource of the program is about to create, and for one
 * whose name in the last run no longer exists: the update uses the id in state.
 *
 * @param before the principal of the last run.
 */
export async function resolvePlanned(
  connection: Connection,
  declared: DeclaredPrincipal,
  { inProgram, before }: Pick<Review<DeclaredPrincipal>, "inProgram" | "before">,
): Promise<Principal | undefined> {
  const { user, role } = declared;
  const isKnown =
    before !== undefined && (role === undefined ? sameText(user, before.user) : sameText(role, before.role));
  if (isKnown) return lookUpPrincipal(connection, declared);
  if (role === undefined) return requirePrincipal(connection, declared);
  const found = await resolvePlannedRole(connection, role, inProgram);
  return found === undefined ? undefined : { role: found };
}

/** The preview's finding about a principal of the last run whose address or name no longer exists. */
export function renamedPrincipal(
  principal: Principal | undefined,
  { user, role }: DeclaredPrincipal,
  before: DeclaredPrincipal | undefined,
): Finding[] {
  if (principal !== undefined || before === undefined) return [];
  const what = user === undefined ? role && "no role has this name" : "no member has this address";
  return what === undefined ? [] : [notice(`${what} now; the update looks for the one of the last run`)];
}

/** The declared principal; undefined if it does not exist. */
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

/** A principal as arguments: as declared if that refers to the same one, otherwise as in PostHog. */
export function asDeclared(
  { member, role }: Principal,
  declared: DeclaredPrincipal,
  state: Properties,
): DeclaredPrincipal {
  if (role !== undefined) return { role: roleAsDeclared(declared.role ?? role.name, role, state) };
  return member === undefined ? {} : { user: personAsDeclared(declared.user, member.user, state) };
}

/** The outputs about a principal, which stay when a name changes. */
export function principalOutputs({ member, role }: Principal): Record<string, string> {
  if (role !== undefined) return { roleUuid: role.id };
  if (member === undefined) return {};
  return { userUuid: member.user.uuid, membershipId: member.id, email: member.user.email };
}

const replaced = z.object({ level: z.string().nullable().catch(null) });

/**
 * What a rule's write has to remember in case it fails: the level from before the resource. If the resource had the
 * rule already, the rule belongs to it, and is removed on destroy.
 */
export function replacedLevel(state: Properties, current: string | null | undefined): Properties {
  if (isUnfinished(state)) return unfinishedIn(state);
  return isAdoption(state) && current != null ? { level: current } : {};
}

/** The level to set when a rule is destroyed: the one from before, if the resource was never finished. */
export function levelToPutBack(state: Properties): string | null {
  return replaced.parse(unfinishedIn(state)).level;
}

/** Whether another spelling of a person or role still refers to the one in state. */
export async function isSamePrincipal(
  connection: Connection,
  argument: PropertyKey,
  declared: unknown,
  state: Properties,
): Promise<boolean> {
  if (argument === "user") return isSamePerson(connection, declared, state);
  return argument === "role" && isSameRole(connection, declared, state);
}

/**
 * Throws if a person may only be hidden from the key's owner and so still has rules; PostHog deletes the rules of a
 * person who leaves.
 */
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
