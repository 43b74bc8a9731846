import { counted } from "../../provider/access/messages";
import { dateOf } from "../../provider/access/values";
import { answered } from "../../provider/posthog/errors";
import { hasFeature } from "../../provider/posthog/organizations";
import { leftoverFix, leftoverMessage } from "../../provider/sso/leftovers";
import { type Check, failed, judge, ok, problem, warning } from "./check";
import type { Facts } from "./facts";

/** The maximum number of personal API keys per person in PostHog. */
const mostOwnKeys = 10;

/** Whether projects with production-like names are open to plain members. */
export function checkProduction({ organization, production }: Facts): Check {
  const name = "production";
  return judge(name, production, (projects) => {
    if (organization?.ok && hasFeature(organization.value, "access_control") === false) {
      return warning(
        name,
        `the plan of ${organization.value.name} lacks access_control: access rules are stored but not enforced, and every member sees every project`,
        "Add the feature under Settings > Billing.",
      );
    }
    if (projects.length === 0) return ok(name, "no project has a name like production");
    const open = projects.filter(({ defaultAccess }) => defaultAccess !== "none");
    if (open.length === 0)
      return ok(
        name,
        `${listOf(projects)}: private: only people who are granted access and organization admins can open ${projects.length === 1 ? "it" : "them"}`,
      );
    return warning(
      name,
      `${listOf(open)} ${open.length === 1 ? "is" : "are"} open to every member of the organization`,
      'Set defaultAccess: "none" on the Project or its ProjectAccess, and grant access to the people who need it.',
      open.map(
        ({ name: project, id, defaultAccess }) => `${project} (${id}): default access ${defaultAccess}`,
      ),
    );
  });
}

const listOf = (projects: readonly { readonly name: string }[]): string =>
  projects.map(({ name }) => name).join(", ");

/** Whether people can bypass single sign-on, or cannot sign in at all. */
export function checkSso({ sso }: Facts, now = new Date()): Check {
  const name = "single sign-on";
  return judge(name, sso, ({ domains, membersOutside = [] }) => {
    const locked = domains.flatMap(({ lockOut }) => lockOut ?? []);
    if (locked.length > 0)
      return problem(name, locked.join("; "), 'Complete SAML, or set enforcement: "off" on the domain.');
    if (domains.length === 0)
      return ok(name, "no e-mail domain is managed: everybody chooses how to sign in");
    const without = domains.flatMap(({ bypass, enforcement }) =>
      bypass === undefined ? [] : [{ bypass, isMeant: enforcement !== "off" }],
    );
    const ineffective = without.filter(({ isMeant }) => isMeant).map(({ bypass }) => bypass);
    if (ineffective.length > 0) {
      return problem(
        name,
        ineffective.join("; "),
        "Verify the domain (its DNS record), add the plan feature, or set the way of signing in up on the server; until then, passwords work.",
      );
    }
    const ended = domains.filter(
      ({ certificateExpiresAt: end }) => end !== undefined && Date.parse(end) < now.getTime(),
    );
    if (ended.length > 0) {
      const names = ended.map(
        ({ domain, certificateExpiresAt: end = "" }) => `${domain} ended on ${dateOf(end)}`,
      );
      return warning(
        name,
        `the SAML certificate of ${names.join(", that of ")}; PostHog still accepts it`,
        "Renew it at the identity provider, and give PostHog its new metadata in the same hour.",
      );
    }
    if (without.length === 0 && membersOutside.length === 0)
      return ok(name, "every member's e-mail domain enforces it");
    return warning(
      name,
      without.length > 0
        ? "not every domain enforces it"
        : `${counted(membersOutside.length, "member has", "members have")} an e-mail address outside the enforced domains`,
      "Set enforcement on the domains, and keep only the members outside them that you need for emergencies.",
      [...without.map(({ bypass }) => bypass), ...membersOutside],
    );
  });
}

/** Whether removed single sign-on still exists. */
export function checkLeftovers({ leftovers }: Facts): Check {
  const name = "sign-on leftovers";
  return judge(name, leftovers, (all) => {
    // If only the name matches, someone may have set it up that way.
    const named = all.filter(({ kind }) => kind === "namesake");
    const found = all.filter(({ kind }) => kind !== "namesake");
    const [first] = found;
    if (first === undefined) {
      const nothing = "nothing is left of identity providers that were removed";
      return named.length === 0
        ? ok(name, nothing)
        : ok(name, `${nothing}, unless providers with a domain's name are`, [
            ...named.map(leftoverMessage),
            ...new Set(named.map(leftoverFix)),
          ]);
    }
    return warning(
      name,
      found.length === 1
        ? leftoverMessage(first)
        : `${found.length} things are left of removed identity providers`,
      [...new Set(found.map(leftoverFix))].join("\n"),
      found.length + named.length === 1 ? [] : [...found, ...named].map(leftoverMessage),
    );
  });
}

/** Whether keys can be created. */
export function checkKeyCreation(facts: Facts): Check {
  const name = "key creation";
  const { hasSession, ownKeys, organization } = facts;
  const members = organization?.ok ? organization.value : undefined;
  const banned = members?.members_can_use_personal_api_keys === false && (members.membership_level ?? 15) < 8;
  if (banned) {
    return problem(
      name,
      `only admins of ${members.name} may use personal API keys`,
      "Use an admin's account, or set membersCanUsePersonalApiKeys in OrganizationSettings.",
    );
  }
  if (!hasSession) {
    return warning(
      name,
      "without a session, only project secret API keys can be created",
      "Use ProjectSecretApiKey if its scopes are enough, or configure a session.",
    );
  }
  return judge(
    name,
    ownKeys,
    (count) =>
      count < mostOwnKeys
        ? ok(name, `the signed-in person has ${count} of ${mostOwnKeys} personal API keys`)
        : problem(
            name,
            `the signed-in person has all ${mostOwnKeys} personal API keys that PostHog allows`,
            "Delete an unused one, use ProjectSecretApiKey, or sign in as another person.",
          ),
    "problem",
  );
}

/** Whether the activity log is readable, and how far back. */
export function checkAudit({ organization, activity }: Facts): Check {
  const name = "activity log";
  if (activity !== undefined && !activity.ok) {
    const { error } = activity;
    if (answered(error, 403)) {
      const fix = "Give the key the scope activity_log:read, and use the key of an organization admin.";
      return { ...failed(name, error, "warning"), fix };
    }
    return failed(name, error, "warning");
  }
  return judge(name, activity, () => {
    const features = organization?.ok ? organization.value.available_product_features : undefined;
    const audit = features?.find(({ key }) => key === "audit_logs");
    if (audit?.limit == null || audit.unit == null)
      return ok(name, "the log of the whole organization can be read, as far back as PostHog keeps it");
    return warning(
      name,
      `PostHog keeps the log for ${audit.limit} ${audit.unit} with this plan`,
      "Export it regularly (pulumi-posthog audit, or getActivityLog), and keep it elsewhere for longer.",
    );
  });
}
