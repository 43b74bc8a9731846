import { listed } from "../../provider/access/messages";
import { nearest } from "../../provider/access/nearest";
import { shownMoment } from "../../provider/audit/moments";
import type { PresetName } from "../../provider/audit/presets";
import { filterNames } from "./filters";
import type { LogQuery } from "./source";

/** Says that nothing was found, by which flags and in which time it was looked for. */
export function wordsForNothing(query: LogQuery, preset: PresetName | undefined, now: Date): string {
  const { startDate, endDate = now.toISOString() } = query;
  const flags = filterNames
    .filter(({ filter }) => !["startDate", "endDate"].includes(filter) && query[filter] !== undefined)
    .map(({ filter, flag }) => (filter === "scopes" && preset !== undefined ? `--preset ${preset}` : flag));
  const subject = flags.length === 0 ? "There are no entries" : `No entries fit ${listed(flags, "and")}`;
  const start = startDate === undefined ? "up to" : `from ${shownMoment(startDate)} to`;
  return `${subject}, ${start} ${shownMoment(endDate)}.`;
}

/** How many programs are named at most where none is near. */
const mostNamed = 10;

/**
 * Says of each program that is asked for and not in the log which one may be meant.
 *
 * @param known the programs that are in the log.
 */
export function remarksOnClients(wanted: readonly string[], known: readonly string[]): string[] {
  return wanted
    .filter((client) => !known.includes(client))
    .map((client) => `The log has nothing through a program "${client}"${alternative(client, known)}`);
}

function alternative(client: string, known: readonly string[]): string {
  const near = nearest(client, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  if (known.length === 0) return ", and names no other program.";
  const others = known.length - mostNamed;
  const named = [...known.slice(0, mostNamed), ...(others > 0 ? [`${others} others`] : [])];
  return `; it names ${listed(named, "and")}.`;
}
