import * as z from "zod";
import { RefusedError } from "../posthog/errors";
import type { ArgsOf, Definition } from "./definition";
import { type Finding, isError } from "./finding";
import { issuesToFindings } from "./issues";
import { type Properties, sameJson } from "./state";
import { containsUnknown, isUnknown, knownOnly } from "./unknown";
import { unsetConflicts, withNulls } from "./unset";

/** The arguments that every resource takes. */
export const commonArgs = z.strictObject({
  account: z.string().min(1, "must not be empty").optional(),
  organizationId: z
    .string()
    .min(1, "must not be empty")
    .refine(
      (id) => id !== "@current",
      "@current changes when the key's owner switches organizations; name the organization",
    )
    .optional(),
  adopt: z.boolean().optional(),
});

/** Whether these are the properties of a resource that is read by its id and not in state yet. */
export function isGet(properties: Properties): boolean {
  return Object.keys(properties).every((name) => name in commonArgs.shape);
}

/** Whether the resource takes over an existing object; undefined if the program does not say. */
export function adoptOf(properties: Properties): boolean | undefined {
  return typeof properties.adopt === "boolean" ? properties.adopt : undefined;
}

/**
 * The arguments among properties of any version, as the schema reads them, without outputs, unknown values and values
 * that do not fit the schema.
 */
export function declaredIn<Shape extends z.ZodRawShape>(
  args: z.ZodObject<Shape>,
  properties: Properties,
): Partial<ArgsOf<Shape>> {
  const fitting = Object.entries(knownOnly(properties)).flatMap(([name, value]) => {
    const schema = Object.hasOwn(args.shape, name) ? args.shape[name] : undefined;
    if (schema === undefined || value === undefined) return [];
    const parsed = (schema as z.ZodType).safeParse(value);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(fitting) as Partial<ArgsOf<Shape>>;
}

export class Arguments<Shape extends z.ZodRawShape> {
  /** Every argument, including the common ones. */
  readonly names: readonly string[];

  constructor(private readonly definition: Definition<Shape>) {
    this.names = [...Object.keys(definition.args.shape), ...Object.keys(commonArgs.shape)];
  }

  /** Errors and remarks about the arguments on their own. Unknown values pass. */
  validate(properties: Properties): Finding[] {
    const { own, common } = this.split(properties);
    const issues = [this.definition.args.safeParse(own), commonArgs.safeParse(common)].flatMap((parsed) =>
      parsed.success ? [] : issuesToFindings(parsed.error, properties, this.names),
    );
    if (issues.length > 0) return issues;
    const conflicts = unsetConflicts(this.definition, properties);
    if (conflicts.length > 0) return conflicts;
    return this.definition.rules?.(this.known(properties), this.unknown(properties)) ?? [];
  }

  /** Names of the declared arguments that are not completely known yet. */
  unknown(properties: Properties): string[] {
    return this.names.filter((name) => containsUnknown(properties[name]));
  }

  /** The arguments of a write, all known. */
  parse(properties: Properties): ArgsOf<Shape> {
    const wrong = this.validate(properties).filter(isError);
    const parsed = this.definition.args.safeParse(this.split(this.meant(properties)).own);
    if (wrong.length === 0 && parsed.success) return parsed.data;
    const messages = wrong.map(({ property, message }) =>
      property === undefined ? message : `${property} ${message}`,
    );
    throw new RefusedError(`${this.definition.type} has invalid arguments: ${messages.join("; ")}`, {
      why: "A value that was unknown in the preview is invalid.",
      fix: "Correct the value in the program, or in the resource that provides it.",
    });
  }

  known(properties: Properties): Partial<ArgsOf<Shape>> {
    return declaredIn(this.definition.args, this.meant(properties));
  }

  /** The properties as definitions read them: with a null for each setting that `unset` names. */
  meant(properties: Properties): Properties {
    return withNulls(this.definition, properties);
  }

  /** The arguments of an object to import: those that the schema accepts and that are not defaults. */
  imported(live: Partial<ArgsOf<Shape>>): Properties {
    const { args, fields } = this.definition;
    return Object.fromEntries(
      Object.entries(declaredIn(args, live)).filter(
        ([name, value]) => value !== null && !sameJson(value, fields[name]?.default),
      ),
    );
  }

  /**
   * The properties without those that only mark an output as secret: the class sends them under the output's name,
   * without a value.
   */
  declared(properties: Properties): Properties {
    const isMark = (name: string, value: unknown): boolean =>
      (value === null || isUnknown(value)) && !this.names.includes(name);
    return Object.fromEntries(Object.entries(properties).filter(([name, value]) => !isMark(name, value)));
  }

  private split(properties: Properties): { own: Properties; common: Properties } {
    const entries = Object.entries(this.declared(properties));
    return {
      own: Object.fromEntries(entries.filter(([name]) => !(name in commonArgs.shape))),
      common: Object.fromEntries(entries.filter(([name]) => name in commonArgs.shape)),
    };
  }
}
