import { TOTP } from "otpauth";
import * as z from "zod";
import { unauthorized } from "../server/auth";
import { readBody } from "../server/body";
import { denied, invalid } from "../server/errors";
import { email, text } from "../server/fields";
import { type Call, ok, type Reply, type RouteFamily } from "../server/routing";
import { samlAvailable, ssoEnforcement } from "../sso/signOn";
import type { User } from "../store/entities";
import { passwordMatches } from "../store/secrets";

/** Sign-in and sign-out (PostHog: authentication API). */
export const session: RouteFamily = (routes) => {
  routes.anyone("POST", "api/login", login);
  routes.anyone("POST", "api/login/token", loginToken);
  routes.anyone("POST", "api/login/precheck", precheck);
  routes.anyone("POST", "logout", logout);
};

const CODE_LIFETIME_MS = 600_000;

const Login = z.object({ email: email(), password: text() });

const Token = z.object({ token: text() });

const Precheck = z.object({ email: email() });

function login(call: Call): Reply {
  const { backend } = call;
  const { sessions, store } = backend;
  const body = readBody(call, Login);
  const enforced = ssoEnforcement(backend, body.email);
  if (enforced !== null) {
    throw invalid(`You can only login with SSO for this account (${enforced}).`, { code: "sso_enforced" });
  }
  if (sessions.isLockedOut(body.email, store.now())) {
    throw denied(
      "Too many failed login attempts. Please try again in 10 minutes.",
      "too_many_failed_attempts",
    );
  }
  const user = store.users.find((one) => one.email.toLowerCase() === body.email.toLowerCase());
  if (user === undefined || !user.is_active || !passwordMatches(body.password, user.password_hash)) {
    sessions.noteFailure(body.email, store.now());
    throw invalid("Invalid email or password.", { code: "invalid_credentials" });
  }
  sessions.forgetFailures(body.email);
  if (user.totp_secret === null) {
    return backend.emailCodes
      ? { status: 401, body: asksForCode("email_mfa_required", "Email MFA is required.") }
      : signIn(call, user);
  }
  const half = sessions.startHalf(user.id, store.now());
  const refusal = asksForCode("2fa_required", "2FA is required.");
  return { status: 401, body: refusal, cookies: [`sessionid=${half.id}; HttpOnly; Path=/; SameSite=Lax`] };
}

function asksForCode(code: string, detail: string) {
  return { type: "server_error", code, detail, attr: null };
}

function loginToken(call: Call): Reply {
  const { sessions, store } = call.backend;
  const half = sessions.getHalf(call.cookies.sessionid);
  const user = store.users.get(half?.userId);
  if (half === undefined || user === undefined || user.totp_secret === null) {
    throw unauthorized(call.backend, "not_authenticated", "Authentication credentials were not provided.");
  }
  const { token } = readBody(call, Token);
  const now = store.now();
  if (now.getTime() - half.startedAt.getTime() > CODE_LIFETIME_MS) {
    sessions.end(half.id);
    throw invalid("Login attempt has expired. Re-enter username/password.", { code: "2fa_expired" });
  }
  if (sessions.mustWaitForCode(user.id, now)) {
    throw invalid("Too many attempts.", { code: "2fa_too_many_attempts" });
  }
  const step = matchingStep(user.totp_secret, token, now);
  if (step === null || !sessions.acceptCode(user.id, step)) {
    sessions.noteWrongCode(user.id, now);
    throw invalid("Invalid authentication code", { code: "2fa_invalid" });
  }
  sessions.end(half.id);
  return signIn(call, user);
}

// The number of the code's 30-second step. The steps before and after also count, because clocks differ.
function matchingStep(secret: string, token: string, now: Date): number | null {
  const totp = new TOTP({ secret, algorithm: "SHA1", digits: 6, period: 30 });
  const delta = totp.validate({ token, timestamp: now.getTime(), window: 1 });
  return delta === null ? null : totp.counter({ timestamp: now.getTime() }) + delta;
}

function signIn({ backend, actor }: Call, user: User): Reply {
  const { store, sessions } = backend;
  const { id, csrfToken } = sessions.start(user.id, store.now());
  store.users.update(user.id, { last_login: store.timestamp() }, { ...actor, user });
  return {
    status: 200,
    body: { success: true },
    cookies: [
      `sessionid=${id}; HttpOnly; Path=/; SameSite=Lax`,
      `posthog_csrftoken=${csrfToken}; Path=/; SameSite=Lax`,
    ],
  };
}

function precheck(call: Call): Reply {
  const { email: address } = readBody(call, Precheck);
  return ok({
    sso_enforcement: ssoEnforcement(call.backend, address),
    saml_available: samlAvailable(call.backend, address),
  });
}

function logout({ backend, cookies }: Call): Reply {
  if (cookies.sessionid !== undefined) {
    backend.sessions.end(cookies.sessionid);
  }
  return {
    status: 302,
    headers: { Location: "/login" },
    cookies: ["sessionid=; HttpOnly; Path=/; Max-Age=0", "posthog_csrftoken=; Path=/; Max-Age=0"],
  };
}
