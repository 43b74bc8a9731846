import { printable } from "../access/messages";
import type { Remedy } from "../posthog/errors";

/** What a preview says about a resource. */
export interface Finding {
  /** An error stops the preview; a warning or a notice is printed. */
  readonly severity: "error" | "warning" | "notice";
  /** The path of the argument, such as `saml.metadataXml`; missing if the finding is about the whole resource. */
  readonly property?: string;
  readonly message: string;
}

/** An error with the message of a thrown one, or with several lines. */
export const failure = (property: string | undefined, message: string): Finding => ({
  severity: "error",
  property,
  message,
});

/** A finding that stops the preview; the reason and the fix follow on their own lines. */
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
