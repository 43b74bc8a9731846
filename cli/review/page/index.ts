import { createHash } from "node:crypto";
import type { AccessReview } from "../../../provider/review/model";
import { script, style } from "./assets.generated";
import { embedJson, pageHtml } from "./html";
import { packReview } from "./pack";

/**
 * A review as one self-contained HTML page: the matrix of people, keys and projects, with reasons and findings. Its policy
 * forbids every request, and every foreign script and style.
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
