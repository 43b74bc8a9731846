import type { Direction } from "../../provider/access/change";
import type { LiveKey, LiveOrganization, Omission } from "../../provider/access/liveOrganization";
import { counted, listed, printable } from "../../provider/access/messages";
import type { ProjectName } from "../../provider/access/snapshot";
import { dateOf } from "../../provider/access/values";
import type { Connection } from "../../provider/posthog/connection";
import type {
  ChangeReview,
  KeyChange,
  MatrixTarget,
  ReviewedPersonChange,
  RoleChange,
} from "../../provider/review/changes/model";
import { reviewChanges } from "../../provider/review/changes/reviewChanges";
import { unknownInMatrix } from "../../provider/review/changes/unknown";
import { readProjectKeys } from "../../provider/snapshot/readKeys";
import { readOrganization } from "../../provider/snapshot/readOrganization";
import { markdownText } from "../common/markdown";
import { type MatrixFlags, readMatrixFile } from "../common/matrix";
import { colors, wrapped } from "../common/terminal";
import { minuteOf } from "./messages";
import { type Progress, projectSources } from "./read";

/** What to compare with PostHog. */
interface ChangeRequest extends MatrixFlags {
  /** File with the matrix. */
  readonly matrix: string;
  /** File with the last applied matrix. */
  readonly base?: string;
  /** The stack whose outputs contain ids of the matrix's projects. */
  readonly stack?: string;
}

/** The line that marks a pull request's comment, so that the next one can replace it. */
export const commentMarker = "<!-- pulumi-posthog: access changes -->";
/** How many people a comment lists: code hosts allow 65,536 characters. */
const namedInComments = 150;
/** How many people a terminal lists. */
const namedOnTerminals = 50;

/** Reads a live organization, and determines what an update to a matrix would change in it. */
export async function readChanges(
  connection: Connection,
  { matrix, base, projects, members = new Map(), stack }: ChangeRequest,
  onProgress?: Progress,
): Promise<ChangeReview> {
  const now = new Date(connection.clock.now());
  const sources = projectSources(connection, stack);
  const targetOf = async (
    file: string,
    check?: Parameters<typeof readMatrixFile>[4],
  ): Promise<MatrixTarget> => ({
    ...(await readMatrixFile(file, { projects, members }, sources, now, check)),
    members,
  });
  const live = await readOrganization(connection, { invites: true, onProgress });
  const today = dateOf(now);
  const targets = {
    target: await targetOf(matrix, (read, numbers) =>
      unknownInMatrix(read, { live, projects: numbers, today }),
    ),
    base: base === undefined ? undefined : await targetOf(base),
  };
  const omissions = [...live.omissions];
  const projectKeys = await readKeysByProject(connection, projectsWithKeys(live, targets.target), omissions);
  return reviewChanges({ ...live, omissions }, targets.target, {
    file: matrix,
    base: targets.base,
    projectKeys,
  });
}

/** The projects where the matrix has project secret API keys. */
function projectsWithKeys({ access: { projects } }: LiveOrganization, target: MatrixTarget): ProjectName[] {
  const ids = target.desired.keys.flatMap(({ kind, project, id }) =>
    kind === "project" ? [target.projects.get(project) ?? id] : [],
  );
  return projects.filter((project) => ids.includes(project.id));
}

/** The secret keys of each project that allows listing them. */
async function readKeysByProject(
  connection: Connection,
  projects: readonly ProjectName[],
  omissions: Omission[],
): Promise<Map<number, LiveKey[]>> {
  const read = await Promise.all(
    projects.map(async (project) => {
      const missing: Omission[] = [];
      const keys = await readProjectKeys(connection, [project], missing);
      omissions.push(...missing);
      return missing.length > 0 ? [] : [[project.id, keys] as const];
    }),
  );
  return new Map(read.flat());
}

/** Changes on one line: how much is written, and how many people's access changes. */
export function changeVerdict(review: ChangeReview): string {
  const { hasChanges, people, roles, projects, keys, uncomparedKeys } = review;
  if (!hasChanges) {
    if (uncomparedKeys.length === 0) return "No changes: PostHog matches the matrix.";
    return `No other changes; ${counted(uncomparedKeys.length, "key is", "keys are")} not compared.`;
  }
  const count = (direction: Direction): number =>
    people.filter(({ changes }) => changes.some((change) => change.direction === direction)).length;
  const rules = projects.reduce((sum, { made, changed, removed }) => sum + made + changed + removed, 0);
  const [lose, gain] = [count("loses"), count("gains")];
  const who = [
    ...(lose === 0 ? [] : [`${counted(lose, "person loses", "people lose")} access`]),
    ...(gain === 0 ? [] : [`${counted(gain, "person gains", "people gain")} access`]),
  ];
  const what = [
    ...(roles.length === 0 ? [] : [counted(roles.length, "role")]),
    ...(rules === 0 ? [] : [counted(rules, "access rule")]),
    ...(keys.length === 0 ? [] : [counted(keys.length, "key")]),
  ];
  const effect = who.length === 0 ? "nobody's access changes" : listed(who, "and");
  return `${effect}; ${listed(what, "and")} ${roles.length + rules + keys.length === 1 ? "changes" : "change"}.`.replace(
    /^./,
    (first) => first.toUpperCase(),
  );
}

