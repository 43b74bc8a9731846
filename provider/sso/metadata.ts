import { XMLParser, XMLValidator } from "fast-xml-parser";
import * as z from "zod";
import { listed, quoted } from "../access/messages";
import { dateOf } from "../access/values";
import { type Certificate, type Parsed, read, readCertificate, unreadable } from "./certificate";

/** What PostHog needs to know about a SAML identity provider. */
export interface IdentityProviderMetadata {
  /** The identity provider's entity id (PostHog: `saml_entity_id`). */
  readonly entityId: string;
  /** Address to which people are sent to sign in (PostHog: `saml_acs_url`, despite that name). */
  readonly ssoUrl: string;
  /** The certificate that it signs with, as PEM text (PostHog: `saml_x509_cert`). */
  readonly x509Cert: string;
}

/** The contents of a metadata document. */
export interface MetadataDocument extends Omit<IdentityProviderMetadata, "x509Cert"> {
  /** The certificates that the provider may sign with, each once, in the document's order; at least one. */
  readonly certificates: readonly [Certificate, ...Certificate[]];
  /** Fingerprints of the certificates in the document's own signature, which nobody has verified. */
  readonly signers: readonly string[];
}

/** PostHog's limit for `saml_entity_id` and `saml_acs_url`, in characters. */
export const longestSamlValue = 512;

const samlProtocol = "urn:oasis:names:tc:SAML:2.0:protocol";
const redirectBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const postBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/** Parses a SAML identity provider's metadata. */
export function parseIdentityProviderMetadata(xml: string, now: Date): Parsed<MetadataDocument> {
  if (/^\s*https?:\/\/\S+\s*$/.test(xml)) {
    return unreadable("this is an address, not XML: use it as the metadata URL instead");
  }
  const document = parseXml(xml);
  if (!document.ok) return document;
  const entity = identityProvider(document.value);
  return entity.ok ? fromEntity(entity.value, document.value, now) : entity;
}

function fromEntity(entity: Element, root: Element, now: Date): Parsed<MetadataDocument> {
  const roles = childrenNamed(entity, "IDPSSODescriptor").filter(speaksSaml2);
  if (roles.length === 0) {
    return unreadable(
      "the identity provider in this metadata offers SAML 1 only, and PostHog requires SAML 2.0",
    );
  }
  const entityId = (entity.attributes.entityID ?? "").trim();
  if (entityId === "" || entityId.length > longestSamlValue) {
    return unreadable(
      `the metadata's entityID must be 1 to ${longestSamlValue} characters long, and it has ${entityId.length}`,
    );
  }
  const ssoUrl = signInAddress(roles);
  if (!ssoUrl.ok) return ssoUrl;
  const signing = signingCertificates(roles);
  if (!signing.ok) return signing;
  const signers = [...new Set([entity, root])].flatMap(signersOf);
  const value = { entityId, ssoUrl: ssoUrl.value, certificates: signing.value, signers };
  return read(value, [...staleness(entity, now), ...ssoUrl.notes, ...signing.notes]);
}

/** The one entity that is an identity provider, at any depth of `EntitiesDescriptor`. */
function identityProvider(root: Element): Parsed<Element> {
  if (root.name !== "EntityDescriptor" && root.name !== "EntitiesDescriptor") {
    return unreadable(
      `this XML is not SAML metadata: its root element is <${root.name.slice(0, 60)}>, expected <EntityDescriptor>`,
    );
  }
  const entities = entitiesIn(root);
  const providers = entities.filter((entity) => childrenNamed(entity, "IDPSSODescriptor").length > 0);
  const [provider] = providers;
  if (provider !== undefined && providers.length === 1) return read(provider);
  if (provider !== undefined) {
    return unreadable(
      `the metadata describes ${providers.length} identity providers, and only one is allowed: ${someEntityIds(providers)}`,
    );
  }
  if (entities.some((entity) => childrenNamed(entity, "SPSSODescriptor").length > 0)) {
    return unreadable(
      "this is the metadata of a service provider (PostHog's side); use the identity provider's, which has an <IDPSSODescriptor>",
    );
  }
  return unreadable("the metadata describes no identity provider: it has no <IDPSSODescriptor>");
}

