import { printable } from "../access/messages";
import type { Remedy } from "../posthog/errors";

/** A remark of a preview about a resource. */
export interface Finding {
  /** An error stops the preview; a warning or a notice is printed. */
  readonly severity: "error" | "warning" | "notice";
  /** The argument that it is about, as a path such as `saml.metadataXml`; missing if it is about the whole resource. */
  readonly property?: string;
  readonly message: string;
}

/** An error with the message of one that was thrown, or with several lines of its own. */
export const failure = (property: string | undefined, message: string): Finding => ({
  severity: "error",
  property,
  message,
});

/** A finding that stops the preview; the reason and the fix follow on lines of their own. */
export const problem = (
  property: string | undefined,
  message: string,
  { why, fix }: Partial<Remedy> = {},
): Finding =>
  failure(
    property,
    [message, ...(why === undefined ? [] : [`why: ${why}`]), ...(fix === undefined ? [] : [`fix: ${fix}`])]
      .map(printable)
      .join("\n  "),
  );

export const warning = (message: string): Finding => ({ severity: "warning", message: printable(message) });

export const notice = (message: string): Finding => ({ severity: "notice", message: printable(message) });

/** Whether a finding stops the preview. */
export const isError = ({ severity }: Finding): boolean => severity === "error";
