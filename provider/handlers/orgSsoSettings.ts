import { z } from "zod";
import { type ArgsOf, declaredIn, defineResource, type Live, type Made, type Review } from "../engine/define";
import { type Finding, notice, problem, warning } from "../engine/finding";
import { type Properties, sameJson } from "../engine/state";
import type { Connection } from "../posthog/connection";
import { createDomain, type Domain, deleteDomain, listDomains } from "../posthog/domains";
import { getOrganization } from "../posthog/organizations";
import { readCertificate } from "../sso/certificate";
import { challengeRecordName, serviceProvider } from "../sso/enforcement";
import { domainArgs, domainArgsOf, domainOutputs, judge, verify, writeSignIn } from "./domainSettings";
import { holdsSaml, resolveSaml, samlFindings, samlSource } from "./samlSource";
import { isComplete, readSignOn, type SignOn, writeSaml, writeScim } from "./signOn";

const args = z.strictObject({
  ...domainArgs,
  saml: samlSource.optional(),
  scim: z.strictObject({ enabled: z.boolean("must be true or false") }).optional(),
});
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ domain }: Partial<Args>): string => `single sign-on of ${domain ?? "a domain"}`;

/** Whether PostHog holds what a declared source stands for; an address that does not answer is no drift. */
async function isHeld(
  connection: Connection,
  held: SignOn["saml"],
  source: NonNullable<Args["saml"]>,
): Promise<boolean> {
  try {
    return holdsSaml(held, await resolveSaml(connection, source));
  } catch {
    return source.metadataUrl !== undefined;
  }
}

async function toLive(
  connection: Connection,
  domain: Domain,
  declared: Partial<Args>,
  token: unknown,
): Promise<Live<Args>> {
  const signOn = await readSignOn(connection, domain);
  const organization = await getOrganization(connection);
  const held = declared.saml !== undefined && (await isHeld(connection, signOn.saml, declared.saml));
  const certificate = signOn.saml.x509Cert === undefined ? undefined : readCertificate(signOn.saml.x509Cert);
  const { entityId: spEntityId, acsUrl: spAcsUrl } = serviceProvider(connection.host);
  return {
    id: domain.id,
    args: {
      ...domainArgsOf(domain),
      saml: held ? declared.saml : signOn.saml,
      scim: { enabled: signOn.scimEnabled },
    },
    outputs: {
      ...domainOutputs(domain),
      spEntityId,
      spAcsUrl,
      relayState: signOn.relayState,
      samlConfigured: isComplete(signOn.saml),
      certificateExpiresAt: certificate?.ok ? certificate.value.validTo : undefined,
      scimBaseUrl: signOn.scimBaseUrl,
      scimToken: signOn.scimEnabled && typeof token === "string" ? token : undefined,
      memberCount: organization.member_count ?? undefined,
    },
  };
}

/**
 * Brings a domain to what is declared: enforcement that has to go goes first, then provider and SCIM, verification,
 * and what may only be switched on once all that stands.
 */
async function write(
  connection: Connection,
  found: Domain,
  declared: Args,
  state: Properties,
  made: Made,
): Promise<Live<Args>> {
  const before = declaredIn(args, state);
  const wanted = undone(declared, before);
  let domain = found;
  if (wanted.enforcement === "off")
    domain = await writeSignIn(connection, domain, undefined, { enforcement: "off" });
  await syncSaml(connection, domain, declared, before);
  domain = await current(connection, domain);
  let token = state.scimToken;
  if (
    wanted.scim !== undefined &&
    (await readSignOn(connection, domain)).scimEnabled !== wanted.scim.enabled
  ) {
    token = await writeScim(connection, domain, wanted.scim.enabled);
    made(domain.id, { ...domainOutputs(domain), scimToken: token });
  }
  domain = await current(connection, domain);
  domain = await verify(connection, domain, declared.waitForVerification);
  domain = await writeSignIn(connection, domain, await readSignOn(connection, domain), wanted);
  return toLive(connection, domain, declared, token);
}

/** What was declared before and is no longer is switched off again. */
function undone(
  declared: Args,
  before: Partial<Args>,
): Pick<Args, "enforcement" | "jitProvisioning" | "scim"> {
  return {
    enforcement: declared.enforcement ?? (before.enforcement === undefined ? undefined : "off"),
    jitProvisioning: declared.jitProvisioning ?? (before.jitProvisioning === undefined ? undefined : false),
    scim: declared.scim ?? (before.scim === undefined ? undefined : { enabled: false }),
  };
}

async function syncSaml(
  connection: Connection,
  domain: Domain,
  declared: Args,
  before: Partial<Args>,
): Promise<void> {
  if (declared.saml === undefined) {
    if (before.saml !== undefined) await writeSaml(connection, domain, undefined);
    return;
  }
  const wanted = await resolveSaml(connection, declared.saml);
  const { saml } = await readSignOn(connection, domain);
  if (!holdsSaml(saml, wanted)) await writeSaml(connection, domain, wanted);
}

