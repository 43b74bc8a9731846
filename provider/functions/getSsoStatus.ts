import type * as pulumi from "@pulumi/pulumi";
import type { SsoStatus } from "../snapshot/ssoStatus";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/**
 * Looks up how people come into the organization: every e-mail domain with its verification, enforcement, identity
 * providers and certificate, why its people can still come in without single sign-on, and who is covered by none.
 *
 * Scopes: `organization:read`; `organization_member:read` for who is covered by none. PostHog: organization domains and
 * identity provider APIs.
 */
export function getSsoStatus(args: LookupArgs = {}): Promise<SsoStatus> {
  return lookUp((readers) => readers.getSsoStatus, args);
}

/** {@link getSsoStatus} with outputs of resources as arguments. */
export function getSsoStatusOutput(args: Inputs<LookupArgs> = {}): pulumi.Output<SsoStatus> {
  return lookUpOutput((readers) => readers.getSsoStatus, args);
}
