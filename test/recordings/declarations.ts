import type { Emulator } from "../../emulator";
import { organizationSettings } from "../../provider/access/organizationSettings";
import type { Properties } from "../../provider/engine/state";
import { settingRules } from "../../provider/handlers/project/projectSettingRules";
import { apiNameOf } from "../../provider/handlers/project/projectSettings";

/** A request that changes something, with its variables filled in. */
export interface Write {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a program would declare to send a request. */
export interface Declaration {
  readonly type: string;
  readonly args: Properties;
  /** The arguments of the last run, if the request changes something that exists. */
  readonly before?: Properties;
}

type Body = Write["body"];
type Mapping = (body: Body, parts: readonly string[], emulator: Emulator) => Declaration | undefined;

const settingsByField = new Map([...settingRules.keys()].map((name) => [apiNameOf(name), name]));
const organizationByField = new Map(
  Object.entries(organizationSettings).map(([name, { field }]) => [field as string, name]),
);

/** The declaration for a request; undefined if part of it has no argument. */
export function declarationOf({ method, path, body }: Write, emulator: Emulator): Declaration | undefined {
  for (const [methods, form, map] of MAPPINGS) {
    const parts = methods.includes(method) ? form.exec(path)?.slice(1) : undefined;
    if (parts !== undefined) return map(body, parts, emulator);
  }
  return undefined;
}

/** The values under other names; undefined if one has none, or if there are no values. */
function renamed(body: Body, names: ReadonlyMap<string, string>): Properties | undefined {
  const entries = Object.entries(body).map(([field, value]) => [names.get(field), value] as const);
  const isWhole = entries.length > 0 && entries.every(([name]) => name !== undefined);
  return isWhole ? Object.fromEntries(entries) : undefined;
}

const only = (body: Body, ...names: string[]): Properties | undefined =>
  renamed(body, new Map(names.map((name) => [name, name])));

function project({ name, timezone, ...fields }: Body): Properties | undefined {
  const settings = Object.keys(fields).length === 0 ? {} : renamed(fields, settingsByField);
  const given = Object.entries({ name, timezone }).filter(([, value]) => value !== undefined);
  return (
    settings && { ...Object.fromEntries(given), ...(Object.keys(fields).length === 0 ? {} : { settings }) }
  );
}

const newProject: Mapping = (body) => {
  const args = project(body);
  return args && { type: "Project", args: { ...args, adopt: false } };
};

const changedProject: Mapping = (body, [id], { store }) => {
  const args = Object.keys(body).length === 0 ? undefined : project(body);
  const before = { name: store.projects.get(Number(id))?.name };
  return args && { type: "Project", args: { ...before, ...args }, before };
};

/** A person or role from the request's ids: a membership's person, or the id itself. */
function subject({ organization_member: member, role }: Body, { store }: Emulator): Properties {
  const membership = typeof member === "string" ? store.memberships.get(member) : undefined;
  const user = membership === undefined ? member : store.users.get(membership.user_id)?.uuid;
  return { ...(user === undefined ? {} : { user }), ...(role === undefined ? {} : { role }) };
}

const projectRule: Mapping = (body, [id], emulator) => {
  const { access_level: level, ...rest } = body;
  if (level === null || "resource" in body) return undefined;
  const whom = subject(rest, emulator);
  const args = { projectId: Number(id), ...(level === undefined ? {} : { accessLevel: level }) };
  if (Object.keys(whom).length > 0) return { type: "ProjectMember", args: { ...args, ...whom, adopt: true } };
  return level === undefined
    ? undefined
    : { type: "ProjectAccess", args: { projectId: Number(id), defaultAccess: level, adopt: true } };
};

const typeRule: Mapping = (body, [id], emulator) => {
  const { access_level: level, resource, ...rest } = body;
  if (level === null) return undefined;
  const args = { projectId: Number(id), resource, ...subject(rest, emulator), adopt: true };
  return { type: "AccessControl", args: level === undefined ? args : { ...args, accessLevel: level } };
};

const role: Mapping = (body) => {
  const args = Object.keys(body).length === 0 ? {} : only(body, "name");
  return args && { type: "Role", args };
};

const changedRole: Mapping = (body, [id], { store }) => {
  const args = only(body, "name");
  const before = { name: store.roles.get(id)?.name };
  return args && { type: "Role", args, before };
};

const roleMembership: Mapping = ({ user_uuid: user }, [roleId]) => ({
  type: "RoleMembership",
  args: { roleId, ...(user === undefined ? {} : { user }) },
});

const member: Mapping = (body, [uuid], { store }) => {
  const args = only(body, "level");
  const user = store.users.find((one) => one.uuid === uuid);
  const level = store.memberships.find((one) => one.user_id === user?.id)?.level;
  return args && { type: "OrganizationMember", args: { user: uuid, ...args }, before: { user: uuid, level } };
};

const invite: Mapping = (body) => {
  const names = { target_email: "user", level: "level" };
  const { message, send_email: sendEmail, private_project_access: projects, ...fields } = body;
  const args = Object.keys(body).length === 0 ? {} : renamed(fields, new Map(Object.entries(names)));
  const list = Array.isArray(projects)
    ? projects.map(({ id, level }: Body) => ({ projectId: id, accessLevel: level }))
    : projects;
  const given = Object.entries({ message, sendEmail, projectAccess: list });
  const sent = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return args && { type: "OrganizationMember", args: { ...args, invite: sent } };
};

const domainNames = new Map([
  ["domain", "domain"],
  ["sso_enforcement", "enforcement"],
  ["jit_provisioning_enabled", "jitProvisioning"],
]);

const newDomain: Mapping = (body) => {
  const args = Object.keys(body).length === 0 ? {} : renamed(body, domainNames);
  return args && { type: "OrganizationDomain", args };
};

const changedDomain: Mapping = (body, [id], { store }) => {
  const { domain, sso_enforcement: enforcement, ...rest } = body;
  if (domain !== undefined) return undefined;
  const args = renamed(
    { ...rest, ...(enforcement === undefined ? {} : { sso_enforcement: enforcement || "off" }) },
    domainNames,
  );
  const before = { domain: store.domains.get(id)?.domain };
  return args && { type: "OrganizationDomain", args: { ...before, ...args }, before };
};

const keyNames = new Map([
  ["label", "label"],
  ["scopes", "scopes"],
  ["scoped_teams", "projects"],
  ["scoped_organizations", "organizations"],
]);

const personalKey: Mapping = (body) => {
  const args = renamed(body, keyNames);
  return args && { type: "PersonalApiKey", args: { ...args, allowWildcard: true, adopt: false } };
};

const changedPersonalKey: Mapping = (body, [id], { store }) => {
  const args = renamed(body, keyNames);
  const key = store.personalApiKeys.get(id);
  const before = { label: key?.label, scopes: [...(key?.scopes ?? [])], allowWildcard: true };
  return args && { type: "PersonalApiKey", args: { ...before, ...args }, before };
};

const secretKey: Mapping = (body, [id]) => {
  const args = only(body, "label", "scopes");
  return args && { type: "ProjectSecretApiKey", args: { projectId: Number(id), ...args } };
};

const settings: Mapping = (body) => {
  const args = renamed(body, organizationByField);
  return args && { type: "OrganizationSettings", args };
};

const CHANGE = ["PATCH", "PUT"];
const MAPPINGS: readonly (readonly [methods: readonly string[], path: RegExp, map: Mapping])[] = [
  [CHANGE, /^\/api\/organizations\/[^/]+\/$/, settings],
  [["POST"], /^\/api\/(?:organizations\/[^/]+\/)?projects\/$/, newProject],
  [["PATCH"], /^\/api\/projects\/(\d+)\/$/, changedProject],
  [["PUT"], /^\/api\/projects\/(\d+)\/access_controls\/$/, projectRule],
  [["PUT"], /^\/api\/projects\/(\d+)\/(?:resource|global)_access_controls\/$/, typeRule],
  [["POST"], /^\/api\/organizations\/[^/]+\/roles\/$/, role],
  [CHANGE, /^\/api\/organizations\/[^/]+\/roles\/([^/]+)\/$/, changedRole],
  [["POST"], /^\/api\/organizations\/[^/]+\/roles\/([^/]+)\/role_memberships\/$/, roleMembership],
  [CHANGE, /^\/api\/organizations\/[^/]+\/members\/([^/]+)\/$/, member],
  [["POST"], /^\/api\/organizations\/[^/]+\/invites\/$/, invite],
  [["POST"], /^\/api\/organizations\/[^/]+\/domains\/$/, newDomain],
  [CHANGE, /^\/api\/organizations\/[^/]+\/domains\/([^/]+)\/$/, changedDomain],
  [["POST"], /^\/api\/personal_api_keys\/$/, personalKey],
  [["PATCH"], /^\/api\/personal_api_keys\/([^/]+)\/$/, changedPersonalKey],
  [["POST"], /^\/api\/projects\/(\d+)\/project_secret_api_keys\/$/, secretKey],
];
