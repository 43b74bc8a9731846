/** How many entries of a list a difference names before it only counts the rest. */
const mostNamed = 5;
/** Longest value that a difference shows. */
const longestValue = 60;

/** How an argument differs, in words: `timezone is "UTC", not "Europe/Berlin"`. */
export function describeDifference(name: string, live: unknown, declared: unknown): string {
  if (isTexts(live) && isTexts(declared)) return `${name} ${describeLists(live, declared)}`;
  const [is, wanted] = [shown(live), shown(declared)];
  return is === undefined || wanted === undefined ? `${name} differs` : `${name} is ${is}, not ${wanted}`;
}

function describeLists(live: readonly string[], declared: readonly string[]): string {
  const lower = (texts: readonly string[]): Set<string> => new Set(texts.map((text) => text.toLowerCase()));
  const [there, wanted] = [lower(live), lower(declared)];
  const missing = declared.filter((text) => !there.has(text.toLowerCase()));
  const more = live.filter((text) => !wanted.has(text.toLowerCase()));
  const parts = [
    ...(missing.length === 0 ? [] : [`lacks ${some(missing)}`]),
    ...(more.length === 0 ? [] : [`has ${some(more)} besides`]),
  ];
  return parts.length === 0 ? "differs" : parts.join(" and ");
}

function some(texts: readonly string[]): string {
  const rest = texts.length - mostNamed;
  return `${texts.slice(0, mostNamed).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** A value that is short enough to be read in a line. */
function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return "nothing";
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
