import * as z from "zod";
import { organizationAdmin } from "../../access/levels";
import { domain, wholeNumber } from "../../arguments/fields";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import type { Properties } from "../../engine/state";
import { wasDeclared } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { type Domain, findDomain, requireDomain, updateDomain, verifyDomain } from "../../posthog/domains";
import { RefusedError } from "../../posthog/errors";
import { getInstance } from "../../posthog/instance";
import { listMembers } from "../../posthog/members";
import { getOrganization, hasFeature } from "../../posthog/organizations";
import { hasWay, isComplete, readSignOn } from "../../snapshot/signOn";
import { readCertificate } from "../../sso/certificate";
import {
  type EnforcementVerdict,
  enforcementFromApi,
  enforcements,
  enforcementToApi,
  judgeEnforcement,
} from "../../sso/enforcement";
import type { IdentityProviderMetadata } from "../../sso/metadata";
import { challengeRecordName } from "../../sso/serviceProvider";
import { changeSignOn, clearCopy } from "./providerObjects";

/** The arguments about the domain itself, shared by every resource that manages one. */
export const domainArgs = {
  domain,
  enforcement: z.enum(enforcements, `must be ${enforcements.join(", ")}`).optional(),
  jitProvisioning: z.boolean().optional(),
  waitForVerification: wholeNumber("seconds", 0, 3600).optional(),
};

type DomainArgs = z.infer<z.ZodObject<typeof domainArgs>>;

/** Seconds between two checks of the DNS record. */
const secondsBetweenChecks = 5;

export function domainArgsOf(record: Domain): Partial<DomainArgs> {
  const enforcement = enforcements.find((known) => known === enforcementFromApi(record.sso_enforcement));
  return {
    domain: record.domain,
    ...(enforcement === undefined ? {} : { enforcement }),
    jitProvisioning: record.jit_provisioning_enabled === true,
  };
}

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
 * Makes PostHog check the DNS record, once, or repeatedly for as long as the program waits. Does nothing without a
 * session: PostHog does not allow this with keys.
 */
export async function verify(connection: Connection, record: Domain, waitSeconds = 0): Promise<Domain> {
  if (record.is_verified || !connection.hasSession) return record;
  const deadline = connection.clock.now() + waitSeconds * 1000;
  let checked = await verifyDomain(connection, await clearCopy(connection, record));
  while (!checked.is_verified && connection.clock.now() < deadline) {
    await connection.clock.sleep(Math.min(secondsBetweenChecks * 1000, deadline - connection.clock.now()));
    checked = await verifyDomain(connection, record);
  }
  return checked;
}

/** How people of a domain sign in. */
type SignIn = Pick<DomainArgs, "enforcement" | "jitProvisioning">;

/**
 * The settings to write. Settings that the program no longer declares are switched off.
 *
 * @param before the state, or the arguments, of the last run.
 */
export function wantedSignIn(declared: SignIn, before: Properties): SignIn {
  return {
    enforcement: declared.enforcement ?? (wasDeclared(before, "enforcement") ? "off" : undefined),
    jitProvisioning: declared.jitProvisioning ?? (wasDeclared(before, "jitProvisioning") ? false : undefined),
  };
}

/** The plan features behind `enforcement` and `jitProvisioning`. */
export const signInNeeds = [
  { argument: "enforcement", is: ["saml"], needs: [{ feature: "saml" }, { feature: "sso_enforcement" }] },
  {
    argument: "enforcement",
    is: ["google-oauth2", "github", "gitlab", "oidc"],
    needs: [{ feature: "sso_enforcement" }],
  },
  { argument: "jitProvisioning", is: [true], needs: [{ feature: "automatic_provisioning" }] },
] as const;

/**
 * Whether previews may show an update until the domain is verified: the program waits for it, or its sign-in settings
 * do.
 */
export const awaitsVerification = ({
  waitForVerification = 0,
  enforcement = "off",
  jitProvisioning = false,
}: Partial<DomainArgs>): boolean => waitForVerification > 0 || enforcement !== "off" || jitProvisioning;

/** Why an unverified domain with unchanged arguments is updated: the program waits for its verification. */
export async function verificationReason(
  connection: Connection,
  { waitForVerification = 0 }: Partial<DomainArgs>,
  state: Properties,
): Promise<string | undefined> {
  if (state.isVerified !== false || waitForVerification === 0 || !connection.hasSession) return undefined;
  const { preflight } = connection.configuration;
  const domain = preflight ? await findDomain(connection, String(state.domainId)) : undefined;
  if (domain?.is_verified === true) return undefined;
  return "is not verified yet; the update checks the DNS record again";
}

/** Why the declared sign-in settings of a domain are not in PostHog yet: the domain waits for its verification. */
export async function pendingReason(
  connection: Connection,
  { domain: name, enforcement = "off", jitProvisioning = false }: Partial<DomainArgs>,
  { isVerified, domainId }: Properties,
): Promise<string | undefined> {
  if (isVerified !== false || name === undefined || (enforcement === "off" && !jitProvisioning))
    return undefined;
  const { preflight } = connection.configuration;
  const domain = preflight ? await findDomain(connection, String(domainId)) : undefined;
  return domain?.is_verified === true ? undefined : waitingFor(challengeRecordName(name));
}

