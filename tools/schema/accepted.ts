import * as z from "zod";

/** What an argument's schema says about the kinds of values that it accepts. */
export interface Accepted {
  readonly properties?: Readonly<Record<string, Accepted>>;
  readonly items?: Accepted;
  readonly additionalProperties?: Accepted | boolean;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Accepted[];
}

const accepted: z.ZodType<Accepted> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), accepted).optional(),
    items: accepted.optional(),
    additionalProperties: z.union([accepted, z.boolean()]).optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    anyOf: z.array(accepted).optional(),
  }),
);

/** What a schema accepts. */
export function acceptedBy(schema: z.ZodType): Accepted {
  return accepted.parse(z.toJSONSchema(schema, { io: "input" }));
}

/** The accepted alternatives. */
function branchesOf({ anyOf, ...own }: Accepted): readonly Accepted[] {
  return anyOf === undefined ? [own] : anyOf.flatMap(branchesOf);
}

/** What a member of the accepted object accepts. */
export function acceptedMember(node: Accepted | undefined, name: string): Accepted | undefined {
  return firstOf(node, ({ properties }) => properties?.[name]);
}

/** What each value of the accepted list or map accepts. */
export function acceptedItem(node: Accepted | undefined): Accepted | undefined {
  return firstOf(node, ({ items, additionalProperties }) =>
    typeof additionalProperties === "object" ? additionalProperties : items,
  );
}

function firstOf(
  node: Accepted | undefined,
  pick: (branch: Accepted) => Accepted | undefined,
): Accepted | undefined {
  return node === undefined
    ? undefined
    : branchesOf(node)
        .map(pick)
        .find((found) => found !== undefined);
}

/** Whether accepted numbers may have decimals. */
export function acceptsDecimals(node: Accepted | undefined): boolean {
  const types = node === undefined ? [] : branchesOf(node).flatMap(({ type }) => type ?? []);
  return types.includes("number") && !types.includes("integer");
}
