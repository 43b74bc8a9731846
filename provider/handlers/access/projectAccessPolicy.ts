import * as z from "zod";
import {
  byProjectFirst,
  type Grant,
  type GrantTarget,
  grantText,
  isDefault,
  type NamedGrant,
  parseGrantText,
  subjectParts,
  targetKey,
} from "../../access/grants";
import { levelProblem, organizationAdmin } from "../../access/levels";
import { type PolicyPlan, planPolicy, type Writer } from "../../access/plan";
import { type DeclaredGrant, declaredGrants, type Policy, policyOf, samePolicy } from "../../access/policy";
import { judgeResourceType } from "../../access/resourceTypes";
import {
  modeArg,
  projectId,
  projectLevelArg,
  removalLimitArg,
  roleArg,
  sameProjectId,
  sameProjectLevel,
  text,
  userArg,
} from "../../arguments/fields";
import type { ArgsOf, Field, Live } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { NotFoundError, type PosthogError } from "../../posthog/errors";
import type { Member } from "../../posthog/members";
import { Subjects } from "../../snapshot/accessPrincipals";
import {
  type Directory,
  type People,
  readDirectory,
  readGrants,
  readPeople,
} from "../../snapshot/accessSnapshot";
import { wordsForLevels } from "../levels";

const typeLevel = z.string("must be the name of a level");
const typePolicy = z.strictObject({
  default: typeLevel.optional(),
  members: z.record(userArg, typeLevel).optional(),
  roles: z.record(roleArg, typeLevel).optional(),
});

/** The arguments of `ProjectAccess`. */
export const projectAccessArgs = z.strictObject({
  projectId,
  defaultAccess: projectLevelArg.optional(),
  members: z.record(userArg, projectLevelArg).optional(),
  roles: z.record(roleArg, projectLevelArg).optional(),
  resources: z.record(z.string(), typePolicy).superRefine(checkTypes).optional(),
  mode: modeArg.optional(),
  removalLimit: removalLimitArg.optional(),
  ignore: z.array(text(254), "must be a list of people and roles").optional(),
});

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

/** PostHog may contain more than the program could declare, such as malformed rules and new levels. */
const level = z.union([z.string(), z.literal(1), z.literal(8)]);
const levels = z.record(z.string(), level);
const storedPolicy = z.object({
  members: levels.optional(),
  roles: levels.optional(),
  resources: z
    .record(z.string(), z.object({ default: level, members: levels, roles: levels }).partial())
    .optional(),
});

/** A missing part of the policy counts as empty: in exclusive mode, what appears there is drift. */
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

/** Checks of the arguments beyond their schema. */
export function projectAccessRules(args: Partial<ProjectAccessArgs>): Finding[] {
  const { defaultAccess, members = {}, roles = {}, resources = {}, ignore = [] } = args;
  const left = new Set(ignore.map((name) => name.toLowerCase()));
  const contradicting = declaredGrants(args).filter(({ subject }) =>
    left.has(subjectParts(subject)?.name.toLowerCase() ?? ""),
  );
  return [
    ...contradicting.map(({ property }) => problem(property, "is also in ignore: keep one of the two")),
    ...Object.keys(resources).flatMap((type) => {
      const text = judgeResourceType(type).warning;
      return text === undefined ? [] : [warning(text)];
    }),
    ...wordsForLevels([defaultAccess, ...Object.values(members), ...Object.values(roles)]),
  ];
}

/** What an earlier run left in the state: the grants that the policy manages, as lines, and their subjects. */
export const trackedSchema = z.object({
  grants: z.array(z.string()).catch([]),
  /** PostHog's ids of people and roles, keyed as the program writes them. */
  subjectIds: z.record(z.string(), z.string()).catch({}),
});

type Tracked = z.infer<typeof trackedSchema>;

/** A project's grants, and everyone who can have one. */
export interface Stored {
  readonly projectId: number;
  readonly directory: People;
  readonly live: readonly Grant[];
  /** The key's owner, if they are in the organization and something is planned. */
  readonly caller?: Member;
}

