import type { Context, Hono } from "hono";
import { z } from "zod";
import type { Dns } from "./dns";
import { invalid } from "./errors";
import type { Faults } from "./faults";
import type { IgnoredField, RequestRecord } from "./requestLog";
import type { ServerEnv } from "./server";

/** What other processes may do to a running embedded PostHog. */
export interface Controls {
  readonly faults: Faults;
  readonly dns: Dns;
  readonly requests: readonly RequestRecord[];
  readonly ignoredFields: readonly IgnoredField[];
  clearRequests(): void;
  reset(): void;
  /** How to connect, and how much there is. */
  state(): unknown;
  finishDeletions(): { projects: number[]; organizations: string[] };
  markIngested(projectId: number): void;
  acceptInvite(email: string): boolean;
}

const FaultBody = z.strictObject({
  kind: z.enum(["status", "dropBefore", "dropAfter", "delay", "garbage"]),
  method: z.string().optional(),
  path: z.string().optional(),
  /** Source of a regular expression, in place of the prefix in `path`. */
  pathPattern: z.string().optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.number().nonnegative().optional(),
  times: z.int().positive().optional(),
  skip: z.int().nonnegative().optional(),
});

const DnsBody = z.strictObject({
  name: z.string(),
  txt: z.string().optional(),
  /** Withdraws the record instead of publishing it. */
  withdraw: z.boolean().default(false),
});

const ProjectBody = z.strictObject({ projectId: z.int() });
const InviteBody = z.strictObject({ email: z.string() });

/** Serves the controls as JSON under `/_emulator/`. */
export function serveControls(app: Hono<ServerEnv>, controls: Controls): void {
  const { faults, dns } = controls;
  app.get("/_emulator/state", (context) => context.json(controls.state()));
  app.get("/_emulator/requests", (context) => context.json(controls.requests));
  app.delete("/_emulator/requests", (context) => {
    controls.clearRequests();
    return context.body(null, 204);
  });
  app.get("/_emulator/ignored-fields", (context) => context.json(controls.ignoredFields));
  app.post("/_emulator/faults", async (context) => {
    const { pathPattern, path, ...fault } = await read(context, FaultBody);
    faults.add({ ...fault, path: pathPattern === undefined ? path : new RegExp(pathPattern) });
    return context.json({ pending: faults.pending }, 201);
  });
  app.delete("/_emulator/faults", (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  app.post("/_emulator/reset", (context) => {
    controls.reset();
    return context.body(null, 204);
  });
  app.post("/_emulator/dns", async (context) => {
    const { name, txt, withdraw } = await read(context, DnsBody);
    if (withdraw) {
      dns.withdraw(name, txt);
    } else if (txt !== undefined) {
      dns.publish(name, txt);
    }
    return context.json({ name, txt: dns.lookUp(name) });
  });
  app.post("/_emulator/finish-deletions", (context) => context.json(controls.finishDeletions()));
  app.post("/_emulator/ingest", async (context) => {
    controls.markIngested((await read(context, ProjectBody)).projectId);
    return context.body(null, 204);
  });
  app.post("/_emulator/accept-invite", async (context) => {
    const { email } = await read(context, InviteBody);
    return context.json({ accepted: controls.acceptInvite(email) });
  });
}

async function read<S extends z.ZodType>(context: Context<ServerEnv>, schema: S): Promise<z.output<S>> {
  const body = await context.req.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (!result.success) {
    throw invalid(z.prettifyError(result.error));
  }
  return result.data;
}
