import ts from "typescript";

/** One part of a docstring: a paragraph with its line breaks, or a code example with its fences. */
export interface Block {
  readonly kind: "text" | "code";
  readonly text: string;
}

/** The docstring right above a declaration, without comment marks; empty without one. */
export function docstringOf(node: ts.Node): string {
  const source = node.getSourceFile().text;
  const comment = (ts.getLeadingCommentRanges(source, node.getFullStart()) ?? [])
    .map(({ pos, end }) => source.slice(pos, end))
    .filter((text) => text.startsWith("/**"))
    .at(-1);
  return comment === undefined ? "" : undecorated(comment);
}

function undecorated(comment: string): string {
  return comment
    .slice("/**".length, -"*/".length)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/@deprecated /g, "Deprecated: ")
    .trim();
}

/** Splits a docstring at its blank lines; code examples stay whole. */
export function blocksOf(docstring: string): Block[] {
  const blocks: Block[] = [];
  for (const piece of docstring.split(/^(```\w*\n[\s\S]*?^```)$/m)) {
    if (piece.startsWith("```")) blocks.push({ kind: "code", text: piece });
    else {
      const paragraphs = piece.split(/\n{2,}/).map((text) => text.trim());
      blocks.push(
        ...paragraphs.filter((text) => text !== "").map((text) => ({ kind: "text", text }) as const),
      );
    }
  }
  return blocks;
}

/** A text on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

/** An argument's docstring, split into the sentences that have their own column and the rest. */
interface FieldText {
  readonly what: string;
  /** What leaving it out means; empty if the docstring does not say. */
  readonly default: string;
  /** Whether a change replaces the object; undefined if the docstring does not say. */
  readonly replaces?: boolean;
  /** How a change is made in place, if the docstring says more: `in place; the id stays`. */
  readonly change: string;
}

const replacesSentence = /(^|\s)Replaces\.(?=\s|$)/;
const inPlaceSentence = /(^|\s)Updated (in place[^.]*)\.(?=\s|$)/;
const defaultSentence = /(^|\s)Default:? (.+?)\.(?=\s|$)/;

export function fieldTextOf(docstring: string): FieldText {
  const text = oneLine(docstring);
  const replaces = replacesSentence.test(text) ? true : inPlaceSentence.test(text) ? false : undefined;
  const what = text
    .replace(replacesSentence, "")
    .replace(inPlaceSentence, "")
    .replace(defaultSentence, "")
    .trim();
  return {
    what,
    default: defaultSentence.exec(text)?.[2] ?? "",
    replaces,
    change: inPlaceSentence.exec(text)?.[2] ?? "",
  };
}
