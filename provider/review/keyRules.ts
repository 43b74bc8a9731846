import type { LiveKey } from "../access/liveOrganization";
import { counted, listed } from "../access/messages";
import { dateOf, daysBetween } from "../access/values";
import { identities } from "./identity";
import type { ReviewedKey } from "./model";
import type { Found, ReviewRule, Situation } from "./rule";

/** API keys that nobody seems to need. */
export const keyStale: ReviewRule = {
  id: "key-stale",
  title: "Unused API key",
  help: "A key that nobody misses is one that nobody notices when it is stolen.",
  severity: "medium",
  find: forEachWorkingKey((key, { now, thresholds: { unusedKeyDays } }) => {
    const since = key.lastUsedAt ?? key.createdAt;
    const days = since === undefined ? Number.NaN : daysBetween(since, now);
    if (since === undefined || !(days >= unusedKeyDays)) return undefined;
    const isUnused = key.lastUsedAt === undefined;
    return {
      severity: "medium",
      message: isUnused
        ? `${keyName(key)} was never used.`
        : `${keyName(key)} was not used for ${counted(days, "day")}.`,
      identity: isUnused ? identities.keyUnused(key) : identities.keyStale(key, days),
      evidence: [`${isUnused ? "made" : "last used"} on ${dateOf(since)}`, scopesText(key)],
      fix: "Ask the people who use it, then delete it.",
    };
  }),
};

/** API keys that can do more than any one task takes. */
export const keyOverScoped: ReviewRule = {
  id: "key-over-scoped",
  title: "Over-scoped API key",
  help: "What a key may do is what its thief may do.",
  severity: "high",
  find: forEachWorkingKey((key, { thresholds: { mostWriteScopes } }) => {
    const isWhole = key.scopes.includes("*");
    const writes = key.scopes.filter((scope) => scope.endsWith(":write"));
    if (!isWhole && writes.length <= mostWriteScopes) return undefined;
    return {
      severity: isWhole ? "high" : "medium",
      message: isWhole
        ? `${keyName(key)} can do everything that its owner can.`
        : `${keyName(key)} can write ${writes.length} kinds of things.`,
      identity: isWhole ? identities.keyForEverything(key) : identities.keyWritesMuch(key, writes.length),
      evidence: [scopesText(key)],
      fix: "Give it the scopes that its task takes: a PersonalApiKey or ProjectSecretApiKey with scopes listed one by one.",
    };
  }),
};

/** API keys whose owner, or of a project's key whose creator, is not in the organization any more. */
export const keyOfLeaver: ReviewRule = {
  id: "key-of-leaver",
  title: "API key of a former member",
  help: "Who leaves takes along what they copied: a project's key works on, a personal one as soon as they are let in again.",
  severity: "high",
  find(situation) {
    const members = new Set(situation.live.members.map(({ email }) => email.toLowerCase()));
    return forEachKey((key, { creatorLeft }) =>
      key.kind === "project" ? createdByLeaver(key, creatorLeft) : ownedByLeaver(key, members),
    )(situation);
  },
};

function createdByLeaver(key: ReviewedKey, creatorLeft: boolean | undefined): About | undefined {
  if (creatorLeft !== true) return undefined;
  const who = key.creator ?? "its creator";
  const rolled = key.lastRolledAt;
  return {
    // What they copied ended with the roll, unless that was before they left: PostHog does not tell when.
    severity: rolled === undefined ? "high" : "low",
    message: `${keyName(key)} was made by ${key.creator ?? "somebody"}, who left the organization.`,
    identity: identities.keyMadeByLeaver(key),
    evidence: [
      `${who} is not a member`,
      rolled === undefined ? "never rolled" : `last rolled on ${dateOf(rolled)}`,
      scopesText(key),
    ],
    fix: "Roll it, and give the new value to what uses it; delete it where nothing does. A key of another creator in its place ends this finding.",
  };
}

function ownedByLeaver(key: ReviewedKey, members: ReadonlySet<string>): About | undefined {
  if (key.owner === undefined || members.has(key.owner.toLowerCase())) return undefined;
  return {
    severity: "high",
    message: `${keyName(key)} belongs to nobody in the organization.`,
    identity: identities.keyOfLeaver(key),
    evidence: [`${key.owner} is not a member`, scopesText(key)],
    fix: "Have its owner delete it; delete the account where the company owns it.",
  };
}

/** What is found about a key. */
type About = Omit<Found, "subject">;

/** Finds something of single keys. */
function forEachKey(
  judge: (key: ReviewedKey, live: LiveKey, situation: Situation) => About | undefined,
): ReviewRule["find"] {
  return (situation) =>
    (situation.live.keys ?? []).flatMap((live, at) => {
      const key = situation.review.keys?.[at];
      const found = key && judge(key, live, situation);
      return found === undefined ? [] : [{ ...found, subject: { key: at, person: key?.owner } }];
    });
}

/** Finds something of keys, except those that PostHog refuses: nobody can do anything with them here. */
function forEachWorkingKey(
  judge: (key: ReviewedKey, situation: Situation) => About | undefined,
): ReviewRule["find"] {
  return forEachKey((key, { refused }, situation) =>
    refused === undefined ? judge(key, situation) : undefined,
  );
}

/** How a message calls a key: by its name, its mask, or as one of its owner's. */
function keyName({ kind, label, maskValue, owner }: ReviewedKey): string {
  const name = label ?? maskValue;
  const whose = owner === undefined ? "" : ` of ${owner}`;
  const what = kind === "project" ? "Project key" : "API key";
  return `${what}${name === undefined ? "" : ` ${name}`}${whose}`;
}

/** How many scopes evidence names before it only counts the rest. */
const namedScopes = 6;

function scopesText({ scopes }: ReviewedKey): string {
  const more = scopes.length - namedScopes;
  const shown = more > 0 ? [...scopes.slice(0, namedScopes), `${more} more`] : scopes;
  return `scopes: ${scopes.length === 0 ? "none" : listed(shown, "and")}`;
}
