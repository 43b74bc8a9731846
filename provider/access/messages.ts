// Control characters move a terminal's cursor, formatting characters reverse a line, and a lone surrogate does not
// survive in a file.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * A text that stays on one line of a terminal and has no other effect: anyone may choose the names in PostHog, in files
 * and in the log. Everything that is printed passes through here; such characters become their JSON escapes.
 */
export function printable(text: string): string {
  return escaped(text, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** A text with escapes for every character that does not print on one line. */
export function escaped(text: string, write: (character: string) => string): string {
  return text.replace(unprintable, write);
}

/** A text of several lines, each printable. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** Longest piece of someone's input that a message repeats. */
const LONGEST_QUOTE = 80;

/** A value for a message: in double quotes, on one line, shortened. Never for secrets. */
export function quoted(value: string): string {
  const cut = value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}...` : value;
  return JSON.stringify(cut);
}

/** Words as a list in a sentence: `a`, `a or b`, `a, b or c`. */
export function listed(words: readonly string[], joiner: "and" | "or" = "or"): string {
  if (words.length <= 1) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${joiner} ${words[words.length - 1]}`;
}

/** A count in English digits: `1,200`. */
export function formatNumber(count: number): string {
  return count.toLocaleString("en");
}

/** A count with its noun: `1 person`, `1,200 people`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** What someone without access still sees, as the end of a sentence. */
export const seesItself = "but the project itself stays visible, because the rule for everybody is admin";

/** What else a project admin by a rule may do, as the end of a sentence. */
export const managesObjects = "and may change the access rules of every object in it";
