import type { handleUnaryCall, ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckResponse,
  ConfigureResponse,
  GetSchemaResponse,
  InvokeResponse,
  ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { createHost } from "../engine/host";
import { SecretTexts } from "../engine/secretTexts";
import type { Functions } from "../functions/contract";
import type { ConfigurationReader, MissingCredentials } from "../posthog/configuration";
import { ConfigurationError, messageOf, NotFoundError } from "../posthog/errors";
import { configurationDiff, ProviderConfiguration } from "./configuration";
import { EngineLog } from "./log";
import { Resources } from "./resources";
import type { PackageSchema } from "./schema";
import { Failure, failed, nameInUrn, received, sent } from "./wire";

/** The service that the engine calls, with the number of running calls. */
export class ProviderServer {
  private underWay = 0;
  private readonly log = new EngineLog();
  private readonly configuration: ProviderConfiguration;
  private readonly secretTexts = new SecretTexts();
  private readonly reader: ConfigurationReader = Object.assign(
    (key: string) => this.configuration.read(key),
    { fixFor: (missing: MissingCredentials) => this.configuration.fixFor(missing) },
  );
  private readonly resources: Resources;

  /** @param engine the engine's address, if it was given at the start. */
  constructor(
    private readonly schema: PackageSchema,
    engine = "",
  ) {
    this.configuration = new ProviderConfiguration(Object.keys(schema.provider.inputProperties));
    const host = createHost(this.reader, (notice) =>
      this.log.say({ ...notice, message: this.secretTexts.hideIn(notice.message) }),
    );
    this.resources = new Resources(host, schema, this.secretTexts);
    this.log.connect(engine);
  }

  /** Whether no call is running, so that the process can exit without losing anything. */
  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** The methods of the service. It leaves out optional ones, such as `call`. */
  get methods() {
    const { schema, log, configuration, resources } = this;
    return {
      handshake: this.on((request) => {
        log.connect(request.getEngineAddress());
        const response = new ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        // Without this, maps that contain outputs reach a component as one output.
        response.setAcceptOutputs(true);
        return response;
      }),
      attach: this.on((request) => {
        log.connect(request.getAddress());
        return new Empty();
      }),
      // Running calls end by themselves; the engine sends no more.
      cancel: this.on(() => new Empty()),
      getPluginInfo: this.on(() => {
        const info = new PluginInfo();
        info.setVersion(schema.version);
        return info;
      }),
      getSchema: this.on(() => {
        const response = new GetSchemaResponse();
        response.setSchema(schema.text);
        return response;
      }),
      checkConfig: this.on((request) => {
        for (const message of configuration.unknownSettings(request.getNews()))
          log.say({ severity: "warning", message });
        const response = new CheckResponse();
        response.setInputs(configuration.check(nameInUrn(request.getUrn()), request.getNews()));
        return response;
      }),
      diffConfig: this.on((request) => configurationDiff(request.getOlds(), request.getNews())),
      configure: this.on((request) => {
        configuration.configure(request.getArgs());
        const response = new ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setAcceptoutputs(true);
        response.setSupportspreview(true);
        return response;
      }),
      check: this.on((request) => resources.check(request)),
      diff: this.on((request) => resources.diff(request)),
      create: this.on((request) => resources.create(request)),
      update: this.on((request) => resources.update(request)),
      read: this.on((request) => this.explained(() => resources.read(request))),
      delete: this.on(async (request) => {
        await this.explained(() => resources.delete(request));
        return new Empty();
      }),
      invoke: this.on(async (request) => {
        const response = new InvokeResponse();
        response.setReturn(
          sent(await this.callFunction(request.getTok(), received(request.getArgs()).properties)),
        );
        return response;
      }),
      construct: this.on((request) => {
        const { construct } = require("./construct") as typeof import("./construct");
        return construct(request, log.address);
      }),
    } satisfies Partial<IResourceProviderServer>;
  }

  private async callFunction(token: string, args: Record<string, unknown>) {
    const { isFunction, read } = require("../functions/readers") as typeof import("../functions/readers");
    const name = token.split(":").at(-1) ?? "";
    if (!isFunction(name)) {
      throw new NotFoundError(`this provider has no function ${token}`, {
        why: "The program was written for another version of it.",
        fix: "Install the plugin of the version that the program's SDK names.",
      });
    }
    const answer = await read<keyof Functions>(name, args, this.reader);
    if ("problem" in answer) throw failed(this.secretTexts.hideIn(answer.problem));
    return { ...answer.result };
  }

  /** A method that responds with what `work` returns or throws, once the engine has its notices. */
  private on<Request, Response>(
    work: (request: Request) => Response | Promise<Response>,
  ): handleUnaryCall<Request, Response> {
    return (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) => {
      this.underWay += 1;
      this.log
        .during(urnOf(call.request), async () => work(call.request))
        .then(
          (response) => answer(null, response),
          (error: unknown) => answer(this.asFailure(error)),
        )
        .finally(() => {
          this.underWay -= 1;
        });
    };
  }

  /** A refresh or destroy may only use the state, which the engine does not pass to `check`. */
  private explained<T>(work: () => Promise<T>): Promise<T> {
    return this.configuration.isFromState ? goingByState(work) : work();
  }

  private asFailure(error: unknown): Failure {
    return error instanceof Failure ? error : failed(this.secretTexts.hideIn(messageOf(error)));
  }
}

/** The resource of a request; empty if none. */
function urnOf(request: unknown): string {
  if (typeof request !== "object" || request === null || !("getUrn" in request)) return "";
  const urn: unknown = typeof request.getUrn === "function" ? request.getUrn() : "";
  return typeof urn === "string" ? urn : "";
}

/**
 * Adds to a configuration error where credentials can come from, if the configuration comes only from the state, which
 * holds none.
 */
async function goingByState<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { why } = error.remedy;
    throw new ConfigurationError(error.summary, {
      why: `${why} A refresh or destroy goes by the state, which holds no credentials.`,
      fix: "set them in the environment (POSTHOG_API_KEY; for a session POSTHOG_EMAIL, POSTHOG_PASSWORD and POSTHOG_TOTP_SECRET), or add --run-program, which takes them from the program's configuration",
    });
  }
}
