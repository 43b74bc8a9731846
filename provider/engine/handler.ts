import type { z } from "zod";
import type { Connection } from "../posthog/connection";
import { GoneError, NotFoundError, RefusedError } from "../posthog/errors";
import { Arguments, adoptOf, commonArgs, isError } from "./arguments";
import type { ArgsOf, Definition, Live, Program } from "./definition";
import { changedFields, type FieldChange } from "./diff";
import { type Finding, notice, warning } from "./finding";
import type { Host } from "./host";
import { resolveNeeds } from "./needs";
import { type AdoptableState, describeLive, type Observed } from "./observed";
import {
  changesOrganization,
  isHomeUnknown,
  requireSameOrganization,
  respellsOrganization,
} from "./organizationBinding";
import { PartialResultError } from "./partialResult";
import { plannedBeside, preflight, stoppedBy } from "./preflight";
import { claim, howToGoOn, programOf, reviewNew } from "./preview";
import { dropUndefined, type Properties } from "./state";
import { containsUnknown } from "./unknown";

/** What `check` found. */
export interface Checked {
  readonly errors: readonly Finding[];
}

/** What `diff` found. */
export interface Difference {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  /** Whether the old object has to go before the new one is made, because they may be the same. */
  readonly deleteBeforeReplace: boolean;
}

/** The lifecycle of one kind of resource. It knows neither Pulumi's wire nor its SDK. */
export class ResourceHandler<Shape extends z.ZodRawShape = z.ZodRawShape> {
  private readonly args: Arguments<Shape>;

  constructor(readonly definition: Definition<Shape>) {
    this.args = new Arguments(definition);
  }

  /**
   * Validates the arguments and, where something is to change, says what an apply would be refused for.
   *
   * @param name the resource's name in the program.
   */
  async check(host: Host, name: string, before: Properties, properties: Properties): Promise<Checked> {
    const valid = this.args.validate(properties);
    if (valid.some(isError)) return { errors: valid.filter(isError) };
    const isNew = Object.keys(before).length === 0;
    const changes = isNew || this.changes(before, properties).length > 0;
    const args = this.args.known(properties);
    if (isHomeUnknown(properties)) return { errors: [] };
    const earlier = isNew ? undefined : this.args.known(before);
    const title = this.definition.title({ ...earlier, ...args }, name);
    try {
      const connection = this.connection(host, properties);
      const { preflight: looks } = connection.configuration;
      const standing = { explained: host.explained, planned: plannedBeside(host, properties) };
      const needs = resolveNeeds(this.definition.needs, args);
      const refused = changes && looks ? await preflight(connection, standing, needs, title) : [];
      if (refused.length > 0) return { errors: refused };
      const claims = { args, unknown: this.args.unknown(properties), changes };
      const taken = await claim(host, this.definition, connection, name, claims);
      if (taken.length > 0) return { errors: taken };
      const program = programOf(host, connection, this.definition, name);
      const seen = looks ? await this.look(connection, properties, earlier, program, changes) : [];
      const findings = changes ? [...valid, ...seen] : seen;
      this.say(host, title, findings);
      return { errors: findings.filter(isError) };
    } catch (error) {
      return { errors: [stoppedBy(error, host.explained, title)] };
    }
  }

  /** What a preview says with look-ups: first of adoption, then of what is particular to the resource. */
  private async look(
    connection: Connection,
    properties: Properties,
    before: Partial<ArgsOf<Shape>> | undefined,
    program: Program,
    changes: boolean,
  ): Promise<Finding[]> {
    const [args, unknown] = [this.args.known(properties), this.args.unknown(properties)];
    if (!changes) return (await this.definition.reviewUnchanged?.(connection, { args, ...program })) ?? [];
    const adoption =
      before === undefined
        ? await reviewNew(connection, this.definition, args, adoptOf(properties))
        : { findings: [] };
    const { existing } = adoption;
    const own =
      (await this.definition.review?.(connection, { args, unknown, before, existing, ...program })) ?? [];
    // What an update would bring about is nothing to be told of one that is refused.
    const isRefused = adoption.findings.some(isError);
    return [...adoption.findings, ...own.filter((finding) => !isRefused || isError(finding))];
  }

