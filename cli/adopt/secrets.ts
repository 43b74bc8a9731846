import type { Properties } from "../../provider/engine/state";

/** Key that marks values other than plain JSON in Pulumi's states and plans. */
const signature = "4dabf18193072939515e22adb298388d";
/** Value that marks a secret. */
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
/** What a preview prints instead of a secret. */
const masked = "[secret]";

/** Whether a value is a secret in the form of states and plans. */
function isSecret(value: unknown): value is { readonly plaintext?: unknown } {
  return isObject(value) && value[signature] === secretMark;
}

/** Whether a value, or anything inside it, is a secret. */
export function containsSecret(value: unknown): boolean {
  return isSecret(value) || inside(value).some(containsSecret);
}

/** Whether a preview masked a value, or anything inside it. */
export function containsMasked(value: unknown): boolean {
  return value === masked || inside(value).some(containsMasked);
}

/** A secret in the form of a state; Pulumi encrypts it on import. */
export function toSecret(value: unknown): Properties {
  return { [signature]: secretMark, plaintext: JSON.stringify(value) };
}

/** A value with its secrets in plain text. */
export function revealed(value: unknown): unknown {
  if (isSecret(value)) {
    return typeof value.plaintext === "string" ? revealed(JSON.parse(value.plaintext)) : undefined;
  }
  if (Array.isArray(value)) return value.map(revealed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revealed(inner)]));
}

function inside(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
