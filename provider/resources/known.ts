/** Values that an editor completes, and any other: PostHog adds new ones. */
export type Known<Value extends string> = Value | (string & Record<never, never>);

declare const variable: unique symbol;

/**
 * Arguments that may be a variable: of the arguments of which some groups exclude each other, all may be there or none.
 * A literal is not one, unless it gives `One` and nothing of the others. That rests on what the compiler checks of
 * literals only: whether they name properties that the type does not have.
 *
 * Programs that are not compiled strictly take whatever the interface allows. The symbol, which no program has, keeps
 * editors from taking this type for one that includes the literals, whose properties they would not complete then.
 */
export type Variable<Args, Exclusive extends keyof Args, One extends Exclusive> = [undefined] extends [string]
  ? Args
  : Omit<Args, Exclusive> & { readonly [variable]?: never } & (
        | { [Name in One]: undefined }
        | { [Name in One]: NonNullable<Args[Name]> }
      );
