import type { z } from "zod";
import type { Connection } from "../posthog/connection";
import { organizationId } from "../posthog/organizations";
import type { ArgsOf, Definition, Live } from "./definition";
import { changedFields } from "./diff";
import { dropUndefined, type Properties } from "./state";

/** A resource as PostHog has it, in the engine's terms. */
export interface Observed {
  readonly id: string;
  readonly outputs: Properties;
  /** The program's arguments as they would have to read now. */
  readonly inputs: Properties;
}

/** What there is of a resource that is not in state yet. */
export interface AdoptableState extends Observed {
  /** The arguments that PostHog has otherwise. */
  readonly differs: readonly string[];
}

/**
 * An object in the engine's terms, its arguments spelled as the program spells them where they mean the same.
 *
 * @param names of every argument.
 */
export async function describeLive<Shape extends z.ZodRawShape>(
  connection: Connection,
  { fields }: Pick<Definition<Shape>, "fields">,
  names: readonly string[],
  live: Live<ArgsOf<Shape>>,
  declared: Properties,
): Promise<Observed> {
  const inputs: Properties = {};
  for (const name of names) {
    const value = declared[name] === undefined ? fields[name]?.default : declared[name];
    // What the resource tells by itself is no argument, even if one of that name may be given.
    if (value === undefined || name in live.outputs) continue;
    const spelled = spelling(fields, name, value, live.args);
    if (declared[name] !== undefined || spelled !== value) inputs[name] = spelled;
  }
  const organizationUuid = await organizationId(connection);
  return {
    id: live.id,
    inputs: dropUndefined(inputs),
    outputs: dropUndefined({ ...inputs, ...live.outputs, organizationUuid }),
  };
}

/** A live value that only spells the declared one differently is not drift. */
function spelling(
  fields: Definition<z.ZodRawShape>["fields"],
  name: string,
  declared: unknown,
  live: Properties,
): unknown {
  if (!(name in live)) return declared;
  const changed = changedFields(fields, { [name]: live[name] }, { [name]: declared });
  return changed.length === 0 ? declared : live[name];
}
