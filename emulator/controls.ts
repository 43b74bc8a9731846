import type { Context, Hono } from "hono";
import * as z from "zod";
import { acceptInvite } from "./people/joining";
import type { SeededOwner } from "./seed/owner";
import type { Backend, Dns, IgnoredField, RequestRecord } from "./server/backend";
import { invalid } from "./server/errors";
import type { Faults } from "./server/faults";
import type { ServerEnv } from "./server/server";
import { SYSTEM } from "./store/collection";
import type { Store } from "./store/store";

/** What other processes can do to a running emulator. */
interface Controls {
  readonly faults: Faults;
  readonly dns: Dns;
  readonly requests: readonly RequestRecord[];
  readonly ignoredFields: readonly IgnoredField[];
  clearRequests(): void;
  reset(): void;
  /** How to connect, and a summary of the contents. */
  state(): unknown;
  finishDeletions(): { projects: number[]; organizations: string[] };
  markIngested(projectId: number): void;
  acceptInvite(email: string): boolean;
}

const FaultBody = z.strictObject({
  kind: z.enum(["status", "dropBefore", "dropAfter", "delay", "garbage", "spoilAfter", "truncate", "late"]),
  method: z.string().optional(),
  path: z.string().optional(),
  /** Source of a regular expression, instead of the prefix in `path`. */
  pathPattern: z
    .string()
    .refine(isPattern, "Not a regular expression.")
    .transform((source) => new RegExp(source))
    .optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.number().nonnegative().optional(),
  times: z.int().positive().optional(),
  skip: z.int().nonnegative().optional(),
  thenDown: z.boolean().optional(),
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
    faults.add({ ...fault, path: pathPattern ?? path });
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

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

async function read<S extends z.ZodType>(context: Context<ServerEnv>, schema: S): Promise<z.output<S>> {
  const body = await context.req.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (!result.success) {
    throw invalid(z.prettifyError(result.error));
  }
  return result.data;
}

/** The controls of one emulator. `reset` restores what the store holds now. */
export function controlsOf(backend: Backend, owner: SeededOwner, faults: Faults): Controls {
  const { store, sessions, dns, limiter, requests, ignoredFields } = backend;
  const restoreSeed = store.checkpoint();
  const clearRequests = () => {
    requests.length = 0;
    ignoredFields.length = 0;
  };
  return {
    faults,
    dns,
    requests,
    ignoredFields,
    clearRequests,
    reset: () => {
      restoreSeed();
      for (const memory of [sessions, faults, dns, limiter]) {
        memory?.clear();
      }
      clearRequests();
    },
    state: () => ({ ...connection(backend.siteUrl, owner), ...contents(backend) }),
    finishDeletions: () => finishDeletions(store),
    markIngested: (projectId) => {
      store.projects.update(projectId, { ingested_event: true }, SYSTEM);
    },
    acceptInvite: (email) => {
      const invite = store.invites.find(({ target_email }) => target_email === email);
      return invite !== undefined && acceptInvite(store, invite, SYSTEM) !== undefined;
    },
  };
}

function connection(url: string, { organizationId, email, password, totpSecret, apiKey }: SeededOwner) {
  return { url, organizationId, apiKey, email, password, ...(totpSecret ? { totpSecret } : {}) };
}

function contents({ store, generation, cloud }: Backend) {
  return {
    generation,
    cloud,
    organizations: store.organizations.all().map(({ id, name, slug }) => ({
      id,
      name,
      slug,
      members: store.memberships.where("organization_id", id).length,
      projects: store.projects.where("organization_id", id).map(({ id: project, name: called }) => ({
        id: project,
        name: called,
      })),
      roles: store.roles.where("organization_id", id).length,
      domains: store.domains.where("organization_id", id).length,
    })),
    personalApiKeys: store.personalApiKeys.size,
    activityRows: store.activity.size,
  };
}

function finishDeletions(store: Store): { projects: number[]; organizations: string[] } {
  const projects = store.projects.where("deletion_queued", true).map(({ id }) => id);
  const organizations = store.organizations.where("is_pending_deletion", true).map(({ id }) => id);
  for (const id of projects) {
    store.projects.delete(id, SYSTEM);
  }
  for (const id of organizations) {
    store.organizations.delete(id, SYSTEM);
  }
  return { projects, organizations };
}
