import type { z } from "zod";
import type { Connection } from "../posthog/connection";
import type { Finding } from "./finding";
import type { DeclaredNeeds } from "./needs";
import type { ExpectedRole } from "./program";
import type { Properties } from "./state";

/** The arguments of a resource, as its schema types them. */
export type ArgsOf<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/** How one argument behaves. */
export interface Field {
  /** Whether another value means another object. */
  readonly replaces?: boolean;
  /** What leaving the argument out means, where that is a value to hold and not "leave it alone". */
  readonly default?: unknown;
  /** Whether a change is an order to act, such as rolling a key: a run that fails before the act leaves it standing. */
  readonly trigger?: boolean;
  /** Whether two spellings mean the same value; deep equality by default. */
  readonly same?: (stored: unknown, declared: unknown, state: Properties) => boolean;
}

/** An object as PostHog has it now, in the words of its resource. */
export interface Live<Args> {
  /** The resource's id, which finds the object again. */
  readonly id: string;
  /** What the arguments would have to be to describe it; what cannot be read back is missing. */
  readonly args: Partial<Args>;
  /** The outputs besides the arguments. */
  readonly outputs: Properties;
}

/** What a preview knows of the resources that the program declared before this one. */
export interface Program {
  /** Whether one of them claims the address, so that it may yet be made. */
  inProgram(address: string): boolean;
  /** What those that are about to be created or changed make of roles. */
  expectedRoles(): readonly ExpectedRole[];
  /** Tells those that come after this one what it makes of a role. */
  expectRole(role: ExpectedRole): void;
}

/** What a preview knows of a resource that is about to be created or changed. */
export interface Review<Args> extends Program {
  /** The arguments whose values are known. */
  readonly args: Partial<Args>;
  /** Names of the arguments that are declared, but not known to the last leaf yet. */
  readonly unknown: readonly string[];
  /** The arguments of the last run; missing for a new resource. */
  readonly before?: Partial<Args>;
  /** The existing object that `adopt` would take over, for a new resource. */
  readonly existing?: Live<Args>;
}

/** All ways in which the program may write the same person, role (both lower-case) or object, the given one included. */
export interface Aliases {
  user(user: string): Promise<readonly string[]>;
  role(role: string): Promise<readonly string[]>;
  /** As written: ids of objects keep their capitals. */
  object(projectId: number, resource: string, object: string): Promise<readonly string[]>;
}

/** Tells that an object exists from here on, so that it is kept in state if a later step fails. */
export type Checkpoint = (id: string, outputs: Properties) => void;

/** Everything that is particular to one kind of resource. */
export interface Definition<Shape extends z.ZodRawShape> {
  /** The name behind `pulumi-nodejs:dynamic/posthog:`. */
  readonly type: string;
  /** One schema for each argument. */
  readonly args: z.ZodObject<Shape>;
  readonly fields: { readonly [Name in keyof Shape]: Field };
  /**
   * How errors and previews call it: `project "Staging"`.
   *
   * @param name the resource's name in the program, for what has nothing else to be called by yet.
   */
  title(args: Partial<ArgsOf<Shape>>, name?: string): string;
  readonly needs: DeclaredNeeds<keyof Shape & string>;
  /** What has to hold of the arguments besides their schema; unknown ones are missing here and listed by name. */
  rules?(args: Partial<ArgsOf<Shape>>, unknown: readonly string[]): Finding[];
  /**
   * What the resource manages, as addresses that no other resource of the program may have too; one that ends in `*`
   * covers all below it. `spellings` are the ways to write a person, role or object, where they are known; arguments
   * that are not known yet are missing and listed by name.
   */
  claims?(
    args: Partial<ArgsOf<Shape>>,
    spellings: Aliases,
    unknown: readonly string[],
  ): Promise<readonly string[]>;
  /** What a preview can say with look-ups. */
  review?(connection: Connection, review: Review<ArgsOf<Shape>>): Promise<Finding[]>;
  /**
   * What a preview says of a resource that does not change, because of those that were declared before it. It is asked
   * of every unchanged resource, so a look-up is for those few whom the others concern.
   */
  reviewUnchanged?(
    connection: Connection,
    review: Pick<Review<ArgsOf<Shape>>, "args" | keyof Program>,
  ): Promise<Finding[]>;
  /**
   * What happens when a new resource's object exists already and `adopt` is not set: it is refused; or refused unless
   * `adopt: false` asks for a second one; or, for objects that are nothing but their arguments, accepted when it
   * already says the same; or there is nothing to refuse or adopt, because it is there in any case and `find` tells
   * nothing.
   */
  readonly existing: "refuse" | "mayDuplicate" | "acceptEqual" | "alwaysThere";
  /** Whether another spelling of a replacing argument, such as a new e-mail address, still means the stored object. */
  isSameReference?(
    connection: Connection,
    argument: keyof Shape,
    declared: unknown,
    state: Properties,
  ): Promise<boolean>;
  /**
   * Why an object whose arguments are as declared is still to be changed, such as a key that is due for a new value. It
   * is asked of every unchanged resource, so a look-up is for those few whose state leaves it open.
   */
  updateReason?(
    connection: Connection,
    args: Partial<ArgsOf<Shape>>,
    state: Properties,
  ): Promise<string | undefined> | string | undefined;
  /** What follows when the object turns out to be gone, where that is more than making it anew. */
  readonly onExternalDelete?: string;
  /** Finds the object by its natural key; ambiguity is an error that lists the candidates. */
  find(connection: Connection, args: Partial<ArgsOf<Shape>>): Promise<Live<ArgsOf<Shape>> | undefined>;
  /**
   * Finds what there is of the declared object, to put it into state as it is, where `find` tells of less: of nothing
   * that is there in any case, and of nothing that is as declared.
   */
  findExisting?(connection: Connection, args: ArgsOf<Shape>): Promise<Live<ArgsOf<Shape>> | undefined>;
  /** Why no existing object can be put into state as it is, where what the resource is for cannot be read. */
  readonly unreadable?: string;
  /** Reads the object back by its id; undefined only when it is surely not there. */
  observe(connection: Connection, id: string, state: Properties): Promise<Live<ArgsOf<Shape>> | undefined>;
  create(connection: Connection, args: ArgsOf<Shape>, checkpoint: Checkpoint): Promise<Live<ArgsOf<Shape>>>;
  /** Brings the object from what it is now to what the arguments say. */
  update(
    connection: Connection,
    live: Live<ArgsOf<Shape>>,
    args: ArgsOf<Shape>,
    state: Properties,
    checkpoint: Checkpoint,
  ): Promise<Live<ArgsOf<Shape>>>;
  /** What deleting the object takes along that somebody may not expect. Said when it is deleted: no preview asks. */
  deletionImpact?(connection: Connection, live: Live<ArgsOf<Shape>>): Promise<string | undefined>;
  /** Takes away what is left of an object that was deleted outside this program, where something is. */
  cleanUpAfterExternalDelete?(connection: Connection, state: Properties): Promise<void>;
  delete(connection: Connection, live: Live<ArgsOf<Shape>>, state: Properties): Promise<void>;
}
