import * as z from "zod";
import type { Json } from "../store/entities";

/** A field of a request body. Its errors have Django REST framework's messages and codes. */
export type Field<T> = z.ZodType<T>;

class Refusal extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly path: readonly string[],
  ) {
    super(detail);
  }
}

/** Rejects the value that is being read, or the value at a path inside it. */
export function refuse(code: string, detail: string, ...path: string[]): never {
  throw new Refusal(code, detail, path);
}

/** Makes a field from a function that reads, or rejects, a value that is present and not null. */
export function field<T>(read: (value: unknown) => T): Field<T> {
  return z.unknown().transform((value, context) =>
    noteRefusal(context, value, () => {
      if (value === undefined) {
        refuse("required", "This field is required.");
      }
      if (value === null) {
        refuse("null", "This field may not be null.");
      }
      return read(value);
    }),
  );
}

/** A field with a further check, which can reject the value after it is read. */
export function checked<T>(inner: Field<T>, check: (value: T) => void): Field<T> {
  return inner.superRefine((value, context) => noteRefusal(context, value, () => check(value)));
}

function noteRefusal<T>(context: z.RefinementCtx, value: unknown, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    const { code, message, path } = error;
    context.issues.push({ code: "custom", input: value, message, path: [...path], params: { code } });
    return z.NEVER;
  }
}

/** Text, trimmed. Empty text needs `blank`. */
export function text(limits: { max?: number; blank?: boolean } = {}): Field<string> {
  return field((value) => readText(value, limits));
}

function readText(value: unknown, { max, blank = false }: { max?: number; blank?: boolean }): string {
  if (typeof value !== "string" && typeof value !== "number") {
    refuse("invalid", "Not a valid string.");
  }
  const trimmed = String(value).trim();
  if (trimmed === "" && !blank) {
    refuse("blank", "This field may not be blank.");
  }
  if (max !== undefined && [...trimmed].length > max) {
    refuse("max_length", `Ensure this field has no more than ${max} characters.`);
  }
  if (trimmed.includes("\0")) {
    refuse("null_characters_not_allowed", "Null characters are not allowed.");
  }
  return trimmed;
}

export function email(max = 254): Field<string> {
  return field((value) => {
    const address = readText(value, { max });
    if (!/^[^\s@"<>]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(address)) {
      refuse("invalid", "Enter a valid email address.");
    }
    return address;
  });
}

const YES: readonly unknown[] = ["t", "y", "yes", "true", "on", "1", 1, true];
const NO: readonly unknown[] = ["f", "n", "no", "false", "off", "0", 0, false];

/** A boolean. Like Django REST framework, accepts the usual words for it. */
export function boolean(): Field<boolean> {
  return field((value) => {
    const word = typeof value === "string" ? value.trim().toLowerCase() : value;
    return YES.includes(word) || (!NO.includes(word) && refuse("invalid", "Must be a valid boolean."));
  });
}

/** What Python reads as a whole number, after Django REST framework cuts off decimal zeros. */
const WHOLE_NUMBER = /^\s*[-+]?\d+(\.0*)?\s*$/;

export function integer(limits: { min?: number; max?: number } = {}): Field<number> {
  return field((value) => {
    const number = typeof value === "string" && WHOLE_NUMBER.test(value) ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number)) {
      return refuse("invalid", "A valid integer is required.");
    }
    if (limits.max !== undefined && number > limits.max) {
      refuse("max_value", `Ensure this value is less than or equal to ${limits.max}.`);
    }
    if (limits.min !== undefined && number < limits.min) {
      refuse("min_value", `Ensure this value is greater than or equal to ${limits.min}.`);
    }
    return number;
  });
}

/** One of a few values. */
export function choice<const T extends string | number>(choices: readonly T[]): Field<T> {
  return field((value) => {
    const sent = pythonText(value);
    return (
      choices.find((one) => String(one) === sent) ??
      refuse("invalid_choice", `"${sent}" is not a valid choice.`)
    );
  });
}

/** A UUID, in lower case. */
export function uuid(): Field<string> {
  return field((value) => {
    if (typeof value !== "string" || !isUuid(value)) {
      return refuse("invalid", "Must be a valid UUID.");
    }
    return value.toLowerCase();
  });
}

/** The UUID of another row, which must exist. */
export function reference(exists: (id: string) => boolean): Field<string> {
  return field((value) => readReference(value, exists));
}

/** The UUIDs of other rows. A wrong one is an error of the whole field, not of one item. */
export function references(exists: (id: string) => boolean): Field<string[]> {
  return field((value) => readList(value).map((item) => readReference(item, exists)));
}

function readReference(value: unknown, exists: (id: string) => boolean): string {
  if (typeof value !== "string" || !isUuid(value)) {
    return refuse("invalid", `“${String(value)}” is not a valid UUID.`);
  }
  const id = value.toLowerCase();
  return exists(id) ? id : refuse("does_not_exist", `Invalid pk "${value}" - object does not exist.`);
}

export function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value);
}

export function list<T>(item: Field<T>, limits: { min?: number } = {}): Field<T[]> {
  return field((value) => {
    const items = readList(value);
    if (items.length < (limits.min ?? 0)) {
      refuse("empty", "This list may not be empty.");
    }
    return items;
  }).pipe(z.array(item));
}

function readList(value: unknown): unknown[] {
  return Array.isArray(value)
    ? value
    : refuse("not_a_list", `Expected a list of items but got type "${pythonType(value)}".`);
}

export function json(): Field<Json> {
  return field((value) => z.json().parse(value));
}

/** Python's name for the type of a JSON value, which PostHog's messages contain. */
export function pythonType(value: unknown): string {
  if (value === null) {
    return "NoneType";
  }
  if (Array.isArray(value)) {
    return "list";
  }
  const names: Record<string, string> = { string: "str", boolean: "bool", object: "dict" };
  return names[typeof value] ?? (Number.isInteger(value) ? "int" : "float");
}

/** Python's text of a JSON value, which PostHog's messages contain. */
export function pythonText(value: unknown): string {
  return typeof value === "string" ? value : pythonLiteral(value);
}

function pythonLiteral(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(pythonLiteral).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, one]) => `${pythonLiteral(key)}: ${pythonLiteral(one)}`);
    return `{${members.join(", ")}}`;
  }
  if (typeof value === "string") {
    return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
  }
  const words: Record<string, string> = { null: "None", undefined: "None", true: "True", false: "False" };
  return words[String(value)] ?? String(value);
}
