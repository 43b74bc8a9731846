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

/** PostHog's numbers of membership levels by name, and the names that its log has for them. */
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

/** A role by the names that it has or had, and its id. */
interface KnownRole {
  readonly id: string;
  readonly names: readonly string[];
}

/**
 * How the log shows that someone came into a role, or out of it. Entries of memberships name the person and the role;
 * those of SCIM only the role.
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

/** A role of the state, with the names that the directory and the state have for it. */
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

/** One person in the list of a role's people. */
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

/** Traces of `Role`. */
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

/** Traces of `RoleMembers`. */
export const roleMembers: ResourceTraces = { gone: roleGone, properties: { roleId: roleGone, ...people } };

const outOfRole: Tracer = ({ id, state, directory }) => {
  const roleId = textOf(state, "roleUuid") ?? id.split("/")[0] ?? "";
  const email = textOf(state, "email") ?? emailOf(textOf(state, "user"), directory);
  return [...inRole(roleOf(roleId, state, directory), email, false), ...roleGone({ id: roleId, state: {} })];
};

/** Traces of `RoleMembership`. */
export const roleMembership: ResourceTraces = {
  gone: outOfRole,
  properties: { roleId: outOfRole, user: outOfRole },
};

/** The way in is by e-mail address, and PostHog writes it into a sentence. */
function inviteTraces(email: string | undefined, activities: readonly string[]): Trace[] {
  return email === undefined ? [] : [{ scope: "OrganizationInvite", activities, mentions: [email] }];
}

function membershipIdOf(state: Values, { people: everybody }: NameDirectory): string | undefined {
  const email = textOf(state, "email") ?? textOf(state, "user");
  const live = everybody.find((one) => email !== undefined && lower(one.email) === lower(email));
  return textOf(state, "membershipId") ?? live?.membershipId;
}

/** Traces of `OrganizationMember`. */
export const organizationMember: ResourceTraces = {
  gone({ state, directory }) {
    const email = textOf(state, "email") ?? textOf(state, "user");
    return [
      ...leftOrganization(membershipIdOf(state, directory), email),
      ...inviteTraces(email, ["deleted"]),
    ];
  },
  properties: {
    // Changes of accounts are shown to PostHog's staff only.
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
