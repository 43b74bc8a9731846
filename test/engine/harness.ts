import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import {
  type ConfigValue,
  emulatorConfig,
  PulumiStack,
  Secret,
  type StackProgram,
  type StackResult,
} from "../../tools/stack";

/** What a test's stack and its emulator start from. */
interface WithStackOptions {
  /** How the emulator starts. Default: organization Acme. */
  readonly emulator?: EmulatorOptions;
  /** Configuration on top of host, API key and organization; `undefined` takes one of them away. */
  readonly config?: Readonly<Record<string, ConfigValue | undefined>>;
  /** Whether the owner's e-mail address and password are configured as well. Default: true. */
  readonly session?: boolean;
  /** Variables for the CLI and all it starts. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder with plugins that come before the engine's own. */
  readonly plugins?: string;
}

/**
 * Runs a test with a stack of the real engine and an emulator of its own, and removes both afterwards.
 * The program is the text of a JavaScript program, in which `pulumi` and `posthog` are defined.
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

/** What a run does to the program's resources, unchanged ones left out: `create staging`, `update analyst: accessLevel`. */
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
    // The emulator has no limit unless a test asks for one.
    "posthog:requestsPerMinute": "off",
    ...(session ? signIn : {}),
  };
}

function defined(config: Readonly<Record<string, ConfigValue | undefined>>): Record<string, ConfigValue> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
