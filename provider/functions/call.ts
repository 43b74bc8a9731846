import * as pulumi from "@pulumi/pulumi";
import { nothingChanges } from "../resources/base";
import type { Functions } from "./contract";

type Name = keyof Functions;

/** Loads the half that talks to PostHog on the first call: programs without functions start faster. */
function loadReaders(): typeof import("./readers") {
  return require("./readers");
}

/** Calls a function with plain values. */
export async function call<Of extends Name>(name: Of, args: object): Promise<Functions[Of]["result"]> {
  const config = new pulumi.Config("posthog");
  const answer = await loadReaders().read(name, args, (key) => config.get(key), nothingChanges);
  // Pulumi prints only the message of a RunError; of any other error it prints the stack too.
  if ("problem" in answer) throw new pulumi.RunError(answer.problem);
  return answer.result;
}

/** Calls a function with outputs of resources as arguments. While one of them is unknown, the result is unknown. */
export function callOutput<Of extends Name>(name: Of, args: object): pulumi.Output<Functions[Of]["result"]> {
  return pulumi.output<object>(args).apply((known) => call(name, known));
}