  /** Compares what is stored with what is declared. Another organization is another object; another spelling is not. */
  async diff(host: Host, state: Properties, properties: Properties): Promise<Difference> {
    const changes = this.changes(state, properties);
    if (isHomeUnknown(properties)) return { changes: true, replaces: [], deleteBeforeReplace: false };
    const connection = this.connection(host, properties);
    const moved = await changesOrganization(connection, state, properties);
    const replacing = changes.filter((change) => change.replaces).map((change) => change.name);
    const { isSameReference: means } = this.definition;
    const resolvable = connection.configuration.preflight && means !== undefined && !moved;
    const replaces: string[] = moved ? ["organizationId"] : [];
    for (const name of replacing) {
      const meant = resolvable && (await means(connection, name, properties[name], state));
      if (!meant) replaces.push(name);
    }
    // Unresolved, the new spelling may mean the stored object, which a later delete would then take away.
    const deleteBeforeReplace = replaces.length > 0 && means !== undefined && !resolvable;
    const args = this.args.known(properties);
    const due =
      changes.length > 0 ? undefined : await this.definition.updateReason?.(connection, args, state);
    if (due !== undefined) this.say(host, this.definition.title(args), [notice(due)]);
    const differs =
      changes.length > 0 || moved || due !== undefined || respellsOrganization(state, properties);
    return { changes: differs, replaces, deleteBeforeReplace };
  }

  /** Creates the object, or takes over the existing one where that was asked for or makes no difference. */
  async create(host: Host, properties: Properties): Promise<Observed> {
    const args = this.args.parse(properties);
    const connection = this.connection(host, properties);
    const adopt = adoptOf(properties);
    const second = adopt === false && this.definition.existing === "mayDuplicate";
    const existing = second ? undefined : await this.definition.find(connection, args);
    const created = await this.keeping(connection, properties, async (checkpoint) => {
      if (existing === undefined) return this.definition.create(connection, args, checkpoint);
      const equal = this.differences(existing, args).length === 0;
      if (adopt !== true && !(equal && this.definition.existing === "acceptEqual")) {
        throw this.alreadyThere(args, existing.id);
      }
      return this.definition.update(connection, existing, args, {}, checkpoint);
    });
    return this.written(host, created);
  }

  /** Reads the object back; undefined when it is gone. */
  async read(host: Host, id: string, state: Properties): Promise<Observed | undefined> {
    const connection = this.connection(host, state);
    await requireSameOrganization(connection, state);
    const live = await this.definition.observe(connection, id, state);
    if (live !== undefined) return this.describe(connection, live, state);
    const { onExternalDelete: whenGone } = this.definition;
    this.say(host, this.definition.title(this.args.known(state)), [
      warning(`was deleted outside of this program${whenGone === undefined ? "" : `; ${whenGone}`}`),
    ]);
    return undefined;
  }

  /** Reads an object that nobody has in state yet. */
  async get(host: Host, id: string, properties: Properties): Promise<Observed> {
    const connection = this.connection(host, properties);
    const live = await this.definition.observe(connection, id, properties);
    if (live === undefined) {
      throw new NotFoundError(`there is no ${this.definition.type} with the id "${id}"`, {
        why: "PostHog does not have it, or the key's owner cannot see it.",
        fix: "Check the id and posthog:organizationId.",
      });
    }
    const observed = await this.describe(connection, live, { ...live.args, ...properties });
    return { ...observed, outputs: { ...dropUndefined(live.args), ...observed.outputs } };
  }

  /**
   * Finds what there is of a resource that is not in state yet, as it is; undefined when there is nothing. Nothing is
   * written.
   *
   * @param id the object's id, where the arguments alone would not find it.
   */
  async stand(host: Host, properties: Properties, id?: string): Promise<AdoptableState | undefined> {
    const args = this.args.parse(properties);
    const connection = this.connection(host, properties);
    const { findExisting: stand, find, observe } = this.definition;
    const live = await (id === undefined
      ? (stand ?? find)(connection, args)
      : observe(connection, id, properties));
    if (live === undefined) return undefined;
    const observed = await this.describe(connection, live, properties);
    return { ...observed, differs: this.changes(observed.outputs, properties).map(({ name }) => name) };
  }

