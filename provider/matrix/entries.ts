import type * as z from "zod";
import { levelProblem, type ResourceLevel } from "../access/levels";
import { didYouMean } from "../access/nearest";
import { judgeResourceType } from "../access/resourceTypes";
import { checkScopes } from "../access/scopes";
import { type Capability, type CapabilityMeaning, isLikeCapability, thingTypes } from "./capabilities";
import type { Entry, Located } from "./model";
import type { MatrixProblem, Path } from "./problem";
import { entrySettings, longestName, personSettings, projectSettings } from "./schema";

/** Collects problems, and remarks that are not problems. */
export interface Report {
  problem(problem: MatrixProblem): void;
  warning(message: string): void;
  /** What a capability's name means; matrices repeat the same few many times. */
  meaningOf(capability: string): CapabilityMeaning;
}

/** Values by name, as they were written. */
export type Raw = Readonly<Record<string, unknown>>;

type Levels = ReadonlyMap<string, Located<ResourceLevel>>;

/** Parses the access of a team in one project. */
export function readEntry(raw: Raw, path: Path, report: Report): Entry {
  const settings = entrySettings.parse(raw);
  const { api_key_scopes: scopes, label, rotateAfterDays, inherit = true } = settings;
  if (scopes !== undefined) checkKeyScopes(scopes, [...path, "api_key_scopes"], report);
  return {
    ...readGrant(settings, path, report),
    capabilities: readCapabilities(raw, Object.keys(entrySettings.shape), path, report),
    scopes: located(scopes, path, "api_key_scopes"),
    label: located(label, path, "label"),
    rotateAfterDays,
    inherits: inherit,
  };
}

/** Parses the access of one person in one project. */
export function readPerson(raw: Raw, path: Path, report: Report): Entry {
  const capabilities = readCapabilities(raw, Object.keys(personSettings.shape), path, report);
  return { ...readGrant(personSettings.parse(raw), path, report), capabilities, inherits: false };
}

/** Parses everyone's access in one project, which is among the project's settings. */
export function readEverybody(raw: Raw, path: Path, report: Report): Entry {
  const { defaultAccess, resources } = projectSettings.parse(raw);
  return {
    ...readGrant({ resources }, path, report),
    role: located(defaultAccess, path, "defaultAccess"),
    capabilities: readCapabilities(raw, Object.keys(projectSettings.shape), path, report),
    inherits: false,
  };
}

/** What is wrong with the name of a team, template or project. */
export function nameProblem(name: string): string | undefined {
  if (name.length > longestName) return `must be at most ${longestName} characters long`;
  if (name.trim() !== name || name === "") return "must not be empty, or start or end with a space";
  // Names become parts of Pulumi resource names.
  return /[\p{Cc}/:]/u.test(name) ? "must not contain /, : or control characters" : undefined;
}

function located<T>(value: T | undefined, path: Path, name: string): Located<T> | undefined {
  return value === undefined ? undefined : { value, path: [...path, name] };
}

function readGrant(
  { role, resources = {}, until, because }: z.infer<typeof personSettings>,
  path: Path,
  report: Report,
): Omit<Entry, "capabilities" | "inherits"> {
  return {
    path,
    role: located(role, path, "role"),
    levels: readLevels(resources, [...path, "resources"], report),
    until: located(until, path, "until"),
    reason: because,
  };
}

function readLevels(resources: Readonly<Record<string, ResourceLevel>>, path: Path, report: Report): Levels {
  const levels = new Map<string, Located<ResourceLevel>>();
  for (const [type, level] of Object.entries(resources)) {
    const at = [...path, type];
    const { error, warning, ignored } = judgeResourceType(type);
    const impossible = error === undefined ? levelProblem(type, level) : undefined;
    if (error !== undefined) report.problem({ path: at, message: error, onName: true });
    else if (impossible !== undefined) report.problem({ path: at, message: impossible });
    else levels.set(type, { value: level, path: at });
    if (warning !== undefined && ignored !== true) report.warning(warning);
  }
  return levels;
}

/** Everything in an entry that is not one of its settings has to be a capability. */
function readCapabilities(
  raw: Raw,
  settings: readonly string[],
  path: Path,
  report: Report,
): Located<Capability>[] {
  const capabilities: Located<Capability>[] = [];
  for (const [name, allowed] of Object.entries(raw)) {
    if (settings.includes(name)) continue;
    const at = [...path, name];
    const meaning = isLikeCapability(name)
      ? report.meaningOf(name)
      : { problem: unknownSetting(name, settings) };
    if ("problem" in meaning) report.problem({ path: at, message: meaning.problem, onName: true });
    else if (typeof allowed !== "boolean") report.problem({ path: at, message: "must be true or false" });
    else capabilities.push({ value: { ...meaning, allowed }, path: at });
  }
  return capabilities;
}

function unknownSetting(name: string, settings: readonly string[]): string {
  const { error } = judgeResourceType(name);
  if (error === undefined && thingTypes.includes(name)) {
    return "unknown setting; set levels by type under resources";
  }
  if (name === "role" && settings.includes("defaultAccess")) {
    return 'unknown setting; did you mean "defaultAccess"?';
  }
  return `unknown setting${didYouMean(name, settings)}`;
}

function checkKeyScopes(scopes: readonly string[], path: Path, report: Report): void {
  const everything = '"*" gives the key all rights of its owner: list the scopes that the key needs';
  const { errors, warnings } = checkScopes(scopes, { allowWildcard: true });
  for (const [index, scope] of scopes.entries())
    if (scope === "*") report.problem({ path: [...path, index], message: everything });
  for (const { index, message } of errors)
    if (index === undefined) report.problem({ path, message });
    else if (scopes[index] !== "*") report.problem({ path: [...path, index], message });
  for (const warning of warnings) report.warning(warning);
}
