import { didYouMean } from "../access/nearest";
import { listed, quoted } from "../access/wording";
import type { Entries, Entry, Matrix, Said, Template } from "./model";
import type { MatrixProblem } from "./problem";

/** What each team has once everything that it extends, and then the defaults, are taken over. */
export function inheritedEntries(
  matrix: Matrix,
  report: (problem: MatrixProblem) => void,
): ReadonlyMap<string, Entries> {
  const family = new Family(matrix, report);
  return new Map(
    [...matrix.teams.keys()].map((name) => {
      const stated = family.entriesOf(name);
      return [name, isServiceAccount(stated) ? stated : merged(matrix.defaults, stated)];
    }),
  );
}

/** Whether what a team has makes it a service account: it gets keys instead of a role. */
export function isServiceAccount(entries: Entries): boolean {
  return [...entries.values()].some(({ scopes }) => scopes !== undefined);
}

class Family {
  private readonly known = new Map<string, Entries>();
  private readonly line: string[] = [];

  constructor(
    private readonly matrix: Matrix,
    private readonly report: (problem: MatrixProblem) => void,
  ) {
    for (const [name, { path }] of matrix.templates) {
      if (!matrix.teams.has(name)) continue;
      report({
        path,
        message: "is the name of a team too: one could not tell which is extended",
        onName: true,
      });
    }
  }

  entriesOf(name: string): Entries {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const member = this.find(name);
    if (member === undefined) return new Map();
    this.line.push(name);
    const entries = [...member.extends.map((parent) => this.parent(parent)), member.entries].reduce(merged);
    this.line.pop();
    this.known.set(name, entries);
    return entries;
  }

  private parent({ value: name, path }: Said<string>): Entries {
    const again = this.line.indexOf(name);
    if (again !== -1) {
      const circle = [...this.line.slice(again), name].map(quoted);
      this.report({ path, message: `goes in a circle: ${circle.join(" extends ")}` });
      return new Map();
    }
    if (this.find(name) === undefined) {
      const names = [...this.matrix.templates.keys(), ...this.matrix.teams.keys()];
      const hint = didYouMean(name, names) || `; there are ${listed(names.slice(0, 10), "and")}`;
      this.report({ path, message: `there is no template or team ${quoted(name)}${hint}` });
    }
    return this.entriesOf(name);
  }

  private find(name: string): Template | undefined {
    return this.matrix.templates.get(name) ?? this.matrix.teams.get(name);
  }
}

/** What `own` says, and where it says nothing what `base` says. */
function merged(base: Entries, own: Entries): Entries {
  const all = new Map(base);
  for (const [project, entry] of own) {
    const inherited = base.get(project);
    all.set(project, inherited === undefined || !entry.inherits ? entry : mergedEntry(inherited, entry));
  }
  return all;
}

function mergedEntry(base: Entry, own: Entry): Entry {
  const saidByLevel = own.levels;
  const saidByCapability = new Set(own.capabilities.map(({ value: { type } }) => type));
  const replaced = new Set(own.capabilities.map(({ value: { type, verb } }) => `${verb} ${type}`));
  const capabilities = base.capabilities.filter(
    ({ value: { type, verb } }) => !saidByLevel.has(type) && !replaced.has(`${verb} ${type}`),
  );
  const levels = [...base.levels].filter(([type]) => !saidByCapability.has(type));
  return {
    path: own.path,
    role: own.role ?? base.role,
    levels: new Map([...levels, ...own.levels]),
    capabilities: [...capabilities, ...own.capabilities],
    scopes: own.scopes ?? base.scopes,
    label: own.label ?? base.label,
    rotateAfterDays: own.rotateAfterDays ?? base.rotateAfterDays,
    until: own.until ?? base.until,
    because: own.because ?? base.because,
    inherits: base.inherits,
  };
}