/** What previews and plans use to decide: the organization's plan determines which rules take effect. */
export interface StoredForPlan extends Stored {
  readonly directory: Directory;
}

/** Reads a project's grants and everyone in the organization; each list is read once per run. */
export async function readStored(connection: Connection, projectId: number): Promise<Stored> {
  const [directory, live] = await Promise.all([readPeople(connection), readGrants(connection, projectId)]);
  return { projectId, directory, live };
}

/** Reads what a plan needs: the grants, the organization and the key's owner. */
export async function readForPlan(connection: Connection, projectId: number): Promise<StoredForPlan> {
  const [directory, live, caller] = await Promise.all([
    readDirectory(connection),
    readGrants(connection, projectId),
    getCallerMember(connection),
  ]);
  return { projectId, directory, live, caller };
}

interface PolicyProblem {
  /** The argument that declares it. */
  readonly property: string;
  readonly error: PosthogError;
}

/** A declared policy compared with PostHog: its people and roles, what it manages, and what it would write. */
export class ResolvedPolicy<Read extends Stored = StoredForPlan> {
  readonly declared: readonly DeclaredGrant[];
  /** The declared grants whose people and roles exist. */
  readonly desired: readonly Grant[];
  /** Targets of the grants that the policy has managed so far. */
  readonly managed: ReadonlySet<string>;
  /** The entries of `ignore` that match no person or role. */
  readonly unknownUsers: readonly string[];
  private readonly desiredPlaces: ReadonlySet<string>;
  private readonly subjects: Subjects;
  private readonly ignored: ReadonlySet<string>;

  constructor(
    readonly stored: Read,
    private readonly args: Partial<ProjectAccessArgs>,
    tracked: Tracked,
  ) {
    this.declared = declaredGrants(args);
    const earlier = tracked.grants.flatMap((line) => parseGrantText(line) ?? []);
    const inUse = new Set(stored.live.flatMap(({ membershipId, roleId }) => membershipId ?? roleId ?? []));
    const wanted = [...this.declared, ...earlier].map(({ subject }) => subject);
    this.subjects = new Subjects(stored.directory, new Set(wanted), tracked.subjectIds, inUse);
    this.desired = this.resolve(this.declared);
    this.desiredPlaces = new Set(this.desired.map(targetKey));
    this.managed = new Set(this.resolve(earlier).map(targetKey));
    const ignore = (args.ignore ?? []).map((name) => [`user/${name}`, `role/${name}`]);
    const others = new Subjects(stored.directory, ignore.flat(), {}, inUse);
    const places = ignore.map((names) => names.flatMap((name) => others.placeOf("project", name) ?? []));
    this.ignored = new Set(places.flat().map(targetKey));
    this.unknownUsers = (args.ignore ?? []).filter((_, index) => places[index]?.length === 0);
  }

  /** What is wrong with the declared people and roles. Missing ones that `pass` accepts are not a problem. */
  problems(pass: (subject: string) => boolean = () => false): PolicyProblem[] {
    const properties = new Map(
      [...this.declared].reverse().map(({ subject, property }) => [subject, property]),
    );
    const missing = this.subjects.missing.flatMap(({ subject, error }) => {
      const property = properties.get(subject);
      return property === undefined || pass(subject) ? [] : [{ property, error }];
    });
    return [...missing, ...this.duplicates()];
  }

  /** The declared people and roles that do not exist, as `user/ann@acme.com` or `role/Analysts`. */
  get missing(): string[] {
    const names = new Set(this.declared.map(({ subject }) => subject));
    return this.subjects.missing.map(({ subject }) => subject).filter((subject) => names.has(subject));
  }

  /** The writes after which PostHog matches what is declared. */
  plan(): PolicyPlan {
    return this.planFor(this.desired, this.args.mode === "exclusive");
  }

  /** The writes that remove everything that the policy manages. */
  removal(): PolicyPlan {
    return this.planFor([], false);
  }

