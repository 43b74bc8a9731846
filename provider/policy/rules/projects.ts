import * as z from "zod";
import { groupBy } from "../../access/values";
import { isUnknown } from "../../engine/unknown";
import { type DeclaredResource, isKind, isMissing, textOf, titleOf } from "./declared";
import { defineRule, exceptSetting, projectsSetting, type Violation } from "./rule";

const isProject = isKind("Project");
const isPolicy = isKind("ProjectAccess");

/** What a resource does to the default access of a project. */
type DefaultAccess = "closes" | "opens" | "leaves" | "unknown";

/** Production projects are private: only people who are granted access can open them. */
export const productionClosed = defineRule({
  name: "production-closed",
  description: "Production projects are private.",
  why: "every member of the organization can open a project that is not private, by PostHog's default even as its admin",
  severity: "high",
  settings: z.object({
    projects: projectsSetting("(^|[^a-z])prod(uction)?([^a-z]|$)"),
    except: exceptSetting,
  }),
  // A project can be closed by its own resource or by its policy.
  reach: "stack",
  judge: (resources, { projects: pattern }) => {
    const projects = resources.filter(isProject);
    const policies = resources.filter(isPolicy);
    const isMeant = named(pattern);
    const elsewhere = policies.filter((policy) => !projects.some((project) => isPolicyOf(policy, project)));
    const stray = elsewhere.filter(({ values }) => isUnknown(values.projectId));
    return [
      ...projects.flatMap((project) => {
        const own = policies.filter((policy) => isPolicyOf(policy, project));
        return [project, ...own].some(isMeant) ? judgeProject(project, own, stray) : [];
      }),
      ...byProject(elsewhere).flatMap((group) => judgeElsewhere(group, group.find(isMeant))),
    ];
  },
});

/** Projects with events cannot be deleted. */
export const deletionProtected = defineRule({
  name: "deletion-protected",
  description: "Projects are protected from deletion.",
  why: "deleting a project deletes its events, recordings and insights for good",
  severity: "high",
  settings: z.object({ projects: projectsSetting(".*"), except: exceptSetting }),
  reach: "resource",
  judge: (resources, { projects: pattern }) =>
    resources
      .filter(isProject)
      .filter(named(pattern))
      .filter(({ values }) => values.deletionProtection === false)
      .map((resource) => ({
        resource,
        what: `${titleOf(resource)}: deletionProtection is false`,
        fix: "remove deletionProtection; to delete the project on purpose, first add it to except of deletion-protected",
      })),
});

/** `policies` are those of the project; `stray` are those whose project is not known yet. */
function judgeProject(
  project: DeclaredResource,
  policies: readonly DeclaredResource[],
  stray: readonly DeclaredResource[],
): Violation[] {
  const opening = [project, ...policies].find((resource) => effectOf(resource) === "opens");
  if (opening !== undefined) return [opened(opening)];
  if ([project, ...policies, ...stray].some((resource) => effectOf(resource) !== "leaves")) return [];
  return [
    {
      resource: project,
      what: `${titleOf(project)}: defaultAccess is set neither here nor on a ProjectAccess of the project`,
      fix: 'set defaultAccess: "none" on one of them, and grant access to people or roles',
    },
  ];
}

/**
 * The policies of one project that the program does not create. Its only known name is the one that the program gives
 * its policies. If they leave the default alone, nobody closes the project: PostHog opens projects.
 *
 * @param meant the first one whose name matches the rule.
 */
function judgeElsewhere(
  policies: readonly DeclaredResource[],
  meant: DeclaredResource | undefined,
): Violation[] {
  if (meant === undefined) return [];
  const opening = policies.find((policy) => effectOf(policy) === "opens");
  if (opening !== undefined) return [opened(opening)];
  const { projectId } = meant.values;
  if (isUnknown(projectId) || policies.some((policy) => effectOf(policy) !== "leaves")) return [];
  return [
    {
      resource: meant,
      what: `${titleOf(meant)}: defaultAccess is not set, so project ${projectId} is open unless someone made it private by hand`,
      fix: 'set defaultAccess: "none"; in an access matrix, on the project',
    },
  ];
}

/** Policies by the project's number; one whose project is not known yet stays on its own. */
function byProject(policies: readonly DeclaredResource[]): DeclaredResource[][] {
  const projects = groupBy(policies, ({ urn, values: { projectId } }) =>
    isUnknown(projectId) ? urn : String(projectId),
  );
  return [...projects.values()];
}

function opened(resource: DeclaredResource): Violation {
  const argument = isMissing(resource.values.defaultAccess) ? "accessControl" : "defaultAccess";
  return {
    resource,
    what: `${titleOf(resource)}: ${argument} is ${resource.values[argument]}, which opens the project to every member of the organization`,
    fix: 'set defaultAccess: "none", and grant access to people or roles',
  };
}

function effectOf({ values: { defaultAccess, accessControl } }: DeclaredResource): DefaultAccess {
  if (isUnknown(defaultAccess) || isUnknown(accessControl)) return "unknown";
  if (!isMissing(defaultAccess)) return defaultAccess === "none" ? "closes" : "opens";
  if (isMissing(accessControl)) return "leaves";
  return accessControl === true ? "closes" : "opens";
}

/** Whether a policy belongs to a project: it takes its number from it, or has the same. */
function isPolicyOf(policy: DeclaredResource, project: DeclaredResource): boolean {
  if (policy.sources.projectId?.includes(project.urn)) return true;
  const { projectId } = policy.values;
  return (
    !isUnknown(projectId) && !isMissing(projectId) && String(projectId) === String(project.outputs?.projectId)
  );
}

function named(pattern: string): (resource: DeclaredResource) => boolean {
  const expression = new RegExp(pattern, "i");
  return ({ name, values }) => [name, textOf(values.name) ?? ""].some((text) => expression.test(text));
}
