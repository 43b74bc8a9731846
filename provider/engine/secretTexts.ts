import { projectLevels, resourceLevels } from "../access/levels";
import { printable, quoted } from "../access/messages";
import { isUnknown } from "./unknown";

/** The replacement for a secret. */
const shown = "[secret]";

/** Words that show nothing about anyone who has a level. */
const common: ReadonlySet<string> = new Set<string>([...projectLevels, ...resourceLevels]);

/** The texts that programs gave as secrets, and messages without them. */
export class SecretTexts {
  private readonly texts = new Set<string>();
  private pattern: RegExp | undefined;

  /** Remembers every text in a secret value: names of people are the keys of some arguments. */
  add(value: unknown): void {
    if (typeof value === "string") {
      const text = value.trim();
      if (text === "" || common.has(text) || isUnknown(value) || this.texts.has(text)) return;
      // As a message may spell it.
      for (const spelled of [text, printable(text), quoted(text).slice(1, -1)]) this.texts.add(spelled);
      this.pattern = undefined;
    } else if (Array.isArray(value)) {
      for (const item of value) this.add(item);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) for (const text of [key, item]) this.add(text);
    }
  }

  /** A message without those texts as words, in any case. */
  hideIn(message: string): string {
    if (this.texts.size === 0) return message;
    this.pattern ??= new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${[...this.texts]
        .sort((one, other) => other.length - one.length)
        .map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
        .join("|")})(?![\\p{L}\\p{N}])`,
      "giu",
    );
    return message.replace(this.pattern, shown);
  }
}
