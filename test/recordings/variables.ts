import type { WorldSeed } from "./tape";

/** The values behind `${name}` in steps. */
export type Variables = Map<string, string | number>;

/** Thrown if a step needs a value that no earlier step returned. */
export class MissingVariable extends Error {}

/** The names that steps can use from the start. */
export function seedVariables(world: WorldSeed): Variables {
  const { orgs, projects, users, memberships, verified_domain, password } = world;
  const variables: Variables = new Map();
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined) {
      variables.set(name, value);
    }
  };
  set("org", orgs.acme?.id);
  set("orgFree", orgs.free?.id);
  set("orgOther", orgs.other?.id);
  set("p1", projects.acme_default);
  set("p2", projects.acme_second);
  set("pFree", projects.free_default);
  set("pOther", projects.other_default);
  set("domain", verified_domain.id);
  set("password", password);
  set("unknown", "01a222aa-dead-7000-8000-00000000dead");
  for (const [name, { id, uuid }] of Object.entries(users)) {
    set(`u.${name}`, uuid);
    set(`uid.${name}`, id);
  }
  for (const [name, byOrganization] of Object.entries(memberships)) {
    for (const [slug, id] of Object.entries(byOrganization)) {
      set(slug === "acme-inc" ? `m.${name}` : `m.${name}@${slug}`, id);
    }
  }
  return variables;
}

/** A copy of a value with its `${name}`s replaced. If a `${name}` is the whole text, its value keeps its type. */
export function fill(value: unknown, variables: Variables): unknown {
  if (typeof value === "string") {
    const name = /^\$\{([^}]+)\}$/.exec(value)?.[1];
    return name === undefined ? fillText(value, variables) : variable(name, variables);
  }
  if (Array.isArray(value)) {
    return value.map((item) => fill(item, variables));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, variables)]));
  }
  return value;
}

/** A text with its `${name}`s replaced. */
export function fillText(text: string, variables: Variables): string {
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => String(variable(name, variables)));
}

function variable(name: string, variables: Variables): string | number {
  const value = variables.get(name);
  if (value === undefined) {
    throw new MissingVariable(name);
  }
  return value;
}
