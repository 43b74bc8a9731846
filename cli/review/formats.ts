import type * as z from "zod";
import { ConfigurationError } from "../../provider/posthog/errors";
import type { ChangeReview } from "../../provider/review/changes/model";
import type { AccessReview } from "../../provider/review/model";
import { type Printed, reportText } from "../common/json";
import { formatOfFile, jsonText, type Pieces } from "../common/output";
import { changesMarkdown, changesTable } from "./changes";
import { reviewCsv } from "./csv";
import {
  changesSchema,
  findingSchema,
  reviewedKeySchema,
  reviewedPersonSchema,
  reviewHeadSchema,
} from "./json";
import { reviewMarkdown } from "./markdown";
import { renderReviewPage } from "./page";
import { reviewSarif } from "./sarif";
import { reviewTable } from "./table";

export const reviewFormats = ["table", "json", "csv", "markdown", "sarif", "html"] as const;

export type ReviewFormat = (typeof reviewFormats)[number];

const extensions: Readonly<Record<string, ReviewFormat>> = {
  ".txt": "table",
  ".json": "json",
  ".csv": "csv",
  ".md": "markdown",
  ".sarif": "sarif",
  ".html": "html",
};

export const formatOf = (file: string): ReviewFormat => formatOfFile(file, extensions);

/** Options of single formats. */
interface WriteOptions {
  /** Characters in a line of the table. */
  readonly width: number;
  /** The file that SARIF shows findings in. */
  readonly file: string;
}

export function writeReview(
  review: AccessReview,
  format: ReviewFormat,
  { width, file }: WriteOptions,
): Pieces {
  const formats: Readonly<Record<ReviewFormat, () => Pieces>> = {
    table: () => [reviewTable(review, width), "\n"],
    json: () => reviewJson(review),
    csv: () => reviewCsv(review),
    markdown: () => [reviewMarkdown(review)],
    sarif: () => [reviewSarif(review, file), "\n"],
    html: () => [renderReviewPage(review)],
  };
  return formats[format]();
}

type ChangeFormat = "table" | "json" | "markdown";

const changeExtensions: Readonly<Record<string, ChangeFormat>> = {
  ".txt": "table",
  ".json": "json",
  ".md": "markdown",
};

export const changeFormatOf = (file: string): ChangeFormat => formatOfFile(file, changeExtensions);

/** Narrows the format of a review to those of changes. */
export function changeFormatNamed(name: ReviewFormat): ChangeFormat {
  if (name === "table" || name === "json" || name === "markdown") return name;
  throw new ConfigurationError(`changes cannot be written as ${name}`, {
    why: "Changes are neither findings nor a table of access.",
    fix: "Use table, json or markdown.",
  });
}

export function writeChanges(review: ChangeReview, format: ChangeFormat, width: number): Pieces {
  if (format === "json") return [reportText(changesSchema, review), "\n"];
  return format === "markdown" ? [changesMarkdown(review)] : [changesTable(review, width), "\n"];
}

/** A review as JSON, with one line per person and key: a whole company may be too long for one string. */
function* reviewJson({ people, keys, findings, ...head }: AccessReview): Generator<string> {
  yield `${reportText(reviewHeadSchema, head, { isOneLine: true }).slice(0, -1)},\n`;
  yield* list("people", reviewedPersonSchema, people);
  if (keys !== undefined) {
    yield ",\n";
    yield* list("keys", reviewedKeySchema, keys);
  }
  yield ",\n";
  yield* list("findings", findingSchema, findings);
  yield "}\n";
}

function* list<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  items: readonly Printed<z.input<Schema>>[],
): Generator<string> {
  yield `${JSON.stringify(name)}:[`;
  for (const [at, item] of items.entries())
    yield `${at === 0 ? "" : ","}\n${jsonText(schema.parse(item), { isOneLine: true })}`;
  yield "]";
}
