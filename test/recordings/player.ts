import type { Answer, Request, WorldSeed } from "./tape";
import { fill, fillText, MissingVariable, seedVariables, type Variables } from "./variables";

/** The outcome of one step: the answer, or the name of the variable whose absence prevents the request. */
export type Outcome =
  | { readonly path: string; readonly answer: Answer }
  | { readonly path: string; readonly skipped: string };

const UNKNOWN_KEY = "phx_unknown";

/** Plays the steps of one scenario against a server in its seeded state. */
export class Player {
  private readonly variables: Variables;
  private readonly sessions = new Map<string, Map<string, string>>();

  constructor(
    private readonly url: string,
    private readonly world: WorldSeed,
  ) {
    this.variables = seedVariables(world);
  }

  /** Sends one step and keeps what later steps need from its answer. */
  async play(step: Request): Promise<Outcome> {
    let path = step.path;
    try {
      path = fillText(path, this.variables);
      const answer = await this.send(step, path);
      this.save(step, answer);
      return { path, answer };
    } catch (error) {
      if (error instanceof MissingVariable) {
        return { path, skipped: error.message };
      }
      throw error;
    }
  }

  /** A step with its variables filled in, and the key or the session's person that sends it. */
  fill({ as, path, body }: Request): { path: string; body: unknown; key?: string; session?: string } {
    const session = /^session:(.+)$/.exec(as)?.[1];
    const sender = session === undefined ? { key: this.keyOf(as) } : { session };
    return { path: fillText(path, this.variables), body: fill(body, this.variables), ...sender };
  }

  private async send({ as, method, headers: own, body }: Request, path: string): Promise<Answer> {
    const headers = new Headers(
      Object.entries(own).map(([name, value]) => [name, fillText(value, this.variables)] as [string, string]),
    );
    const content = body === undefined ? undefined : JSON.stringify(fill(body, this.variables));
    if (content !== undefined) {
      headers.set("Content-Type", "application/json");
    }
    const session = /^session:(.+)$/.exec(as)?.[1];
    if (session !== undefined) {
      await this.addSession(headers, session);
    } else if (as !== "nobody") {
      headers.set("Authorization", `Bearer ${this.keyOf(as)}`);
    }
    const response = await fetch(this.url + path, { method, headers, body: content, redirect: "manual" });
    if (session !== undefined) {
      keepCookies(this.cookiesOf(session), response);
    }
    return read(response);
  }

  private keyOf(as: string): string {
    if (as === "badkey") {
      return UNKNOWN_KEY;
    }
    const { keys } = this.world;
    return as.startsWith("key:")
      ? fillText(as.slice("key:".length), this.variables)
      : (keys[as] ?? keys[`${as}_all`] ?? fillText(`\${key ${as}}`, this.variables));
  }

  private async addSession(headers: Headers, user: string): Promise<void> {
    const cookies = this.cookiesOf(user);
    if (cookies.size === 0) {
      keepCookies(cookies, await this.signIn(user));
    }
    headers.set("Cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    headers.set("X-CSRFToken", cookies.get("posthog_csrftoken") ?? "");
    headers.set("Referer", `${this.url}/`);
  }

  private cookiesOf(user: string): Map<string, string> {
    const cookies = this.sessions.get(user) ?? new Map<string, string>();
    this.sessions.set(user, cookies);
    return cookies;
  }

  private async signIn(user: string): Promise<Response> {
    const response = await fetch(`${this.url}/api/login/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: this.world.users[user]?.email, password: this.world.password }),
    });
    if (response.status !== 200) {
      throw new Error(`signing in as ${user} failed: ${response.status} ${await response.text()}`);
    }
    return response;
  }

  private save({ save }: Request, { status, body }: Answer): void {
    for (const [name, key] of Object.entries(save)) {
      const value: unknown = status < 400 && typeof body === "object" && body ? Reflect.get(body, key) : null;
      if (typeof value === "string" || typeof value === "number") {
        this.variables.set(name, value);
      }
    }
  }
}

function keepCookies(cookies: Map<string, string>, response: Response): void {
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      cookies.set(name, value);
    }
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text === "" ? null : parse(text),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { "(text)": text.replace(/\s+/g, " ").slice(0, 160) };
  }
}