  /**
   * The policy as its resource would describe it if these were the project's grants. Without any arguments every grant
   * counts as declared.
   *
   * @param managed targets of the grants that count as the policy's own.
   */
  toLive(grants: readonly Grant[], managed: ReadonlySet<string>): Live<ProjectAccessArgs> {
    const whole = this.args.projectId === undefined;
    const isOwn = (grant: Grant): boolean => whole || managed.has(targetKey(grant));
    const own = grants.filter(isOwn);
    const inArguments = grants.filter((grant) => whole || this.isInArguments(grant));
    const { defaultAccess, members, roles, resources } = policyOf(
      inArguments.map((grant) => this.named(grant)),
    );
    // Without a rule, PostHog's own default applies.
    const everybody = whole || this.args.defaultAccess !== undefined ? (defaultAccess ?? "admin") : undefined;
    return {
      id: String(this.stored.projectId),
      args: {
        projectId: this.stored.projectId,
        ...(everybody === undefined ? {} : { defaultAccess: everybody }),
        members: members ?? {},
        roles: roles ?? {},
        resources: resources ?? {},
      } as Partial<ProjectAccessArgs>,
      outputs: {
        grants: this.lines(own),
        unmanaged: this.lines(grants.filter((grant) => !isOwn(grant) && !this.isIgnored(grant))),
        subjectIds: this.idsOf([...this.desired, ...own]),
      },
    };
  }

  /** Grants as lines for readers, those on the project itself first. */
  lines(grants: readonly Grant[]): string[] {
    return grants.map((grant) => grantText(this.named(grant))).sort(byProjectFirst);
  }

  private resolve(grants: readonly NamedGrant[]): Grant[] {
    return grants.flatMap(({ resource, subject, level }) => {
      const place = this.subjects.placeOf(resource, subject);
      return place === undefined ? [] : [{ ...place, level }];
    });
  }

  private duplicates(): PolicyProblem[] {
    const first = new Map<string, string>();
    return this.declared.flatMap(({ resource, subject, property }) => {
      const place = this.subjects.placeOf(resource, subject);
      const other = place === undefined ? undefined : first.get(targetKey(place));
      if (place !== undefined && other === undefined) first.set(targetKey(place), property);
      return other === undefined ? [] : [{ property, error: declaredTwice(property, other) }];
    });
  }

  private planFor(desired: readonly Grant[], exclusive: boolean): PolicyPlan {
    return planPolicy({
      live: this.stored.live,
      desired,
      managed: this.managed,
      exclusive,
      isIgnored: (place) => this.isIgnored(place),
      writer: this.writer(),
    });
  }

  private named(grant: Grant): NamedGrant {
    return { resource: grant.resource, subject: this.subjects.nameOf(grant), level: grant.level };
  }

  private idsOf(grants: readonly Grant[]): Record<string, string> {
    return Object.fromEntries(
      grants.flatMap((grant) => {
        const id = grant.membershipId ?? grant.roleId;
        return id === undefined ? [] : [[this.subjects.nameOf(grant), id]];
      }),
    );
  }

  private isInArguments(grant: Grant): boolean {
    if (this.desiredPlaces.has(targetKey(grant))) return true;
    const optional = grant.resource === "project" && isDefault(grant);
    return this.args.mode === "exclusive" && !optional && !this.isIgnored(grant);
  }

  private isIgnored(place: GrantTarget): boolean {
    return !isDefault(place) && this.ignored.has(targetKey({ ...place, resource: "project" }));
  }

  private writer(): Writer | undefined {
    const { caller, directory } = this.stored;
    if (caller === undefined || caller.level >= organizationAdmin) return undefined;
    const roles = directory.roles.filter(({ members }) =>
      members?.some(({ user }) => user.uuid === caller.user.uuid),
    );
    return { membershipId: caller.id, roleIds: new Set(roles.map(({ id }) => id)) };
  }
}

function declaredTwice(property: string, other: string): NotFoundError {
  return new NotFoundError(`${property} and ${other} name the same person or role`, {
    why: "PostHog keeps one level for each person and role.",
    fix: "Keep one of the two.",
  });
}
