import type * as z from "zod";
import type { Connection } from "../posthog/connection";
import type { Finding } from "./finding";
import type { DeclaredNeeds } from "./needs";
import type { ExpectedName, ExpectedRole } from "./program";
import type { OutputSecrecy } from "./secretOutputs";
import type { Properties } from "./state";

/** The arguments of a resource, as its schema types them. */
export type ArgsOf<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/** How one argument behaves. */
export interface Field {
  /** Whether another value means another object. */
  readonly replaces?: boolean;
  /** The value that a missing argument means; without a default, a missing argument leaves the setting alone. */
  readonly default?: unknown;
  /** Whether two spellings mean the same value; deep equality by default. */
  readonly same?: (stored: unknown, declared: unknown, state: Properties) => boolean;
}

/** An object's current values in PostHog, in the terms of its resource. */
export interface Live<Args> {
  /** The resource's id, which identifies the object later. */
  readonly id: string;
  /** The arguments that would describe the object; those that cannot be read back are missing. */
  readonly args: Partial<Args>;
  /** The outputs apart from the arguments. */
  readonly outputs: Properties;
}

/** The resources that the program declared before this one, as far as a preview has seen them. */
export interface Program {
  /** Whether one of them claims the address, so that the object may still be created. */
  inProgram(address: string): boolean;
  /** What the changing ones do to roles. */
  expectedRoles(): readonly ExpectedRole[];
  /** Lets later resources know what this one does to a role. */
  expectRole(role: ExpectedRole): void;
  /** What the other resources of this kind call their objects. */
  expectedNames(): readonly (ExpectedName & {
    /** Whether this resource depends on that one, which is therefore updated first. */
    readonly comesFirst: boolean;
  })[];
  /** Lets later resources of this kind know what this one calls its object. */
  expectName(name: Omit<ExpectedName, "resource">): void;
}

/** What a preview knows about a resource to be created or changed. */
export interface Review<Args> extends Program {
  /** The arguments whose values are known. */
  readonly args: Partial<Args>;
  /** Names of the declared arguments that are not completely known yet. */
  readonly unknown: readonly string[];
  /** The arguments of the last run; missing for a new resource. */
  readonly before?: Partial<Args>;
  /** For a new resource, the existing object that `adopt` would take over. */
  readonly existing?: Live<Args>;
  /** What the program says about an existing object. */
  readonly adopt?: boolean;
}

/**
 * Every way in which the program may write a person, a role (both lower-case) or an object, including the given one.
 */
export interface Aliases {
  user(user: string): Promise<readonly string[]>;
  role(role: string): Promise<readonly string[]>;
  /** As written: ids of objects keep their capitals. */
  object(projectId: number, resource: string, object: string): Promise<readonly string[]>;
}

/**
 * Records what the state has to keep if the operation fails from here on, once a write has landed or may have. Called
 * before a write whose response may be lost, and after a write that created something. Everything that is not recorded
 * stays as it was.
 *
 * @param id the resource's id.
 * @param outputs what is known of the object by now; may include arguments that have already been applied.
 * @param unfinished what the next update or deletion needs to finish the operation or to restore what was there, such
 *   as who was managed before. They read it with `unfinishedIn`; a successful update removes it.
 */
export type Checkpoint = (id: string, outputs: Properties, unfinished?: Properties) => void;

/** Whether an update with this state adopts an existing object. */
export function isAdoption(state: Properties): boolean {
  return Object.keys(state).length === 0;
}

/** An output that no update changes, or that none changes while the argument behind it stays declared. */
export type Stable =
  | string
  | {
      readonly output: string;
      /** Decides from the arguments of the last run and of this one, in which values may be unknown. */
      readonly while: (before: Properties, now: Properties) => boolean;
    };

