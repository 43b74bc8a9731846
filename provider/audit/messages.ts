import * as z from "zod";
import { printable, quoted } from "../access/messages";
import type { ActivityChange, ActivityEntry } from "./entry";
import { conceal, concealKeys, hidden, isSecretField, shortened } from "./printable";

/** The name that this package gives itself in the log (`x-posthog-client`). */
const ownClient = "pulumi-posthog";

/** The names of ids in entries, if known: roles, memberships of the organization, projects. */
export type NameOf = (kind: "role" | "member" | "project", id: string) => string | undefined;

const nameless: NameOf = () => undefined;

/** Whether this package did it. */
export function isOwn({ client }: Pick<ActivityEntry, "client">): boolean {
  return client === ownClient;
}

/** Kinds of object whose entries name the owner of a key; if they name nobody, PostHog did it. */
const namingScopes: readonly string[] = ["Project", "Team"];

/**
 * Who did it: an e-mail address, PostHog's staff on someone's behalf, or what is known of an actor that PostHog does
 * not name. PostHog attributes everything to the system that was not done by a signed-in person, including keys.
 */
export function actorOf(entry: ActivityEntry): string {
  const { user, is_system, was_impersonated, scope, activity } = entry;
  const person = printable(user?.email ?? user?.uuid ?? "");
  if (was_impersonated === true) return `PostHog staff as ${person === "" ? "someone" : person}`;
  if (person !== "") return person;
  if (activity.startsWith("scim_")) return "the directory (SCIM)";
  if (is_system !== true) return "a deleted account";
  if (namingScopes.includes(scope)) return "PostHog itself";
  const client = clientOf(entry);
  return client === undefined
    ? "an API key or PostHog itself (not recorded)"
    : `an API key, through ${client}`;
}

/** Whether the actor's name already says through which program. */
export function namesClient(entry: ActivityEntry): boolean {
  const client = clientOf(entry);
  return client !== undefined && actorOf(entry).endsWith(`through ${client}`);
}

/** Through which program; undefined if the log does not say, as for people's browsers and on older servers. */
export function clientOf(entry: Pick<ActivityEntry, "client">): string | undefined {
  if (isOwn(entry)) return `${ownClient} (this package)`;
  return entry.client == null || entry.client === "" ? undefined : printable(entry.client);
}

/** What was done to what, and what changed, on one line and without secrets: `changed role "A": name "A" → "B"`. */
export function describeActivity(entry: ActivityEntry, nameOf: NameOf = nameless): string {
  const what = phrases.get(entry.scope)?.(entry, nameOf) ?? plainPhrase(entry);
  const changes = describeChanges(entry.detail?.changes ?? [], entry.scope === "OrganizationMembership");
  return printable(concealKeys(changes === "" ? what : `${what}: ${changes}`));
}

const verbs: ReadonlyMap<string, string> = new Map<string, string>([
  ["updated", "changed"],
  ["logged_in", "signed in"],
  ["logged_out", "signed out"],
  ["scim_provisioned", "provisioned"],
  ["scim_updated", "changed"],
  ["scim_replaced", "replaced"],
  ["scim_deprovisioned", "deprovisioned"],
]);

const nouns: ReadonlyMap<string, string> = new Map<string, string>([
  ["PersonalAPIKey", "personal API key"],
  ["ProjectSecretAPIKey", "project secret API key"],
  ["OAuthApplication", "OAuth application"],
  ["OrganizationDomain", "domain"],
  ["OrganizationInvite", "invite"],
  ["OrganizationMembership", "membership"],
  ["IdentityProviderConfig", "identity provider"],
  ["AccessControl", "access rule"],
  ["Organization", "organization"],
  ["Team", "settings of project"],
]);

/** What people call a kind of object: `FeatureFlag` is `feature flag`. */
export function nounOf(scope: string): string {
  const words = scope.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [scope];
  const lower = (word: string): string => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase());
  return nouns.get(scope) ?? words.map(lower).join(" ");
}

const verbOf = (activity: string): string => verbs.get(activity) ?? activity.replaceAll("_", " ");

