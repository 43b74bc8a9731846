import * as z from "zod";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import { type ArgsOf, type Checkpoint, isAdoption, type Live, type Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import { isUnfinished, wasDeclared } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { createDomain, type Domain, deleteDomain, findDomain, listDomains } from "../../posthog/domains";
import { RefusedError } from "../../posthog/errors";
import { listIdentityProviders } from "../../posthog/identityProviders";
import { getOrganization } from "../../posthog/organizations";
import { type Protocol, protocols, readSignOn } from "../../snapshot/signOn";
import { lacksScim, noScim, orphanOf, removeOrphans, writeSaml, writeScim } from "./domainProviders";
import {
  awaitsVerification,
  domainArgs,
  domainArgsOf,
  domainOutputs,
  pendingReason,
  reviewAdding,
  reviewSignIn,
  signInNeeds,
  verificationReason,
  verify,
  wantedSignIn,
  writeSignIn,
} from "./domainSettings";
import { changeSignOn } from "./providerObjects";
import {
  holdsSaml,
  renewalReason,
  reviewSaml,
  type SamlSource,
  samlAsDeclared,
  samlProblems,
  samlSource,
  samlToWrite,
} from "./samlSource";
import {
  isTokenLost,
  missedToken,
  newTokenReason,
  scim,
  scimTokenWarning,
  signOnNeeds,
  signOnOutputs,
  stableSignOn,
  tokenIsDue,
  tokenIsKnown,
} from "./signOnSettings";

const args = z.strictObject({ ...domainArgs, saml: samlSource.optional(), scim: scim.optional() });
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ domain }: Partial<Args>): string => `single sign-on of ${domain ?? "a domain"}`;

async function toLive(
  connection: Connection,
  domain: Domain,
  declared: Partial<Args>,
  token: unknown,
): Promise<Live<Args>> {
  const signOn = await readSignOn(connection, domain);
  const organization = await getOrganization(connection);
  return {
    id: domain.id,
    args: {
      ...domainArgsOf(domain),
      saml: await samlAsDeclared(connection, signOn.saml, declared.saml),
      scim: { enabled: signOn.scimEnabled },
    },
    outputs: {
      ...domainOutputs(domain),
      ...signOnOutputs(connection, signOn, token),
      memberCount: organization.member_count ?? undefined,
    },
  };
}

/**
 * Changes a domain to what is declared: first removes enforcement, then writes provider and SCIM, verifies the domain,
 * and finally switches on what needs all that.
 */
async function write(
  connection: Connection,
  found: Domain,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
  adopts = false,
): Promise<Live<Args>> {
  const wanted = wantedSignIn(declared, state);
  let domain = found;
  const { enforcement } = wanted;
  const leavesSaml = declared.saml === undefined && enforcement !== "saml";
  if (enforcement === "off" || leavesSaml) domain = await writeSignIn(connection, domain, { enforcement });
  await syncSaml(connection, domain, declared, state);
  let token = state.scimToken;
  const enabled = declared.scim?.enabled ?? (wasDeclared(state, "scim") ? false : undefined);
  const { scimEnabled } = await readSignOn(connection, domain);
  if (enabled !== undefined && (scimEnabled !== enabled || (enabled && isTokenLost(state)))) {
    if (enabled && !adopts) checkpoint(domain.id, {}, tokenIsDue(state));
    token = await writeScim(connection, domain, enabled);
    checkpoint(domain.id, { ...domainOutputs(domain), scimToken: token }, tokenIsKnown(state));
  }
  domain = await verify(connection, domain, declared.waitForVerification);
  domain = await writeSignIn(connection, domain, wanted);
  return toLive(connection, domain, declared, token);
}

const samlNeeded = "people of the domain have to sign in with it";
const samlRemedy = {
  why: "Enforcement stays saml, which leaves them no other way to sign in.",
  fix: 'Set enforcement: "off" or another provider in the same change, or keep saml.',
};

