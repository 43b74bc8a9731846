import { createHash } from "node:crypto";
import type { AccessReview } from "../../../provider/review/model";
import { script, style } from "./assets.generated";
import { embedJson } from "./escape";
import { packReview } from "./pack";
import { pageHtml } from "./template";

/**
 * A review as one HTML page that needs nothing else: the matrix of people, keys and projects, with the reasons and the
 * findings. Its policy forbids the browser every request, and every script and style but its own.
 */
export function renderReviewPage(review: AccessReview): string {
  const data = embedJson(packReview(review));
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return pageHtml({ review, style, script, data, policy });
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
