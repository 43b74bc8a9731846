import type * as z from "zod";
import type { Connection } from "../posthog/connection";
import { messageOf, NotFoundError, RefusedError } from "../posthog/errors";
import type { ArgsOf, Definition, Live, Program } from "./definition";
import { changedFields } from "./diff";
import { type Finding, failure, notice, problem, warning } from "./finding";

/** What is known of a new resource. */
export interface NewResource<Shape extends z.ZodRawShape> {
  /** Its name in the program. */
  readonly name: string;
  readonly title: string;
  readonly args: Partial<ArgsOf<Shape>>;
  readonly adopt: boolean | undefined;
  readonly program: Program;
  /** The name of the resource whose object had this title in the last run: the existing object belongs to it. */
  readonly earlier: string | undefined;
}

/** Findings about a new resource whose object may already exist. */
export async function reviewNew<Shape extends z.ZodRawShape>(
  connection: Connection,
  definition: Definition<Shape>,
  { name, title, args, adopt, program, earlier }: NewResource<Shape>,
): Promise<{ findings: Finding[]; existing?: Live<ArgsOf<Shape>> }> {
  if (adopt === false && definition.existing === "mayDuplicate") return { findings: [] };
  let existing: Live<ArgsOf<Shape>> | undefined;
  try {
    existing = await definition.find(connection, args);
  } catch (error) {
    return { findings: [failure(undefined, messageOf(error))] };
  }
  if (existing === undefined || definition.makesWay?.(args, existing, program) === true) {
    return { findings: [] };
  }
  const changes = changedFields(definition, pick(existing.args, args), args).map(({ name }) => name);
  // Arguments without a value in the object, such as how it is managed, do not count as differences.
  const differing = changes.filter((name) => name in existing.args);
  if (adopt === true) {
    const effect = differing.length === 0 ? "changes nothing" : `changes ${differing.join(", ")}`;
    return {
      findings: [notice(`adopts ${kindOf(definition.type)} ${existing.id}; ${effect}`)],
      existing,
    };
  }
  if (definition.existing === "acceptEqual" && changes.length === 0) return { findings: [], existing };
  if (earlier === name) return { findings: [warning(replaced(existing.id))], existing };
  const difference = differing.length === 0 ? "" : ` and differs in ${differing.join(", ")}`;
  const message = `${title} already exists (id ${existing.id})${difference}`;
  return { findings: [problem(undefined, message, aboutExisting(definition, earlier))], existing };
}

/** Only the engine knows whether the old object is deleted first. */
const replaced = (id: string): string =>
  `is to be replaced while PostHog still has the old one (id ${id}): set deleteBeforeReplace: true, or creating the new one fails`;

/**
 * The error for a resource that cannot be created because its object already exists.
 *
 * @param earlier the resource whose object had this title in the last run.
 */
export function alreadyThere<Shape extends z.ZodRawShape>(
  definition: Definition<Shape>,
  args: ArgsOf<Shape>,
  id: string,
  earlier: string | undefined,
): RefusedError {
  const { why, fix } = aboutExisting(definition, earlier);
  const summary = `creating ${definition.title(args)} failed: it already exists (id ${id})`;
  return new RefusedError(summary, { why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`, fix });
}

/** Where an existing object may come from, and what to do about it. */
function aboutExisting(
  { existing, duplicateRemark }: Pick<Definition<z.ZodRawShape>, "existing" | "duplicateRemark">,
  earlier: string | undefined,
): { readonly why: string; readonly fix: string } {
  const remark = duplicateRemark === undefined ? "" : `, ${duplicateRemark}`;
  const second =
    existing === "mayDuplicate" ? `; or adopt: false to create a second one on purpose${remark}` : "";
  return earlier !== undefined
    ? {
        why: "a resource of this program has it",
        fix: `to replace that one, set deleteBeforeReplace: true, so that it is deleted first; for another one, let it give the object up in a run of its own${second}`,
      }
    : {
        why: "it was made outside this program, by another stack, or by an earlier run that broke off before it learned the id",
        fix: `set adopt: true to adopt it (the preview then says what changes)${second}; if it is of this program: add an alias where its resource was renamed, or deleteBeforeReplace: true as well for pulumi up --replace`,
      };
}

/** The error for an id that PostHog does not have. */
export function notThere(type: string, id: string): NotFoundError {
  return new NotFoundError(`there is no ${type} with the id "${id}"`, {
    why: "PostHog does not have it, or the key's owner cannot see it.",
    fix: "Check the id and posthog:organizationId.",
  });
}

/** A kind of resource in words: `personal API key` for `PersonalApiKey`. */
function kindOf(type: string): string {
  const words = type.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
  return words.replace(/\b(api|sso)\b/g, (word) => word.toUpperCase());
}

function pick<T extends object>(from: Partial<T>, like: Partial<T>): Partial<T> {
  const picked: Partial<T> = {};
  for (const name of Object.keys(like) as (keyof T)[]) picked[name] = from[name];
  return picked;
}
