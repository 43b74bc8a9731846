import type { Connection } from "../../provider/posthog/connection";
import { RefusedError } from "../../provider/posthog/errors";
import { userUuidsOf } from "../../provider/posthog/members";
import { CursorFile } from "./cursorFile";
import { remarksOnClients, wordsForNothing } from "./emptyResult";
import { formatOf } from "./formats";
import { tellLimits } from "./limits";
import { addressOf, projectOf } from "./logScope";
import { Names } from "./names";
import { Notes } from "./notes";
import { type Output, OutputClosedError } from "./output";
import { type Progress, silent } from "./progress";
import { type AuditRequest, askedBy } from "./request";
import { follow, forward, forwardSince, fromNow, type RunContext, StoppedError, signaled } from "./run";
import { type LogQuery, type LogScope, LogSource } from "./source";

/** What a run of `audit` is surrounded by. */
export interface Surroundings {
  /** Where entries go. */
  readonly output: Output;
  /** Where everything else goes: one line. */
  readonly say: (line: string) => void;
  readonly progress?: Progress;
  /** Ends the run. */
  readonly stop: AbortSignal;
  readonly now: Date;
}

/** What `audit` ends with. */
export const exitCodes = { complete: 0, failed: 1, gap: 2, stopped: 130 } as const;

/** Runs `audit` and answers its exit code; what makes it fail is thrown. */
export async function runAudit(
  connection: Connection,
  request: AuditRequest,
  around: Surroundings,
): Promise<number> {
  const { progress = silent } = around;
  const notes = new Notes((line) => {
    progress.clear();
    around.say(line);
  });
  for (const remark of request.remarks) notes.note(remark);
  const project = request.project === undefined ? undefined : await projectOf(connection, request.project);
  const users = request.users.length === 0 ? undefined : await userUuidsOf(connection, request.users);
  const place: RunContext = {
    source: new LogSource(connection, project, notes),
    names: new Names(connection),
    format: formatOf(request.format),
    output: around.output,
    progress,
    notes,
    stop: around.stop,
    stopping: signaled(around.stop),
    count: { all: 0, staff: 0, system: 0 },
  };
  const job: Job = {
    connection,
    request,
    place,
    project,
    query: { ...request.query, users },
    now: around.now,
  };
  return (
    (await endOf(job, () => (request.cursor === undefined ? once(job) : continued(job, request.cursor)))) ??
    (notes.hasGap ? exitCodes.gap : exitCodes.complete)
  );
}

interface Job {
  readonly connection: Connection;
  readonly request: AuditRequest;
  readonly place: RunContext;
  readonly project: LogScope | undefined;
  readonly query: LogQuery;
  readonly now: Date;
}

/** Runs a job to its end and says what it has to of its entries; the exit code where it did not get there. */
async function endOf({ request, place }: Job, run: () => Promise<void>): Promise<number | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof StoppedError) return request.follow ? undefined : exitCodes.stopped;
    if (!(error instanceof OutputClosedError)) throw error;
    if (request.cursor === undefined) return undefined;
    throw new RefusedError("the entries could not be passed on: nobody reads the output any more", {
      why: "The program behind the pipe has ended.",
      fix: "Mend it and run again: the cursor stands after the last page that was taken.",
    });
  } finally {
    place.progress.clear();
    tellKinds(place);
  }
}

function tellKinds({ notes, count: { staff, system } }: RunContext): void {
  const entries = (count: number): string => (count === 1 ? "1 entry is" : `${count} entries are`);
  if (staff > 0) notes.note(`${entries(staff)} by PostHog's staff on somebody's behalf.`);
  if (system > 0) notes.note(`${entries(system)} by PostHog itself, not by a person.`);
}

/** An empty output may mean that nothing happened, or that a filter is misspelled. */
async function tellNothing({ request, place: { count, notes, source }, query, now }: Job): Promise<void> {
  if (count.all > 0) return;
  notes.note(wordsForNothing(query, request.preset, now));
  if (query.clients === undefined) return;
  for (const remark of remarksOnClients(query.clients, (await source.clients()) ?? query.clients)) {
    notes.note(remark);
  }
}

async function once(job: Job): Promise<void> {
  const { connection, request, place, project, query, now } = job;
  const { follow: isFollowed, since } = request;
  const isFromNow = isFollowed && since === undefined;
  const extent = {
    scopes: query.scopes,
    isOneProject: project !== undefined,
    from: since,
    isContinued: false,
  };
  if (!isFromNow) await tellLimits(connection, place.notes, extent, now);
  await writeHeader(request, place);
  if (!isFollowed) {
    await forward(place, query);
    return tellNothing(job);
  }
  const start = isFromNow ? await fromNow(place.source, query, request.overlap) : { from: since, seen: [] };
  await follow(place, query, start, request, () => {});
}

async function continued(job: Job, path: string): Promise<void> {
  const { connection, request, place, project, query, now } = job;
  const asked = askedBy(request, query.users, await addressOf(connection, project));
  const file = CursorFile.open(path, asked);
  try {
    const start = file.found ?? { from: request.since, seen: [] };
    // Before the first entry is written it has to be sure that the cursor can be, too.
    file.save(start);
    const extent = {
      scopes: query.scopes,
      isOneProject: project !== undefined,
      from: start.from,
      isContinued: file.found !== undefined,
    };
    await tellLimits(connection, place.notes, extent, now);
    await writeHeader(request, place);
    const save = file.save.bind(file);
    if (request.follow) await follow(place, query, start, request, save);
    else await forwardSince(place, query, start, request, save);
    // Later runs often have nothing to tell, and their filters have been seen to work.
    if (!request.follow && file.found === undefined) await tellNothing(job);
  } finally {
    file.close();
  }
}

async function writeHeader({ header }: AuditRequest, { format, output }: RunContext): Promise<void> {
  if (header && format.header !== "") await output.write(format.header);
}
