import type { EnumSpec } from "./spec";

/** A named list of texts. */
interface NamedList {
  readonly name: string;
  readonly description: string;
  readonly values: readonly string[];
}

const lists: readonly NamedList[] = [
  {
    name: "ProjectAccessLevel",
    description: "A level in a project as a whole.",
    values: ["none", "member", "admin"],
  },
  {
    name: "InvitedAccessLevel",
    description: "A level in a project that comes with an invite.",
    values: ["member", "admin"],
  },
  {
    name: "ResourceAccessLevel",
    description: "A level on a type of resource, as far as the type has it.",
    values: ["none", "viewer", "editor", "manager"],
  },
  {
    name: "OrganizationLevel",
    description: "A level in the organization.",
    values: ["member", "admin", "owner"],
  },
  {
    name: "ManagementMode",
    description: "Whether what is not listed stays (`additive`) or is removed (`exclusive`).",
    values: ["additive", "exclusive"],
  },
  {
    name: "MemberOnDestroy",
    description: "What happens to a member on destroy.",
    values: ["retain", "demote", "remove"],
  },
  {
    name: "SsoEnforcement",
    description: "The only way in which people of a domain may sign in, or `off`.",
    values: ["off", "saml", "google-oauth2", "github", "gitlab", "oidc"],
  },
];

/** The named list with exactly these values, in any order; undefined if there is none. */
export function namedListOf(values: readonly string[]): NamedList | undefined {
  const same = ({ values: own }: NamedList): boolean =>
    own.length === values.length && own.every((value) => values.includes(value));
  return lists.find(same);
}

/** A named list in the schema. */
export function enumSpec({ description, values }: NamedList): EnumSpec {
  return { type: "string", description, enum: values.map((value) => ({ name: enumMember(value), value })) };
}

/** A value's name in languages whose enumerations have named members: `GoogleOauth2` for `google-oauth2`. */
export function enumMember(value: string): string {
  return value
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
