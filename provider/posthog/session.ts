import { Secret, TOTP } from "otpauth";
import { CookieJar } from "tough-cookie";
import * as z from "zod";
import { type Configuration, missingSession } from "./configuration";
import { type Answer, ApiError, answered, mayHaveArrived } from "./errors";
import type { Clock } from "./gate";
import type { Credential, Http } from "./http";

/** PostHog ignores codes for a second after a wrong one. */
const pauseAfterWrongCodeMs = 1_500;

const success = z.object({ success: z.boolean().optional() });

/** Sends and keeps cookies without a session, for the sign-in itself. */
class Cookies implements Credential {
  private readonly jar = new CookieJar();

  constructor(private readonly host: string) {}

  async headers(method: string): Promise<Record<string, string>> {
    const cookies = await this.jar.getCookies(this.host);
    const csrf = cookies.find((cookie) => cookie.key === "posthog_csrftoken");
    const headers: Record<string, string> = {};
    if (cookies.length > 0) headers.Cookie = cookies.map((cookie) => cookie.cookieString()).join("; ");
    if (method !== "GET" && csrf !== undefined) {
      headers["X-CSRFToken"] = csrf.value;
      headers.Referer = `${this.host}/`;
    }
    return headers;
  }

  async received(setCookie: readonly string[]): Promise<void> {
    for (const line of setCookie) await this.jar.setCookie(line, this.host, { ignoreError: true });
  }
}

/**
 * A person's session, for the operations that PostHog does not allow with API keys: personal API keys, domain
 * verification, SCIM tokens. It signs in when first needed, with a one-time code if the account requires one, and again
 * when PostHog demands a sign-in within the last two hours.
 */
export class Session {
  private signedIn: Promise<Cookies> | undefined;
  private lastCode: string | undefined;

  constructor(
    private readonly http: Http,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * Authenticates one request. It remembers which sign-in the request used, because parallel requests may have renewed
   * it.
   */
  credential(): Credential {
    let used: Promise<Cookies> | undefined;
    return {
      headers: async (method) => {
        used = this.cookies();
        return (await used).headers(method);
      },
      received: async (setCookie) => (await used)?.received(setCookie),
      renew: async (answer) => {
        if (!isRefused(answer)) return false;
        // If several requests are rejected at once, the first signs in again and the others use its session.
        if (this.signedIn === used) this.signedIn = undefined;
        await this.cookies();
        return true;
      },
    };
  }

  private cookies(): Promise<Cookies> {
    this.signedIn ??= this.signIn().catch((error: unknown) => {
      this.signedIn = undefined;
      throw error;
    });
    return this.signedIn;
  }

  private async signIn(): Promise<Cookies> {
    const { email, password } = this.configuration;
    if (email === undefined || password === undefined) throw missingSession(this.configuration);
    const before = this.lastCode;
    try {
      return await this.signInOnce(email, password);
    } catch (error) {
      // PostHog no longer knows the attempt: it accepted a code, but the response was lost, and the session with it.
      const isOver = answered(error, 400, "2fa_expired") || answered(error, 401, "not_authenticated");
      const isUnread = this.lastCode !== before && mayHaveArrived(error);
      if (!isOver && !isUnread) throw error;
      return this.signInOnce(email, password);
    }
  }

  private async signInOnce(email: string, password: string): Promise<Cookies> {
    const cookies = new Cookies(this.http.host);
    try {
      await this.post("/api/login/", { email, password }, `signing in as ${email}`, cookies);
    } catch (error) {
      if (!answered(error, 401, "2fa_required")) throw error;
      await this.sendCode(email, error, cookies);
    }
    return cookies;
  }

  /**
   * The preview of the same `pulumi up` is another process, which may have just used the code: then send the next one.
   */
  private async sendCode(email: string, asked: ApiError, cookies: Cookies): Promise<void> {
    const send = async (): Promise<void> =>
      this.post(
        "/api/login/token/",
        { token: await this.oneTimeCode(asked) },
        `signing in as ${email}`,
        cookies,
      );
    try {
      await send();
    } catch (error) {
      if (!answered(error, 400, "2fa_invalid")) throw error;
      await send();
    }
  }

  /** PostHog accepts each code once, so a second sign-in within its 30 seconds waits for the next one. */
  private async oneTimeCode(error: ApiError): Promise<string> {
    const secret = this.configuration.totpSecret;
    if (secret === undefined) {
      throw new ApiError("signing in", error.answer, {
        why: "The account has two-factor authentication, and posthog:totpSecret is not set.",
        fix: "pulumi config set --secret posthog:totpSecret <the authenticator's base32 secret>",
      });
    }
    const totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(" ", "").toUpperCase()) });
    let code = totp.generate({ timestamp: this.clock.now() });
    if (code === this.lastCode) {
      const next = totp.remaining({ timestamp: this.clock.now() }) + 250;
      await this.clock.sleep(Math.max(next, pauseAfterWrongCodeMs));
      code = totp.generate({ timestamp: this.clock.now() });
    }
    this.lastCode = code;
    return code;
  }

  private async post(path: string, body: unknown, what: string, credential: Credential): Promise<void> {
    // A repeated sign-in creates nothing, so it may be sent again if there was no response.
    await this.http.send(
      { method: "POST", path, body, schema: success, what, recover: async () => undefined },
      credential,
    );
  }
}

/** Whether PostHog says that the session is missing or too old. */
function isRefused({ status, code, detail }: Answer): boolean {
  return (
    status === 401 || code === "sensitive_action_required_reauth" || /recently authenticated/i.test(detail)
  );
}