/** The preview's finding about SAML that is removed while it is still enforced. */
async function reviewLeavingSaml(
  connection: Connection,
  { args: declared, before = {}, unknown }: Review<Args>,
): Promise<Finding[]> {
  const isRemoved = before.saml !== undefined && declared.saml === undefined && !unknown.includes("saml");
  if (!isRemoved || declared.domain === undefined || unknown.includes("enforcement")) return [];
  const current = (await findDomain(connection, declared.domain))?.sso_enforcement;
  const stays = wantedSignIn(declared, before).enforcement ?? current;
  return stays === "saml" && current === "saml"
    ? [problem("saml", `cannot be removed: ${samlNeeded}`, samlRemedy)]
    : [];
}

/**
 * Whether the SAML values in PostHog can stay if their metadata address is unreadable: the program declares the same
 * address as before, or no enforcement, which has to work while the identity provider is down.
 */
const keepsSaml = ({ saml, enforcement }: Partial<Args>, before: SamlSource | undefined): boolean =>
  enforcement === "off" || saml?.metadataUrl === before?.metadataUrl;

async function syncSaml(
  connection: Connection,
  domain: Domain,
  declared: Args,
  state: Properties,
): Promise<void> {
  if (declared.saml === undefined) {
    if (!wasDeclared(state, "saml")) return;
    if (domain.sso_enforcement === "saml") {
      throw new RefusedError(`removing SAML from ${domain.domain} was refused: ${samlNeeded}`, samlRemedy);
    }
    await writeSaml(connection, domain, undefined);
    return;
  }
  const { saml } = await readSignOn(connection, domain);
  const mayKeep = keepsSaml(declared, declaredIn(args, state).saml);
  const wanted = await samlToWrite(connection, declared.saml, saml, mayKeep);
  if (!holdsSaml(saml, wanted)) await writeSaml(connection, domain, wanted);
}

/** The ids of objects that no longer serve the domain, which an interrupted destroy may have left. */
async function providersStillThere(
  connection: Connection,
  { outputs }: Live<Args>,
  state: Properties,
): Promise<Properties> {
  const names = ["samlProviderId", "scimProviderId"].filter((name) => outputs[name] === undefined);
  if (names.every((name) => state[name] === undefined)) return {};
  const ids = new Set((await listIdentityProviders(connection))?.map(({ id }) => id));
  return Object.fromEntries(
    names.flatMap((name) => (ids.has(String(state[name])) ? [[name, state[name]]] : [])),
  );
}

/** The protocols that the resource manages, and removes on destroy. */
const managedIn = ({ saml, scim: provisioning }: Partial<Args>): Protocol[] =>
  protocols.filter((protocol) => (protocol === "saml" ? saml !== undefined : provisioning?.enabled === true));

/** The protocols that the resource manages, or started to manage in a failed run. */
function managedSoFar(state: Properties): Protocol[] {
  const managed = managedIn(declaredIn(args, state));
  return isUnfinished(state) ? protocols.filter((protocol) => wasDeclared(state, protocol)) : managed;
}

/** The preview's findings about providers that an earlier domain of that name left behind. */
async function reviewOrphans(connection: Connection, { args: declared }: Review<Args>): Promise<Finding[]> {
  const { domain: name } = declared;
  if (name === undefined || (await findDomain(connection, name)) !== undefined) return [];
  const found = await Promise.all(
    managedIn(declared).map((protocol) => orphanOf(connection, name, protocol)),
  );
  const names = found.flatMap((provider) => provider?.name ?? []);
  return [...new Set(names)].map((provider) =>
    notice(`adopts the identity provider "${provider}", which has served nobody since ${name} was deleted`),
  );
}

/** Rejects SCIM in the preview if another domain shows that the server does not support it. */
async function reviewScim(connection: Connection, { args: declared }: Review<Args>): Promise<Finding[]> {
  if (declared.scim?.enabled !== true || !(await listDomains(connection)).some(lacksScim)) return [];
  const { what, ...remedy } = noScim;
  return [problem("scim", what, remedy)];
}

