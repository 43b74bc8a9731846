import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import {
  type ConfigValue,
  emulatorConfig,
  PulumiStack,
  Secret,
  type StackProgram,
  type StackResult,
} from "../../tools/stack";

/** The start of a test's stack and emulator. */
interface WithStackOptions {
  /** Options of the emulator. Default: organization Acme. */
  readonly emulator?: EmulatorOptions;
  /** Configuration added to host, API key and organization; `undefined` removes one of them. */
  readonly config?: Readonly<Record<string, ConfigValue | undefined>>;
  /** Whether the owner's e-mail address and password are also configured. Default: true. */
  readonly session?: boolean;
  /** Variables for the CLI and all it starts. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of plugins that come before the engine's own. */
  readonly plugins?: string;
}

/**
 * Runs a test with a stack of the real engine and a new emulator, and removes both afterwards. The program is
 * JavaScript source in which `pulumi` and `posthog` are defined.
 */
export async function withStack(
  program: string | StackProgram,
  body: (stack: PulumiStack, emulator: Emulator) => Promise<void>,
  options: WithStackOptions = {},
): Promise<void> {
  const emulator = await startEmulator(options.emulator);
  try {
    const stack = await PulumiStack.create({
      program: typeof program === "string" ? javascript(program) : program,
      config: defined({ ...connection(emulator, options.session ?? true), ...options.config }),
      env: options.env,
      plugins: options.plugins,
    });
    try {
      await body(stack, emulator);
    } finally {
      await stack.close();
    }
  } finally {
    await emulator.close();
  }
}

/** A JavaScript program in which `pulumi` and `posthog` are defined. */
export function javascript(body: string): StackProgram {
  const preamble = [
    'const pulumi = require("@pulumi/pulumi");',
    'const posthog = require("pulumi-posthog");',
  ].join("\n");
  return { source: `${preamble}\n${body}` };
}

/** A run's changes to the program's resources: `create staging`, `update analyst: accessLevel`. */
export function changesOf({ steps }: StackResult): string[] {
  const changing = steps.filter(({ op }) => !["same", "read", "refresh"].includes(op));
  return changing.map(
    ({ op, name, diffs }) => `${op} ${name}${diffs.length > 0 ? `: ${diffs.join(", ")}` : ""}`,
  );
}

function connection(emulator: Emulator, session: boolean): Record<string, ConfigValue> {
  const { email, password, totpSecret } = emulator;
  const signIn = {
    "posthog:email": email,
    "posthog:password": new Secret(password),
    ...(totpSecret === undefined ? {} : { "posthog:totpSecret": new Secret(totpSecret) }),
  };
  return {
    ...emulatorConfig(emulator),
    // The emulator has no limit unless a test sets one.
    "posthog:requestsPerMinute": "off",
    ...(session ? signIn : {}),
  };
}

function defined(config: Readonly<Record<string, ConfigValue | undefined>>): Record<string, ConfigValue> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
