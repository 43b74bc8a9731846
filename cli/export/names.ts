/** Names that a program cannot give to its own variables. */
const reserved: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as async await boolean break case catch class const constructor continue debugger declare " +
    "default delete do else enum eval export exports extends false finally for from function get if implements import " +
    "in instanceof interface let module new null number object of package posthog private protected public pulumi " +
    "require return set static string super switch symbol this throw true try type typeof undefined unknown var void " +
    "while with yield people levels lists"
  ).split(" "),
);

/** Gives each thing a name of its own; whoever asks first gets the plain one. */
export class Names {
  private readonly taken = new Set<string>();

  /**
   * The name of a resource: the thing's name in small letters, digits and hyphens.
   *
   * @param suffix tells things of one name apart, and stays the same from one export to the next.
   */
  resource(name: string, suffix: string, whenEmpty: string): string {
    const slug = slugOf(name);
    return this.take([slug, `${slug === "" ? whenEmpty : slug}-${suffix}`].filter((text) => text !== ""));
  }

  /** A name for a variable, after the name of its resource. */
  variable(resource: string, kind: string): string {
    const camel = resource.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
    const start = /^[a-z]/.test(camel) ? camel : `${kind.toLowerCase()}${camel}`;
    return this.take([...(reserved.has(start) ? [] : [start]), `${start}${kind}`]);
  }

  /** Takes the first name that is free, or else the last with a number. */
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

function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
