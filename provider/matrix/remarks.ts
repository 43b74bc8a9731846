import { counted, printable } from "../access/messages";
import { type DesiredAccess, type Ending, type NotEnforceable, subjectName } from "./desired";

/** A preview's remark on a matrix. */
interface Remark {
  readonly severity: "warn" | "info";
  readonly message: string;
}

/** What a preview reports about a matrix: what PostHog cannot enforce, what ends soon, what has ended. */
export function matrixRemarks(desired: DesiredAccess): Remark[] {
  const warn = (message: string): Remark => ({ severity: "warn", message });
  return [
    ...desired.notEnforceable.map((one) => warn(notEnforceableText(one))),
    ...desired.warnings.map(warn),
    ...desired.ending.map((one) =>
      warn(
        `${whatEnds(one)} ends ${when(one)}${source(one)}${inBrackets(one.reason)}${afterwards(one, desired)}`,
      ),
    ),
    ...desired.ended.map((one): Remark => {
      const message = `${whatEnds(one)} ended with ${one.until}${source(one)}${inBrackets(one.reason)}; ${toDo(one)}`;
      return { severity: "info", message };
    }),
  ];
}

function notEnforceableText({ asked, why, applied, closest, ...subject }: NotEnforceable): string {
  return [
    `${subjectName(subject)} in ${subject.project}: ${asked} cannot be enforced`,
    `why: ${why}`,
    ...(applied === undefined || applied === closest ? [] : [`applied: ${applied}`]),
    `closest: ${closest}`,
  ]
    .map(printable)
    .join("\n  ");
}

/** What ends, as the start of a sentence: `access of web to staging`. */
export function whatEnds({ project, team, user, isDenial }: Omit<Ending, "until" | "days">): string {
  if (project === undefined) return `${user ?? "someone"}'s membership of ${team ?? "a team"}`;
  if (isDenial === true) return `the denial for ${subjectName({ team, user })} in ${project}`;
  return `access of ${subjectName({ team, user })} to ${project}`;
}

function when({ until, days }: Ending): string {
  if (days === 0) return `today (${until})`;
  return `in ${counted(days, "day")}, with ${until}`;
}

/** People without their own grant have the default access, which is PostHog's admin unless it is closed. */
function afterwards({ project, team, isDenial }: Ending, { projects, keys }: DesiredAccess): string {
  if (isDenial === true) return "; then the project's default access applies";
  const isKey = keys.some((key) => key.team === team && key.project === project);
  const policy = projects.find((one) => one.project === project);
  if (isKey || policy === undefined || policy.defaultAccess === "none") return "";
  return "; then the project's default access applies: make sure that defaultAccess is none";
}

function source({ inheritedFrom }: Ending): string {
  return inheritedFrom === undefined ? "" : `, as ${inheritedFrom} says`;
}

function toDo({ inheritedFrom }: Ending): string {
  return inheritedFrom === undefined
    ? "remove its line"
    : "to extend it, set until: never, or another day, on the team's own entry";
}

function inBrackets(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${reason})`;
}
