import type { AccessReview } from "../../provider/review/model";
import { formatOfFile, type Pieces } from "../output/deliver";
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
