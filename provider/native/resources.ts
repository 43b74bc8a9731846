import {
  CheckFailure,
  type CheckRequest,
  CheckResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  PropertyDiff,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { printable } from "../access/messages";
import { isGet } from "../engine/arguments";
import type { PropertyChange } from "../engine/diff";
import type { Observed, ResourceHandler } from "../engine/handler";
import type { Host } from "../engine/host";
import type { SecretTexts } from "../engine/secretTexts";
import type { Properties } from "../engine/state";
import { PartialResultError } from "../engine/unfinished";
import { unknownValue } from "../engine/unknown";
import { handlers } from "../handlers";
import { NotFoundError, RefusedError } from "../posthog/errors";
import type { PackageSchema } from "./schema";
import { failed, nameInUrn, type Received, received, sent } from "./wire";

/** The name of a resource in a request; older engines send only the URN. */
interface Named {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

/** Answers the engine's requests about resources with their handlers. */
export class Resources {
  constructor(
    private readonly host: Host,
    private readonly schema: PackageSchema,
    private readonly secretTexts: SecretTexts,
  ) {}

  async check(request: CheckRequest): Promise<CheckResponse> {
    const { handler } = this.kindOf(request);
    const [olds, news] = [this.taken(handler, request.getOlds()), this.taken(handler, request.getNews())];
    const { errors } = await handler.check(this.host, nameOf(request), olds.properties, news.properties);
    const response = new CheckResponse();
    // Unchanged, so that a secret inside a value stays its only secret part.
    response.setInputs(request.getNews());
    response.setFailuresList(errors.map(({ property, message }) => this.failure(property, message)));
    return response;
  }

  async diff(request: DiffRequest): Promise<DiffResponse> {
    const { handler } = this.kindOf(request);
    const [state, news] = [this.taken(handler, request.getOlds()), this.taken(handler, request.getNews())];
    const before = received(request.getOldInputs()).properties;
    const difference = await handler.diff(this.host, state.properties, news.properties);
    const response = new DiffResponse();
    const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
    response.setChanges(difference.changes ? DIFF_SOME : DIFF_NONE);
    response.setReplacesList([...difference.replaces]);
    response.setDeletebeforereplace(difference.deleteBeforeReplace);
    response.setDiffsList(difference.changed.map(({ name }) => name));
    response.setHasdetaileddiff(difference.changed.length > 0);
    const details = response.getDetaileddiffMap();
    for (const change of difference.changed) details.set(change.name, detailOf(change, before));
    return response;
  }

  async create(request: CreateRequest): Promise<CreateResponse> {
    const kind = this.kindOf(request);
    const given = this.taken(kind.handler, request.getProperties());
    const response = new CreateResponse();
    if (request.getPreview()) {
      response.setProperties(kind.sent({ ...kind.unknownOutputs(), ...given.properties }, given));
      return response;
    }
    const inputs = request.getProperties();
    const created = await this.write(kind, given, inputs, () =>
      kind.handler.create(this.host, given.properties),
    );
    response.setId(created.id);
    response.setProperties(kind.sent(created.outputs, given));
    return response;
  }

  async read(request: ReadRequest): Promise<ReadResponse> {
    const kind = this.kindOf(request);
    const state = this.taken(kind.handler, request.getProperties());
    const found = await this.find(kind.handler, request, state.properties);
    const response = new ReadResponse();
    if (found === undefined) return response;
    response.setId(found.id);
    response.setProperties(kind.sent(found.outputs, state));
    response.setInputs(sent(found.inputs, received(request.getInputs()).secrets));
    return response;
  }

  async update(request: UpdateRequest): Promise<UpdateResponse> {
    const kind = this.kindOf(request);
    const state = this.taken(kind.handler, request.getOlds());
    const news = this.taken(kind.handler, request.getNews());
    const response = new UpdateResponse();
    if (request.getPreview()) {
      const before = received(request.getOldInputs()).properties;
      const kept = kind.handler.outputsAfterUpdate(
        this.host,
        request.getId(),
        state.properties,
        before,
        news.properties,
      );
      const secrets = new Set([...state.secrets, ...news.secrets]);
      const outputs = { ...kind.unknownOutputs(), ...kept, ...news.properties };
      response.setProperties(kind.sent(outputs, { secrets }));
      return response;
    }
    const updated = await this.write(kind, news, request.getNews(), () =>
      kind.handler.update(this.host, request.getId(), state.properties, news.properties),
    );
    response.setProperties(kind.sent(updated.outputs, news));
    return response;
  }

  async delete(request: DeleteRequest): Promise<void> {
    const { handler } = this.kindOf(request);
    const { properties } = this.taken(handler, request.getProperties());
    await handler.delete(this.host, request.getId(), properties, nameOf(request));
  }

  /** Reads properties from a request; messages never show the secret arguments among them. */
  private taken({ names }: ResourceHandler, struct: Struct | undefined): Received {
    const taken = received(struct);
    for (const name of taken.secrets) if (names.includes(name)) this.secretTexts.add(taken.properties[name]);
    return taken;
  }

  /** For a resource that is not in state, the engine sends no inputs on an import, and its arguments on a `get`. */
  private find(
    handler: ResourceHandler,
    request: ReadRequest,
    state: Properties,
  ): Promise<Observed | undefined> {
    const id = request.getId();
    if (!isGet(state)) return handler.read(this.host, id, state, nameOf(request));
    return request.hasInputs() ? handler.get(this.host, id, state) : handler.import(this.host, id, state);
  }

  /** Runs a write; if it fails midway, the engine keeps what is done. */
  private async write(
    kind: Kind,
    given: Received,
    inputs: Struct | undefined,
    write: () => Promise<Observed>,
  ): Promise<Observed> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof PartialResultError)) throw error;
      const { id, properties, message } = error;
      const partial = { id, properties: kind.sent(properties, given), inputs };
      throw failed(this.secretTexts.hideIn(message), partial);
    }
  }

  /**
   * The property is part of the reason: the engine would print a separate property with its value, which may be secret.
   */
  private failure(property: string | undefined, message: string): CheckFailure {
    const failure = new CheckFailure();
    const reason = property === undefined ? message : `${printable(property)}: ${message}`;
    failure.setReason(this.secretTexts.hideIn(reason));
    return failure;
  }

  private kindOf(request: Named): Kind {
    const token = request.getType() || (request.getUrn().split("::")[2]?.split("$").at(-1) ?? "");
    const handler = handlers.get(token.split(":").at(-1) ?? "");
    if (this.schema.resources[token]?.isComponent === true) {
      throw new RefusedError(`${token} cannot be imported or read by an id`, {
        why: "It consists of other resources, and PostHog knows only those.",
        fix: "Declare it; import what it consists of where that exists already.",
      });
    }
    if (handler === undefined) {
      throw new NotFoundError(`this provider has no resource ${token}`, {
        why: "The program or the state was written for another version of it.",
        fix: "Install the plugin of the version that the program's SDK names.",
      });
    }
    return new Kind(handler, this.schema.resources[token]?.properties ?? {});
  }
}

