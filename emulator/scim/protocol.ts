import * as z from "zod";
import type { Backend } from "../server/backend";
import { hasFeature } from "../server/effectiveAccess";
import { atLeast } from "../server/generations";
import type { Call, Reply } from "../server/routing";
import { appliesTo, hasScim, isFor } from "../sso/signOn";
import type { IdentityProviderConfig, Json, Organization, OrganizationDomain } from "../store/entities";
import { hashKey } from "../store/secrets";

const URN = "urn:ietf:params:scim";

/** The media type of SCIM bodies. */
export const SCIM_JSON = "application/scim+json";

/** An identity provider's request whose token was accepted. */
export interface ScimCall extends Call {
  readonly organization: Organization;
  readonly config: IdentityProviderConfig;
  /** The kind of identity provider, from its `User-Agent`. */
  readonly identityProvider: string;
}

/** What a request gives access to: an identity provider's settings, and on older servers the domain in the path. */
interface Tenant {
  readonly config: IdentityProviderConfig;
  readonly domain?: OrganizationDomain;
}

const Operation = z.looseObject({
  op: z
    .string()
    .regex(/^(add|replace|remove)$/i)
    .transform((op) => op.toLowerCase()),
  path: z.string().optional(),
  value: z.unknown().optional(),
});

/** One change of a patch. Identity providers write its name in any case. */
export type PatchOperation = z.output<typeof Operation>;

/** A patch: changes in their order. */
export const Patch = z.looseObject({ Operations: z.array(Operation) });

/** An error in SCIM's form. */
export class ScimError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Reads a value, or rejects the request. */
export function read<S extends z.ZodType>(schema: S, value: unknown, refusal: string): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new ScimError(400, refusal);
  }
  return result.data;
}

/** Wraps a handler for identity providers: checks the token, and records the request in the SCIM log. */
export function scimHandler(handle: (call: ScimCall) => Reply): (call: Call) => Reply {
  return (call) => {
    const token = /^Bearer (\S+)$/.exec(call.headers.get("authorization") ?? "")?.[1];
    if (token === undefined) {
      return errorReply(401, "No bearer token provided");
    }
    const tenant = tenantOf(call);
    const organization = call.backend.store.organizations.get(tenant?.config.organization_id);
    if (
      tenant === undefined ||
      organization === undefined ||
      !hasScim(tenant.config) ||
      tenant.config.scim_token_hash !== hashKey(token) ||
      !hasFeature(organization, "scim")
    ) {
      return errorReply(403, "Authentication failed");
    }
    const identityProvider = kindOf(call.headers.get("user-agent") ?? "");
    const reply = answer(() => handle({ ...call, organization, config: tenant.config, identityProvider }));
    keepRequest(call, tenant, identityProvider, reply);
    return reply;
  };
}

function answer(handle: () => Reply): Reply {
  try {
    return handle();
  } catch (error) {
    if (!(error instanceof ScimError)) {
      throw error;
    }
    return errorReply(error.status, error.detail);
  }
}

export function scimReply(status: number, body: object): Reply {
  return { status, text: JSON.stringify(body), headers: { "Content-Type": SCIM_JSON } };
}

function errorReply(status: number, detail: string): Reply {
  return scimReply(status, { schemas: [`${URN}:api:messages:2.0:Error`], status, detail });
}

export function schemasOf(kind: string): string[] {
  return [`${URN}:schemas:core:2.0:${kind}`];
}

export function metaOf({ params }: ScimCall, kind: "User" | "Group", id: string | number) {
  return { resourceType: kind, location: `/scim/v2/${params.tenant}/${kind}s/${id}` };
}

const MOST_PER_PAGE = 200;

/** Answers a list: cuts out the page and renders only its resources. */
export function listReply<T>({ url }: ScimCall, rows: readonly T[], render: (row: T) => object): Reply {
  const start = pageNumber(url, "startIndex", 1);
  const count = pageNumber(url, "count", MOST_PER_PAGE);
  if (count > MOST_PER_PAGE) {
    throw new ScimError(400, "Invalid count value");
  }
  const page = rows.slice(start - 1, start - 1 + count);
  return scimReply(200, {
    schemas: [`${URN}:api:messages:2.0:ListResponse`],
    totalResults: rows.length,
    startIndex: start,
    itemsPerPage: page.length,
    Resources: page.map(render),
  });
}