/** What changes, for a terminal of that width. */
export function changesTable(review: ChangeReview, width: number): string {
  const item = (text: string): string[] =>
    text
      .split("\n")
      .flatMap((line) => wrapped(line, width - 4))
      .map((line, at) => `${at === 0 ? "  " : "    "}${line}`);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [colors.bold(title), ...lines.flatMap(item), ""];
  const { organization, readAt, warnings, notes, omissions } = review;
  return [
    `${printable(organization.name)} at ${organization.host}, read ${minuteOf(readAt)}`,
    "",
    ...section(
      "People",
      personLines(review, namedOnTerminals, ({ email, summary }) => `${email} ${summary}`),
    ),
    ...section("Roles", review.roles.map(roleLine)),
    ...section("Projects", review.projects.map(projectLine)),
    ...section("Keys", keyLines(review)),
    ...section("Warnings", warnings),
    ...section("Notes", notes),
    ...section(
      "Not read",
      omissions.map(({ what, why }) => `${what}: ${why}`),
    ),
    colors.bold(changeVerdict(review)),
  ].join("\n");
}

/** What changes, as a comment for a pull request. */
export function changesMarkdown(review: ChangeReview): string {
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", `### ${title}`, "", ...lines.map((line) => `- ${line}`)];
  const { organization, warnings, notes, omissions } = review;
  const person = ({ email, summary }: ReviewedPersonChange): string =>
    `**${markdownText(email)}** ${markdownText(summary)}`;
  return [
    commentMarker,
    `## Access changes in ${markdownText(organization.name)}`,
    "",
    markdownText(changeVerdict(review)),
    ...section("People", personLines(review, namedInComments, person)),
    ...section(
      "Roles",
      review.roles.map((role) => markdownText(roleLine(role))),
    ),
    ...section(
      "Projects",
      review.projects.map((project) => markdownText(projectLine(project))),
    ),
    ...section("Keys", keyLines(review).map(markdownText)),
    ...section("Warnings", warnings.map(markdownLines)),
    ...section("Notes", notes.map(markdownLines)),
    ...section(
      "Not read",
      omissions.map(({ what, why }) => markdownText(`${what}: ${why}`)),
    ),
    "",
  ].join("\n");
}

/** An item of a list; further lines of the text become nested items. */
function markdownLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .map((line, at) => `${at === 0 ? "" : "\n  - "}${markdownText(line.replace(/^- /, ""))}`)
    .join("");
}

function personLines(
  { people }: ChangeReview,
  most: number,
  line: (change: ReviewedPersonChange) => string,
): string[] {
  const rest = people.length - most;
  return [
    ...people.slice(0, most).map(line),
    ...(rest > 0
      ? [`and ${counted(rest, "other person gains or loses", "other people gain or lose")} access`]
      : []),
  ];
}

function roleLine({ role, change, joining, leaving }: RoleChange): string {
  const moves = [
    ...(leaving.length === 0 ? [] : [`${listed(leaving, "and")} out`]),
    ...(joining.length === 0 ? [] : [`${listed(joining, "and")} in`]),
  ];
  return [`${role} is ${change}`, ...moves].join("; ");
}

function keyLines({ keys, uncomparedKeys }: ChangeReview): string[] {
  return [
    ...keys.map(keyLine),
    ...uncomparedKeys.map(
      ({ team, project }) =>
        `the key of ${team} for ${project} is not compared: PostHog does not show labels of such keys; --base compares it with the last applied matrix`,
    ),
  ];
}

function keyLine({ team, project, change, scopes, gained, lost }: KeyChange): string {
  const moves = [
    ...(lost.length === 0 ? [] : [`loses ${listed(lost, "and")}`]),
    ...(gained.length === 0 ? [] : [`gains ${listed(gained, "and")}`]),
  ];
  const what =
    change !== "changed" ? scopes.join(", ") : moves.length === 0 ? "its label or kind" : moves.join("; ");
  return `the key of ${team} for ${project} is ${change}: ${what}`;
}

function projectLine({ project, made, changed, removed }: ChangeReview["projects"][number]): string {
  const parts = [
    ...(removed === 0 ? [] : [`${removed} removed`]),
    ...(changed === 0 ? [] : [`${changed} changed`]),
    ...(made === 0 ? [] : [`${made} new`]),
  ];
  return `${project}: ${counted(removed + changed + made, "access rule")}, ${parts.join(", ")}`;
}
