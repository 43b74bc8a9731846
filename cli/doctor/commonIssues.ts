import { answered } from "../../provider/posthog/errors";
import { hasFeature } from "../../provider/posthog/organizations";
import { broken, type Check, caution, failed, fine, judge } from "./check";
import type { Facts } from "./facts";

/** PostHog allows a person this many personal API keys. */
const mostOwnKeys = 10;

/** Whether plain members see projects that are named like production. */
export function checkProduction({ organization, production }: Facts): Check {
  const name = "production";
  return judge(name, production, (projects) => {
    if (organization?.ok && hasFeature(organization.value, "access_control") === false) {
      return caution(
        name,
        `the plan of ${organization.value.name} lacks access_control: access rules are kept, and every member sees every project`,
        "Add the feature under Settings > Billing.",
      );
    }
    if (projects.length === 0) return fine(name, "no project is named like production");
    const open = projects.filter(({ defaultAccess }) => defaultAccess !== "none");
    if (open.length === 0)
      return fine(
        name,
        `${listOf(projects)}: closed to all without a rule of their own; organization admins see everything`,
      );
    return caution(
      name,
      `${listOf(open)} ${open.length === 1 ? "is" : "are"} open to every member of the organization`,
      'Set defaultAccess: "none" on the Project or its ProjectAccess, and list who may enter.',
      open.map(
        ({ name: project, id, defaultAccess }) => `${project} (${id}): default access ${defaultAccess}`,
      ),
    );
  });
}

const listOf = (projects: readonly { readonly name: string }[]): string =>
  projects.map(({ name }) => name).join(", ");

/** Whether people can come in without single sign-on where it is set up, or cannot come in at all. */
export function checkSso({ sso }: Facts): Check {
  const name = "single sign-on";
  return judge(name, sso, ({ domains, membersOutside = [] }) => {
    const locked = domains.flatMap(({ lockOut }) => lockOut ?? []);
    if (locked.length > 0)
      return broken(name, locked.join("; "), 'Complete SAML, or set enforcement: "off" on the domain.');
    if (domains.length === 0)
      return fine(name, "no e-mail domain is managed: everybody signs in as they like");
    const without = domains.flatMap(({ bypass, enforcement }) =>
      bypass === undefined ? [] : [{ bypass, isMeant: enforcement !== "off" }],
    );
    const ineffective = without.filter(({ isMeant }) => isMeant).map(({ bypass }) => bypass);
    if (ineffective.length > 0) {
      return broken(
        name,
        ineffective.join("; "),
        "Verify the domain (its DNS record), or add the plan feature: until then passwords work.",
      );
    }
    if (without.length === 0 && membersOutside.length === 0)
      return fine(name, "every member's e-mail domain enforces it");
    return caution(
      name,
      without.length > 0
        ? "not every domain enforces it"
        : `${membersOutside.length} members have an e-mail address of no enforced domain`,
      "Set enforcement on the domains, and keep as few members outside them as a way in for emergencies takes.",
      [...without.map(({ bypass }) => bypass), ...membersOutside],
    );
  });
}

/** Whether keys can be made. */
export function checkKeyCreation(facts: Facts): Check {
  const name = "key creation";
  const { hasSession, ownKeys, organization } = facts;
  const members = organization?.ok ? organization.value : undefined;
  const banned = members?.members_can_use_personal_api_keys === false && (members.membership_level ?? 15) < 8;
  if (banned) {
    return broken(
      name,
      `${members.name} lets only admins use personal API keys`,
      "Use an admin's account, or set membersCanUsePersonalApiKeys in OrganizationSettings.",
    );
  }
  if (!hasSession) {
    return caution(
      name,
      "personal API keys cannot, because no session is configured; project secret API keys can",
      "Use ProjectSecretApiKey where its scopes are enough, or configure a session.",
    );
  }
  return judge(
    name,
    ownKeys,
    (count) =>
      count < mostOwnKeys
        ? fine(name, `the signed-in person has ${count} of ${mostOwnKeys} personal API keys`)
        : broken(
            name,
            `the signed-in person has all ${mostOwnKeys} personal API keys that PostHog allows`,
            "Delete one that is not used, use ProjectSecretApiKey, or sign in as another person.",
          ),
    "problem",
  );
}

/** Whether the activity log can be read, and how long it reaches back. */
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
      return fine(name, "the whole organization's log can be read, as far back as PostHog keeps it");
    return caution(
      name,
      `PostHog keeps the log for ${audit.limit} ${audit.unit} with this plan`,
      "Read it out regularly (getActivityLog, or pulumi-posthog audit) and keep it elsewhere for longer.",
    );
  });
}
