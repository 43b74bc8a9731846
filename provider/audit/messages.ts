import { z } from "zod";
import { quoted } from "../access/messages";
import { describeChanges, shownValue } from "./changes";
import { concealKeys } from "./conceal";
import type { ActivityEntry } from "./entry";
import { printable } from "./printable";

/** The name that this package gives itself in the log (`x-posthog-client`). */
export const ownClient = "pulumi-posthog";

/** What ids in entries are called, where that is known: roles, memberships of the organization, projects. */
export type NameOf = (kind: "role" | "member" | "project", id: string) => string | undefined;

const nameless: NameOf = () => undefined;

/** Whether this package did it. */
export function isOwn({ client }: Pick<ActivityEntry, "client">): boolean {
  return client === ownClient;
}

/** Who did it: an e-mail address, PostHog's staff on somebody's behalf, or PostHog by itself. */
export function actorOf({ user, is_system, was_impersonated }: ActivityEntry): string {
  const person = printable(user?.email ?? user?.uuid ?? "");
  if (was_impersonated === true) return `PostHog staff as ${person === "" ? "somebody" : person}`;
  if (person !== "") return person;
  return is_system === true ? "PostHog itself" : "a deleted account";
}

/** Through which program; undefined where the log does not say, as for people's browsers and on older servers. */
export function clientOf(entry: Pick<ActivityEntry, "client">): string | undefined {
  if (isOwn(entry)) return `${ownClient} (this package)`;
  return entry.client == null || entry.client === "" ? undefined : printable(entry.client);
}

/** What was done to what, and what that changed, on one line and without secrets: `changed role "A": name "A" → "B"`. */
export function describeActivity(entry: ActivityEntry, nameOf: NameOf = nameless): string {
  const what = phrases[entry.scope]?.(entry, nameOf) ?? plainPhrase(entry);
  const changes = describeChanges(entry.detail?.changes ?? [], entry.scope === "OrganizationMembership");
  return printable(concealKeys(changes === "" ? what : `${what}: ${changes}`));
}

const verbs: Readonly<Record<string, string>> = {
  updated: "changed",
  logged_in: "signed in",
  logged_out: "signed out",
  scim_provisioned: "provisioned by SCIM",
  scim_updated: "changed by SCIM",
  scim_replaced: "replaced by SCIM",
  scim_deprovisioned: "deprovisioned by SCIM",
};

const nouns: Readonly<Record<string, string>> = {
  PersonalAPIKey: "personal API key",
  ProjectSecretAPIKey: "project secret API key",
  OAuthApplication: "OAuth application",
  OrganizationDomain: "domain",
  OrganizationInvite: "invite",
  OrganizationMembership: "membership",
  IdentityProviderConfig: "identity provider",
  AccessControl: "access rule",
  Organization: "organization",
  Team: "settings of project",
};

/** A kind of object as people call it: `FeatureFlag` is `feature flag`. */
export function nounOf(scope: string): string {
  const words = scope.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [scope];
  const lower = (word: string): string => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase());
  return nouns[scope] ?? words.map(lower).join(" ");
}

const verbOf = (activity: string): string => verbs[activity] ?? activity.replaceAll("_", " ");

function plainPhrase({ activity, scope, item_id, detail }: ActivityEntry): string {
  const name = detail?.name;
  // PostHog writes "first last (email) in role" of people whose first or last name may be empty.
  const trimmed = name?.trim() ?? "";
  const called = trimmed !== "" ? quoted(trimmed) : (item_id ?? "");
  return `${verbOf(activity)} ${nounOf(scope)} ${called}`.trimEnd();
}

type Phrase = (entry: ActivityEntry, nameOf: NameOf) => string | undefined;

/** The kinds of object that are more than a name: undefined leaves them to the plain form. */
const phrases: Readonly<Record<string, Phrase>> = {
  OrganizationMembership: membershipPhrase,
  OrganizationInvite: invitePhrase,
  AccessControl: rulePhrase,
  User: ({ activity }) =>
    activity === "logged_in" || activity === "logged_out" ? verbOf(activity) : undefined,
};

const membershipContext = z.looseObject({
  user_email: z.string().min(1),
  level: z.string().nullish(),
});

function membershipPhrase({ activity, user, detail }: ActivityEntry): string | undefined {
  const context = membershipContext.safeParse(detail?.context).data;
  if (context === undefined) return undefined;
  const { user_email: person, level } = context;
  const oneself = user?.email?.toLowerCase() === person.toLowerCase();
  const as = level == null ? "" : ` as ${level.replace("administrator", "admin")}`;
  if (activity === "created")
    return oneself ? `joined the organization${as}` : `added ${person} to the organization${as}`;
  if (activity === "deleted")
    return oneself ? "left the organization" : `removed ${person} from the organization`;
  return `${verbOf(activity)} the membership of ${person}`;
}

/** PostHog writes a sentence where other entries have a name. */
function invitePhrase({ activity, detail }: ActivityEntry): string | undefined {
  const person = /invited user (\S+)|^User (\S+) was invited|^Invite for (\S+)/.exec(detail?.name ?? "");
  const email = person?.slice(1).find((group) => group !== undefined);
  if (email === undefined) return undefined;
  if (activity === "created") return `invited ${email}`;
  return activity === "deleted" ? `withdrew the invite of ${email}` : undefined;
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
