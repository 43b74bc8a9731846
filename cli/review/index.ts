import { type Command, InvalidArgumentError, Option } from "commander";
import { type OrganizationPart, organizationParts } from "../../provider/access/liveOrganization";
import { didYouMean } from "../../provider/access/nearest";
import { type Connection, Connections } from "../../provider/posthog/connection";
import { NotFoundError } from "../../provider/posthog/errors";
import { type AccessReview, defaultThresholds, type Severity } from "../../provider/review/model";
import { isAtLeastAsSevere, narrowReview, severities } from "../../provider/review/reviewOrganization";
import { addConnectionFlags, type ConnectionFlags, configurationOf } from "../shared/connection";
import { gather } from "../shared/flags";
import { addMatrixFlags } from "../shared/matrix";
import { type Pieces, printPieces, withoutColors, writeFile } from "../shared/output";
import { fileInRepository } from "../shared/sarif";
import { terminalWidth } from "../shared/terminal";
import { changeVerdict, readChanges } from "./changes";
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
import { unjudged, unjudgedLine, unreadLines } from "./unread";

/** Characters of a line in files. */
const fileWidth = 100;

/** The flags of `review`. */
export interface ReviewFlags extends ConnectionFlags, Omit<ReviewRequest, "thresholds" | "companyDomains"> {
  /** The least severity of the findings that are told. */
  readonly severity?: Severity;
  /** The least severity that makes the command fail. */
  readonly failOn?: Severity;
  /** Parts of the organization that may go unread all the same. */
  readonly allowUnread?: readonly OrganizationPart[];
  readonly companyDomains?: readonly string[];
  readonly certificateDays?: number;
  readonly unusedKeyDays?: number;
  readonly mostOwners?: number;
  readonly mostWriteScopes?: number;
  /** How the standard output is written; the table unless files are. */
  readonly format?: ReviewFormat;
  /** Whether what an update to the matrix would change is told, instead of what is. */
  readonly changes?: boolean;
  /** File with the matrix that was applied last. */
  readonly base?: string;
  /** Files to be written, each in the format of its name's end. */
  readonly output?: readonly string[];
}

const exitCodes = `
Exit codes: 0 reviewed, 2 findings as severe as --fail-on or more, 1 not reviewed, or, with
--fail-on, not where such findings could be;
with --changes: 0 no changes, 2 changes, 1 not compared.`;

/** Adds `review`, which tells who can do what, why, and what of it somebody should look at. */
export function registerReview(program: Command): void {
  const command = addConnectionFlags(program.command("review"))
    .description("tell who can do what and why, and what of it somebody should look at")
    .option("--project <names>", "only these projects, by name or number", gather)
    .option("--person <people>", "only these people, by e-mail address", gather)
    .option("--matrix <file>", "an access matrix: which of its grants are about to end")
    .option("--changes", "tell instead what an update to --matrix would change, and for whom")
    .option("--base <file>", "with --changes: the matrix that was applied last");
  addMatrixFlags(command);
  addFindingFlags(command)
    .addOption(new Option("--format <format>", "how the review is printed").choices(reviewFormats))
    .option("--output <files>", "write it to these files: .html .json .csv .md .sarif .txt", gather)
    .addHelpText("after", exitCodes)
    .action(run);
  for (const option of command.options) {
    if (!holdsForChanges.has(option.attributeName())) option.conflicts("changes");
  }
}

/** The flags that mean something with --changes too; the others would be ignored there without a word. */
const holdsForChanges = new Set([
  "stack",
  "account",
  "matrix",
  "changes",
  "base",
  "projects",
  "members",
  "format",
  "output",
]);

function addFindingFlags(command: Command): Command {
  const severity = (flag: string, what: string): Option => new Option(flag, what).choices(severities);
  const { certificateDays, unusedKeyDays, mostOwners, mostWriteScopes } = defaultThresholds;
  return command
    .addOption(severity("--severity <severity>", "tell no findings that are less severe"))
    .addOption(severity("--fail-on <severity>", "exit with 2 where a finding is as severe, or more"))
    .option("--allow-unread <parts>", `what may go unread: ${organizationParts.join(", ")}`, readParts)
    .option(
      "--company-domains <domains>",
      "the company's e-mail domains (default: the verified ones)",
      gather,
    )
    .option("--certificate-days <days>", `a certificate's last days (default: ${certificateDays})`, readCount)
    .option("--unused-key-days <days>", `a key is stale after these (default: ${unusedKeyDays})`, readCount)
    .option("--most-owners <number>", `more owners are a finding (default: ${mostOwners})`, readCount)
    .option(
      "--most-write-scopes <number>",
      `more on one key are a finding (default: ${mostWriteScopes})`,
      readCount,
    );
}

