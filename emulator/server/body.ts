import * as z from "zod";
import { invalid, parseError, unsupportedMediaType } from "./errors";
import { pythonType } from "./fields";
import { describeJsonError } from "./jsonErrors";
import type { Call } from "./routing";

/** Decodes a request's body by its content type; `json` is one more media type of JSON. */
export function decodeBody(text: string, contentType: string | null, json?: string): unknown {
  const mediaType = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (text === "") {
    return {};
  }
  if (mediaType === "application/x-www-form-urlencoded") {
    return Object.fromEntries(new URLSearchParams(text));
  }
  if (mediaType !== "application/json" && mediaType !== json) {
    throw unsupportedMediaType(contentType ?? "");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw parseError(`JSON parse error - ${describeJsonError(text)}`);
  }
}

/**
 * Reads a call's body. The first field that rejects its value, in the schema's order, is the error. Fields that the
 * schema does not have are ignored, as PostHog does, and recorded.
 */
export function readBody<S extends z.ZodObject>(
  call: Call,
  schema: S,
  unknownHere: readonly string[] = [],
): z.output<S> {
  return readValue(call, call.body, schema, unknownHere);
}

/**
 * Reads one object, such as an item of a list in a body. `unknownHere` names fields of the schema that this server is
 * too old to have.
 */
export function readValue<S extends z.ZodObject>(
  call: Call,
  value: unknown,
  schema: S,
  unknownHere: readonly string[] = [],
): z.output<S> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`);
  }
  const isKnown = (name: string) => name in schema.shape && !unknownHere.includes(name);
  for (const field of Object.keys(value).filter((name) => !isKnown(name))) {
    call.backend.ignoredFields.push({ method: call.method, path: call.path, field });
  }
  const result = schema.safeParse(
    Object.fromEntries(Object.entries(value).filter(([name]) => isKnown(name))),
  );
  if (!result.success) {
    throw firstError(result.error);
  }
  return result.data;
}

const CodedIssue = z.object({ params: z.object({ code: z.string() }) });

/** The error of the first field that rejects its value. */
export function firstError(error: z.ZodError): Error {
  const issue = error.issues[0];
  const coded = CodedIssue.safeParse(issue);
  const code = coded.success ? coded.data.params.code : "invalid";
  return invalid(issue?.message ?? "Invalid input.", {
    attr: issue === undefined || issue.path.length === 0 ? null : issue.path.join("__"),
    code: code === "invalid" ? "invalid_input" : code,
  });
}
