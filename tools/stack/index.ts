import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type Engine, engineEnvironment, ensureEngine } from "../engine";
import { repositoryRoot } from "../repository";
import { type RunResult, run } from "../run";
import { type ConfigValue, configArguments } from "./config";
import { parseEvents, type StackEvents } from "./events";
import { STACK_NAME, type StackProgram, writeProgram, writeProject } from "./project";

export { type ConfigValue, Secret } from "./config";
export type { StackDiagnostic, StackEvents, StackStep } from "./events";
export type { StackProgram } from "./project";

/** What a stack starts from. */
export interface StackOptions {
  /** The program that is run. */
  readonly program: StackProgram;
  /** Stack configuration, keys with their namespace (`posthog:host`). */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** Variables for the CLI and all it starts, on top of this process's without its own `PULUMI_` and `POSTHOG_` ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Project name. Default: `posthog-test`. */
  readonly name?: string;
  /** The engine to run. Default: this machine's. */
  readonly engine?: Engine;
  /** Ends what is running, as `close` does; commands then throw. */
  readonly signal?: AbortSignal;
  /** Called with each line that the CLI prints. */
  readonly onLine?: (line: string) => void;
}

/** How one command is run. */
export interface CommandOptions {
  /** More flags for the CLI, such as `--target` or `--policy-pack`. */
  readonly flags?: readonly string[];
  /** More variables for this command only. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the command is expected to fail: then it resolves, and throws where it succeeds. Default: false. */
  readonly fails?: boolean;
  /** Called with the CLI's process id. */
  readonly onStart?: (pid: number) => void;
  /** Called with each line that it prints, instead of the stack's own. */
  readonly onLine?: (line: string) => void;
}

/** What one command did. */
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

/** A stack's state as `pulumi stack export` prints it: `deployment.resources` holds the stack itself and the rest. */
export type StackState = z.infer<typeof stateSchema>;

/** A stack of the real Pulumi CLI in a temporary folder with a backend of its own. */
export class PulumiStack {
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<unknown>>();
  private pid: number | undefined;
  private commands = 0;

  private constructor(
    /** The temporary folder: `project`, `state`, `home` and `tmp`. */
    readonly folder: string,
    private readonly engine: Engine,
    private readonly options: StackOptions,
  ) {}

  /** Sets a stack up: project, backend, configuration. Whoever makes one closes it. */
  static async create(options: StackOptions): Promise<PulumiStack> {
    const engine = options.engine ?? (await ensureEngine());
    // The real path: the CLI and Node would otherwise disagree about it where the folder for temporary files is a link.
    const folder = await realpath(await mkdtemp(join(tmpdir(), "pulumi-posthog-")));
    const stack = new PulumiStack(folder, engine, options);
    try {
      await writeProject(stack.project, stack.name);
      await writeProgram(stack.project, stack.name, options.program);
      for (const part of ["state", "tmp"]) await mkdir(join(folder, part));
      await stack.cli(["stack", "init"]);
      if (options.config) await stack.setConfig(options.config);
      return stack;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  /** Replaces the program. */
  async setProgram(program: StackProgram): Promise<void> {
    await writeProgram(this.project, this.name, program);
  }

  /** Sets configuration values, keeping the others. */
  async setConfig(config: Readonly<Record<string, ConfigValue>>): Promise<void> {
    await this.cli(["config", "set-all", "--path", ...configArguments(config)]);
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

  /** `pulumi refresh --preview-only`: what a refresh would find; nothing is written. */
  previewRefresh(options?: CommandOptions): Promise<StackResult> {
    return this.command("refresh", ["--preview-only"], options);
  }

  /** `pulumi destroy`, without the preview before it. */
  destroy(options?: CommandOptions): Promise<StackResult> {
    return this.command("destroy", ["--yes", "--skip-preview"], options);
  }

  /** The stack's outputs; secret ones as `[secret]` unless asked for. */
  async outputs(options: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
    const flags = options.showSecrets ? ["--show-secrets"] : [];
    return outputsSchema.parse(JSON.parse((await this.cli(["stack", "output", "--json", ...flags])).stdout));
  }

  /** The stack's state; secrets stay encrypted. */
  async exportState(): Promise<StackState> {
    return stateSchema.parse(JSON.parse(await this.exportText()));
  }

  /** The stack's state as text, for looking for what must not be in it and for its size. */
  async exportText(): Promise<string> {
    return (await this.cli(["stack", "export"])).stdout;
  }

  /** Replaces the stack's state. */
  async importState(state: StackState): Promise<void> {
    const file = join(this.folder, "import.json");
    await writeFile(file, JSON.stringify(state));
    await this.cli(["stack", "import", "--file", file]);
  }

  /** Runs one of this package's own commands in the project's folder, where it finds the stack and its configuration. */
  tool(args: readonly string[], options: CommandOptions = {}): Promise<RunResult> {
    const main = join(repositoryRoot(), "dist", "cli", "main.js");
    return this.start(process.execPath, [main, ...args], options);
  }

  /** Runs a shell script in the project's folder, as CI does: it ends at the first command that fails. */
  shell(script: string, options: CommandOptions = {}): Promise<RunResult> {
    return this.start("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], options);
  }

  /** Asks a running command to stop as Ctrl-C does: the engine finishes what is under way and saves its state. */
  interrupt(): void {
    if (this.pid !== undefined) process.kill(this.pid, "SIGINT");
  }

  /** Ends what is running and removes the folder. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.running);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The folder of the program. */
  get project(): string {
    return join(this.folder, "project");
  }

  private get name(): string {
    return this.options.name ?? "posthog-test";
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

  private async cli(args: string[]): Promise<RunResult> {
    const result = await this.pulumi(args, {});
    if (result.code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed:\n${result.text}`);
    return result;
  }

  private pulumi(args: readonly string[], options: CommandOptions): Promise<RunResult> {
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

  private get environment(): NodeJS.ProcessEnv {
    // The developer's own Pulumi and PostHog settings must not reach a throw-away stack.
    const inherited = Object.entries(process.env).filter(([key]) => !/^(PULUMI|POSTHOG)_/.test(key));
    return engineEnvironment(this.engine, {
      ...Object.fromEntries(inherited),
      // The engine's pipes and the TypeScript loader's cache go with the stack, however it ends.
      TMPDIR: join(this.folder, "tmp"),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "throw-away",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // Programs are type-checked with the repository, not again at every run.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      // Opens the flag --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
      ...this.options.env,
    });
  }
}
