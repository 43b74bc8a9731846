import { z } from "zod";
import { organizationAdmin } from "../access/levels";
import type { Connection } from "../posthog/connection";
import { type Domain, updateDomain, verifyDomain } from "../posthog/domains";
import { RefusedError } from "../posthog/errors";
import { listMembers } from "../posthog/members";
import { getOrganization, hasFeature } from "../posthog/organizations";
import { certificateProblem, readCertificate } from "../sso/certificate";
import {
  challengeRecordName,
  type EnforcementVerdict,
  enforcementFromApi,
  enforcements,
  enforcementToApi,
  judgeEnforcement,
} from "../sso/enforcement";
import { domain, wholeNumber } from "./fields";
import { isComplete, type SignOn } from "./signOn";

/** The arguments about a domain itself, shared by every resource that manages one. */
export const domainArgs = {
  domain,
  enforcement: z.enum(enforcements, `must be ${enforcements.join(", ")}`).optional(),
  jitProvisioning: z.boolean().optional(),
  waitForVerification: wholeNumber("seconds", 0, 3600).optional(),
};

/** What can be declared of a domain. */
export type DomainArgs = z.infer<z.ZodObject<typeof domainArgs>>;

/** Seconds between two looks at the DNS record. */
const secondsBetweenLooks = 5;

/** What PostHog holds of a domain, in the words of the arguments. */
export function domainArgsOf(record: Domain): Partial<DomainArgs> {
  const enforcement = enforcements.find((known) => known === enforcementFromApi(record.sso_enforcement));
  return {
    domain: record.domain,
    ...(enforcement === undefined ? {} : { enforcement }),
    jitProvisioning: record.jit_provisioning_enabled === true,
  };
}

/** The outputs about a domain itself. */
export function domainOutputs(record: Domain): Record<string, unknown> {
  return {
    domainId: record.id,
    isVerified: record.is_verified,
    challengeRecordName: challengeRecordName(record.domain),
    challengeRecordValue: record.verification_challenge ?? undefined,
    enforceSso: enforcementFromApi(record.sso_enforcement) !== "off",
  };
}

/**
 * Has PostHog look for the DNS record, once, or again and again for as long as the program waits. Without a session
 * nothing can be done: PostHog refuses this to keys.
 */
export async function verify(connection: Connection, record: Domain, waitSeconds = 0): Promise<Domain> {
  if (record.is_verified || !connection.hasSession) return record;
  const deadline = connection.clock.now() + waitSeconds * 1000;
  let looked = await verifyDomain(connection, record);
  while (!looked.is_verified && connection.clock.now() < deadline) {
    await connection.clock.sleep(Math.min(secondsBetweenLooks * 1000, deadline - connection.clock.now()));
    looked = await verifyDomain(connection, record);
  }
  return looked;
}

/** Says whether enforcement may be switched on for a domain as it stands. */
export async function judge(
  connection: Connection,
  record: Domain,
  signOn: SignOn | undefined,
  enforcement: NonNullable<DomainArgs["enforcement"]>,
): Promise<EnforcementVerdict> {
  const organization = await getOrganization(connection);
  const members = await listMembers(connection);
  const stored = signOn?.saml.x509Cert === undefined ? undefined : readCertificate(signOn.saml.x509Cert);
  return judgeEnforcement({
    enforcement,
    domain: record.domain,
    isVerified: record.is_verified,
    samlComplete: signOn !== undefined && isComplete(signOn.saml),
    certificateProblem: stored?.ok
      ? certificateProblem(stored.value, new Date(connection.clock.now()))
      : stored?.problem,
    hasFeature: (key) => hasFeature(organization, key),
    admins: members.filter(({ level }) => level >= organizationAdmin).map(({ user }) => user.email),
    sessionEmail: connection.configuration.email,
  });
}

/**
 * Sets just-in-time provisioning and enforcement. PostHog takes neither while the domain is unverified, so then they
 * wait for a later run.
 */
export async function writeSignIn(
  connection: Connection,
  record: Domain,
  signOn: SignOn | undefined,
  wanted: Pick<DomainArgs, "enforcement" | "jitProvisioning">,
): Promise<Domain> {
  if (!record.is_verified) return record;
  const fields: Record<string, unknown> = {};
  if (
    wanted.jitProvisioning !== undefined &&
    wanted.jitProvisioning !== (record.jit_provisioning_enabled === true)
  ) {
    fields.jit_provisioning_enabled = wanted.jitProvisioning;
  }
  if (wanted.enforcement !== undefined && wanted.enforcement !== enforcementFromApi(record.sso_enforcement)) {
    const { refusal } = await judge(connection, record, signOn, wanted.enforcement);
    if (refusal !== undefined) {
      throw new RefusedError(`switching on single sign-on for ${record.domain} was refused: ${refusal}`, {
        why: "Enforcement closes every other way in for people of the domain.",
        fix: 'Complete the set-up first (saml, with a valid certificate), or set enforcement: "off".',
      });
    }
    fields.sso_enforcement = enforcementToApi(wanted.enforcement);
  }
  return Object.keys(fields).length === 0 ? record : updateDomain(connection, record, fields);
}
