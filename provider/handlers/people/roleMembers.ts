import * as z from "zod";
import { quoted } from "../../access/messages";
import { roleArg, sameText, usersArg } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Live, Review } from "../../engine/definition";
import type { Finding } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { listRoles, type Role, requireRole, roleOf } from "../../posthog/roles";
import { isSameRole, resolvePlannedRole, roleAsDeclared, roleReference } from "../references";
import {
  decidePeople,
  everybodyIn,
  livePeople,
  peopleClaims,
  peopleRules,
  removeDeclared,
  reviewPeople,
  rolePeopleArgs,
  rolePeopleFields,
  stillWaiting,
  trustedPeople,
  waitingEnded,
  writePeople,
} from "./rolePeople";

const args = z.strictObject({ roleId: roleArg, members: usersArg, ...rolePeopleArgs });
type Args = ArgsOf<(typeof args)["shape"]>;

function toLive(
  role: Role,
  declared: Partial<Args>,
  state: Properties,
  waiting: readonly string[],
): Live<Args> {
  const people = livePeople(role, { members: everybodyIn(role), ...declared }, state, waiting);
  return {
    id: role.id,
    args: { roleId: roleAsDeclared(declared.roleId, role, state), members: people.members },
    outputs: { roleUuid: role.id, ...people.outputs },
  };
}

/** Reports who joins and leaves, using the role's name if the program declares its id. */
async function review(connection: Connection, reviewed: Review<Args>): Promise<Finding[]> {
  const { roleId } = reviewed.args;
  const role = await resolvePlannedRole(connection, roleId, reviewed.inProgram);
  const findings = await reviewPeople(connection, role, reviewed, role === undefined ? roleId : undefined);
  if (role === undefined || sameText(role.name, roleId)) return findings;
  return findings.map((finding) => ({ ...finding, message: `role "${role.name}": ${finding.message}` }));
}

export const roleMembers = defineResource({
  type: "RoleMembers",
  args,
  secrecy: outputSecrecy.RoleMembers,
  fields: {
    roleId: roleReference,
    ...rolePeopleFields,
  },
  existing: "alwaysThere",
  title: ({ roleId }, name) => {
    if (name !== undefined) return `role members ${quoted(name)}`;
    return roleId === undefined ? "members of a role" : `members of role ${roleId}`;
  },
  needs: {
    always: [{ scope: "organization:write" }, { scope: "organization_member:read" }, { level: 8 }],
  },
  rules: peopleRules,
  claims: async (declared, aliases) =>
    declared.roleId === undefined ? [] : peopleClaims(await aliases.role(declared.roleId), declared, aliases),
  review,
  isSameReference: (connection, argument, declared, state) =>
    argument === "roleId" ? isSameRole(connection, declared, state) : Promise.resolve(false),
  updateReason: (connection, _declared, state) => waitingEnded(connection, state),
  find: () => Promise.resolve(undefined),
  async findExisting(connection, declared) {
    const role = roleOf(declared.roleId, await listRoles(connection));
    return role === undefined ? undefined : toLive(role, declared, {}, []);
  },
  async observe(connection, id, state) {
    const role = roleOf(id, await listRoles(connection));
    if (role === undefined) return undefined;
    const trusted = await trustedPeople(connection, role, state);
    return toLive(role, declaredIn(args, state), trusted, await stillWaiting(connection, state));
  },
  async create(connection, declared, checkpoint) {
    const role = await requireRole(connection, declared.roleId);
    const change = await decidePeople(connection, role, declared, {});
    checkpoint(role.id, { roleUuid: role.id }, { managed: change.managed });
    const decideNow = (now: Role) => decidePeople(connection, now, declared, {});
    return toLive(await writePeople(connection, role, change, decideNow), declared, {}, change.waiting);
  },
  async update(connection, live, declared, state, checkpoint) {
    const role = await requireRole(connection, live.id);
    const change = await decidePeople(connection, role, declared, state);
    checkpoint(role.id, {}, { managed: change.managed });
    const decideNow = (now: Role) => decidePeople(connection, now, declared, state);
    return toLive(await writePeople(connection, role, change, decideNow), declared, state, change.waiting);
  },
  async delete(connection, live, state) {
    const role = roleOf(live.id, await listRoles(connection));
    if (role !== undefined) await removeDeclared(connection, role, state);
  },
});
