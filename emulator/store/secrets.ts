import { createHash, randomBytes, randomInt, scryptSync, timingSafeEqual } from "node:crypto";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Random letters and digits. A long string has upper-case and lower-case letters and digits. */
export function randomToken(length: number): string {
  for (;;) {
    const token = Array.from({ length }, () => BASE62.charAt(randomInt(BASE62.length))).join("");
    if (length < MIXED_LENGTH || MIXED.every((kind) => kind.test(token))) {
      return token;
    }
  }
}

// Recordings recognize random strings by this mixture, and readers may too.
const MIXED_LENGTH = 16;
const MIXED = [/\d/, /[a-z]/, /[A-Z]/];

/** A random url-safe string of 43 characters, as PostHog uses for challenges and SCIM tokens. */
export function urlSafeToken(): string {
  return randomBytes(32).toString("base64url");
}

/** The stored form of an API key (PostHog: `sha256$<hex>`). */
export function hashKey(value: string): string {
  return `sha256$${createHash("sha256").update(value).digest("hex")}`;
}

/** The visible part of a key: its first four and last four characters. */
export function maskKey(value: string): string {
  return `${value.slice(0, 4)}...${value.slice(-4)}`;
}

/** The stored form of a password: salted scrypt. */
export function hashPassword(password: string): string {
  const salt = randomBytes(8).toString("hex");
  return `${salt}$${scrypt(password, salt).toString("hex")}`;
}

/** Whether a password matches its stored form. */
export function passwordMatches(password: string, stored: string | null): boolean {
  const [salt, digest] = stored?.split("$") ?? [];
  if (salt === undefined || digest === undefined) {
    return false;
  }
  return timingSafeEqual(scrypt(password, salt), Buffer.from(digest, "hex"));
}

// The lowest cost that scrypt accepts: these passwords protect nothing, and every test signs in.
function scrypt(password: string, salt: string): Buffer {
  return scryptSync(password, salt, 32, { N: 2 });
}

const VALUE_LENGTH = 43;

/** A new key's value, shown once, with its two stored forms. */
interface CreatedKey {
  readonly value: string;
  readonly secure_value: string;
  readonly mask_value: string;
}

/** Makes a key's value: `phx_` for a personal one, `phs_` for a project's. */
export function createKey(prefix: "phx_" | "phs_"): CreatedKey {
  const value = `${prefix}${randomToken(VALUE_LENGTH)}`;
  return { value, secure_value: hashKey(value), mask_value: maskKey(value) };
}