function plainPhrase({ activity, scope, item_id, detail }: ActivityEntry): string {
  const name = detail?.name;
  // PostHog writes "first last (email) in role", in which the first or last name may be empty.
  const trimmed = name?.trim() ?? "";
  const called = trimmed !== "" ? quoted(trimmed) : (item_id ?? "");
  return `${verbOf(activity)} ${nounOf(scope)} ${called}`.trimEnd();
}

type Phrase = (entry: ActivityEntry, nameOf: NameOf) => string | undefined;

/** The kinds of object that need more than a name; undefined falls back to the plain form. */
const phrases: ReadonlyMap<string, Phrase> = new Map<string, Phrase>([
  ["OrganizationMembership", membershipPhrase],
  ["OrganizationInvite", invitePhrase],
  ["OrganizationDomain", domainPhrase],
  ["PersonalAPIKey", keyPhrase],
  ["AccessControl", rulePhrase],
  [
    "User",
    ({ activity }) => (activity === "logged_in" || activity === "logged_out" ? verbOf(activity) : undefined),
  ],
]);

const membershipContext = z.looseObject({
  user_email: z.string().min(1).optional(),
  level: z.string().nullish(),
});

function membershipPhrase({ activity, user, detail }: ActivityEntry): string | undefined {
  // Servers of August 2025 have only the sentence.
  const said = /\(([^()\s]+@[^()\s]+)\) (?:joined|left|membership updated in) /.exec(detail?.name ?? "")?.[1];
  const { user_email: person = said, level } = membershipContext.safeParse(detail?.context).data ?? {};
  if (person === undefined) return undefined;
  const oneself = user?.email?.toLowerCase() === person.toLowerCase();
  const as = level == null ? "" : ` as ${level.replace("administrator", "admin")}`;
  if (activity === "created")
    return oneself ? `joined the organization${as}` : `added ${person} to the organization${as}`;
  if (activity === "deleted")
    return oneself ? "left the organization" : `removed ${person} from the organization`;
  return `${verbOf(activity)} the membership of ${person}`;
}

const inviteContext = z.looseObject({ target_email: z.string().min(1) });

/** PostHog writes a sentence here, where other entries have a name. */
function invitePhrase({ activity, detail }: ActivityEntry): string | undefined {
  const person = /invited user (\S+)|^User (\S+) was invited|^Invite for (\S+)/.exec(detail?.name ?? "");
  const email =
    inviteContext.safeParse(detail?.context).data?.target_email ??
    person?.slice(1).find((group) => group !== undefined);
  if (email === undefined) return undefined;
  if (activity === "created") return `invited ${email}`;
  return activity === "deleted"
    ? `withdrew the invite of ${email}`
    : `${verbOf(activity)} the invite of ${email}`;
}

const domainContext = z.looseObject({ domain: z.string().min(1) });

/** Newer servers also write a sentence here: `Domain acme.com added to Acme`. */
function domainPhrase({ activity, detail }: ActivityEntry): string | undefined {
  const said = /^Domain (\S+) (?:added to|removed from|updated in) /.exec(detail?.name ?? "")?.[1];
  const domain = domainContext.safeParse(detail?.context).data?.domain ?? said;
  return domain === undefined ? undefined : `${verbOf(activity)} domain ${quoted(domain)}`;
}

const keyContext = z.looseObject({ user_email: z.string().min(1) });

/** An entry names a key by its mask, which says little without its owner. */
function keyPhrase(entry: ActivityEntry): string | undefined {
  const owner = keyContext.safeParse(entry.detail?.context).data?.user_email;
  if (owner === undefined || owner.toLowerCase() === entry.user?.email?.toLowerCase()) return undefined;
  return `${plainPhrase(entry)} of ${owner}`;
}

const id = z.union([z.string(), z.number()]).transform(String).nullish();
const ruleContext = z.looseObject({
  resource: z.string(),
  resource_id: id,
  organization_member: id,
  role: id,
  access_level: z.string().nullish(),
});

