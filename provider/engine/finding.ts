import type { Remedy } from "../posthog/errors";

/** Something that a preview says about a resource. */
export interface Finding {
  /** An error stops the preview; a warning or a notice is printed. */
  readonly severity: "error" | "warning" | "notice";
  /** The argument that it is about, as a path such as `saml.metadataXml`; missing when it is about the whole. */
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

/** A finding that is printed as a warning. */
export const warning = (message: string): Finding => ({ severity: "warning", message });

/** A finding that is printed for information. */
export const notice = (message: string): Finding => ({ severity: "notice", message });
