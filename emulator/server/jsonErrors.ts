/**
 * Python's error about a text that is not JSON, with the position: PostHog's answers contain both. Reads the text as
 * Python 3.12 does, to find the same first error.
 */
export function describeJsonError(text: string): string {
  const reader = new Reader(text);
  try {
    reader.blanks();
    reader.value();
    reader.blanks();
    reader.refuseRest();
  } catch (error) {
    if (error instanceof JsonError) {
      return `${error.message}: ${placeIn(text, error.at)}`;
    }
    throw error;
  }
  return `Expecting value: ${placeIn(text, 0)}`;
}

class JsonError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

function placeIn(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return `line ${line} column ${at - before.lastIndexOf("\n")} (char ${at})`;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORDS = ["null", "true", "false"];

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  blanks(): void {
    while (" \t\n\r".includes(this.text.charAt(this.at)) && this.at < this.text.length) {
      this.at += 1;
    }
  }

  refuseRest(): void {
    if (this.at < this.text.length) {
      throw new JsonError("Extra data", this.at);
    }
  }

  value(): void {
    const first = this.text.charAt(this.at);
    if (first === '"') {
      this.string();
    } else if (first === "{") {
      this.members("}", () => this.member());
    } else if (first === "[") {
      this.members("]", () => this.value());
    } else if (!this.word() && !this.number()) {
      throw new JsonError("Expecting value", this.at);
    }
  }

  private word(): boolean {
    const word = WORDS.find((one) => this.text.startsWith(one, this.at));
    this.at += word?.length ?? 0;
    return word !== undefined;
  }

  private number(): boolean {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found !== "";
  }

  /** Reads what is between brackets: nothing, or members separated by commas. */
  private members(end: string, member: () => void): void {
    this.at += 1;
    this.blanks();
    if (this.text.charAt(this.at) === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      member();
      this.blanks();
      const next = this.text.charAt(this.at);
      if (next !== end && next !== ",") {
        throw new JsonError("Expecting ',' delimiter", this.at);
      }
      this.at += 1;
      if (next === end) {
        return;
      }
      this.blanks();
    }
  }

  private member(): void {
    if (this.text.charAt(this.at) !== '"') {
      throw new JsonError("Expecting property name enclosed in double quotes", this.at);
    }
    this.string();
    this.blanks();
    if (this.text.charAt(this.at) !== ":") {
      throw new JsonError("Expecting ':' delimiter", this.at);
    }
    this.at += 1;
    this.blanks();
    this.value();
  }

  private string(): void {
    const begin = this.at;
    this.at += 1;
    for (;;) {
      const character = this.text.charAt(this.at);
      if (character === "") {
        throw new JsonError("Unterminated string starting at", begin);
      }
      if (character < " ") {
        throw new JsonError("Invalid control character at", this.at);
      }
      if (character === "\\") {
        this.escape(begin);
      } else {
        this.at += 1;
        if (character === '"') {
          return;
        }
      }
    }
  }

  private escape(begin: number): void {
    const kind = this.text.charAt(this.at + 1);
    if (kind === "") {
      throw new JsonError("Unterminated string starting at", begin);
    }
    if (kind === "u" && !/^[\da-f]{4}$/i.test(this.text.slice(this.at + 2, this.at + 6))) {
      throw new JsonError("Invalid \\uXXXX escape", this.at + 1);
    }
    if (!'"\\/bfnrtu'.includes(kind)) {
      throw new JsonError("Invalid \\escape", this.at);
    }
    this.at += kind === "u" ? 6 : 2;
  }
}
