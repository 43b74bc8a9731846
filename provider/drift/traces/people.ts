import {
  type NameDirectory,
  type ResourceTraces,
  type Seen,
  type Trace,
  type Tracer,
  textOf,
  texts,
  type Values,
} from "./trace";

const scimChanges = ["scim_provisioned", "scim_updated", "scim_replaced"];

/** PostHog's numbers of membership levels by name, and their names in its log. */
const levelForms: Readonly<Record<string, readonly unknown[]>> = {
  member: [1, "member"],
  admin: [8, "admin", "administrator"],
  owner: [15, "owner"],
};

/** How the log shows that someone left the organization. */
function leftOrganization(membershipId: string | undefined, email: string | undefined): Trace[] {
  const left = { scope: "OrganizationMembership", activities: ["deleted"] };
  return [
    ...(membershipId === undefined ? [] : [{ ...left, itemIds: [membershipId] }]),
    ...(email === undefined ? [] : [{ ...left, context: { user_email: email } }]),
  ];
}

/** A role by its current and earlier names, and its id. */
interface KnownRole {
  readonly id: string;
  readonly names: readonly string[];
}

/**
 * How the log shows that someone joined or left a role. Entries about memberships contain the person and the role;
 * those from SCIM only the role.
 */
export function inRole(role: KnownRole, email: string | undefined, isIn: boolean): Trace[] {
  const names = role.names.length === 0 ? [undefined] : role.names;
  const moved = names.map(
    (name): Trace => ({
      scope: "RoleMembership",
      activities: [isIn ? "created" : "deleted"],
      mentions: texts(email, name === undefined ? undefined : ` in ${name}`),
      ...(name === undefined || email === undefined ? { isIndirect: true } : {}),
    }),
  );
  return [
    ...moved,
    { scope: "Role", activities: scimChanges, itemIds: [role.id], isIndirect: true },
    ...(isIn ? [] : leftOrganization(undefined, email)),
  ];
}

/** A role in the state, with its names in the directory and the state. */
function roleOf(id: string, state: Values, { roles }: NameDirectory): KnownRole {
  const live = roles.find((role) => role.id === id)?.name;
  const [own, declared] = [textOf(state, "name"), textOf(state, "roleId")];
  return { id, names: [...new Set(texts(live, own, declared === id ? undefined : declared))] };
}

const lower = (text: string): string => text.toLowerCase();

function emailOf(user: string | undefined, { people }: NameDirectory): string | undefined {
  if (user === undefined || user.includes("@")) return user;
  return people.find(({ userUuid }) => lower(userUuid) === lower(user))?.email;
}

/** One person in a role's list of members. */
const listedPerson: Tracer = ({ id, state, path, actual, directory }) => {
  const user = path.slice(1).join(".");
  return inRole(roleOf(id, state, directory), emailOf(user, directory), actual !== undefined);
};

const roleGone = ({ id, state }: Pick<Seen, "id" | "state">): Trace[] => [
  {
    scope: "Role",
    activities: ["deleted", "scim_deprovisioned"],
    itemIds: texts(textOf(state, "roleUuid") ?? id),
  },
];

const people = {
  members: listedPerson,
  mode: "local",
  removalLimit: "local",
  ignore: "local",
  waitForMembers: "local",
} as const;

export const role: ResourceTraces = {
  gone: roleGone,
  properties: {
    name: ({ id, actual }) => [
      {
        scope: "Role",
        activities: ["updated"],
        itemIds: [id],
        fields: ["name"],
        after: [actual],
      },
      { scope: "Role", activities: scimChanges, itemIds: [id], isIndirect: true },
    ],
    ...people,
  },
};

export const roleMembers: ResourceTraces = { gone: roleGone, properties: { roleId: roleGone, ...people } };

const outOfRole: Tracer = ({ id, state, directory }) => {
  const roleId = textOf(state, "roleUuid") ?? id.split("/")[0] ?? "";
  const email = textOf(state, "email") ?? emailOf(textOf(state, "user"), directory);
  return [...inRole(roleOf(roleId, state, directory), email, false), ...roleGone({ id: roleId, state: {} })];
};

export const roleMembership: ResourceTraces = {
  gone: outOfRole,
  properties: { roleId: outOfRole, user: outOfRole },
};

/** Invites are logged by e-mail address, which PostHog puts into a sentence. */
function inviteTraces(email: string | undefined, activities: readonly string[]): Trace[] {
  return email === undefined ? [] : [{ scope: "OrganizationInvite", activities, mentions: [email] }];
}

function membershipIdOf(state: Values, { people: everybody }: NameDirectory): string | undefined {
  const email = textOf(state, "email") ?? textOf(state, "user");
  const live = everybody.find((one) => email !== undefined && lower(one.email) === lower(email));
  return textOf(state, "membershipId") ?? live?.membershipId;
}

export const organizationMember: ResourceTraces = {
  gone({ state, directory }) {
    const email = textOf(state, "email") ?? textOf(state, "user");
    return [
      ...leftOrganization(membershipIdOf(state, directory), email),
      ...inviteTraces(email, ["deleted"]),
    ];
  },
  properties: {
    // PostHog shows changes of accounts only to its staff.
    user: () => [],
    level: ({ state, actual, directory }) => [
      {
        scope: "OrganizationMembership",
        activities: ["updated"],
        itemIds: texts(membershipIdOf(state, directory)),
        fields: ["level"],
        after: levelForms[String(actual)] ?? [actual],
      },
      ...inviteTraces(textOf(state, "email"), ["created"]).map((trace) => ({
        ...trace,
        isIndirect: true as const,
      })),
    ],
    invite: ({ state }) =>
      inviteTraces(textOf(state, "email") ?? textOf(state, "user"), ["created", "updated"]).map((trace) => ({
        ...trace,
        isIndirect: true,
      })),
    onDestroy: "local",
  },
};
