import * as z from "zod";
import type { Properties } from "../../provider/engine/state";
import { settingRules } from "../../provider/handlers/project/projectSettingRules";
import { apiNameOf } from "../../provider/handlers/project/projectSettings";
import { construct, Expression } from "./code";
import { asComments } from "./leftOut";
import { Names } from "./names";
import { type Program, programHeader } from "./program";
import { type MemberName, personNamed } from "./terraformNames";
import type { TerraformResource, TerraformState } from "./terraformState";

/** The program of a Terraform state, and what it leaves to Terraform. */
export interface TerraformProgram extends Program {
  /** Addresses of resources for which the package has no kind. */
  readonly stays: readonly string[];
}

/** The kinds that become resources, in the order of the program, with their titles there. */
const sections = {
  project: "Projects",
  organization_member: "People",
  role: "Roles",
  role_membership: "Roles",
  project_default_access: "Access",
  project_member: "Access",
  access_control: "Access",
} as const;

type Kind = keyof typeof sections;

/** Settings become arguments of their project. */
const settingsKind = "project_settings";
const defaultAccessKind = "project_default_access";

/** Ids of people whose address is not in the state, so that the organization has to be read. */
export function unresolvedPeople({ resources, people }: TerraformState): string[] {
  const ids = resources.flatMap(({ kind, values }) =>
    isKind(kind) ? [values.user_uuid, values.organization_member] : [],
  );
  return ids.filter((id): id is string => typeof id === "string" && personNamed(id, people) === undefined);
}

/** The program with a state's organization-side resources, under their logical names. */
export function programOfTerraform(
  state: TerraformState,
  people: readonly MemberName[],
  account?: string,
): TerraformProgram {
  const conversion = new Conversion(state.resources, people, account);
  const statements = conversion.statements();
  const stays = state.resources
    .filter(({ kind }) => !isKind(kind) && kind !== settingsKind)
    .map(({ address }) => address);
  const remarks = [
    ...conversion.remarks,
    ...(stays.length === 0 ? [] : [`what stays in Terraform: ${stays.join("; ")}`]),
  ];
  const titles = [...new Set(Object.values(sections))];
  const bodies = titles.flatMap((title) => {
    const own = statements.filter(({ kind }) => sections[kind] === title).map(({ code }) => code);
    return own.length === 0 ? [] : [`\n// ${title}\n\n${own.join("\n")}`];
  });
  const { ids } = conversion;
  const what = "The organization-side resources of a Terraform state, as pulumi-posthog export found them.";
  const text = [
    `${programHeader(what, ids)}${asComments(remarks, "//")}`,
    'import * as posthog from "pulumi-posthog";',
    ...bodies,
  ];
  return { files: new Map([["index.ts", `${text.join("\n")}\n`]]), ids, leftOut: remarks, stays };
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(sections, kind);
}

const text = z.string().nullish();
const projectValues = z.looseObject({ id: z.coerce.string(), name: z.string(), timezone: text });
const accessValues = z.looseObject({
  project_id: z.coerce.string().nullish(),
  access_level: z.string(),
  resource: text,
  resource_id: text,
  role: text,
  organization_member: text,
});
const memberValues = z.looseObject({
  user_uuid: z.string(),
  level: text,
  retain_on_destroy: z.boolean().nullish(),
});
const roleValues = z.looseObject({ id: z.string(), name: z.string() });
const membershipValues = z.looseObject({ role_id: z.string(), user_uuid: z.string() });

/** Converts the resources of one state, which refer to each other by id. */
class Conversion {
  readonly remarks: string[] = [];
  /** PostHog's ids by resource, which `adopt` needs for projects: several may share a name. */
  readonly ids = new Map<string, string>();
  private readonly variables = new Map<string, string>();
  private readonly used = new Set<string>();

  constructor(
    private readonly resources: readonly TerraformResource[],
    private readonly people: readonly MemberName[],
    private readonly account: string | undefined,
  ) {
    const names = new Names();
    for (const { kind, name, values } of resources.filter(
      ({ kind }) => kind === "project" || kind === "role",
    )) {
      const type = kind === "project" ? "Project" : "Role";
      this.variables.set(`${kind}/${String(values.id)}`, names.variable(slug(name), type));
    }
    for (const { kind, values, address } of resources) {
      if (kind === settingsKind && this.variableOf("project", values.project_id) === undefined)
        this.remarks.push(`${address}: settings belong to a Project, and the state has none of that id`);
    }
  }

  /** The statements, by kind: those that others refer to come first, as variables. */
  statements(): { readonly kind: Kind; readonly code: string }[] {
    const order = Object.keys(sections);
    const made = this.resources.flatMap((resource) => {
      const { kind, name } = resource;
      const one = isKind(kind) ? converters[kind](this, resource) : undefined;
      return one === undefined || !isKind(kind) ? [] : [{ kind, name, ...one }];
    });
    made.sort((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind));
    return made.map(({ kind, name, type, args, variable }) => {
      const isUsed = variable !== undefined && this.used.has(variable);
      const own = defined({ ...args, account: this.account });
      return { kind, code: construct(type, [name, own], isUsed ? `const ${variable} = ` : "") };
    });
  }

