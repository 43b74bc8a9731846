import type { FaultOptions } from "../../emulator";

/** A fault of one request in a run. */
export interface SweptFault {
  readonly name: string;
  readonly options: FaultOptions;
  /** Whether it ends the process, so that nothing of the run reaches the state. */
  readonly kills?: boolean;
}

/** How long after its timeout a late request is applied. */
export const lateMs = 15;

function refusal(status: number, code: string, detail: string): FaultOptions {
  return { kind: "status", status, body: { type: "authentication_error", code, detail, attr: null } };
}

/** Everything that is tried at every request: one failed request, an outage that begins with it, and a kill. */
export const sweptFaults: readonly SweptFault[] = [
  { name: "cut off before it is applied", options: { kind: "dropBefore" } },
  { name: "applied, answer cut off", options: { kind: "dropAfter" } },
  { name: "401", options: refusal(401, "authentication_failed", "Invalid API key.") },
  { name: "403", options: refusal(403, "permission_denied", "You do not have permission to do this.") },
  { name: "404", options: refusal(404, "not_found", "Not found.") },
  {
    name: "429",
    options: { ...refusal(429, "throttled", "Request was throttled."), headers: { "Retry-After": "1" } },
  },
  { name: "500", options: { kind: "status", status: 500 } },
  { name: "502 web page", options: { kind: "garbage", status: 502 } },
  { name: "applied, web page for an answer", options: { kind: "spoilAfter" } },
  { name: "applied, half of the answer", options: { kind: "truncate" } },
  { name: "timeout, applied late", options: { kind: "late", delayMs: lateMs } },
  { name: "outage from before it", options: { kind: "dropBefore", thenDown: true } },
  { name: "applied, then an outage", options: { kind: "dropAfter", thenDown: true } },
  { name: "applied, web page, then an outage", options: { kind: "spoilAfter", thenDown: true } },
  // A kill before a request equals a kill after the one before it.
  { name: "killed", options: { kind: "dropAfter", thenDown: true }, kills: true },
];
