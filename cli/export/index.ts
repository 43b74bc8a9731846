import { join } from "node:path";
import { type Command, Option } from "commander";
import { createHost } from "../../provider/engine/host";
import { ConfigurationError } from "../../provider/posthog/errors";
import { version } from "../../provider/version";
import { addConnectionFlags, type ConnectionFlags, configurationReader } from "../shared/connection";
import { gather, readLive } from "./gather";
import { matrixOf } from "./matrix";
import { type Program, programOf } from "./program";
import { missingProjectFiles, writeFiles } from "./write";

/** The flags of `export`. */
interface ExportFlags extends ConnectionFlags {
  readonly format: "typescript" | "matrix";
  /** Folder of the program, or path of the matrix. */
  readonly output?: string;
  /** Whether the files of a Pulumi project are made too, where they are missing. */
  readonly project?: boolean;
  readonly projectSettings?: boolean;
  readonly organizationSettings?: boolean;
  readonly force?: boolean;
}

/** Adds `export`, which writes the live organization as a program or as an access matrix. */
export function registerExport(program: Command): void {
  addConnectionFlags(program.command("export"))
    .description("write the live organization as a program of this package, or as an access matrix")
    .addOption(
      new Option("--format <form>", "a TypeScript program, or the YAML of an AccessMatrix")
        .choices(["typescript", "matrix"])
        .default("typescript"),
    )
    .option(
      "--output <path>",
      "folder of the program (default: the current one), or file of the matrix (default: print it)",
    )
    .option("--project", "also make Pulumi.yaml, package.json and tsconfig.json where they are missing")
    .option("--project-settings", "also declare the settings of projects that are on or have a value")
    .option("--organization-settings", "also declare the settings of the organization")
    .option("--force", "overwrite files that are there")
    .action(exportOrganization);
}

async function exportOrganization(flags: ExportFlags): Promise<void> {
  refuseMixedUp(flags);
  const read = await configurationReader(flags.stack);
  const host = createHost(read, say, () => [], true);
  const onProgress = (what: string): void => say(`reading ${what}`);
  if (flags.format === "matrix") {
    const live = await readLive(host.connection(flags.account), { onProgress, domains: false });
    const text = matrixOf(live);
    if (flags.output === undefined) return console.log(text.trimEnd());
    writeFiles(new Map([[flags.output, text]]), flags.force === true);
    return say(`wrote ${flags.output}`);
  }
  const snapshot = await gather(host, { ...flags, onProgress });
  const program = programOf(snapshot, flags.account);
  say(writeProgram(program, snapshot.live.name, flags));
}

/** Writes a program, and answers what to do next. */
function writeProgram(program: Program, name: string, { output = ".", project, force }: ExportFlags): string {
  const own = new Map([...program.files].map(([file, text]) => [join(output, file), text]));
  const around = project === true ? missingProjectFiles(output, name, version) : new Map<string, string>();
  writeFiles(own, force === true);
  writeFiles(around, false);
  const ids = [...program.ids].map(([resource, id]) => ` --id ${resource}=${id}`).join("");
  return `wrote ${[...own.keys(), ...around.keys()].join(", ")}\nnext: npx pulumi-posthog adopt${ids}`;
}

function refuseMixedUp({ format, project, projectSettings, organizationSettings }: ExportFlags): void {
  const ofPrograms = {
    "--project": project,
    "--project-settings": projectSettings,
    "--organization-settings": organizationSettings,
  };
  const [flag] = Object.entries(ofPrograms).find(([, given]) => given === true) ?? [];
  if (format === "typescript" || flag === undefined) return;
  throw new ConfigurationError(`${flag} does not go with --format matrix`, {
    why: "An access matrix holds who can do what, and nothing else.",
    fix: `Leave ${flag} out, or export a program with --format typescript.`,
  });
}

/** Progress goes where it does not mix with the matrix. */
function say(text: string): void {
  console.error(text);
}