/** Everything specific to one kind of resource. */
export interface Definition<Shape extends z.ZodRawShape> {
  /** The name behind `pulumi-nodejs:dynamic/posthog:`. */
  readonly type: string;
  /** One schema for each argument. */
  readonly args: z.ZodObject<Shape>;
  /** Which outputs are secret; missing if none can be. */
  readonly secrecy?: OutputSecrecy;
  /** The argument whose members `unset` names; if missing, `unset` names arguments. */
  readonly unsetWithin?: string;
  readonly fields: { readonly [Name in keyof Shape]: Field };
  /**
   * The name of the object in errors and previews: `project "Staging"`.
   *
   * @param name the resource's name in the program, which previews pass. An object that has no name is called by it, so
   *   that previews use one title before and after ids are known, and no two objects share one.
   */
  title(args: Partial<ArgsOf<Shape>>, name?: string): string;
  readonly needs: DeclaredNeeds<keyof Shape & string>;
  /**
   * Outputs that stay the same for as long as the object exists, so that previews know them while an update is pending.
   * Leaves out secrets, and what the class derives from the id or the arguments.
   */
  readonly stable?: readonly Stable[];
  /** Whether the class derives outputs from the server's address. */
  readonly derivesFromHost?: boolean;
  /** Whether an update may be due although the arguments have not changed, so that previews look up stable outputs. */
  awaits?(args: Partial<ArgsOf<Shape>>): boolean;
  /** Checks beyond the schema. Unknown arguments are missing in `args` and listed in `unknown`. */
  rules?(args: Partial<ArgsOf<Shape>>, unknown: readonly string[]): Finding[];
  /**
   * What the resource manages, as addresses that no other resource of the program may claim; an address that ends in
   * `*` covers everything below it. Unknown arguments are missing in `args` and listed in `unknown`.
   */
  claims?(
    args: Partial<ArgsOf<Shape>>,
    aliases: Aliases,
    unknown: readonly string[],
  ): Promise<readonly string[]>;
  /** The preview's findings that take requests. */
  review?(connection: Connection, review: Review<ArgsOf<Shape>>): Promise<Finding[]>;
  /**
   * Why the object must not be deleted now. Only for previews of replacements: Pulumi does not ask about other
   * deletions.
   */
  removalRefusal?(connection: Connection, state: Properties): Promise<Error | undefined>;
  /**
   * What a preview says about an unchanged resource because of resources that were declared before it. It runs for
   * every unchanged resource, so only the few that are affected may send requests.
   */
  reviewUnchanged?(
    connection: Connection,
    review: Pick<Review<ArgsOf<Shape>>, "args" | keyof Program>,
  ): Promise<Finding[]>;
  /**
   * What happens if the object of a new resource already exists and `adopt` is not set:
   * - `refuse`: an error.
   * - `mayDuplicate`: an error, unless `adopt: false` asks for a second one.
   * - `acceptEqual`: an error if it differs; the resource takes it over if it is equal. For objects that consist only
   *   of their arguments.
   * - `alwaysThere`: nothing, because the object always exists; `find` returns nothing.
   */
  readonly existing: "refuse" | "mayDuplicate" | "acceptEqual" | "alwaysThere";
  /** What people should know before they ask for a second object; appended to the sentence that says how. */
  readonly duplicateRemark?: string;
  /** Whether a resource that this one depends on changes an existing object first, so that it no longer conflicts. */
  makesWay?(args: Partial<ArgsOf<Shape>>, existing: Live<ArgsOf<Shape>>, program: Program): boolean;
  /**
   * Whether another spelling of a replacing argument, such as a new e-mail address, still refers to the stored object.
   */
  isSameReference?(
    connection: Connection,
    argument: keyof Shape,
    declared: unknown,
    state: Properties,
  ): Promise<boolean>;
  /**
   * Why an object with its declared arguments still needs an update, such as a key that is due for rotation. It runs
   * for every unchanged resource, so only the few whose state leaves it open may send requests.
   */
  updateReason?(
    connection: Connection,
    args: Partial<ArgsOf<Shape>>,
    state: Properties,
  ): Promise<string | undefined> | string | undefined;
  /**
   * What else to say about a resource that differs from its state: why PostHog does not show yet what an earlier run
   * wrote, such as a domain that waits for its verification, or what else the update does, such as rotate a key.
   */
  pendingReason?(
    connection: Connection,
    args: Partial<ArgsOf<Shape>>,
    state: Properties,
  ): Promise<string | undefined> | string | undefined;
  /**
   * Why an object that no longer exists stays in the state instead of being created again, and what to do; undefined if
   * it exists. Every preview says it, and drift counts the object as gone.
   */
  absence?(state: Properties): string | undefined;
  /** What happens if the object was deleted in PostHog, if that is more than creating it again. */
  readonly onExternalDelete?: string;
  /** Finds the object by its natural key; ambiguity is an error that lists the candidates. */
  find(connection: Connection, args: Partial<ArgsOf<Shape>>): Promise<Live<ArgsOf<Shape>> | undefined>;
  /**
   * Finds the existing object, to put it into state unchanged, if `find` returns too little for that: `find` ignores
   * objects that always exist, and objects that already match.
   */
  findExisting?(connection: Connection, args: ArgsOf<Shape>): Promise<Live<ArgsOf<Shape>> | undefined>;
  /** Why no existing object can be put into state completely, and what follows: its main output is unreadable. */
  readonly unreadable?: {
    readonly reason: string;
    readonly whenAdopted: string;
    readonly whenImported: string;
  };
  /** Reads an object to import, if `observe` without a state reads less, or keeps an id as the user typed it. */
  observeForImport?(connection: Connection, id: string): Promise<Live<ArgsOf<Shape>> | undefined>;
  /** Reads the object back by its id; undefined only if it certainly does not exist. */
  observe(connection: Connection, id: string, state: Properties): Promise<Live<ArgsOf<Shape>> | undefined>;
  create(connection: Connection, args: ArgsOf<Shape>, checkpoint: Checkpoint): Promise<Live<ArgsOf<Shape>>>;
  /** Changes the object from its live state to the declared one; during adoption the state is still empty. */
  update(
    connection: Connection,
    live: Live<ArgsOf<Shape>>,
    args: ArgsOf<Shape>,
    state: Properties,
    checkpoint: Checkpoint,
  ): Promise<Live<ArgsOf<Shape>>>;
  /** What else is lost when the object is deleted. Reported on deletion: no preview can. */
  deletionImpact?(connection: Connection, live: Live<ArgsOf<Shape>>): Promise<string | undefined>;
  /** Removes what is left of an object that was deleted in PostHog. */
  cleanUpAfterExternalDelete?(connection: Connection, state: Properties): Promise<void>;
  delete(connection: Connection, live: Live<ArgsOf<Shape>>, state: Properties): Promise<void>;
}
