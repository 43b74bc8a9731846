import { z } from "zod";
import { subjectParts } from "../../access/grants";
import { levelProblem } from "../../access/levels";
import { declaredGrants, type Policy, samePolicy } from "../../access/policy";
import { judgeResourceType } from "../../access/resourceTypes";
import {
  projectId,
  projectLevelArg,
  roleArg,
  sameProjectId,
  sameProjectLevel,
  text,
  userArg,
} from "../../arguments/fields";
import type { ArgsOf, Field } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";

const typeLevel = z.string("must be the name of a level");
const typePolicy = z.strictObject({
  default: typeLevel.optional(),
  members: z.record(userArg, typeLevel).optional(),
  roles: z.record(roleArg, typeLevel).optional(),
});
const share = "must be a share from 0 to 1";

/** The arguments of `ProjectAccess`. */
export const projectAccessArgs = z.strictObject({
  projectId,
  defaultAccess: projectLevelArg.optional(),
  members: z.record(userArg, projectLevelArg).optional(),
  roles: z.record(roleArg, projectLevelArg).optional(),
  resources: z.record(z.string(), typePolicy).superRefine(checkTypes).optional(),
  mode: z.enum(["additive", "exclusive"], "must be additive or exclusive").optional(),
  removalLimit: z.number(share).min(0, share).max(1, share).optional(),
  ignore: z.array(text(254), "must be a list of people and roles").optional(),
});

/** The arguments of `ProjectAccess`. */
export type ProjectAccessArgs = ArgsOf<(typeof projectAccessArgs)["shape"]>;

/** How the arguments of `ProjectAccess` behave. */
export const projectAccessFields = {
  projectId: { replaces: true, same: sameProjectId },
  defaultAccess: { same: sameProjectLevel },
  members: policyField("members"),
  roles: policyField("roles"),
  resources: policyField("resources"),
  mode: {},
  removalLimit: {},
  ignore: {},
} satisfies Record<keyof ProjectAccessArgs, Field>;

/** What PostHog has may be more than the program could declare, such as malformed rules and new levels. */
const level = z.union([z.string(), z.literal(1), z.literal(8)]);
const levels = z.record(z.string(), level);
const storedPolicy = z.object({
  members: levels.optional(),
  roles: levels.optional(),
  resources: z
    .record(z.string(), z.object({ default: level, members: levels, roles: levels }).partial())
    .optional(),
});

/** Leaving a part of the policy out means that nothing is in it: in exclusive mode, what appears there is drift. */
function policyField(part: keyof z.infer<typeof storedPolicy>): Field {
  const read = (value: unknown): Policy => storedPolicy.safeParse({ [part]: value }).data ?? {};
  return { default: {}, same: (stored, declared) => samePolicy(read(stored), read(declared)) };
}

function checkTypes(policies: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void {
  for (const [type, policy] of Object.entries(policies)) {
    const { error } = judgeResourceType(type);
    if (error !== undefined) context.addIssue({ code: "custom", path: [type], message: error });
    else checkLevels(type, typePolicy.parse(policy), context);
  }
}

function checkLevels(type: string, policy: z.infer<typeof typePolicy>, context: z.core.$RefinementCtx): void {
  const wrong = (path: string[], level: string): void => {
    const message = levelProblem(type, level);
    if (message !== undefined) context.addIssue({ code: "custom", path: [type, ...path], message });
  };
  if (policy.default !== undefined) wrong(["default"], policy.default);
  for (const part of ["members", "roles"] as const) {
    for (const [name, level] of Object.entries(policy[part] ?? {})) wrong([part, name], level);
  }
}

/** What has to hold of the arguments besides their schema. */
export function projectAccessRules(args: Partial<ProjectAccessArgs>): Finding[] {
  const { resources = {}, ignore = [] } = args;
  const left = new Set(ignore.map((name) => name.toLowerCase()));
  const contradicting = declaredGrants(args).filter(({ subject }) =>
    left.has(subjectParts(subject)?.name.toLowerCase() ?? ""),
  );
  return [
    ...contradicting.map(({ property }) =>
      problem(property, "is in ignore as well; leave it to one of the two"),
    ),
    ...Object.keys(resources).flatMap((type) => {
      const text = judgeResourceType(type).warning;
      return text === undefined ? [] : [warning(text)];
    }),
  ];
}
