import { declaredGrants, type Policy } from "../access/policy";
import type { Values } from "./traces/trace";

/** One value that differs, and its position in the arguments. */
interface Leaf {
  /** The argument, followed by the keys that lead to the value. */
  readonly path: readonly string[];
  /** The value in the stack; missing if none. */
  readonly expected?: unknown;
  /** The value in PostHog; missing if none. */
  readonly actual?: unknown;
}

/** Whether two values of an argument mean the same to its resource. */
type Same = (one: unknown, other: unknown) => boolean;

/** Arguments whose parts different people may have changed at different times. */
const divided: ReadonlyMap<string, (name: string, expected: unknown, actual: unknown, same: Same) => Leaf[]> =
  new Map([
    ["members", dividePeople],
    ["roles", divideGrants],
    ["resources", divideGrants],
    ["settings", divideKeys],
  ]);

/** The differences in one argument: one for each person, grant or setting, or a single one for any other value. */
export function flatten(name: string, expected: unknown, actual: unknown, same: Same): Leaf[] {
  const leaves = divided.get(name)?.(name, expected, actual, same) ?? [];
  return leaves.length > 0 ? leaves : [leaf([name], expected, actual)];
}

function leaf(path: readonly string[], expected: unknown, actual: unknown): Leaf {
  return {
    path,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  };
}

/** People are a list in a role, and have levels in a policy. */
function dividePeople(name: string, expected: unknown, actual: unknown): Leaf[] {
  if (!Array.isArray(expected) && !Array.isArray(actual)) return divideGrants(name, expected, actual);
  const [listed, there] = [listOf(expected), listOf(actual)];
  const missing = (users: readonly string[], others: readonly string[]): string[] =>
    users.filter((user) => !others.some((other) => other.toLowerCase() === user.toLowerCase()));
  return [
    ...missing(listed, there).map((user) => leaf([name, user], user, undefined)),
    ...missing(there, listed).map((user) => leaf([name, user], undefined, user)),
  ];
}

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

function divideGrants(name: string, expected: unknown, actual: unknown): Leaf[] {
  const [declared, there] = [grantsIn(name, expected), grantsIn(name, actual)];
  return [...new Set([...declared.keys(), ...there.keys()])].flatMap((key) => {
    const [wanted, found] = [declared.get(key), there.get(key)];
    const path = wanted?.path ?? found?.path ?? [name];
    return wanted?.level === found?.level ? [] : [leaf(path, wanted?.level, found?.level)];
  });
}

/** Grants by resource and subject; the case of names does not matter. */
function grantsIn(name: string, value: unknown): Map<string, { path: string[]; level: string }> {
  const policy: Policy = { [name]: isPolicyPart(value) ? value : {} };
  return new Map(
    declaredGrants(policy).map(({ resource, subject, level }) => {
      const [kind = "", ...rest] = subject.split("/");
      const named =
        kind === "default" ? ["default"] : [kind === "user" ? "members" : "roles", rest.join("/")];
      const path = resource === "project" ? named : ["resources", resource, ...named];
      return [`${resource}/${subject.toLowerCase()}`, { path, level }];
    }),
  );
}

function isPolicyPart(value: unknown): value is Record<string, never> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function divideKeys(name: string, expected: unknown, actual: unknown, same: Same): Leaf[] {
  const [wanted, found] = [expected, actual].map((value) => (isPolicyPart(value) ? (value as Values) : {}));
  return [...new Set([...Object.keys(wanted ?? {}), ...Object.keys(found ?? {})])].flatMap((key) =>
    same({ [key]: wanted?.[key] }, { [key]: found?.[key] })
      ? []
      : [leaf([name, key], wanted?.[key], found?.[key])],
  );
}
