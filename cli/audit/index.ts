import { type Command, Option } from "commander";
import { presets } from "../../provider/audit/presets";
import { Connections } from "../../provider/posthog/connection";
import { addConnectionFlags, type ConnectionFlags, configurationOf } from "../shared/connection";
import { gather } from "../shared/flags";
import { formatNames } from "./formats";
import { StreamOutput } from "./output";
import { progressTo, silent } from "./progress";
import { type AuditFlags, type AuditRequest, readRequest } from "./request";
import { runAudit } from "./runAudit";

/** Adds `audit`, which tells who did what. */
export function registerAudit(program: Command): void {
  const command = addConnectionFlags(program.command("audit"))
    .description("tell who did what: the activity log of the organization or of one project")
    .addOption(
      new Option(
        "--preset <name>",
        "access: members, roles, access rules, keys, domains, organization; flags",
      ).choices(Object.keys(presets)),
    )
    .option("--scope <kinds>", "kinds of object, such as Role,FeatureFlag", gather)
    .option("--activity <names>", "what was done, such as created,updated,deleted", gather)
    .option("--user <people>", "who did it, by e-mail address or user UUID", gather)
    .option("--object <ids>", "objects by PostHog's id", gather)
    .option("--search <text>", "text in the details of an entry, such as an object's name")
    .option("--client <names>", "programs that did it; this package is pulumi-posthog", gather)
    .option("--ip <addresses>", "where it came from; * stands for anything", gather)
    .option("--staff", "only what PostHog's staff did on somebody's behalf")
    .option("--system", "only what PostHog did by itself")
    .option("--project <project>", "the log of one project, by number or name")
    .option("--since <when>", "from then on: 7d, 12h, a date or a moment in ISO 8601 (UTC)")
    .option("--until <when>", "up to then, a date with its whole day")
    .option("--limit <number>", "how many entries at most")
    .option("--oldest-first", "the oldest entries first, instead of the latest");
  addOutputFlags(command).action(run);
}

function addOutputFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--format <name>", "how entries are printed").choices([...formatNames]).default("table"),
    )
    .option("--no-header", "CSV without the line of names, to be appended to a file")
    .option(
      "--cursor <file>",
      "go on where the last run with this file stopped, and note there how far it came",
    )
    .option("--overlap <time>", "how late an entry may appear and still be found by --cursor (default: 1h)")
    .option("--follow", "go on until Ctrl-C, with what happens from now on or --since")
    .option("--interval <time>", "how often --follow looks (default: 30s)")
    .option("--progress", "say on the way how far it has come (default: on a terminal)")
    .option("--no-progress", "say nothing on the way");
}

async function run(flags: AuditFlags & ConnectionFlags): Promise<void> {
  const now = new Date();
  const request = readRequest(flags, now);
  const connection = new Connections().for(await configurationOf(flags));
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  process.exitCode = await runAudit(connection, request, {
    output: new StreamOutput(process.stdout, process.stdout.fd),
    say: (line) => console.error(line),
    progress: progressFor(request),
    stop: stop.signal,
    now,
  });
  // A request that nobody waits for any more would keep the process.
  if (stop.signal.aborted) process.exit();
}

/** On the way nothing is said between entries on the same terminal. */
function progressFor({ progress, follow }: AuditRequest) {
  const { stdout, stderr } = process;
  const isWanted = progress ?? (stderr.isTTY && !stdout.isTTY && !follow);
  return isWanted ? progressTo((text) => stderr.write(text), stderr.isTTY) : silent;
}