const waitingFor = (record: string): string =>
  `waits for verification: publish the TXT record ${record} (outputs challengeRecordName, challengeRecordValue); enforcement and jitProvisioning are set once PostHog has seen it`;

/** The preview's findings about a domain that the update adds. */
export async function reviewAdding(connection: Connection, name: string | undefined): Promise<Finding[]> {
  if (name === undefined || (await findDomain(connection, name)) !== undefined) return [];
  const organization = await getOrganization(connection);
  if (hasFeature(organization, "automatic_provisioning") !== false) return [];
  const lacks = `the plan of ${organization.name} lacks automatic_provisioning, which PostHog Cloud requires to add a domain`;
  const server = await getInstance(connection);
  if (server === undefined) return [warning(lacks)];
  return server.cloud ? [problem("domain", lacks, { fix: "add the feature under Settings > Billing" })] : [];
}

/**
 * The preview's findings about a domain's verification and enforcement.
 *
 * @param isNew whether the domain is not in the state yet.
 * @param saml the SAML values that the update sets; `later` if they are not known yet, so that only the update can
 *   decide about enforcement.
 */
export async function reviewSignIn(
  connection: Connection,
  declared: Partial<DomainArgs>,
  isNew: boolean,
  saml?: IdentityProviderMetadata | "later",
): Promise<Finding[]> {
  const record = declared.domain === undefined ? undefined : await findDomain(connection, declared.domain);
  if (record?.is_verified !== true) return reviewWaiting(connection, declared, isNew);
  if (declared.enforcement === undefined || saml === "later") return [];
  const currentSaml = saml ?? (await readSignOn(connection, record)).saml;
  const { refusal, warnings } = await judge(connection, record, currentSaml, declared.enforcement);
  return [...(refusal === undefined ? [] : [problem("enforcement", refusal)]), ...warnings.map(warning)];
}

/** For a domain that is already in the state, the comparison with the state says why it waits. */
function reviewWaiting(connection: Connection, declared: Partial<DomainArgs>, isNew: boolean): Finding[] {
  const { domain: name, enforcement = "off", jitProvisioning = false, waitForVerification = 0 } = declared;
  const record = name === undefined ? "the record" : challengeRecordName(name);
  const waiting = isNew && (enforcement !== "off" || jitProvisioning);
  return [
    ...(waiting ? [notice(waitingFor(record))] : []),
    ...(waitForVerification > 0 && !connection.hasSession
      ? [
          warning(
            "waitForVerification has no effect without a session: a person has to click Verify in PostHog",
          ),
        ]
      : []),
  ];
}

/** Whether enforcement may be switched on for a domain that has these SAML values. */
async function judge(
  connection: Connection,
  record: Domain,
  saml: Partial<IdentityProviderMetadata>,
  enforcement: NonNullable<DomainArgs["enforcement"]>,
): Promise<EnforcementVerdict> {
  const organization = await getOrganization(connection);
  const members = await listMembers(connection);
  const stored = saml.x509Cert === undefined ? undefined : readCertificate(saml.x509Cert);
  return judgeEnforcement({
    enforcement,
    domain: record.domain,
    isVerified: record.is_verified,
    samlComplete: isComplete(saml),
    hasWay: await hasWay(connection, record, enforcement),
    certificateProblem: stored?.ok === false ? stored.problem : undefined,
    hasFeature: (key) => hasFeature(organization, key),
    admins: members.filter(({ level }) => level >= organizationAdmin).map(({ user }) => user.email),
    sessionEmail: connection.configuration.email,
  });
}

/**
 * Sets just-in-time provisioning and enforcement. PostHog accepts neither while the domain is unverified, so then they
 * wait for a later run.
 */
export async function writeSignIn(connection: Connection, record: Domain, wanted: SignIn): Promise<Domain> {
  if (!record.is_verified) return record;
  const { enforcement = "off" } = wanted;
  if (enforcement === "off") return sendSignIn(connection, record, wanted);
  return changeSignOn(connection, async () =>
    sendSignIn(connection, await requireDomain(connection, record.id), wanted),
  );
}

async function sendSignIn(connection: Connection, record: Domain, wanted: SignIn): Promise<Domain> {
  const { enforcement, jitProvisioning } = wanted;
  const fields: Record<string, unknown> = {};
  if (jitProvisioning !== undefined && jitProvisioning !== (record.jit_provisioning_enabled === true)) {
    fields.jit_provisioning_enabled = jitProvisioning;
  }
  if (enforcement !== undefined && enforcement !== enforcementFromApi(record.sso_enforcement)) {
    if (enforcement !== "off") await refuseLockOut(connection, record, enforcement);
    fields.sso_enforcement = enforcementToApi(enforcement);
  }
  if (Object.keys(fields).length === 0) return record;
  return updateDomain(connection, await clearCopy(connection, record), fields);
}

async function refuseLockOut(
  connection: Connection,
  record: Domain,
  enforcement: NonNullable<DomainArgs["enforcement"]>,
): Promise<void> {
  const { saml } = await readSignOn(connection, record);
  const { refusal } = await judge(connection, record, saml, enforcement);
  if (refusal === undefined) return;
  throw new RefusedError(`switching on single sign-on for ${record.domain} was refused: ${refusal}`, {
    why: "Enforcement leaves people of the domain no other way to sign in.",
    fix: 'Set up that way of signing in first, or set enforcement: "off".',
  });
}
