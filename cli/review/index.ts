import { type Command, InvalidArgumentError, Option } from "commander";
import { type OrganizationPart, organizationParts } from "../../provider/access/liveOrganization";
import type { Connection } from "../../provider/posthog/connection";
import { ConfigurationError } from "../../provider/posthog/errors";
import { defaultThresholds, type Severity } from "../../provider/review/model";
import { narrowReview, severities } from "../../provider/review/reviewOrganization";
import { addConnectionFlags, type ConnectionFlags, chosenStack, connectionOf } from "../common/connection";
import { gather, jsonOption, oneOf } from "../common/flags";
import { addMatrixFlags } from "../common/matrix";
import { type Pieces, printPieces, withoutColors, writeFile } from "../common/output";
import { fileInRepository } from "../common/sarif";
import { terminalWidth } from "../common/terminal";
import { changeVerdict, readChanges } from "./changes";
import { type ExitFlags, exitCodeOf, unreadLines, whyNotPassed } from "./exitCode";
import {
  changeFormatNamed,
  changeFormatOf,
  formatOf,
  type ReviewFormat,
  reviewFormats,
  writeChanges,
  writeReview,
} from "./formats";
import { verdict } from "./messages";
import { type Progress, type ReviewRequest, readReview } from "./read";

/** Characters in a line of a file. */
const fileWidth = 100;

interface ReviewFlags
  extends ConnectionFlags,
    ExitFlags,
    Omit<ReviewRequest, "thresholds" | "companyDomains"> {
  /** The least severity of the findings that are shown. */
  readonly severity?: Severity;
  readonly companyDomains?: readonly string[];
  readonly certificateDays?: number;
  readonly maxUnusedKeyDays?: number;
  readonly maxOwners?: number;
  readonly maxWriteScopes?: number;
  /** Format for standard output; by default a table, unless files are written. */
  readonly format?: ReviewFormat;
  /** Whether to show what an update to the matrix would change, instead of the current access. */
  readonly changes?: boolean;
  /** File with the last applied matrix. */
  readonly base?: string;
  readonly json?: boolean;
  /** Files to write, each in the format of its extension. */
  readonly output?: readonly string[];
}

/** Thresholds under their names in version 0.1.0. */
interface EarlierFlags {
  readonly unusedKeyDays?: number;
  readonly mostOwners?: number;
  readonly mostWriteScopes?: number;
}

function withoutEarlier({
  unusedKeyDays,
  mostOwners,
  mostWriteScopes,
  json,
  ...flags
}: ReviewFlags & EarlierFlags): ReviewFlags {
  return {
    ...flags,
    format: json === true ? "json" : flags.format,
    maxUnusedKeyDays: flags.maxUnusedKeyDays ?? unusedKeyDays,
    maxOwners: flags.maxOwners ?? mostOwners,
    maxWriteScopes: flags.maxWriteScopes ?? mostWriteScopes,
  };
}

const exitCodes = `
Exit codes: 0 reviewed; 2 a finding is as severe as --fail-on, or more; 1 the review failed or, with
--fail-on, such a finding may be in a part that could not be read.
With --changes: 0 no changes, 2 changes, 1 the comparison failed.`;

/** Adds `review`, which shows who has access to what, and why, and what needs attention. */
export function registerReview(program: Command): void {
  const command = addConnectionFlags(program.command("review"))
    .description("show who has access to what, and why, and what needs attention")
    .option("--project <names>", "only these projects, by name or id", gather)
    .option("--person <people>", "only these people, by e-mail address", gather)
    .option("--matrix <file>", "an access matrix: show which of its grants end soon")
    .option(
      "--changes",
      "show what an update to --matrix would change, and whose access, instead of the review",
    )
    .option("--base <file>", "with --changes: the last applied matrix");
  addMatrixFlags(command);
  addFindingFlags(command)
    .addOption(new Option("--format <format>", "output format").choices(reviewFormats))
    .addOption(jsonOption().conflicts("format"))
    .option("--output <files>", "write these files: .html .json .csv .md .sarif .txt", gather)
    .addHelpText("after", exitCodes)
    .action(run);
  for (const option of command.options) {
    if (!appliesToChanges.has(option.attributeName())) option.conflicts("changes");
  }
}

/** The flags that also apply to --changes, which rejects all others. */
const appliesToChanges = new Set([
  "stack",
  "account",
  "matrix",
  "changes",
  "base",
  "projects",
  "members",
  "format",
  "json",
  "output",
]);

