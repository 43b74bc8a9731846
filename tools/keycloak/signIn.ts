import { SAML } from "@node-saml/node-saml";
import type { Person } from "./admin";

/** PostHog's own values and its values of the identity provider: all that its side of a sign-in needs. */
export interface PostHogSide {
  readonly entityId: string;
  readonly acsUrl: string;
  /** The address that it sends people to. */
  readonly ssoUrl: string;
  /** The identity provider's entity id. */
  readonly issuer: string;
  readonly certificate: string;
}

/** A person who has signed in. */
export interface SignedIn {
  readonly nameId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relayState: string;
}

/** A sign-in that starts at PostHog: its unsigned request, Keycloak's form, the signed answer, checked. */
export async function signInAtPostHog(
  side: PostHogSide,
  person: Person,
  relayState: string,
): Promise<SignedIn> {
  const saml = serviceProvider(side);
  return finish(side, saml, await saml.getAuthorizeUrlAsync(relayState, undefined, {}), person);
}

/** A sign-in that starts at Keycloak's address for the application. */
export function signInAtKeycloak(side: PostHogSide, address: string, person: Person): Promise<SignedIn> {
  return finish(side, serviceProvider(side), address, person);
}

function serviceProvider(side: PostHogSide): SAML {
  return new SAML({
    entryPoint: side.ssoUrl,
    issuer: side.entityId,
    audience: side.entityId,
    callbackUrl: side.acsUrl,
    idpIssuer: side.issuer,
    idpCert: side.certificate,
    identifierFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    wantAuthnResponseSigned: true,
    wantAssertionsSigned: true,
  });
}

async function finish(side: PostHogSide, saml: SAML, address: string, person: Person): Promise<SignedIn> {
  const browser = new Browser();
  const form = formIn(await browser.open(address), "the page with Keycloak's form");
  const { username, password } = person;
  const page = await browser.open(form.action, { username, password, credentialId: "" });
  const { action, fields } = formIn(page, "the page after Keycloak's form");
  if (action !== side.acsUrl) throw new Error(`Keycloak sends people to ${action}, not to ${side.acsUrl}`);
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: fields.SAMLResponse ?? "" });
  if (profile === null) throw new Error("the answer names nobody");
  const { nameID, email, first_name, last_name } = profile;
  return {
    nameId: nameID,
    attributes: { email, first_name, last_name },
    relayState: fields.RelayState ?? "",
  };
}

interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

function formIn(page: string, what: string): Form {
  const action = /<form[^>]*\baction="([^"]*)"/i.exec(page)?.[1];
  if (action === undefined) {
    const words = page
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim();
    throw new Error(`${what} has no form: ${words.slice(0, 300)}`);
  }
  const inputs = [...page.matchAll(/<input[^>]*>/gi)].map(([tag]) => [
    attribute(tag, "name"),
    attribute(tag, "value"),
  ]);
  return { action: decode(action), fields: Object.fromEntries(inputs) };
}

function attribute(tag: string, name: string): string {
  return decode(new RegExp(`\\b${name}="([^"]*)"`, "i").exec(tag)?.[1] ?? "");
}

/** Decodes the HTML entities that Keycloak uses in attributes. */
function decode(text: string): string {
  const named: Record<string, string> = { amp: "&", quot: '"', lt: "<", gt: ">" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal === undefined ? (named[name] ?? whole) : String.fromCodePoint(Number(decimal));
  });
}

/** The parts of a browser that Keycloak's form needs: cookies and redirects. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async open(address: string, form?: Record<string, string>): Promise<string> {
    const answer = await fetch(address, {
      redirect: "manual",
      headers: { Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    const next = answer.headers.get("location");
    return next === null ? answer.text() : this.open(new URL(next, address).href);
  }
}