/** One kind of resource on the wire. */
class Kind {
  constructor(
    readonly handler: ResourceHandler,
    private readonly outputs: Readonly<Record<string, unknown>>,
  ) {}

  /** Outputs for a message: secret if they always are, or if something that they derive from is. */
  sent(outputs: Properties, { secrets: given }: Pick<Received, "secrets">): Struct {
    const { secrets = [], derived = {} } = this.handler.definition.secrecy ?? {};
    const made = Object.entries(derived).filter(([, sources]) => sources.some((name) => given.has(name)));
    return sent(outputs, new Set([...given, ...secrets, ...made.map(([name]) => name)]));
  }

  /** The outputs of a new resource apart from its arguments, which a preview does not know. */
  unknownOutputs(): Properties {
    const { names } = this.handler;
    const others = Object.keys(this.outputs).filter((name) => !names.includes(name));
    return Object.fromEntries(others.map((name) => [name, unknownValue]));
  }
}

const nameOf = (request: Named): string => request.getName() || nameInUrn(request.getUrn());

const kinds = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
} as const;

/** What the engine compares: the earlier inputs if any, otherwise the state. */
function detailOf({ name, kind, replaces }: PropertyChange, before: Properties): PropertyDiff {
  const detail = new PropertyDiff();
  detail.setKind(kinds[kind][replaces ? 1 : 0]);
  detail.setInputdiff(kind === "update" && before[name] !== undefined);
  return detail;
}
