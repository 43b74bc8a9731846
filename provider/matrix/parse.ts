import { isObject } from "../access/values";
import { type CapabilityMeaning, readCapability } from "./capabilities";
import { type MatrixDocument, readText, readValue } from "./document";
import { nameProblem, type Raw, type Report, readEntry, readEverybody, readPerson } from "./entries";
import type { Entries, Entry, Located, Matrix, Member, ProjectPolicy, Team, Template } from "./model";
import { inOrder, type MatrixProblem, type Path, pathText, withoutConsequences } from "./problem";
import { type MatrixData, projectSettings, teamSettings, templateSettings } from "./schema";
import { readStructure } from "./structure";

/** The readable part of a matrix, and what is wrong with it. */
export interface ParsedMatrix {
  /** Missing if nothing is usable. */
  readonly matrix?: Matrix;
  /** With positions if the matrix is a text; in its order. */
  readonly problems: readonly MatrixProblem[];
  /** The same with the later one of duplicates, if there are any. */
  readonly later?: ParsedMatrix;
  /** All problems, including those found during resolution; leaves out those that follow from others. */
  allProblems(found: readonly MatrixProblem[]): readonly MatrixProblem[];
}

/** Parses a matrix from text (YAML or JSON) or from an object of the program. Never throws. */
export function parseMatrix(source: unknown): ParsedMatrix {
  const document = typeof source === "string" ? readText(source) : readValue(source);
  const later = document.later && parseDocument(document.later);
  return { ...parseDocument(document), later };
}

function parseDocument(document: MatrixDocument): ParsedMatrix {
  const misspelled = document.problems;
  if (!("value" in document)) return { problems: misspelled, allProblems: () => misspelled };
  const { data, problems: malformed, original } = readStructure(document.value);
  const broken = [...misspelled, ...malformed];
  if (data === undefined) {
    const all = located(document, broken);
    return { problems: all, allProblems: () => all };
  }
  const found: MatrixProblem[] = [];
  const placeOf = (path: Path): string => {
    const at = original(path);
    const position = document.position(at);
    return position === undefined ? pathText(at) : `${pathText(at)} (line ${position.line})`;
  };
  const matrix = { ...new Builder(found).build(data), placeOf };
  const withoutConsequencesOf = (
    problems: readonly MatrixProblem[],
    causes: readonly MatrixProblem[],
  ): MatrixProblem[] => {
    const moved = problems.map((problem) => ({ ...problem, path: original(problem.path) }));
    return located(document, [...causes, ...withoutConsequences(moved, causes)]);
  };
  const problems = withoutConsequencesOf(found, broken);
  return { matrix, problems, allProblems: (later) => withoutConsequencesOf(later, problems) };
}

function located(document: MatrixDocument, problems: readonly MatrixProblem[]): MatrixProblem[] {
  return inOrder(
    problems.map((problem) => ({
      ...problem,
      position: problem.position ?? document.position(problem.path, problem.onName),
    })),
  );
}

/** Builds the model from valid data; leaves out and reports what is unusable. */
class Builder implements Report {
  private readonly warnings = new Set<string>();
  private readonly meanings = new Map<string, CapabilityMeaning>();

  constructor(private readonly problems: MatrixProblem[]) {}

  problem(problem: MatrixProblem): void {
    this.problems.push(problem);
  }

  warning(message: string): void {
    this.warnings.add(message);
  }

  meaningOf(capability: string): CapabilityMeaning {
    const known = this.meanings.get(capability) ?? readCapability(capability);
    this.meanings.set(capability, known);
    return known;
  }

