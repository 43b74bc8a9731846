import type { Program, Review } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import type { Connection } from "../../posthog/connection";
import { isSameProjectName, projectsNamed } from "../../posthog/projects";

const newerServersRefuse =
  "PostHog servers since August 2026 refuse a second project of the same name, whatever its capitals";

const whereGivenUp =
  "if another resource of this program gives the name up, depend on that one (dependsOn), or run pulumi up twice";

/** What happens to a second project with the same name, and how to use the name anyway. */
export const secondProject = `but ${newerServersRefuse}; ${whereGivenUp}`;

interface Named {
  readonly name?: string;
}

type NameReview = Pick<Review<Named>, "args" | "before" | "existing" | "adopt" | keyof Program>;

/** How many projects of that name are renamed by resources that this one depends on, before it is updated. */
function leavingBefore(name: string, { expectedNames }: Pick<Program, "expectedNames">): number {
  return expectedNames().filter((other) => other.comesFirst && givesUp(other, name)).length;
}

function givesUp({ before, after }: { before?: string; after: string }, name: string): boolean {
  return before !== undefined && isSameProjectName(before, name) && !isSameProjectName(after, name);
}

/** Whether a project that has the name now gets another name first. */
export function makesWay(name: string | undefined, program: Pick<Program, "expectedNames">): boolean {
  return name !== undefined && leavingBefore(name, program) > 0;
}

/**
 * The preview's finding about a name that others have: an error, or with `adopt: false` a warning, because only newer
 * servers reject it. An existing project that the resource would adopt is reported elsewhere.
 */
export async function reviewName(connection: Connection, review: NameReview): Promise<Finding[]> {
  const { name } = review.args;
  if (name === undefined) return [];
  const isNew = review.before?.name !== name;
  const holders = isNew ? await holdersOf(connection, name, review) : [];
  // Nothing is awaited from here on: if two resources are reviewed at the same time, the later one sees the earlier.
  const holder = holders[leavingBefore(name, review)];
  const rival = rivalFor(name, isNew, review);
  const [other] = [
    ...(rival === undefined ? [] : [`${rival.resource} of this program is called "${rival.after}" as well`]),
    ...(holder === undefined ? [] : [`project ${holder.id} is already called "${holder.name}"`]),
  ];
  if (other !== undefined && review.adopt !== false) {
    const giver =
      rival === undefined
        ? review.expectedNames().find((one) => !one.comesFirst && givesUp(one, name))
        : undefined;
    return [problem("name", other, { fix: fixFor(giver?.resource) })];
  }
  review.expectName({ before: review.before?.name, after: name, isSecond: review.adopt === false });
  return other === undefined ? [] : [warning(`${other}: ${newerServersRefuse}`)];
}

/** Registers the name of an unchanged resource, and reports another resource that would adopt its project. */
export function reviewKeptName({
  args: { name },
  ...program
}: { readonly args: Named } & Program): Finding[] {
  if (name === undefined) return [];
  program.expectName({ before: name, after: name, isSecond: false });
  const rival = rivalFor(name, false, program);
  if (rival === undefined) return [];
  return [
    problem("name", `${rival.resource} of this program is called "${rival.after}" as well`, {
      fix: fixFor(),
    }),
  ];
}

/**
 * Another resource with the same name. If this resource keeps its name, one that takes the name without asking for a
 * second project.
 */
function rivalFor(name: string, isNew: boolean, { expectedNames }: Pick<Program, "expectedNames">) {
  return expectedNames().find(
    ({ before, after, isSecond }) =>
      isSameProjectName(after, name) && (isNew || (before !== after && !isSecond)),
  );
}

function fixFor(giver?: string): string {
  const order =
    giver === undefined
      ? whereGivenUp
      : `${giver} gives the name up: depend on it (dependsOn), or run pulumi up twice`;
  return (
    `choose another name, or set adopt: false for a second project of the name (${newerServersRefuse}); ` +
    `${order}; to swap two names, give one of the projects a name in between first`
  );
}

/** The projects that have a name, except the resource's own. */
async function holdersOf(
  connection: Connection,
  name: string,
  { before, existing }: Pick<NameReview, "before" | "existing">,
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  const named = await projectsNamed(connection, name);
  if (existing !== undefined) {
    return existing.args.name === name ? [] : named.filter(({ id }) => String(id) !== existing.id);
  }
  if (named.length === 0 || before?.name === undefined) return named;
  // If no project has the earlier name any more, it was renamed outside the program, perhaps to the new name.
  const mayBeOwn =
    isSameProjectName(before.name, name) || (await projectsNamed(connection, before.name)).length === 0;
  return mayBeOwn ? named.slice(1) : named;
}
