import type * as z from "zod";
import { printable } from "../access/messages";
import { watchingWrites } from "../posthog/arrivals";
import type { Connection } from "../posthog/connection";
import { GoneError } from "../posthog/errors";
import { organizationId } from "../posthog/organizations";
import { Arguments, adoptOf, commonArgs } from "./arguments";
import type { ArgsOf, Checkpoint, Definition, Live } from "./definition";
import { changedFields, type FieldChange, type PropertyChange, propertyChanges } from "./diff";
import { alreadyThere, type NewResource, notThere, reviewNew } from "./existing";
import { type Finding, isError, notice, warning } from "./finding";
import type { Host } from "./host";
import { resolveNeeds } from "./needs";
import {
  changesOrganization,
  isOrganizationUnknown,
  requireSameOrganization,
  respellsOrganization,
} from "./organizationBinding";
import { plannedAlongside, preflight, stoppedBy } from "./preflight";
import { claim, claimsScope, programOf } from "./preview";
import { outputsAfterUpdate, stableOutputs } from "./stable";
import { dropUndefined, type Properties, sameJson } from "./state";
import { inPlace } from "./titles";
import { carried, isUnfinished, PartialResultError, unfinished, unfinishedIn } from "./unfinished";
import { containsUnknown } from "./unknown";
import { unsetName, withUnset } from "./unset";

/** What `diff` found. */
export interface Difference {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  /** The properties that differ; none if the object needs an update for another reason. */
  readonly changed: readonly PropertyChange[];
  /** Whether the old object has to be deleted before the new one is created, because they may be the same. */
  readonly deleteBeforeReplace: boolean;
}

/** A resource's values in PostHog, in the engine's terms. */
export interface Observed {
  readonly id: string;
  readonly outputs: Properties;
  /** The arguments that would match PostHog now. */
  readonly inputs: Properties;
}

/** An existing object that is not in state yet. */
export interface AdoptableState extends Observed {
  /** The arguments whose values in PostHog differ from the declared ones. */
  readonly differs: readonly string[];
}

/** A resource whose arguments are valid. */
interface Valid<Shape extends z.ZodRawShape> extends Pick<NewResource<Shape>, "name" | "title" | "program"> {
  readonly properties: Properties;
  /** The arguments of the last run; missing for a new resource. */
  readonly before: Partial<ArgsOf<Shape>> | undefined;
  readonly changes: boolean;
}

/** The lifecycle of one kind of resource. It knows neither Pulumi's wire nor its SDK. */
export class ResourceHandler<Shape extends z.ZodRawShape = z.ZodRawShape> {
  private readonly args: Arguments<Shape>;

  constructor(readonly definition: Definition<Shape>) {
    this.args = new Arguments(definition);
  }

  get names(): readonly string[] {
    return this.args.names;
  }

  /** The arguments among what the class sends. */
  declared(properties: Properties): Properties {
    return this.args.declared(properties);
  }

  /**
   * Validates the arguments and, if something changes, reports what PostHog would reject on apply.
   *
   * @param name the resource's name in the program.
   * @param dependencies the resources that it depends on, as messages name them: `Project "staging"`; missing if the
   *   host does not know them.
   */
  async check(
    host: Host,
    name: string,
    stored: Properties,
    declared: Properties,
    dependencies?: readonly string[],
  ): Promise<{ readonly errors: readonly Finding[] }> {
    const valid = this.args.validate(declared);
    if (valid.some(isError)) return { errors: valid.filter(isError) };
    const [before, properties] = [this.args.meant(stored), this.args.meant(declared)];
    const isNew = Object.keys(before).length === 0;
    const changes = isNew || this.changes(before, properties).length > 0;
    const args = this.args.known(properties);
    if (isOrganizationUnknown(properties)) return { errors: [] };
    const earlier = isNew ? undefined : this.args.known(before);
    const known = { ...earlier, ...args };
    const title = this.title(known, properties, name === "" ? undefined : name);
    host.titles.remember(this.title(known, properties), title);
    if (earlier !== undefined && name !== "") {
      const earlierTitle = this.title(earlier, before);
      host.titles.remember(earlierTitle, this.title(earlier, before, name));
      host.earlier.set(`${this.definition.type} ${earlierTitle}`, name);
    }
    try {
      const connection = this.connection(host, properties);
      const { preflight: reads } = connection.configuration;
      const run = { explained: host.explained, planned: plannedAlongside(host, properties) };
      const needs = resolveNeeds(this.definition.needs, args);
      const refused = changes && reads ? await preflight(connection, run, needs, title) : [];
      if (refused.length > 0) return { errors: refused };
      const claims = { args, unknown: this.args.unknown(properties), changes };
      const scope = await claimsScope(connection);
      const taken = await claim(host, this.definition, connection, name, scope, claims);
      if (taken.length > 0) return { errors: taken };
      const program = programOf(host, scope, this.definition, name, dependencies);
      const seen = reads
        ? await this.review(host, { name, title, properties, before: earlier, program, changes })
        : [];
      const findings = changes ? [...valid, ...seen] : seen;
      this.say(host, title, findings);
      return { errors: findings.filter(isError) };
    } catch (error) {
      return { errors: [stoppedBy(error, host.explained, title)] };
    }
  }

