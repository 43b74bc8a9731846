import * as http from "node:http";
import * as https from "node:https";
import { connect } from "node:tls";
import axios, { AxiosError, type AxiosInstance, type AxiosResponse } from "axios";
import * as z from "zod";
import { isLoopback } from "../access/addresses";
import {
  type BrokenConnection,
  type ConnectionFailure,
  explainFailure,
  explainRedirect,
  mostMegabytes,
  needsHttps,
  peerOf,
} from "./brokenConnection";
import {
  type Answer,
  ApiError,
  answered,
  ConnectionError,
  mayHaveArrived,
  messageOf,
  PosthogError,
  type Remedy,
} from "./errors";
import { explain, isKnownRefusal } from "./explain";
import { type Clock, type Gate, systemClock, waitsTooLong } from "./gate";
import { type Attempt, decide, parseRetryAfter } from "./retry";
import { version } from "./version";

/** The client that PostHog's audit log shows for our writes. */
const clientName = "pulumi-posthog";

/** One request to PostHog's API. */
export interface Request<T> {
  readonly method: Attempt["method"];
  /** Path below the host, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** The shape of a successful response; unknown fields pass. */
  readonly schema: z.ZodType<T>;
  /** The attempt, as a gerund phrase for errors: `creating project "Production"`. */
  readonly what: string;
  /** Finds what a POST without a response has created, so that it is not created twice. */
  readonly recover?: () => Promise<T | undefined>;
  /**
   * Finds the value that made PostHog respond with 500, for addresses where wrong values do that; undefined if none
   * did. Such a request is not sent again.
   */
  readonly findWrongValue?: () => Promise<Remedy | undefined>;
}

/** Adds credentials to a request; a session also renews itself when PostHog asks for it. */
export interface Credential {
  headers(method: Attempt["method"]): Promise<Record<string, string>>;
  /** Receives every response's `Set-Cookie` headers. */
  received?(setCookie: readonly string[]): Promise<void>;
  /** Whether fresh headers fix this rejection, so that the request should be sent again. */
  renew?(answer: Answer): Promise<boolean>;
}

/** The shape of PostHog's error bodies (`drf-exceptions-hog`), parsed leniently. */
const errorBody = z.object({
  code: z.string().nullish(),
  detail: z.string().nullish(),
  attr: z.string().nullish(),
});

/** How long one attempt may wait for a response. */
const attemptTimeoutMs = 30_000;
/** The response has to be complete within this many times that. */
const wholeAnswer = 4;

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
  readonly retryAfter?: string;
  /** The target of a redirect. */
  readonly location?: string;
}

/** How long a server may take to show that it speaks TLS. */
const probeTimeoutMs = 2_000;

/**
 * Speaks HTTP with one PostHog: one gate, retries, one error form, and a check of every response's shape. It honors the
 * environment's proxy settings (`HTTPS_PROXY`, `NO_PROXY`), except for addresses on this machine.
 */
export class Http {
  private readonly axios: AxiosInstance;

  /** @param timeout how long one attempt may wait for a response, in milliseconds. */
  constructor(
    readonly host: string,
    readonly gate: Gate,
    private readonly clock: Clock = systemClock,
    private readonly timeout = attemptTimeoutMs,
  ) {
    this.axios = axios.create({
      baseURL: host,
      timeout,
      maxContentLength: mostMegabytes * 1_048_576,
      maxRedirects: 0,
      proxy: isLoopback(new URL(host).hostname) ? false : undefined,
      responseType: "text",
      transformResponse: (data: unknown) => data,
      validateStatus: () => true,
      transitional: { clarifyTimeoutError: true },
      headers: {
        Accept: "application/json",
        "User-Agent": `${clientName}/${version}`,
        "x-posthog-client": clientName,
      },
      httpAgent: new http.Agent({ keepAlive: true }),
      httpsAgent: new https.Agent({ keepAlive: true }),
    });
  }

  /**
   * Sends one request until its outcome is final.
   *
   * @param first whether it passes the gate before all waiting requests.
   * @throws ApiError if PostHog rejects it, ConnectionError if no response from PostHog came back.
   */
  async send<T>(request: Request<T>, credential: Credential, first = false): Promise<T> {
    let [renewed, isLost] = [false, false];
    let [throttled, failed, waitedMs] = [0, 0, 0];
    while (true) {
      const outcome = await this.attempt(request, credential, first);
      if (outcome.reply !== undefined && outcome.reply.status < 500 && outcome.reply.status !== 429)
        this.gate.succeeded();
      if (outcome.reply !== undefined && outcome.reply.status < 300) {
        return await this.read(request, outcome.reply);
      }
      const error = outcome.reply === undefined ? outcome.error : errorOf(request, outcome.reply, this.host);
      if (!renewed && error instanceof ApiError && (await credential.renew?.(error.answer)) === true) {
        renewed = true;
        continue;
      }
      await throwIfWrong(request, error);
      const isRefusal = error instanceof ApiError && !mayHaveArrived(error) && !answered(error, 429);
      if (isLost && isRefusal && request.method === "POST") {
        // An earlier attempt that timed out may have arrived since, and be what PostHog now calls taken.
        const late = await recovered(request, error);
        if (late !== undefined) return late;
      }
      isLost ||= mayHaveArrived(error);
      // Waiting for the rate limit does not use up the attempts for a failing server.
      const attempts = outcome.reply?.status === 429 ? ++throttled : ++failed;
      const after = await this.afterFailure(request, { attempts, waitedMs, ...outcome }, error);
      if ("recovered" in after) return after.recovered;
      waitedMs += after.waitedMs;
    }
  }

