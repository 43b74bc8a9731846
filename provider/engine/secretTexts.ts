import { projectLevels, resourceLevels } from "../access/levels";
import { printable, quoted } from "../access/messages";
import { isUnknown } from "./unknown";

const shown = "[secret]";

/** Words that reveal nothing about the person with that level. */
const common: ReadonlySet<string> = new Set<string>([...projectLevels, ...resourceLevels]);

/** Shorter texts are common in messages, and easily guessed: they are hidden only if a message quotes them. */
const shortest = 3;

/** The texts that programs passed as secrets; removes them from messages. */
export class SecretTexts {
  private readonly texts = new Set<string>();
  private readonly shortTexts = new Set<string>();
  private pattern: RegExp | undefined;

  /** Remembers every text in a secret value, including keys: some arguments have people's names as keys. */
  add(value: unknown): void {
    if (typeof value === "string") {
      const text = value.trim();
      const texts = [...text].length < shortest ? this.shortTexts : this.texts;
      if (text === "" || common.has(text) || isUnknown(value) || texts.has(text)) return;
      // The ways in which a message may spell it.
      for (const spelled of [text, printable(text), quoted(text).slice(1, -1)]) texts.add(spelled);
      this.pattern = undefined;
    } else if (Array.isArray(value)) {
      for (const item of value) this.add(item);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) for (const text of [key, item]) this.add(text);
    }
  }

  /** A message without those texts, matched in any case: as whole words, or if they are short as quoted texts. */
  hideIn(message: string): string {
    if (this.texts.size + this.shortTexts.size === 0) return message;
    this.pattern ??= new RegExp(
      [
        ...anyOf("(?<![\\p{L}\\p{N}])", this.texts, "(?![\\p{L}\\p{N}])"),
        ...anyOf('(?<=")', this.shortTexts, '(?=")'),
      ].join("|"),
      "giu",
    );
    return message.replace(this.pattern, shown);
  }
}

/** A pattern for texts between what precedes and follows each; empty without texts. */
function anyOf(before: string, texts: ReadonlySet<string>, after: string): string[] {
  if (texts.size === 0) return [];
  const patterns = [...texts]
    .sort((one, other) => other.length - one.length)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return [`${before}(?:${patterns.join("|")})${after}`];
}