function addFindingFlags(command: Command): Command {
  const severity = (flag: string, what: string): Option => new Option(flag, what).choices(severities);
  const { certificateDays, unusedKeyDays, mostOwners, mostWriteScopes } = defaultThresholds;
  return command
    .addOption(severity("--severity <severity>", "hide findings that are less severe"))
    .addOption(severity("--fail-on <severity>", "exit with 2 if a finding is as severe, or more"))
    .option(
      "--allow-unread <parts>",
      `parts that may be unreadable without failing: ${organizationParts.join(", ")}`,
      readParts,
    )
    .option(
      "--company-domains <domains>",
      "the company's e-mail domains (default: the verified ones)",
      gather,
    )
    .option(
      "--certificate-days <days>",
      `report certificates that expire within this many days (default: ${certificateDays})`,
      readCount,
    )
    .option(
      "--max-unused-key-days <days>",
      `report keys unused for this many days (default: ${unusedKeyDays})`,
      readCount,
    )
    .option("--max-owners <number>", `report more than this many owners (default: ${mostOwners})`, readCount)
    .option(
      "--max-write-scopes <number>",
      `report keys with more than this many write scopes (default: ${mostWriteScopes})`,
      readCount,
    )
    .addOption(earlierName("--unused-key-days <days>"))
    .addOption(earlierName("--most-owners <number>"))
    .addOption(earlierName("--most-write-scopes <number>"));
}

async function run(given: ReviewFlags & EarlierFlags): Promise<void> {
  const flags = { ...withoutEarlier(given), stack: await chosenStack(given) };
  const connection = await connectionOf(flags);
  process.exitCode = await (flags.changes === true ? showChanges : showReview)(connection, flags);
}

async function showReview(connection: Connection, flags: ReviewFlags): Promise<number> {
  if (flags.base !== undefined) {
    throw new ConfigurationError("--base needs --changes", {
      why: "It is the matrix to compare a change with; without --changes, nothing is compared.",
      fix: "Add --changes.",
    });
  }
  if (flags.allowUnread !== undefined && flags.failOn === undefined) {
    throw new ConfigurationError("--allow-unread needs --fail-on", {
      why: "Without --fail-on, unreadable parts never make the command fail.",
      fix: "Add --fail-on, or omit --allow-unread.",
    });
  }
  // Invalid file names are rejected before anything is read.
  const files = filesOf(flags, formatOf);
  const review = await withProgress((onProgress) => readReview(connection, requestOf(flags), onProgress));
  const shown = narrowReview(review, flags);
  const file = flags.matrix === undefined ? "posthog-access" : fileInRepository(flags.matrix);
  await deliver(files, flags.format ?? "table", verdict(shown.findings), flags, (format, width) =>
    writeReview(shown, format, { width, file }),
  );
  const isPrinted = files.length === 0 && (flags.format ?? "table") === "table";
  const remarks = [...(isPrinted ? [] : unreadLines(review)), ...whyNotPassed(review, flags)];
  for (const remark of remarks) console.error(remark);
  return exitCodeOf(review, flags);
}

async function showChanges(connection: Connection, flags: ReviewFlags): Promise<number> {
  const { matrix, format = "table", ...rest } = flags;
  if (matrix === undefined) {
    throw new ConfigurationError("there is nothing to compare PostHog with", {
      why: "--changes shows what an update to a matrix would change.",
      fix: "Give its file: --matrix access.yaml",
    });
  }
  const files = filesOf(flags, changeFormatOf);
  const review = await withProgress((onProgress) => readChanges(connection, { ...rest, matrix }, onProgress));
  await deliver(files, changeFormatNamed(format), changeVerdict(review), flags, (each, width) =>
    writeChanges(review, each, width),
  );
  if (files.length > 0) for (const line of unreadLines(review)) console.error(line);
  return review.hasChanges ? 2 : 0;
}

function filesOf<Format>({ output = [] }: ReviewFlags, formatOfFile: (file: string) => Format) {
  return output.map((file) => ({ file, format: formatOfFile(file) }));
}

/** Writes the files, and prints if there are no files or a format is given. */
async function deliver<Format>(
  files: readonly { readonly file: string; readonly format: Format }[],
  printed: Format,
  summary: string,
  { format }: ReviewFlags,
  write: (format: Format, width: number) => Pieces,
): Promise<void> {
  for (const { file, format: each } of files) writeFile(file, withoutColors(write(each, fileWidth)));
  if (files.length === 0 || format !== undefined) await printPieces(write(printed, terminalWidth()));
  else console.error(`${summary}\nwritten to ${files.map(({ file }) => file).join(", ")}`);
}

function requestOf(flags: ReviewFlags): ReviewRequest {
  const { certificateDays, maxUnusedKeyDays, maxOwners, maxWriteScopes } = flags;
  const given = {
    certificateDays,
    unusedKeyDays: maxUnusedKeyDays,
    mostOwners: maxOwners,
    mostWriteScopes: maxWriteScopes,
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...flags, thresholds: Object.fromEntries(set) };
}

/** Shows progress on one line of a terminal. */
async function withProgress<T>(read: (onProgress?: Progress) => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return read();
  try {
    return await read((what) => stderr.write(`\r\u001b[2Kreading ${what}...`));
  } finally {
    stderr.write("\r\u001b[2K");
  }
}

/** An earlier name of a threshold, which still works but is hidden. */
function earlierName(flag: string): Option {
  return new Option(flag).argParser(readCount).hideHelp();
}

function readParts(text: string, before: readonly OrganizationPart[] = []): OrganizationPart[] {
  return [...before, ...gather(text).map((name) => oneOf("part", name, organizationParts))];
}

function readCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}
