import * as z from "zod";
import { namesOf } from "../../access/roleMembers";
import { sameText, text, usersArg } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import { type ArgsOf, isAdoption, type Live, type Review } from "../../engine/definition";
import { type Finding, problem } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { isOfAugust2025, readableOrganization } from "../../posthog/organizations";
import { createRole, deleteRole, listRoles, type Role, renameRole, roleOf } from "../../posthog/roles";
import {
  decidePeople,
  everybodyIn,
  livePeople,
  type PeopleChange,
  peopleClaims,
  peopleRules,
  reviewPeople,
  rolePeopleArgs,
  rolePeopleFields,
  stillWaiting,
  trustedPeople,
  waitingEnded,
  writePeople,
} from "./rolePeople";

const args = z.strictObject({ name: text(200), members: usersArg.optional(), ...rolePeopleArgs });
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ name }: Partial<Args>): string => (name === undefined ? "a role" : `role "${name}"`);

function toLive(
  role: Role,
  declared: Partial<Args>,
  state: Properties,
  waiting: readonly string[],
): Live<Args> {
  const people = livePeople(role, declared, state, waiting);
  const everybody = everybodyIn(role);
  return {
    id: role.id,
    args: { name: role.name, members: declared.members === undefined ? everybody : people.members },
    outputs: {
      roleId: role.id,
      isDefault: role.is_default === true,
      memberCount: everybody.length,
      ...(declared.members === undefined ? {} : people.outputs),
    },
  };
}

/** What changes about the members of a role; without `members` none are changed. */
async function decide(
  connection: Connection,
  role: Pick<Role, "name" | "members">,
  declared: Args,
  state: Properties,
): Promise<PeopleChange> {
  if (declared.members === undefined) return { joining: [], leaving: [], waiting: [], managed: [] };
  return decidePeople(connection, role, declared, state);
}

async function review(connection: Connection, reviewed: Review<Args>): Promise<Finding[]> {
  const { args: declared, before } = reviewed;
  const roles = await listRoles(connection);
  const names = [before?.name, declared.name].filter((name) => name !== undefined);
  const role = names.flatMap((name) => roleOf(name, roles) ?? [])[0];
  const people = await reviewPeople(connection, role, reviewed, declared.name);
  if (await isRefusedRespelling(connection, before?.name, declared.name)) {
    const respelled = "is the same name with other capitals, which servers of August 2025 refuse";
    return [...people, problem("name", respelled, { fix: "rename the role to another name first" })];
  }
  const namesake = declared.name === undefined ? undefined : roleOf(declared.name, roles);
  if (before === undefined || namesake === undefined || namesake.id === role?.id) return people;
  const taken = `role "${namesake.name}" already exists (${namesake.id}), and PostHog allows each name once`;
  return [...people, problem("name", taken, { fix: "choose another name, or delete that role first" })];
}

async function isRefusedRespelling(
  connection: Connection,
  before: string | undefined,
  name: string | undefined,
): Promise<boolean> {
  if (before === name || !sameText(before, name)) return false;
  const organization = await readableOrganization(connection);
  return organization !== undefined && isOfAugust2025(organization);
}

export const role = defineResource({
  type: "Role",
  args,
  secrecy: outputSecrecy.Role,
  fields: { name: {}, ...rolePeopleFields },
  existing: "refuse",
  title: titleOf,
  needs: {
    always: [{ scope: "organization:write" }, { level: 8 }],
    when: [{ argument: "members", is: "given", needs: [{ scope: "organization_member:read" }] }],
  },
  rules(declared, unknown) {
    if (declared.members !== undefined || unknown.includes("members")) return peopleRules(declared);
    const idle = (["mode", "removalLimit", "ignore", "waitForMembers"] as const).filter(
      (name) => declared[name] !== undefined,
    );
    return idle.map((name) => problem(name, "has no effect without members; declare members or remove it"));
  },
  async claims(declared, aliases) {
    if (declared.name === undefined) return [];
    const roles = await aliases.role(declared.name);
    return [...roles.map((name) => `role/${name}`), ...(await peopleClaims(roles, declared, aliases))];
  },
  review,
  updateReason: (connection, { members }, state) =>
    members === undefined ? undefined : waitingEnded(connection, state),
  async find(connection, declared) {
    const found =
      declared.name === undefined ? undefined : roleOf(declared.name, await listRoles(connection));
    return found === undefined ? undefined : toLive(found, declared, {}, []);
  },
  async observeForImport(connection, id) {
    const found = roleOf(id, await listRoles(connection));
    return found && toLive(found, { members: everybodyIn(found) }, {}, []);
  },
  async observe(connection, id, state) {
    const found = roleOf(id, await listRoles(connection));
    if (found === undefined) return undefined;
    const trusted = await trustedPeople(connection, found, state);
    return toLive(found, declaredIn(args, state), trusted, await stillWaiting(connection, state));
  },
  async create(connection, declared, checkpoint) {
    // Decide first, so that no role is created for people who cannot be in it.
    const change = await decide(connection, { name: declared.name }, declared, {});
    const created = await createRole(connection, declared.name);
    checkpoint(created.id, toLive(created, declared, {}, change.waiting).outputs, {
      managed: change.managed,
    });
    const decideNow = (role: Role) => decide(connection, role, declared, {});
    return toLive(await writePeople(connection, created, change, decideNow), declared, {}, change.waiting);
  },
  async update(connection, live, declared, state, checkpoint) {
    const found = roleOf(live.id, await listRoles(connection));
    if (found === undefined) return live;
    const change = await decide(connection, found, declared, state);
    // A role that is only being adopted is not in the state yet, and must stay out of it: a destroy would delete the
    // role.
    const kept = declared.members === undefined ? undefined : { managed: change.managed };
    if (!isAdoption(state)) checkpoint(found.id, {}, kept);
    const named = found.name === declared.name ? found : await renameRole(connection, found, declared.name);
    const decideNow = (role: Role) => decide(connection, role, declared, state);
    return toLive(await writePeople(connection, named, change, decideNow), declared, state, change.waiting);
  },
  async deletionImpact(connection, live) {
    const found = roleOf(live.id, await listRoles(connection));
    const members = found?.members ?? [];
    const lost = [
      ...(members.length === 0
        ? []
        : [`${namesOf(members.map(({ user }) => user))} ${members.length === 1 ? "loses" : "lose"} it`]),
      ...(found?.is_default === true ? ["new members get this role by default, and will get none"] : []),
    ];
    return lost.length === 0 ? undefined : `deletes its access rules too; ${lost.join("; ")}`;
  },
  async delete(connection, live) {
    const found = roleOf(live.id, await listRoles(connection));
    if (found !== undefined) await deleteRole(connection, found);
  },
});
