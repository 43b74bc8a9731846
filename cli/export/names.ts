import type { ExportSnapshot } from "./gather";
import { byText } from "./rules";

/** How other resources refer to a project or role of the program. */
export interface Declared {
  /** The resource's name. */
  readonly name: string;
  readonly variable: string;
}

/** Names that variables of a program cannot have. */
const reserved: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as async await boolean break case catch class const constructor continue debugger declare " +
    "default delete do else enum eval export exports extends false finally for from function get if implements import " +
    "in instanceof interface let module new null number object of package posthog private protected public pulumi " +
    "require return set static string super switch symbol this throw true try type typeof undefined unknown var void " +
    "while with yield people levels lists"
  ).split(" "),
);

/** Gives each thing a unique name; the first one gets the plain name. */
export class Names {
  private readonly taken = new Set<string>();

  /**
   * The name of a resource: the thing's name in lower-case letters, digits and hyphens.
   *
   * @param suffix distinguishes things with the same name, and stays the same in every export.
   */
  resource(name: string, suffix: string, whenEmpty: string): string {
    const slug = slugOf(name);
    return this.take([slug, `${slug === "" ? whenEmpty : slug}-${suffix}`].filter((text) => text !== ""));
  }

  /** A variable name that follows the name of its resource. */
  variable(resource: string, kind: string): string {
    const camel = resource.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
    const start = /^[a-z]/.test(camel) ? camel : `${kind.toLowerCase()}${camel}`;
    return this.take([...(reserved.has(start) ? [] : [start]), `${start}${kind}`]);
  }

  /** Takes the first free name, or the last one with a number. */
  private take(candidates: readonly string[]): string {
    const last = candidates.at(-1) ?? "";
    const free = (name: string): boolean => !this.taken.has(name);
    let name = candidates.find(free);
    for (let number = 2; name === undefined; number += 1) {
      if (free(`${last}${number}`)) name = `${last}${number}`;
    }
    this.taken.add(name);
    return name;
  }
}

/** A name in lower-case letters, digits and hyphens. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Names for every project and role; projects with the same name get their id, roles the start of their id. */
export function nameThings({ projects, live }: ExportSnapshot): {
  projects: Map<number, Declared>;
  roles: Map<string, Declared>;
} {
  const [variables, ofProjects, ofRoles] = [new Names(), new Names(), new Names()];
  const declare = (names: Names, name: string, id: string, kind: string): Declared => {
    const resource = names.resource(name, id, kind.toLowerCase());
    return { name: resource, variable: variables.variable(resource, kind) };
  };
  const roles = [...live.access.roles].sort((left, right) => byText(left.name, right.name));
  return {
    projects: new Map(projects.map(({ id, name }) => [id, declare(ofProjects, name, String(id), "Project")])),
    roles: new Map(roles.map(({ id, name }) => [id, declare(ofRoles, name, id.slice(0, 8), "Role")])),
  };
}
