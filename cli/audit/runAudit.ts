import { counted } from "../../provider/access/messages";
import { insteadOfRecords, unrecordedSentence } from "../../provider/audit/unrecorded";
import type { Connection } from "../../provider/posthog/connection";
import { RefusedError } from "../../provider/posthog/errors";
import { userUuidsOf } from "../../provider/posthog/members";
import { CursorFile } from "./cursorFile";
import { formatOf } from "./formats";
import { follow, forward, forwardSince, fromNow, type RunContext, StoppedError } from "./forward";
import { addressOf, Names, projectOf } from "./names";
import { emptyResult, Notes, noteLimits, remarksOnClients } from "./notes";
import { type Output, OutputClosedError, type Progress, silent } from "./output";
import type { LogQuery, LogScope } from "./query";
import { type AuditRequest, askedBy } from "./request";
import { LogSource } from "./source";

/** What `audit` uses. */
interface AuditContext {
  /** Where entries go. */
  readonly output: Output;
  /** Prints everything else, line by line. */
  readonly say: (line: string) => void;
  readonly progress?: Progress;
  /** Ends the run. */
  readonly stop: AbortSignal;
  readonly now: Date;
}

const exitCodes = { complete: 0, failed: 1, gap: 2, stopped: 130 } as const;

/** Runs `audit` and returns its exit code; throws on failure. */
export async function runAudit(
  connection: Connection,
  request: AuditRequest,
  context: AuditContext,
): Promise<number> {
  const { progress = silent } = context;
  const notes = new Notes((line) => {
    progress.clear();
    context.say(line);
  });
  for (const remark of request.remarks) notes.note(remark);
  const project = request.project === undefined ? undefined : await projectOf(connection, request.project);
  const users = request.users.length === 0 ? undefined : await userUuidsOf(connection, request.users);
  const run: RunContext = {
    source: new LogSource(connection, project, notes),
    names: new Names(connection),
    format: formatOf(request.format),
    output: context.output,
    progress,
    notes,
    stop: context.stop,
    count: { all: 0, staff: 0, system: 0 },
  };
  const job: Job = {
    connection,
    request,
    run,
    project,
    query: { ...request.query, users },
    now: context.now,
  };
  return (
    (await finish(job, () => (request.cursor === undefined ? once(job) : continued(job, request.cursor)))) ??
    (notes.hasGap ? exitCodes.gap : exitCodes.complete)
  );
}

interface Job {
  readonly connection: Connection;
  readonly request: AuditRequest;
  readonly run: RunContext;
  readonly project: LogScope | undefined;
  readonly query: LogQuery;
  readonly now: Date;
}

/** Runs a job and reports which kinds of entry it printed; returns the exit code if the job was stopped. */
async function finish({ request, run }: Job, work: () => Promise<void>): Promise<number | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof StoppedError) return request.follow ? undefined : exitCodes.stopped;
    if (!(error instanceof OutputClosedError)) throw error;
    if (request.cursor === undefined) return undefined;
    throw new RefusedError("the entries could not be printed: nobody reads the output any more", {
      why: "The program that reads the pipe has ended.",
      fix: "Fix it and run again: the cursor is after the last page that was written.",
    });
  } finally {
    run.progress.clear();
    noteKinds(run);
  }
}

function noteKinds({ notes, count: { staff, system } }: RunContext): void {
  const entries = (count: number): string => counted(count, "entry is", "entries are");
  if (staff > 0) notes.note(`${entries(staff)} by PostHog's staff on someone's behalf.`);
  if (system > 0) {
    notes.note(
      `${counted(system, "entry names", "entries name")} no person: what API keys change outside of projects, and what PostHog does by itself.`,
    );
  }
}

/** Says in advance what the log cannot show. */
function noteUnnamed({ query: { scopes, users }, run: { notes } }: Job): void {
  const sentence = unrecordedSentence(scopes);
  if (sentence !== undefined) notes.note(`${sentence} ${insteadOfRecords}`);
  if (users !== undefined) {
    notes.note(
      "--user finds only entries that name a person. What API keys change outside of projects (the organization, members, invites, domains, project secret keys) is recorded without one.",
    );
  }
}

/** Empty output can mean that nothing happened, or that a filter is misspelled. */
async function noteEmptyResult({ request, run: { count, notes, source }, query, now }: Job): Promise<void> {
  if (count.all > 0) return;
  notes.note(emptyResult(query, request.preset, now));
  if (query.clients === undefined) return;
  for (const remark of remarksOnClients(query.clients, (await source.clients()) ?? query.clients)) {
    notes.note(remark);
  }
}

async function once(job: Job): Promise<void> {
  const { connection, request, run, project, query, now } = job;
  const { follow: isFollowed, since } = request;
  const isFromNow = isFollowed && since === undefined;
  const extent = {
    scopes: query.scopes,
    isOneProject: project !== undefined,
    from: since,
    isContinued: false,
  };
  noteUnnamed(job);
  if (!isFromNow) await noteLimits(connection, run.notes, extent, now);
  await writeHeader(request, run);
  if (!isFollowed) {
    await forward(run, query);
    return noteEmptyResult(job);
  }
  const start = isFromNow ? await fromNow(run.source, query, request.overlap) : { from: since, seen: [] };
  await follow(run, query, start, request, () => {});
}

async function continued(job: Job, path: string): Promise<void> {
  const { connection, request, run, project, query, now } = job;
  const asked = askedBy(request, query.users, await addressOf(connection, project));
  const file = CursorFile.open(path, asked);
  try {
    const start = file.found ?? { from: request.since, seen: [] };
    // Entries are only printed once the cursor is known to be writable.
    file.save(start);
    const extent = {
      scopes: query.scopes,
      isOneProject: project !== undefined,
      from: start.from,
      isContinued: file.found !== undefined,
    };
    if (!extent.isContinued) noteUnnamed(job);
    await noteLimits(connection, run.notes, extent, now);
    await writeHeader(request, run);
    const save = file.save.bind(file);
    if (request.follow) await follow(run, query, start, request, save);
    else await forwardSince(run, query, start, request, save);
    // Later runs often find nothing, and their filters have worked before.
    if (!request.follow && file.found === undefined) await noteEmptyResult(job);
  } finally {
    file.close();
  }
}

async function writeHeader({ header }: AuditRequest, { format, output }: RunContext): Promise<void> {
  if (header && format.header !== "") await output.write(format.header);
}
