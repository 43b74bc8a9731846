/** Values that an editor completes, plus any other text: PostHog adds new ones. */
export type Known<Value extends string> = Value | (string & Record<never, never>);

declare const variable: unique symbol;

/**
 * Arguments that may be a variable: all of the mutually exclusive groups may be present, or none. A literal does not
 * match, unless it has `One` and nothing from the others. This relies on a check that the compiler makes only for
 * literals: whether they contain properties that the type does not have.
 *
 * Programs that are not compiled strictly accept whatever the interface allows. The symbol, which no program has, keeps
 * editors from treating this type as one that includes the literals; they would then not complete the literals'
 * properties.
 */
export type Variable<Args, Exclusive extends keyof Args, One extends Exclusive> = [undefined] extends [string]
  ? Args
  : Omit<Args, Exclusive> & { readonly [variable]?: never } & (
        | { [Name in One]: undefined }
        | { [Name in One]: NonNullable<Args[Name]> }
      );