async function run(flags: ReviewFlags): Promise<void> {
  const connection = new Connections().for(await configurationOf(flags));
  process.exitCode = await (flags.changes === true ? tellChanges : tellReview)(connection, flags);
}

async function tellReview(connection: Connection, flags: ReviewFlags): Promise<number> {
  if (flags.base !== undefined) {
    throw new NotFoundError("--base is of no use here", {
      why: "It is the matrix that a change is compared with, and who has access now is no change.",
      fix: "Add --changes.",
    });
  }
  if (flags.allowUnread !== undefined && flags.failOn === undefined) {
    throw new NotFoundError("--allow-unread is of no use here", {
      why: "Without --fail-on nothing that goes unread makes the command fail.",
      fix: "Add --fail-on, or leave it out.",
    });
  }
  // Names of files are judged before anything is read.
  const files = filesOf(flags, formatOf);
  const review = await withProgress((onProgress) => readReview(connection, requestOf(flags), onProgress));
  const told = narrowReview(review, flags);
  const file = flags.matrix === undefined ? "posthog-access" : fileInRepository(flags.matrix);
  await deliver(files, flags.format ?? "table", verdict(told.findings), flags, (format, width) =>
    writeReview(told, format, { width, file }),
  );
  const isTold = files.length === 0 && (flags.format ?? "table") === "table";
  const remarks = [...(isTold ? [] : unreadLines(review)), ...whyNotPassed(review, flags)];
  for (const remark of remarks) console.error(remark);
  return exitCodeOf(review, flags);
}

async function tellChanges(connection: Connection, flags: ReviewFlags): Promise<number> {
  const { matrix, format = "table", ...rest } = flags;
  if (matrix === undefined) {
    throw new NotFoundError("there is nothing to compare PostHog with", {
      why: "--changes tells what an update to a matrix would change.",
      fix: "Name its file: --matrix access.yaml",
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

/** Writes the files; prints unless there are some and no format is asked for. */
async function deliver<Format>(
  files: readonly { readonly file: string; readonly format: Format }[],
  printed: Format,
  said: string,
  { format }: ReviewFlags,
  write: (format: Format, width: number) => Pieces,
): Promise<void> {
  for (const { file, format: each } of files) writeFile(file, withoutColors(write(each, fileWidth)));
  if (files.length === 0 || format !== undefined) await printPieces(write(printed, terminalWidth()));
  else console.error(`${said}\nwritten to ${files.map(({ file }) => file).join(", ")}`);
}

/**
 * 2 where something is found that must not be; 1 where nothing is, but some of it could not be looked for; else 0. What
 * --severity leaves out counts all the same.
 */
export function exitCodeOf(
  review: Pick<AccessReview, "findings" | "omissions">,
  { failOn, allowUnread }: Pick<ReviewFlags, "failOn" | "allowUnread">,
): 0 | 1 | 2 {
  if (failOn === undefined) return 0;
  if (review.findings.some(({ severity }) => isAtLeastAsSevere(severity, failOn))) return 2;
  return unjudged(review, failOn, allowUnread).length > 0 ? 1 : 0;
}

function whyNotPassed(review: AccessReview, flags: ReviewFlags): string[] {
  const { failOn, allowUnread } = flags;
  if (failOn === undefined || exitCodeOf(review, flags) !== 1) return [];
  return [unjudgedLine(unjudged(review, failOn, allowUnread), failOn)];
}

function requestOf(flags: ReviewFlags): ReviewRequest {
  const { certificateDays, unusedKeyDays, mostOwners, mostWriteScopes } = flags;
  const given = { certificateDays, unusedKeyDays, mostOwners, mostWriteScopes };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...flags, thresholds: Object.fromEntries(set) };
}

/** On a terminal, what is being read stands on one line as long as it takes. */
async function withProgress<T>(read: (onProgress?: Progress) => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return read();
  try {
    return await read((what) => stderr.write(`\r\u001b[2Kreading ${what}...`));
  } finally {
    stderr.write("\r\u001b[2K");
  }
}

function readParts(text: string, before: readonly OrganizationPart[] = []): OrganizationPart[] {
  const parts = gather(text).map((name) => {
    const part = organizationParts.find((one) => one === name);
    if (part !== undefined) return part;
    throw new InvalidArgumentError(
      `${name}${didYouMean(name, organizationParts)} is no part of an organization.`,
    );
  });
  return [...before, ...parts];
}

function readCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}
