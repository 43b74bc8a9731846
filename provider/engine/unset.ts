import type * as z from "zod";
import { isObject } from "../access/values";
import type { Definition } from "./definition";
import { type Finding, problem } from "./finding";
import type { Properties } from "./state";
import { containsUnknown } from "./unknown";

/** The argument that names settings to clear: a `null` for languages that cannot express it. */
export const unsetName = "unset";

/** Where the settings that `unset` names are: among the arguments, or inside one of them. */
type Clearing = Pick<Definition<z.ZodRawShape>, "unsetWithin">;

/** The properties with a null for each setting that `unset` names. */
export function withNulls({ unsetWithin: within }: Clearing, properties: Properties): Properties {
  const nulls = Object.fromEntries(namesIn(properties).map((name) => [name, null]));
  if (Object.keys(nulls).length === 0) return properties;
  if (within === undefined) return { ...properties, ...nulls };
  const settings = properties[within] ?? {};
  return isObject(settings) ? { ...properties, [within]: { ...settings, ...nulls } } : properties;
}

/**
 * The current arguments, with `unset` spelled as it was declared. A setting that is no longer clear appears with its
 * value, and `unset` no longer names it.
 */
export function withUnset({ unsetWithin: within }: Clearing, now: Properties): Properties {
  const names = namesIn(now);
  if (names.length === 0) return now;
  const settings = within === undefined ? now : now[within];
  if (!isObject(settings)) return now;
  const clear = names.filter((name) => settings[name] === null);
  const left = Object.fromEntries(Object.entries(settings).filter(([name]) => !clear.includes(name)));
  if (within === undefined) return { ...left, [unsetName]: clear };
  const { [within]: _, ...others } = now;
  return { ...others, ...(Object.keys(left).length === 0 ? {} : { [within]: left }), [unsetName]: clear };
}

/** An error for each setting that `unset` names although it has a value. */
export function unsetConflicts({ unsetWithin: within }: Clearing, properties: Properties): Finding[] {
  const settings = within === undefined ? properties : properties[within];
  if (!isObject(settings)) return [];
  return namesIn(properties).flatMap((name, at) =>
    settings[name] == null
      ? []
      : [problem(`${unsetName}[${at}]`, `${name} also has a value: declare one of the two`)],
  );
}

/** The names, once they are all known. */
function namesIn({ [unsetName]: names }: Properties): string[] {
  if (!Array.isArray(names) || containsUnknown(names)) return [];
  return names.filter((name) => typeof name === "string");
}
