import { invalid } from "./errors";
import { atLeast } from "./generations";
import type { Call } from "./routing";

const LINK = /[a-z][a-z0-9+.-]*:\/\/|\b(?:javascript|data|vbscript|file|ftp|mailto|tel|sms):|www\./i;
const BARE_DOMAIN = /\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b/i;
const INVISIBLE = /\u200b|\u200c|\u200d|\u200e|\u200f|[\u202a-\u202e\u2066-\u2069]|\ufeff/;
const BREAKS = "\u007f\u0085\u2028\u2029";

/** Rejects names that could inject content into an e-mail, as servers do since 2026 (PostHog: email utils). */
export function checkDisplayName(call: Call, attr: string, name: string | null | undefined): void {
  if (name) {
    check(call, attr, name, { isBreak: (code) => code < 0x20, bareDomains: true });
  }
}

/** Rejects such messages too, but allows line breaks and bare domain names. */
export function checkMessage(call: Call, attr: string, message: string | null | undefined): void {
  if (message) {
    const isBreak = (code: number) => code < 0x20 && code !== 0x09 && code !== 0x0a;
    check(call, attr, message, { isBreak, bareDomains: false });
  }
}

interface Strictness {
  readonly isBreak: (code: number) => boolean;
  readonly bareDomains: boolean;
}

function check({ backend }: Call, attr: string, value: string, { isBreak, bareDomains }: Strictness): void {
  if (!atLeast(backend, "2026-07")) {
    return;
  }
  const refuse = (what: string, code: string) => {
    throw invalid(`${what} are not allowed in this field.`, { attr, code });
  };
  if ([...value].some((one) => isBreak(one.charCodeAt(0)) || BREAKS.includes(one))) {
    refuse("Line breaks and control characters", "invalid_control_char");
  }
  const text = value.normalize("NFKC");
  if (INVISIBLE.test(text)) {
    refuse("Invisible or direction-override characters", "invalid_invisible_char");
  }
  if (/[<>]/.test(text)) {
    refuse("Angle brackets", "invalid_bracket");
  }
  if (LINK.test(text) || (bareDomains && BARE_DOMAIN.test(text))) {
    refuse("URLs", "invalid_url");
  }
}