  build({ mode, removalLimit, ignore, waitForMembers, ...data }: MatrixData): Omit<Matrix, "placeOf"> {
    const { defaults = {}, projects = {}, templates = {}, access_matrix: teams } = data;
    if (Object.keys(teams).length === 0 && Object.keys(projects).length === 0) {
      this.problem({ path: ["access_matrix"], message: "is empty: add a team" });
    }
    return {
      mode,
      removalLimit,
      ignore,
      waitForMembers,
      defaults: this.entries(defaults, [], ["defaults"]),
      projects: this.each(projects, ["projects"], (raw, path) => this.policy(raw, path)),
      templates: this.each(templates, ["templates"], (raw, path) => this.template(raw, path)),
      teams: this.each(teams, ["access_matrix"], (raw, path, name) => this.team(raw, path, name)),
      warnings: [...this.warnings],
    };
  }

  private each<T>(
    named: Readonly<Record<string, Raw>>,
    path: Path,
    read: (raw: Raw, path: Path, name: string) => T,
  ): ReadonlyMap<string, T> {
    return new Map(
      Object.entries(named).map(([name, raw]) => {
        const at = [...path, name];
        const message = nameProblem(name);
        if (message !== undefined) this.problem({ path: at, message, onName: true });
        return [name, read(raw, at, name)];
      }),
    );
  }

  private policy(raw: Raw, path: Path): ProjectPolicy {
    const { id, mode, removalLimit, ignore, previously, members = {} } = projectSettings.parse(raw);
    return {
      path,
      id: id === undefined ? undefined : Number(id),
      previously: locatedNames(previously, [...path, "previously"]),
      mode,
      removalLimit,
      ignore,
      everybody: readEverybody(raw, path, this),
      people: this.people(members, [...path, "members"]),
    };
  }

  private people(members: Readonly<Record<string, Raw>>, path: Path): Entries {
    const entries = new Map<string, Entry>();
    for (const [user, raw] of Object.entries(members)) {
      const at = [...path, user];
      if (entries.has(user.toLowerCase())) {
        this.problem({ path: at, message: "is duplicated with different capitals", onName: true });
      }
      entries.set(user.toLowerCase(), readPerson(raw, at, this));
    }
    return entries;
  }

  private template(raw: Raw, path: Path): Template {
    const { extends: names } = templateSettings.parse(raw);
    return {
      path,
      extends: locatedNames(names, [...path, "extends"]),
      entries: this.entries(raw, Object.keys(templateSettings.shape), path),
    };
  }

  private team(raw: Raw, path: Path, own: string): Team {
    const { extends: names, previously, name, members, ...treatment } = teamSettings.parse(raw);
    return {
      path,
      ...treatment,
      extends: locatedNames(names, [...path, "extends"]),
      previously: locatedNames(previously, [...path, "previously"]),
      name: { value: name ?? own, path: name === undefined ? path : [...path, "name"] },
      members: members && this.members(members, [...path, "members"]),
      entries: this.entries(raw, Object.keys(teamSettings.shape), path),
    };
  }

  private members(
    members: readonly (string | { user: string; until?: string; because?: string })[],
    path: Path,
  ): Member[] {
    const known = new Set<string>();
    return members.map((member, index) => {
      const { user, until, because: reason } = typeof member === "string" ? { user: member } : member;
      const at = [...path, index];
      if (known.has(user.toLowerCase())) this.problem({ path: at, message: `${user} is duplicated` });
      known.add(user.toLowerCase());
      return { user, path: at, until, reason };
    });
  }

  private entries(raw: Raw, settings: readonly string[], path: Path): Entries {
    const projects = Object.entries(raw).flatMap(([name, entry]) =>
      settings.includes(name) || !isObject(entry) ? [] : [[name, entry] as const],
    );
    return this.each(Object.fromEntries(projects), path, (entry, at) => readEntry(entry, at, this));
  }
}

/** One name, or several, each with its position. */
function locatedNames(
  names: string | number | readonly (string | number)[] | undefined,
  path: Path,
): Located<string>[] {
  if (typeof names === "string" || typeof names === "number") return [{ value: String(names), path }];
  return (names ?? []).map((value, index) => ({ value: String(value), path: [...path, index] }));
}