function entitiesIn(element: Element): Element[] {
  if (element.name === "EntityDescriptor") return [element];
  return element.name === "EntitiesDescriptor" ? element.children.flatMap(entitiesIn) : [];
}

function someEntityIds(entities: readonly Element[]): string {
  const shown = entities.slice(0, 5).map((entity) => quoted(entity.attributes.entityID ?? ""));
  return entities.length > shown.length ? `${shown.join(", ")} and others` : listed(shown);
}

function speaksSaml2(role: Element): boolean {
  const protocols = role.attributes.protocolSupportEnumeration;
  return protocols === undefined || protocols.split(/\s+/).includes(samlProtocol);
}

/** PostHog redirects people with HTTP-Redirect, so that address takes precedence over the one for HTTP-POST. */
function signInAddress(roles: readonly Element[]): Parsed<string> {
  const services = roles.flatMap((role) => childrenNamed(role, "SingleSignOnService"));
  const at = (binding: string) => services.find((service) => service.attributes.Binding === binding);
  const service = at(redirectBinding) ?? at(postBinding);
  if (service === undefined) {
    return unreadable(
      "the metadata has no sign-in address for HTTP-Redirect or HTTP-POST: it has no <SingleSignOnService> with such a Binding",
    );
  }
  const address = (service.attributes.Location ?? "").trim();
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address) || address.length > longestSamlValue) {
    return unreadable(
      `the metadata's sign-in address (Location of <SingleSignOnService>) must be a web address of at most ${longestSamlValue} characters`,
    );
  }
  const notes: string[] = [];
  if (service.attributes.Binding === postBinding) {
    notes.push(
      "the metadata offers no HTTP-Redirect, which PostHog uses; its HTTP-POST address is used instead",
    );
  }
  if (/^http:/i.test(address)) notes.push("the identity provider's sign-in address is not encrypted (http)");
  return read(address, notes);
}

function signingCertificates(roles: readonly Element[]): Parsed<MetadataDocument["certificates"]> {
  const keys = roles
    .flatMap((role) => childrenNamed(role, "KeyDescriptor"))
    .filter((key) => (key.attributes.use ?? "signing") === "signing");
  const parsed = keys.flatMap((key) => withoutAuthorities(certificatesOf(key).map(readCertificate)));
  const readable = parsed.flatMap((one) => (one.ok ? [one.value] : []));
  const [first, ...others] = new Map(readable.map((one) => [one.fingerprint256, one])).values();
  if (first !== undefined) return read([first, ...others], damageNotes(parsed.length - readable.length));
  return (
    parsed.find((one) => !one.ok) ??
    unreadable(
      "the metadata has no signing certificate: it has no <X509Certificate> in a <KeyDescriptor> for signing",
    )
  );
}

function certificatesOf(element: Element): string[] {
  return childrenNamed(element, "KeyInfo")
    .flatMap((info) => childrenNamed(info, "X509Data"))
    .flatMap((data) => childrenNamed(data, "X509Certificate"))
    .map((certificate) => certificate.text);
}

/** A key may come with its authorities, which sign no sign-ins; an authority alone signs for itself. */
function withoutAuthorities(chain: readonly Parsed<Certificate>[]): Parsed<Certificate>[] {
  const leaves = chain.filter((one) => !one.ok || !one.value.isAuthority);
  return leaves.some((one) => one.ok) ? leaves : chain.slice(0, 1);
}

function signersOf(element: Element): string[] {
  return childrenNamed(element, "Signature")
    .flatMap(certificatesOf)
    .map(readCertificate)
    .flatMap((one) => (one.ok ? [one.value.fingerprint256] : []));
}

const damageNotes = (damaged: number): string[] =>
  damaged === 0 ? [] : [`${damaged} of the metadata's signing certificates cannot be read and are skipped`];

