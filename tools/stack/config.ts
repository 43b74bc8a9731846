/** A configuration value that is stored encrypted. */
export class Secret {
  constructor(
    /** The value in clear. */
    readonly value: string,
  ) {}
}

/** A configuration value: text, a secret, or an object of them (`posthog:accounts`). */
export type ConfigValue = string | number | boolean | Secret | { readonly [key: string]: ConfigValue };

/** The arguments of `pulumi config set-all --path` for these values; nested keys become paths. */
export function configArguments(config: Readonly<Record<string, ConfigValue>>): string[] {
  return Object.entries(config).flatMap(([key, value]) => flatten(key, value));
}

function flatten(path: string, value: ConfigValue): string[] {
  if (value instanceof Secret) return ["--secret", `${path}=${value.value}`];
  if (typeof value !== "object") return ["--plaintext", `${path}=${value}`];
  return Object.entries(value).flatMap(([key, inner]) => flatten(`${path}["${key}"]`, inner));
}
