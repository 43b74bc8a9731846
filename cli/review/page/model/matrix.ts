import type { AccessLevel } from "../../../../provider/access/levels";
import type { ReviewedProject } from "../../../../provider/review/model";
import { levels, type PageData, type PageKey, type PagePerson, unpackRow } from "./data";

/** Access to one type of resource. */
export interface Resource {
  readonly resource: string;
  readonly level: AccessLevel;
  readonly through: string;
}

/** Access to one project; equal cells are one object. */
export interface Cell {
  readonly level: AccessLevel;
  readonly through: string;
  readonly resources: readonly Resource[];
}

/** A row of the matrix: a person or a key. */
export interface Principal {
  /** Position among all rows: people first, then keys. */
  readonly index: number;
  readonly title: string;
  /** The second line, smaller. */
  readonly detail: string;
  /** What filters search, in lower case. */
  readonly searchable: string;
  /** Names of a person's roles. */
  readonly roles: readonly string[];
  readonly person?: PagePerson;
  readonly key?: PageKey;
}

/** An unpacked review. */
export interface Matrix {
  readonly projects: readonly ReviewedProject[];
  readonly subjects: readonly Principal[];
  /** The cells of a subject, one for each project. */
  cellsOf(subject: Principal): readonly Cell[];
}

const nowhere: Cell = { level: "none", through: "", resources: [] };

/** Unpacks the data of the page. Equal rows are unpacked once, on first use. */
export function unpack(data: PageData): Matrix {
  const text = (position: number): string => data.texts[position] ?? "";
  const level = (position: number): AccessLevel => levels[position] ?? "none";
  const resources = data.resources.map((set) =>
    set.map(([type, at, through]) => ({ resource: text(type), level: level(at), through: text(through) })),
  );
  const cells = data.cells.map(
    ([at, through, set]): Cell => ({
      level: level(at),
      through: text(through),
      resources: resources[set] ?? [],
    }),
  );
  const unpacked = new Map<number, readonly Cell[]>();
  const rowAt = (row: number): readonly Cell[] => {
    const known = unpacked.get(row);
    if (known !== undefined) return known;
    const found = unpackRow(data.rows[row] ?? "", data.width).map((position) => cells[position] ?? nowhere);
    unpacked.set(row, found);
    return found;
  };
  return {
    projects: data.projects,
    subjects: subjectsOf(data, text),
    cellsOf: ({ person, key }) => rowAt(person?.row ?? key?.row ?? -1),
  };
}

function subjectsOf(data: PageData, text: (position: number) => string): Principal[] {
  const people = data.people.map((person, index) => personSubject(person, index, person.roles.map(text)));
  const keys = (data.keys ?? []).map((key, index) => keySubject(key, people.length + index));
  return [...people, ...keys];
}

function personSubject(person: PagePerson, index: number, roles: readonly string[]): Principal {
  const searchable = [person.name ?? "", person.email, person.level, ...roles].join("\n").toLowerCase();
  const title = person.name ?? person.email;
  return { index, title, detail: person.name === undefined ? "" : person.email, searchable, roles, person };
}

function keySubject(key: PageKey, index: number): Principal {
  const kind = key.kind === "personal" ? "Personal key" : "Project secret key";
  const title = key.label ?? key.maskValue ?? kind;
  const detail = [key.owner ?? kind, key.label === undefined ? undefined : key.maskValue].filter(Boolean);
  const searchable = [title, kind, key.owner ?? "", key.maskValue ?? "", ...key.scopes].join("\n");
  return { index, title, detail: detail.join(" · "), searchable: searchable.toLowerCase(), roles: [], key };
}
