import { chmod, copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../processes";
import { repositoryRoot } from "../repository";
import { writeLaunchers } from "./cache";
import { ENGINE_VERSION, failureLine } from "./versionCheck";

const INSTALL_SCRIPT = "https://get.pulumi.com/install.sh";
const REACH_TIMEOUT_MS = 5_000;
const INSTALL_TIMEOUT_MS = 180_000;

/**
 * Why Pulumi's download site is unreachable; undefined if it is reachable. Checked first, because the installer itself
 * waits for minutes if the network drops packets.
 */
export async function refuseInstaller(url = INSTALL_SCRIPT): Promise<string | undefined> {
  const { host } = new URL(url);
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
    return answer.ok ? undefined : `${host} answered ${answer.status}`;
  } catch (error) {
    return `${host} cannot be reached (${networkReason(error)})`;
  }
}

/** Runs the Automation API's installer into `root`. If it fails, throws an error of one line. */
export async function runInstaller(root: string, signal?: AbortSignal): Promise<void> {
  const program = "require('@pulumi/pulumi/automation').PulumiCommand.install({ root: process.argv[1] })";
  const timeout = AbortSignal.timeout(INSTALL_TIMEOUT_MS);
  // A separate process: the installer cannot be canceled, and its shell script would outlive this process.
  const result = await run(
    process.execPath,
    ["-e", `${program}.catch((error) => { console.error(error.message); process.exit(1); })`, root],
    {
      cwd: repositoryRoot(),
      env: process.env,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    },
  );
  if (timeout.aborted) throw new Error(`it did not finish within ${INSTALL_TIMEOUT_MS / 60_000} minutes`);
  if (result.code !== 0) throw new Error(failureLine(result.text));
}

function networkReason(error: unknown): string {
  if (textOf(error, "name") === "TimeoutError") return `no answer within ${REACH_TIMEOUT_MS / 1000} s`;
  // `fetch` always says "fetch failed"; the cause says why.
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : error;
  return textOf(cause, "code") ?? textOf(cause, "message") ?? "unknown reason";
}

function textOf(value: unknown, key: "name" | "code" | "message"): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === "string" ? found : undefined;
}

/** A program that Go builds from a separate module, so that each has its own pinned versions. */
export interface GoProgram {
  readonly name: string;
  /** Folder under `tools/engine-modules` with its `go.mod` and `go.sum`. */
  readonly module: string;
  /** Import path of its main package. */
  readonly importPath: string;
  /** A script that the program starts, which must be next to it: its module and its path there. */
  readonly script?: { readonly module: string; readonly path: string };
}

const GO_PROGRAMS: readonly GoProgram[] = [
  { name: "pulumi", module: "cli", importPath: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
  {
    name: "pulumi-language-nodejs",
    module: "language-nodejs",
    importPath: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
];

const VERSION_FLAG = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${ENGINE_VERSION}`;

interface GoBuildOptions {
  /** Environment with PATH, HOME and Go's own settings. */
  readonly env: NodeJS.ProcessEnv;
  /** Called with the current activity. */
  readonly onProgress: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** Builds the engine's programs into `folder/bin`. If a build fails, throws an error of one line. */
export async function buildWithGo(folder: string, options: GoBuildOptions): Promise<void> {
  for (const program of GO_PROGRAMS) await buildProgram(program, join(folder, "bin"), options);
  await writeLaunchers(join(folder, "bin"));
}

/** Builds one program into `bin`. If that fails, throws an error of one line. */
export async function buildProgram(program: GoProgram, bin: string, options: GoBuildOptions): Promise<void> {
  const counts = { downloaded: 0, compiled: 0 };
  const linkerFlags = `-ldflags=-s -w ${VERSION_FLAG}`;
  const output = join(bin, program.name);
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", linkerFlags, "-v", "-o", output];
  const place = placeOf(program, options);
  const result = await run("go", ["build", ...flags, program.importPath], {
    ...place,
    onLine: (line) => {
      if (line.startsWith("go: downloading")) counts.downloaded++;
      else if (/^[\w.-]+(\/[\w.@~-]+)*$/.test(line)) counts.compiled++;
      options.onProgress(
        `${program.name}: ${counts.downloaded} modules fetched, ${counts.compiled} packages built`,
      );
    },
  });
  if (result.code !== 0)
    throw new Error(`\`go build\` of ${program.name} failed: ${failureLine(result.stderr)}`);
  await chmod(output, 0o755);
  if (program.script === undefined) return;
  const { module, path } = program.script;
  const found = await run("go", ["list", "-m", "-f", "{{.Dir}}", module], place);
  if (found.code !== 0) throw new Error(`\`go list\` of ${module} failed: ${failureLine(found.stderr)}`);
  const script = join(bin, basename(path));
  await copyFile(join(found.stdout.trim(), path), script);
  await chmod(script, 0o755);
}

/** Go's folder and environment for building a program. */
const placeOf = ({ module }: GoProgram, { env, signal }: GoBuildOptions) => ({
  cwd: join(repositoryRoot(), "tools", "engine-modules", module),
  // The user's own flags, workspace or C compiler must not change what is built.
  env: { ...env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
  signal,
});
