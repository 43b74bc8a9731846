import type { AccessLevel } from "../../../../provider/access/levels";
import type { Omission } from "../../../../provider/access/liveOrganization";
import type {
  AccessReview,
  FindingSubject,
  ReviewedKey,
  ReviewedPerson,
  ReviewedProject,
  Severity,
} from "../../../../provider/review/model";

/** The levels in the order of their numbers on the page. */
export const levels = [
  "none",
  "member",
  "admin",
  "viewer",
  "editor",
  "manager",
] as const satisfies AccessLevel[];

/** A type of resource, the number of its level, and the reason; texts by position. */
export type PackedResource = readonly [resource: number, level: number, through: number];

/** The number of a level, and the positions of its reason and of its resources. */
export type PackedCell = readonly [level: number, through: number, resources: number];

/** A finding, with shared texts by position. */
interface PackedFinding {
  readonly rule: number;
  readonly title: number;
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly number[];
  readonly fix: number;
  readonly subject: FindingSubject;
}

/** A person, with the position of their row of cells. */
export interface PagePerson extends Omit<ReviewedPerson, "access" | "userUuid" | "roles"> {
  /** Names of the roles, by position. */
  readonly roles: readonly number[];
  readonly row: number;
}

/** A key, with the position of its row of cells. */
export interface PageKey extends Omit<ReviewedKey, "access"> {
  readonly row: number;
}

/**
 * A review in the page: it contains every distinct text, set of resources, cell and row of cells once, so that
 * thousands of people with the same access take little more space than one.
 */
export interface PageData {
  readonly organization: AccessReview["organization"];
  readonly readAt: string;
  readonly texts: readonly string[];
  readonly resources: readonly (readonly PackedResource[])[];
  readonly cells: readonly PackedCell[];
  /** The width of a cell in a row, in characters. */
  readonly width: number;
  /** The cells of a row in the order of the projects, each as its position in `width` characters. */
  readonly rows: readonly string[];
  readonly projects: readonly ReviewedProject[];
  readonly people: readonly PagePerson[];
  /** Missing if keys are unreadable. */
  readonly keys?: readonly PageKey[];
  readonly findings: readonly PackedFinding[];
  readonly omissions: readonly Omission[];
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const digitValues = new Map([...digits].map((digit, value) => [digit.charCodeAt(0), value]));

/** How many characters are needed for a position among so many things. */
export function widthFor(count: number): number {
  let width = 1;
  while (digits.length ** width < count) width += 1;
  return width;
}

/** Positions as text, with the same number of characters each. */
export function packRow(positions: readonly number[], width: number): string {
  return positions.map((position) => packPosition(position, width)).join("");
}

function packPosition(position: number, width: number): string {
  let text = "";
  for (let rest = position; text.length < width; rest = Math.floor(rest / digits.length)) {
    text = digits.charAt(rest % digits.length) + text;
  }
  return text;
}

/** The positions in a packed row. */
export function unpackRow(text: string, width: number): number[] {
  const positions: number[] = [];
  for (let start = 0; start < text.length; start += width) {
    let position = 0;
    for (let at = start; at < start + width; at += 1) {
      position = position * digits.length + (digitValues.get(text.charCodeAt(at)) ?? 0);
    }
    positions.push(position);
  }
  return positions;
}
