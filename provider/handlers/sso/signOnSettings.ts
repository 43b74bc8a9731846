import { z } from "zod";
import { isAdoption } from "../../engine/definition";
import type { Properties } from "../../engine/state";
import { unfinishedIn } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { isComplete, type ProviderPair, type SignOn } from "../../snapshot/signOn";
import { serviceProvider } from "../../sso/serviceProvider";
import { certificateOf } from "./samlSource";

/** The argument for provisioning by the identity provider. */
export const scim = z.strictObject({ enabled: z.boolean("must be true or false") });

/** The plan features behind `saml` and `scim`. */
export const signOnNeeds = (["saml", "scim"] as const).map(
  (argument) => ({ argument, is: "given", needs: [{ feature: argument }] }) as const,
);

/** What a preview reports when the adopted object has SCIM on. */
export const scimTokenWarning =
  "SCIM is already on, and PostHog shows its token only once: scimToken stays empty until SCIM is switched off and on";

/** The outputs about sign-on. PostHog shows a SCIM token once, so it comes from the write that created it, or from state. */
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

/**
 * Whether SCIM may have been switched on by a run that broke off, and its token with it: nobody has it, so there has to
 * be a new one. Where SCIM was on before the resource, the identity provider has the token.
 */
export function isTokenLost(state: Properties): boolean {
  if (isAdoption(state) || typeof state.scimToken === "string") return false;
  const { tokenIsDue } = due.parse(unfinishedIn(state));
  return tokenIsDue ?? scim.safeParse(state.scim).data?.enabled !== true;
}

/** What to remember before SCIM is switched on, while its token is not known. */
export const tokenIsDue = (state: Properties): Properties => ({ ...unfinishedIn(state), tokenIsDue: true });

/** What to remember once the token is known. */
export const tokenIsKnown = (state: Properties): Properties => ({
  ...unfinishedIn(state),
  tokenIsDue: undefined,
});

/** The outputs that find the objects again. */
export const providerIds = ({ saml, scim: provisioning }: ProviderPair): Properties => ({
  samlProviderId: saml?.id,
  scimProviderId: provisioning?.id,
});
