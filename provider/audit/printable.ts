// Control characters move a terminal's cursor, and formatting ones turn a line around.
const unprintable = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A text that stands on one line of a terminal and does nothing else: names in the log are anybody's. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** A text in at most so many characters. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text.slice(0, 2 * most + 1));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