/** The domain as the run knows it by now: a write to its provider may have changed it. */
async function current(connection: Connection, domain: Domain): Promise<Domain> {
  return (await listDomains(connection)).find(({ id }) => id === domain.id) ?? domain;
}

async function findDomain(connection: Connection, idOrName: string): Promise<Domain | undefined> {
  const wanted = idOrName.toLowerCase();
  return (await listDomains(connection)).find(({ id, domain }) => id === wanted || domain === wanted);
}

async function review(
  connection: Connection,
  { args: declared, before, existing }: Review<Args>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (declared.saml?.metadataUrl !== undefined && !sameJson(before?.saml, declared.saml)) {
    await resolveSaml(connection, declared.saml);
  }
  const domain = declared.domain === undefined ? undefined : await findDomain(connection, declared.domain);
  const waits = declared.enforcement !== undefined || declared.jitProvisioning !== undefined;
  if (domain?.is_verified !== true && waits) {
    const record = declared.domain === undefined ? "the record" : challengeRecordName(declared.domain);
    findings.push(
      notice(
        `waits for verification: publish the TXT record ${record} (outputs challengeRecordName, challengeRecordValue); enforcement and jitProvisioning follow in the run after`,
      ),
    );
  }
  if (domain !== undefined && declared.enforcement !== undefined && domain.is_verified) {
    findings.push(...(await reviewEnforcement(connection, domain, declared)));
  }
  if (existing !== undefined && existing.args.scim?.enabled === true && declared.scim?.enabled === true) {
    findings.push(
      warning(
        "SCIM is on already, so its token cannot be learnt: scimToken stays empty until SCIM is switched off and on",
      ),
    );
  }
  return findings;
}

async function reviewEnforcement(
  connection: Connection,
  domain: Domain,
  declared: Partial<Args>,
): Promise<Finding[]> {
  const signOn = await readSignOn(connection, domain);
  const saml = declared.saml === undefined ? signOn.saml : await resolveSaml(connection, declared.saml);
  const { refusal, warnings } = await judge(
    connection,
    domain,
    { ...signOn, saml },
    declared.enforcement ?? "off",
  );
  return [...(refusal === undefined ? [] : [problem("enforcement", refusal)]), ...warnings.map(warning)];
}

/** Lifecycle of `OrgSsoSettings`. */
export const orgSsoSettings = defineResource({
  type: "OrgSsoSettings",
  args,
  fields: {
    domain: { replaces: true },
    saml: {},
    enforcement: {},
    jitProvisioning: {},
    scim: {},
    waitForVerification: {},
  },
  existing: "refuse",
  title: titleOf,
  needs: ({ enforcement = "off", jitProvisioning, saml, scim }) => ({
    scopes: ["organization:write"],
    level: 8,
    features: [
      ...(saml === undefined && enforcement !== "saml" ? [] : ["saml"]),
      ...(enforcement === "off" ? [] : ["sso_enforcement"]),
      ...(jitProvisioning === true ? ["automatic_provisioning"] : []),
      ...(scim === undefined ? [] : ["scim"]),
    ],
  }),
  rules: ({ saml }) => (saml === undefined ? [] : samlFindings(saml, new Date())),
  claims: async ({ domain }) => (domain === undefined ? [] : [`domain/${domain}`]),
  review,
  due(connection, _declared, state) {
    if (state.isVerified !== false || !connection.hasSession) return undefined;
    return "is not verified yet: the run looks for the DNS record again";
  },
  async find(connection, declared) {
    const domain = declared.domain === undefined ? undefined : await findDomain(connection, declared.domain);
    return domain === undefined ? undefined : toLive(connection, domain, declared, undefined);
  },
  async observe(connection, id, state) {
    const domain = await findDomain(connection, id);
    return domain === undefined
      ? undefined
      : toLive(connection, domain, declaredIn(args, state), state.scimToken);
  },
  async create(connection, declared, made) {
    const domain = await createDomain(connection, declared.domain);
    made(domain.id, domainOutputs(domain));
    return write(connection, domain, declared, {}, made);
  },
  async update(connection, live, declared, state, made) {
    const domain = await findDomain(connection, live.id);
    return domain === undefined ? live : write(connection, domain, declared, state, made);
  },
  async delete(connection, live, state) {
    const domain = await findDomain(connection, live.id);
    if (domain === undefined) return;
    const open = await writeSignIn(connection, domain, undefined, {
      enforcement: "off",
      jitProvisioning: false,
    });
    const owned = declaredIn(args, state);
    if (owned.scim?.enabled === true) await writeScim(connection, open, false);
    if (owned.saml !== undefined) await writeSaml(connection, open, undefined);
    await deleteDomain(connection, open);
  },
});
