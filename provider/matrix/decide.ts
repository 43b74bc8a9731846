import { compareLevels, isAtLeast, type ResourceLevel } from "../access/levels";
import { governingType, judgeResourceType, objectRoutes } from "../access/resourceTypes";
import { groupBy } from "../access/values";
import {
  type Capability,
  governance,
  levelWithout,
  neededLevel,
  plural,
  possibleLevel,
} from "./capabilities";
import type { NotEnforceable } from "./desired";
import type { Entry, Located, Matrix } from "./model";
import { type MatrixProblem, type Path, pathText } from "./problem";

/** Something that PostHog cannot enforce, and where the matrix asks for it. */
type Unenforced = Omit<NotEnforceable, "project" | "team" | "user"> & { readonly path: Path };

/** What one entry grants. */
interface Decision {
  /** By type of resource. */
  readonly levels: ReadonlyMap<string, ResourceLevel>;
  readonly unenforced: readonly Unenforced[];
  readonly problems: readonly MatrixProblem[];
}

type Asked = readonly Located<Capability>[];

/**
 * Turns the capabilities of an entry into levels: the lowest level that allows everything allowed, or if nothing is
 * allowed, the highest one that denies everything denied.
 */
export function decide(entry: Entry, placeOf: Matrix["placeOf"]): Decision {
  const byType = groupBy(entry.capabilities, ({ value: { type } }) => type);
  const levels = new Map([...entry.levels].map(([type, { value }]) => [type, value]));
  const unenforced = [...entry.levels].flatMap(([type, declared]) => withoutEffect(type, declared));
  const problems: MatrixProblem[] = [];
  for (const [type, asked] of byType) {
    const wrong = contradictions(type, asked, entry, placeOf);
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    const wanted = wantedLevel(asked);
    if (governance(type) !== "own") unenforced.push(...withoutRules(type, asked, wanted));
    else {
      const level = possibleLevel(type, wanted);
      levels.set(type, level);
      unenforced.push(...asked.flatMap((declared) => beyond(type, declared, level)));
    }
  }
  return { levels, unenforced, problems };
}

/** A capability as the matrix writes it. */
function text({ value: { allowed }, path }: Located<Capability>): string {
  return `${path[path.length - 1]}: ${allowed}`;
}

function wantedLevel(asked: Asked): ResourceLevel {
  const granted = asked.filter(({ value }) => value.allowed).map(({ value }) => neededLevel[value.verb]);
  const denied = asked.filter(({ value }) => !value.allowed).map(({ value }) => levelWithout[value.verb]);
  return [...granted].sort(compareLevels).at(-1) ?? [...denied].sort(compareLevels)[0] ?? "none";
}

function contradictions(
  type: string,
  asked: Asked,
  { levels, role }: Entry,
  placeOf: Matrix["placeOf"],
): MatrixProblem[] {
  const other = (path: Path, against: Path): string =>
    pathText(path.slice(0, -1)) === pathText(against.slice(0, -1)) ? "" : `: see ${placeOf(against)}`;
  const level = levels.get(type);
  if (level !== undefined) {
    return asked.map(({ path }) => ({
      path,
      message: `${type} is set twice: here, and by the level ${level.value} under resources`,
      onName: true,
    }));
  }
  const closed = role?.value === "none" ? asked.filter(({ value }) => value.allowed) : [];
  return [
    ...closed.map(({ path }) => ({
      path,
      message: `contradicts role: none, which closes the project${other(path, role?.path ?? path)}`,
    })),
    ...asked.flatMap((denied) => {
      const against = asked.find((granted) => includes(granted.value, denied.value));
      return against === undefined
        ? []
        : [
            {
              path: denied.path,
              message: `contradicts ${text(against)}, which includes it${other(denied.path, against.path)}`,
            },
          ];
    }),
  ];
}

/** Whether the granted capability makes no sense without the other one, which is denied. */
function includes(granted: Capability, denied: Capability): boolean {
  if (!granted.allowed || denied.allowed) return false;
  return granted.verb === denied.verb || granted.verb === "manage" || denied.verb === "view";
}

/** The parts of a capability that the level does not cover, on a type that has rules. */
function beyond(type: string, declared: Located<Capability>, level: ResourceLevel): Unenforced[] {
  const { verb, allowed } = declared.value;
  const has = isAtLeast(level, neededLevel[verb]);
  if (has === allowed) return [];
  const applied = `${type}: ${level}`;
  const common = { path: declared.path, asked: text(declared), applied };
  const things = plural(type);
  if (allowed) {
    return [{ ...common, why: `no access rule in PostHog lets people ${verb} ${things}`, closest: applied }];
  }
  const without = levelWithout[verb];
  if (possibleLevel(type, without) !== without) {
    return [
      {
        ...common,
        why: `PostHog lets everybody in the project ${verb} ${things}`,
        closest: "role: none, which closes the whole project",
      },
    ];
  }
  return [
    {
      ...common,
      why: `PostHog has no separate right to ${verb} ${things}: the level ${level} includes it`,
      closest: `${type}: ${without}, which takes away creating, editing and deleting together`,
    },
  ];
}

/** What PostHog cannot enforce on a type without its own rules: everything below everyone's default. */
function withoutRules(type: string, asked: Asked, wanted: ResourceLevel): Unenforced[] {
  const without = governance(type) === "none" && isAtLeast(wanted, "editor");
  return without
    ? []
    : asked.map((declared) => ({ path: declared.path, asked: text(declared), ...lackOfRules(type, wanted) }));
}

/** A level that PostHog stores but never reads. */
function withoutEffect(type: string, { value, path }: Located<ResourceLevel>): Unenforced[] {
  if (judgeResourceType(type).ignored !== true) return [];
  return [{ path, asked: `${type}: ${value}`, ...lackOfRules(type, value) }];
}

function lackOfRules(type: string, wanted: ResourceLevel): Pick<Unenforced, "why" | "closest"> {
  const parent = governingType(type);
  if (parent !== type) {
    return {
      why: `PostHog decides on ${plural(type)} by the level on ${parent}`,
      closest: `${parent}: ${wanted}, which applies to both`,
    };
  }
  return {
    why: `PostHog has no rules on all ${plural(type)}: anyone who can open the project has full access to them`,
    closest: objectRoutes.has(type)
      ? "rules on single objects (AccessControl)"
      : "role: none, which closes the whole project",
  };
}
