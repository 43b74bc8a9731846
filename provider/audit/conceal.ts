/** Fields whose values stay hidden, whether or not PostHog has masked them. */
const secretField =
  /secret|password|passwd|token|private|credential|bearer|x509|certificate|challenge|secure_value|totp|sensitive|encrypted/i;

/** What stands in place of a secret. */
export const hidden = "(hidden)";

/** PostHog's keys, whole or cut; behind other letters only whole ones, because words such as graphs_ look alike. */
const key = /(?:\bph([xsar])_[A-Za-z0-9_-]{6,}|ph([xsar])_[A-Za-z0-9]{30,})/g;

/** Whether the values of a field are kept from everything that is printed. */
export function isSecretField(field: string): boolean {
  return secretField.test(field);
}

/**
 * A value without the secrets in it: PostHog masks most of them in the log, but not on every version. Hidden are the
 * fields whose names speak of secrets, at any depth, and keys in any text.
 */
export function conceal(value: unknown, field = ""): unknown {
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (value === "masked" || isSecretField(field)) return hidden;
  if (typeof value === "string") return concealKeys(value);
  if (Array.isArray(value)) return value.map((item) => conceal(item));
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, conceal(inner, name)]));
}

/** A text without PostHog's keys in it. */
export function concealKeys(text: string): string {
  return text.replace(key, (_, kind = "", inside = "") => `ph${kind}${inside}_...`);
}
