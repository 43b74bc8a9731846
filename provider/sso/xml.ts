import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import { type Parsed, read, unreadable } from "./parsed";

/** One XML element without its namespace prefix: attributes, child elements in order of their name, own text. */
export interface Element {
  /** Local name, without a prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Text directly inside, as it stands. */
  readonly text: string;
}

/** Characters of XML that are looked at; an identity provider's own metadata is 5 to 100 thousand. */
export const longestXml = 1_048_576;

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
  // Also decodes numeric references; entities of a document's own cannot occur, see `refusal`.
  htmlEntities: true,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
});

/** What the parser makes of an element: attributes as strings, its text, children as lists by name. */
const rawElement = z.record(z.string(), z.union([z.string(), z.array(z.unknown())]));

/** Reads an XML document without document type and entities, and gives its root element. */
export function parseXml(text: string): Parsed<Element> {
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
    // The parser's own words may repeat input.
    return unreadable("this XML cannot be read: it nests too deeply or uses reserved names");
  }
}

/** All direct children of that name. */
export function childrenNamed(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

function refusal(xml: string): string | undefined {
  if (xml === "") return "the XML is empty";
  if (xml.length > longestXml) {
    return `the XML is ${xml.length} characters long, more than the ${longestXml} that are read: give the metadata of one identity provider, not of a whole federation`;
  }
  if (!xml.startsWith("<")) return "this is not XML: it does not begin with <";
  // Entities are how XML attacks its reader, and metadata needs none.
  if (/<!DOCTYPE\s+html/i.test(xml)) return "this is an HTML page, not XML: was it a sign-in or error page?";
  if (/<!(DOCTYPE|ENTITY)/i.test(xml))
    return "the XML declares a document type or entities, which is not accepted";
  const verdict = XMLValidator.validate(xml);
  if (verdict === true) return undefined;
  return `this is not well-formed XML: the first mistake is on line ${verdict.err.line}`;
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