function rulePhrase({ activity, detail }: ActivityEntry, nameOf: NameOf): string | undefined {
  const context = ruleContext.safeParse(detail?.context).data;
  if (context === undefined) return undefined;
  const { resource, resource_id: target, organization_member: member, role, access_level: level } = context;
  const named = (kind: "role" | "member" | "project", value: string): string =>
    nameOf(kind, value) ?? `${kind} ${value}`;
  const subject = role != null ? named("role", role) : member != null ? named("member", member) : "everybody";
  const object =
    target == null
      ? `every ${resource.replaceAll("_", " ")}`
      : ((resource === "project" ? nameOf("project", target) : undefined) ??
        `${resource.replaceAll("_", " ")} ${target}`);
  if (activity === "created") return `set ${subject} to ${shownValue(level)} on ${object}`;
  return `${verbOf(activity)} the rule of ${subject} on ${object}`;
}

/** How many changes of an entry are described. */
const mostChanges = 4;

/** How many differences inside one value are described. */
const mostParts = 3;

const longestText = 40;
const longestJson = 60;

/** The names of PostHog's membership levels, by number. */
const levelNames: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [1, "member"],
  [8, "admin"],
  [15, "owner"],
]);

/** What an entry changed, before and after, shortened and without secrets; empty if nothing. */
function describeChanges(changes: readonly ActivityChange[], isLevel = false): string {
  const described = changes.slice(0, mostChanges).map((change) => describeChange(change, isLevel));
  const more = changes.length - described.length;
  return [...described, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function describeChange({ field, before, after }: ActivityChange, isLevel: boolean): string {
  const name = field ?? "value";
  if (isLevel && name === "level") return `level ${levelOf(before)} → ${levelOf(after)}`;
  if (isSecretField(name) && typeof before !== "boolean" && typeof after !== "boolean")
    return `${name} ${presence(before)} → ${presence(after)}`;
  const [left, right] = [conceal(before, name), conceal(after, name)];
  return describeLists(name, left, right) ?? describeParts(name, left, right) ?? arrow(name, left, right);
}

const arrow = (name: string, before: unknown, after: unknown): string =>
  `${name} ${shownValue(before)} → ${shownValue(after)}`;

const levelOf = (value: unknown): string => levelNames.get(value) ?? shownValue(value);

/** For a secret, only whether one exists. */
const presence = (value: unknown): string =>
  value === null || value === undefined || value === "" ? "nothing" : hidden;

export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (value === hidden) return hidden;
  if (typeof value === "string") return JSON.stringify(shortened(value, longestText));
  return shortened(JSON.stringify(value), longestJson);
}

/** What was added to a list of plain values, and what was removed. */
function describeLists(name: string, before: unknown, after: unknown): string | undefined {
  if (!isPlainList(before) || !isPlainList(after)) return undefined;
  const added = after.filter((item) => !before.includes(item));
  const removed = before.filter((item) => !after.includes(item));
  if (added.length + removed.length === 0 || added.length + removed.length > 2 * mostParts) return undefined;
  const marked = (mark: string, items: readonly unknown[]): string[] =>
    items.map((item) => `${mark}${shownValue(item)}`);
  return `${name} ${[...marked("+", added), ...marked("-", removed)].join(" ")}`;
}

const isPlainList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);

/** The paths that differ inside a value, if there are few. */
function describeParts(name: string, before: unknown, after: unknown): string | undefined {
  if (!isNested(before) || !isNested(after)) return undefined;
  const parts = differences(name, before, after);
  if (parts.length === 0) return undefined;
  if (parts.length > mostParts) return `${name} in ${parts.length} places`;
  return parts.map(([path, left, right]) => arrow(path, left, right)).join(", ");
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;

type Difference = readonly [path: string, before: unknown, after: unknown];

function differences(path: string, before: unknown, after: unknown): Difference[] {
  if (!isNested(before) || !isNested(after) || Array.isArray(before) !== Array.isArray(after)) {
    return Object.is(before, after) ? [] : [[path, before, after]];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const inside = (key: string): string => (Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`);
  return keys.flatMap((key) => differences(inside(key), Reflect.get(before, key), Reflect.get(after, key)));
}
