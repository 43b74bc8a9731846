import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { type Engine, engineEnvironment, ensureEngine } from "../engine";
import { type RunResult, run } from "../processes";
import { repositoryRoot } from "../repository";
import { parseEvents, type StackEvents } from "./events";
import {
  type ConfigValue,
  configFlags,
  type ProgramPackage,
  type StackProgram,
  writeProgram,
  writeProject,
} from "./project";

export type { StackDiagnostic, StackEvents, StackStep } from "./events";
export { type ConfigValue, emulatorConfig, Secret, type StackProgram } from "./project";

export interface StackOptions {
  readonly program: StackProgram;
  /** Stack configuration, keys with their namespace (`posthog:host`). */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** Variables for the CLI and all it starts, added to this process's without its `PULUMI_` and `POSTHOG_` ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Packages that the program needs in addition to this one and Pulumi's. */
  readonly packages?: readonly ProgramPackage[];
  /** Folder of the resource plugins for those packages, which the engine finds on PATH. */
  readonly plugins?: string;
  /** Project name. Default: `posthog-test`. */
  readonly name?: string;
  /** The engine to run. Default: this machine's. */
  readonly engine?: Engine;
  /** Ends what is running, as `close` does. Commands then throw. */
  readonly signal?: AbortSignal;
  /** Called with each line that the CLI prints. */
  readonly onLine?: (line: string) => void;
}

export interface CommandOptions {
  /** More flags for the CLI, such as `--target` or `--policy-pack`. */
  readonly flags?: readonly string[];
  /** More variables, for this command only. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the command should fail: then it resolves, and throws if it succeeds. Default: false. */
  readonly fails?: boolean;
  /** Called with the CLI's process id. */
  readonly onStart?: (pid: number) => void;
  /** Called with each line that it prints, instead of the stack's own callback. */
  readonly onLine?: (line: string) => void;
}

/** The result of one command. */
export interface StackResult extends RunResult, StackEvents {
  /** How long it took, in milliseconds. */
  readonly milliseconds: number;
}

const outputsSchema = z.record(z.string(), z.unknown());
const resourceSchema = z.looseObject({ urn: z.string(), type: z.string() });
const stateSchema = z.looseObject({
  version: z.number(),
  deployment: z.looseObject({ resources: z.array(resourceSchema).optional() }),
});

/** A stack's state as `pulumi stack export` prints it: `deployment.resources` includes the stack itself. */
export type StackState = z.infer<typeof stateSchema>;

/** The name of every stack: each has a separate backend. */
const STACK_NAME = "dev";

/**
 * A stack of the real Pulumi CLI in a temporary folder with a separate backend.
 *
 * `run` starts every command, not the Automation API, with which
 * - a failed command loses its exit code and the order of its two streams, which tests and messages quote;
 * - the CLI's process id is unknown, so memory cannot be measured and `close` could not end the plugins;
 * - Ctrl-C in a terminal reaches the CLI directly, while the demo must decide what a first and a second one mean;
 * - this process's own `PULUMI_` and `POSTHOG_` variables reach the program;
 * - every `up` starts the CLI three more times, every `refresh` and `destroy` once more: about a fifth of their time;
 * - creating a stack takes almost two seconds longer, to load the API and to read the CLI's version.
 */
export class PulumiStack {
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<unknown>>();
  private pid: number | undefined;
  private commands = 0;

  private constructor(
    /** The temporary folder: `project`, `state`, `home` and `tmp`. */
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly options: StackOptions,
  ) {}

  /** Creates a stack: project, backend, configuration. The caller closes it. */
  static async create(options: StackOptions): Promise<PulumiStack> {
    const engine = options.engine ?? (await ensureEngine());
    // The real path: if the folder for temporary files is a link, the CLI and Node otherwise use different paths.
    const folder = await realpath(await mkdtemp(join(tmpdir(), "pulumi-posthog-")));
    try {
      for (const part of ["project", "state", "tmp"]) await mkdir(join(folder, part));
      await writeProject(join(folder, "project"), options.packages);
      const environment = stackEnvironment(folder, engine, options);
      const stack = new PulumiStack(folder, environment, options);
      await stack.setProgram(options.program);
      await stack.succeed("stack", "init");
      if (options.config) await stack.setConfig(options.config);
      return stack;
    } catch (error) {
      await removeFolder(folder);
      throw error;
    }
  }

  async setProgram(program: StackProgram): Promise<void> {
    const name = this.options.name ?? "posthog-test";
    const settings = { ...(await writeProgram(this.project, program)), name };
    await writeFile(join(this.project, "Pulumi.yaml"), JSON.stringify(settings));
  }

  /** Sets configuration values and keeps the others. */
  async setConfig(config: Readonly<Record<string, ConfigValue>>): Promise<void> {
    await this.succeed("config", "set-all", "--path", ...configFlags(config));
  }

  /** `pulumi preview`. */
  preview(options?: CommandOptions): Promise<StackResult> {
    return this.command("preview", [], options);
  }

  /** `pulumi up`, without the preview before it. */
  up(options?: CommandOptions): Promise<StackResult> {
    return this.command("up", ["--yes", "--skip-preview"], options);
  }

  /** `pulumi refresh`, without the preview before it. */
  refresh(options?: CommandOptions): Promise<StackResult> {
    return this.command("refresh", ["--yes", "--skip-preview"], options);
  }

  /** `pulumi refresh --preview-only`: what a refresh would find, without writing it. */
  previewRefresh(options?: CommandOptions): Promise<StackResult> {
    return this.command("refresh", ["--preview-only"], options);
  }

