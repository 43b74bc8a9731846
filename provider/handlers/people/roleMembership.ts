import * as z from "zod";
import { quoted } from "../../access/messages";
import { roleArg, userArg } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Checkpoint, Live, Review } from "../../engine/definition";
import { type Finding, failure, problem } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { NotFoundError } from "../../posthog/errors";
import { inviteOf, listInvites } from "../../posthog/invites";
import { listMembers, memberOf, notAMember, refuseHiddenMembers, requireMember } from "../../posthog/members";
import {
  addToRole,
  listRoles,
  type Role,
  type RoleMembership,
  removeFromRole,
  requireRole,
  roleMembershipOf,
  roleOf,
} from "../../posthog/roles";
import {
  isSamePerson,
  isSameRole,
  personAsDeclared,
  personReference,
  resolvePlannedRole,
  roleAsDeclared,
  roleReference,
} from "../references";
import { reviewScim } from "./scim";

const args = z.strictObject({ roleId: roleArg, user: userArg });
type Args = ArgsOf<(typeof args)["shape"]>;

function toLive(
  role: Role,
  membership: RoleMembership,
  declared: Partial<Args>,
  state: Properties,
): Live<Args> {
  const { user } = membership;
  return {
    id: `${role.id}/${user.uuid}`,
    args: {
      roleId: roleAsDeclared(declared.roleId, role, state),
      user: personAsDeclared(declared.user, user, state),
    },
    outputs: {
      roleUuid: role.id,
      userUuid: user.uuid,
      email: user.email,
      joinedAt: membership.joined_at ?? undefined,
    },
  };
}

/** Reads a membership by its id: the role, by id or name, and the person, by UUID or e-mail address. */
async function findById(
  connection: Connection,
  id: string,
): Promise<{ role: Role; membership: RoleMembership } | undefined> {
  const cut = id.lastIndexOf("/");
  if (cut < 1) {
    throw new NotFoundError(`"${id}" is not the id of a RoleMembership`, {
      why: "The role and the person make the id together.",
      fix: "Use <role id or name>/<e-mail or UUID>, e.g. Analysts/ann@acme.com.",
    });
  }
  const role = roleOf(id.slice(0, cut), await listRoles(connection));
  const membership = memberOf(id.slice(cut + 1), role?.members ?? []);
  return role === undefined || membership === undefined ? undefined : { role, membership };
}

async function review(
  connection: Connection,
  { args: { roleId, user }, inProgram, expectRole }: Review<Args>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const role = await resolvePlannedRole(connection, roleId, inProgram);
  const members = await listMembers(connection);
  const member = user === undefined ? undefined : memberOf(user, members);
  if (member !== undefined) {
    const name = role === undefined ? roleId : undefined;
    expectRole({ id: role?.id, name, joining: [member.user.uuid], leaving: [], isOpen: false });
  } else if (user !== undefined) {
    const invited =
      inProgram(`member/${user.toLowerCase()}`) ||
      inviteOf(user, await listInvites(connection)) !== undefined;
    findings.push(invited ? notJoined(user) : failure("user", notAMember(user, members).message));
  }
  return [...findings, ...(await reviewScim(connection, role))];
}

const notJoined = (user: string): Finding =>
  problem("user", `${user} is invited but has not joined, and PostHog puts only members into roles`, {
    fix: "run again once they have joined, or list them in members of Role or RoleMembers, which wait for that",
  });

async function ensure(
  connection: Connection,
  roleId: string,
  user: string,
  declared: Args,
  checkpoint: Checkpoint,
): Promise<Live<Args>> {
  const role = await requireRole(connection, roleId);
  const member = await requireMember(connection, user);
  const { uuid, email } = member.user;
  checkpoint(`${role.id}/${uuid}`, { roleUuid: role.id, userUuid: uuid, email });
  const membership = roleMembershipOf(member, role) ?? (await addToRole(connection, role, member));
  return toLive(role, membership, declared, { roleUuid: role.id, userUuid: member.user.uuid });
}

export const roleMembership = defineResource({
  type: "RoleMembership",
  args,
  secrecy: outputSecrecy.RoleMembership,
  fields: {
    roleId: roleReference,
    user: personReference,
  },
  existing: "acceptEqual",
  title: ({ roleId, user }, name) =>
    name === undefined
      ? `${user ?? "a person"} in role ${roleId ?? "?"}`
      : `role membership ${quoted(name)} of ${user ?? "a person"}`,
  stable: ["joinedAt"],
  needs: {
    always: [{ scope: "organization:write" }, { scope: "organization_member:read" }, { level: 8 }],
  },
  async claims({ roleId, user }, aliases) {
    if (roleId === undefined || user === undefined) return [];
    const [roles, users] = await Promise.all([aliases.role(roleId), aliases.user(user)]);
    return roles.flatMap((role) => users.map((name) => `role/${role}/members/${name}`));
  },
  review,
  isSameReference: (connection, argument, declared, state) =>
    argument === "roleId"
      ? isSameRole(connection, declared, state)
      : isSamePerson(connection, declared, state),
  async find(connection, declared) {
    const role =
      declared.roleId === undefined ? undefined : roleOf(declared.roleId, await listRoles(connection));
    const membership = declared.user === undefined ? undefined : memberOf(declared.user, role?.members ?? []);
    return role === undefined || membership === undefined
      ? undefined
      : toLive(role, membership, declared, {});
  },
  async observe(connection, id, state) {
    const found = await findById(connection, id);
    if (found !== undefined) return toLive(found.role, found.membership, declaredIn(args, state), state);
    await refuseHiddenMembers(connection, String(state.email ?? id));
    return undefined;
  },
  create: (connection, declared, checkpoint) =>
    ensure(connection, declared.roleId, declared.user, declared, checkpoint),
  update(connection, live, declared, _state, checkpoint) {
    const [roleId = "", user = ""] = live.id.split("/");
    return ensure(connection, roleId, user, declared, checkpoint);
  },
  async delete(connection, live) {
    const found = await findById(connection, live.id);
    if (found !== undefined) await removeFromRole(connection, found.role, found.membership);
  },
});
