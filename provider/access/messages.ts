/** Longest piece of someone's input that a message repeats. */
const LONGEST_QUOTE = 80;

/** A value as it stands in a message: in double quotes, on one line, cut when long. Never for secrets. */
export function quoted(value: string): string {
  const cut = value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}...` : value;
  return JSON.stringify(cut);
}

/** Words as a sentence lists them: `a`, `a or b`, `a, b or c`. */
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
