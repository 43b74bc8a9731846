import type { Remedy } from "../posthog/errors";

/** A remark of a preview about a resource. */
export interface Finding {
  /** An error stops the preview; a warning or a notice is printed. */
  readonly severity: "error" | "warning" | "notice";
  /** The argument that it is about, as a path such as `saml.metadataXml`; missing if it is about the whole resource. */
  readonly property?: string;
  readonly message: string;
}

/** A finding that stops the preview; the reason and the fix follow on lines of their own. */
export const problem = (
  property: string | undefined,
  message: string,
  { why, fix }: Partial<Remedy> = {},
): Finding => ({
  severity: "error",
  property,
  message: [
    message,
    ...(why === undefined ? [] : [`why: ${why}`]),
    ...(fix === undefined ? [] : [`fix: ${fix}`]),
  ].join("\n  "),
});

export const warning = (message: string): Finding => ({ severity: "warning", message });

export const notice = (message: string): Finding => ({ severity: "notice", message });

/** Whether a finding stops the preview. */
export const isError = ({ severity }: Finding): boolean => severity === "error";
