import { listed, quoted } from "../access/messages";
import { didYouMean } from "../access/nearest";
import type { Entries, Entry, Located, Matrix, Template } from "./model";
import type { MatrixProblem, Path } from "./problem";

/** The longest chain of templates and teams that extend each other. */
const longestLine = 32;
/** How many values may be inherited in total: 500 teams with two settings in each of 80 projects. */
const mostInherited = 200_000;

/** The entries of each team after applying everything that it extends, and then the defaults. */
export function inheritedEntries(
  matrix: Matrix,
  report: (problem: MatrixProblem) => void,
): ReadonlyMap<string, Entries> {
  const family = new Family(matrix, report);
  return new Map(
    [...matrix.teams].map(([name, team]) => {
      const stated = family.entriesOf(name);
      return [name, isServiceAccount(stated) ? stated : family.withDefaults(team, stated)];
    }),
  );
}

/** Whether a team's entries make it a service account: it gets keys instead of a role. */
export function isServiceAccount(entries: Entries): boolean {
  return [...entries.values()].some(({ scopes }) => scopes !== undefined);
}

/** The entries of a template or team, and the length of its longest chain of `extends`. */
interface Inheritance {
  readonly entries: Entries;
  readonly length: number;
}

const noInheritance: Inheritance = { entries: new Map(), length: 0 };

class Family {
  private readonly known = new Map<string, Inheritance>();
  private readonly line: string[] = [];
  /** How many inherited values there are so far. */
  private values = 0;

  constructor(
    private readonly matrix: Matrix,
    private readonly report: (problem: MatrixProblem) => void,
  ) {
    for (const [name, { path }] of matrix.templates) {
      if (!matrix.teams.has(name)) continue;
      report({
        path,
        message: "is also the name of a team: extends would be ambiguous",
        onName: true,
      });
    }
  }

  entriesOf(name: string): Entries {
    return this.inheritanceOf(name).entries;
  }

  withDefaults(team: Template, stated: Entries): Entries {
    return this.taken(this.matrix.defaults, stated, team.path);
  }

  private inheritanceOf(name: string): Inheritance {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const member = this.find(name);
    if (member === undefined) return noInheritance;
    this.line.push(name);
    let whole: Inheritance = { entries: new Map(), length: 1 };
    for (const template of member.extends) {
      const { entries, length } = this.parent(template);
      whole = {
        entries: this.taken(whole.entries, entries, template.path),
        length: Math.max(whole.length, length + 1),
      };
    }
    this.line.pop();
    const inheritance = { ...whole, entries: this.taken(whole.entries, member.entries, member.path) };
    this.known.set(name, inheritance);
    return inheritance;
  }

  private parent({ value: name, path }: Located<string>): Inheritance {
    const again = this.line.indexOf(name);
    if (again !== -1) {
      const circle = [...this.line.slice(again), name].map(quoted);
      this.report({ path, message: `is circular: ${circle.join(" extends ")}` });
      return noInheritance;
    }
    if (this.find(name) === undefined) {
      const names = [...this.matrix.templates.keys(), ...this.matrix.teams.keys()];
      const hint =
        didYouMean(name, names) || `; known templates and teams: ${listed(names.slice(0, 10), "and")}`;
      this.report({ path, message: `unknown template or team ${quoted(name)}${hint}` });
      return noInheritance;
    }
    // A long chain is not followed to its end, because the stack is limited too.
    const parent = this.line.length < longestLine ? this.inheritanceOf(name) : undefined;
    if (parent !== undefined && parent.length < longestLine) return parent;
    const message = `extends a chain of more than ${longestLine} templates and teams: shorten it, or repeat the settings here`;
    this.report({ path, message });
    return noInheritance;
  }

  /** `own` applied over `base`; once there are too many values, only `own`. */
  private taken(base: Entries, own: Entries, path: Path): Entries {
    if (this.values > mostInherited) return own;
    const entries = merged(base, own);
    if (base.size === 0) return entries;
    this.values += valuesIn(entries);
    if (this.values <= mostInherited) return entries;
    const message = `inherits too much: extends and defaults now give more than ${mostInherited} values; give teams only what they need`;
    this.report({ path, message, onName: true });
    return own;
  }

  private find(name: string): Template | undefined {
    return this.matrix.templates.get(name) ?? this.matrix.teams.get(name);
  }
}

/** `own`, plus what it lacks from `base`. */
function merged(base: Entries, own: Entries): Entries {
  if (own.size === 0) return base;
  if (base.size === 0) return own;
  const all = new Map(base);
  for (const [project, entry] of own) {
    const inherited = base.get(project);
    all.set(project, inherited === undefined || !entry.inherits ? entry : mergedEntry(inherited, entry));
  }
  return all;
}

/** The number of values in entries, which is the cost of copying them to a team. */
function valuesIn(entries: Entries): number {
  return [...entries.values()].reduce(
    (sum, { levels, capabilities, scopes }) =>
      sum + 2 + levels.size + capabilities.length + (scopes?.value.length ?? 0),
    0,
  );
}

function mergedEntry(base: Entry, own: Entry): Entry {
  const ownLevels = own.levels;
  const ownCapabilityTypes = new Set(own.capabilities.map(({ value: { type } }) => type));
  const replaced = new Set(own.capabilities.map(({ value: { type, verb } }) => `${verb} ${type}`));
  const capabilities = base.capabilities.filter(
    ({ value: { type, verb } }) => !ownLevels.has(type) && !replaced.has(`${verb} ${type}`),
  );
  const levels = [...base.levels].filter(([type]) => !ownCapabilityTypes.has(type));
  return {
    path: own.path,
    role: own.role ?? base.role,
    levels: new Map([...levels, ...own.levels]),
    capabilities: [...capabilities, ...own.capabilities],
    scopes: own.scopes ?? base.scopes,
    label: own.label ?? base.label,
    rotateAfterDays: own.rotateAfterDays ?? base.rotateAfterDays,
    until: own.until ?? base.until,
    reason: own.reason ?? base.reason,
    inherits: base.inherits,
  };
}
