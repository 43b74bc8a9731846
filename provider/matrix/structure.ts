import type * as z from "zod";
import { didYouMean } from "../access/nearest";
import { isObject, pathToLostName } from "../access/values";
import type { MatrixProblem, Path } from "./problem";
import { type MatrixData, matrixSchema, teamSettings } from "./schema";

/** The valid part of a matrix, and what is wrong with the rest. */
interface Structure {
  /** Missing if nothing is usable. */
  readonly data?: MatrixData;
  readonly problems: readonly MatrixProblem[];
  /** Translates a path in the valid part to the original: items of lists move up if broken ones are left out. */
  original(path: Path): Path;
}

/** Paths to broken values, step by step. */
type Broken = Map<string | number, Broken>;

/** Sections whose values are mappings of projects. */
const sectionsOfTeams: ReadonlySet<unknown> = new Set(["access_matrix", "templates"]);

/**
 * Checks a value against the matrix's structure. Top-level names that start with `x-` are free, as a place for anchors.
 * Valid values next to a broken one are still checked, so that all problems are reported at once.
 */
export function readStructure(value: unknown): Structure {
  if (pathToLostName(value) === undefined) return readKeptNames(value);
  const { data, problems, original } = readKeptNames(renamed(value, keptName));
  const ownPath = (path: Path): Path => path.map((step) => (typeof step === "string" ? ownName(step) : step));
  return {
    data: data && (renamed(data, ownName) as MatrixData),
    problems: problems.map((problem) => ({ ...problem, path: ownPath(problem.path) })),
    original: (path) =>
      ownPath(original(path.map((step) => (typeof step === "string" ? keptName(step) : step)))),
  };
}

/**
 * Zod leaves out entries called `__proto__`; it gets them, and names that could be mistaken for them, one character
 * longer.
 */
const lostName = /^\0*__proto__$/;
const keptName = (name: string): string => (lostName.test(name) ? `\0${name}` : name);
const ownName = (name: string): string => (lostName.test(name) ? name.replace(/^\0/, "") : name);

function renamed(value: unknown, nameOf: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, nameOf));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [nameOf(name), renamed(inner, nameOf)]),
  );
}

function readKeptNames(value: unknown): Structure {
  if (value === null || value === undefined) {
    const message = "is empty: add access_matrix with a team";
    return { problems: [{ path: [], message }], original: same };
  }
  const content = withoutFreeNames(value);
  const first = matrixSchema.safeParse(content);
  if (first.success) return { data: first.data, problems: [], original: same };
  const problems = first.error.issues.flatMap((issue) => toProblems(issue, content));
  if (!isObject(content)) return { problems, original: same };
  const broken: Broken = new Map();
  for (const { path } of problems) mark(broken, path);
  const rest = without(content, broken);
  const second = matrixSchema.safeParse({ access_matrix: {}, ...(isObject(rest) ? rest : {}) });
  return { data: second.data, problems, original: (path) => originalPath(path, broken) };
}

const same = (path: Path): Path => path;

function withoutFreeNames(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith("x-")));
}

function toProblems(issue: z.core.$ZodIssue, content: unknown): MatrixProblem[] {
  const path = issue.path.map(stepOf);
  const value = valueAt(content, path);
  if (issue.code === "unrecognized_keys") {
    const names = path.length === 0 ? Object.keys(matrixSchema.shape) : ["user", "until", "because"];
    return issue.keys.map((name) => ({
      path: [...path, name],
      message: `unknown setting${unknownHint(name, names, path)}`,
      onName: true,
    }));
  }
  if (issue.code === "invalid_key") {
    return [{ path, message: issue.issues[0]?.message ?? issue.message, onName: true }];
  }
  if (value === undefined) return [{ path, message: "is required" }];
  const inside = issue.code === "invalid_union" && isObject(value) ? issuesInside(value, issue.errors) : [];
  if (inside.length > 0) {
    return inside.flatMap((one) => toProblems({ ...one, path: [...issue.path, ...one.path] }, content));
  }
  const hint = issue.code === "invalid_value" ? valueHint(value, issue.values) : misplacedHint(path, value);
  return [{ path, message: `${issue.message}${hint}` }];
}

/** What is wrong in a mapping that has one of several forms except for some of its values. */
function issuesInside(
  value: unknown,
  forms: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] {
  const isInside = ({ code, path }: z.core.$ZodIssue): boolean =>
    code === "unrecognized_keys" || (path.length > 0 && valueAt(value, path.map(stepOf)) !== undefined);
  return forms.find((issues) => issues.every(isInside)) ?? [];
}

function stepOf(step: PropertyKey): string | number {
  return typeof step === "number" ? step : String(step);
}

function unknownHint(name: string, names: readonly string[], path: Path): string {
  const hint = didYouMean(name, names);
  if (hint !== "" || path.length > 0) return hint;
  return ": put teams below access_matrix, and name a section for anchors x-...";
}

function valueHint(value: unknown, allowed: readonly z.core.util.Primitive[]): string {
  return typeof value === "string" ? didYouMean(value, allowed.map(String)) : "";
}

/** For something among a team's projects that is not a project: which setting it was probably meant to be. */
function misplacedHint(path: Path, value: unknown): string {
  const name = String(path[2]);
  const settings = Object.keys(teamSettings.shape);
  const isProject = path.length === 3 && sectionsOfTeams.has(path[0]) && !settings.includes(name);
  return isProject && !isObject(value) ? didYouMean(name, settings) : "";
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, step)
        ? Reflect.get(inner, step)
        : undefined,
    value,
  );
}

function mark(broken: Broken, path: Path): void {
  path.reduce<Broken>((level, step) => {
    const next = level.get(step) ?? new Map();
    level.set(step, next);
    return next;
  }, broken);
}

/** Drops invalid items of lists completely: half of one could mean something else. */
function without(value: unknown, broken: Broken): unknown {
  if (Array.isArray(value)) return value.filter((_, index) => !broken.has(index));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const deeper = broken.get(name);
      if (deeper === undefined) return [[name, inner]];
      return deeper.size === 0 ? [] : [[name, without(inner, deeper)]];
    }),
  );
}

function originalPath(path: Path, broken: Broken): Path {
  let level: Broken | undefined = broken;
  return path.map((step) => {
    const original = typeof step === "number" ? originalIndex(step, level) : step;
    level = level?.get(original);
    return original;
  });
}

function originalIndex(index: number, broken: Broken | undefined): number {
  const leftOut = [...(broken?.keys() ?? [])].filter((key) => typeof key === "number").sort((a, b) => a - b);
  return leftOut.reduce((original, one) => (one <= original ? original + 1 : original), index);
}
