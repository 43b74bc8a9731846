import { randomBytes } from "node:crypto";
import { Collection, type Row } from "./collection";
import type * as entity from "./entities";

/** Everything the emulator holds. Each write goes through a collection, with an actor. */
export class Store {
  private readonly collections: { checkpoint(): () => void }[] = [];
  private readonly sequences = new Map<string, number>();
  private lastMoment = 0;
  private series = 0;

  readonly organizations = this.collection<entity.Organization>(["slug"]);
  readonly users = this.collection<entity.User>(["uuid", "email"]);
  readonly memberships = this.collection<entity.Membership>(["organization_id", "user_id"]);
  readonly invites = this.collection<entity.Invite>(["organization_id"]);
  readonly projects = this.collection<entity.Project>(["organization_id", "deletion_queued"]);
  readonly roles = this.collection<entity.Role>(["organization_id"]);
  readonly roleMemberships = this.collection<entity.RoleMembership>(["role_id", "membership_id"]);
  readonly accessRules = this.collection<entity.AccessRule>(["team_id", "role", "organization_member"]);
  readonly objects = this.collection<entity.ProjectObject>(["team_id"]);
  readonly personalApiKeys = this.collection<entity.PersonalApiKey>(["user_id", "secure_value"]);
  readonly projectSecretApiKeys = this.collection<entity.ProjectSecretApiKey>(["team_id", "secure_value"]);
  readonly domains = this.collection<entity.OrganizationDomain>(["organization_id", "domain"]);
  readonly identityProviders = this.collection<entity.IdentityProviderConfig>(["organization_id"]);
  readonly scimUsers = this.collection<entity.ScimUser>(["identity_provider_config_id", "user_id"]);
  readonly scimRequests = this.collection<entity.ScimRequest>([
    "organization_domain_id",
    "identity_provider_config_id",
  ]);
  readonly activity = this.collection<entity.ActivityRow>(["organization_id", "team_id"]);

  constructor(
    private readonly clock: Clock,
    readonly generation: Age = "current",
  ) {}

  /** The current time in PostHog's format. */
  timestamp(): string {
    return isoMicroseconds(this.clock());
  }

  now(): Date {
    return this.clock();
  }

  /** A new id in PostHog's form: by timestamp and then number, so that ids sort by age. */
  uuid(): string {
    const moment = this.clock().getTime();
    this.series = moment === this.lastMoment ? (this.series + 1) % 0x1_0000 : 0;
    this.lastMoment = moment;
    const time = moment.toString(16).padStart(12, "0");
    const series = this.series.toString(16).padStart(4, "0");
    const random = randomBytes(8).toString("hex");
    return `${time.slice(0, 8)}-${time.slice(8)}-${series}-${random.slice(0, 4)}-${random.slice(4)}`;
  }

  /** The next free integer id of a kind. Ids in seeds are never given out again. */
  nextId(kind: SequenceKind): number {
    const next = (this.sequences.get(kind) ?? 0) + 1;
    this.sequences.set(kind, next);
    return next;
  }

  reserveId(kind: SequenceKind, id: number): void {
    this.sequences.set(kind, Math.max(this.sequences.get(kind) ?? 0, id));
  }

  /** Saves the current rows and returns a function that restores them. */
  checkpoint(): () => void {
    const sequences = [...this.sequences];
    const restores = this.collections.map((collection) => collection.checkpoint());
    return () => {
      this.sequences.clear();
      for (const [kind, last] of sequences) {
        this.sequences.set(kind, last);
      }
      for (const restore of restores) {
        restore();
      }
    };
  }

  private collection<T extends Row>(indexed: readonly (keyof T)[]): Collection<T> {
    const made = new Collection<T>(() => this.timestamp(), indexed);
    this.collections.push(made);
    return made;
  }
}

/** The age of the emulated PostHog. Newer ones have more fields and routes. */
export type Age = "2025-08" | "2026-07" | "current";

/** Rows whose ids are numbers. */
type SequenceKind = "user" | "project" | "object" | "dashboard" | "cohort" | "export";

/** Returns the current time; tests pass their own. */
export type Clock = () => Date;

/** A timestamp in PostHog's format: UTC, microseconds, `Z`. */
export function isoMicroseconds(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
