import type { Host } from "../../provider/engine/host";
import type { Observed } from "../../provider/engine/observed";
import { handlers } from "../../provider/handlers";
import { GoneError, NotFoundError, RefusedError } from "../../provider/posthog/errors";
import type { PlannedResource } from "./planned";

/** What came of looking for a resource's object in PostHog. */
export interface Outcome {
  readonly planned: PlannedResource;
  /** The object as it is; missing where the resource is left out. */
  readonly observed?: Observed;
  /** The arguments that PostHog has otherwise. */
  readonly differs: readonly string[];
  /** Why it is left out. */
  readonly why?: string;
}

/**
 * Looks for the objects that resources declare. Nothing is written; lists are read once for all of them.
 *
 * @param ids PostHog's ids by kind and name (`Project:production`), for objects that their arguments do not tell apart.
 * @throws PosthogError when PostHog cannot be asked at all.
 */
export function findObjects(
  host: Host,
  planned: readonly PlannedResource[],
  ids: ReadonlyMap<string, string>,
): Promise<Outcome[]> {
  return Promise.all(planned.map((resource) => findObject(host, resource, ids.get(addressOf(resource)))));
}

/** How `--id` names a resource: `Project:production`. */
export function addressOf({ kind, name }: Pick<PlannedResource, "kind" | "name">): string {
  return `${kind}:${name}`;
}

/** Why a resource of that kind is never put into state as it is, or undefined. */
export function whyUnreadable({ kind }: PlannedResource): string | undefined {
  return handlers.get(kind)?.definition.unreadable;
}

async function findObject(host: Host, planned: PlannedResource, id: string | undefined): Promise<Outcome> {
  const left = (why: string): Outcome => ({ planned, differs: [], why });
  const handler = handlers.get(planned.kind);
  if (handler === undefined) return left("this version of pulumi-posthog does not know the resource");
  const unreadable = whyUnreadable(planned);
  if (unreadable !== undefined) return left(unreadable);
  try {
    const standing = await handler.stand(host, planned.args, id);
    if (standing === undefined) return left(nothingThere(id));
    const { differs, ...observed } = standing;
    return { planned, observed, differs };
  } catch (error) {
    const isAboutIt =
      error instanceof NotFoundError || error instanceof RefusedError || error instanceof GoneError;
    if (!isAboutIt) throw error;
    return left(`${error.summary}. ${error.remedy.why}`);
  }
}

function nothingThere(id: string | undefined): string {
  return id === undefined
    ? "PostHog has none: the next pulumi up makes it"
    : `PostHog has none with the id ${id}: check --id`;
}
