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
  help: "Nobody notices when an unused key is stolen.",
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
      evidence: [`${isUnused ? "created" : "last used"} on ${dateOf(since)}`, scopesText(key)],
      fix: "Ask its owner, and delete it if nobody needs it.",
    };
  }),
};

/** API keys with more scopes than one task needs. */
export const keyOverScoped: ReviewRule = {
  id: "key-over-scoped",
  title: "Over-scoped API key",
  help: "A stolen key can do everything that its scopes allow.",
  severity: "high",
  find: forEachWorkingKey((key, { thresholds: { mostWriteScopes } }) => {
    const isWhole = key.scopes.includes("*");
    const writes = key.scopes.filter((scope) => scope.endsWith(":write"));
    if (!isWhole && writes.length <= mostWriteScopes) return undefined;
    return {
      severity: isWhole ? "high" : "medium",
      message: isWhole
        ? `${keyName(key)} can do everything that its owner can.`
        : `${keyName(key)} can write ${writes.length} types of objects.`,
      identity: isWhole ? identities.keyForEverything(key) : identities.keyWritesMuch(key, writes.length),
      evidence: [scopesText(key)],
      fix: "Give it only the scopes that its task needs: use a PersonalApiKey or ProjectSecretApiKey with explicit scopes.",
    };
  }),
};

/** API keys whose owner, or for a project's key whose creator, is no longer in the organization. */
export const keyOfLeaver: ReviewRule = {
  id: "key-of-leaver",
  title: "API key of a former member",
  help: "People who leave keep the keys that they copied: a project's key still works, and a personal key works again once they are back.",
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
    // A copy that they kept stopped working with the rotation, unless that was before they left: PostHog does not show
    // when they left.
    severity: rolled === undefined ? "high" : "low",
    message: `${keyName(key)} was created by ${key.creator ?? "someone"}, who left the organization.`,
    identity: identities.keyMadeByLeaver(key),
    evidence: [
      `${who} is not a member`,
      rolled === undefined ? "never rotated" : `last rotated on ${dateOf(rolled)}`,
      scopesText(key),
    ],
    fix: "Rotate it, and give the new value to the services that use it; delete it if none does. Replacing it by a key of another creator resolves this finding.",
  };
}

function ownedByLeaver(key: ReviewedKey, members: ReadonlySet<string>): About | undefined {
  if (key.owner === undefined || members.has(key.owner.toLowerCase())) return undefined;
  return {
    severity: "high",
    message: `${keyName(key)} belongs to someone outside the organization.`,
    identity: identities.keyOfLeaver(key),
    evidence: [`${key.owner} is not a member`, scopesText(key)],
    fix: "Ask its owner to delete it; if the company owns the account, delete the account.",
  };
}

/** What a rule found about a key. */
type About = Omit<Found, "subject">;

/** Reports findings about single keys. */
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

/** Reports findings about keys, except those that PostHog rejects: they are useless here. */
function forEachWorkingKey(
  judge: (key: ReviewedKey, situation: Situation) => About | undefined,
): ReviewRule["find"] {
  return forEachKey((key, { refused }, situation) =>
    refused === undefined ? judge(key, situation) : undefined,
  );
}

/** The name of a key in messages: its label, its mask, or its owner. */
function keyName({ kind, label, maskValue, owner }: ReviewedKey): string {
  const name = label ?? maskValue;
  const whose = owner === undefined ? "" : ` of ${owner}`;
  const what = kind === "project" ? "Project key" : "API key";
  return `${what}${name === undefined ? "" : ` ${name}`}${whose}`;
}

/** How many scopes the evidence lists before it only counts the rest. */
const namedScopes = 6;

function scopesText({ scopes }: ReviewedKey): string {
  const more = scopes.length - namedScopes;
  const shown = more > 0 ? [...scopes.slice(0, namedScopes), `${more} more`] : scopes;
  return `scopes: ${scopes.length === 0 ? "none" : listed(shown, "and")}`;
}
