import { distinctNames } from "../../../provider/access/snapshot";
import type { AccessReview, ReviewedAccess } from "../../../provider/review/model";
import { reviewRules } from "../../../provider/review/rules";
import { levels, type PackedCell, type PackedResource, type PageData, packRow, widthFor } from "./model/data";

const titles = new Map(reviewRules.map(({ id, title }) => [id, title]));

/** Packs a review for its page. */
export function packReview(review: AccessReview): PageData {
  const texts = new Dictionary<string>((text) => text);
  const cells = new CellPacker(texts);
  const rows = new Dictionary<readonly number[]>((row) => row.join());
  const columns = new Map(review.projects.map(({ projectId }, column) => [projectId, column]));
  const rowOf = (access: readonly ReviewedAccess[]): number => {
    const row = new Array<number>(columns.size).fill(cells.nowhere);
    for (const one of access) {
      const column = columns.get(one.projectId);
      if (column !== undefined) row[column] = cells.add(one);
    }
    return rows.add(row);
  };
  const people = review.people.map(({ access, userUuid: _, roles, ...person }) => ({
    ...person,
    roles: roles.map((role) => texts.add(role)),
    row: rowOf(access),
  }));
  const keys = review.keys?.map(({ access, ...key }) => ({ ...key, row: rowOf(access) }));
  const findings = review.findings.map(({ rule, evidence, fix, fingerprint: _, ...finding }) => ({
    ...finding,
    rule: texts.add(rule),
    title: texts.add(titles.get(rule) ?? rule),
    evidence: evidence.map((text) => texts.add(text)),
    fix: texts.add(fix),
  }));
  const { organization, readAt, projects, omissions } = review;
  const names = distinctNames(projects.map(({ projectId, name }) => ({ id: projectId, name })));
  const width = widthFor(cells.cells.values.length);
  return {
    organization,
    readAt,
    texts: texts.values,
    resources: cells.resources.values,
    cells: cells.cells.values,
    width,
    rows: rows.values.map((row) => packRow(row, width)),
    projects: projects.map((project, at) => ({ ...project, name: names[at]?.name ?? project.name })),
    people,
    keys,
    findings,
    omissions,
  };
}

/** Distinct values by position. */
class Dictionary<Value> {
  readonly values: Value[] = [];
  private readonly positions = new Map<string, number>();

  constructor(private readonly keyOf: (value: Value) => string) {}

  add(value: Value): number {
    const key = this.keyOf(value);
    const known = this.positions.get(key);
    if (known !== undefined) return known;
    this.positions.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** Packs cells; large reviews share objects, so each is packed once. */
class CellPacker {
  readonly cells = new Dictionary<PackedCell>((cell) => cell.join());
  readonly resources = new Dictionary<readonly PackedResource[]>((set) => set.join(";"));
  /** The cell for a project that a key cannot reach. */
  readonly nowhere: number;
  private readonly seen = new Map<ReviewedAccess, number>();

  constructor(private readonly texts: Dictionary<string>) {
    this.nowhere = this.pack({ projectId: 0, level: "none", through: "", resources: [] });
  }

  add(source: ReviewedAccess): number {
    const known = this.seen.get(source);
    if (known !== undefined) return known;
    const position = this.pack(source);
    this.seen.set(source, position);
    return position;
  }

  private pack({ level, through, resources }: ReviewedAccess): number {
    const set = resources.map(
      (one): PackedResource => [
        this.texts.add(one.resource),
        levels.indexOf(one.level),
        this.texts.add(one.through),
      ],
    );
    return this.cells.add([levels.indexOf(level), this.texts.add(through), this.resources.add(set)]);
  }
}
