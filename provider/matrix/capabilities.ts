import { levelRange, type ResourceLevel } from "../access/levels";
import { listed, quoted } from "../access/messages";
import { didYouMean, nearest, singular } from "../access/nearest";
import { governingType, inheritedTypes, objectRoutes, resourceTypes } from "../access/resourceTypes";
import { internalScopeObjects, scopeObjects, scopeSynonyms } from "../access/scopeObjects";

/** What a capability allows, weakest first. */
export const verbs = ["view", "create", "edit", "delete", "manage"] as const;

export type Verb = (typeof verbs)[number];

/** One `can_<verb>_<thing>` of a matrix. */
export interface Capability {
  readonly verb: Verb;
  /** The thing's type of resource. */
  readonly type: string;
  readonly allowed: boolean;
}

/** Whether PostHog has rules on all objects of a type, decides by the rules of another type, or has none. */
type Governance = "own" | "inherited" | "none";

/** The lowest level that allows it. */
export const neededLevel: Readonly<Record<Verb, ResourceLevel>> = {
  view: "viewer",
  create: "editor",
  edit: "editor",
  delete: "editor",
  manage: "manager",
};

/** The highest level that does not allow it. */
export const levelWithout: Readonly<Record<Verb, ResourceLevel>> = {
  view: "none",
  create: "viewer",
  edit: "viewer",
  delete: "viewer",
  manage: "editor",
};

/** Common short names of things, in the plural if they have one. */
export const popularThings: ReadonlyMap<string, string> = new Map([
  ["flags", "feature_flag"],
  ["recordings", "session_recording"],
  ["replays", "session_recording"],
  ["playlists", "session_recording_playlist"],
  ["workflows", "hog_flow"],
  ["sharing", "sharing_configuration"],
  ["warehouse", "warehouse_objects"],
  ["audit_log", "activity_log"],
]);

/** Scope objects that do not exist inside a project. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["project", "role decides on the project itself: none, member or admin"],
  ["access_control", "people with the role admin manage access in the project"],
  ["organization", "the organization is not part of a project; OrganizationMember sets levels there"],
  ["organization_member", "people belong to the organization; OrganizationMember sets their level"],
  ["organization_integration", "it belongs to the organization, where levels decide"],
  ["billing", "it belongs to the organization, where levels decide"],
  ["user", "people manage only their own account"],
]);

const newThing =
  "use a type's name, such as feature_flags; set types that are new in PostHog under resources";

/** Verbs that people write instead of the known ones. */
const otherVerbs: ReadonlyMap<string, Verb> = new Map([
  ["read", "view"],
  ["see", "view"],
  ["list", "view"],
  ["watch", "view"],
  ["add", "create"],
  ["make", "create"],
  ["write", "edit"],
  ["update", "edit"],
  ["change", "edit"],
  ["modify", "edit"],
  ["remove", "delete"],
  ["destroy", "delete"],
  ["admin", "manage"],
  ["administer", "manage"],
  ["own", "manage"],
]);

/** Every type that a thing can have. */
export const thingTypes: readonly string[] = [
  ...new Set([...resourceTypes, ...inheritedTypes.keys(), ...objectRoutes.keys(), ...scopeObjects]),
].filter((type) => !internalScopeObjects.has(type) && !elsewhere.has(type));

const typesByThing: ReadonlyMap<string, string> = new Map(
  [...thingTypes.map((type): [string, string] => [type, type]), ...popularThings].map(([thing, type]) => [
    singular(thing),
    type,
  ]),
);

/** A type's name in the plural: `feature_flags`; names without a plural are unchanged. */
export function plural(type: string): string {
  if (type.endsWith("s")) return type;
  return /[^aeiou]y$/.test(type) ? `${type.slice(0, -1)}ies` : `${type}s`;
}

/** Every thing as it can be written: by its type's name, singular and plural, and by the common short names. */
export function thingNames(): string[] {
  return [
    ...new Set([...thingTypes.flatMap((type) => [type, plural(type)]), ...popularThings.keys()]),
  ].sort();
}

/** How PostHog decides on a type as a whole. */
export function governance(type: string): Governance {
  if (resourceTypes.includes(type)) return "own";
  return governingType(type) === type ? "none" : "inherited";
}

/** The nearest level to a wanted one that rules on the type can have. */
export function possibleLevel(type: string, wanted: ResourceLevel): ResourceLevel {
  const { levels } = levelRange(type);
  const ladder: readonly ResourceLevel[] = ["none", "viewer", "editor", "manager"];
  const possible = ladder.filter((level) => levels.includes(level));
  const within = possible.filter((level) => ladder.indexOf(level) <= ladder.indexOf(wanted));
  return within[within.length - 1] ?? possible[0] ?? "none";
}

/** The meaning of a capability's name, or why it has none. */
export type CapabilityMeaning = Pick<Capability, "verb" | "type"> | { readonly problem: string };

/** Parses a name such as `can_view_recordings`. */
export function readCapability(name: string): CapabilityMeaning {
  const usual = inSnakeCase(name);
  if (usual !== name) {
    const meant = readCapability(usual);
    return "problem" in meant ? meant : { problem: `unknown setting; did you mean "${usual}"?` };
  }
  const [, written = "", thing = ""] = /^can_([a-z]+)_([a-z0-9_]+)$/.exec(name) ?? [];
  if (written === "") {
    return {
      problem: "is not a capability: capabilities look like can_<verb>_<thing>, such as can_view_recordings",
    };
  }
  const verb = verbs.find((known) => known === written);
  const type = typesByThing.get(singular(thing));
  if (verb !== undefined && type !== undefined) return { verb, type };
  if (verb === undefined) return { problem: verbProblem(written, type === undefined ? undefined : thing) };
  return { problem: thingProblem(verb, thing) };
}

/** Whether a name was probably meant as a capability, however it is spelled. */
export function isLikeCapability(name: string): boolean {
  return inSnakeCase(name).startsWith("can_");
}

function inSnakeCase(name: string): string {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_");
  return apart.replace(/^_|_$/g, "").toLowerCase();
}

function verbProblem(written: string, thing: string | undefined): string {
  const meant = otherVerbs.get(written) ?? nearest(written, verbs);
  const hint = meant === undefined ? "" : `; did you mean "can_${meant}_${thing ?? "..."}"?`;
  return `the verbs are ${listed(verbs, "and")}${hint}`;
}

function thingProblem(verb: Verb, thing: string): string {
  const synonym = scopeSynonyms.get(thing) ?? scopeSynonyms.get(singular(thing));
  const place = elsewhere.get(singular(thing)) ?? elsewhere.get(synonym?.object ?? "");
  if (place !== undefined) return `cannot be set by a capability: ${place}`;
  const meant = synonym?.object;
  if (meant !== undefined && typesByThing.has(singular(meant))) {
    return `${quoted(thing)} is not a thing in PostHog; did you mean "can_${verb}_${plural(meant)}"?`;
  }
  const hint = didYouMean(
    `can_${verb}_${thing}`,
    thingNames().map((known) => `can_${verb}_${known}`),
  );
  return `${quoted(thing)} is not a thing in PostHog${hint === "" ? `: ${newThing}` : hint}`;
}
