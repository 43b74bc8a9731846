import type { Emulator } from "../../emulator";

/** An answer with its body already decoded; `null` when it is empty or not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What a request carries besides its path. */
export interface RequestParts {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Sends requests to one emulator with one set of headers. */
export class Client {
  constructor(
    private readonly emulator: Emulator,
    private readonly headers: Record<string, string>,
  ) {}

  get(path: string, parts?: RequestParts): Promise<Answer> {
    return this.send("GET", path, parts);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("POST", path, { body, headers });
  }

  put(path: string, body: unknown = {}): Promise<Answer> {
    return this.send("PUT", path, { body });
  }

  patch(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("PATCH", path, { body, headers });
  }

  delete(path: string): Promise<Answer> {
    return this.send("DELETE", path);
  }

  async send(method: string, path: string, { body, headers }: RequestParts = {}): Promise<Answer> {
    const response = await fetch(`${this.emulator.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...this.headers,
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : null };
  }
}

/** A client with the seeded owner's key. */
export function asOwner(emulator: Emulator): Client {
  return withKey(emulator, emulator.apiKey);
}

/** A client with some personal API key. */
export function withKey(emulator: Emulator, key: string): Client {
  return new Client(emulator, { Authorization: `Bearer ${key}` });
}

/** A client without credentials. */
export function asNobody(emulator: Emulator): Client {
  return new Client(emulator, {});
}

/** A client with a session, signed in through the API. */
export async function asSession(emulator: Emulator, email: string, password: string): Promise<Client> {
  const answer = await asNobody(emulator).post("/api/login/", { email, password });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  const csrf = cookies.find((cookie) => cookie.startsWith("posthog_csrftoken="))?.split("=")[1] ?? "";
  return new Client(emulator, { Cookie: cookies.join("; "), "X-CSRFToken": csrf });
}

/** The value at a path inside an answer's body. */
export function at(answer: Answer, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    answer.body,
  );
}

/** The text at a path inside an answer's body. */
export function textAt(answer: Answer, ...path: (string | number)[]): string {
  return String(at(answer, ...path));
}

/** What an error must look like: status and the whole body. */
export function refusal(
  status: number,
  type: string,
  code: string,
  detail: string,
  attr: string | null = null,
): object {
  return { status, body: { type, code, detail, attr } };
}

/** A 403 of PostHog. */
export function forbidden(detail: string, code = "permission_denied"): object {
  return refusal(403, "authentication_error", code, detail);
}

/** A 400 of PostHog about a value. */
export function badValue(detail: string, attr: string | null = null, code = "invalid_input"): object {
  return refusal(400, "validation_error", code, detail, attr);
}

/** A 404 of PostHog. */
export function missing(detail = "Not found."): object {
  return refusal(404, "invalid_request", "not_found", detail);
}
