import type { Answer } from "../../../provider/posthog/errors";
import { ApiError } from "../../../provider/posthog/errors";
import { explain } from "../../../provider/posthog/explain";

const answer = (status: number, code: string, detail: string, attr?: string): Answer => ({
  status,
  code,
  detail,
  attr,
});

describe("the meaning of PostHog's errors", () => {
  const table: [string, Answer, RegExp, RegExp][] = [
    [
      "a missing scope is named",
      answer(403, "permission_denied", "API key missing required scope 'project:write'"),
      /project:write/,
      /add project:write; its value stays/,
    ],
    [
      "a session-only operation asks for a session, however it is spelled",
      answer(403, "permission_denied", "This action does not support Personal API Key access"),
      /never to API keys/,
      /posthog:email/,
    ],
    [
      "and in the newer spelling too",
      answer(403, "permission_denied", "This action does not support personal API key access"),
      /never to API keys/,
      /posthog:password/,
    ],
    [
      "an organization that bans members' keys",
      answer(
        403,
        "permission_denied",
        "Organization 'Acme' does not allow using personal API keys. Contact an admin to enable personal API keys for this organization.",
      ),
      /to admins only/,
      /admin or owner/,
    ],
    [
      "a project-scoped key at organization level",
      answer(
        403,
        "permission_denied",
        "API keys with scoped projects are only supported on project-based endpoints.",
      ),
      /restricted to projects/,
      /without a project restriction/,
    ],
    [
      "a key of another project",
      answer(403, "permission_denied", "API key does not have access to the requested project: ID 7."),
      /restricted/,
      /Widen/,
    ],
    [
      "a change of one's own level",
      answer(403, "permission_denied", "You can't change your own access level."),
      /nobody change their own level/,
      /someone else's key/,
    ],
    [
      "a promotion above one's own level",
      answer(
        403,
        "permission_denied",
        "You can only make another member owner if you're this organization's owner.",
      ),
      /above their own level/,
      /organization owner/,
    ],
    [
      "an invite above one's own level",
      answer(
        403,
        "permission_denied",
        "You cannot invite a user with a higher permission level than your own.",
      ),
      /above their own level/,
      /organization owner/,
    ],
    [
      "the removal of an owner",
      answer(400, "invalid_input", "Cannot leave the organization as its owner!"),
      /never removes an owner/,
      /admin or member first/,
    ],
    [
      "a second role of a name",
      answer(400, "unique", "There is already a role with this name.", "name"),
      /unique/,
      /adopt: true/,
    ],
    [
      "a member where an admin is needed",
      answer(403, "permission_denied", "Your organization access level is insufficient."),
      /owner is a member/,
      /admin or owner/,
    ],
    [
      "a project rule that only admins may change",
      answer(403, "permission_denied", "Must be admin to modify project permissions."),
      /project admins/,
      /organization admin/,
    ],
    [
      "a feature that the plan lacks",
      answer(400, "payment_required", "You must upgrade your plan to enforce 2FA.", "enforce_2fa"),
      /plan does not include/,
      /Billing/,
    ],
    [
      "a feature that the plan lacks, said with 402",
      answer(402, "payment_required", "Audit logs requires a paid PostHog plan."),
      /plan does not include/,
      /Billing/,
    ],
    [
      "a feature that is not available",
      answer(400, "feature_not_available", "SCIM provisioning is not available for this organization."),
      /plan does not include/,
      /Billing/,
    ],
    [
      "role rules without the feature",
      answer(403, "permission_denied", "Role-based access controls require the Role-based access feature."),
      /plan does not include/,
      /Billing/,
    ],
    [
      "the project limit",
      answer(
        403,
        "permission_denied",
        "You have reached the maximum limit of allowed projects for your current plan. Upgrade your plan to be able to create and manage more projects.",
      ),
      /used up/,
      /Billing/,
    ],
    [
      "an unverified domain",
      answer(400, "verification_required", "This attribute cannot be updated until the domain is verified."),
      /verified by DNS/,
      /TXT record/,
    ],
    [
      "a session that is too old",
      answer(
        403,
        "sensitive_action_required_reauth",
        "This action requires you to be recently authenticated.",
      ),
      /two hours/,
      /signs in anew/,
    ],
    [
      "a wrong one-time code",
      answer(400, "2fa_invalid", "Invalid authentication code"),
      /totpSecret/,
      /clock/,
    ],
    [
      "an account without codes on Cloud",
      answer(401, "email_mfa_required", "Email MFA is required."),
      /no two-factor codes[\s\S]*by e-mail at every sign-in/,
      /posthog:totpSecret/,
    ],
    [
      "a wrong password",
      answer(400, "invalid_credentials", "Invalid email or password."),
      /No account on this host/,
      /region/,
    ],
    [
      "a key that PostHog does not know",
      answer(
        401,
        "authentication_failed",
        "Personal API key found in request Authorization header is invalid.",
      ),
      /deleted or rotated/,
      /posthog:host/,
    ],
    ["an address it is too old for", answer(404, "not_found", "Endpoint not found."), /older than/, /Update/],
    ["anything that is not there", answer(404, "not_found", "Not found."), /cannot see it/, /organizationId/],
    ["the rate limit", answer(429, "throttled", "Request was throttled."), /budget/, /key of its own/],
    [
      "a server error",
      answer(500, "error", "A server error occurred."),
      /in front of it, failed/,
      /few minutes/,
    ],
    [
      "a value that is not accepted",
      answer(400, "invalid_input", "No.", "timezone"),
      /field timezone/,
      /Change the value/,
    ],
  ];
  test.each(table)("%s", (_, given, why, fix) => {
    const remedy = explain(given);
    expect(remedy.why).toMatch(why);
    expect(remedy.fix).toMatch(fix);
  });
});

test("an error shows what was tried, what PostHog answered, why, and the fix, in this order", () => {
  const given = answer(403, "permission_denied", "API key missing required scope 'project:write'");
  const error = new ApiError('creating project "Staging"', given, explain(given));
  expect(error.message.split("\n").map((line) => line.trim().slice(0, 28))).toEqual([
    'creating project "Staging" f',
    "why: The key in posthog:apiK",
    "fix: Edit the key under Sett",
  ]);
  expect(error.message).toContain("PostHog answered 403 permission_denied: API key missing");
});
