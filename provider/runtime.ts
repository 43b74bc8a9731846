import type { dynamic } from "@pulumi/pulumi";
import * as z from "zod";
import { printable } from "./access/messages";
import { isGet } from "./engine/arguments";
import type { ResourceHandler } from "./engine/handler";
import { createHost, type Host, noticeText } from "./engine/host";
import { type PlannedKind, resolveNeeds } from "./engine/needs";
import { SecretTexts } from "./engine/secretTexts";
import { dropUndefined, type Properties } from "./engine/state";
import { PartialResultError } from "./engine/unfinished";
import { handlers } from "./handlers";
import type { ConfigurationReader } from "./posthog/configuration";
import { NotFoundError } from "./posthog/errors";

const providerKey = "__provider";
/** What the class adds for messages; it never reaches the state. */
const declaredKey = "__declared";
/** What inputs carry so that previews know outputs; the engine does not show properties with such names. */
const stableKey = "__stable";
/** Names of the secret arguments, kept for runs that have only the state; missing if there are none. */
const secretsKey = "__secrets";
const ownKeys = new Set([providerKey, declaredKey, stableKey, secretsKey]);
const declaredSchema = z.object({
  /** The resource's name in the program. */
  name: z.string(),
  /** How many resources of each kind the program declares. */
  kinds: z.record(z.string(), z.number()),
  /** The resources of this package that it depends on, if the class reports them and they are already known. */
  dependencies: z.array(z.string()).catch([]),
  /** The arguments that are secret. */
  secrets: z.array(z.string()).catch([]),
  /** Outputs that the program makes secret. */
  hidden: z.array(z.string()).catch([]),
});

const secretNamesSchema = z.array(z.string()).catch([]);
const keptSchema = z.record(z.string(), z.unknown()).catch({});

/** What no message of this process may contain. */
const secretTexts = new SecretTexts();

let read: ConfigurationReader = () => undefined;
let kinds: Readonly<Record<string, number>> = {};
const host: Host = createHost(
  (key) => read(key),
  // The output of check appears among the stack's diagnostics, in previews too.
  (notice) => console.log(secretTexts.hideIn(noticeText(notice))),
  { planned },
);

/** The kinds of resource that the program declares, as last reported by a resource. */
function planned(): PlannedKind[] {
  return Object.entries(kinds).flatMap(([kind, count]) => {
    const handler = handlers.get(kind);
    return handler === undefined ? [] : [{ kind, count, needs: resolveNeeds(handler.definition.needs, {}) }];
  });
}

/** The stack configuration as Pulumi passes it to a dynamic provider. */
export type ConfigureRequest = dynamic.ConfigureRequest;

/** A reason why a resource cannot be applied. */
export type CheckFailure = dynamic.CheckFailure;

/** Pulumi's form of a comparison. */
export type DiffResult = dynamic.DiffResult &
  Required<Pick<dynamic.DiffResult, "changes" | "replaces" | "deleteBeforeReplace">>;

/** The dynamic provider of one kind of resource; the provider text in the state calls this. */
export function provider(type: string): DynamicProvider {
  return DynamicProvider.of(type);
}

/** The methods that Pulumi's dynamic provider process calls, on top of a handler. */
export class DynamicProvider implements dynamic.ResourceProvider<Properties, Properties> {
  private constructor(private readonly handler: ResourceHandler) {}

  /** The provider of one kind of resource, by the name behind `pulumi-nodejs:dynamic/posthog:`. */
  static of(type: string): DynamicProvider {
    const handler = handlers.get(type);
    if (handler !== undefined) return new DynamicProvider(handler);
    throw new NotFoundError(`pulumi-posthog has no resource ${type}`, {
      why: "The state was written by a newer version of the package.",
      fix: "npm install pulumi-posthog@latest",
    });
  }

  /** Nothing asynchronous may happen here: the process does not wait for it before the first call. */
  configure({ config }: ConfigureRequest): Promise<void> {
    read = (key) => config.get(`posthog:${key}`);
    return Promise.resolve();
  }

  check(olds: Properties, news: Properties): Promise<dynamic.CheckResult<Properties>> {
    return quietly(() => this.checked(olds, news));
  }

