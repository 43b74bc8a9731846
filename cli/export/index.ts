import { join } from "node:path";
import { type Command, Option } from "commander";
import { printableLines } from "../../provider/access/messages";
import { createHost, noticeText } from "../../provider/engine/host";
import { ConfigurationError } from "../../provider/posthog/errors";
import { version } from "../../provider/posthog/version";
import { addConnectionFlags, type ConnectionFlags, configurationReader } from "../common/connection";
import { gather, readLive } from "./gather";
import { matrixOf } from "./matrix";
import { type Program, programOf } from "./program";
import { missingProjectFiles, writeFiles } from "./write";

interface ExportFlags extends ConnectionFlags {
  readonly format: "typescript" | "matrix";
  /** Folder of the program, or path of the matrix. */
  readonly output?: string;
  /** Whether to add missing files of a Pulumi project. */
  readonly project?: boolean;
  readonly projectSettings?: boolean;
  readonly organizationSettings?: boolean;
  readonly force?: boolean;
}

/** Adds `export`, which writes the live organization as a program or as an access matrix. */
export function registerExport(program: Command): void {
  addConnectionFlags(program.command("export"))
    .description("write the live organization as a Pulumi program, or as an access matrix")
    .addOption(
      new Option("--format <form>", "a TypeScript program, or YAML for AccessMatrix")
        .choices(["typescript", "matrix"])
        .default("typescript"),
    )
    .option(
      "--output <path>",
      "folder of the program (default: the current one), or file of the matrix (default: stdout)",
    )
    .option("--project", "also write Pulumi.yaml, package.json and tsconfig.json if they are missing")
    .option("--project-settings", "also declare project settings that are on or have a value")
    .option("--organization-settings", "also declare organization settings")
    .option("--force", "overwrite existing files")
    .action(exportOrganization);
}

async function exportOrganization(flags: ExportFlags): Promise<void> {
  rejectProgramFlags(flags);
  const read = await configurationReader(flags);
  const host = createHost(read, (notice) => say(noticeText(notice)), { readOnly: true });
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

/** Writes a program, and returns what to do next. */
function writeProgram(program: Program, name: string, { output = ".", project, force }: ExportFlags): string {
  const own = new Map([...program.files].map(([file, text]) => [join(output, file), text]));
  const missing = project === true ? missingProjectFiles(output, name, version) : new Map<string, string>();
  writeFiles(own, force === true);
  writeFiles(missing, false);
  const ids = [...program.ids].map(([resource, id]) => ` --id ${resource}=${id}`).join("");
  return `wrote ${[...own.keys(), ...missing.keys()].join(", ")}\nnext: npx pulumi-posthog adopt${ids}`;
}

function rejectProgramFlags({ format, project, projectSettings, organizationSettings }: ExportFlags): void {
  const ofPrograms = {
    "--project": project,
    "--project-settings": projectSettings,
    "--organization-settings": organizationSettings,
  };
  const [flag] = Object.entries(ofPrograms).find(([, given]) => given === true) ?? [];
  if (format === "typescript" || flag === undefined) return;
  throw new ConfigurationError(`${flag} does not go with --format matrix`, {
    why: "An access matrix only has who can do what.",
    fix: `Omit ${flag}, or export a program with --format typescript.`,
  });
}

/** Progress does not mix with the matrix. */
function say(text: string): void {
  console.error(printableLines(text));
}
