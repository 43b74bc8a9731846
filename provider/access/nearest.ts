import { distance } from "fastest-levenshtein";

/**
 * How many single-letter edits two words may differ by and still count as a typo: none up to three letters, one up to
 * seven, two beyond. Two swapped neighbors count as one edit.
 */
export function isNearMiss(word: string, candidate: string): boolean {
  const left = word.toLowerCase();
  const right = candidate.toLowerCase();
  const longest = Math.max(left.length, right.length);
  if (Math.min(left.length, right.length) <= 3) return left === right;
  return editDistance(left, right) <= (longest <= 7 ? 1 : 2);
}

/**
 * The candidate that `word` was most likely meant to be, or undefined if none is close. Separators and capitals do not
 * count (`project_id` is `projectId`), then the smallest number of edits, then the only candidate that has `word` as
 * one of its parts (`Berlin` is `Europe/Berlin`). For suggestions in messages only: it is looser than `isNearMiss`.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = bare(word);
  if (wanted === "") return undefined;
  const list = [...candidates];
  return (
    list.find((candidate) => bare(candidate) === wanted) ?? byDistance(wanted, list) ?? byPart(wanted, list)
  );
}

/** The end of a message: `; did you mean "x"?`, or nothing if no candidate is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? "" : `; did you mean "${guess}"?`;
}

/** An English noun without its plural ending: `queries` is `query`, `flags` is `flag`, `access` stays. */
export function singular(word: string): string {
  return word.replace(/ies$/, "y").replace(/(?<!s)s$/, "");
}

/** Longer words are never typos, and the time to compare them grows with the square of the length. */
const longestWord = 500;
/** Words that differ by more letters are never near. */
const mostEdits = 3;

/** The number of edits between two words; infinite if there are too many to matter. */
function editDistance(left: string, right: string): number {
  const isFar = Math.abs(left.length - right.length) > mostEdits || left.length > longestWord;
  if (isFar) return Number.POSITIVE_INFINITY;
  const edits = distance(left, right);
  return edits === 2 && isNeighbourSwap(left, right) ? 1 : edits;
}

function isNeighbourSwap(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  const at = [...left].findIndex((letter, index) => letter !== right[index]);
  const swapped = left.slice(0, at) + (left[at + 1] ?? "") + (left[at] ?? "") + left.slice(at + 2);
  return swapped === right;
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function byDistance(wanted: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = editDistance(wanted, bare(candidate));
    const tolerance = Math.min(
      mostEdits,
      Math.max(1, Math.round(Math.min(wanted.length, bare(candidate).length) / 3)),
    );
    if (edits <= tolerance && (best === undefined || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate;
}

function byPart(wanted: string, candidates: readonly string[]): string | undefined {
  if (wanted.length < 4) return undefined;
  const matches = candidates.filter((candidate) =>
    candidate.split(/[^A-Za-z0-9]+/).some((part) => bare(part) === wanted),
  );
  return matches.length === 1 ? matches[0] : undefined;
}
