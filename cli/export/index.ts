import { join } from "node:path";
import { type Command, Option } from "commander";
import { printableLines } from "../../provider/access/messages";
import { createHost, type Host, noticeText } from "../../provider/engine/host";
import { ConfigurationError } from "../../provider/posthog/errors";
import { listMembers } from "../../provider/posthog/members";
import { version } from "../../provider/posthog/version";
import { addConnectionFlags, type ConnectionFlags, configurationReader } from "../common/connection";
import { jsonOption } from "../common/flags";
import { reportText } from "../common/json";
import { gather, readLive } from "./gather";
import { exportSchema } from "./json";
import { matrixOf } from "./matrix";
import { type Program, programOf } from "./program";
import { programOfTerraform, unresolvedPeople } from "./terraform";
import { readTerraformState, type TerraformState } from "./terraformState";
import { missingProjectFiles, writeFiles } from "./write";

interface ExportFlags extends ConnectionFlags {
  readonly format: "typescript" | "matrix";
  /** Folder of the program, or path of the matrix. */
  readonly output?: string;
  /** Whether to add missing files of a Pulumi project. */
  readonly project?: boolean;
  readonly projectSettings?: boolean;
  readonly organizationSettings?: boolean;
  /** Path of what `terraform show -json` printed. */
  readonly terraformState?: string;
  readonly force?: boolean;
  readonly json?: boolean;
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
    .option(
      "--terraform-state <file>",
      "write what this state (the output of terraform show -json or tofu show -json) manages, under the same names",
    )
    .option("--force", "overwrite existing files")
    .addOption(jsonOption("what was written"))
    .action(exportOrganization);
}

async function exportOrganization(flags: ExportFlags): Promise<void> {
  rejectProgramFlags(flags);
  const state = flags.terraformState === undefined ? undefined : readTerraformState(flags.terraformState);
  const read = await configurationReader(flags);
  const host = createHost(read, (notice) => say(noticeText(notice)), { readOnly: true });
  const onProgress = (what: string): void => say(`reading ${what}`);
  if (flags.format === "matrix") {
    const live = await readLive(host.connection(flags.account), { onProgress, domains: false });
    const text = matrixOf(live);
    return writeMatrix(text, flags);
  }
  if (state !== undefined) return exportTerraform(host, state, flags);
  const snapshot = await gather(host, { ...flags, onProgress });
  const program = programOf(snapshot, flags.account);
  writeProgram(program, snapshot.live.name, flags);
}

/** Writes the program of a Terraform state. PostHog is asked only about people whom the state does not name. */
async function exportTerraform(host: Host, state: TerraformState, flags: ExportFlags): Promise<void> {
  const needsNames = unresolvedPeople(state).length > 0;
  if (needsNames) say("reading members");
  const members = needsNames ? await listMembers(host.connection(flags.account)) : [];
  const live = members.map(({ id, user }) => ({ email: user.email, userUuid: user.uuid, membershipId: id }));
  const program = programOfTerraform(state, [...state.people, ...live], flags.account);
  writeProgram(program, "posthog", flags);
  if (program.stays.length > 0) say(`stays in Terraform: ${program.stays.join(", ")}`);
}

/** Writes a matrix to its file, else to the standard output. */
function writeMatrix(text: string, { output, force, json }: ExportFlags): void {
  if (output !== undefined) {
    writeFiles(new Map([[output, text]]), force === true);
    say(`wrote ${output}`);
  }
  const written = output === undefined ? { files: [], text } : { files: [output] };
  if (json === true) console.log(reportText(exportSchema, { format: "matrix", ...written }));
  else if (output === undefined) console.log(text.trimEnd());
}

/** Writes a program, and says what to do next. */
function writeProgram(
  program: Program,
  name: string,
  { output = ".", project, force, json }: ExportFlags,
): void {
  const own = new Map([...program.files].map(([file, text]) => [join(output, file), text]));
  const missing = project === true ? missingProjectFiles(output, name, version) : new Map<string, string>();
  writeFiles(own, force === true);
  writeFiles(missing, false);
  const files = [...own.keys(), ...missing.keys()];
  const ids = [...program.ids].map(([resource, id]) => ` --id ${resource}=${id}`).join("");
  say(`wrote ${files.join(", ")}\nnext: npx pulumi-posthog adopt${ids}`);
  if (json !== true) return;
  const { leftOut } = program;
  const report = { format: "typescript", files, ids: Object.fromEntries(program.ids), leftOut } as const;
  console.log(reportText(exportSchema, report));
}

function rejectProgramFlags(flags: ExportFlags): void {
  const { format, project, projectSettings, organizationSettings, terraformState } = flags;
  const ofOrganization = {
    "--project-settings": projectSettings === true,
    "--organization-settings": organizationSettings === true,
  };
  const ofPrograms = {
    "--project": project === true,
    ...ofOrganization,
    "--terraform-state": terraformState !== undefined,
  };
  const given = (flagsGiven: Readonly<Record<string, boolean>>): string | undefined =>
    Object.keys(flagsGiven).find((name) => flagsGiven[name]);
  const [withMatrix, withState] = [given(ofPrograms), given(ofOrganization)];
  if (format === "matrix" && withMatrix !== undefined) {
    throw new ConfigurationError(`${withMatrix} does not go with --format matrix`, {
      why: "An access matrix only has who can do what.",
      fix: `Omit ${withMatrix}, or export a program with --format typescript.`,
    });
  }
  if (terraformState !== undefined && withState !== undefined) {
    throw new ConfigurationError(`${withState} does not go with --terraform-state`, {
      why: "The program has what the state manages, and nothing else of the organization.",
      fix: `Omit ${withState}, or export the whole organization without --terraform-state.`,
    });
  }
}

/** Progress does not mix with the matrix. */
function say(text: string): void {
  console.error(printableLines(text));
}