  /** The resources of a kind about a project. */
  about(kind: string, projectId: string): TerraformResource[] {
    return this.resources.filter(
      (one) => one.kind === kind && String(one.values.project_id ?? one.values.id) === projectId,
    );
  }

  variableOf(kind: "project" | "role", id: unknown): string | undefined {
    return this.variables.get(`${kind}/${String(id)}`);
  }

  /** A project or role: the output of its resource, or its id if another configuration manages it. */
  reference(kind: "project" | "role", id: string): Expression | string | number {
    const variable = this.variableOf(kind, id);
    if (variable !== undefined) {
      this.used.add(variable);
      return new Expression(`${variable}.${kind}Id`);
    }
    return kind === "project" && /^\d+$/.test(id) ? Number(id) : id;
  }

  /** The subject of a rule: a role or a person; undefined for everyone. */
  principal(
    { address }: TerraformResource,
    { role, organization_member: member }: z.infer<typeof accessValues>,
  ): Properties | undefined {
    if (role != null && role !== "") return { role: this.reference("role", role) };
    if (member == null || member === "") return {};
    const user = personNamed(member, this.people);
    if (user === undefined) this.leaveOut(address, `nobody in the organization has the membership ${member}`);
    return user === undefined ? undefined : { user };
  }

  /** A person of the organization by user UUID. */
  user(uuid: string): string {
    return personNamed(uuid, this.people) ?? uuid;
  }

  leaveOut(address: string, why: string): undefined {
    this.remarks.push(`${address}: ${why}`);
    return undefined;
  }
}

interface Made {
  readonly type: string;
  readonly args: Properties;
  readonly variable?: string;
}

const converters: Readonly<
  Record<Kind, (conversion: Conversion, resource: TerraformResource) => Made | undefined>
> = {
  project(conversion, resource) {
    const { id, name, timezone } = projectValues.parse(resource.values);
    const [access] = conversion.about(defaultAccessKind, id);
    const settings = settingsIn(conversion.about(settingsKind, id));
    conversion.ids.set(`Project:${resource.name}`, id);
    const defaultAccess = access === undefined ? undefined : accessValues.parse(access.values).access_level;
    return {
      type: "Project",
      args: defined({ name, timezone: timezone ?? undefined, defaultAccess, settings }),
      variable: conversion.variableOf("project", id),
    };
  },
  organization_member(conversion, { values }) {
    const { user_uuid, level, retain_on_destroy: retains } = memberValues.parse(values);
    // Terraform removes people by default; this package keeps them by default.
    const onDestroy = retains === true ? undefined : "remove";
    const user = conversion.user(user_uuid);
    return { type: "OrganizationMember", args: defined({ user, level: level ?? undefined, onDestroy }) };
  },
  role(conversion, { values }) {
    const { id, name } = roleValues.parse(values);
    return { type: "Role", args: { name }, variable: conversion.variableOf("role", id) };
  },
  role_membership(conversion, { values }) {
    const { role_id, user_uuid } = membershipValues.parse(values);
    const roleId = conversion.reference("role", role_id);
    return { type: "RoleMembership", args: { roleId, user: conversion.user(user_uuid) } };
  },
  project_default_access(conversion, { values }) {
    const id = String(values.project_id ?? values.id);
    if (conversion.variableOf("project", id) !== undefined) return undefined;
    const { access_level: defaultAccess } = accessValues.parse(values);
    return { type: "ProjectAccess", args: { projectId: conversion.reference("project", id), defaultAccess } };
  },
  project_member(conversion, resource) {
    const values = accessValues.parse(resource.values);
    const principal = conversion.principal(resource, values);
    if (principal === undefined) return undefined;
    const projectId = conversion.reference("project", String(values.project_id));
    return { type: "ProjectMember", args: { projectId, ...principal, accessLevel: values.access_level } };
  },
  access_control(conversion, resource) {
    const values = accessValues.parse(resource.values);
    const principal = conversion.principal(resource, values);
    if (principal === undefined) return undefined;
    const projectId = conversion.reference("project", String(values.project_id));
    const target = defined({ resource: values.resource, resourceId: values.resource_id ?? undefined });
    return {
      type: "AccessControl",
      args: { projectId, ...target, ...principal, accessLevel: values.access_level },
    };
  },
};

/** The settings whose values are in a state, as arguments of the project. */
function settingsIn(resources: readonly TerraformResource[]): Properties | undefined {
  const held: Properties = Object.assign({}, ...resources.map(({ values }) => values));
  const settings = [...settingRules.keys()].flatMap((name): [string, unknown][] => {
    const value = held[apiNameOf(name)];
    return value == null ? [] : [[name, value]];
  });
  return settings.length === 0 ? undefined : Object.fromEntries(settings);
}

/** The start of a variable's name. */
const slug = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

function defined(values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