  /** Brings the object to what is declared, starting from what PostHog says. */
  async update(host: Host, id: string, state: Properties, properties: Properties): Promise<Observed> {
    const args = this.args.parse(properties);
    const connection = this.connection(host, properties);
    const live = await this.definition.observe(connection, id, state);
    const updated = await this.keeping(
      connection,
      properties,
      async (checkpoint) => {
        if (live !== undefined) return this.definition.update(connection, live, args, state, checkpoint);
        if (this.definition.existing === "acceptEqual")
          return this.definition.create(connection, args, checkpoint);
        throw new GoneError(`changing ${this.definition.title(args)} failed: it is not there any more`, {
          why: "It was deleted outside of this program.",
          fix: "pulumi refresh, then pulumi up: it is created anew.",
        });
      },
      live === undefined ? undefined : { id, outputs: state },
    );
    return this.written(host, updated);
  }

  /** Marks an object as one that the program has, so that deleting another resource's claim on it does not take it away. */
  private written(host: Host, observed: Observed): Observed {
    host.written.add(this.addressOf(observed.id, observed.outputs));
    return observed;
  }

  private addressOf(id: string, { organizationUuid }: Properties): string {
    return JSON.stringify([this.definition.type, organizationUuid, id]);
  }

  /** Deletes the object; one that is gone already is fine. */
  async delete(host: Host, id: string, state: Properties): Promise<void> {
    const connection = this.connection(host, state);
    await requireSameOrganization(connection, state);
    const live = await this.definition.observe(connection, id, state);
    if (live === undefined) {
      await this.definition.cleanUpAfterExternalDelete?.(connection, state);
      return;
    }
    if (host.written.has(this.addressOf(id, state))) {
      this.say(host, this.definition.title(this.args.known(state)), [
        notice("is kept: it belongs to another resource of the program now"),
      ]);
      return;
    }
    const along = await this.definition.deletionImpact?.(connection, live);
    if (along !== undefined) this.say(host, this.definition.title(this.args.known(state)), [warning(along)]);
    await this.definition.delete(connection, live, state);
  }

  private say(host: Host, title: string, findings: readonly Finding[]): void {
    for (const { severity, message } of findings.filter((finding) => !isError(finding))) {
      host.say(`${severity === "warning" ? "warning: " : ""}${title}: ${message}`);
    }
  }

  private changes(state: Properties, properties: Properties): FieldChange[] {
    return changedFields(this.definition.fields, state, properties);
  }

  private differences(live: Live<ArgsOf<Shape>>, args: ArgsOf<Shape>): FieldChange[] {
    const declared = Object.fromEntries(
      Object.keys(args).map((name) => [name, live.args[name as keyof ArgsOf<Shape>]]),
    );
    return changedFields(this.definition.fields, declared, args);
  }

  private connection(host: Host, properties: Properties): Connection {
    const common = commonArgs.safeParse({
      account: properties.account,
      organizationId: containsUnknown(properties.organizationId) ? undefined : properties.organizationId,
    });
    return host.connection(common.data?.account, common.data?.organizationId);
  }

  private describe(
    connection: Connection,
    live: Live<ArgsOf<Shape>>,
    declared: Properties,
  ): Promise<Observed> {
    return describeLive(connection, this.definition, this.args.names, live, declared);
  }

  private alreadyThere(args: ArgsOf<Shape>, id: string): RefusedError {
    return new RefusedError(`creating ${this.definition.title(args)} failed: it exists already (${id})`, {
      why: "It was made outside of this program, or by another stack.",
      fix: howToGoOn(this.definition.existing),
    });
  }

  /** Runs a write; an object that was made before it failed is carried by the error into the state. */
  private async keeping(
    connection: Connection,
    properties: Properties,
    write: (checkpoint: (id: string, outputs: Properties) => void) => Promise<Live<ArgsOf<Shape>>>,
    already?: { id: string; outputs: Properties },
  ): Promise<Observed> {
    let half = already;
    try {
      const live = await write((id, outputs) => {
        half = { id, outputs };
      });
      return await this.describe(connection, live, properties);
    } catch (error) {
      if (half === undefined) throw error;
      const outputs = dropUndefined({
        ...half.outputs,
        ...properties,
        ...(half === already ? this.args.triggers(half.outputs) : {}),
      });
      throw new PartialResultError(half.id, outputs, error);
    }
  }
}
