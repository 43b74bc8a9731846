import { listed } from "../../access/messages";
import { declaredIn } from "../../engine/arguments";
import type { Live } from "../../engine/definition";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { type MembershipArgs, membershipArgs } from "./organizationMemberStatus";
import { scimOf } from "./scim";

/**
 * A missing member in an organization with SCIM: PostHog's log does not distinguish a person that the identity provider
 * deactivated from one that someone removed, so nobody is invited again unless the program asks for it.
 */
export async function leftMember(
  connection: Connection,
  id: string,
  state: Properties,
): Promise<Live<MembershipArgs> | undefined> {
  if (typeof state.email !== "string" || (state.status !== "active" && state.status !== "left")) {
    return undefined;
  }
  if ((await scimOf(connection, state.email)).length === 0) return undefined;
  const { email, userUuid } = state;
  return { id, args: declaredIn(membershipArgs, state), outputs: { email, userUuid, status: "left" } };
}

const howToInvite =
  "take the OrganizationMember out of the program, or change invite (its message, for example) to invite them again";

/** The text in previews about a person who left. */
export const whyLeft = `left the organization, and SCIM is on for their domain, so the identity provider may have deactivated them; they are not invited again: ${howToInvite}`;

/** The text in previews of an update about a person who disappeared since the last run. */
export const whyNotInvited = (providers: readonly string[]): string =>
  `is no longer a member, and SCIM is on (${listed(providers, "and")}), so the identity provider may have deactivated them; the update does not invite them: ${howToInvite}`;
