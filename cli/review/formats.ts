import { NotFoundError } from "../../provider/posthog/errors";
import type { ChangeReview } from "../../provider/review/changes/model";
import type { AccessReview } from "../../provider/review/model";
import { formatOfFile, type Pieces } from "../shared/output";
import { changesMarkdown, changesTable } from "./changes";
import { reviewCsv } from "./csv";
import { reviewJson } from "./json";
import { reviewMarkdown } from "./markdown";
import { renderReviewPage } from "./page";
import { reviewSarif } from "./sarif";
import { reviewTable } from "./table";

/** How a review can be written. */
export const reviewFormats = ["table", "json", "csv", "markdown", "sarif", "html"] as const;

/** The name of a format. */
export type ReviewFormat = (typeof reviewFormats)[number];

const extensions: Readonly<Record<string, ReviewFormat>> = {
  ".txt": "table",
  ".json": "json",
  ".csv": "csv",
  ".md": "markdown",
  ".sarif": "sarif",
  ".html": "html",
};

/** The format of a review in that file. */
export const formatOf = (file: string): ReviewFormat => formatOfFile(file, extensions);

/** What a review is written with. */
export interface Writing {
  /** Characters of a line of the table. */
  readonly width: number;
  /** The file that findings are shown beside in SARIF. */
  readonly file: string;
}

/** A review in one of the formats. */
export function writeReview(review: AccessReview, format: ReviewFormat, { width, file }: Writing): Pieces {
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

/** How a change can be written. */
export type ChangeFormat = "table" | "json" | "markdown";

const changeExtensions: Readonly<Record<string, ChangeFormat>> = {
  ".txt": "table",
  ".json": "json",
  ".md": "markdown",
};

/** The format of a change in that file. */
export const changeFormatOf = (file: string): ChangeFormat => formatOfFile(file, changeExtensions);

/** The format of a change by the name of a review's; not every one of them can be had. */
export function changeFormatNamed(name: ReviewFormat): ChangeFormat {
  if (name === "table" || name === "json" || name === "markdown") return name;
  throw new NotFoundError(`changes cannot be written as ${name}`, {
    why: `A change is no list of findings, and no table of access.`,
    fix: "Take table, json or markdown.",
  });
}

/** A change in one of the formats. */
export function writeChanges(review: ChangeReview, format: ChangeFormat, width: number): Pieces {
  if (format === "json") return [JSON.stringify(review, undefined, 2), "\n"];
  return format === "markdown" ? [changesMarkdown(review)] : [changesTable(review, width), "\n"];
}