  /**
   * What the checked inputs carry for previews besides the arguments.
   *
   * @param kept what the inputs of the last run carried.
   * @param secrets outputs that the program makes secret.
   */
  async stable(
    host: Host,
    stored: Properties,
    declared: Properties,
    kept: Properties,
    secrets: readonly string[] = [],
  ): Promise<Properties> {
    const [before, properties] = [this.args.meant(stored), this.args.meant(declared)];
    if (isOrganizationUnknown(properties)) return {};
    const connection = this.connection(host, properties);
    const isLookedUp = kept.organizationUuid !== undefined;
    const mayUpdate =
      this.changes(before, properties).length > 0 ||
      before.account !== properties.account ||
      before.organizationId !== properties.organizationId ||
      (!isLookedUp && this.definition.awaits?.(this.args.known(properties)) === true);
    const mayLookUp = mayUpdate && connection.configuration.preflight;
    const question = { before, now: properties, kept, secrets, mayLookUp };
    return stableOutputs(this.definition, connection, question);
  }

  /** The findings that take requests: first about adoption, then those specific to the resource. */
  private async review(
    host: Host,
    { name, title, properties, before, program, changes }: Valid<Shape>,
  ): Promise<Finding[]> {
    const [args, unknown] = [this.args.known(properties), this.args.unknown(properties)];
    const connection = this.connection(host, properties);
    if (!changes) return (await this.definition.reviewUnchanged?.(connection, { args, ...program })) ?? [];
    const adopt = adoptOf(properties);
    const earlier = this.earlier(host, properties);
    const adoption =
      before === undefined
        ? await reviewNew(connection, this.definition, { name, title, args, adopt, program, earlier })
        : { findings: [] };
    const { existing } = adoption;
    const review = { args, unknown, before, existing, adopt, ...program };
    const own = (await this.definition.review?.(connection, review)) ?? [];
    // An update that is refused has no effects to report.
    const isRefused = adoption.findings.some(isError);
    return [...adoption.findings, ...own.filter((finding) => !isRefused || isError(finding))];
  }

  /** Compares stored and declared values. Another organization, unlike another spelling, means another object. */
  async diff(host: Host, stored: Properties, declared: Properties): Promise<Difference> {
    const [state, properties] = [this.args.meant(stored), this.args.meant(declared)];
    const changes = this.changes(state, properties);
    const seen = (names: readonly string[], replaces: readonly string[]): PropertyChange[] =>
      propertyChanges(this.asDeclared(names, stored, declared), replaces, stored, declared);
    if (isOrganizationUnknown(properties)) {
      const unknown = Object.keys(commonArgs.shape).filter((name) => containsUnknown(properties[name]));
      return { changes: true, replaces: [], changed: seen(unknown, []), deleteBeforeReplace: false };
    }
    const connection = this.connection(host, properties);
    const moved = await changesOrganization(connection, state, properties);
    const { isSameReference, updateReason, pendingReason } = this.definition;
    const resolvable = connection.configuration.preflight && isSameReference !== undefined && !moved;
    if (moved) await this.refuseMove(host, state);
    const replaces: string[] = moved ? ["organizationId"] : [];
    for (const { name } of changes.filter((change) => change.replaces)) {
      const isSame = resolvable && (await isSameReference(connection, name, properties[name], state));
      if (!isSame) replaces.push(name);
    }
    // Unresolved, the new spelling may refer to the stored object, which a later delete would then remove.
    const deleteBeforeReplace = replaces.length > 0 && isSameReference !== undefined && !resolvable;
    const args = this.args.known(properties);
    const reason = isUnfinished(state)
      ? "the last update broke off; this one finishes it"
      : await (changes.length > 0 ? pendingReason : updateReason)?.(connection, args, state);
    const title = host.titles.of(this.title(args, properties));
    if (reason !== undefined) this.say(host, title, [notice(reason)]);
    const absence = changes.length > 0 || reason !== undefined ? undefined : this.definition.absence?.(state);
    if (absence !== undefined) this.say(host, title, [warning(absence)]);
    const respelled = respellsOrganization(state, properties);
    const names = [...changes.map(({ name }) => name), ...replaces, ...respelled];
    return {
      changes: names.length > 0 || reason !== undefined,
      replaces,
      changed: seen(names, replaces),
      deleteBeforeReplace,
    };
  }