function staleness(entity: Element, now: Date): string[] {
  const until = Date.parse(entity.attributes.validUntil ?? "");
  return until < now.getTime()
    ? [`the metadata itself expired on ${dateOf(new Date(until))}: fetch a fresh copy`]
    : [];
}

/** One XML element without its namespace prefix: attributes, child elements by name, own text. */
interface Element {
  /** Local name, without a prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Text directly inside, unchanged. */
  readonly text: string;
}

/** The most characters of XML that are parsed; an identity provider's own metadata has 5 to 100 thousand. */
export const longestXml = 1_048_576;

/** How deep elements may be nested; metadata has about ten levels, and thousands would overflow the stack. */
const deepestElement = 100;

const attributePrefix = "@";
const textKey = "#text";

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: attributePrefix,
  textNodeName: textKey,
  alwaysCreateTextNode: true,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Also decodes numeric references; a document's own entities cannot occur, see `refusal`.
  htmlEntities: true,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
});

/** The parser's form of an element: attributes as strings, its text, children as lists by name. */
const rawElement = z.record(z.string(), z.union([z.string(), z.array(z.unknown())]));

/** Parses an XML document without document type and entities, and returns its root element. */
function parseXml(text: string): Parsed<Element> {
  const xml = text.replace(/^\uFEFF/, "").trim();
  const refused = refusal(xml);
  if (refused !== undefined) return unreadable(refused);
  try {
    const roots = childrenOf(rawElement.parse(parser.parse(xml)));
    const [root] = roots;
    return root !== undefined && roots.length === 1
      ? read(root)
      : unreadable(`this is not XML: it has ${roots.length} root elements instead of one`);
  } catch {
    // The parser's own message may repeat input.
    return unreadable("this XML cannot be read: it uses reserved names");
  }
}

function childrenNamed(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

function refusal(xml: string): string | undefined {
  if (xml === "") return "the XML is empty";
  if (xml.includes("\0")) return "the XML is encoded in UTF-16, or is no text: save it as UTF-8";
  if (xml.length > longestXml) {
    return `the XML is ${xml.length} characters long, and the maximum is ${longestXml}: use the metadata of one identity provider, not of a whole federation`;
  }
  if (!xml.startsWith("<")) return "this is not XML: it does not begin with <";
  // XML attacks use entities, and metadata needs none.
  if (/<!DOCTYPE\s+html/i.test(xml)) return "this is an HTML page, not XML; is it a sign-in or error page?";
  if (/<!(DOCTYPE|ENTITY)/i.test(xml))
    return "the XML declares a document type or entities, which is not allowed";
  if (isTooDeep(xml)) return `the XML has elements nested more than ${deepestElement} deep`;
  const verdict = XMLValidator.validate(xml);
  if (verdict === true) return undefined;
  return `this is not well-formed XML: the first error is on line ${verdict.err.line}`;
}

/**
 * Whether elements are nested deeper than in any metadata. Text that looks like an element, in comments too, counts as
 * well.
 */
function isTooDeep(xml: string): boolean {
  let open = 0;
  for (const [tag] of xml.matchAll(/<\/|\/>|<[^/!?]/g)) {
    open += tag === "</" || tag === "/>" ? -1 : 1;
    if (open > deepestElement) return true;
  }
  return false;
}

function childrenOf(raw: z.infer<typeof rawElement>): Element[] {
  return Object.entries(raw).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((child) => elementFrom(name, rawElement.parse(child))) : [],
  );
}

function elementFrom(name: string, raw: z.infer<typeof rawElement>): Element {
  const attributes = Object.entries(raw).flatMap(([key, value]) =>
    key.startsWith(attributePrefix) && typeof value === "string"
      ? [[key.slice(attributePrefix.length), value] as const]
      : [],
  );
  const text = raw[textKey];
  return {
    name,
    attributes: Object.fromEntries(attributes),
    children: childrenOf(raw),
    text: typeof text === "string" ? text : "",
  };
}
