import { enumMember } from "../schema/enums";
import type { EnumSpec, ObjectSpec, PackageSpec, PropertySpec, TypeSpec } from "../schema/spec";
import { tokenOf } from "../schema/spec";
import { type Item, type Piece, printPiece, type Style } from "./layout";
import {
  type Entry,
  type Example,
  type ExampleResource,
  type Reference,
  referencesIn,
  type Value,
} from "./tree";

/** The kind of a value, with the schema's names for types that have one. */
export type Kind =
  | { readonly is: "text" | "integer" | "number" | "boolean" | "anything" }
  | { readonly is: "list" | "map"; readonly of: Kind }
  | { readonly is: "object" | "enumeration"; readonly name: string };

/** How a language writes the parts of an example. */
export interface Language extends Style {
  text(text: string, kind: Kind): Piece;
  number(number: number, kind: Kind): Piece;
  boolean(value: boolean, kind: Kind): Piece;
  /** A value of an enumeration. */
  member(enumeration: string, member: string, value: string): Piece;
  list(items: readonly Item[], kind: Kind, inMap: boolean): Piece;
  map(items: readonly Item[], kind: Kind): Piece;
  object(items: readonly Item[], type: string): Piece;
  /** The text before the value of a map's entry, and before that of an object's member. */
  key(name: string): string;
  property(name: string, of: "resource" | "object"): string;
  reference(reference: Reference): Piece;
  /** A resource: the text before its arguments, the arguments, and the text after them. */
  resource(
    resource: ExampleResource,
    args: readonly Item[],
    isUsed: boolean,
  ): readonly [string, Piece, string];
  /** The stack's outputs. */
  outputs(outputs: readonly (readonly [name: string, value: Piece])[]): string[];
}

/** Prints an example in a language. The schema has the types of its values. */
export function printExample(example: Example, schema: PackageSpec, language: Language): string {
  const printer = new Printer(schema, language);
  const used = new Set(referencesIn(example).map(({ resource }) => resource));
  const outputs = example.outputs.map(({ name, value }) => [name, language.reference(value)] as const);
  return [
    ...example.resources.map((resource) => printer.resource(resource, used.has(resource.variable ?? ""))),
    ...(outputs.length === 0 ? [] : language.outputs(outputs)),
  ].join("\n");
}

class Printer {
  constructor(
    private readonly schema: PackageSpec,
    private readonly language: Language,
  ) {}

  resource(resource: ExampleResource, isUsed: boolean): string {
    const spec = this.schema.resources[tokenOf(resource.type)];
    if (spec === undefined) throw new Error(`${resource.type} is not in the schema`);
    const [before, args, after] = this.language.resource(
      resource,
      this.members(resource.args, spec.inputProperties, "resource"),
      isUsed,
    );
    return before + printPiece(args, this.language, before.length) + after;
  }

  private members(
    entries: readonly Entry[],
    properties: Readonly<Record<string, PropertySpec>>,
    of: "resource" | "object",
  ): Item[] {
    return entries.map(({ name, value }) => {
      const property = properties[name];
      if (property === undefined) throw new Error(`${name} is not in the schema`);
      return { label: this.language.property(name, of), value: this.value(value, property) };
    });
  }

  private value(value: Value, type: TypeSpec, inMap = false): Piece {
    const { language } = this;
    const kind = this.kindOf(type);
    switch (value.kind) {
      case "text":
        return kind.is === "enumeration"
          ? language.member(kind.name, enumMember(value.text), value.text)
          : language.text(value.text, kind);
      case "number":
        return language.number(value.number, kind);
      case "boolean":
        return language.boolean(value.boolean, kind);
      case "reference":
        return language.reference(value);
      case "list": {
        const items = value.items.map((item) => ({ label: "", value: this.value(item, itemOf(type)) }));
        return language.list(items, kind, inMap);
      }
      case "entries":
        return this.entries(value.entries, type, kind);
    }
  }

  private entries(entries: readonly Entry[], type: TypeSpec, kind: Kind): Piece {
    const { language } = this;
    if (kind.is === "object") {
      return language.object(this.members(entries, this.named(kind.name).properties, "object"), kind.name);
    }
    const items = entries.map(({ name, value }) => ({
      label: language.key(name),
      value: this.value(value, itemOf(type), true),
    }));
    return language.map(items, kind);
  }

  private named(name: string): ObjectSpec {
    const spec = this.schema.types[tokenOf(name)];
    if (spec?.type !== "object") throw new Error(`${name} is no object of the schema`);
    return spec;
  }

  private kindOf(type: TypeSpec): Kind {
    if ("$ref" in type) {
      const token = type.$ref.replace("#/types/", "");
      const spec: ObjectSpec | EnumSpec | undefined = this.schema.types[token];
      if (spec === undefined) return { is: "anything" };
      const name = token.slice(tokenOf("").length);
      return { is: spec.type === "object" ? "object" : "enumeration", name };
    }
    if (type.type === "array") return { is: "list", of: this.kindOf(type.items) };
    if (type.type === "object") return { is: "map", of: this.kindOf(type.additionalProperties) };
    return { is: type.type === "string" ? "text" : type.type };
  }
}

function itemOf(type: TypeSpec): TypeSpec {
  if ("$ref" in type) return type;
  if (type.type === "array") return type.items;
  return type.type === "object" ? type.additionalProperties : type;
}