  /** Parses a successful response. An unreadable one counts as lost: what a POST has created is still looked for. */
  private async read<T>(request: Request<T>, reply: Reply): Promise<T> {
    try {
      return parseReply(request, reply, this.host);
    } catch (error) {
      const found = request.method === "POST" ? await recovered(request, error) : undefined;
      if (found === undefined) throw error;
      return found;
    }
  }

  /** Waits for the next attempt, returns what a POST without a response has created, or throws the error. */
  private async afterFailure<T>(
    request: Request<T>,
    outcome: { attempts: number; waitedMs: number; reply?: Reply; sent: boolean },
    error: Error,
  ): Promise<{ recovered: T } | { waitedMs: number }> {
    const now = this.clock.now();
    const retryAfterMs = parseRetryAfter(outcome.reply?.retryAfter, now);
    const decision = decide(
      {
        method: request.method,
        attempts: outcome.attempts,
        status: outcome.reply?.status,
        sent: outcome.sent,
        retryAfterMs,
        waitedMs: outcome.waitedMs,
        canRecover: request.recover !== undefined,
      },
      Math.random(),
    );
    if (decision.next === "giveUp") {
      if (decision.tooLongMs === undefined) throw error;
      const mayHaveArrived = outcome.reply?.status !== 429 && request.method !== "GET";
      throw waitsTooLong(request.what, now + decision.tooLongMs, mayHaveArrived);
    }
    const { waitMs } = decision;
    if (outcome.reply?.status === 429 || retryAfterMs !== undefined) this.gate.pause(waitMs);
    else await this.clock.sleep(waitMs);
    if (decision.next !== "recover") return { waitedMs: waitMs };
    const found = await recovered(request, error);
    if (found !== undefined) return { recovered: found };
    if (waitMs === 0) throw error;
    return { waitedMs: waitMs };
  }

  private async attempt<T>(
    request: Request<T>,
    credential: Credential,
    first: boolean,
  ): Promise<
    { reply: Reply; error?: undefined; sent: true } | { reply?: undefined; error: Error; sent: boolean }
  > {
    const headers = await credential.headers(request.method);
    try {
      const send = () =>
        this.axios.request<string>({
          method: request.method,
          signal: AbortSignal.timeout(this.timeout * wholeAnswer),
          url: request.path,
          params: request.query,
          data: request.body === undefined ? undefined : JSON.stringify(request.body),
          headers: request.body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
        });
      const response: AxiosResponse<string> = await this.gate.pass(request.what, send, first);
      await credential.received?.(response.headers["set-cookie"] ?? []);
      return { reply: replyOf(response), sent: true };
    } catch (error) {
      if (!(error instanceof AxiosError)) throw error;
      const failure = explainFailure(await this.broken(error));
      if (failure.isLasting) throw connectionError(request, failure);
      return { error: connectionError(request, failure), sent: failure.sent };
    }
  }

  private async broken({ code = "no answer", message, cause }: AxiosError): Promise<BrokenConnection> {
    const isCut = ["ECONNRESET", "EPIPE"].includes(code) || code.startsWith("HPE_");
    const speaksTls = isCut && this.host.startsWith("http:") && (await this.speaksTls());
    return { host: this.host, code, message, ...peerOf(cause), speaksTls };
  }

  /** Opens a TLS connection without sending a request. */
  private speaksTls(): Promise<boolean> {
    const { hostname, port } = new URL(this.host);
    return new Promise((resolve) => {
      const socket = connect({
        host: hostname.replace(/^\[|\]$/g, ""),
        port: port === "" ? 80 : Number(port),
        rejectUnauthorized: false,
        timeout: probeTimeoutMs,
      });
      const end = (answer: boolean): void => {
        socket.destroy();
        resolve(answer);
      };
      socket.once("secureConnect", () => end(true));
      socket.once("error", () => end(false));
      socket.once("timeout", () => end(false));
    });
  }
}