  /** The names under which a program declares what differs, including a setting that `unset` clears. */
  private asDeclared(names: readonly string[], stored: Properties, declared: Properties): string[] {
    const isSame = (name: string): boolean => sameJson(stored[name], declared[name]);
    const own = names.filter((name) => name in stored || name in declared);
    return names.length === 0 || isSame(unsetName) ? own : [...own, unsetName];
  }

  /** Refuses to replace an object that may not be deleted in its organization, if the program can still reach that. */
  private async refuseMove(host: Host, state: Properties): Promise<void> {
    const refuse = async () => this.definition.removalRefusal?.(this.connection(host, state), state);
    const refusal = await refuse().catch(() => undefined);
    if (refusal !== undefined) throw refusal;
  }

  /** Creates the object, or takes over the existing one if the program asks for it or if it makes no difference. */
  async create(host: Host, declared: Properties): Promise<Observed> {
    const args = this.args.parse(declared);
    const properties = this.args.meant(declared);
    const connection = this.connection(host, properties);
    const adopt = adoptOf(properties);
    const second = adopt === false && this.definition.existing === "mayDuplicate";
    const existing = second ? undefined : await this.definition.find(connection, args);
    const created = await this.withPartialState(connection, properties, async (checkpoint) => {
      if (existing === undefined) return this.definition.create(connection, args, checkpoint);
      const isEqual = this.differences(existing, args).length === 0;
      if (adopt !== true && !(isEqual && this.definition.existing === "acceptEqual")) {
        throw alreadyThere(this.definition, args, existing.id, this.earlier(host, properties));
      }
      return this.definition.update(connection, existing, args, {}, checkpoint);
    });
    return this.written(host, created);
  }

  /** The outputs that no update changes. A preview shows the others as unknown. */
  outputsAfterUpdate(
    host: Host,
    id: string,
    state: Properties,
    before: Properties,
    declared: Properties,
  ): Properties {
    if (isOrganizationUnknown(declared)) return {};
    const { host: address } = this.connection(host, declared);
    return outputsAfterUpdate(this.definition, address, id, state, before, declared);
  }

  /**
   * Reads the object back; undefined if it is gone.
   *
   * @param name the resource's name in the program; missing if the host does not know it.
   */
  async read(host: Host, id: string, stored: Properties, name?: string): Promise<Observed | undefined> {
    const state = this.args.meant(stored);
    const connection = this.connection(host, state);
    await requireSameOrganization(connection, state);
    const live = await this.definition.observe(connection, id, state);
    if (live !== undefined) {
      const { outputs, ...observed } = await this.describe(connection, live, state);
      return { ...observed, outputs: { ...outputs, ...carried(state) } };
    }
    const { onExternalDelete } = this.definition;
    const consequence = onExternalDelete === undefined ? "" : `; ${onExternalDelete}`;
    const gone = isUnfinished(state)
      ? "does not exist: the update that broke off has not made it, or it was deleted since"
      : "was deleted outside this program";
    this.say(host, this.titleOfStored(host, state, name), [warning(`${gone}${consequence}`)]);
    return undefined;
  }

