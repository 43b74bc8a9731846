import { z } from "zod";
import type { Stable } from "../../engine/definition";
import { type Properties, sameJson } from "../../engine/state";

/** Whether SAML stays declared, for the same domains: a provider of several has no RelayState of one domain. */
const keepsSaml = (before: Properties, now: Properties): boolean =>
  before.saml !== undefined && now.saml !== undefined && sameJson(before.domains, now.domains);

const provisioned = z.looseObject({ scim: z.looseObject({ enabled: z.literal(true) }) });

const keepsScim = (...runs: Properties[]): boolean =>
  runs.every((args) => provisioned.safeParse(args).success);

/** The outputs about sign-on that stay what they are as long as SAML or SCIM stays on. */
export const stableSignOn: readonly Stable[] = [
  ...["relayState", "samlProviderId"].map((output) => ({ output, while: keepsSaml })),
  ...["scimBaseUrl", "scimProviderId"].map((output) => ({ output, while: keepsScim })),
];
