import { z } from "zod";
import {
  byProjectFirst,
  type Grant,
  type GrantTarget,
  grantText,
  isDefault,
  type NamedGrant,
  parseGrantText,
  targetKey,
} from "../../access/grants";
import { organizationAdmin } from "../../access/levels";
import { type PolicyPlan, planPolicy, type Writer } from "../../access/plan";
import { type DeclaredGrant, declaredGrants, policyOf } from "../../access/policy";
import type { Live } from "../../engine/definition";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { NotFoundError, type PosthogError } from "../../posthog/errors";
import type { Member } from "../../posthog/members";
import { Subjects } from "../../snapshot/accessPrincipals";
import { type Directory, readDirectory, readGrants } from "../../snapshot/accessSnapshot";
import type { ProjectAccessArgs as Args } from "./projectAccessArgs";

/** What an earlier run left in the state: the grants that the policy manages as lines, and whom they are about. */
export const trackedSchema = z.object({
  grants: z.array(z.string()).catch([]),
  /** PostHog's ids of people and roles by how the program writes them. */
  subjectIds: z.record(z.string(), z.string()).catch({}),
});

/** What an earlier run left in the state. */
export type Tracked = z.infer<typeof trackedSchema>;

/** A project's grants, and everybody whom they may be about. */
export interface Stored {
  readonly projectId: number;
  readonly directory: Directory;
  readonly live: readonly Grant[];
  /** The key's owner, where they are in the organization and something is planned. */
  readonly caller?: Member;
}

/** Reads a project's grants and everybody in the organization; each list is read once a run. */
export async function readStored(connection: Connection, projectId: number): Promise<Stored> {
  const [directory, live] = await Promise.all([readDirectory(connection), readGrants(connection, projectId)]);
  return { projectId, directory, live };
}

/** Reads what a plan needs: besides the grants, who carries it out. */
export async function readForPlan(connection: Connection, projectId: number): Promise<Stored> {
  return { ...(await readStored(connection, projectId)), caller: await getCallerMember(connection) };
}

/** Something that is wrong with a declared grant. */
export interface PolicyProblem {
  /** The argument that declares it. */
  readonly property: string;
  readonly error: PosthogError;
}

/** A declared policy beside what PostHog has: whom it means, what it manages, what it would write. */
export class ResolvedPolicy {
  readonly declared: readonly DeclaredGrant[];
  /** The declared grants whose people and roles are there. */
  readonly desired: readonly Grant[];
  /** Places of the grants that the policy has managed so far. */
  readonly managed: ReadonlySet<string>;
  /** What `ignore` names without there being such a person or role. */
  readonly unknownUsers: readonly string[];
  private readonly desiredPlaces: ReadonlySet<string>;
  private readonly subjects: Subjects;
  private readonly ignored: ReadonlySet<string>;

  constructor(
    readonly stored: Stored,
    private readonly args: Partial<Args>,
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

  /** What is wrong with the people and roles that are declared. `pass` lets some of the missing ones pass. */
  problems(pass: (subject: string) => boolean = () => false): PolicyProblem[] {
    const properties = new Map(
      [...this.declared].reverse().map(({ subject, property }) => [subject, property]),
    );
    const missing = this.subjects.missing.flatMap(({ subject, error }) => {
      const property = properties.get(subject);
      return property === undefined || pass(subject) ? [] : [{ property, error }];
    });
    return [...missing, ...this.doubles()];
  }

  /** The declared people and roles that are not there, as `user/ann@acme.com` or `role/Analysts`. */
  get missing(): string[] {
    const names = new Set(this.declared.map(({ subject }) => subject));
    return this.subjects.missing.map(({ subject }) => subject).filter((subject) => names.has(subject));
  }

  /** What has to be written so that PostHog has what is declared. */
  plan(): PolicyPlan {
    return this.planFor(this.desired, this.args.mode === "exclusive");
  }

  /** What has to be written so that nothing is left of what the policy manages. */
  removal(): PolicyPlan {
    return this.planFor([], false);
  }

  /**
   * The policy in the words of its resource, if these were the project's grants. With no arguments at all everything
   * is taken for declared.
   *
   * @param managed places of the grants that count as the policy's own.
   */
  toLive(grants: readonly Grant[], managed: ReadonlySet<string>): Live<Args> {
    const whole = this.args.projectId === undefined;
    const isOwn = (grant: Grant): boolean => whole || managed.has(targetKey(grant));
    const own = grants.filter(isOwn);
    const listed = grants.filter((grant) => whole || this.isListed(grant));
    const { defaultAccess, members, roles, resources } = policyOf(listed.map((grant) => this.named(grant)));
    // Without a rule PostHog's own default holds.
    const everybody = whole || this.args.defaultAccess !== undefined ? (defaultAccess ?? "admin") : undefined;
    return {
      id: String(this.stored.projectId),
      args: {
        projectId: this.stored.projectId,
        ...(everybody === undefined ? {} : { defaultAccess: everybody }),
        members: members ?? {},
        roles: roles ?? {},
        resources: resources ?? {},
      } as Partial<Args>,
      outputs: {
        grants: this.lines(own),
        unmanaged: this.lines(grants.filter((grant) => !isOwn(grant) && !this.isIgnored(grant))),
        subjectIds: this.idsOf([...this.desired, ...own]),
      },
    };
  }

  /** Grants as lines for people, those on the project itself first. */
  lines(grants: readonly Grant[]): string[] {
    return grants.map((grant) => grantText(this.named(grant))).sort(byProjectFirst);
  }

  private resolve(grants: readonly NamedGrant[]): Grant[] {
    return grants.flatMap(({ resource, subject, level }) => {
      const place = this.subjects.placeOf(resource, subject);
      return place === undefined ? [] : [{ ...place, level }];
    });
  }

  private doubles(): PolicyProblem[] {
    const first = new Map<string, string>();
    return this.declared.flatMap(({ resource, subject, property }) => {
      const place = this.subjects.placeOf(resource, subject);
      const other = place === undefined ? undefined : first.get(targetKey(place));
      if (place !== undefined && other === undefined) first.set(targetKey(place), property);
      return other === undefined ? [] : [{ property, error: sameTwice(property, other) }];
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

  private isListed(grant: Grant): boolean {
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

function sameTwice(property: string, other: string): NotFoundError {
  return new NotFoundError(`${property} and ${other} mean the same`, {
    why: "PostHog knows one person or role under both names, and keeps one level for it.",
    fix: "Keep one of the two.",
  });
}