  /** Reads an object that is not in any state. */
  async get(host: Host, id: string, properties: Properties): Promise<Observed> {
    const connection = this.connection(host, properties);
    const live = await this.definition.observe(connection, id, properties);
    if (live === undefined) throw notThere(this.definition.type, id);
    const observed = await this.describe(connection, live, { ...live.args, ...properties });
    return { ...observed, outputs: { ...dropUndefined(live.args), ...observed.outputs } };
  }

  /**
   * Reads an object that a program is going to manage: everything that can be read of it, as arguments that the schema
   * accepts, under the id that creating it would have returned.
   */
  async import(host: Host, id: string, properties: Properties): Promise<Observed> {
    const connection = this.connection(host, properties);
    const { observeForImport, observe, title, unreadable } = this.definition;
    const live = await (observeForImport?.(connection, id) ?? observe(connection, id, properties));
    if (live === undefined) throw notThere(this.definition.type, id);
    if (unreadable !== undefined) {
      const { reason, whenImported } = unreadable;
      this.say(host, title(live.args), [warning(`${reason}; ${whenImported}`)]);
    }
    return this.describe(connection, live, { ...this.args.imported(live.args), ...properties });
  }

  /**
   * Finds the existing object of a resource that is not in state yet; undefined if it does not exist. Writes nothing.
   *
   * @param id the object's id, if the arguments alone would not find it.
   */
  async findExisting(host: Host, declared: Properties, id?: string): Promise<AdoptableState | undefined> {
    const args = this.args.parse(declared);
    const properties = this.args.meant(declared);
    const connection = this.connection(host, properties);
    const { findExisting, find, observe } = this.definition;
    const live = await (id === undefined
      ? (findExisting ?? find)(connection, args)
      : observe(connection, id, properties));
    if (live === undefined) return undefined;
    const observed = await this.describe(connection, live, properties);
    return {
      ...observed,
      differs: this.changes(this.args.meant(observed.outputs), properties).map(({ name }) => name),
    };
  }

  /** Changes the object to what is declared, starting from its state in PostHog. */
  async update(host: Host, id: string, stored: Properties, declared: Properties): Promise<Observed> {
    const args = this.args.parse(declared);
    const [state, properties] = [this.args.meant(stored), this.args.meant(declared)];
    const connection = this.connection(host, properties);
    const live = await this.definition.observe(connection, id, state);
    const updated = await this.withPartialState(
      connection,
      properties,
      async (checkpoint) => {
        if (live !== undefined) return this.definition.update(connection, live, args, state, checkpoint);
        if (this.definition.existing === "acceptEqual")
          return this.definition.create(connection, args, checkpoint);
        throw new GoneError(`changing ${this.definition.title(args)} failed: it no longer exists`, {
          why: "It was deleted outside this program.",
          fix: "pulumi refresh, then pulumi up: it is created anew.",
        });
      },
      live === undefined ? undefined : { id, outputs: state },
    );
    return this.written(host, updated);
  }

  /**
   * Deletes the object; succeeds if it is already gone.
   *
   * @param name the resource's name in the program; missing if the host does not know it.
   */
  async delete(host: Host, id: string, stored: Properties, name?: string): Promise<void> {
    const state = this.args.meant(stored);
    const connection = this.connection(host, state);
    await requireSameOrganization(connection, state);
    const live = await this.definition.observe(connection, id, state);
    if (live === undefined) {
      await this.definition.cleanUpAfterExternalDelete?.(connection, state);
      return;
    }
    const title = this.titleOfStored(host, state, name);
    if (host.written.has(this.addressOf(id, state))) {
      this.say(host, title, [notice("is kept: another resource of the program manages it now")]);
      return;
    }
    const impact = await this.definition.deletionImpact?.(connection, live);
    if (impact !== undefined) this.say(host, title, [warning(impact)]);
    await this.definition.delete(connection, live, state);
  }

  /** Marks an object as present in the program, so that deleting another resource that claims it does not remove it. */
  private written(host: Host, observed: Observed): Observed {
    host.written.add(this.addressOf(observed.id, observed.outputs));
    return observed;
  }

  private addressOf(id: string, { organizationUuid }: Properties): string {
    return JSON.stringify([this.definition.type, organizationUuid, id]);
  }

