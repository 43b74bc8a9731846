import * as z from "zod";
import type { KeycloakServer } from "./server";

const REALM = "acme";

/** A person who can sign in. */
export interface Person {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly password: string;
}

/** Arguments of `keycloak.saml.Client` that the example sets. */
export const clientInputs = z.looseObject({
  clientId: z.string(),
  name: z.string(),
  assertionConsumerPostUrl: z.string(),
  validRedirectUris: z.array(z.string()),
  clientSignatureRequired: z.boolean(),
  signDocuments: z.boolean(),
  signAssertions: z.boolean(),
  nameIdFormat: z.string(),
  forceNameIdFormat: z.boolean(),
  idpInitiatedSsoUrlName: z.string(),
  idpInitiatedSsoRelayState: z.string().optional(),
});
/** Arguments of `keycloak.saml.ClientDefaultScope`. */
export const scopeInputs = z.looseObject({ defaultScopes: z.array(z.string()) });
/** Arguments of `keycloak.saml.UserPropertyProtocolMapper`. */
export const mapperInputs = z.looseObject({
  name: z.string(),
  userProperty: z.string(),
  samlAttributeName: z.string(),
  samlAttributeNameFormat: z.string(),
});

/** What the stack declares about PostHog's application. */
export interface DeclaredApplication {
  readonly client: z.infer<typeof clientInputs>;
  readonly scopes: z.infer<typeof scopeInputs>;
  readonly mappers: readonly z.infer<typeof mapperInputs>[];
}

const idsSchema = z.array(z.looseObject({ id: z.string(), name: z.string().optional() }));

/** The parts of Keycloak's admin API for a realm, its people, its keys and one application. */
export class KeycloakAdmin {
  private constructor(
    private readonly url: string,
    private readonly realmId: string,
    private readonly authorize: () => Promise<string>,
  ) {}

  static async createRealm({ url, admin }: KeycloakServer): Promise<KeycloakAdmin> {
    const authorize = () => tokenOf(url, admin);
    const ask = (method: string, path: string, body?: unknown) => request(url, authorize, method, path, body);
    await ask("POST", "/admin/realms", { realm: REALM, enabled: true });
    const { id } = z.looseObject({ id: z.string() }).parse(await ask("GET", `/admin/realms/${REALM}`));
    return new KeycloakAdmin(url, id, authorize);
  }

  async addPerson({ password, ...person }: Person): Promise<void> {
    const credentials = [{ type: "password", value: password, temporary: false }];
    await this.ask("POST", "/users", { ...person, enabled: true, emailVerified: true, credentials });
  }

  /** Adds a key to the realm's keys. The active key with the highest priority signs. */
  async addKey(name: string, priority: number, active: boolean): Promise<void> {
    const config = { priority: [priority], enabled: [true], active: [active], keySize: ["2048"] };
    await this.ask("POST", "/components", {
      name,
      providerId: "rsa-generated",
      providerType: "org.keycloak.keys.KeyProvider",
      parentId: this.realmId,
      config: Object.fromEntries(Object.entries(config).map(([key, [value]]) => [key, [String(value)]])),
    });
  }

  /** Creates the application, or changes it to what the stack declares now. */
  async writeApplication({ client, scopes, mappers }: DeclaredApplication): Promise<void> {
    const body = {
      clientId: client.clientId,
      name: client.name,
      protocol: "saml",
      enabled: true,
      redirectUris: client.validRedirectUris,
      defaultClientScopes: scopes.defaultScopes,
      attributes: {
        "saml.client.signature": String(client.clientSignatureRequired),
        "saml.server.signature": String(client.signDocuments),
        "saml.assertion.signature": String(client.signAssertions),
        "saml.signature.algorithm": "RSA_SHA256",
        saml_name_id_format: client.nameIdFormat,
        saml_force_name_id_format: String(client.forceNameIdFormat),
        saml_assertion_consumer_url_post: client.assertionConsumerPostUrl,
        saml_idp_initiated_sso_url_name: client.idpInitiatedSsoUrlName,
        saml_idp_initiated_sso_relay_state: client.idpInitiatedSsoRelayState ?? "",
      },
      protocolMappers: mappers.map(({ name, userProperty, samlAttributeName, samlAttributeNameFormat }) => ({
        name,
        protocol: "saml",
        protocolMapper: "saml-user-property-mapper",
        config: {
          "user.attribute": userProperty,
          "attribute.name": samlAttributeName,
          "attribute.nameformat": samlAttributeNameFormat,
        },
      })),
    };
    const path = `/clients?clientId=${encodeURIComponent(client.clientId)}`;
    const [existing] = idsSchema.parse(await this.ask("GET", path));
    if (existing === undefined) await this.ask("POST", "/clients", body);
    else await this.ask("PUT", `/clients/${existing.id}`, { ...body, protocolMappers: undefined });
  }

  private ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return request(this.url, this.authorize, method, `/admin/realms/${REALM}${path}`, body);
  }
}

async function tokenOf(url: string, { username, password }: KeycloakServer["admin"]): Promise<string> {
  const body = new URLSearchParams({ grant_type: "password", client_id: "admin-cli", username, password });
  const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: "POST", body });
  return z.looseObject({ access_token: z.string() }).parse(await answer.json()).access_token;
}

async function request(
  url: string,
  authorize: () => Promise<string>,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${await authorize()}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`Keycloak answered ${method} ${path} with ${answer.status}: ${text.slice(0, 200)}`);
  return text === "" ? undefined : JSON.parse(text);
}
