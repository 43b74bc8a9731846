import { type Command, Option } from "commander";
import { printable } from "../../provider/access/messages";
import { presets } from "../../provider/audit/presets";
import { addConnectionFlags, type ConnectionFlags, connectionOf } from "../common/connection";
import { gather } from "../common/flags";
import { formatNames } from "./formats";
import { progressTo, StreamOutput, silent } from "./output";
import { type AuditFlags, type AuditRequest, readRequest } from "./request";
import { runAudit } from "./runAudit";

/** Adds `audit`, which shows who did what. */
export function registerAudit(program: Command): void {
  const command = addConnectionFlags(program.command("audit"))
    .description("show who did what: the activity log of the organization or of one project")
    .addOption(
      new Option(
        "--preset <name>",
        "access (members, invites, keys, domains, organization) or flags",
      ).choices(Object.keys(presets)),
    )
    .option("--scope <kinds>", "kinds of object, such as Role,FeatureFlag", gather)
    .option("--activity <names>", "what happened, such as created,updated,deleted", gather)
    .option(
      "--user <people>",
      "who did it, by e-mail address or user UUID; finds only entries that name a person",
      gather,
    )
    .option("--object <ids>", "objects by id", gather)
    .option("--search <text>", "text in an entry's details, such as an object's name")
    .option("--client <names>", "programs that did it; this package is pulumi-posthog", gather)
    .option("--ip <addresses>", "IP addresses that it came from; * matches anything", gather)
    .option("--staff", "only entries of PostHog's staff on someone's behalf")
    .option("--system", "only entries that name no person: of API keys, or of PostHog itself")
    .option("--project <project>", "the log of one project, by id or name")
    .option("--since <when>", "start: 7d, 12h, a date or an ISO 8601 time (UTC)")
    .option("--until <when>", "end; a date includes the whole day")
    .option("--limit <number>", "at most this many entries")
    .option("--oldest-first", "print the oldest entries first, not the latest");
  addOutputFlags(command).action(run);
}

function addOutputFlags(command: Command): Command {
  return command
    .addOption(new Option("--format <name>", "output format").choices([...formatNames]).default("table"))
    .addOption(
      new Option("--json", "print a line of JSON for each entry, as --format jsonl").conflicts("format"),
    )
    .option("--no-header", "omit the CSV header, to append to a file")
    .option("--cursor <file>", "continue where the last run with this file stopped")
    .option("--overlap <time>", "how late an entry may appear and still be found (default: 1h)")
    .option("--follow", "keep printing new entries until Ctrl-C, from now on or from --since")
    .option("--interval <time>", "how often --follow reads the log (default: 30s)")
    .option("--progress", "show progress (default: on a terminal)")
    .option("--no-progress", "show no progress");
}

async function run({
  json,
  ...flags
}: AuditFlags & ConnectionFlags & { readonly json?: boolean }): Promise<void> {
  const now = new Date();
  const request = readRequest(json === true ? { ...flags, format: "jsonl" } : flags, now);
  const connection = await connectionOf(flags);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  process.exitCode = await runAudit(connection, request, {
    output: new StreamOutput(process.stdout, process.stdout.fd),
    say: (line) => console.error(printable(line)),
    progress: progressFor(request),
    stop: stop.signal,
    now,
  });
  // An open request would keep the process running.
  if (stop.signal.aborted) process.exit();
}

/** Progress never mixes with entries on the same terminal. */
function progressFor({ progress, follow }: AuditRequest) {
  const { stdout, stderr } = process;
  const isWanted = progress ?? (stderr.isTTY && !stdout.isTTY && !follow);
  return isWanted ? progressTo((text) => stderr.write(text), stderr.isTTY) : silent;
}
