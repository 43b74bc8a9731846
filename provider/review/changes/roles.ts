import { defaultRemovalLimit } from "../../access/plan";
import { planMembers, type RolePerson, tooManyLeave } from "../../access/roleMembers";
import type { RoleWithMembers } from "../../access/snapshot";
import type { DesiredRole } from "../../matrix/desired";
import type { MatrixTarget, RoleChange } from "./model";
import type { WorkingOrganization } from "./working";

/** Changes the roles to what a matrix declares. */
export function changeRoles(
  working: WorkingOrganization,
  target: MatrixTarget,
  base?: MatrixTarget,
): RoleChange[] {
  return target.desired.roles.flatMap((role) => {
    const earlier = base?.desired.roles.find(({ team }) => [role.team, ...role.previously].includes(team));
    return changeRole(working, role, namesakeOf(working, role, target, earlier), {
      wanted: peopleOf(role, target),
      earlier: base && earlier && peopleOf(earlier, base),
    });
  });
}

/** The existing role: under its name, otherwise under its earlier one. A team's role has the team's name by default. */
function namesakeOf(
  working: WorkingOrganization,
  { name, previously }: DesiredRole,
  { desired }: MatrixTarget,
  earlier: DesiredRole | undefined,
): RoleWithMembers | undefined {
  const others = new Set(desired.roles.map((role) => role.name.toLowerCase()));
  const before = [...(earlier === undefined ? [] : [earlier.name]), ...previously];
  const names = [name, ...before.filter((each) => !others.has(each.toLowerCase()))];
  return names.flatMap((each) => working.role(each) ?? [])[0];
}

/** Deletes the roles that only the earlier matrix had, as an update does: after no policy uses them any more. */
export function deleteRoles(
  working: WorkingOrganization,
  target: MatrixTarget,
  base?: MatrixTarget,
): RoleChange[] {
  const kept = new Set(target.desired.roles.flatMap(({ team, previously }) => [team, ...previously]));
  const names = new Set(target.desired.roles.map(({ name }) => name.toLowerCase()));
  const isGone = ({ team, name }: DesiredRole): boolean => !kept.has(team) && !names.has(name.toLowerCase());
  const gone = base?.desired.roles.filter(isGone) ?? [];
  return gone.flatMap((role) => deleteRole(working, role));
}

function peopleOf({ team, members }: DesiredRole, target: MatrixTarget): readonly string[] | undefined {
  return target.members.get(team) ?? members;
}

function changeRole(
  working: WorkingOrganization,
  desired: DesiredRole,
  known: RoleWithMembers | undefined,
  { wanted, earlier }: { wanted: readonly string[] | undefined; earlier: readonly string[] | undefined },
): RoleChange[] {
  const { name } = desired;
  const role: RoleWithMembers = known ?? { id: `new role ${name}`, name, userUuids: [] };
  const plan = planMembers({
    listed: wanted === undefined ? [] : resolve(working, desired, wanted),
    earlier: wanted === undefined ? [] : (earlier ?? []).flatMap((user) => working.person(user) ?? []),
    current: peopleIn(working, role),
    mode: wanted === undefined ? "additive" : (desired.mode ?? "additive"),
    ignore: desired.ignore ?? [],
  });
  const refusal = tooManyLeave(plan, desired.removalLimit ?? defaultRemovalLimit);
  if (refusal !== undefined) {
    working.warnings.push(`role ${name}: the update will fail. ${refusal.why} ${refusal.fix}`);
  }
  const out = new Set(plan.leaving.map(({ userUuid }) => userUuid));
  const userUuids = [
    ...role.userUuids.filter((userUuid) => !out.has(userUuid)),
    ...plan.joining.map(({ userUuid }) => userUuid),
  ];
  working.roles = [...working.roles.filter(({ id }) => id !== role.id), { id: role.id, name, userUuids }];
  const isSame = known?.name === name && plan.joining.length === 0 && plan.leaving.length === 0;
  if (isSame) return [];
  const change = known === undefined ? "made" : "changed";
  return [{ role: name, change, joining: emails(plan.joining), leaving: emails(plan.leaving) }];
}

/** The existing members; anyone else is waited for, or a problem. */
function resolve(working: WorkingOrganization, role: DesiredRole, wanted: readonly string[]): RolePerson[] {
  return wanted.flatMap((user) => {
    const person = working.person(user);
    if (person !== undefined) return person;
    if (role.waitForMembers === true || working.isInvited(user)) {
      working.notes.push(`${user} joins role ${role.name} once they are in the organization`);
    } else {
      working.complainOf(user, ["access_matrix", role.team, "members"]);
    }
    return [];
  });
}

function deleteRole(working: WorkingOrganization, { name }: DesiredRole): RoleChange[] {
  const role = working.role(name);
  if (role === undefined) return [];
  working.roles = working.roles.filter(({ id }) => id !== role.id);
  working.rules = working.rules.filter(({ roleId }) => roleId !== role.id);
  return [{ role: name, change: "deleted", joining: [], leaving: emails(peopleIn(working, role)) }];
}

function peopleIn({ live }: WorkingOrganization, { userUuids }: RoleWithMembers): RolePerson[] {
  const inRole = new Set(userUuids);
  return live.access.people.filter(({ userUuid }) => inRole.has(userUuid));
}

function emails(people: readonly RolePerson[]): string[] {
  return people.map(({ email }) => email).sort();
}
