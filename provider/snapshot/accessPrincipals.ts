import { type GrantTarget, subjectParts, targetKey } from "../access/grants";
import type { NotFoundError } from "../posthog/errors";
import { memberOf, notAMember } from "../posthog/members";
import { noSuchRole, roleOf } from "../posthog/roles";
import type { People } from "./accessSnapshot";

/** PostHog's ids of subjects that were resolved before, by written subject: `user/ann@acme.com`. */
type KnownIds = Readonly<Record<string, string>>;

/** A person or role that does not exist, as written, and the error for it. */
interface MissingSubject {
  readonly subject: string;
  readonly error: NotFoundError;
}

/** The subject of a grant, without its resource. */
type PrincipalTarget = Omit<GrantTarget, "resource">;

/** Subjects as people write them (`user/ann@acme.com`, `role/Analysts`, `default`), with PostHog's ids. */
export class Subjects {
  /** The subjects that PostHog does not have. */
  readonly missing: readonly MissingSubject[];
  private readonly known = new Map<string, PrincipalTarget>();
  private readonly written = new Map<string, string>();

  /**
   * @param wanted the subjects as written; if two refer to the same one, messages show the first.
   * @param earlier ids from earlier runs: they find a person whose e-mail address changed, or who is hidden.
   * @param inUse ids that have rules, whether or not those people are visible.
   */
  constructor(
    private readonly directory: People,
    wanted: Iterable<string>,
    earlier: KnownIds,
    inUse: ReadonlySet<string>,
  ) {
    const remembered = new Map(Object.entries(earlier).map(([subject, id]) => [subject.toLowerCase(), id]));
    const exists = (id: string): boolean =>
      inUse.has(id) || directory.members.some((member) => member.id === id);
    this.missing = [...wanted].flatMap((subject) => {
      const parts = subjectParts(subject);
      if (parts === undefined) return [];
      const { kind, name } = parts;
      const before = remembered.get(subject.toLowerCase());
      const id =
        (kind === "user" ? memberOf(name, directory.members) : roleOf(name, directory.roles))?.id ??
        (before !== undefined && exists(before) ? before : undefined);
      if (id === undefined) {
        const { members, roles } = directory;
        return [{ subject, error: kind === "user" ? notAMember(name, members) : noSuchRole(name, roles) }];
      }
      this.add(subject, kind === "user" ? { membershipId: id } : { roleId: id });
      return [];
    });
  }

  /** The target of a grant to a written subject; undefined if the subject does not exist. */
  placeOf(resource: string, subject: string): GrantTarget | undefined {
    if (subject === "default") return { resource };
    const who = this.known.get(subject.toLowerCase());
    return who === undefined ? undefined : { resource, ...who };
  }

  /** The written form of a grant's subject: as in the program, otherwise PostHog's name. */
  nameOf({ membershipId, roleId }: GrantTarget): string {
    const written = this.written.get(keyOf({ membershipId, roleId }));
    if (written !== undefined) return written;
    if (membershipId !== undefined) {
      const member = this.directory.members.find(({ id }) => id === membershipId);
      return `user/${member?.user.email ?? membershipId}`;
    }
    if (roleId === undefined) return "default";
    const name = this.directory.roles.find(({ id }) => id === roleId)?.name;
    // An entry named __proto__ would be lost on the way to the state.
    return `role/${name === undefined || name === "__proto__" ? roleId : name}`;
  }

  private add(subject: string, who: PrincipalTarget): void {
    this.known.set(subject.toLowerCase(), who);
    if (!this.written.has(keyOf(who))) this.written.set(keyOf(who), subject);
  }
}

const keyOf = (who: PrincipalTarget): string => targetKey({ resource: "", ...who });