async function review(connection: Connection, review: Review<Args>): Promise<Finding[]> {
  const { args: declared, before, existing, unknown } = review;
  const { saml } = declared;
  const record = declared.domain === undefined ? undefined : await findDomain(connection, declared.domain);
  const held = record === undefined ? {} : (await readSignOn(connection, record)).saml;
  const ofSaml = await reviewSaml(connection, saml, held, keepsSaml(declared, before?.saml));
  const tokenLost = existing?.args.scim?.enabled === true && declared.scim?.enabled === true;
  return [
    ...(await reviewAdding(connection, declared.domain)),
    ...(await reviewOrphans(connection, review)),
    ...(await reviewScim(connection, review)),
    ...(await reviewLeavingSaml(connection, review)),
    ...ofSaml.findings,
    ...(await reviewSignIn(
      connection,
      declared,
      before === undefined,
      unknown.includes("saml") ? "later" : ofSaml.values,
    )),
    ...(tokenLost ? [warning(scimTokenWarning)] : []),
  ];
}

const tokenReason = (connection: Connection, declared: Partial<Args>, state: Properties) =>
  newTokenReason(connection, declared, state, async () => {
    const domain = await findDomain(connection, String(state.domainId));
    return domain !== undefined && (await readSignOn(connection, domain)).scimEnabled;
  });

export const orgSsoSettings = defineResource({
  type: "OrgSsoSettings",
  args,
  secrecy: outputSecrecy.OrgSsoSettings,
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
  stable: ["challengeRecordValue", ...stableSignOn],
  derivesFromHost: true,
  awaits: awaitsVerification,
  needs: {
    always: [{ scope: "organization:write" }, { level: 8 }],
    when: [...signInNeeds, ...signOnNeeds],
  },
  rules: ({ saml }) => (saml === undefined ? [] : samlProblems(saml, new Date())),
  claims: async ({ domain, saml, scim: provisioning }) =>
    domain === undefined
      ? []
      : [
          `domain/${domain}`,
          `domain/${domain}/sign-in`,
          ...(saml === undefined ? [] : [`domain/${domain}/saml`]),
          ...(provisioning === undefined ? [] : [`domain/${domain}/scim`]),
        ],
  review,
  pendingReason: async (connection, declared, state) =>
    (await tokenReason(connection, declared, state)) ?? pendingReason(connection, declared, state),
  updateReason: async (connection, declared, state) =>
    (await tokenReason(connection, declared, state)) ??
    (await verificationReason(connection, declared, state)) ??
    renewalReason(connection, declared.saml, async () => {
      const domain = await findDomain(connection, String(state.domainId));
      return domain === undefined ? {} : (await readSignOn(connection, domain)).saml;
    }),
  onExternalDelete: "the next update adopts an identity provider that the domain left in PostHog",
  async find(connection, declared) {
    const domain = declared.domain === undefined ? undefined : await findDomain(connection, declared.domain);
    return domain === undefined ? undefined : toLive(connection, domain, declared, undefined);
  },
  async observe(connection, id, state) {
    const domain = await findDomain(connection, id);
    if (domain === undefined) return undefined;
    const live = await toLive(connection, domain, declaredIn(args, state), state.scimToken);
    const ids = await providersStillThere(connection, live, state);
    const isOn = live.args.scim?.enabled === true;
    return { ...live, outputs: { ...live.outputs, ...ids, ...missedToken(state, isOn) } };
  },
  async create(connection, declared, checkpoint) {
    const domain = await createDomain(connection, declared.domain);
    checkpoint(domain.id, domainOutputs(domain));
    return write(connection, domain, declared, {}, checkpoint);
  },
  async update(connection, live, declared, state, checkpoint) {
    const domain = await findDomain(connection, live.id);
    return domain === undefined
      ? live
      : write(connection, domain, declared, state, checkpoint, isAdoption(state));
  },
  async delete(connection, live, state) {
    const domain = await findDomain(connection, live.id);
    if (domain === undefined) return;
    const open = await writeSignIn(connection, domain, { enforcement: "off", jitProvisioning: false });
    const managed = managedSoFar(state);
    if (managed.includes("scim")) await writeScim(connection, open, false);
    if (managed.includes("saml")) await writeSaml(connection, open, undefined);
    await changeSignOn(connection, async () => {
      await deleteDomain(connection, open);
      await removeOrphans(connection, open.domain, managed, state);
    });
  },
  async cleanUpAfterExternalDelete(connection, state) {
    const { domain } = declaredIn(args, state);
    if (domain === undefined) return;
    await changeSignOn(connection, () => removeOrphans(connection, domain, managedSoFar(state), state));
  },
});
