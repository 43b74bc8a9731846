import { sameText } from "../../arguments/fields";
import type { ExpectedRole } from "../../engine/expected";
import type { Role } from "../../posthog/roles";
import type { Directory } from "../../snapshot/accessSnapshot";

/** The organization as the rest of the program leaves it. */
export interface ExpectedDirectory {
  readonly directory: Directory;
  /** Ids of roles of which it is not known yet who is in them. */
  readonly open: ReadonlySet<string>;
}

/** Puts what resources of the program make of roles into what PostHog has: new roles and names, who joins and leaves. */
export function directoryAfter(directory: Directory, expected: readonly ExpectedRole[]): ExpectedDirectory {
  const roles = new Map(directory.roles.map((role) => [role.id, role]));
  const open = new Set<string>();
  // Renamed ones first: the others may go by the new name already.
  const byIdFirst = [...expected].sort((one, other) => Number(!one.id) - Number(!other.id));
  for (const one of byIdFirst) {
    const role = targetOf(one, roles) ?? pendingRole(one);
    if (role === undefined) continue;
    roles.set(role.id, changed(role, one, directory));
    if (one.isOpen) open.add(role.id);
  }
  for (const { id, members } of roles.values()) if (isToCome(id) && members?.length === 0) open.add(id);
  return { directory: { ...directory, roles: [...roles.values()] }, open };
}

/** Whether the same people are in a role before and afterwards. */
export function samePeople(before: Role | undefined, after: Role | undefined): boolean {
  const [were, are] = [before, after].map((role) =>
    (role?.members ?? []).map(({ user }) => user.uuid).sort(),
  );
  return JSON.stringify(were) === JSON.stringify(are);
}

const mark = "to come: ";

const isToCome = (id: string): boolean => id.startsWith(mark);

function targetOf({ id, name }: ExpectedRole, roles: ReadonlyMap<string, Role>): Role | undefined {
  if (id !== undefined) return roles.get(id);
  return [...roles.values()].find((role) => sameText(role.name, name));
}

function pendingRole({ id, name }: ExpectedRole): Role | undefined {
  return id !== undefined || name === undefined
    ? undefined
    : { id: `${mark}${name.toLowerCase()}`, name, members: [] };
}

function changed(role: Role, { id, name, joining, leaving }: ExpectedRole, { members }: Directory): Role {
  const gone = new Set([...leaving, ...joining]);
  const joined = members.filter(({ user }) => joining.includes(user.uuid));
  return {
    ...role,
    // Found by its name it has that name, whatever the case.
    name: id === undefined ? role.name : (name ?? role.name),
    members: [...(role.members ?? []).filter(({ user }) => !gone.has(user.uuid)), ...joined],
  };
}