function pageNumber(url: URL, name: "startIndex" | "count", usual: number): number {
  const text = url.searchParams.get(name);
  if (text === null) {
    return usual;
  }
  if (!/^\d+$/.test(text) || Number(text) < (name === "startIndex" ? 1 : 0)) {
    throw new ScimError(400, `Invalid ${name} value`);
  }
  return Number(text);
}

/** The value that a filter such as `userName eq "ann@acme.com"` compares; null without one, undefined if invalid. */
export function readFilter({ url }: ScimCall, attribute: string): string | null | undefined {
  const filter = url.searchParams.get("filter");
  if (filter === null) {
    return null;
  }
  const [, name, value] = /^\s*(\S+)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*$/i.exec(filter) ?? [];
  return name?.toLowerCase() === attribute.toLowerCase() ? value?.replace(/\\(.)/g, "$1") : undefined;
}

/** Records a write in the activity log as PostHog does: without an actor, and visible only to its staff. */
export function recordScim(
  call: ScimCall,
  scope: "User" | "Role",
  done: "provisioned" | "replaced" | "updated" | "deprovisioned",
  item: { readonly id: string | number; readonly name: string; readonly username?: string },
): void {
  const { store } = call.backend;
  store.activity.insert(
    {
      id: store.uuid(),
      user_id: null,
      team_id: null,
      organization_id: call.organization.id,
      was_impersonated: false,
      is_system: false,
      client: null,
      ip_address: call.actor.ip_address,
      activity: `scim_${done}`,
      item_id: String(item.id),
      scope,
      detail: {
        name: item.name,
        short_id: null,
        type: null,
        changes: [],
        trigger: null,
        context: {
          identity_provider: call.identityProvider,
          identity_provider_config_id: call.config.id,
          scim_username: item.username ?? null,
        },
      },
      created_at: store.timestamp(),
    },
    call.actor,
  );
}

function kindOf(userAgent: string): string {
  const agent = userAgent.toLowerCase();
  const [, kind = "other"] =
    [
      ["okta", "okta"],
      ["microsoft", "entra_id"],
      ["azure", "entra_id"],
      ["onelogin", "onelogin"],
    ].find(([word = ""]) => agent.includes(word)) ?? [];
  return kind;
}

// New servers have the settings' slug in the path, those of July 2026 the domain's id.
function tenantOf({ backend, params }: Call): Tenant | undefined {
  const name = params.tenant ?? "";
  return atLeast(backend, "current") ? ofSlug(backend, name) : ofDomain(backend, name);
}

function ofSlug({ store }: Backend, slug: string): Tenant | undefined {
  const config = store.identityProviders.find(({ scim_slug }) => scim_slug === slug);
  if (config === undefined || !isFor(config, "scim")) {
    return undefined;
  }
  const domains = store.domains.where("organization_id", config.organization_id);
  const serves = domains.some((domain) => domain.verified_at !== null && appliesTo(config, domain));
  return serves ? { config } : undefined;
}

function ofDomain({ store }: Backend, id: string): Tenant | undefined {
  const domain = store.domains.get(id.toLowerCase());
  const config = store.identityProviders.get(domain?.identity_provider_config);
  const isOpen = domain !== undefined && domain.verified_at !== null && config !== undefined;
  return isOpen ? { config, domain } : undefined;
}

function keepRequest(call: Call, { config, domain }: Tenant, identityProvider: string, reply: Reply): void {
  const { store } = call.backend;
  const at = store.now().getTime();
  store.scimRequests.insert(
    {
      id: store.uuid(),
      organization_domain_id: domain?.id ?? null,
      identity_provider_config_id: config.id,
      request_method: call.method,
      request_path: call.path,
      request_headers: { authorization: "***" },
      request_body: masked(call.body),
      response_status: reply.status,
      response_body: masked(reply.text === undefined ? {} : JSON.parse(reply.text)),
      identity_provider: identityProvider,
      duration_ms: Math.max(0, store.now().getTime() - at),
      created_at: store.timestamp(),
    },
    call.actor,
  );
}

/** SCIM attributes that contain people's names. */
const PERSONAL: readonly string[] = ["givenName", "familyName", "displayName", "display", "formatted"];

/** Masks the people in a body: addresses and names keep only their first letter. */
function masked(value: unknown, key = ""): Json {
  if (typeof value === "string") {
    const address = /^(.)[^@]*(@.+)$/.exec(value);
    if (address !== null) {
      return `${address[1]}***${address[2]}`;
    }
    return PERSONAL.includes(key) ? `${value.slice(0, 1)}***` : value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => masked(item, key));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, name)]));
  }
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}