  private async checked(olds: Properties, news: Properties): Promise<dynamic.CheckResult<Properties>> {
    const { [declaredKey]: sent, ...rest } = news;
    const declared = declaredSchema.safeParse(sent).data ?? {
      name: "",
      kinds,
      dependencies: [],
      secrets: [],
      hidden: [],
    };
    kinds = declared.kinds;
    const { name, dependencies, secrets, hidden } = declared;
    const inputs = secrets.length === 0 ? rest : { ...rest, [secretsKey]: secrets };
    for (const properties of [olds, inputs]) rememberSecrets(properties);
    const [before, args] = [this.declared(olds), this.declared(inputs)];
    const { errors } = await this.handler.check(host, name, before, args, dependencies);
    // The property is part of the reason: the engine would print a separate property with its value, which may be
    // secret.
    const failures = errors.map(({ property, message }) => ({
      property: "",
      reason: secretTexts.hideIn(property === undefined ? message : `${printable(property)}: ${message}`),
    }));
    if (failures.length > 0) return { inputs, failures };
    const kept = keptSchema.parse(olds[stableKey]);
    // The class sends an empty input for an output that contains a secret argument.
    const secretOutputs = [...hidden, ...Object.keys(inputs)];
    const stable = await this.handler.stable(host, before, args, kept, secretOutputs);
    return {
      inputs: Object.keys(stable).length === 0 ? inputs : { ...inputs, [stableKey]: stable },
      failures,
    };
  }

  diff(_id: string, olds: Properties, news: Properties): Promise<DiffResult> {
    return quietly(async () => {
      rememberSecrets(olds);
      const { changes, replaces, deleteBeforeReplace } = await this.handler.diff(
        host,
        strip(olds),
        this.declared(news),
      );
      // The plugin's state does not name the provider; an update stores it, so that a refresh or deletion finds it.
      const wasPlugins = olds[providerKey] === undefined;
      return { changes: changes || wasPlugins, replaces: [...replaces], deleteBeforeReplace };
    });
  }

  create(inputs: Properties): Promise<dynamic.CreateResult<Properties>> {
    return withProvider(inputs, async () => {
      const { id, outputs } = await this.handler.create(host, this.declared(inputs));
      return { id, outs: { ...outputs, ...rememberSecrets(inputs) } };
    });
  }

  read(id: string, props: Properties = {}): Promise<dynamic.ReadResult<Properties>> {
    return quietly(async () => {
      const [state, secrets] = [strip(props), rememberSecrets(props)];
      if (isGet(state)) {
        const { id: found, outputs } = await this.handler.get(host, id, state);
        return { id: found, props: outputs };
      }
      const observed = await this.handler.read(host, id, state);
      if (observed === undefined) return {};
      const { outputs, inputs } = observed;
      const marks = this.secretMarks(props);
      return {
        id: observed.id,
        props: { ...outputs, ...secrets },
        inputs: { ...inputs, ...marks, ...secrets },
      };
    });
  }

  update(id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult<Properties>> {
    return withProvider(news, async () => {
      rememberSecrets(olds);
      const { outputs } = await this.handler.update(host, id, strip(olds), this.declared(news));
      return { outs: { ...outputs, ...rememberSecrets(news) } };
    });
  }

  delete(id: string, props: Properties): Promise<void> {
    return quietly(() => {
      rememberSecrets(props);
      return this.handler.delete(host, id, strip(props));
    });
  }

  private declared(inputs: Properties): Properties {
    return this.handler.declared(strip(inputs));
  }

  /**
   * The empty inputs that the class sends for outputs of secret arguments: without them, a refresh would show a change.
   */
  private secretMarks({ [secretsKey]: names }: Properties): Properties {
    const secrets = secretNamesSchema.parse(names);
    const derived = Object.entries(this.handler.definition.secrecy?.derived ?? {});
    const marked = derived.filter(([, sources]) => sources.some((source) => secrets.includes(source)));
    return Object.fromEntries(marked.map(([output]) => [output, null]));
  }
}

/** Keeps the secrets among the properties out of every message; returns what the state has to carry for that. */
function rememberSecrets({ [secretsKey]: names, ...properties }: Properties): Properties {
  const secrets = secretNamesSchema.parse(names);
  for (const secret of secrets) secretTexts.add(properties[secret]);
  return secrets.length === 0 ? {} : { [secretsKey]: secrets };
}

function strip(properties: Properties): Properties {
  const own = Object.entries(properties).filter(([key]) => !ownKeys.has(key));
  return dropUndefined(Object.fromEntries(own));
}

/** The engine keeps exactly these properties of a partial result, so they have to name its provider. */
async function withProvider<T>(inputs: Properties, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    hideSecretsIn(error);
    if (!(error instanceof PartialResultError)) throw error;
    const properties = {
      ...error.properties,
      ...rememberSecrets(inputs),
      [providerKey]: inputs[providerKey],
    };
    throw new PartialResultError(error.id, properties, error);
  }
}

/** The host prints errors of these methods itself, with their stack; this leaves only the engine's own line. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) {
      hideSecretsIn(error);
      error.stack = "see the error below";
      error.toString = () => "pulumi-posthog";
    }
    throw error;
  }
}

function hideSecretsIn(error: unknown): void {
  if (error instanceof Error) error.message = secretTexts.hideIn(error.message);
}
