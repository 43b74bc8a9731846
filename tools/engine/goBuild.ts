import { join } from "node:path";
import { repositoryRoot } from "../repository";
import { run } from "../run";
import { writeLaunchers } from "./launchers";
import { failureLine } from "./versionCheck";
import { ENGINE_VERSION } from "./versions";

/** One program of the engine that Go builds, from a module of its own so that each has its own pinned versions. */
interface GoProgram {
  /** File name of the program. */
  readonly name: string;
  /** Folder under `tools/engine-modules` with its `go.mod` and `go.sum`. */
  readonly module: string;
  /** Import path of its main package. */
  readonly importPath: string;
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

/** How a Go build is watched and stopped. */
export interface GoBuildOptions {
  /** Environment with PATH, HOME and Go's own settings. */
  readonly env: NodeJS.ProcessEnv;
  /** Called with what is going on. */
  readonly onProgress: (detail: string) => void;
  /** Ends the build. */
  readonly signal?: AbortSignal;
}

/** Builds the engine's programs into `folder/bin`; throws an error of one line when a build fails. */
export async function buildWithGo(folder: string, options: GoBuildOptions): Promise<void> {
  for (const program of GO_PROGRAMS) await buildProgram(program, join(folder, "bin"), options);
  await writeLaunchers(join(folder, "bin"));
}

async function buildProgram(program: GoProgram, bin: string, options: GoBuildOptions): Promise<void> {
  const counts = { downloaded: 0, compiled: 0 };
  const linkerFlags = `-ldflags=-s -w ${VERSION_FLAG}`;
  const output = join(bin, program.name);
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", linkerFlags, "-v", "-o", output];
  const result = await run("go", ["build", ...flags, program.importPath], {
    cwd: join(repositoryRoot(), "tools", "engine-modules", program.module),
    // Flags, a workspace or a C compiler of the user's own must not change what is built.
    env: { ...options.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
    signal: options.signal,
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
}
