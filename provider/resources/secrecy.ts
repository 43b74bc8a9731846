import * as pulumi from "@pulumi/pulumi";
import type { OutputSecrecy } from "../engine/secretOutputs";

/** What the engine receives about a resource's secrets. */
interface Secrecy {
  /**
   * An input for each output that contains a secret one. The engine encrypts an output if the input of that name is
   * secret; it is empty, because the provider fills in the output.
   */
  readonly inputs: Record<string, pulumi.Input<unknown>>;
  /** Names of the secret arguments, so that no notice prints them; missing if none can be secret. */
  readonly secrets?: pulumi.Output<string[]>;
}

/** Reports which arguments are secret. Arguments that are plain values cannot be. */
export function secrecyOf(args: object, derived: OutputSecrecy["derived"] = {}): Secrecy {
  const candidates = Object.entries(args).filter(([, value]) => mayBeSecret(value));
  if (candidates.length === 0) return { inputs: {} };
  const names = Promise.all(
    candidates.map(async ([name, value]) => ((await isSecret(value)) ? [name] : [])),
  ).then((secret) => secret.flat());
  const inputs = Object.entries(derived)
    .filter(([, sources]) => candidates.some(([name]) => sources.includes(name)))
    .map(([output, sources]) => [output, secretIf(names, sources)]);
  return { inputs: Object.fromEntries(inputs), secrets: pulumi.output(names) };
}

/** An empty value, secret if one of the sources is. In a preview, the engine would treat a value as the output's. */
function secretIf(names: Promise<string[]>, sources: readonly string[]): pulumi.Output<unknown> {
  const empty = pulumi.runtime.isDryRun() ? pulumi.runtime.unknownValue : null;
  const chosen = names.then((secret) =>
    secret.some((name) => sources.includes(name)) ? pulumi.secret<unknown>(empty) : undefined,
  );
  return pulumi.output(chosen);
}

function mayBeSecret(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(mayBeSecret);
}

function isSecret(value: unknown): Promise<boolean> {
  return pulumi.isSecret(pulumi.output(value));
}
