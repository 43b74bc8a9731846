import { hashKey, urlSafeToken } from "../store/secrets";

/** What a row keeps of SCIM: whether it is on, and a hash of its bearer token. */
export interface ScimState {
  readonly scim_enabled: boolean;
  readonly scim_token_hash: string | null;
}

/** New SCIM state with the bearer token in clear, which is shown once and never again. */
export interface ScimChange {
  readonly state: ScimState;
  readonly token: string | null;
}

/** Turns SCIM on with a new token or off without one; nothing happens when it already is as wanted. */
export function switchScim(state: ScimState, wanted: boolean | undefined): ScimChange {
  const { scim_enabled, scim_token_hash } = state;
  if (wanted === undefined || wanted === scim_enabled) {
    return { state: { scim_enabled, scim_token_hash }, token: null };
  }
  return wanted ? renewScim() : { state: { scim_enabled: false, scim_token_hash: null }, token: null };
}

/** SCIM that is on with a new token. */
export function renewScim(): ScimChange & { readonly token: string } {
  const token = urlSafeToken();
  return { state: { scim_enabled: true, scim_token_hash: hashKey(token) }, token };
}

/** Where an identity provider reaches SCIM: by slug on new servers, by the domain's id before. */
export function scimBaseUrl(siteUrl: string, slugOrId: string): string {
  return `${siteUrl}/scim/v2/${slugOrId}`;
}