/** Looks for what a POST without a response has created; if that fails too, the error says both. */
async function recovered<T>(request: Request<T>, lost: unknown): Promise<T | undefined> {
  try {
    return await request.recover?.();
  } catch (error) {
    const [first, second] = [lost, error].map((one) =>
      one instanceof PosthogError ? one.summary : messageOf(one),
    );
    throw new ConnectionError(
      `${first}; looking for what it has made failed too: ${second}`,
      {
        why: "PostHog may or may not have carried out the request, and does not say.",
        fix: "Run again once PostHog answers. If it has carried it out, the next run finds that and says what to do.",
      },
      true,
    );
  }
}

/** Gives up on a request that PostHog crashes on because of a value in it: it would do so every time. */
async function throwIfWrong(request: Request<unknown>, error: Error): Promise<void> {
  if (!answered(error, 500)) return;
  if (isKnownRefusal(error.answer)) throw error;
  const remedy = await request.findWrongValue?.().catch(() => undefined);
  if (remedy !== undefined) throw new ApiError(request.what, error.answer, remedy);
}

function replyOf(response: AxiosResponse<string>): Reply {
  const header = (name: string): string | undefined => {
    const value: unknown = response.headers[name];
    return typeof value === "string" ? value : undefined;
  };
  return {
    status: response.status,
    text: response.data ?? "",
    contentType: header("content-type") ?? "",
    retryAfter: header("retry-after"),
    location: header("location"),
  };
}

function parseReply<T>(request: Request<T>, reply: Reply, host: string): T {
  if (reply.status === 204 || reply.text === "") {
    const empty = request.schema.safeParse(undefined);
    if (empty.success) return empty.data;
  }
  const json = jsonOf(reply);
  if (json === undefined) throw notPosthog(request.what, reply, host, request.method !== "GET");
  const parsed = request.schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new ConnectionError(
    `${request.what} failed: PostHog's answer has an unexpected shape${where === "" ? "" : ` at "${where}"`}`,
    {
      why: "This package does not know the server's version, or a proxy changed the answer.",
      fix: "Update pulumi-posthog. If that does not help, report the server's version and this message.",
    },
    request.method !== "GET",
  );
}

function errorOf(request: Request<unknown>, reply: Reply, host: string): Error {
  const failure = misdirection(reply, host);
  if (failure !== undefined) return connectionError(request, failure);
  const { what } = request;
  const body = errorBody.safeParse(jsonOf(reply));
  if (!body.success || typeof body.data.detail !== "string") {
    const json = jsonOf(reply) !== undefined;
    if (reply.status < 400 || (reply.status < 500 && !json)) return notPosthog(what, reply, host, false);
    const answer: Answer = { status: reply.status, code: "", detail: "" };
    return new ApiError(what, answer, explain(answer));
  }
  const answer: Answer = {
    status: reply.status,
    code: body.data.code ?? "",
    detail: body.data.detail,
    attr: body.data.attr ?? undefined,
  };
  return new ApiError(what, answer, explain(answer));
}

/** What a response says about the way to PostHog; undefined if it comes from PostHog itself. */
function misdirection({ status, text, location }: Reply, host: string): ConnectionFailure | undefined {
  if (status >= 300 && status < 400 && location !== undefined) return explainRedirect(host, status, location);
  // Web servers' own words on a port for TLS.
  const isForTls = status === 400 && /HTTP request (was sent )?to (an )?HTTPS (port|server)/i.test(text);
  if (isForTls && host.startsWith("http:")) return needsHttps(host);
  if (status !== 407) return undefined;
  return {
    what: "the proxy requires authentication (407)",
    why: "It lets nobody through without a user name and a password.",
    fix: "Add them to the proxy's address: HTTPS_PROXY=http://<user>:<password>@<proxy>:<port>",
    sent: false,
    isLasting: true,
  };
}

function jsonOf(reply: Reply): unknown {
  try {
    return JSON.parse(reply.text);
  } catch {
    return undefined;
  }
}

function notPosthog(what: string, reply: Reply, host: string, mayHaveArrived: boolean): ConnectionError {
  const kind =
    /html/i.test(reply.contentType) || /^\s*</.test(reply.text) ? "a web page" : "something that is not JSON";
  return new ConnectionError(
    `${what} failed: ${host} answered ${reply.status} with ${kind} instead of PostHog's API`,
    {
      why: "posthog:host names another site, or a proxy or sign-in page answered in PostHog's place.",
      fix: "Check posthog:host (https://us.posthog.com, https://eu.posthog.com or your own server) and the proxy.",
    },
    mayHaveArrived,
  );
}

function connectionError(
  { what, method }: Request<unknown>,
  { what: happened, why, fix, sent }: ConnectionFailure,
): ConnectionError {
  const mayHaveArrived = sent && method !== "GET";
  const doubt = mayHaveArrived ? " PostHog may or may not have carried out the request." : "";
  return new ConnectionError(`${what} failed: ${happened}`, { why: `${why}${doubt}`, fix }, mayHaveArrived);
}