  /** `pulumi destroy`, without the preview before it. */
  destroy(options?: CommandOptions): Promise<StackResult> {
    return this.command("destroy", ["--yes", "--skip-preview"], options);
  }

  /** The stack's outputs; secret ones are `[secret]` unless asked for. */
  async outputs(options: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
    const flags = options.showSecrets ? ["--show-secrets"] : [];
    return outputsSchema.parse(JSON.parse(await this.succeed("stack", "output", "--json", ...flags)));
  }

  /** The stack's state; secrets stay encrypted unless asked for. */
  async exportState(options: { showSecrets?: boolean } = {}): Promise<StackState> {
    const flags = options.showSecrets ? ["--show-secrets"] : [];
    return stateSchema.parse(JSON.parse(await this.succeed("stack", "export", ...flags)));
  }

  /** The stack's state as text, to search for what must not be in it. */
  exportText(): Promise<string> {
    return this.succeed("stack", "export");
  }

  async importState(state: StackState): Promise<void> {
    const file = join(this.folder, "import.json");
    await writeFile(file, JSON.stringify(state));
    await this.succeed("stack", "import", "--file", file);
  }

  /** `pulumi cancel`: removes the lock of a command that was killed. */
  async cancel(): Promise<void> {
    await this.succeed("cancel", "--yes");
  }

  /** Runs one of this package's commands in the project's folder, where it finds the stack and its configuration. */
  tool(args: readonly string[], options: CommandOptions = {}): Promise<RunResult> {
    const main = join(repositoryRoot(), "dist", "cli", "main.js");
    return this.start(process.execPath, [main, ...args], options);
  }

  /** Runs a shell script in the project's folder as CI does: it ends at the first command that fails. */
  shell(script: string, options: CommandOptions = {}): Promise<RunResult> {
    return this.start("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], options);
  }

  /** Interrupts a running command as Ctrl-C does: the engine finishes what is running and saves its state. */
  interrupt(): void {
    if (this.pid !== undefined) process.kill(this.pid, "SIGINT");
  }

  /** Ends what is running and removes the folder. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.running);
    await removeFolder(this.folder);
  }

  get project(): string {
    return join(this.folder, "project");
  }

  /** `pulumi import` of the resources in a file; returns the generated program. */
  async import(resources: readonly object[], options?: CommandOptions): Promise<string> {
    const [file, out] = [join(this.folder, "import.json"), join(this.folder, "imported.yaml")];
    await writeFile(file, JSON.stringify({ resources }));
    await this.command(
      "import",
      ["--file", file, "--out", out, "--yes", "--skip-preview", "--protect=false"],
      options,
    );
    return readFile(out, "utf8");
  }

  private async command(verb: string, flags: string[], options: CommandOptions = {}): Promise<StackResult> {
    const log = join(this.folder, `events-${++this.commands}.jsonl`);
    const started = Date.now();
    const result = await this.pulumi(
      [verb, ...flags, "--event-log", log, "--color", "never", ...(options.flags ?? [])],
      options,
    );
    const milliseconds = Date.now() - started;
    const events = parseEvents(await readFile(log, "utf8").catch(() => ""));
    const failed = result.code !== 0;
    if (failed !== (options.fails ?? false)) {
      throw new Error(`pulumi ${verb} ${failed ? "failed" : "was expected to fail"}:\n${result.text}`);
    }
    return { ...result, ...events, milliseconds };
  }

  /** The output of a command that must not fail. */
  private async succeed(...args: string[]): Promise<string> {
    const result = await this.pulumi(args);
    if (result.code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed:\n${result.text}`);
    return result.stdout;
  }

  private pulumi(args: readonly string[], options: CommandOptions = {}): Promise<RunResult> {
    return this.start("pulumi", [...args, "--stack", STACK_NAME, "--non-interactive"], options);
  }

  private async start(program: string, args: readonly string[], options: CommandOptions): Promise<RunResult> {
    const signal = AbortSignal.any([
      this.stopping.signal,
      ...(this.options.signal ? [this.options.signal] : []),
    ]);
    const running = run(program, args, {
      cwd: this.project,
      env: { ...this.environment, ...options.env },
      signal,
      onLine: options.onLine ?? this.options.onLine,
      onStart: (pid) => {
        this.pid = pid;
        options.onStart?.(pid);
      },
    });
    this.running.add(running);
    try {
      const result = await running;
      if (signal.aborted) throw new Error(`${program} ${args[0]} was stopped.`);
      return result;
    } finally {
      this.running.delete(running);
      this.pid = undefined;
    }
  }
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

function stackEnvironment(
  folder: string,
  engine: Engine,
  { env, plugins }: StackOptions,
): Record<string, string> {
  const own =
    plugins === undefined ? process.env : engineEnvironment({ ...engine, bin: plugins }, process.env);
  // The developer's own Pulumi and PostHog settings must not reach a temporary stack.
  const inherited = Object.entries(engineEnvironment(engine, own)).flatMap(
    ([key, value]): [string, string][] =>
      value === undefined || /^(PULUMI|POSTHOG)_/.test(key) ? [] : [[key, value]],
  );
  return {
    ...Object.fromEntries(inherited),
    // The engine's pipes and the TypeScript loader's cache are deleted with the stack, however it ends.
    TMPDIR: join(folder, "tmp"),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "throw-away",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // The repository's type check covers the programs, so runs do not repeat it.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    // Enables the flag --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
    ...env,
  };
}
