import * as z from "zod";
import { isAdoption, type Stable } from "../../engine/definition";
import { type Properties, sameJson } from "../../engine/state";
import { unfinishedIn, wasDeclared } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { isComplete, type ProviderPair, type SignOn } from "../../snapshot/signOn";
import { serviceProvider } from "../../sso/serviceProvider";
import { certificateOf } from "./samlSource";

/** The argument for SCIM provisioning. */
export const scim = z.strictObject({ enabled: z.boolean("must be true or false") });

/** The plan features behind `saml` and `scim`. */
export const signOnNeeds = (["saml", "scim"] as const).map(
  (argument) => ({ argument, is: "given", needs: [{ feature: argument }] }) as const,
);

/** The preview's warning if the adopted object has SCIM on. */
export const scimTokenWarning =
  "SCIM is already on, and PostHog shows its token only once: scimToken stays empty until SCIM is switched off and on";

/**
 * The outputs about sign-on. PostHog shows a SCIM token once, so it comes from the write that created it, or from
 * state.
 */
export function signOnOutputs(connection: Connection, signOn: SignOn, scimToken: unknown): Properties {
  const { entityId: spEntityId, acsUrl: spAcsUrl } = serviceProvider(connection.host);
  return {
    spEntityId,
    spAcsUrl,
    relayState: signOn.relayState,
    samlConfigured: isComplete(signOn.saml),
    certificateExpiresAt: certificateOf(signOn.saml.x509Cert)?.validTo,
    scimBaseUrl: signOn.scimBaseUrl,
    scimToken: signOn.scimEnabled && typeof scimToken === "string" ? scimToken : undefined,
    ...providerIds(signOn.providers),
  };
}

const due = z.object({ tokenIsDue: z.boolean().optional().catch(undefined) });

/** The output of a refresh that found SCIM on although it was off in the last run. */
const missed = { scimTokenIsMissing: true };
const missesToken = (state: Properties): boolean => state.scimTokenIsMissing === missed.scimTokenIsMissing;

/**
 * Whether a failed run may have switched SCIM on and lost its token: nobody has the token, so a new one is needed. If
 * SCIM was on before the resource, the identity provider has the token.
 */
export function isTokenLost(state: Properties): boolean {
  if (isAdoption(state) || typeof state.scimToken === "string") return false;
  const { tokenIsDue } = due.parse(unfinishedIn(state));
  return tokenIsDue ?? (missesToken(state) || scim.safeParse(state.scim).data?.enabled !== true);
}

/**
 * What a refresh remembers, because a run that was killed may have switched SCIM on. Afterwards the state looks the
 * same as if the identity provider had the token, and only this distinguishes them.
 */
export const missedToken = (state: Properties, isOn: boolean): Properties =>
  isOn && wasDeclared(state, "scim") && isTokenLost(state) ? missed : {};

/** Why an update creates a new SCIM token although SCIM is on. */
export async function newTokenReason(
  { configuration: { preflight } }: Connection,
  declared: { readonly scim?: z.infer<typeof scim> },
  state: Properties,
  isOn: () => Promise<boolean>,
): Promise<string | undefined> {
  if (declared.scim?.enabled !== true || !isTokenLost(state)) return undefined;
  if (!missesToken(state) && !(preflight && (await isOn()))) return undefined;
  return "SCIM is already on and its token is not in the state: the update makes a new one, and the one before stops working";
}

/** What to remember before SCIM is switched on, while its token is unknown. */
export const tokenIsDue = (state: Properties): Properties => ({ ...unfinishedIn(state), tokenIsDue: true });

/** What to remember once the token is known. */
export const tokenIsKnown = (state: Properties): Properties => ({
  ...unfinishedIn(state),
  tokenIsDue: undefined,
});

/** The outputs that identify the objects later. */
export const providerIds = ({ saml, scim: provisioning }: ProviderPair): Properties => ({
  samlProviderId: saml?.id,
  scimProviderId: provisioning?.id,
});

/**
 * Whether SAML stays declared, for the same domains: a provider with several domains has no single domain's RelayState.
 */
const keepsSaml = (before: Properties, now: Properties): boolean =>
  before.saml !== undefined && now.saml !== undefined && sameJson(before.domains, now.domains);

const provisioned = z.looseObject({ scim: z.looseObject({ enabled: z.literal(true) }) });

const keepsScim = (...runs: Properties[]): boolean =>
  runs.every((args) => provisioned.safeParse(args).success);

/** The outputs about sign-on that stay the same as long as SAML or SCIM stays on. */
export const stableSignOn: readonly Stable[] = [
  ...["relayState", "samlProviderId"].map((output) => ({ output, while: keepsSaml })),
  ...["scimBaseUrl", "scimProviderId"].map((output) => ({ output, while: keepsScim })),
];
