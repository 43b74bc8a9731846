import ts from "typescript";
import type { Declarations } from "../sources/declarations";
import { oneLine } from "../sources/docstring";
import { allMembers, describeNamed, describeType, type Member, type NamedType } from "../sources/types";
import { type Accepted, acceptedItem, acceptedMember, acceptsDecimals } from "./accepted";
import { enumSpec, namedListOf } from "./enums";
import {
  anything,
  type EnumSpec,
  type ObjectSpec,
  type Properties,
  type PropertySpec,
  type TypeSpec,
  tokenOf,
} from "./spec";

/** Who uses a value: programs write arguments and read results. */
type Use = "argument" | "result";

/**
 * Converts the sources' TypeScript types to Pulumi's. TypeScript knows objects and lists of values; the arguments'
 * schema knows which numbers are whole.
 *
 * If TypeScript accepts several types, other languages get the first declared one. A provider still accepts the others.
 */
export class TypeReader {
  /** The objects and enumerations found so far, by token. */
  readonly types: Record<string, ObjectSpec | EnumSpec> = {};

  constructor(private readonly declarations: Declarations) {}

  /** A member of an object. */
  property(member: Pick<Member, "type" | "docstring">, use: Use, accepted?: Accepted): PropertySpec {
    const node = parseType(member.type.text);
    const description = describe(member, node);
    return {
      ...this.typeOf(node, use, accepted),
      ...(description === "" ? {} : { description }),
    };
  }

  object(members: readonly Member[], use: Use, accepted?: Accepted): Omit<ObjectSpec, "type"> {
    const properties: Properties = Object.fromEntries(
      members.map((member) => [
        member.name,
        this.property(member, use, acceptedMember(accepted, member.name)),
      ]),
    );
    return { properties, required: members.filter(({ required }) => required).map(({ name }) => name) };
  }

  private typeOf(node: ts.TypeNode, use: Use, accepted: Accepted | undefined): TypeSpec {
    if (ts.isParenthesizedTypeNode(node)) return this.typeOf(node.type, use, accepted);
    if (ts.isUnionTypeNode(node)) return this.unionOf(node, use, accepted);
    if (ts.isArrayTypeNode(node)) {
      return { type: "array", items: this.typeOf(node.elementType, use, acceptedItem(accepted)) };
    }
    if (ts.isTypeReferenceNode(node)) return this.referenceOf(node, use, accepted);
    switch (kindOf(node)) {
      case "string":
        return { type: "string" };
      case "boolean":
        return { type: "boolean" };
      case "number":
        return { type: !ts.isLiteralTypeNode(node) && acceptsDecimals(accepted) ? "number" : "integer" };
      default:
        return anything;
    }
  }

  private unionOf(node: ts.UnionTypeNode, use: Use, accepted: Accepted | undefined): TypeSpec {
    const branches = node.types.filter((branch) => !isNull(branch));
    const [first, ...others] = branches;
    if (first === undefined) return anything;
    const texts = branches.flatMap(textLiteral);
    const list = use === "argument" && textLiteral(first).length > 0 ? namedListOf(texts) : undefined;
    if (list !== undefined) {
      this.types[tokenOf(list.name)] = enumSpec(list);
      return { $ref: `#/types/${tokenOf(list.name)}` };
    }
    const kinds = new Set(branches.map(kindOf));
    const isSimple = [...kinds].every((kind) => kind === "string" || kind === "number" || kind === "boolean");
    return others.length === 0 || (isSimple && (kinds.size === 1 || isNumberOrText(kinds)))
      ? this.typeOf(first, use, accepted)
      : anything;
  }

  private referenceOf(node: ts.TypeReferenceNode, use: Use, accepted: Accepted | undefined): TypeSpec {
    const name = node.typeName.getText();
    const value = node.typeArguments?.[1];
    if (name === "Record" && value !== undefined) {
      const isOpen = node.typeArguments?.[0]?.kind === ts.SyntaxKind.StringKeyword;
      const values = isOpen ? this.typeOf(value, use, acceptedItem(accepted)) : anything;
      return { type: "object", additionalProperties: values };
    }
    const declared = this.declarations.types.get(name);
    if (declared === undefined) return anything;
    if (ts.isTypeAliasDeclaration(declared)) {
      // `keyof typeof rules`, `(typeof names)[number]`: names from a list.
      if (ts.isTypeOperatorNode(declared.type) || ts.isIndexedAccessTypeNode(declared.type)) {
        return { type: "string" };
      }
      const { text } = describeType(declared.type, this.declarations);
      if (text === "object") return { type: "object", additionalProperties: anything };
      return text.includes(name) ? anything : this.typeOf(parseType(text), use, accepted);
    }
    return this.named(describeNamed(name, this.declarations), use, accepted);
  }

  private named(type: NamedType, use: Use, accepted: Accepted | undefined): TypeSpec {
    const token = tokenOf(type.name.replace(/Args$/, ""));
    if (this.types[token] === undefined) {
      const description = oneLine(type.docstring);
      // Takes its place before its members are read, so that it can refer to itself.
      this.types[token] = { type: "object", description, properties: {}, required: [] };
      this.types[token] = { type: "object", description, ...this.object(allMembers(type), use, accepted) };
    }
    return { $ref: `#/types/${token}` };
  }
}

/** The docstring on one line, plus what languages without lists of values and without `null` need to know. */
function describe({ docstring }: Pick<Member, "docstring">, node: ts.TypeNode): string {
  const text = oneLine(docstring);
  const branches = ts.isUnionTypeNode(node) ? [...node.types] : [node];
  const unsaid = branches.flatMap(textLiteral).filter((value) => !text.includes(`\`${value}\``));
  const values = branches.flatMap(textLiteral).map((value) => `\`${value}\``);
  return [
    text,
    ...(unsaid.length === 0 ? [] : [`One of ${values.join(", ")}.`]),
    ...(branches.some(isNull) ? ["To clear it, name it in `unset`."] : []),
  ].join(" ");
}

/** Reads a type in the printed form of the sources' readers. */
function parseType(text: string): ts.TypeNode {
  const source = ts.createSourceFile("type.ts", `type T = ${text};`, ts.ScriptTarget.ES2022, true);
  const [statement] = source.statements;
  if (statement === undefined || !ts.isTypeAliasDeclaration(statement)) throw new Error(`no type: ${text}`);
  return statement.type;
}

function kindOf(node: ts.TypeNode): "string" | "number" | "boolean" | "other" {
  if (node.kind === ts.SyntaxKind.StringKeyword || textLiteral(node).length > 0) return "string";
  if (node.kind === ts.SyntaxKind.NumberKeyword) return "number";
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return "boolean";
  if (!ts.isLiteralTypeNode(node)) return "other";
  if (ts.isNumericLiteral(node.literal)) return "number";
  const { kind } = node.literal;
  return kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword ? "boolean" : "other";
}

const isNumberOrText = (kinds: ReadonlySet<string>): boolean => !kinds.has("boolean");

function textLiteral(node: ts.TypeNode): string[] {
  return ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) ? [node.literal.text] : [];
}

function isNull(node: ts.TypeNode): boolean {
  return ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword;
}