  private title(args: Partial<ArgsOf<Shape>>, properties: Properties, name?: string): string {
    return inPlace(this.definition.title(args, name), properties);
  }

  /** The title of a resource in the state: as in this run's previews, even if the host does not know its name. */
  private titleOfStored(host: Host, state: Properties, name: string | undefined): string {
    const args = this.args.known(state);
    return name === undefined ? host.titles.of(this.title(args, state)) : this.title(args, state, name);
  }

  private say(host: Host, title: string, findings: readonly Finding[]): void {
    for (const { severity, message } of findings) {
      if (severity !== "error") host.say({ severity, resource: printable(title), message });
    }
  }

  private changes(state: Properties, properties: Properties): FieldChange[] {
    return changedFields(this.definition, state, properties);
  }

  private differences(live: Live<ArgsOf<Shape>>, args: ArgsOf<Shape>): FieldChange[] {
    const declared = Object.fromEntries(
      Object.keys(args).map((name) => [name, live.args[name as keyof ArgsOf<Shape>]]),
    );
    return changedFields(this.definition, declared, args);
  }

  private connection(host: Host, properties: Properties): Connection {
    const common = commonArgs.safeParse({
      account: properties.account,
      organizationId: containsUnknown(properties.organizationId) ? undefined : properties.organizationId,
    });
    return host.connection(common.data?.account, common.data?.organizationId);
  }

  /** An object in the engine's terms; arguments keep the program's spelling if they mean the same. */
  private async describe(
    connection: Connection,
    live: Live<ArgsOf<Shape>>,
    declared: Properties,
  ): Promise<Observed> {
    const inputs: Properties = {};
    for (const name of this.args.names) {
      const value = declared[name] === undefined ? this.definition.fields[name]?.default : declared[name];
      // An output is not an argument, even if an argument has the same name.
      if (value === undefined || name in live.outputs) continue;
      const spelled = this.spelling(name, value, live.args);
      if (declared[name] !== undefined || spelled !== value) inputs[name] = spelled;
    }
    const organizationUuid = await organizationId(connection);
    const spelled = withUnset(this.definition, dropUndefined(inputs));
    return {
      id: live.id,
      inputs: spelled,
      outputs: dropUndefined({ ...spelled, ...live.outputs, organizationUuid }),
    };
  }

  /** A live value that only differs in spelling from the declared one is not drift. */
  private spelling(name: string, declared: unknown, live: Properties): unknown {
    if (!(name in live)) return declared;
    const changes = this.changes({ [name]: live[name] }, { [name]: declared });
    return changes.length === 0 ? declared : live[name];
  }

  /** The resource whose object had this title in the last run: the existing object belongs to it. */
  private earlier(host: Host, properties: Properties): string | undefined {
    return host.earlier.get(`${this.definition.type} ${this.title(this.args.known(properties), properties)}`);
  }

  /**
   * Runs an operation that writes. If it fails before anything has landed, the state stays as it was. If something has
   * landed, or may have, the error carries into the state what was true before, and what it takes to finish.
   *
   * @param before the resource as in the state; missing for a new one.
   */
  private withPartialState(
    connection: Connection,
    properties: Properties,
    write: (checkpoint: Checkpoint) => Promise<Live<ArgsOf<Shape>>>,
    before?: { id: string; outputs: Properties },
  ): Promise<Observed> {
    return watchingWrites(async (hasArrived) => {
      const organizationUuid = await organizationId(connection);
      let id = before?.id;
      let known: Properties = before?.outputs ?? properties;
      let rest = unfinishedIn(known);
      try {
        const live = await write((madeId, outputs, unfinishedRest = rest) => {
          id = madeId;
          known = { ...known, ...outputs };
          rest = unfinishedRest;
        });
        return await this.describe(connection, live, properties);
      } catch (error) {
        if (id === undefined || !hasArrived()) throw error;
        // A later refresh or destroy uses the account and organization of this write.
        const spelled = Object.entries(properties).filter(([name]) => name in commonArgs.shape);
        const outputs = {
          ...known,
          ...Object.fromEntries(spelled),
          organizationUuid,
          ...unfinished(rest, before?.outputs ?? {}, properties, Object.keys(this.definition.fields)),
        };
        throw new PartialResultError(id, dropUndefined(outputs), error);
      }
    });
  }
}
