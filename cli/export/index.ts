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
import { importFileOf } from "./importFile";
import { exportSchema } from "./json";
import { matrixOf } from "./matrix";
import { type Program, programOf } from "./program";
import { programOfTerraform, unresolvedPeople } from "./terraform";
import { readTerraformState, type TerraformState } from "./terraformState";
import { missingProjectFiles, writeFiles } from "./write";

interface ExportFlags extends ConnectionFlags {
  readonly format: "typescript" | "matrix" | "import";
  /** Folder of the program, or path of the matrix or of the file for `pulumi import`. */
  readonly output?: string;
  /** Whether to add missing files of a Pulumi project. */
  readonly project?: boolean;
  readonly projectSettings?: boolean;
  readonly organizationSettings?: boolean;
  /** Path of the output of `terraform show -json`. */
  readonly terraformState?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds `export`, which writes the live organization as a program, an access matrix, or a file for `pulumi import`. */
export function registerExport(program: Command): void {
  addConnectionFlags(program.command("export"))
    .description(
      "write the live organization as a Pulumi program, an access matrix, or a file for pulumi import",
    )
    .addOption(
      new Option(
        "--format <form>",
        "a TypeScript program, YAML for AccessMatrix, or JSON for pulumi import --file",
      )
        .choices(["typescript", "matrix", "import"])
        .default("typescript"),
    )
    .option(
      "--output <path>",
      "folder of the program (default: the current one), or file of another format (default: stdout)",
    )
    .option("--project", "also write Pulumi.yaml, package.json and tsconfig.json if they are missing")
    .option("--project-settings", "also declare project settings that are on or have a value")
    .option("--organization-settings", "also declare organization settings")
    .option(
      "--terraform-state <file>",
      "write what this Terraform state manages, under the same names; JSON of terraform show -json or tofu show -json",
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
    return writeText(matrixOf(live), flags);
  }
  if (state !== undefined) return exportTerraform(host, state, flags);
  const snapshot = await gather(host, { ...flags, onProgress });
  if (flags.format === "import") return writeText(importFileOf(snapshot), flags);
  const program = programOf(snapshot, flags.account);
  writeProgram(program, snapshot.live.name, flags);
}

/** Writes the program for a Terraform state. Looks up only people missing from the state in PostHog. */
async function exportTerraform(host: Host, state: TerraformState, flags: ExportFlags): Promise<void> {
  const needsNames = unresolvedPeople(state).length > 0;
  if (needsNames) say("reading members");
  const members = needsNames ? await listMembers(host.connection(flags.account)) : [];
  const live = members.map(({ id, user }) => ({ email: user.email, userUuid: user.uuid, membershipId: id }));
  const program = programOfTerraform(state, [...state.people, ...live], flags.account);
  writeProgram(program, "posthog", flags);
  if (program.stays.length > 0) say(`stays in Terraform: ${program.stays.join(", ")}`);
}

/** Writes the only file of a format, or prints it. */
function writeText(text: string, { format, output, force, json }: ExportFlags): void {
  if (output !== undefined) {
    writeFiles(new Map([[output, text]]), force === true);
    say(`wrote ${output}`);
  }
  const written = output === undefined ? { files: [], text } : { files: [output] };
  if (json === true) console.log(reportText(exportSchema, { format, ...written }));
  else if (output === undefined) console.log(text.trimEnd());
}

/** Writes a program, and prints the next steps. */
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
  const given: Readonly<Record<string, boolean>> = {
    "--project": flags.project === true,
    "--project-settings": flags.projectSettings === true,
    "--organization-settings": flags.organizationSettings === true,
    "--terraform-state": flags.terraformState !== undefined,
    "--account": flags.account !== undefined,
  };
  const settings = ["--project-settings", "--organization-settings"];
  reject(flags.format === "matrix", "--format matrix", ["--project", ...settings, "--terraform-state"], {
    why: "An access matrix only has who can do what.",
    otherwise: "export a program with --format typescript",
  });
  reject(flags.format === "import", "--format import", ["--account"], {
    why: "pulumi import gives resources no arguments: they are read with the provider's own configuration.",
    otherwise: "configure that account at the top level of a stack",
  });
  reject(
    flags.format === "import",
    "--format import",
    ["--project", "--project-settings", "--terraform-state"],
    {
      why: "A file for pulumi import names resources and their ids only.",
      otherwise: "export a program with --format typescript",
    },
  );
  reject(flags.terraformState !== undefined, "--terraform-state", settings, {
    why: "The program has what the state manages, and nothing else of the organization.",
    otherwise: "export the whole organization without --terraform-state",
  });

  function reject(
    isAsked: boolean,
    other: string,
    unsuited: readonly string[],
    { why, otherwise }: { readonly why: string; readonly otherwise: string },
  ): void {
    const flag = isAsked ? unsuited.find((name) => given[name]) : undefined;
    if (flag === undefined) return;
    throw new ConfigurationError(`${flag} does not go with ${other}`, {
      why,
      fix: `Omit ${flag}, or ${otherwise}.`,
    });
  }
}

/** Standard error, so that progress does not mix with the matrix. */
function say(text: string): void {
  console.error(printableLines(text));
}
